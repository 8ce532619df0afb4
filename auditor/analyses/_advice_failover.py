"""Failover to copies that are there already, but which users reach too late or not at all."""

from __future__ import annotations

import itertools

import numpy as np

from auditor.analyses._advice_ground import Ground
from auditor.analyses._advice_paths import CHECKERS, FAILOVER_DELAY, shown
from auditor.analyses._advice_states import Nodes
from auditor.analyses._advice_twins import ORIGIN, Change, members_of
from auditor.estate.arrays import need_of
from auditor.estate.edit import NewMember, NewNode
from auditor.estate.graph import NodeKind
from auditor.kernels import Bools
from auditor.model.domain import axis_of
from auditor.model.evidence import EXACT_ZERO, Evidence
from auditor.model.need import Member, Need

SENT_BY = ("answers", "endpoint", "origin")
"""Roles of needs by which users are sent to one of several places."""

MOST_PLACES = 16
"""Places that users are sent to; more are a fleet, not a list of copies."""


def rerouted(ground: Ground, lost: int, workload: int) -> tuple[Change, ...]:
    """Return health checks at names and balancers that send some users to each place, up or not.

    Such a thing needs every place, as one need of all of them or as a need each; where some stand without the
    loss, the others' users are sent there.
    """
    graph = ground.estate.graph
    if ("sent", -1) not in ground.memo:
        ground.memo["sent", -1] = np.flatnonzero(np.isin(graph.role, _roles(ground)))
    rows = _owned(ground, ground.memo["sent", -1], workload)
    hanging = ground.hanging(lost)
    edits: dict[Change, None] = {}
    for _, group in itertools.groupby(rows.tolist(), key=lambda row: (graph.owner[row], graph.role[row])):
        needs = list(group)
        edits |= dict.fromkeys(_to_each_other(ground, needs, hanging))
        for need in needs:
            edits |= dict.fromkeys(_any_of(ground, need, hanging))
    return tuple(edits)


def promoted(ground: Ground, lost: int, workload: int) -> tuple[tuple[Change, ...], list[str]]:
    """Return standbys that take over by themselves where the loss takes what serves, and their names."""
    graph = ground.estate.graph
    if ("slow", -1) not in ground.memo:
        delay = graph.delay_high.dense()
        slow = (graph.manual & (delay > 0)) | (delay > FAILOVER_DELAY[1])
        ground.memo["slow", -1] = slow, np.unique(need_of(graph)[slow])
    slow, needs = ground.memo["slow", -1]
    rows = _owned(ground, needs, workload)
    hanging = ground.hanging(lost)
    edits: dict[Change, None] = {}
    names: dict[str, None] = {}
    for need in rows.tolist():
        members = range(int(graph.start[need]), int(graph.start[need + 1]))
        waiting = [row for row in members if slow[row] and not hanging[graph.member[row]]]
        if not waiting or not any(hanging[graph.member[row]] for row in members):
            continue
        for row in waiting:
            node = int(graph.member[row])
            member = Member(ref=ground.estate.names[node], delay=FAILOVER_DELAY)
            edits[NewMember(need=need, member=member)] = None
            names |= dict.fromkeys(shown(ground, _behind(ground, node)))
    return tuple(edits), list(names)


def _behind(ground: Ground, node: int) -> list[int]:
    """Return what people know of a standby: itself, or what its activation brings in."""
    estate = ground.estate
    if estate.kinds[node] != NodeKind.ACTIVATION:
        return [node]
    graph = estate.graph
    members = [int(graph.member[graph.start[need]]) for need in ground.needs(node)]
    return [each for each in members if axis_of(estate.names[each]) is None]


def _roles(ground: Ground) -> list[int]:
    return [code for code, text in enumerate(ground.estate.graph.texts) if text in SENT_BY]


def _owned(ground: Ground, rows: Nodes, workload: int) -> Nodes:
    return rows[ground.inside(workload)[ground.estate.graph.owner[rows]]]


def _places(ground: Ground, need: int) -> list[Member]:
    graph = ground.estate.graph
    return list(members_of(ground.estate, int(graph.start[need]), int(graph.start[need + 1]), {}))


def _roads(ground: Ground, need: int) -> tuple[str, ...]:
    owner = int(ground.estate.graph.owner[need])
    if ground.estate.kinds[owner] != NodeKind.RESOURCE:
        return ()
    provider = ground.estate.inventory.resources["provider"][owner]
    return (CHECKERS[provider],) if provider in CHECKERS else ()


def _to_each_other(ground: Ground, needs: list[int], hanging: Bools) -> list[Change]:
    """Return further members of each need the loss takes: the places of those it does not."""
    if not 1 < len(needs) <= MOST_PLACES:
        return []
    index = ground.estate.index
    places = {need: _places(ground, need) for need in needs}
    serving = [
        m for each in places.values() for m in each if m.delay == EXACT_ZERO and not hanging[index[m.ref]]
    ]
    return [
        NewMember(need=need, member=Member(ref=other.ref, delay=FAILOVER_DELAY, via=_roads(ground, need)))
        for need, members in places.items()
        if all(hanging[index[member.ref]] for member in members)
        for other in serving
    ]


def _any_of(ground: Ground, need: int, hanging: Bools) -> list[Change]:
    """Return stand-ins, by which a need of every place holds as long as one of them does."""
    places, graph = _places(ground, need), ground.estate.graph
    taken = [bool(hanging[ground.estate.index[member.ref]]) for member in places]
    if (
        not 1 < len(places) <= MOST_PLACES
        or graph.k_worst[need] < len(places)
        or all(taken)
        or not any(taken)
    ):
        return []
    found: list[Change] = []
    for number in range(1, len(places)):
        name = ground.free(f"failover:{ground.estate.names[int(graph.owner[need])]}/{need}/{number}")
        one = Need(role="proposed", members=tuple(places), evidence=Evidence.ASSUMED, origin=ORIGIN)
        stand_in = Member(ref=name, delay=FAILOVER_DELAY, via=_roads(ground, need))
        found += [NewNode(name=name, needs=(one,)), NewMember(need=need, member=stand_in)]
    return found
