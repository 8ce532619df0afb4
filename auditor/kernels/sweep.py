"""Solve the rows of a prepared plan over a lattice: bits (join = or) or numbers (join = max) alike.

A node is the join of its own value and its needs; a need of k members is the k-th smallest of them. For bits
meaning "lost" the k-th smallest is set iff fewer than k members are up, so one evaluator serves both kernels.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.order import Index
from auditor.kernels.plan import Bools, Floats, Words
from auditor.kernels.prepared import Bucket, Prepared, Stage

Values = NDArray[Any]

_SCRATCH = 1 << 20  # bytes gathered at a time: stays in the cache between gather and fold
_STATE = 1 << 28  # bytes of state of a slice: narrower rows cost more to gather than they save
_NARROWEST = 8  # columns of a block, whatever the memory
_THREADS = 2
_LARGE = 1 << 24  # bytes of state from which on two threads are worth their start ...
_COARSE = 1 << 16  # ... if the buckets are that large on average: in small ones they wait for each other
_SLIM = 4  # gates with more members than this many times their rows are gathered whole ...
_WHOLE = 1 << 18  # ... and joins of up to so many bytes: a call per member would cost more than what it folds


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """Members that are not in service at once; all others are.

    Attributes:
        rows: [r], which of the plan's members.
        delay: float64 [r, 1] or [r, columns], minutes until each serves; infinite for never.
    """

    rows: NDArray[np.integer]
    delay: Floats

    @classmethod
    def of(cls, delay: Floats) -> Late:
        """Return those of delays [m] of all members."""
        rows = np.flatnonzero(delay)
        return cls(rows=rows, delay=delay[rows, None])


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Nodes whose values are given in some columns, whatever they need.

    Attributes:
        nodes: [g], each once.
        where: uint64 [g, words], in which scenarios.
        value: uint64 [g, words], whether they are lost there; 0 elsewhere.
    """

    nodes: NDArray[np.integer]
    where: Words
    value: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """What is ``Given``, by row in ascending order, for one block of columns."""

    rows: Index
    where: Values
    value: Values

    @classmethod
    def of(cls, prepared: Prepared, given: Given, block: slice) -> Fixed:
        """Return what is given in a block of columns."""
        turn = np.argsort(prepared.row[given.nodes])
        return cls(
            rows=prepared.row[given.nodes][turn],
            where=given.where[turn, block],
            value=given.value[turn, block],
        )

    def put(self, state: Values, first: int, last: int) -> None:
        """Overwrite what is given of the rows from ``first`` to before ``last``."""
        low, high = np.searchsorted(self.rows, (first, last))
        if low < high:
            rows, part = self.rows[low:high], slice(low, high)
            state[rows] = state[rows] & ~self.where[part] | self.value[part]


