"""The small estate that stands for a large one: what is said of its parts."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.estate import Estate, build
from auditor.estate.condense import ALWAYS, condense, uncondensed
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
