"""Which nodes of a system cannot differ: classes of nodes with alike needs over alike nodes.

Two nodes of one class hold whatever their needs say of it in every scenario that treats alike nodes alike
(the coarsest stable partition below a first one, also called the bisimulation quotient: Paige and Tarjan
1987). Marks are 64-bit images that sums tell apart (hash consing); a node is marked once, when all its
members are. Only the core, nodes on cycles and what these need, is refined round by round; what hangs above
is marked after it, and joins a class of the core where it needs the same (Dovier, Piazza and Policriti 2004).
The outcome is then checked with other salts, so that two nodes that differ share a class with a chance of
about n squared / 2**128.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.mixing import scattered
from auditor.kernels.order import Index, freed, grouped, ranges, starts
from auditor.kernels.plan import Bools, Words

_ROUNDS = 64  # of refining the core; what never rests stays apart
_DEEP = 4096  # layers of nodes marked one after the other; what lies higher stays apart
_MOST = 4  # a layer is large if it is one of so many parts of what waits
_TRIES = 4
_STRIDE = 1 << 16  # nodes worked on at a time: what is made on the way stays in the cache


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Marks of some rows; nothing is said of the others, which is a mark of 0.

    Attributes:
        row: intp, ascending.
        mark: uint64, of each of these rows.
    """

    row: Index
    mark: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A system with something said of each part; n nodes, g needs, m members, needs ordered by owner.

    Needs of one member of which nothing is said cost least.

    Attributes:
        node: uint64 [n], equal for nodes that are alike but for their needs.
        apart: bool [n], nodes that are alike to no other, whatever they need.
        owner: int [g], ascending.
        need: of the g needs, equal for needs that are alike but for their members.
        start: int64 [g + 1], members of need i are start[i]:start[i+1], at least one.
        member: int [m].
        link: of the m members, equal for memberships that are alike but for the member.
    """

    node: Words
    apart: Bools
    owner: NDArray[np.integer]
    need: Said
    start: NDArray[np.int64]
    member: NDArray[np.integer]
    link: Said


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
    sums = _Sums.of(system)
    for turn in range(_TRIES):
        salt = scattered(np.array([turn + 1], np.uint64))[0]
        label, first = numbered(_marks(sums, salt))
        needs, whole = sums.all(scattered(np.arange(first.size, dtype=np.uint64) ^ salt)[label], ~salt)
        sound = scattered(system.node + ~salt)
        sound[sums.owners] += whole
        if np.array_equal(sound, sound[first][label]):
            return Classes(label=label, first=first, need=needs)
    raise ArithmeticError("marks of different nodes keep coinciding")


def numbered(mark: Words) -> tuple[Index, Index]:
    """Return the class of each mark, numbered by first place, and those places."""
    turn = np.argsort(mark)  # not stable, so several times faster than np.unique with its indices
    ordered = mark[turn]
    fresh = np.ones(mark.size, np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    begin = np.flatnonzero(fresh)
    lowest = np.minimum.reduceat(turn, begin) if begin.size else begin
    leads = np.zeros(mark.size, np.bool_)
    leads[lowest] = True
    number = np.cumsum(leads) - 1
    label = np.empty(mark.size, np.intp)
    label[turn] = np.repeat(number[lowest], np.diff(begin, append=mark.size))
    return label, np.flatnonzero(leads)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sums:
    """A system laid out for summing over the needs of nodes; o of its needs are odd, the others ordinary.

    An ordinary need has one member and nothing said of it, so the mark of its member tells all about it. An
    odd one has a mark of its own, behind those of the nodes.

    Attributes:
        system: as given.
        owners: intp, nodes with needs, ascending.
        begin: intp [n + 1], where the needs of each node start.
        told: int [g], place among the marks of what tells each need: a member, or n + number of the odd need.
        odd: intp [o], the odd needs, ascending.
        odd_begin: intp [n + 1], where those of each node start.
        mark: uint64 [o], what is said of each.
        odd_start: intp [o + 1], where their members start in ``member`` and ``link``.
        member: int, of the odd needs.
        link: uint64, what is said of each membership in them.
    """

    system: Marked
    owners: Index
    begin: Index
    told: NDArray[np.integer]
    odd: Index
    odd_begin: Index
    mark: Words
    odd_start: Index
    member: NDArray[np.integer]
    link: Words

    @classmethod
    def of(cls, system: Marked) -> _Sums:
        """Tell the odd needs of a system from the others."""
        nodes, owner, start = system.node.size, system.owner, system.start
        linking = np.searchsorted(start, system.link.row, side="right") - 1
        strange = _several(start)
        strange[system.need.row] = True
        strange[linking] = True
        odd = np.flatnonzero(strange)
        told = system.member.take(start[:-1], mode="clip")
        if nodes + odd.size > np.iinfo(told.dtype).max:
            told = told.astype(np.int64)
        told[odd] = np.arange(nodes, nodes + odd.size)
        mark = np.zeros(odd.size, np.uint64)
        mark[told[system.need.row] - nodes] = system.need.mark
        odd_start = starts(start[odd + 1] - start[odd])
        link = np.zeros(odd_start[-1], np.uint64)
        link[odd_start[told[linking] - nodes] + system.link.row - start[linking]] = system.link.mark
        owners, begin = _runs(owner, nodes)
        return cls(
            system=system,
            owners=owners,
            begin=begin,
            told=told,
            odd=odd,
            odd_begin=_runs(owner[odd], nodes)[1],
            mark=mark,
            odd_start=odd_start,
            member=system.member[ranges(start[odd], start[odd + 1])],
            link=link,
        )

    def room(self) -> Words:
        """Return room for the marks of all nodes and odd needs."""
        return np.zeros(self.system.node.size + self.odd.size, np.uint64)

    def over(self, mark: Words, nodes: Index, salt: np.uint64) -> Words:
        """Return a new mark of each of some nodes that have needs, from those of what they need.

        Args:
            mark: uint64 [n + o], of nodes; those of the nodes' odd needs are written.
            nodes: ascending.
            salt: makes other marks of the same.
        """
        found = scattered(
            self.system.node[nodes] ^ ~salt
        )  # not what it adds to others' sums before it has a mark
        for at in range(0, nodes.size, _STRIDE):
            some = nodes[at : at + _STRIDE]
            self._tell_odd(mark, ranges(self.odd_begin[some], self.odd_begin[some + 1]), salt)
            low, high = self.begin[some], self.begin[some + 1]
            value = mark.take(self.told[ranges(low, high)], mode="clip")
            found[at : at + _STRIDE] += np.add.reduceat(value, starts(high - low)[:-1])
        return scattered(found)

    def all(self, mark: Words, salt: np.uint64) -> tuple[Words, Words]:
        """Return the marks of all needs from those of the nodes, and their sum for each of the owners."""
        full = self.room()
        full[: mark.size] = mark
        for at in range(0, self.odd.size, _STRIDE):
            self._tell_odd(full, np.arange(at, min(at + _STRIDE, self.odd.size)), salt)
        found = np.empty(self.told.size, np.uint64)
        for at in range(0, found.size, _STRIDE):
            full.take(self.told[at : at + _STRIDE], mode="clip", out=found[at : at + _STRIDE])
        return found, np.add.reduceat(found, self.begin[self.owners]) if found.size else found

    def _tell_odd(self, mark: Words, odd: Index, salt: np.uint64) -> None:
        """Mark some odd needs, given the marks of their members."""
        if not odd.size:
            return
        low, high = self.odd_start[odd], self.odd_start[odd + 1]
        rows = ranges(low, high)
        value = mark.take(self.member[rows], mode="clip")
        value ^= self.link[rows]
        value ^= salt
        value = np.add.reduceat(scattered(value), starts(high - low)[:-1])
        value ^= scattered(self.mark[odd] ^ salt)
        mark[self.system.node.size + odd] = scattered(value)


def _several(start: NDArray[np.int64]) -> Bools:
    """Return which needs have more than one member."""
    found = np.empty(start.size - 1, np.bool_)
    for at in range(0, found.size, _STRIDE):
        some = start[at : at + _STRIDE + 1]
        np.greater(some[1:] - some[:-1], 1, out=found[at : at + _STRIDE])
    return found


def _runs(owner: NDArray[np.integer], nodes: int) -> tuple[Index, Index]:
    """Return which nodes are among ascending owners, and where the rows of each node start."""
    fresh = np.ones(owner.size, np.bool_)
    np.not_equal(owner[1:], owner[:-1], out=fresh[1:])
    first = np.flatnonzero(fresh)
    owners = owner[first].astype(np.intp)
    count = np.zeros(nodes, np.intp)
    count[owners] = np.diff(first, append=owner.size)
    return owners, starts(count)


def _marks(sums: _Sums, salt: np.uint64) -> Words:
    """Return a mark per node, equal for nodes of one class."""
    system = sums.system
    nodes = system.node.size
    full = sums.room()
    mark = full[:nodes]
    mark[:] = scattered(system.node ^ salt)
    _keep_apart(mark, np.flatnonzero(system.apart), salt)
    waits = np.zeros(nodes, np.bool_)
    waits[sums.owners] = True
    waits &= ~system.apart
    arcs = _Arcs.between(sums, waits)
    for layer in arcs.layers():
        mark[layer] = sums.over(full, layer, salt)
        waits[layer] = False
    if waits.any():
        _mark_cyclic(sums, full, waits, arcs.within(waits), salt)
    return mark


def _mark_cyclic(sums: _Sums, full: Words, waits: Bools, arcs: _Arcs, salt: np.uint64) -> None:
    """Mark the nodes that wait in a circle, and those that wait for them."""
    mark = full[: waits.size]
    core = waits.copy()
    for layer in arcs.turned().layers():
        core[layer] = False
    inside = np.flatnonzero(core)
    if inside.size:
        known = _refine(sums, full, inside, salt)
        turn = np.argsort(known)
        known, kept = known[turn], mark[inside[turn]]
        waits &= ~core
        for layer in arcs.within(waits).layers():
            found = sums.over(full, layer, salt)
            alike = np.searchsorted(known[1:], found, side="right")  # the last that is not larger
            same = known[alike] == found
            found[same] = kept[alike[same]]
            mark[layer] = found
            waits[layer] = False
    _keep_apart(mark, np.flatnonzero(waits), salt)


def _refine(sums: _Sums, full: Words, nodes: Index, salt: np.uint64) -> Words:
    """Refine the marks of ``nodes`` in place until no class splits, and return what comes after them.

    What never rests stays apart.
    """
    # Marks to begin with that no node outside has, else a ring could pass for a chain as long as the rounds.
    full[nodes] = scattered(scattered(sums.system.node[nodes] ^ salt) ^ ~salt)
    count = 0
    for _ in range(_ROUNDS):
        found = sums.over(full, nodes, salt)
        ordered = np.sort(found)
        now = int(np.count_nonzero(ordered[1:] != ordered[:-1])) + 1
        if now == count:
            return found
        full[nodes] = found
        count = now
    _keep_apart(full, nodes, salt)
    return sums.over(full, nodes, salt)


def _keep_apart(mark: Words, nodes: Index, salt: np.uint64) -> None:
    """Give each of these nodes a mark that no other has."""
    mark[nodes] = scattered(scattered(nodes.astype(np.uint64) ^ ~salt))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Arcs:
    """Which nodes wait for which others.

    Attributes:
        node: intp, all of which it is told, ascending.
        source: int, places in ``node`` of those that wait.
        target: int, and of those they wait for.
    """

    node: Index
    source: NDArray[np.integer]
    target: NDArray[np.integer]

    @classmethod
    def between(cls, sums: _Sums, which: Bools) -> _Arcs:
        """Return the arcs between these nodes."""
        system = sums.system
        ordinary = np.zeros(which.size + sums.odd.size, np.bool_)
        ordinary[: which.size] = which
        plain = ordinary.take(sums.told, mode="clip")
        owner = np.repeat(system.owner[sums.odd], np.diff(sums.odd_start))
        met = which[sums.member]
        source = np.concatenate([system.owner[plain], owner[met]])
        target = np.concatenate([sums.told[plain], sums.member[met]])
        return cls(node=np.arange(which.size), source=source, target=target).within(which)

    def within(self, which: Bools) -> _Arcs:
        """Return the arcs between these nodes."""
        return self._left(which[self.node])

    def _left(self, stay: Bools) -> _Arcs:
        """Return the arcs between the nodes in these places."""
        place = np.cumsum(stay, dtype=np.int32) - 1
        keep = stay[self.source]
        keep &= stay[self.target]
        return _Arcs(node=self.node[stay], source=place[self.source[keep]], target=place[self.target[keep]])

    def turned(self) -> _Arcs:
        """Return the same arcs, led backwards."""
        return _Arcs(node=self.node, source=self.target, target=self.source)

    def layers(self) -> Iterator[Index]:
        """Yield nodes that wait for none but those yielded before; what waits in a circle never comes."""
        return islice(self._layers(), _DEEP)

    def _layers(self) -> Iterator[Index]:
        waits = np.zeros(self.node.size, np.bool_)
        waits[self.source] = True
        count = int(np.count_nonzero(waits))
        if count * _MOST < self.node.size * (_MOST - 1):
            # While layers are large it is cheaper to look through all arcs than to turn them.
            yield self.node[~waits]
            yield from self._left(waits).layers()
        elif count < self.node.size:
            yield from self._counted()

    def _counted(self) -> Iterator[Index]:
        first, turn = grouped(self.target, self.node.size)
        left = np.bincount(self.source, minlength=self.node.size)
        layer = np.flatnonzero(left == 0)
        while layer.size:
            yield self.node[layer]
            layer = freed(left, self.source[turn[ranges(first[layer], first[layer + 1])]])
