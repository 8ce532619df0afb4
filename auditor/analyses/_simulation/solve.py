"""Events to minutes out: every distinct set of failed nodes is solved once, whatever the number of years.

With the nodes of a set out for D minutes, and nothing else, a workload is out for min(D, tau) minutes, where
tau is how long it would be out if they never came back (``docs/simulation.md`` has the proof). So one column
of the minutes kernel answers for every duration. Events that meet in time are added up as the union of their
minutes unless together they take more than each alone, or a standby is in play: those are solved on the
clock, as replays are, with their onsets.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._replays.timeline import OPEN, Machine, Strike, courses, total
from auditor.analyses._simulation.draw import Events, Form, Numbers
from auditor.analyses._simulation.hazards import Hazards
from auditor.analyses._simulation.strike import Level
from auditor.estate.graph import Estate
from auditor.kernels import Bools, Condensed, Floats, Prepared, condense, marks, minutes, prepare

BLOCK = 256
"""Sets solved at once."""

GRID = 33
"""Durations at which a form is tabulated whose own parts hang together; in between it is interpolated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A set of failed nodes that is out from ``start`` to ``end``."""

    start: float
    end: float
    failed: int


Set = tuple[int, ...]
"""Nodes of the condensed plan that are out together, ascending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One set of a form: out from ``offset`` x duration for ``length`` x duration."""

    offset: float
    length: float
    failed: int


@dataclass(frozen=True, kw_only=True)
class Case:
    """The best or worst reading of an estate, reduced, with what has been solved of it.

    Attributes:
        machine: the reduced plan.
        rows: nodes of the reduced plan asked for, each once.
        row_of: int64 [workloads], index into ``rows``.
        sets: distinct sets of failed nodes.
        taus: per set how long each row is out if they never come back; infinite = until they do.
    """

    machine: Machine
    rows: Numbers
    row_of: Numbers
    sets: dict[Set, int] = field(default_factory=dict)
    taus: list[Floats] = field(default_factory=list)

    @classmethod
    def of(cls, plan: Condensed, workloads: NDArray[np.integer]) -> Case:
        """Prepare a reduced plan."""
        rows, row_of = np.unique(plan.of[workloads], return_inverse=True)
        return cls(machine=Machine.of(plan.plan), rows=rows.astype(np.int64), row_of=row_of.astype(np.int64))

    def number(self, failed: Set) -> int:
        """Return the index of a set, known or new; ``solve`` must follow before its tau is read."""
        return self.sets.setdefault(failed, len(self.sets))

    def solve(self) -> None:
        """Find tau of the sets that are new."""
        new = list(self.sets)[len(self.taus) :]
        for first in range(0, len(new), BLOCK):
            self.taus.extend(_taus(self.machine.prepared, new[first : first + BLOCK], self.rows))


def _taus(prepared: Prepared, sets: Sequence[Set], rows: Numbers) -> list[Floats]:
    own = np.zeros((prepared.plan.nodes, len(sets)))
    for column, failed in enumerate(sets):
        own[list(failed), column] = OPEN
    found = minutes(prepared, own)[rows]
    return list(np.where(found >= OPEN, np.inf, found).T)


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """One case, all events solved; r rows, f forms.

    Attributes:
        case: with tau of every set.
        parts: per form its parts, each to be added up on its own; empty for tables.
        tables: per form whose parts hang together: minutes [r, grid] at ``grid`` durations.
        grid: durations of the tables.
        clusters: int64 [e], the cluster solved on the clock each event belongs to, -1 none.
        year: int64 [c], year of each cluster.
        cluster_minutes: [r, c], minutes out in it.
        crowded: bool [e], events that meet another one, added up as a union.
    """

    case: Case
    parts: tuple[tuple[Part, ...], ...]
    tables: dict[int, Floats]
    grid: Floats
    clusters: Numbers
    year: Numbers
    cluster_minutes: Floats
    crowded: Bools

    @property
    def tau(self) -> Floats:
        """[r, sets]."""
        return np.stack(self.case.taus, axis=1) if self.case.taus else np.zeros((self.case.rows.size, 0))


def solve(estate: Estate, hazards: Hazards, events: Events, *, worst: bool) -> Solved:
    """Return what every event does in one case."""
    compiled = estate.worst if worst else estate.best
    forms = [_levels(hazards, form) for form in events.forms]
    distinct = {
        id(nodes): nodes for levels in forms for level in levels for nodes in (_nodes(level, worst=worst),)
    }
    watched = np.zeros(compiled.plan.nodes, np.bool_)
    watched[estate.workload_nodes] = True
    struck = marks(compiled.plan.nodes, list(distinct.values()))
    plan = condense(prepare(compiled.plan), struck, watched=watched)
    case = Case.of(plan, estate.workload_nodes)
    small = {key: tuple(int(c) for c in np.unique(plan.of[nodes]) if c) for key, nodes in distinct.items()}
    parts = [_parts(case, levels, small, worst=worst) for levels in forms]
    case.solve()
    solver = _Clock(case=case, members=list(case.sets), parts=parts)
    several = {number: _spans(each, 0.0, 1.0) for number, each in enumerate(parts) if len(each) > 1}
    solver.foresee(several.values())
    grid = _grid(events)
    tables = solver.tables([number for number, spans in several.items() if solver.hang(spans)], grid)
    clusters, year, found, crowded = solver.clusters(events)
    return Solved(
        case=case,
        parts=tuple(() if number in tables else tuple(each) for number, each in enumerate(parts)),
        tables=tables,
        grid=grid,
        clusters=clusters,
        year=year,
        cluster_minutes=found,
        crowded=crowded,
    )


def _nodes(level: Level, *, worst: bool) -> NDArray[np.int64]:
    return level.possible if worst else level.sure


def _levels(hazards: Hazards, form: Form) -> list[Level]:
    """Return what a form puts out, coins fallen."""
    found = [
        level
        for at in (form.hazard, form.sibling)
        if at >= 0
        for level in hazards.hazards[at].levels
        if level.draw < 0 or form.hits >> level.draw & 1
    ]
    if form.site >= 0 and hazards.sites[form.site].size:
        nodes = hazards.sites[form.site]
        found.append(Level(offset=0.0, length=1.0, sure=nodes, possible=nodes))
    return found


def _parts(case: Case, levels: Sequence[Level], small: dict[int, Set], *, worst: bool) -> list[Part]:
    """Return a form's sets: levels of one window are one set, what nothing needs is left out."""
    windows: dict[tuple[float, float], set[int]] = {}
    for level in levels:
        failed = small[id(_nodes(level, worst=worst))]
        if failed and level.length > 0:
            windows.setdefault((level.offset, level.length), set()).update(failed)
    return [
        Part(offset=offset, length=length, failed=case.number(tuple(sorted(failed))))
        for (offset, length), failed in sorted(windows.items())
    ]


