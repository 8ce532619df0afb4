"""Twins: copies of resources beside them, without what a loss takes, as edits of the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np

from auditor.analyses._advice_ground import Ground
from auditor.estate.edit import NewMember, NewNode
from auditor.estate.graph import Estate, Graph, NodeKind
from auditor.model.evidence import EXACT_ZERO, Evidence, Range
from auditor.model.need import Member, Need

ORIGIN = "proposed change"
STANDBY_DELAY: Range = (1.0, 2.0)
"""Minutes for a managed standby in another zone, as the providers document for theirs."""

Change = NewNode | NewMember
Refs = Mapping[int, str]
"""By node, what stands in for it on the other side."""


def twins(
    ground: Ground,
    lost: int,
    workload: int,
    label: str,
    *,
    extra: tuple[Need, ...] = (),
    instead: Callable[[int], Refs] = lambda _: {},
) -> tuple[list[Change], tuple[int, ...]]:
    """Return a twin beside every resource of the workload that needs a node directly, and their originals.

    A twin needs what its original needs, but not ``lost``; ``extra`` besides; and for each node that
    ``instead`` names for the original, what stands there.
    """
    estate = ground.estate
    reached = ground.reached(workload)
    direct = np.unique(estate.graph.owner[ground.users_in(lost, reached)])
    copies = {
        node: f"twin:{label}:{estate.names[node]}"
        for node in direct.tolist()
        if estate.kinds[node] == NodeKind.RESOURCE
    }
    edits: list[Change] = []
    for node, twin in copies.items():
        needs = _kept(ground, node, without=lost, refs={**copies, **instead(node)})
        edits.append(NewNode(name=twin, needs=needs + extra))
        delay = STANDBY_DELAY if ground.stateful[node] else EXACT_ZERO
        member = Member(ref=twin, delay=delay)
        edits.extend(NewMember(need=g, member=member) for g in ground.users_in(node, reached).tolist())
    return edits, tuple(copies)


def _kept(ground: Ground, node: int, *, without: int, refs: Refs) -> tuple[Need, ...]:
    """Return a node's needs as values: not those that name ``without``, others by what stands in for them.

    A machine's copy in another zone stands on the copies of its subnet and disks, not on those left behind.
    """
    graph = ground.estate.graph
    found = []
    for need in ground.needs(node):
        rows = range(int(graph.start[need]), int(graph.start[need + 1]))
        if without in graph.member[rows.start : rows.stop]:
            continue
        found.append(
            Need(
                role=graph.texts[graph.role[need]],
                members=tuple(members_of(ground.estate, rows, refs)),
                k=(int(graph.k_best[need]), int(graph.k_worst[need])),
                evidence=Evidence.ASSUMED,
                origin=ORIGIN,
                quorum=bool(graph.quorum[need]),
                unknown=_fact(graph, graph.unknown[need]),
            )
        )
    return tuple(found)


def members_of(estate: Estate, rows: Iterable[int], refs: Refs) -> Iterable[Member]:
    """Yield the members in these rows of the graph as values."""
    graph = estate.graph
    for row in rows:
        node, loss = int(graph.member[row]), (float(graph.loss_low[row]), float(graph.loss_high[row]))
        yield Member(
            ref=refs.get(node, estate.names[node]),
            delay=(float(graph.delay_low[row]), float(graph.delay_high[row])),
            manual=bool(graph.manual[row]),
            loss=None if np.isnan(loss).any() else loss,
            unknown=_fact(graph, graph.member_unknown[row]),
        )


def _fact(graph: Graph, code: int) -> str | None:
    return None if code < 0 else graph.fact_names[code]
