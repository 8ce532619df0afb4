"""Take, drop and order needs of a graph, all arrays together."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.estate.draft import CERTAIN, Draft, Each, Several
from auditor.estate.graph import Graph

NEED_ARRAYS = ("owner", "k_best", "k_worst", "role", "origin", "evidence", "unknown", "quorum")
MEMBER_ARRAYS = (
    "member",
    "delay_low",
    "delay_high",
    "manual",
    "member_unknown",
    "loss_low",
    "loss_high",
)

_FEW = 16
"""Of this many members one: fewer are looked up, more are counted through."""

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


def freeze(draft: Draft, renumber: NDArray[np.int32]) -> Graph:
    """Return the draft's needs as a graph, ordered by owner, with nodes in their final numbers.

    The needs are taken out of the draft: there is no room for all of them twice.
    """
    parts = draft.parts
    places, sizes, owner = _places(parts, renumber)
    start = offsets(sizes)
    del sizes
    needs, members = owner.size, int(start[-1])
    # What most needs have is there from the beginning; only what differs is written.
    columns: dict[str, NDArray[Any]] = {
        "k_best": np.ones(needs, np.int32),
        "k_worst": np.ones(needs, np.int32),
        "role": np.empty(needs, np.int32),
        "origin": np.empty(needs, np.int32),
        "evidence": np.empty(needs, np.uint8),
        "unknown": np.full(needs, CERTAIN, np.int32),
        "quorum": np.zeros(needs, np.bool_),
    }
    rows: dict[str, NDArray[Any]] = {
        "member": np.empty(members, np.int32),
        "delay_low": np.zeros(members),
        "delay_high": np.zeros(members),
        "manual": np.zeros(members, np.bool_),
        "member_unknown": np.full(members, CERTAIN, np.int32),
        "loss_low": np.zeros(members),
        "loss_high": np.zeros(members),
    }
    while parts:
        part, place = parts.pop(), places.pop()
        if isinstance(part, Each):
            columns["role"][place], columns["origin"][place] = part.role, part.origin
            columns["evidence"][place] = part.evidence
            if part.unknown != CERTAIN:
                columns["unknown"][place] = part.unknown
            rows["member"][start[place]] = renumber[part.node]
        else:
            _write(part, place, start, renumber, columns, rows)
    return Graph(
        owner=owner,
        start=start,
        texts=draft.texts.values,
        fact_names=draft.facts.values,
        **columns,
        **rows,
    )


def _places(
    parts: Sequence[Each | Several], renumber: NDArray[np.int32]
) -> tuple[list[Rows], Rows, NDArray[np.int32]]:
    """Return where each need of each part goes, how many members each place has, and whose it is.

    Needs of one owner stay in the order of the parts, and within one in its order.
    """
    owners = [
        renumber[part.owner if isinstance(part, Each) else part.needs["owner"].to_numpy()] for part in parts
    ]
    counts = np.zeros(renumber.size, np.int64)
    for owner in owners:
        counts += np.bincount(owner, minlength=counts.size)
    ends = offsets(counts)
    sizes = np.ones(int(ends[-1]), np.int64)
    following = ends[:-1].copy()
    places = []
    for part, owner in zip(parts, owners, strict=True):
        place = _next(owner, following)
        if isinstance(part, Several):
            sizes[place] = np.bincount(part.members["need"].to_numpy(), minlength=owner.size)
        places.append(place)
    return places, sizes, np.repeat(np.arange(counts.size, dtype=np.int32), counts)


def _next(owner: NDArray[np.int32], following: Rows) -> Rows:
    """Return the next place of each owner, and move ``following`` behind it."""
    if (owner[1:] > owner[:-1]).all():
        place = following[owner]
        following[owner] += 1
        return place
    order = np.argsort(owner, kind="stable")
    ordered = owner[order]
    firsts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    lengths = np.diff(firsts, append=owner.size)
    place = np.empty(owner.size, np.int64)
    place[order] = following[ordered] + np.arange(owner.size) - np.repeat(firsts, lengths)
    following[ordered[firsts]] += lengths
    return place


def _write(
    part: Several,
    place: Rows,
    start: Rows,
    renumber: NDArray[np.int32],
    columns: dict[str, NDArray[Any]],
    rows: dict[str, NDArray[Any]],
) -> None:
    """Put the needs of a part in their places, and their members where those begin."""
    for name in ("role", "origin", "evidence"):
        columns[name][place] = part.needs[name].to_numpy()
    for name, usual in (("k_best", 1), ("k_worst", 1), ("unknown", CERTAIN), ("quorum", False)):
        _write_unusual(columns[name], place, part.needs[name].to_numpy(), usual)
    need = part.members["need"].to_numpy()
    first = offsets(np.bincount(need, minlength=place.size))
    at = start[place[need]] + np.arange(need.size) - first[need]
    rows["member"][at] = renumber[part.members["node"].to_numpy()]
    _write_unusual(rows["member_unknown"], at, part.members["unknown"].to_numpy(), CERTAIN)
    for name in ("delay_low", "delay_high", "manual"):
        _write_unusual(rows[name], at, part.members[name].to_numpy(), 0)
    for name in ("loss_low", "loss_high"):
        _write_unusual(rows[name], at, part.members[name].fill_null(np.nan).to_numpy(), 0)


def _write_unusual(target: NDArray[Any], at: Rows, values: NDArray[Any], usual: float) -> None:
    """Put the values in their places that are not there already, as almost all have the usual one."""
    which = np.flatnonzero(values != usual)
    target[at[which]] = values[which]


def offsets(counts: NDArray[np.int64] | NDArray[np.int32]) -> Rows:
    """Return where each of consecutive runs of these lengths starts, and the end."""
    ends = np.zeros(counts.size + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    return ends


def count_members(graph: Graph, which: Mask) -> NDArray[np.int32]:
    """Return how many members of each need are among ``which`` [m]."""
    sizes = np.diff(graph.start).astype(np.int32)
    few = np.flatnonzero(~which)
    if few.size * _FEW > which.size:
        before = np.zeros(which.size + 1, np.int32)
        np.cumsum(which, out=before[1:])
        return np.diff(before[graph.start])
    need = np.searchsorted(graph.start, few, side="right") - 1
    np.subtract.at(sizes, need, 1)
    return sizes


def need_of(graph: Graph) -> Rows:
    """Return the need of each member."""
    return np.repeat(np.arange(graph.owner.size), np.diff(graph.start))


def take_needs(graph: Graph, rows: Rows) -> Graph:
    """Return the graph with only these needs, in this order."""
    counts = np.diff(graph.start)[rows]
    start = offsets(counts)
    picked = np.repeat(graph.start[rows] - start[:-1], counts)
    picked += np.arange(start[-1])
    # Rows are in range, and take() that need not check is several times faster than indexing.
    changed = {name: getattr(graph, name).take(rows, mode="clip") for name in NEED_ARRAYS}
    changed |= {name: getattr(graph, name).take(picked, mode="clip") for name in MEMBER_ARRAYS}
    return dataclasses.replace(graph, start=start, **changed)


def drop_members(graph: Graph, drop: Mask) -> Graph:
    """Return the graph without these members; a need left without any goes too, k stays."""
    counts = count_members(graph, ~drop)
    changed = {name: getattr(graph, name)[~drop] for name in MEMBER_ARRAYS}
    left = dataclasses.replace(graph, start=offsets(counts), **changed)
    return left if counts.all() else take_needs(left, np.flatnonzero(counts))


def drop_repeated(graph: Graph) -> Graph:
    """Return the graph with each node once in a need, the one soonest in service; k no more than are left."""
    many = np.diff(graph.start) > 1
    rows = np.flatnonzero(np.repeat(many, np.diff(graph.start)))
    need = need_of(graph)[rows]
    node = graph.member[rows]
    order = np.lexsort((graph.delay_low[rows], graph.delay_high[rows], node, need))
    again = (np.diff(need[order]) == 0) & (np.diff(node[order]) == 0)
    if not again.any():
        return graph
    drop = np.zeros(graph.member.size, np.bool_)
    drop[rows[order[1:][again]]] = True
    return clip(drop_members(graph, drop))


def clip(graph: Graph) -> Graph:
    """Return the graph with k of no need above the number of its members."""
    counts = np.diff(graph.start).astype(np.int32)
    return dataclasses.replace(
        graph, k_best=np.minimum(graph.k_best, counts), k_worst=np.minimum(graph.k_worst, counts)
    )
