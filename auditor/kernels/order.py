"""In which order the rows of a system can be solved: components, levels, and where cycles are cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from auditor.kernels.plan import Bools

Index = NDArray[np.intp]
Number = TypeVar("Number", bound=np.integer)

# After this many single cuts a component that is still cyclic loses an eighth of its rows per round, so that
# dense components end after a logarithmic number of rounds; rings and small knots end in the first few.
_SINGLE_CUTS = 8
_SHARE = 8


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


def order(rows: int, source: Index, target: Index) -> Order:
    """Return when each row is solved, given arcs from rows (``source``) to those they read (``target``)."""
    head = np.zeros(rows, np.bool_)
    inner = np.zeros(rows, np.intp)
    if not source.size:
        return Order(outer=inner, inner=inner.copy(), cyclic=head.copy(), head=head)
    count, label = _components(rows, source, target)
    cyclic = np.bincount(label, minlength=count)[label] > 1
    across = label[source] != label[target]
    outer = _levels(count, label[source[across]], label[target[across]])[label]
    if not across.all():
        inside = np.flatnonzero(cyclic)
        local = np.zeros(rows, np.intp)
        local[inside] = np.arange(inside.size)
        depth, cut = _cut(inside.size, local[source[~across]], local[target[~across]])
        inner[inside] = depth
        head[inside] = cut
    return Order(outer=outer, inner=inner, cyclic=cyclic, head=head)


def _graph(rows: int, source: Index, target: Index) -> sparse.csr_array:
    ones = np.ones(source.size, np.bool_)
    return sparse.coo_array((ones, (source, target)), shape=(rows, rows)).tocsr()


def _components(rows: int, source: Index, target: Index) -> tuple[int, Index]:
    count, label = csgraph.connected_components(
        _graph(rows, source, target), directed=True, connection="strong", return_labels=True
    )
    return int(count), label.astype(np.intp)


def _levels(rows: int, source: Index, target: Index) -> Index:
    """Return the length of the longest chain of arcs below each row of an acyclic graph."""
    level = np.zeros(rows, np.intp)
    graph = _graph(rows, source, target)
    left = np.diff(graph.indptr)
    readers = graph.tocsc()
    frontier = np.flatnonzero(left == 0)
    depth = 0
    while frontier.size:
        level[frontier] = depth
        reader = readers.indices[ranges(readers.indptr[frontier], readers.indptr[frontier + 1])]
        np.subtract.at(left, reader, 1)
        frontier = np.unique(reader[left[reader] == 0]).astype(np.intp)
        depth += 1
    return level


def _cut(rows: int, source: Index, target: Index) -> tuple[Index, Bools]:
    """Cut cycles at their busiest rows until none is left; return levels between the cuts, and the cuts."""
    head = np.zeros(rows, np.bool_)
    kept_source, kept_target = source, target
    left_source, left_target = source, target
    turn = 0
    while left_source.size:
        count, label = _components(rows, left_source, left_target)
        inside = label[left_source] == label[left_target]
        left_source, left_target = left_source[inside], left_target[inside]
        head[_busiest(count, label, (left_source, left_target), single=turn < _SINGLE_CUTS)] = True
        kept = ~head[left_target]
        left_source, left_target = left_source[kept], left_target[kept]
        turn += 1
    kept = ~head[kept_target]
    return _levels(rows, kept_source[kept], kept_target[kept]), head


def _busiest(count: int, label: Index, arcs: tuple[Index, Index], *, single: bool) -> Index:
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
