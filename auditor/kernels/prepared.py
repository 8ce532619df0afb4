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

# Rows of a shape that fewer of one level share than this are padded: k and what they can spare (the width of
# joins) to powers of two ...
_ODD = 64
# ... and what is then still rare is solved together, ragged, unless the k-th smallest is wanted.
_RARE = 16
_PADDED = np.array([0, *(2**power for power in range(32))])
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
        member: intp, rows read: [width, rows], or flat if ragged. Gates of different shapes are padded with
            members that never serve (row ``Prepared.never``) or always do (the row after that).
        place: intp, position of each in the plan's member arrays, one past their end for padding, shaped as
            ``member``; empty for joins.
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
        rows: number of rows, nodes and gates; two more stand for what never and what always serves.
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

    @property
    def never(self) -> int:
        """The row of a member that never serves."""
        return self.rows

    @property
    def always(self) -> int:
        """The row of a member that always serves."""
        return self.rows + 1

    def strict(self) -> Prepared:
        """Return the same system with every member of every need required."""
        stages = (
            replace(stage, buckets=tuple(self._required(bucket) for bucket in stage.buckets))
            for stage in self.stages
        )
        return replace(self, stages=tuple(stages))

    def _required(self, bucket: Bucket) -> Bucket:
        if not bucket.k:
            return bucket
        return replace(bucket, k=0, member=np.where(bucket.member == self.never, self.always, bucket.member))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arcs:
    """Rows read by each row, grouped by reader: nodes first, then gates.

    Attributes:
        start: int [rows + 1], the arcs of row r are start[r]:start[r+1].
        target: int32, the row read.
        nodes: how many arcs are of nodes; the others are of gates, in the order of the plan's members.
        place: int32, the plan's member behind each arc of a gate.
        k: intp [rows], members each gate needs, 0 for nodes.
        members: how many members the plan has.
    """

    start: Index
    target: Ints
    nodes: int
    place: NDArray[np.integer]
    k: Index
    members: int

    @property
    def always(self) -> int:
        """The row of a member that always serves; that before it never does."""
        return self.k.size + 1


def prepare(plan: Plan) -> Prepared:
    """Check ``plan`` and order it; raises ``ValueError`` naming the offending need."""
    plan.check()
    owned_start, owned = grouped(plan.owner, plan.nodes)
    gates = np.flatnonzero(plan.k < np.diff(plan.start))
    rows = plan.nodes + gates.size
    row, stages = _stages(_arcs(plan, gates))
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
        k=np.concatenate([np.zeros(plan.nodes, np.intp), plan.k[gates]]).astype(np.intp),
        members=plan.member.size,
    )