def _grid(events: Events) -> Floats:
    if not events.minutes.size:
        return np.ones(1)
    low, high = float(events.minutes.min()), float(events.minutes.max())
    return np.geomspace(max(low, 1e-3), max(high, low * 1.001), GRID)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """Solves on the clock what cannot be told from its parts."""

    case: Case
    members: list[Set]
    parts: Sequence[Sequence[Part]]
    joint: dict[Set, Floats] = field(default_factory=dict)

    def hang(self, spans: Sequence[Span]) -> bool:
        """Return whether sets out over these spans may take other minutes than the union of each one's.

        They do where those out at one moment take more than each alone. Where a standby is called in and
        something else takes the same workload, it may serve already or be lost: that is left to the clock.
        """
        return self._stood_by(spans) or any(
            bool((self._joint(some) > np.max([self.case.taus[each] for each in some], axis=0)).any())
            for some in _at_once(spans)
        )

    def foresee(self, asked: Iterable[Sequence[Span]]) -> None:
        """Solve what ``hang`` will ask about these, many sets at once."""
        open_ = (spans for spans in asked if not self._stood_by(spans))
        unions = {self._union(some) for spans in open_ for some in _at_once(spans)}
        new = sorted(unions - self.joint.keys() - self.case.sets.keys())
        for first in range(0, len(new), BLOCK):
            block = new[first : first + BLOCK]
            taus = _taus(self.case.machine.prepared, block, self.case.rows)
            self.joint.update(zip(block, taus, strict=True))

    def _stood_by(self, spans: Sequence[Span]) -> bool:
        """Return whether some of these take a row for a while only, which others take too."""
        taus = np.stack([self.case.taus[span.failed] for span in spans])
        hit = taus > 0
        return bool(((hit & np.isfinite(taus)).any(axis=0) & (hit.sum(axis=0) > 1)).any())

    def _union(self, numbers: Sequence[int]) -> Set:
        return tuple(sorted({node for number in numbers for node in self.members[number]}))

    def _joint(self, numbers: Sequence[int]) -> Floats:
        union = self._union(numbers)
        known = self.case.sets.get(union)
        return self.joint[union] if known is None else self.case.taus[known]

    def strikes(self, spans: Sequence[Span]) -> list[Strike]:
        """Return spans as a replay reads them; ``start`` of the first is the origin."""
        return [
            Strike(
                start=span.start - spans[0].start,
                minutes=span.end - span.start,
                nodes=np.array(self.members[span.failed], np.int64),
            )
            for span in spans
        ]

    def run(self, outages: Sequence[list[Strike]]) -> Floats:
        """Return the minutes [r, outages] of each."""
        found = [
            total(course.out[self.case.rows], course.onsets) for course in courses(self.case.machine, outages)
        ]
        return np.stack(found, axis=1) if found else np.zeros((self.case.rows.size, 0))

    def tables(self, forms: Sequence[int], grid: Floats) -> dict[int, Floats]:
        """Return by form minutes [r, grid] at each duration."""
        found = self.run(
            [
                self.strikes(_spans(self.parts[form], 0.0, float(duration)))
                for form in forms
                for duration in grid
            ]
        )
        return {form: found[:, at * grid.size : (at + 1) * grid.size] for at, form in enumerate(forms)}

    def clusters(self, events: Events) -> tuple[Numbers, Numbers, Floats, Bools]:
        """Find events that meet in time; solve on the clock those that hang together."""
        number = np.full(events.year.size, -1)
        crowded = np.zeros(events.year.size, np.bool_)
        years, outages = list[int](), list[list[Strike]]()
        met = [(chain, spans) for chain in _chains(events, self.parts) if (spans := self._met(events, chain))]
        self.foresee(spans for _, spans in met)
        for chain, spans in met:
            if not self.hang(spans):
                crowded[chain] = True
                continue
            number[chain] = len(years)
            years.append(int(events.year[chain[0]]))
            outages.append(self.strikes(spans))
        return number, np.array(years, np.int64), self.run(outages), crowded

    def _met(self, events: Events, chain: Numbers) -> list[Span]:
        """Return what is out in a run of events; nothing where at most one of them puts anything out."""
        some = [self.parts[events.form[at]] for at in chain]
        if sum(bool(parts) for parts in some) <= 1:
            return []
        return [
            span
            for at, parts in zip(chain, some, strict=True)
            for span in _spans(parts, float(events.start[at]), float(events.minutes[at]))
        ]


