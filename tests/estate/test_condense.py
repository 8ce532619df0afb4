"""The small estate that stands for a large one: what is said of its parts."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from auditor.estate import Estate, build
from auditor.estate.condense import ALWAYS, condense, part, uncondensed
from auditor.inventory import Inventory
from auditor.inventory.tables import SCHEMAS, tables_of
from auditor.model.facts import AGENT_PREFIX
from benchmarks.company import inventory


@pytest.fixture(scope="module")
def company() -> Estate:
    return build(inventory(1_500))


def test_resources_of_one_sort_are_struck_alike(company: Estate) -> None:
    """Kind, place and facts asked for are those of the sort's sample; other sorts differ in one of them."""
    view = condense(company, facts=["os"])
    small = view.small.inventory
    facts: dict[int, list[tuple[str, str]]] = {}
    for resource, name, value in small.facts.select("resource", "name", "value").iter_rows():
        if name in {"os", *ALWAYS} or name.startswith(AGENT_PREFIX):
            facts.setdefault(resource, []).append((name, value))
    placed = small.resources.select("kind", "provider", "region", "zones").rows()
    said = [
        repr((place, used, sorted(facts.get(row, []))))
        for row, (place, used) in enumerate(zip(placed, view.small.resource_workload >= 0, strict=True))
    ]
    assert said == [said[view.sample[each]] for each in view.sort]
    assert len(set(said)) == view.sample.size < len(said) * 0.7
    assert np.array_equal(view.sort[view.sample], np.arange(view.sample.size))


def test_uncondensed_resources_are_sorts_of_their_own(company: Estate) -> None:
    """Where single resources may be struck, each is its own sample."""
    view = uncondensed(company)
    assert view.sort.tolist() == view.sample.tolist() == list(range(len(company.inventory)))


def _by_id(inventory: Inventory, names: tuple[str, ...]) -> dict[str, list[tuple[object, ...]]]:
    """Return what each table says of some resources, by their ids in place of rows."""
    ids = inventory.resources.select("id").with_row_index("resource")
    needs = inventory.needs.join(ids, on="resource", maintain_order="left").with_row_index("need")
    members = inventory.members.join(needs.select("need", "id", "role"), on="need", maintain_order="left")
    told = {
        name: frame.join(ids, on="resource", maintain_order="left").drop("resource")
        for name, frame in tables_of(inventory).items()
        if name not in {"resources", "members"}
    }
    told |= {"resources": inventory.resources, "members": members.drop("need")}
    return {name: frame.filter(pl.col("id").is_in(names)).rows() for name, frame in told.items()}


def test_all_that_is_said_of_a_kept_resource_is_kept(company: Estate) -> None:
    """Each table of a part has the rows of its resources, in order and about the right ones."""
    view = condense(company)
    names = tuple(view.small.names[: len(view.small.inventory)])
    assert len(names) < len(company.inventory) * 0.7
    kept = part(company.inventory, view.first[: len(names)])
    found = _by_id(kept, names)
    assert found == _by_id(company.inventory, names)
    assert all(found[name] for name in ("facts", "tags", "aliases", "needs", "members"))
    assert {name: frame.schema for name, frame in tables_of(kept).items()} == {
        name: pl.Schema(schema) for name, schema in SCHEMAS.items()
    }


def test_the_small_inventory_has_all_but_needs(company: Estate) -> None:
    """The needs of the small estate are in its graph; everything else said of its resources is kept."""
    view = condense(company)
    small = tables_of(view.small.inventory)
    kept = tables_of(part(company.inventory, view.first[: len(view.small.inventory)]))
    for name, frame in small.items():
        assert frame.equals(kept[name].head(0) if name in {"needs", "members"} else kept[name])
        assert frame.schema == kept[name].schema


def test_kept_nodes_are_found_by_name(company: Estate) -> None:
    """The index leads to each node of the small estate, and to none that was merged into another."""
    small = condense(company).small
    assert [small.index[name] for name in small.names] == list(range(len(small.names)))
    merged = set(company.names) - set(small.names)
    assert merged
    assert not any(name in small.index for name in merged)
