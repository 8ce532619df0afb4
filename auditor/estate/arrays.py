"""Take, drop and order needs of a graph, all arrays together."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.estate.draft import CERTAIN, Draft
from auditor.estate.graph import Graph
from auditor.estate.parts import ODD, Each, Part, Rows, Several, repeated
from auditor.estate.sparse import Sparse, take

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
_SPARSE = ("delay_low", "delay_high", "loss_low", "loss_high")

_FEW = 16
"""Of this many members one: fewer are looked up, more are counted through."""

_USUAL = {
    "k_best": 1,
    "k_worst": 1,
    "role": None,
    "origin": None,
    "evidence": None,
    "unknown": CERTAIN,
    "quorum": False,
}
"""What is said of most needs, if there is anything."""

Mask = NDArray[np.bool_]


def freeze(draft: Draft, renumber: NDArray[np.int32]) -> Graph:
    """Return the draft's needs as a graph, ordered by owner, with nodes in their final numbers.

    Needs of one owner stay in the order they were added. The needs are taken out of the draft: there is no
    room for all of them twice.
    """
    parts = draft.parts
    places, sizes, owner = _places(parts, renumber)
    start = offsets(sizes)
    del sizes
    needs, members = owner.size, int(start[-1])
    # What most needs have is there from the beginning; only what differs is written.
    columns: dict[str, Any] = {
        "k_best": np.ones(needs, np.int32),
        "k_worst": np.ones(needs, np.int32),
        "role": np.empty(needs, np.int32),
        "origin": np.empty(needs, np.int32),
        "evidence": np.empty(needs, np.uint8),
        "unknown": np.full(needs, CERTAIN, np.int32),
        "quorum": np.zeros(needs, np.bool_),
    }
    rows: dict[str, Any] = {
        "member": np.empty(members, np.int32),
        "manual": np.zeros(members, np.bool_),
        "member_unknown": np.full(members, CERTAIN, np.int32),
    }
    seldom = [(np.zeros(0, np.int64), pl.DataFrame(schema=ODD))]
    while parts:
        part, place = parts.pop(), places.pop()
        for name, usual in _USUAL.items():
            _write(columns[name], place, getattr(part, name, usual), usual)
        odd = _write_members(part, start[place], renumber, rows)
        seldom += [(odd, part.odd)] if isinstance(part, Several) else []
    return Graph(
        owner=owner,
        start=start,
        texts=draft.texts.values,
        fact_names=draft.facts.values,
        **columns,
        **rows,
        **_seldom(members, seldom),
    )


def _seldom(members: int, told: Sequence[tuple[Rows, pl.DataFrame]]) -> dict[str, Any]:
    """Return what is said of members by those of each table of ``ODD`` that are in these rows."""
    row = np.concatenate([rows for rows, _ in told])
    return {
        name: Sparse.of(members, row, np.concatenate([odd[name].to_numpy() for _, odd in told]))
        for name in _SPARSE
    }


def _places(
    parts: Sequence[Part], renumber: NDArray[np.int32]
) -> tuple[list[Rows], NDArray[np.int32], NDArray[np.int32]]:
    """Return where each need of each part goes, how many members each place has, and whose it is."""
    owners = [renumber.take(part.owner, mode="clip") for part in parts]
    counts = np.zeros(renumber.size, np.int64)
    for owner in owners:
        counts += np.bincount(owner, minlength=counts.size)
    ends = offsets(counts)
    sizes = np.ones(int(ends[-1]), np.int32)
    places = []
    for part, owner in zip(parts, owners, strict=True):
        # From here on ``ends`` is where the next need of each owner goes.
        place = _next(owner, ends)
        if isinstance(part, Several):
            sizes[place] = np.bincount(part.need, minlength=owner.size)
        places.append(place)
    return places, sizes, np.repeat(np.arange(counts.size, dtype=np.int32), counts)


def _next(owner: NDArray[np.int32], following: Rows) -> Rows:
    """Return the next place of each owner, and move ``following`` behind it."""
    if (owner[1:] > owner[:-1]).all():
        place = following[owner]
        following[owner] = place + 1
        return place
    ascending = bool((owner[1:] >= owner[:-1]).all())
    order = None if ascending else np.argsort(owner, kind="stable")
    ordered = owner if order is None else owner[order]
    firsts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    lengths = np.diff(firsts, append=owner.size)
    heads = ordered[firsts]
    # Places of one owner follow each other, from where its next need goes.
    place = np.repeat(following[heads] - firsts, lengths)
    place += np.arange(owner.size)
    following[heads] += lengths
    if order is None:
        return place
    turned = np.empty_like(place)
    turned[order] = place
    return turned


def _write(target: NDArray[Any], place: Rows, values: Any, usual: int | None) -> None:  # noqa: ANN401
    """Put values in their places, but those that are there already, as almost all have the usual one."""
    if isinstance(values, int):
        if values != usual:
            target[place] = values
    elif usual is None:
        target[place] = values
    else:
        which = np.flatnonzero(values != usual)
        target[place[which]] = values[which]


def _write_members(
    part: Part, start: Rows, renumber: NDArray[np.int32], rows: dict[str, NDArray[Any]]
) -> Rows:
    """Put the members of a part where those of each need begin (``start``); return where its odd ones are."""
    node = renumber.take(part.node, mode="clip")
    if isinstance(part, Each):
        rows["member"][start] = node
        return start[:0]
    # Members of one need follow each other, so each is as far from the first as in the part.
    start -= offsets(np.bincount(part.need, minlength=start.size))[:-1]
    at = start.take(part.need, mode="clip")
    at += np.arange(at.size)
    rows["member"][at] = node
    odd: Rows = at[part.odd["row"].to_numpy()]
    rows["manual"][odd] = part.odd["manual"].to_numpy()
    rows["member_unknown"][odd] = part.odd["unknown"].to_numpy()
    return odd


def offsets(counts: NDArray[np.int64] | NDArray[np.int32]) -> Rows:
    """Return where each of consecutive runs of these lengths starts, and the end."""
    ends = np.zeros(counts.size + 1, np.int64)
    np.cumsum(counts, out=ends[1:])
    return ends


def sizes_of(graph: Graph) -> NDArray[np.int32]:
    """Return how many members each need has."""
    # In one go, as whole columns of wide numbers cost more than the difference.
    sizes = np.empty(graph.owner.size, np.int32)
    np.subtract(graph.start[1:], graph.start[:-1], out=sizes, casting="unsafe")
    return sizes


def count_members(graph: Graph, which: Mask) -> NDArray[np.int32]:
    """Return how many members of each need are among ``which`` [m]."""
    few = np.flatnonzero(~which)
    if few.size * _FEW > which.size:
        before = np.zeros(which.size + 1, np.int32)
        np.cumsum(which, out=before[1:])
        return np.diff(before[graph.start])
    sizes = sizes_of(graph)
    need = np.searchsorted(graph.start, few, side="right") - 1
    np.subtract.at(sizes, need, 1)
    return sizes


def need_of(graph: Graph) -> Rows:
    """Return the need of each member."""
    return np.repeat(np.arange(graph.owner.size), sizes_of(graph))


def take_needs(graph: Graph, rows: Rows) -> Graph:
    """Return the graph with only these needs, in this order."""
    counts = graph.start[rows + 1] - graph.start[rows]
    start = offsets(counts)
    picked = np.repeat(graph.start[rows] - start[:-1], counts)
    picked += np.arange(start[-1])
    changed: dict[str, Any] = {name: take(getattr(graph, name), rows) for name in NEED_ARRAYS}
    changed |= {name: take(getattr(graph, name), picked) for name in MEMBER_ARRAYS}
    return dataclasses.replace(graph, start=start, **changed)


def drop_members(graph: Graph, drop: Mask) -> Graph:
    """Return the graph without these members; a need left without any goes too, k stays."""
    counts = count_members(graph, ~drop)
    kept = np.flatnonzero(~drop)
    changed: dict[str, Any] = {name: take(getattr(graph, name), kept) for name in MEMBER_ARRAYS}
    left = dataclasses.replace(graph, start=offsets(counts), **changed)
    return left if counts.all() else take_needs(left, np.flatnonzero(counts))


def drop_repeated(graph: Graph) -> Graph:
    """Return the graph with each node once in a need, the one soonest in service; k no more than are left."""
    sizes = sizes_of(graph)
    rows = np.flatnonzero(np.repeat(sizes > 1, sizes))
    need = np.searchsorted(graph.start, rows, side="right") - 1
    again = rows[repeated(need, graph.member[rows], graph.delay_low[rows], graph.delay_high[rows])]
    if not again.size:
        return graph
    drop = np.zeros(graph.member.size, np.bool_)
    drop[again] = True
    return clip(drop_members(graph, drop))


def clip(graph: Graph) -> Graph:
    """Return the graph with k of no need above the number of its members."""
    counts = sizes_of(graph)
    return dataclasses.replace(
        graph, k_best=np.minimum(graph.k_best, counts), k_worst=np.minimum(graph.k_worst, counts)
    )
