"""In which order the rows of a system can be solved: components, levels, and where cycles are cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from auditor.kernels.plan import Bools, Ints

Index = NDArray[np.intp]
Number = TypeVar("Number", bound=np.integer)

# After this many single cuts a component that is still cyclic loses an eighth of its rows per round, so that
# dense components end after a logarithmic number of rounds; rings and small knots end in the first few.
_SINGLE_CUTS = 8
_SHARE = 8
_DENSE = 5  # work on more than one in 2 ** 5 rows is done on all


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """When each row is solved.

    Attributes:
        outer: intp [rows], level of the row's component; members' components lie lower.
        inner: intp [rows], level inside a cyclic component once its cuts are made, else 0.
        cyclic: bool [rows], whether the row's component has more than one row.
        head: bool [rows], rows that are read before they are solved: the cuts.
    """

    outer: Index
    inner: Index
    cyclic: Bools
    head: Bools


def order(rows: int, source: NDArray[np.integer], target: NDArray[np.integer]) -> Order:
    """Return when each row is solved, given arcs from rows (``source``) to others they read (``target``)."""
    start, turn = grouped(source, rows)
    return solving_order(start, target[turn])


def solving_order(start: NDArray[np.integer], target: NDArray[np.integer]) -> Order:
    """Return when each row is solved; row v reads the rows target[start[v]:start[v+1]], not itself."""
    rows = start.size - 1
    head = np.zeros(rows, np.bool_)
    inner = np.zeros(rows, np.intp)
    first, reader = _readers(start, target)
    count, label = _components(first, reader)
    if count == rows:
        return Order(outer=_levels(first, reader), inner=inner, cyclic=head, head=head.copy())
    cyclic = np.bincount(label, minlength=count)[label] > 1
    inside = np.flatnonzero(cyclic)
    arc = np.flatnonzero(cyclic[reader])
    source, below = reader[arc], np.searchsorted(first, arc, side="right") - 1
    within = label[source] == label[below]
    local = np.zeros(rows, np.int32)
    local[inside] = np.arange(inside.size, dtype=np.int32)
    inner[inside], head[inside] = _cut(inside.size, local[source[within]], local[below[within]])
    knots = _Knots.of(rows, inside, label[inside])
    outer = _levels(first, reader, knots, knots.speaker[source[~within]])
    return Order(outer=outer, inner=inner, cyclic=cyclic, head=head)


def grouped(keys: NDArray[np.integer], size: int) -> tuple[Index, NDArray[np.integer]]:
    """Return where each key from 0 to ``size`` - 1 starts, and the positions of ``keys`` in their order."""
    if keys.size == 0 or bool((keys[1:] >= keys[:-1]).all()):
        turn: NDArray[np.integer] = np.arange(keys.size, dtype=np.int32)
    else:
        # Columns of one row of a matrix: scipy counts where numpy would sort.
        ends = np.array([0, keys.size], np.int32)
        line = sparse.csr_array((np.arange(keys.size, dtype=np.int32), keys, ends), shape=(1, size))
        turn = line.tocsc().data
    return starts(np.bincount(keys, minlength=size)), turn


def starts(counts: NDArray[np.integer] | Bools) -> Index:
    """Return where each of several parts of these sizes starts, and where the last ends."""
    found = np.zeros(counts.size + 1, np.intp)
    np.cumsum(counts, out=found[1:])
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Knots:
    """Rows of cyclic components; each has one speaker, the lowest row.

    Attributes:
        speaker: int32 [rows], of the component of each row; itself if it is on no cycle.
        first: int32 [rows], where the rows of a speaker's component start in ``member``, -1 for others.
        size: int32 [rows], how many they are.
        member: intp, rows of cyclic components, those of one side by side.
    """

    speaker: NDArray[np.int32]
    first: NDArray[np.int32]
    size: NDArray[np.int32]
    member: Index

    @classmethod
    def of(cls, rows: int, inside: Index, label: NDArray[np.integer]) -> _Knots:
        """Return the components, given the rows on cycles, ascending, and their labels."""
        turn = np.argsort(label, kind="stable")
        member = inside[turn]
        begin = np.flatnonzero(np.diff(label[turn], prepend=-1))
        sizes = np.diff(begin, append=member.size)
        speaker = np.arange(rows, dtype=np.int32)
        speaker[member] = np.repeat(member[begin], sizes)
        first, size = np.full(rows, -1, np.int32), np.ones(rows, np.int32)
        first[member[begin]], size[member[begin]] = begin, sizes
        return cls(speaker=speaker, first=first, size=size, member=member)

    def expanded(self, speakers: Index) -> Index:
        """Return all rows that ``speakers`` speak for."""
        knot = self.first[speakers] >= 0
        begin = self.first[speakers[knot]]
        found: Index = self.member[ranges(begin, begin + self.size[speakers[knot]])]
        return np.concatenate([speakers[~knot], found])


def _readers(start: NDArray[np.integer], target: NDArray[np.integer]) -> tuple[Index, NDArray[np.integer]]:
    """Return the rows that read each row, each once: those of row v are reader[first[v]:first[v+1]]."""
    by_target = _matrix(start, target, np.int8).tocsc()
    first: Index = by_target.indptr.astype(np.intp)
    reader: NDArray[np.integer] = by_target.indices
    again = np.zeros(reader.size, np.bool_)
    np.equal(reader[1:], reader[:-1], out=again[1:])
    again[first[:-1][first[:-1] < reader.size]] = False
    if again.any():
        first, reader = starts(~again)[first], reader[~again]
    return first, reader


def _matrix(start: NDArray[np.integer], column: NDArray[np.integer], dtype: type) -> sparse.csr_array:
    small = np.int32 if column.size <= np.iinfo(np.int32).max else np.int64
    ones: NDArray[Any] = np.ones(column.size, dtype)
    parts = (ones, column.astype(small, copy=False), start.astype(small, copy=False))
    return sparse.csr_array(parts, shape=(start.size - 1,) * 2)


def _components(start: NDArray[np.integer], column: NDArray[np.integer]) -> tuple[int, NDArray[np.int32]]:
    """Return the number of strongly connected components and that of each row; no arc is there twice."""
    # Numbers of any other type would be converted, and the arcs sorted for it; arcs that are there twice
    # would never end.
    count, label = csgraph.connected_components(
        _matrix(start, column, np.float64), directed=True, connection="strong", return_labels=True
    )
    return int(count), label


def _levels(
    first: Index,
    reader: NDArray[np.integer],
    knots: _Knots | None = None,
    reads: NDArray[np.integer] | None = None,
) -> Index:
    """Return the length of the longest chain of arcs below each row; rows of a knot count as one.

    Args:
        first: where the readers of each row start in ``reader``.
        reader: the rows that read a row, those of one row side by side.
        knots: components that count as one; without them there is no cycle.
        reads: the speaker of each arc that leads out of a knot.
    """
    rows = first.size - 1
    left = np.bincount(reader, minlength=rows)
    if knots is not None and reads is not None:
        left[knots.member] = -1
        left[knots.member[knots.first[knots.member] >= 0]] = 0
        np.add.at(left, reads, 1)
    level = np.zeros(rows, np.intp)
    frontier = np.flatnonzero(left == 0)
    depth = 0
    while frontier.size:
        solved = frontier if knots is None else knots.expanded(frontier)
        level[solved] = depth
        above = reader[ranges(first[solved], first[solved + 1])]
        if knots is not None:
            above = knots.speaker[above]
        frontier = freed(left, above)
        depth += 1
    return level


def freed(left: NDArray[np.integer], reader: NDArray[np.integer]) -> Index:
    """Take one from ``left`` of each reader, as often as it is named; return those that have 0 left now."""
    if reader.size > left.size >> _DENSE:
        counts = np.bincount(reader, minlength=left.size)
        np.subtract(left, counts, out=left, casting="unsafe")
        return np.flatnonzero((left == 0) & (counts > 0))
    np.subtract.at(left, reader, 1)
    return distinct(reader[left[reader] == 0]).astype(np.intp)


def _cut(rows: int, source: Ints, target: Ints) -> tuple[Index, Bools]:
    """Cut cycles at their busiest rows until none is left; return levels between the cuts, and the cuts.

    ``target`` ascends; no arc is there twice.
    """
    head = np.zeros(rows, np.bool_)
    kept_source, kept_target = source, target
    left_source, left_target = source, target
    turn = 0
    while left_source.size:
        count, label = _components(starts(np.bincount(left_target, minlength=rows)), left_source)
        inside = label[left_source] == label[left_target]
        left_source, left_target = left_source[inside], left_target[inside]
        head[_busiest(count, label, (left_source, left_target), single=turn < _SINGLE_CUTS)] = True
        kept = ~head[left_target]
        left_source, left_target = left_source[kept], left_target[kept]
        turn += 1
    kept = ~head[kept_target]
    first = starts(np.bincount(kept_target[kept], minlength=rows))
    return _levels(first, kept_source[kept]), head


def _busiest(count: int, label: Ints, arcs: tuple[Ints, Ints], *, single: bool) -> Index:
    """Return the rows with most arcs in each component that has arcs: one, or an eighth of the component."""
    degree = np.bincount(np.concatenate(arcs), minlength=label.size)
    rows = np.flatnonzero(degree)
    rows = rows[np.lexsort((rows, -degree[rows], label[rows]))]
    size = np.bincount(label[rows], minlength=count)
    place = np.arange(rows.size) - (np.cumsum(size) - size)[label[rows]]
    quota = np.ones(count, np.intp) if single else np.maximum(size // _SHARE, 1)
    chosen: Index = rows[place < quota[label[rows]]]
    return chosen


def ranges(start: NDArray[np.integer], stop: NDArray[np.integer]) -> Index:
    """Return the concatenation of ``arange(start[i], stop[i])``."""
    size = (stop - start).astype(np.intp)
    total = int(size.sum())
    shift: Index = start.astype(np.intp) - (np.cumsum(size) - size)
    joined: Index = np.arange(total, dtype=np.intp) + np.repeat(shift, size)
    return joined


def distinct(values: NDArray[Number]) -> NDArray[Number]:
    """Return the distinct ``values``, ascending."""
    found = np.sort(values)  # np.unique hashes, several times slower
    fresh = np.ones(found.size, np.bool_)
    np.not_equal(found[1:], found[:-1], out=fresh[1:])
    return found[fresh]
