"""Which nodes of a system cannot differ: classes of nodes with alike needs over alike nodes.

Two nodes of one class hold whatever their needs say of it in every scenario that treats alike nodes alike
(the coarsest stable partition below a first one, also called the bisimulation quotient: Paige and Tarjan
1987). Marks are 64-bit images that sums tell apart (hash consing); a node is marked once, when all its
members are, and only what hangs on a cycle is refined round by round. The outcome is then checked with
other salts, so that two nodes that differ share a class with a chance of about n squared / 2**128.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.mixing import scattered
from auditor.kernels.order import Index, ranges
from auditor.kernels.plan import Bools, Words

_ROUNDS = 64  # of marking from below, and of refining what hangs on cycles; what is left stays apart
_TRIES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A system with something said of each part; n nodes, g needs, m members, needs ordered by owner.

    Attributes:
        node: uint64 [n], equal for nodes that are alike but for their needs.
        apart: bool [n], nodes that are alike to no other, whatever they need.
        owner: int [g], ascending.
        need: uint64 [g], equal for needs that are alike but for their members.
        start: int64 [g + 1], members of need i are start[i]:start[i+1], at least one.
        member: int [m].
        link: uint64 [m], equal for memberships that are alike but for the member.
    """

    node: Words
    apart: Bools
    owner: NDArray[np.integer]
    need: Words
    start: NDArray[np.int64]
    member: NDArray[np.integer]
    link: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """What cannot differ.

    Attributes:
        label: intp [n], class of each node; classes are numbered by their first node.
        first: intp [classes], first node of each class.
        need: uint64 [g], equal for needs alike in everything, members' classes included.
    """

    label: Index
    first: Index
    need: Words


def classes(system: Marked) -> Classes:
    """Return the coarsest classes that are stable: alike nodes have alike needs over alike nodes.

    Orders of needs and of members do not count, repetition does.
    """
    for turn in range(_TRIES):
        salt = scattered(np.array([turn + 1], np.uint64))[0]
        label, first = numbered(_marks(system, salt))
        needs, whole = _told(system, label.astype(np.uint64), np.arange(system.owner.size), ~salt)
        sound = scattered(system.node + ~salt)
        owners = np.flatnonzero(np.bincount(system.owner, minlength=system.node.size))
        sound[owners] += whole
        if np.array_equal(sound, sound[first][label]):
            return Classes(label=label, first=first, need=needs)
    raise ArithmeticError("marks of different nodes keep coinciding")


def _marks(system: Marked, salt: np.uint64) -> Words:
    """Return a mark per node, equal for nodes of one class."""
    nodes = system.node.size
    mark = scattered(system.node ^ salt)
    alone = np.flatnonzero(system.apart)
    mark[alone] = scattered(scattered(alone.astype(np.uint64) ^ ~salt))
    owned = np.bincount(system.owner, minlength=nodes)
    settled = system.apart | (owned == 0)
    begin = np.concatenate([np.zeros(1, np.intp), np.cumsum(owned, dtype=np.intp)])
    waiting = np.flatnonzero(~settled)
    for _ in range(_ROUNDS):
        if not waiting.size:
            return mark
        ready = _ready(system, settled, waiting, begin)
        if not ready.any():
            break
        chosen = waiting[ready]
        mark[chosen] = _remarked(system, mark, chosen, begin, salt)
        settled[chosen] = True
        waiting = waiting[~ready]
    _refine(system, mark, waiting, begin, salt)
    return mark


def _ready(system: Marked, settled: Bools, waiting: Index, begin: Index) -> Bools:
    """Return which nodes have none but settled members."""
    low, high = system.start[begin[waiting]], system.start[begin[waiting + 1]]
    size = high - low
    member = system.member if size.sum() == system.member.size else system.member[ranges(low, high)]
    met = settled.take(member, mode="clip")
    return np.logical_and.reduceat(met, np.cumsum(size) - size)


def _remarked(system: Marked, mark: Words, nodes: Index, begin: Index, salt: np.uint64) -> Words:
    """Return the marks of ascending ``nodes`` from those of what they need."""
    needs = ranges(begin[nodes], begin[nodes + 1])
    return scattered(scattered(system.node[nodes] ^ salt) + _told(system, mark, needs, salt)[1])


def _told(system: Marked, mark: Words, needs: Index, salt: np.uint64) -> tuple[Words, Words]:
    """Return the marks of some needs (all those of some owners, in order), and their sum for each owner."""
    if not needs.size:
        return np.zeros(0, np.uint64), np.zeros(0, np.uint64)
    low, high = system.start[needs], system.start[needs + 1]
    every = needs.size == system.owner.size
    place = slice(None) if every else ranges(low, high)
    value = mark.take(system.member[place], mode="clip")
    value ^= system.link[place]
    value ^= salt
    value = scattered(value)
    size = high - low
    told = np.add.reduceat(value, np.cumsum(size) - size) if value.size > needs.size else value
    told = scattered(told ^ scattered(system.need[needs] ^ salt))
    owner = system.owner[needs]
    first = np.flatnonzero(np.concatenate([np.ones(1, np.bool_), owner[1:] != owner[:-1]]))
    return told, np.add.reduceat(told, first)


def _refine(system: Marked, mark: Words, nodes: Index, begin: Index, salt: np.uint64) -> None:
    """Refine the marks of ``nodes`` in place until no class splits; what never rests stays apart."""
    count = 0
    for _ in range(_ROUNDS):
        mark[nodes] = _remarked(system, mark, nodes, begin, salt)
        found = int(np.count_nonzero(np.diff(np.sort(mark[nodes])))) + 1
        if found == count:
            return
        count = found
    mark[nodes] = scattered(scattered(nodes.astype(np.uint64) ^ ~salt))


def numbered(mark: Words) -> tuple[Index, Index]:
    """Return the class of each mark, numbered by first place, and those places."""
    _, first, inverse = np.unique(mark, return_index=True, return_inverse=True)
    by_place = np.argsort(first, kind="stable")
    turn = np.empty(first.size, np.intp)
    turn[by_place] = np.arange(first.size)
    label: Index = turn[inverse]
    return label, first[by_place].astype(np.intp)
