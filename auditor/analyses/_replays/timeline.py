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

from auditor.analyses._replays.standby import Standbys
from auditor.estate.graph import CompiledPlan
from auditor.kernels import Prepared, minutes, prepare
from auditor.kernels.mixing import scattered
from auditor.kernels.plan import Bools, Floats
from auditor.kernels.quotient import Condensed, condense

OPEN = 10.0 * 366 * 24 * 60
"""Minutes that stand for "no end known": ten years."""

CELLS = 4_000_000
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
    """One compiled plan made ready.

    Attributes:
        compiled: the plan and where its rows come from.
        prepared: the plan, ready to solve.
        firm: [m], its delays with every delayed member left out.
        standbys: its delayed members.
        condensed, small: what is left of the plan for outages known beforehand, ready to solve.
    """

    compiled: CompiledPlan
    prepared: Prepared
    firm: Floats
    standbys: Standbys
    condensed: Condensed | None = None
    small: Prepared | None = None

    @classmethod
    def of(cls, compiled: CompiledPlan) -> Machine:
        """Prepare a compiled plan for many outages."""
        plan = compiled.plan
        return cls(
            compiled=compiled,
            prepared=prepare(plan),
            firm=np.where(plan.delay > 0, np.inf, 0.0),
            standbys=Standbys.of(plan),
        )

    def made_for(self, outages: Sequence[Outage]) -> Machine:
        """Return a machine that solves just these outages faster: nodes they strike alike become one."""
        delay = self.compiled.plan.delay
        mark = np.zeros(self.compiled.plan.nodes, np.uint64)
        strikes = [strike for outage in outages for strike in outage]
        for image, strike in zip(scattered(np.arange(len(strikes), dtype=np.uint64)), strikes, strict=True):
            mark[strike.nodes] += image
        timing = np.zeros(delay.size, np.uint64)
        late = np.flatnonzero(delay > 0)
        timing[late] = np.arange(1, late.size + 1)
        condensed = condense(self.prepared, mark, timing=timing)
        return replace(self, condensed=condensed, small=prepare(condensed.plan))

    def minutes(self, own: Floats, delay: Floats) -> Floats:
        """Return the minutes [n, c] every node is out, given own minutes [n, c] and delays [m]."""
        if self.condensed is None or self.small is None:
            return minutes(self.prepared, own, delay=delay)
        view = self.condensed
        found = minutes(self.small, view.own(own), delay=view.members(delay))
        return found.take(view.of, axis=0, mode="clip")


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
        delay: per onset [m], minutes each member needed to serve after what earlier onsets had brought in.
        brought: [m], members brought in at any onset.
    """

    onsets: Floats
    own: Floats
    out: Floats
    bare: Floats
    own_grey: Floats
    grey: Floats
    delay: tuple[Floats, ...]
    brought: Bools


def total(column_minutes: Floats, onsets: Floats) -> Floats:
    """Return the length [n] of the union of [t, min(t + minutes, next t)] over the columns [n, c]."""
    until_next = np.append(np.diff(onsets), np.inf)[: onsets.size]
    return np.asarray(np.minimum(column_minutes, until_next).sum(axis=1))


def courses(machine: Machine, outages: Sequence[Outage]) -> Iterator[Course]:
    """Solve each outage (its strikes, in any order); yields in the order given."""
    nodes = machine.compiled.plan.nodes
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
    nodes = machine.compiled.plan.nodes
    own = np.concatenate([_own(nodes, *each, grey=False) for each in batch], axis=1)
    heavy = np.concatenate([_own(nodes, *each, grey=True) for each in batch], axis=1)
    bare = machine.minutes(own, machine.firm)
    # Where no need is short of members in service, standbys change nothing.
    out = _changed(machine, bare, own, machine.standbys.called(bare), machine.compiled.plan.delay)
    grey = _changed(machine, bare, heavy, (heavy != own).any(axis=0), machine.firm)
    last = 0
    for strikes, onsets in batch:
        part = slice(last, last := last + onsets.size)
        course = Course(
            onsets=onsets,
            own=own[:, part],
            out=out[:, part],
            bare=bare[:, part],
            own_grey=heavy[:, part],
            grey=grey[:, part],
            delay=(machine.compiled.plan.delay,) * onsets.size,
            brought=np.zeros(machine.compiled.plan.delay.size, np.bool_),
        )
        yield _walked(machine, course, grey=any(s.grey for s in strikes)) if machine.standbys else course


def _changed(machine: Machine, known: Floats, own: Floats, which: Bools, delay: Floats) -> Floats:
    """Return ``known`` with the columns in ``which`` solved for other own minutes or delays."""
    if not which.any():
        return known
    found = known.copy()
    found[:, which] = machine.minutes(own[:, which], delay)
    return found


def _own(nodes: int, strikes: Outage, onsets: Floats, *, grey: bool) -> Floats:
    """Return the minutes [n, c] each node is itself still out at each onset."""
    own = np.zeros((nodes, onsets.size))
    for strike in strikes:
        if strike.grey and not grey:
            continue
        for column, onset in enumerate(onsets):
            left = strike.start + strike.minutes - onset
            if strike.start <= onset and left > 0:
                own[strike.nodes, column] = np.maximum(own[strike.nodes, column], left)
    return own


def _walked(machine: Machine, first: Course, *, grey: bool) -> Course:
    """Walk the onsets in order and solve again those where standbys serve or switch."""
    base = machine.compiled.plan.delay
    out, heavy = first.out.copy(), first.grey.copy()
    brought = first.brought.copy()
    delays: list[Floats] = []
    gaps = np.append(np.diff(first.onsets), np.inf)
    now = base
    for column in range(first.onsets.size):
        delays.append(now)
        if now is not base:
            out[:, column] = machine.minutes(first.own[:, [column]], now)[:, 0]
        switch = machine.standbys.switch(out[:, column], now, float(gaps[column]))
        brought |= switch.brought
        if not grey:
            heavy[:, column] = out[:, column]
        elif now is not base or switch.brought.any():
            # Slowness alone calls no standby in: only those an outage brings in serve.
            usable = np.where((now > 0) & ~switch.brought, np.inf, now)
            heavy[:, column] = machine.minutes(first.own_grey[:, [column]], usable)[:, 0]
        now = base if np.array_equal(switch.then, base) else switch.then
    return Course(
        onsets=first.onsets,
        own=first.own,
        out=out,
        bare=first.bare,
        own_grey=first.own_grey,
        grey=heavy,
        delay=tuple(delays),
        brought=brought,
    )
