"""Twins: copies of resources beside them, without what a loss takes, as edits of the graph."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from auditor.analyses._advice_ground import Ground
from auditor.estate.edit import NewCopy, NewMember, NewNode
from auditor.estate.graph import Estate, Graph, NodeKind
from auditor.model.evidence import EXACT_ZERO, Evidence, Range
from auditor.model.need import Member, Need

ORIGIN = "proposed change"
STANDBY_DELAY: Range = (1.0, 2.0)
"""Minutes for a managed standby in another zone, as the providers document for theirs."""

STATED = 1 << 15
"""Nodes whose needs are kept as values: one workload is asked about under several losses."""

Change = NewNode | NewCopy | NewMember
Refs = Mapping[int, str]
"""By node, what stands in for it on the other side."""


def twins(
    ground: Ground,
    lost: int,
    workload: int,
    label: str,
    *,
    extra: tuple[Need, ...] = (),
    instead: Callable[[int], Refs] | None = None,
) -> tuple[list[Change], tuple[int, ...]]:
    """Return a twin beside every resource of the workload that needs a node directly, and their originals.

    A twin needs what its original needs, but not ``lost``; ``extra`` besides; and for each node that
    ``instead`` names for the original, what stands there.
    """
    estate = ground.estate
    direct = np.unique(estate.graph.owner[ground.users_in(lost, workload)])
    copies = {
        node: f"twin:{label}:{estate.names[node]}"
        for node in direct.tolist()
        if estate.kinds[node] == NodeKind.RESOURCE
    }
    edits: list[Change] = []
    for node, twin in copies.items():
        needs = _kept(ground, node, without=lost, refs={**copies, **instead(node)} if instead else copies)
        edits.append(NewNode(name=twin, needs=needs + extra))
        delay = STANDBY_DELAY if ground.stateful[node] else EXACT_ZERO
        member = Member(ref=twin, delay=delay)
        edits.extend(NewMember(need=g, member=member) for g in ground.users_in(node, workload).tolist())
    return edits, tuple(copies)


def _kept(ground: Ground, node: int, *, without: int, refs: Refs) -> tuple[Need, ...]:
    """Return a node's needs as values: not those that name ``without``, others by what stands in for them.

    A machine's copy in another zone stands on the copies of its subnet and disks, not on those left behind.
    """
    return tuple(
        _replaced(need, members, refs) for members, need in _stated(ground, node) if without not in members
    )


def _replaced(need: Need, members: tuple[int, ...], refs: Refs) -> Need:
    if refs.keys().isdisjoint(members):
        return need
    named = zip(need.members, members, strict=True)
    return dataclasses.replace(
        need,
        members=tuple(
            dataclasses.replace(member, ref=refs[node]) if node in refs else member for member, node in named
        ),
    )


def _stated(ground: Ground, node: int) -> list[tuple[tuple[int, ...], Need]]:
    """Return the needs of a node as values, each with its members as nodes."""
    known = ground.stated.get(node)
    if known is not None:
        return known
    if len(ground.stated) >= STATED:
        ground.stated.clear()
    graph = ground.estate.graph
    needs = ground.needs(node)
    starts = graph.start[needs.start : needs.stop + 1].tolist()
    nodes = graph.member[starts[0] : starts[-1]].tolist()
    members = list(members_of(ground.estate, starts[0], starts[-1], {}))
    found = ground.stated[node] = [
        (
            tuple(nodes[first - starts[0] : last - starts[0]]),
            Need(
                role=graph.texts[graph.role[need]],
                members=tuple(members[first - starts[0] : last - starts[0]]),
                k=(int(graph.k_best[need]), int(graph.k_worst[need])),
                evidence=Evidence.ASSUMED,
                origin=ORIGIN,
                quorum=bool(graph.quorum[need]),
                unknown=_fact(graph, int(graph.unknown[need])),
            ),
        )
        for need, first, last in zip(needs, starts, starts[1:], strict=False)
    ]
    return found


def members_of(estate: Estate, first: int, last: int, refs: Refs) -> Iterator[Member]:
    """Yield the members in these rows of the graph (from ``first`` to before ``last``) as values."""
    graph, rows = estate.graph, slice(first, last)
    for node, low, high, manual, lost, most, unknown in zip(
        graph.member[rows].tolist(),
        graph.delay_low[rows].tolist(),
        graph.delay_high[rows].tolist(),
        graph.manual[rows].tolist(),
        graph.loss_low[rows].tolist(),
        graph.loss_high[rows].tolist(),
        graph.member_unknown[rows].tolist(),
        strict=True,
    ):
        yield Member(
            ref=refs.get(node) or estate.names[node],
            delay=(low, high),
            manual=manual,
            loss=None if math.isnan(lost) or math.isnan(most) else (lost, most),
            unknown=_fact(graph, unknown),
        )


def _fact(graph: Graph, code: int) -> str | None:
    return None if code < 0 else graph.fact_names[code]
