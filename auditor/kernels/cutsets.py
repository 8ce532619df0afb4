"""Minimal cut sets: the smallest sets of nodes whose loss stops a given node.

Exact on cycles and k-of-n. Every cut set that contains S contains one more node of whatever holds the top up
once S is gone (``support``); so from the empty set on, each set that does not stop the top yet is extended by
the nodes of one such support only. Sets are solved 64 to a word, thousands at a time, on the part of the
system that the top needs, with nodes that cannot differ merged (``quotient``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from auditor.kernels import words as packing
from auditor.kernels.bits import lost
from auditor.kernels.plan import Bools, Ints, Plan, Words
from auditor.kernels.prepared import Prepared, prepare
from auditor.kernels.quotient import Condensed, condense, restrict
from auditor.kernels.reasons import closure
from auditor.kernels.rows import among, distinct, keys
from auditor.kernels.support import Wiring, supports, wire

_BLOCK = 1 << 14  # sets solved at a time
_SMALL = 1000  # a system of so few nodes is solved whole: cheaper than to cut out what a node needs
_FEW = 64  # sets of one size that are extended to see that a search goes on
_TRIED = 100  # sets of one size looked at to see that a search goes on
MOST = 20_000_000
"""Candidates tried for one size of sets before giving up, unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CutSets:
    """The minimal cut sets of one node.

    Attributes:
        sets: per size 1, 2, ... int32 [count, size], nodes ascending in a row, rows in ascending order.
        order: every minimal cut set up to this size is there.
        exhausted: there are no larger ones.
    """

    sets: tuple[Ints, ...]
    order: int
    exhausted: bool

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        """Yield every set, small ones first."""
        for rows in self.sets:
            yield from map(tuple, rows.tolist())

    def __len__(self) -> int:
        """Return how many sets there are."""
        return sum(len(rows) for rows in self.sets)

    @property
    def counts(self) -> tuple[int, ...]:
        """How many sets there are of each size."""
        return tuple(len(rows) for rows in self.sets)


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """A plan made ready to be asked for the cut sets of many nodes; ``system`` makes it."""

    events: NDArray[np.intp]
    condensed: Condensed
    prepared: Prepared

    def cone(self, top: int) -> Cone:
        """Return the part of the system that ``top``, a node of the original plan, needs."""
        node = int(self.condensed.of[top])
        needed = closure(self.prepared, node)
        event = self.condensed.of[self.events].astype(np.intp)
        names = self.events[needed[event]]
        event = event[needed[event]]
        if needed.size <= _SMALL:
            return Cone(prepared=self.prepared, needed=needed, top=node, event=event, names=names)
        where = np.cumsum(needed) - 1
        return Cone(
            prepared=prepare(restrict(self.condensed.plan, needed)),
            needed=np.ones(np.count_nonzero(needed), np.bool_),
            top=int(where[node]),
            event=where[event],
            names=names,
        )

    def same(self, top: int) -> int:
        """Return a number equal for nodes that have the same cut sets because they are alike."""
        return int(self.condensed.of[top])


@dataclass(frozen=True, slots=True, kw_only=True)
class Cone:
    """What one node needs.

    Attributes:
        prepared: a system that contains it; ``needed`` bool [n] says which nodes of that belong to it.
        top: the node asked about.
        event: intp [e], nodes that may fail; ``names`` intp [e] what the original plan calls them, ascending.
    """

    prepared: Prepared
    needed: Bools
    top: int
    event: NDArray[np.intp]
    names: NDArray[np.intp]

    def stopped(self, sets: NDArray[np.intp]) -> Bools:
        """Return bool [c], whether the top is lost when the events at each row of ``sets`` [c, s] are out."""
        found = np.empty(len(sets), np.bool_)
        for first in range(0, len(sets), _BLOCK):
            part = sets[first : first + _BLOCK]
            found[first : first + len(part)] = packing.unpack(self.solve(part)[[self.top]], len(part))[0]
        return found

    def solve(self, sets: NDArray[np.intp]) -> Words:
        """Return uint64 [n, w], the nodes lost when the events of each row of ``sets`` are out."""
        nodes, count = self.prepared.plan.nodes, len(sets)
        width = packing.width(count)
        failed = np.zeros(nodes * width, np.uint64)
        column = np.arange(count)
        bit = np.uint64(1) << (column % 64).astype(np.uint64)
        for each in range(sets.shape[1]):
            spot = self.event[sets[:, each]] * width + column // 64
            np.bitwise_or.at(failed, spot, bit)
        return lost(self.prepared, failed.reshape(nodes, width), scenarios=count)


