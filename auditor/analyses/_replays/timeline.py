"""Outages over time on one plan: strikes with onsets in, minutes of every node out; no domain word.

The minutes kernel answers for one moment: who is out for how long when these nodes fail now. A real outage
has several onsets, so each onset is a column. What carries over from one to the next is which standbys have
been brought in (they serve from then on) and how far a switch that still runs has come.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._replays.standby import Standbys, Switch
from auditor.kernels import Late, Prepared, minutes, prepare
from auditor.kernels.plan import Bools, Floats, Plan

OPEN = 10.0 * 366 * 24 * 60
"""Minutes that stand for "no end known": ten years."""

CELLS = 2_000_000
"""Nodes x columns solved at once; bounds memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    """Nodes out from ``start`` for ``minutes``; ``grey`` = up, but slow or erring."""

    start: float
    minutes: float
    nodes: NDArray[np.int64]
    grey: bool = False


Outage = Sequence[Strike]


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """One plan made ready.

    Attributes:
        prepared: the plan, ready to solve.
        firm: [m], its delays with every delayed member left out.
        standbys: its delayed members.
    """

    prepared: Prepared
    firm: Floats
    standbys: Standbys

    @classmethod
    def of(cls, plan: Plan) -> Machine:
        """Prepare a plan for many outages."""
        return cls(
            prepared=prepare(plan),
            firm=np.where(plan.delay > 0, np.inf, 0.0),
            standbys=Standbys.of(plan),
        )

    def minutes(self, moments: Sequence[tuple[Floats, Floats]]) -> Floats:
        """Return the minutes [n, moments] every node is out.

        A moment is the minutes [n] each node is itself out, and the delays [r] of the standbys' needs.
        """
        own = np.stack([each for each, _ in moments], axis=1)
        delay = np.stack([each for _, each in moments], axis=1)
        return minutes(self.prepared, own, late=Late(rows=self.standbys.rows, delay=delay))


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How one outage went: columns are onsets, all values in minutes from that onset.

    Attributes:
        onsets: [c], ascending minutes.
        own: [n, c], minutes each node is itself out.
        out: [n, c], minutes each node is out.
        bare: [n, c], the same had there been no delayed members at all.
        own_grey, grey: [n, c], as ``own`` and ``out`` with slow or erring counted as out; a standby helps
            only where a real outage calls it in.
        late: per onset [r], minutes each member of the standbys' needs took after what earlier onsets had
            brought in.
        brought: [r], those brought in at any onset.
    """

    onsets: Floats
    own: Floats
    out: Floats
    bare: Floats
    own_grey: Floats
    grey: Floats
    late: tuple[Floats, ...]
    brought: Bools


def total(column_minutes: Floats, onsets: Floats) -> Floats:
    """Return the length [n] of the union of [t, min(t + minutes, next t)] over the columns [n, c]."""
    until_next = np.append(np.diff(onsets), np.inf)[: onsets.size]
    return np.asarray(np.minimum(column_minutes, until_next).sum(axis=1))


def courses(machine: Machine, outages: Sequence[Outage]) -> Iterator[Course]:
    """Solve each outage (its strikes, in any order); yields in the order given."""
    nodes = machine.prepared.plan.nodes
    batch: list[tuple[Outage, Floats]] = []
    columns = 0
    for strikes in outages:
        onsets = np.unique(np.array([s.start for s in strikes if s.nodes.size], np.float64))
        if batch and (columns + onsets.size) * nodes > CELLS:
            yield from _solve(machine, batch)
            batch, columns = [], 0
        batch.append((strikes, onsets))
        columns += onsets.size
    if batch:
        yield from _solve(machine, batch)


def _solve(machine: Machine, batch: list[tuple[Outage, Floats]]) -> Iterator[Course]:
    """Solve a batch in as few kernel calls as its first onsets allow, then walk each outage."""
    plan, standbys = machine.prepared.plan, machine.standbys
    slow = [any(strike.grey for strike in strikes) for strikes, _ in batch]
    heavy = [each for each, grey in zip(batch, slow, strict=True) if grey]
    whole, parts = _laid_out(plan.nodes, [*batch, *heavy])
    for number, (each, part) in enumerate(zip([*batch, *heavy], parts, strict=True)):
        _strike(part, *each, grey=number >= len(batch))
    solved = np.split(minutes(machine.prepared, whole, delay=machine.firm), _edges([*batch, *heavy]), axis=1)
    own, bare = parts[: len(batch)], solved[: len(batch)]
    again, greyed = iter(parts[len(batch) :]), iter(solved[len(batch) :])
    walks = []
    for (_, onsets), self_, without, out, grey in zip(
        batch, own, bare, _switched(machine, own, bare), slow, strict=True
    ):
        course = Course(
            onsets=onsets,
            own=self_,
            out=out,
            bare=without,
            own_grey=next(again) if grey else self_,
            grey=next(greyed) if grey else without,
            late=(standbys.base,) * onsets.size,
            brought=np.zeros(standbys.rows.size, np.bool_),
        )
        walks.append(_Walk.of(course, standbys, grey=grey))
    if standbys:
        _walk(machine, walks)
    yield from (each.course() for each in walks)


def _edges(batch: Sequence[tuple[Outage, Floats]]) -> NDArray[np.intp]:
    return np.cumsum([onsets.size for _, onsets in batch])[:-1]


def _laid_out(nodes: int, batch: Sequence[tuple[Outage, Floats]]) -> tuple[Floats, list[Floats]]:
    """Return zeros for all onsets of a batch side by side, and the part [n, c] of each outage."""
    whole = np.zeros((nodes, sum(onsets.size for _, onsets in batch)))
    return whole, np.split(whole, _edges(batch), axis=1)


def _switched(machine: Machine, own: Sequence[Floats], bare: Sequence[Floats]) -> list[Floats]:
    """Return minutes out with standbys; where no need is short of members in service they change nothing."""
    called = [bool(machine.standbys.called(each).any()) for each in bare]
    chosen = [each for each, called_ in zip(own, called, strict=True) if called_]
    if not chosen:
        return list(bare)
    edges = np.cumsum([each.shape[1] for each in chosen])[:-1]
    solved = iter(np.split(minutes(machine.prepared, np.concatenate(chosen, axis=1)), edges, axis=1))
    return [next(solved) if called_ else each for each, called_ in zip(bare, called, strict=True)]


def _strike(own: Floats, strikes: Outage, onsets: Floats, *, grey: bool) -> None:
    """Fill in the minutes [n, c] each node is itself still out at each onset."""
    for strike in strikes:
        if strike.grey and not grey:
            continue
        for column, onset in enumerate(onsets):
            left = strike.start + strike.minutes - onset
            if strike.start <= onset and left > 0:
                own[strike.nodes, column] = np.maximum(own[strike.nodes, column], left)


@dataclass(slots=True, kw_only=True)
class _Walk:
    """One outage on its way through its onsets; what changes as standbys are brought in.

    ``gaps`` are the minutes to the next onset, ``now`` the delays at this one, ``before`` those so far.
    """

    first: Course
    standbys: Standbys
    gaps: Floats
    grey: bool
    out: Floats
    heavy: Floats
    brought: Bools
    now: Floats
    before: list[Floats]

    @classmethod
    def of(cls, course: Course, standbys: Standbys, *, grey: bool) -> _Walk:
        """Begin with what holds if nothing is ever brought in."""
        return cls(
            first=course,
            standbys=standbys,
            gaps=np.append(np.diff(course.onsets), np.inf),
            grey=grey,
            out=course.out,
            heavy=course.grey,
            brought=course.brought,
            now=standbys.base,
            before=[],
        )

    @property
    def moved(self) -> bool:
        """Whether some standby serves or switches already."""
        return self.now is not self.standbys.base

    def switch(self, column: int) -> Switch:
        """Return what one onset does to the standbys, and remember it."""
        self.before.append(self.now)
        found = self.standbys.switch(self.out[:, column], self.now, float(self.gaps[column]))
        self.brought = self.brought | found.brought
        return found

    def advance(self, then: Floats) -> None:
        """Go on to the next onset with these delays."""
        base = self.standbys.base
        self.now = base if np.array_equal(then, base) else then

    def course(self) -> Course:
        """Return how it went."""
        late = tuple(self.before) or self.first.late
        heavy = self.heavy if self.grey else self.out
        return replace(self.first, out=self.out, grey=heavy, late=late, brought=self.brought)


def _walk(machine: Machine, walks: Sequence[_Walk]) -> None:
    """Walk the onsets of all outages in step, and solve again those where standbys serve or switch."""
    for column in range(max((walk.gaps.size for walk in walks), default=0)):
        under_way = [walk for walk in walks if column < walk.first.onsets.size]
        moved = [walk for walk in under_way if walk.moved]
        if moved:
            found = machine.minutes([(walk.first.own[:, column], walk.now) for walk in moved])
            for walk, values in zip(moved, found.T, strict=True):
                walk.out = _with(walk.out, walk.first.out, column, values)
        switches = [walk.switch(column) for walk in under_way]
        _impair(machine, under_way, switches, column)
        for walk, switch in zip(under_way, switches, strict=True):
            walk.advance(switch.then)


def _impair(machine: Machine, walks: Sequence[_Walk], switches: Sequence[Switch], column: int) -> None:
    """Fill in what is out or slow at an onset; slowness alone calls no standby in."""
    again, usable = [], []
    for walk, switch in zip(walks, switches, strict=True):
        if walk.grey and (walk.moved or switch.brought.any()):
            again.append(walk)
            usable.append(np.where((walk.now > 0) & ~switch.brought, np.inf, walk.now))
    if again:
        moments = zip((walk.first.own_grey[:, column] for walk in again), usable, strict=True)
        for walk, values in zip(again, machine.minutes(list(moments)).T, strict=True):
            walk.heavy = _with(walk.heavy, walk.first.grey, column, values)


def _with(found: Floats, first: Floats, column: int, values: Floats) -> Floats:
    """Return ``found`` with another column; ``first``, which others may share, is left as it is."""
    if found is first:
        found = first.copy()
    found[:, column] = values
    return found