def _at_once(spans: Sequence[Span]) -> list[tuple[int, ...]]:
    """Return the sets of two and more that are out at one moment."""
    found = {
        tuple(sorted({each.failed for each in spans if each.start <= now < each.end}))
        for span in spans
        for now in (span.start, span.end)
    }
    return sorted(some for some in found if len(some) > 1)


def _spans(parts: Sequence[Part], start: float, duration: float) -> list[Span]:
    return [
        Span(
            start=start + part.offset * duration,
            end=start + (part.offset + part.length) * duration,
            failed=part.failed,
        )
        for part in parts
    ]


def _chains(events: Events, parts: Sequence[Sequence[Part]]) -> list[Numbers]:
    """Return runs of two and more events of a year, each beginning before all of those before it ended."""
    reach = np.array([max((part.offset + part.length for part in each), default=0.0) for each in parts])
    live = np.flatnonzero(reach[events.form] > 0) if reach.size else np.zeros(0, np.int64)
    if not live.size:
        return []
    year, start = events.year[live], events.start[live]
    end = start + reach[events.form[live]] * events.minutes[live]
    # Years are laid apart so far that no event reaches the next one.
    apart = float(end.max()) + 1.0
    last = np.maximum.accumulate(year * apart + end)
    fresh = np.ones(live.size, np.bool_)
    fresh[1:] = year[1:] * apart + start[1:] >= last[:-1]
    first = np.flatnonzero(fresh)
    size = np.diff(np.append(first, live.size))
    return [live[a : a + n] for a, n in zip(first[size > 1], size[size > 1], strict=True)]