def system(plan: Plan, events: NDArray[np.integer]) -> System:
    """Make ``plan`` ready; ``events`` are the nodes that may fail. Members count whatever their delay."""
    may_fail = np.zeros(plan.nodes, np.bool_)
    may_fail[events] = True
    mark = np.where(may_fail, np.arange(1, plan.nodes + 1), 0).astype(np.uint64)
    condensed = condense(prepare(plan), mark, timing=np.zeros(plan.member.size, np.uint64))
    return System(
        events=np.flatnonzero(may_fail).astype(np.intp), condensed=condensed, prepared=prepare(condensed.plan)
    )


def cut_sets(cone: Cone, *, order: int = 3, most: int = MOST) -> CutSets:
    """Return the minimal cut sets of the top of ``cone`` up to ``order`` events.

    Args:
        cone: from ``System.cone``.
        order: largest size asked for.
        most: candidates tried for one size before giving up; ``CutSets.order`` then says how far it came.
    """
    if cone.event.size == 0:
        return CutSets(sets=(), order=order, exhausted=True)
    search = _Search.of(cone)
    frontier: NDArray[np.intp] = np.zeros((1, 0), np.intp)
    while search.order < order and len(frontier):
        candidates = search.extended(frontier, most)
        if candidates is None:
            break
        stops = cone.stopped(candidates)
        search.add(candidates[stops])
        frontier = candidates[~stops]
    names = tuple(cone.names[rows].astype(np.int32) for rows in search.found)
    return CutSets(
        sets=names, order=order if not len(frontier) else search.order, exhausted=not len(frontier)
    )


def last_size(cone: Cone, sets: Sequence[NDArray[np.integer]], *, most: int = MOST) -> int | None:
    """Return the size after which the search for minimal cut sets of a cone ends, None if it goes on.

    The size is that at which ``cut_sets`` says that there are no larger ones; nothing is tried for it.

    Args:
        cone: from ``System.cone``.
        sets: all minimal cut sets per size 1, 2, ..., as nodes, rows ascending.
        most: as for ``cut_sets``; with more it is not seen to end.
    """
    if cone.event.size == 0:
        return 0
    known = [np.searchsorted(cone.names, rows) for rows in sets]
    # Mostly it goes on: then a few sets of each size show it.
    if _last_size(cone, known, few=_FEW, most=most) is None:
        return None
    return _last_size(cone, known, few=most, most=most)


def goes_on(sets: Sequence[NDArray[np.integer]]) -> bool:
    """Return whether the sets themselves show that ``last_size`` is None.

    Some of them may hold no element in common, and no other set within all of their elements. What has not
    all of any of them stops nothing then, and each of them has an element in whatever holds the top up: so
    the search comes to sets that lack one element of each. False says nothing.

    Args:
        sets: all minimal cut sets per size 1, 2, ...
    """
    depth, chosen = 0, 0
    inside = np.zeros(max((int(rows.max(initial=-1)) for rows in sets), default=-1) + 1, np.bool_)
    for rows in sets[:0:-1]:
        for row in rows[:_TRIED]:
            if inside[row].any():
                continue
            inside[row] = True
            if sum(int(inside[each].all(axis=1).sum()) for each in sets[1:]) > chosen + 1:
                inside[row] = False
                continue
            chosen, depth = chosen + 1, depth + row.size - 1
            if depth >= len(sets):
                return True
    return False


