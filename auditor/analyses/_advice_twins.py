"""Twins: copies of resources beside them, without what a loss takes, as edits of the graph."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from auditor.analyses._advice_ground import Ground
from auditor.analyses._advice_states import Nodes
from auditor.estate.edit import NewCopy, NewMember, NewNode
from auditor.estate.graph import Estate, Graph, NodeKind
from auditor.kernels.order import distinct, ranges
from auditor.model.evidence import EXACT_ZERO, Range
from auditor.model.need import Member, Need

ORIGIN = "proposed change"
STANDBY_DELAY: Range = (1.0, 2.0)
"""Minutes for a managed standby in another zone, as the providers document for theirs."""

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
    instead: Refs | None = None,
) -> tuple[list[NewCopy], tuple[int, ...]]:
    """Return a twin beside every resource of the workload that needs a node directly, and their originals.

    A twin needs what its original needs, but not ``lost``; ``extra`` besides; and for each node that
    ``instead`` names, what stands there. A machine's copy in another zone stands on the copies of its subnet
    and disks, not on those left behind.
    """
    estate = ground.estate
    direct = distinct(estate.graph.owner[ground.users_in(lost, workload)]).astype(np.int64)
    nodes = direct[estate.kinds[direct] == NodeKind.RESOURCE]
    copies = {node: ground.free(f"twin:{label}:{estate.names[node]}") for node in nodes.tolist()}
    refs = {**copies, **(instead or {})}
    named, users = _named(ground, nodes, lost, refs), _users(ground, nodes, workload)
    edits = [
        NewCopy(
            name=name,
            original=node,
            without=lost,
            origin=ORIGIN,
            instead=tuple((member, refs[member]) for member in members),
            extra=extra,
            beside=tuple(needs),
            delay=STANDBY_DELAY if ground.stateful[node] else EXACT_ZERO,
        )
        for (node, name), members, needs in zip(copies.items(), named, users, strict=True)
    ]
    return edits, tuple(copies)


def _named(ground: Ground, nodes: Nodes, lost: int, refs: Refs) -> list[list[int]]:
    """Return for each node those of ``refs`` that needs of it name which do not name ``lost``, ascending."""
    graph, width = ground.estate.graph, len(ground.estate.names)
    rows = ground.needs_of(nodes)
    size = graph.start[rows + 1] - graph.start[rows]
    member = graph.member[ranges(graph.start[rows], graph.start[rows + 1])].astype(np.int64)
    need = np.repeat(np.arange(rows.size), size)
    kept = np.ones(rows.size, np.bool_)
    kept[need[member == lost]] = False
    wanted = np.zeros(width, np.bool_)
    wanted[list(refs)] = True
    chosen = kept[need] & wanted[member]
    at = np.searchsorted(nodes, graph.owner[rows[need[chosen]]])
    pairs = distinct(at * width + member[chosen])
    return _split(pairs % width, np.bincount(pairs // width, minlength=nodes.size))


def _users(ground: Ground, nodes: Nodes, workload: int) -> list[list[int]]:
    """Return for each node the needs with it as a member whose owner the workload reaches, ascending."""
    rows = [ground.users(node) for node in nodes.tolist()]
    users = np.concatenate([np.zeros(0, np.int64), *rows])
    at = np.repeat(np.arange(nodes.size), [each.size for each in rows])
    chosen = ground.inside(workload)[ground.estate.graph.owner[users]]
    return _split(users[chosen], np.bincount(at[chosen], minlength=nodes.size))


def _split(values: Nodes, sizes: Nodes) -> list[list[int]]:
    ends = np.cumsum(sizes).tolist()
    listed = values.tolist()
    return [listed[first:last] for first, last in zip([0, *ends], ends, strict=False)]


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
