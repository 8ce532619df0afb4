"""The generated company: what the builder would make of the same resources, alike each time, rich enough."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.estate import Estate, build, closure
from auditor.inventory import Inventory, InventoryBuilder, same
from benchmarks.columns import SOURCE
from benchmarks.company import TAKEN_AT, inventory
from benchmarks.workloads import LARGEST, SMALLEST


@pytest.fixture(scope="module")
def company() -> Inventory:
    """Return a company of ten workloads."""
    return inventory(2_000)


@pytest.fixture(scope="module")
def estate() -> Estate:
    """Return the estate of a company of a hundred workloads."""
    return build(inventory(20_000))


def test_builder_makes_the_same(company: Inventory) -> None:
    """The resources one by one, given to the builder, make the very same inventory."""
    builder = InventoryBuilder(TAKEN_AT)
    builder.add((company.resource(row) for row in range(len(company))), source=SOURCE)
    builder.add_zones(company.zones)
    builder.declare(vendors=company.vendors)
    assert same(builder.build(), company)


@pytest.mark.parametrize("resources", [50, 51, 333, 10_007])
def test_as_many_as_asked(resources: int) -> None:
    """There are exactly as many resources as asked for, each of its own id."""
    made = inventory(resources)
    assert len(made) == made.resources["id"].n_unique() == resources


def test_refused() -> None:
    """Too few resources are no company."""
    with pytest.raises(ValueError, match="50 at least"):
        inventory(49)


def test_same_for_one_seed(company: Inventory) -> None:
    """One seed gives one company, another another."""
    assert same(inventory(2_000), company)
    assert not same(inventory(2_000, seed=2), company)


def test_references_lead_somewhere(estate: Estate) -> None:
    """Every reference is found, and about five needs stand on a resource."""
    assert estate.unresolved == ()
    assert 4 < estate.graph.owner.size / len(estate.inventory) < 6


def test_sizes_have_a_tail(estate: Estate) -> None:
    """Workloads are some 200 resources on average, most of them much smaller, within the bounds."""
    sizes = np.bincount(estate.resource_workload[estate.resource_workload >= 0])
    assert sizes.min() >= SMALLEST
    assert sizes.max() <= LARGEST
    assert np.median(sizes) < sizes.mean() / 2


def test_structure(estate: Estate) -> None:
    """There are standbys by hand, k-of-n needs, unknown zones, systems and agents, and many domains."""
    graph = estate.graph
    assert (graph.manual & graph.delay_high.nonzero()).any()
    assert ((graph.k_best < graph.k_worst) & (np.diff(graph.start) > 2)).any()
    missing = {graph.fact_names[code] for code in np.unique(graph.unknown) if code >= 0}
    assert {"zone", "os", "agent.sentinelone"} <= missing
    assert np.count_nonzero(estate.kinds == 1) > 400


def test_cycles(estate: Estate) -> None:
    """Services that all others use need each other."""
    (row,) = np.flatnonzero((estate.inventory.resources["name"] == "identity-0-lb-0").to_numpy())
    assert row in closure(estate, int(row))