def _last_size(cone: Cone, known: Sequence[NDArray[np.intp]], *, few: int, most: int) -> int | None:
    """Return what ``last_size`` does where no more than the first ``few`` sets of each size are extended."""
    search, base = _Search.of(cone), cone.event.size
    frontier: NDArray[np.intp] = np.zeros((1, 0), np.intp)
    for rows in known:
        candidates = search.extended(frontier, most)
        if candidates is None:
            return None
        search.add(rows)
        frontier = candidates[~among(keys(candidates, base), keys(rows, base))][:few]
        if not len(frontier):
            return search.order
    return None


def _wiring(cone: Cone, free: NDArray[np.intp]) -> Wiring:
    """Return the wiring in which events cost 1 each, those ``free`` nothing: every support has them."""
    own = np.zeros(cone.needed.size)
    own[cone.event] = 1.0
    own[cone.event[free]] = 0.0
    return wire(cone.prepared, cone.needed, own.tolist())


@dataclass(slots=True, kw_only=True)
class _Search:
    """How far the search has come: minimal cut sets found, as positions of events, by size."""

    cone: Cone
    wiring: Wiring
    found: list[NDArray[np.intp]] = field(default_factory=list)

    @classmethod
    def of(cls, cone: Cone) -> _Search:
        return cls(cone=cone, wiring=_wiring(cone, np.zeros(0, np.intp)))

    @property
    def order(self) -> int:
        return len(self.found)

    def add(self, sets: NDArray[np.intp]) -> None:
        """Take in all minimal cut sets of the next size."""
        self.found.append(sets)
        if self.order == 1:
            self.wiring = _wiring(self.cone, sets[:, 0])

    def extended(self, frontier: NDArray[np.intp], most: int) -> NDArray[np.intp] | None:
        """Return the sets to try next, each once, ascending; None if they are more than ``most``."""
        parts: list[NDArray[np.intp]] = []
        count = 0
        for first in range(0, len(frontier), _BLOCK):
            part = frontier[first : first + _BLOCK]
            event, column = self._branches(part)
            count += event.size
            if count > most:
                return None
            rows = np.sort(np.concatenate([part[column], event[:, None]], axis=1), axis=1)
            parts.append(distinct(rows, self.cone.event.size))
        rows = distinct(np.concatenate(parts), self.cone.event.size)
        return rows[~self._contains_one(rows)]

    def _branches(self, part: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return (event, row of ``part``) pairs: what holds the top up once the row's events are out."""
        gone = self.cone.solve(part)
        columns = np.full(gone.shape[1], ~np.uint64(0))
        columns[-1] = packing.tail(len(part))
        held = supports(self.wiring, gone, self.cone.top, columns)
        alone = np.zeros(self.cone.event.size, np.bool_)
        if self.found:
            alone[self.found[0][:, 0]] = True
        event = np.array(
            [at for at, node in enumerate(self.cone.event.tolist()) if not alone[at] and node in held],
            np.intp,
        )
        if not event.size:
            return event, event
        bits = np.stack([held[int(node)] for node in self.cone.event[event]])
        row, column = np.nonzero(packing.unpack(bits, len(part)))
        return event[row], column

    def _contains_one(self, rows: NDArray[np.intp]) -> Bools:
        """Return which rows contain a cut set that is already known."""
        known = np.zeros(len(rows), np.bool_)
        base = self.cone.event.size
        for size, sets in enumerate(self.found, start=1):
            if not len(sets) or size == 1:  # no row has an event that stops the top alone
                continue
            known_sets = keys(sets, base)
            for chosen in combinations(range(rows.shape[1]), size):
                known |= among(keys(rows[:, chosen], base), known_sets)
        return known