def _stages(arcs: _Arcs) -> tuple[Index, tuple[Stage, ...]]:
    """Return the row each old row becomes, and the stages over new rows."""
    when = solving_order(arcs.start, arcs.target)
    kinds = _Kinds.of(when, np.diff(arcs.start), arcs.k)
    start, turn = grouped(kinds.of_row, kinds.family.size)
    old = turn.astype(np.intp)
    row = np.empty(old.size, np.intp)
    row[old] = np.arange(old.size)
    read = row[arcs.target]
    head = when.head[old]
    stages: list[Stage] = []
    buckets: list[Bucket] = []
    begin = 0
    for low, high in pairwise(kinds.edges().tolist()):
        first, last = int(start[low]), int(start[high])
        if kinds.family[low] in (_JOIN_RARE, _FIRST_RARE):
            buckets.append(_ragged(first, old[first:last], arcs, read, int(kinds.k[low])))
        elif kinds.family[low] != _EMPTY:
            buckets.append(
                _dense(first, old[first:last], arcs, read, int(kinds.k[low]), int(kinds.width[low]))
            )
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
        phase, step, family, width, k: per kind; ``k`` is 0 for nodes.
    """

    of_row: NDArray[np.integer]
    phase: Index
    step: Index
    family: Index
    width: Index
    k: Index

    @classmethod
    def of(cls, when: Order, width: Index, k: Index) -> _Kinds:
        """Return the kinds of rows that are solved at ``when``."""
        phase = when.outer * 2 + when.cyclic
        step = phase * (int(when.inner.max(initial=0)) + 1) + when.inner
        shape, kind, example = _shaped(step, width, k)
        odd = np.flatnonzero((np.bincount(kind, minlength=example.size) < _ODD)[kind])
        if odd.size:
            width, k = width.copy(), k.copy()
            spare = _PADDED[np.searchsorted(_PADDED, width[odd] - k[odd])]
            k[odd] = _PADDED[np.searchsorted(_PADDED, k[odd])]
            width[odd] = k[odd] + spare
            shape, kind, example = _shaped(step, width, k)
        rare = np.bincount(kind, minlength=example.size) < _RARE
        family = np.where(k[example] > 1, _GATE, np.where(k[example] == 1, _FIRST, _JOIN) + rare)
        family[width[example] == 0] = _EMPTY
        by = np.lexsort((shape[example], family, step[example]))
        turn = np.empty(by.size, np.int32)
        turn[by] = np.arange(by.size, dtype=np.int32)
        chosen = example[by]
        return cls(
            of_row=turn[kind],
            phase=phase[chosen],
            step=step[chosen],
            family=family[by],
            width=width[chosen],
            k=k[chosen],
        )

    def edges(self) -> Index:
        """Return the first kind of each bucket, and the number of kinds."""
        if not self.family.size:
            return np.zeros(1, np.intp)
        ragged = (self.family == _JOIN_RARE) | (self.family == _FIRST_RARE) | (self.family == _EMPTY)
        same = (np.diff(self.step) == 0) & (np.diff(self.family) == 0) & ragged[1:]
        return np.concatenate([np.zeros(1, np.intp), np.flatnonzero(~same) + 1, [self.family.size]])


def _shaped(step: Index, width: Index, k: Index) -> tuple[NDArray[np.integer], NDArray[np.integer], Index]:
    """Return the number of each row's shape, of its shape at its step, and a row for each of the latter."""
    shape, _ = _numbered(width * (int(k.max(initial=0)) + 1) + k)
    kind, example = _numbered(step * (int(shape.max(initial=0)) + 1) + shape)
    return shape, kind, example


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


def _ragged(first: int, old: Index, arcs: _Arcs, read: Index, k: int) -> Bucket:
    """Return the bucket of the ``old`` rows, of any width, which become ``first`` and following."""
    begin, end = arcs.start[old], arcs.start[old + 1]
    arc = ranges(begin, end)
    return Bucket(
        first=first,
        last=first + old.size,
        k=k,
        width=0,
        member=read[arc],
        place=arcs.place[arc - arcs.nodes].astype(np.intp) if k else np.zeros(0, np.intp),
        start=starts(end - begin)[:-1],
    )


def _dense(first: int, old: Index, arcs: _Arcs, read: Index, k: int, width: int) -> Bucket:
    """Return the bucket of the ``old`` rows, padded to one width and k, which become ``first`` and following.

    A member that never serves changes no k-th smallest, one that always does makes it the (k + 1)-th; joins
    do not notice what always serves.
    """
    begin, size = arcs.start[old], arcs.start[old + 1] - arcs.start[old]
    turn = np.arange(width)[:, None]
    padding = turn >= size
    arc = np.where(padding, begin, begin + turn) if padding.any() else begin + turn
    member = read[arc]
    place = arcs.place[arc - arcs.nodes].astype(np.intp) if k else np.zeros(0, np.intp)
    if padding.any():
        always = turn < size + k - arcs.k[old] if k else padding
        member[padding] = np.where(always, arcs.always, arcs.always - 1)[padding]
        place = np.where(padding, arcs.members, place) if k else place
    return Bucket(
        first=first,
        last=first + old.size,
        k=k,
        width=width,
        member=member,
        place=place,
        start=np.zeros(0, np.intp),
    )
