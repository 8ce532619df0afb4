"""Which cut sets say the most: by the definition, from a system and from what each event takes alone."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.kernels.cutsets import cut_sets, system
from auditor.kernels.hierarchy import irreplaceable, narrowest
from tests.oracles.needs import Need, compile_plan, lost_nodes, need
from tests.oracles.random_needs import random_needs

Sets = list[tuple[int, ...]]


def shown(nodes: int, needs: list[Need]) -> tuple[Sets, Sets]:
    """Return the cut sets of node 0, where any node may fail, and those shown, the same both ways."""
    events = np.arange(nodes)
    cone = system(compile_plan(nodes, needs), events).cone(0)
    cuts = cut_sets(cone)
    takes = np.array([np.isin(events, sorted(lost_nodes(nodes, needs, {event}))) for event in range(nodes)])
    kept = narrowest(cone, cuts.sets)
    again = irreplaceable([rows.astype(np.intp) for rows in cuts.sets], takes)
    assert [each.tolist() for each in again] == [each.tolist() for each in kept]
    pairs = zip(cuts.sets, kept, strict=True)
    return list(cuts), [tuple(row) for rows, keep in pairs for row in rows[keep].tolist()]


def by_definition(nodes: int, needs: list[Need], sets: Sets) -> Sets:
    """Return the sets of which no event can be replaced by one that it takes along and not back."""
    takes = {event: lost_nodes(nodes, needs, {event}) for event in range(nodes)}

    def replaceable(chosen: tuple[int, ...]) -> bool:
        return any(
            0 in lost_nodes(nodes, needs, {*chosen} - {wide} | {small})
            for wide in chosen
            for small in takes[wide]
            if wide not in takes[small]
        )

    return [each for each in sets if not replaceable(each)]


def test_what_takes_another_along_is_replaced_by_it() -> None:
    """Of a machine and its zone the machine is told; two that take each other both are."""
    # 0 needs one of 1 and 2; 1 is in 3, 2 in 4, which falls with 5 and 5 with it.
    needs = [need(0, 1, 1, 2), need(1, 1, 3), need(2, 1, 4), need(4, 1, 5), need(5, 1, 4)]
    sets, kept = shown(6, needs)
    assert sets == [(0,), (1, 2), (1, 4), (1, 5), (2, 3), (3, 4), (3, 5)]
    assert kept == [(0,), (1, 2)]


def test_events_that_take_each_other_are_both_told() -> None:
    """Neither of two that fall together is the narrower one."""
    needs = [need(0, 1, 1, 3), need(1, 1, 2), need(2, 1, 1)]
    assert shown(4, needs)[1] == [(0,), (1, 3), (2, 3)]


@pytest.mark.parametrize("seed", range(30))
def test_random_systems_show_the_sets_of_the_definition(seed: int) -> None:
    """On systems with cycles, k-of-n and repeated members exactly the sets that nothing narrower replaces."""
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(4, 12))
    needs = [need(0, 1, 1, 2, 3), *random_needs(rng, nodes=nodes, needs=nodes, fan=3, delays=False)]
    sets, kept = shown(nodes, needs)
    assert kept == by_definition(nodes, needs, sets)