class Select(Protocol):
    """How the k-th smallest along the first axis is found when k and its complement are large."""

    def __call__(self, stack: Values, k: int) -> Values:
        """Return the k-th smallest along the first axis; may overwrite ``stack``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """The values a sweep works on.

    Attributes:
        join, meet: larger and smaller of two values.
        select: the k-th smallest of many.
        narrow: largest min(k, members - k + 1) that is solved by keeping that many running values.
    """

    join: np.ufunc
    meet: np.ufunc
    select: Select
    narrow: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """One block of columns being solved.

    Attributes:
        lattice: what the values are.
        state: [rows + 2, columns], own values before and solved values after; the last two rows read as what
            never and what always serves.
        delay: per bucket added to what its members hold, shaped as ``Bucket.member`` with columns behind
            (one for all alike), None where nothing is.
        member: per bucket the rows read.
        fixed: values that are given, None where none are.
    """

    lattice: Lattice
    state: Values
    delay: dict[int, Floats | None]
    member: dict[int, Index]
    fixed: Fixed | None = None

    def run(self, stage: Stage) -> None:
        """Solve each bucket of ``stage`` once, in order."""
        for bucket in stage.buckets:
            if bucket.k and bucket.width:
                self._gates(bucket)
            elif bucket.width:
                self._joins(bucket)
            else:
                self._ragged(bucket)
            if self.fixed is not None:
                self.fixed.put(self.state, bucket.first, bucket.last)

    def settle(self, stage: Stage, *, turns: int | None = None) -> bool:
        """Solve ``stage`` again until its heads rest, at most ``turns`` times; return whether they do."""
        while turns is None or turns > 0:
            before = self.state[stage.heads]
            self.run(stage)
            if np.array_equal(before, self.state[stage.heads]):
                return True
            turns = None if turns is None else turns - 1
        return False

    def values(self, bucket: Bucket, part: slice, out: Values, each: int) -> Values:
        """Gather into ``out`` what the ``each``-th members of the rows ``part`` of a dense bucket hold."""
        np.take(self.state, self.member[bucket.first][each, part], axis=0, out=out, mode="clip")
        delay = self.delay[bucket.first]
        if delay is not None:
            out += delay[each, part]
        return out

    def parts(self, bucket: Bucket, copies: int = 1) -> Iterator[tuple[slice, Values, Values]]:
        """Yield slices of a dense bucket, each with its rows of the state and scratch of that shape."""
        rows, columns = bucket.last - bucket.first, self.state.shape[1]
        height = max(_SCRATCH // (copies * columns * self.state.itemsize), 1)
        scratch = np.empty((min(height, rows), columns), self.state.dtype)
        for low in range(0, rows, height):
            high = min(low + height, rows)
            target = self.state[bucket.first + low : bucket.first + high]
            yield slice(low, high), target, scratch[: high - low]

    def _joins(self, bucket: Bucket) -> None:
        size = bucket.member.size * self.state.shape[1] * self.state.itemsize
        if bucket.width > 1 and size <= _WHOLE:
            target = self.state[bucket.first : bucket.last]
            worth = self.lattice.join.reduce(self.held(bucket, slice(None)), axis=0)
            self.lattice.join(target, worth, out=target)
            return
        for part, target, scratch in self.parts(bucket):
            for each in range(bucket.width):
                self.lattice.join(target, self.values(bucket, part, scratch, each), out=target)

    def _gates(self, bucket: Bucket) -> None:
        low, high = bucket.k, bucket.width - bucket.k + 1
        lattice = self.lattice
        # Few wide rows: a call per member would cost more than the values it folds.
        if min(low, high) > lattice.narrow or bucket.width > _SLIM * (bucket.last - bucket.first):
            self._wide_gates(bucket)
        elif low <= high:
            self._running(bucket, low, lattice.join, lattice.meet)
        else:
            self._running(bucket, high, lattice.meet, lattice.join)

    def _running(self, bucket: Bucket, keep: int, up: np.ufunc, down: np.ufunc) -> None:
        """Keep the ``keep`` smallest so far (largest, with up and down exchanged), sorted."""
        for part, target, scratch in self.parts(bucket, keep + 2):
            best = np.empty((keep, *scratch.shape), scratch.dtype)
            spare = np.empty_like(scratch)
            for each in range(bucket.width):
                value = self.values(bucket, part, scratch, each)
                if each == 0:
                    best[0] = value
                elif each < keep:
                    up(best[each - 1], value, out=best[each])
                for at in range(min(each, keep) - 1, 0, -1):
                    up(best[at - 1], value, out=spare)
                    down(best[at], spare, out=best[at])
                if each:
                    down(best[0], value, out=best[0])
            target[...] = best[keep - 1]

    def _wide_gates(self, bucket: Bucket) -> None:
        for part, target, _ in self.parts(bucket, bucket.width):
            target[...] = self.lattice.select(self.held(bucket, (slice(None), part)), bucket.k)

    def held(self, bucket: Bucket, part: slice | tuple[slice, slice]) -> Values:
        """Return what the members ``part`` of ``bucket`` hold, their delays added."""
        values: Values = np.take(self.state, self.member[bucket.first][part], axis=0, mode="clip")
        delay = self.delay[bucket.first]
        if delay is not None:
            values += delay[part]
        return values

    def _ragged(self, bucket: Bucket) -> None:
        """Fold rows of different widths: as many rows at a time as fit the scratch, long rows by pieces."""
        fold = self.lattice.meet if bucket.k else self.lattice.join
        limit = max(_SCRATCH // (self.state.shape[1] * self.state.itemsize), 1)
        starts = np.append(bucket.start, bucket.member.size)
        row = 0
        while row < bucket.start.size:
            until = max(int(np.searchsorted(starts, starts[row] + limit, side="right")) - 1, row + 1)
            step = limit if until == row + 1 else bucket.member.size
            for begin in range(starts[row], starts[until], step):
                values = self.held(bucket, slice(begin, min(begin + step, starts[until])))
                if until == row + 1:
                    worth = fold.reduce(values, axis=0, keepdims=True)
                else:
                    worth = fold.reduceat(values, starts[row:until] - begin, axis=0)
                target = self.state[bucket.first + row : bucket.first + until]
                if bucket.k and begin == starts[row]:
                    target[...] = worth
                else:
                    fold(target, worth, out=target)
            row = until


def over_blocks(
    prepared: Prepared,
    own: Values,
    solve: Callable[[slice, Values], None],
    wanted: NDArray[np.integer] | None = None,
) -> Values:
    """Solve slices of the columns of ``own`` [n, columns]; return the values of the ``wanted`` nodes or all.

    ``solve`` is called with a slice of columns and the state in which to solve it: [rows + 2, columns], own
    values in place, the rest 0. Columns do not depend on each other, so large systems are solved two slices
    at a time where the machine has two processors for us: numpy lets go of the interpreter while it works.
    """
    rows, columns, itemsize = prepared.rows + 2, own.shape[1], own.itemsize
    asked = prepared.row if wanted is None else prepared.row[wanted]
    result = np.empty((asked.size, columns), own.dtype)
    size = rows * columns * itemsize
    buckets = sum(len(stage.buckets) for stage in prepared.stages)
    threads = min(_THREADS, processors()) if size >= max(_LARGE, _COARSE * buckets) else 1
    width = min(max(_STATE // (rows * itemsize), _NARROWEST), -(-columns // threads))
    parts = [slice(low, min(low + width, columns)) for low in range(0, columns, width)]
    # Fresh memory costs more than what is computed in it: a state is used again and again.
    free: SimpleQueue[Values] = SimpleQueue()
    for _ in range(min(threads, len(parts))):
        free.put(np.empty(rows * width, own.dtype))

    def work(part: slice) -> None:
        buffer = free.get()
        try:
            state = buffer[: rows * (part.stop - part.start)].reshape(rows, -1)
            state[...] = 0
            here = own[:, part]
            some = np.flatnonzero(here.any(axis=1))
            state[prepared.row[some]] = here[some]
            solve(part, state)
            height = max(_SCRATCH // (state.shape[1] * itemsize), 1)
            for low in range(0, len(result), height):
                chosen = asked[low : low + height]
                result[low : low + height, part] = np.take(state, chosen, axis=0, mode="clip")
        finally:
            free.put(buffer)  # even when solving fails: the other slices wait for it

    if len(parts) == 1:
        work(parts[0])
    else:
        with ThreadPoolExecutor(threads) as pool:
            for _ in pool.map(work, parts):
                pass
    return result


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def members(prepared: Prepared, absent: Bools | None) -> dict[int, Index]:
    """Return the rows each bucket reads; members ``absent`` [m] read what never serves."""
    found: dict[int, Index] = {}
    gone = None if absent is None or not absent.any() else np.append(absent, np.False_)
    for stage in prepared.stages:
        for bucket in stage.buckets:
            found[bucket.first] = bucket.member
            if gone is not None and bucket.k:
                found[bucket.first] = np.where(gone[bucket.place], prepared.never, bucket.member)
    return found


def delays(prepared: Prepared, late: Late | None, dtype: np.dtype[Any]) -> dict[int, Any]:
    """Return per bucket what its members' delays add, in columns, None where that is nothing."""
    found: dict[int, Any] = {}
    rows = 0 if late is None else late.rows.size
    at = np.full(prepared.plan.member.size + 1, rows, np.int32)
    if late is not None:
        at[late.rows] = np.arange(rows, dtype=np.int32)
        values = np.concatenate([late.delay, np.zeros_like(late.delay[:1], shape=(1, late.delay.shape[1]))])
    for stage in prepared.stages:
        for bucket in stage.buckets:
            place = at[bucket.place]
            added = bool(rows) and bool(bucket.k) and bool((place < rows).any())
            found[bucket.first] = values[place].astype(dtype) if added else None
    return found
