"""A plan made ready for many evaluations: rows in solving order, cut into buckets of equal work.

Every need with k below its number of members becomes a *gate*, a row of its own; a node then is the join of
its own value, the members of its all-of needs and its gates. Rows are numbered in solving order and rows of
the same shape lie side by side, so that results are written to slices and only reads gather.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.order import Index, order, ranges
from auditor.kernels.plan import Plan

# A shape shared by fewer rows of one level than this is solved together with other rare shapes, ragged.
_RARE = 16

# Families of rows, in the order in which they lie inside a level.
_EMPTY, _JOIN, _JOIN_RARE, _FIRST, _FIRST_RARE, _GATE = range(6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Rows ``first`` to ``last`` of one level, all solved by the same operation.

    Attributes:
        first, last: the slice of rows.
        k: 0 for a join over all members, else the k-th smallest of the members.
        width: members per row, 0 if ragged (joins and k = 1 only).
        member: intp, rows read: [width, rows], or flat if ragged.
        place: intp, position of each in the plan's member arrays, shaped as ``member``; empty for joins.
        start: intp, where the members of each row start if ragged, else empty.
    """

    first: int
    last: int
    k: int
    width: int
    member: Index
    place: Index
    start: Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Buckets to solve in order; where there are ``heads``, again until the heads rest."""

    first: int
    last: int
    buckets: tuple[Bucket, ...]
    heads: Index


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A checked plan and the order in which to solve it; ``prepare`` makes it.

    Attributes:
        plan: what it was made from.
        rows: number of rows, nodes and gates.
        row: intp [n], the row of each node.
        stages: what to solve, one after the other.
        owned: intp [g], needs ordered by owner; those of node v are owned[owned_start[v]:owned_start[v+1]].
        owned_start: intp [n + 1].
    """

    plan: Plan
    rows: int
    row: Index
    stages: tuple[Stage, ...]
    owned: Index
    owned_start: Index

    def strict(self) -> Prepared:
        """Return the same system with every member of every need required."""
        stages = (
            replace(stage, buckets=tuple(replace(bucket, k=0) for bucket in stage.buckets))
            for stage in self.stages
        )
        return replace(self, stages=tuple(stages))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arcs:
    """Rows read by each row, grouped by reader; ``place`` is the plan member behind it, -1 for a gate."""

    start: Index
    target: Index
    place: Index


def prepare(plan: Plan) -> Prepared:
    """Check ``plan`` and order it; raises ``ValueError`` naming the offending need."""
    plan.check()
    owned = np.argsort(plan.owner, kind="stable").astype(np.intp)
    owned_start = _starts(np.bincount(plan.owner, minlength=plan.nodes))
    gates = np.flatnonzero(plan.k < np.diff(plan.start))
    rows = plan.nodes + gates.size
    arcs = _arcs(plan, gates)
    row, stages = _stages(rows, arcs, np.concatenate([np.zeros(plan.nodes, np.intp), plan.k[gates]]))
    return Prepared(
        plan=plan, rows=rows, row=row[: plan.nodes], stages=stages, owned=owned, owned_start=owned_start
    )


def _starts(counts: NDArray[np.integer]) -> Index:
    return np.concatenate([np.zeros(1, np.intp), np.cumsum(counts, dtype=np.intp)])


def _arcs(plan: Plan, gates: Index) -> _Arcs:
    """Return arcs of nodes and gates; a node that is one of all its need's members adds nothing there."""
    counts = np.diff(plan.start)
    gate = np.full(plan.k.size, -1, np.intp)
    gate[gates] = plan.nodes + np.arange(gates.size)
    need = np.repeat(np.arange(plan.k.size), counts)
    source = np.where(gate[need] >= 0, gate[need], plan.owner[need])
    target = plan.member.astype(np.intp)
    kept = np.flatnonzero(source != target)
    source = np.concatenate([source[kept], plan.owner[gates].astype(np.intp)])
    target = np.concatenate([target[kept], gate[gates]])
    place = np.concatenate([kept, np.full(gates.size, -1, np.intp)])
    by_source = np.argsort(source, kind="stable")
    start = _starts(np.bincount(source, minlength=plan.nodes + gates.size))
    return _Arcs(start=start, target=target[by_source], place=place[by_source])


def _stages(rows: int, arcs: _Arcs, k: Index) -> tuple[Index, tuple[Stage, ...]]:
    """Return the row each old row becomes, and the stages over new rows."""
    width = np.diff(arcs.start)
    when = order(rows, np.repeat(np.arange(rows), width), arcs.target)
    phase = when.outer * 2 + when.cyclic
    step = phase * (int(when.inner.max(initial=0)) + 1) + when.inner
    family, shape = _shapes(step, width, k)
    old = np.lexsort((shape, family, step))
    row = np.empty(rows, np.intp)
    row[old] = np.arange(rows)
    ragged = (family == _JOIN_RARE) | (family == _FIRST_RARE)
    table = np.stack([phase, step, family, np.where(ragged, -1, shape)])[:, old]
    edges = _edges(table)
    stages: list[Stage] = []
    buckets: list[Bucket] = []
    head = when.head[old]
    begin = 0
    for first, last in pairwise(edges):
        if table[2, first] != _EMPTY:
            chosen = old[first:last]
            buckets.append(_bucket(int(first), chosen, arcs, row, k, ragged=bool(ragged[chosen[0]])))
        here, there = table[0, first], table[0, last] if last < rows else -1
        if here != there and (here % 2 or there % 2):
            heads = begin + np.flatnonzero(head[begin:last])
            stages.append(Stage(first=begin, last=int(last), buckets=tuple(buckets), heads=heads))
            begin, buckets = int(last), []
    return row, tuple(stages)


def _shapes(step: Index, width: Index, k: Index) -> tuple[Index, Index]:
    """Return the family of each row, and a number equal for rows of equal width and k."""
    shape = np.unique(width * (int(k.max(initial=0)) + 1) + k, return_inverse=True)[1]
    alike = np.unique(step * (int(shape.max(initial=0)) + 1) + shape, return_inverse=True, return_counts=True)
    rare = alike[2][alike[1]] < _RARE
    family = np.where(k > 1, _GATE, np.where(k == 1, _FIRST, _JOIN) + rare)
    return np.where(width == 0, _EMPTY, family).astype(np.intp), shape.astype(np.intp)


def _edges(table: Index) -> Index:
    """Return where neighbouring columns of ``table`` differ, both ends included."""
    change = np.flatnonzero((table[:, 1:] != table[:, :-1]).any(axis=0)) + 1
    ends = [table.shape[1]] if table.shape[1] else []
    return np.concatenate([np.zeros(1, np.intp), change, np.array(ends, np.intp)])


def _bucket(first: int, old: Index, arcs: _Arcs, row: Index, k: Index, *, ragged: bool) -> Bucket:
    """Return the bucket of the ``old`` rows, which become ``first`` and following."""
    begin, end = arcs.start[old], arcs.start[old + 1]
    width = 0 if ragged else int(end[0] - begin[0])
    arc = ranges(begin, end) if ragged else begin + np.arange(width)[:, None]
    gate = int(k[old[0]])
    return Bucket(
        first=first,
        last=first + old.size,
        k=gate,
        width=width,
        member=row[arcs.target[arc]],
        place=arcs.place[arc] if gate else np.zeros(0, np.intp),
        start=_starts(end - begin)[:-1] if ragged else np.zeros(0, np.intp),
    )
