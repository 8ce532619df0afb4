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

from auditor.kernels.order import Index, Order, distinct, grouped, ranges, solving_order, starts
from auditor.kernels.plan import Ints, Plan

# A shape shared by fewer rows of one level than this is solved together with other rare shapes, ragged.
_RARE = 16
_TABLE = 4  # numbers below this many times their count are ranked by a table

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
    """Rows read by each row, grouped by reader: nodes first, then gates.

    Attributes:
        start: int [rows + 1], the arcs of row r are start[r]:start[r+1].
        target: int32, the row read.
        nodes: how many arcs are of nodes; the others are of gates, in the order of the plan's members.
        place: int32, the plan's member behind each arc of a gate.
    """

    start: Index
    target: Ints
    nodes: int
    place: NDArray[np.integer]


def prepare(plan: Plan) -> Prepared:
    """Check ``plan`` and order it; raises ``ValueError`` naming the offending need."""
    plan.check()
    owned_start, owned = grouped(plan.owner, plan.nodes)
    gates = np.flatnonzero(plan.k < np.diff(plan.start))
    rows = plan.nodes + gates.size
    arcs = _arcs(plan, gates)
    k = np.zeros(rows, np.intp)
    k[plan.nodes :] = plan.k[gates]
    row, stages = _stages(arcs, k)
    return Prepared(
        plan=plan,
        rows=rows,
        row=row[: plan.nodes],
        stages=stages,
        owned=owned.astype(np.intp),
        owned_start=owned_start,
    )


def _arcs(plan: Plan, gates: Index) -> _Arcs:
    """Return arcs of nodes and gates; a node that is one of all its need's members adds nothing there."""
    counts = np.diff(plan.start)
    owner = np.repeat(plan.owner, counts)
    join = owner != plan.member
    place = ranges(plan.start[gates], plan.start[gates + 1])
    join[place] = False
    gate = np.arange(plan.nodes, plan.nodes + gates.size, dtype=np.int32)
    source = np.concatenate([owner[join], plan.owner[gates]])
    target = np.concatenate([plan.member[join], gate])
    start, turn = grouped(source, plan.nodes)
    return _Arcs(
        start=np.concatenate([start, start[-1] + starts(counts[gates])[1:]]),
        target=np.concatenate([target[turn], plan.member[place]]),
        nodes=source.size,
        place=place,
    )


def _stages(arcs: _Arcs, k: Index) -> tuple[Index, tuple[Stage, ...]]:
    """Return the row each old row becomes, and the stages over new rows."""
    when = solving_order(arcs.start, arcs.target)
    kinds = _Kinds.of(when, np.diff(arcs.start), k)
    start, turn = grouped(kinds.of_row, kinds.family.size)
    old = turn.astype(np.intp)
    row = np.empty(k.size, np.intp)
    row[old] = np.arange(k.size)
    read = row[arcs.target]
    head = when.head[old]
    stages: list[Stage] = []
    buckets: list[Bucket] = []
    begin = 0
    for low, high in pairwise(kinds.edges().tolist()):
        first, last = int(start[low]), int(start[high])
        if kinds.family[low] != _EMPTY:
            buckets.append(_bucket(first, old[first:last], arcs, read, int(kinds.k[low]), kinds.ragged(low)))
        here, there = kinds.phase[low], kinds.phase[high] if high < kinds.phase.size else -1
        if here != there and (here % 2 or there % 2):
            heads = begin + np.flatnonzero(head[begin:last])
            stages.append(Stage(first=begin, last=last, buckets=tuple(buckets), heads=heads))
            begin, buckets = last, []
    return row, tuple(stages)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kinds:
    """Kinds of rows, in solving order: rows of one kind are of one step, family, width and k.

    Attributes:
        of_row: [rows], the kind of each row.
        phase, step, family, k: per kind; ``k`` is 0 for nodes.
    """

    of_row: NDArray[np.integer]
    phase: Index
    step: Index
    family: Index
    k: Index

    @classmethod
    def of(cls, when: Order, width: Index, k: Index) -> _Kinds:
        """Return the kinds of rows that are solved at ``when``."""
        phase = when.outer * 2 + when.cyclic
        step = phase * (int(when.inner.max(initial=0)) + 1) + when.inner
        shape, _ = _numbered(width * (int(k.max(initial=0)) + 1) + k)
        kind, example = _numbered(step * (int(shape.max(initial=0)) + 1) + shape)
        rare = np.bincount(kind, minlength=example.size) < _RARE
        family = np.where(k[example] > 1, _GATE, np.where(k[example] == 1, _FIRST, _JOIN) + rare)
        family[width[example] == 0] = _EMPTY
        by = np.lexsort((shape[example], family, step[example]))
        turn = np.empty(by.size, np.int32)
        turn[by] = np.arange(by.size, dtype=np.int32)
        chosen = example[by]
        return cls(of_row=turn[kind], phase=phase[chosen], step=step[chosen], family=family[by], k=k[chosen])

    def ragged(self, kind: int) -> bool:
        """Return whether rows of ``kind`` are solved together with other kinds of their family."""
        return bool(self.family[kind] in (_JOIN_RARE, _FIRST_RARE))

    def edges(self) -> Index:
        """Return the first kind of each bucket, and the number of kinds."""
        if not self.family.size:
            return np.zeros(1, np.intp)
        ragged = (self.family == _JOIN_RARE) | (self.family == _FIRST_RARE) | (self.family == _EMPTY)
        same = (np.diff(self.step) == 0) & (np.diff(self.family) == 0) & ragged[1:]
        return np.concatenate([np.zeros(1, np.intp), np.flatnonzero(~same) + 1, [self.family.size]])


def _numbered(values: Index) -> tuple[NDArray[np.integer], Index]:
    """Return the rank of each value among the distinct ones, and a position at which each of these is."""
    if int(values.max(initial=0)) < _TABLE * values.size:
        table = np.zeros(int(values.max(initial=0)) + 1, np.int32)
        table[values] = 1
        found = np.flatnonzero(table)
        table[found] = np.arange(found.size, dtype=np.int32)
        rank: NDArray[np.integer] = table[values]
    else:
        found = distinct(values)
        rank = np.searchsorted(found, values)
    example = np.zeros(found.size, np.intp)
    example[rank] = np.arange(values.size)
    return rank, example


def _bucket(first: int, old: Index, arcs: _Arcs, read: Index, k: int, ragged: bool) -> Bucket:  # noqa: FBT001 - one caller
    """Return the bucket of the ``old`` rows, which become ``first`` and following."""
    begin, end = arcs.start[old], arcs.start[old + 1]
    width = 0 if ragged else int(end[0] - begin[0])
    arc = ranges(begin, end) if ragged else begin + np.arange(width)[:, None]
    return Bucket(
        first=first,
        last=first + old.size,
        k=k,
        width=width,
        member=read[arc],
        place=arcs.place[arc - arcs.nodes].astype(np.intp) if k else np.zeros(0, np.intp),
        start=starts(end - begin)[:-1] if ragged else np.zeros(0, np.intp),
    )
