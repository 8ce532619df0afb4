"""The Aralia fault trees: counts of minimal cut sets and exact probabilities that the literature gives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from auditor.kernels import Floats, Plan
from auditor.kernels.cutsets import Cone, cut_sets, system
from auditor.kernels.decision import available, exact
from auditor.kernels.probability import assess

TREES = (
    *("baobab1", "baobab2", "chinese", "das9201", "das9203", "das9204", "das9206", "das9207", "das9209"),
    *("edf9201", "edf9203", "edf9204", "edf9206", "edfpa14b", "edfpa14p", "edfpa14q", "edfpa15b", "edfpa15o"),
    *("edfpa15q", "edfpa15r", "ftr10", "isp9601", "isp9603", "isp9604", "isp9606", "isp9607"),
)
# Their diagrams pass the limit in the order in which a walk down meets their events.
TOO_LARGE = {"edf9203", "edf9204", "edfpa14q"}


def read(folder: Path, name: str) -> tuple[dict[str, Any], Cone, Floats]:
    """Return a tree as written, as a system whose nodes need what must not fail, and its probabilities."""
    tree = json.loads((folder / "fault-trees" / f"{name}.json").read_text(encoding="utf-8"))
    events, gates = len(tree["events"]), tree["gates"]
    sizes = [len(gate["of"]) for gate in gates]
    plan = Plan(
        nodes=events + len(gates),
        owner=np.arange(events, events + len(gates), dtype=np.int32),
        k=np.array([size - gate["k"] + 1 for size, gate in zip(sizes, gates, strict=True)], np.int32),
        start=np.cumsum([0, *sizes], dtype=np.int64),
        member=np.array([member for gate in gates for member in gate["of"]], np.int32),
        delay=np.zeros(sum(sizes)),
    )
    chance = np.zeros(plan.nodes)
    chance[:events] = [event["p"] for event in tree["events"]]
    return tree, system(plan, np.arange(events)).cone(plan.nodes - 1), chance


def test_every_tree_is_held_to(shared_data: Path) -> None:
    """No tree of the benchmark is left out."""
    assert {path.stem for path in (shared_data / "fault-trees").glob("*.json")} == set(TREES)


@pytest.mark.parametrize("name", TREES)
def test_counts_and_bounds_are_those_of_the_benchmark(name: str, shared_data: Path) -> None:
    """To order 3 there are exactly as many minimal cut sets as known, and the bounds hold the probability."""
    tree, cone, chance = read(shared_data, name)
    cuts = cut_sets(cone, order=3)
    counts = dict(zip(("1", "2", "3"), (*cuts.counts, 0, 0, 0), strict=False))
    assert counts == tree["minimal_cut_sets"]
    bounds = assess(cuts.sets, chance, beyond=None if cuts.exhausted else cone.names)
    assert bounds.low <= tree["probability_exact"] * (1 + 1e-5)
    assert tree["probability_exact"] <= bounds.high * (1 + 1e-5)


@pytest.mark.skipif(not available(), reason="oxidd is not installed (extra bdd)")
@pytest.mark.parametrize("name", TREES)
def test_diagrams_give_the_exact_probability(name: str, shared_data: Path) -> None:
    """Where the diagram fits, the probability is the known one to its last printed digit."""
    tree, cone, chance = read(shared_data, name)
    found = exact(cone, chance, limit=1 << 17 if name in TOO_LARGE else 1 << 20)
    assert (found is None) == (name in TOO_LARGE)
    if found is not None:
        assert found.low == found.high == pytest.approx(tree["probability_exact"], rel=1e-5)
