"""Minutes of single events to what years take: per workload, in sum, by class of outage.

Workloads that every event treats alike are added up once. The years' sums are exact for the years drawn; what
drawing leaves open is told as a standard error beside each figure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from auditor.analyses._simulation.draw import Events, Numbers
from auditor.analyses._simulation.solve import Solved
from auditor.kernels import Bools, Floats
from auditor.kernels.order import ranges

QUANTILES = (0.50, 0.95, 0.99)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number and its standard error."""

    value: float
    error: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A distribution over years: its mean and quantiles."""

    expected: Estimate
    quantiles: tuple[Estimate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One kind of workload: its years, share of years with an outage, expected minutes by label."""

    figures: Figures
    chance: float
    by_label: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One case added up.

    Attributes:
        rows: what each distinct kind of workload suffers.
        row: int64 [w], which of them each workload is.
        totals: [v, years], per weighting the sum of all workloads.
    """

    rows: tuple[Row, ...]
    row: Numbers
    totals: Floats


def quantile(ordered: Floats, share: float, years: int) -> Estimate:
    """Return a quantile over ``years`` years of which ``ordered`` are those above zero, ascending.

    Its standard error is half the distance of the order statistics one binomial deviation away.
    """

    def at(rank: float) -> float:
        place = min(max(math.ceil(rank - 1e-9), 1), years) - 1 - (years - ordered.size)
        return float(ordered[place]) if place >= 0 else 0.0

    rank, step = share * years, math.sqrt(years * share * (1 - share))
    return Estimate(value=at(rank), error=(at(rank + step) - at(rank - step)) / 2)


def mean(values: Floats) -> Estimate:
    """Return the mean over years."""
    spread = float(values.std(ddof=1)) if values.size > 1 else 0.0
    return Estimate(value=float(values.mean()), error=spread / math.sqrt(values.size))


def figures(values: Floats) -> Figures:
    """Return mean and quantiles of a value per year."""
    ordered = np.sort(values[values > 0])
    return Figures(
        expected=mean(values),
        quantiles=tuple(quantile(ordered, share, values.size) for share in QUANTILES),
    )


def tally(
    solved: Solved, events: Events, label: Numbers, *, labels: int, years: int, weights: Floats
) -> Tally:
    """Add up one case.

    Args:
        solved: what every event does.
        events: the events.
        label: [e], what each event is booked under.
        labels: how many there are; the last one is for events of several labels solved together.
        years: how many years were drawn.
        weights: [v, w], what a minute of each workload counts, in each of v weightings.
    """
    ledger = _Ledger.of(solved, events, label, labels=labels, years=years)
    alike: dict[bytes, list[int]] = {}
    for at in range(solved.case.rows.size):
        alike.setdefault(ledger.key(at), []).append(at)
    totals = np.zeros((weights.shape[0], years))
    rows: list[Row] = []
    row_of = np.zeros(solved.case.rows.size, np.int64)
    for number, same in enumerate(alike.values()):
        row_of[same] = number
        values, by_label = ledger.add_up(same[0])
        rows.append(
            Row(figures=figures(values), chance=float((values > 0).mean()), by_label=by_label / years)
        )
        weight = weights[:, np.isin(solved.case.row_of, same)].sum(axis=1)
        for each in np.flatnonzero(weight) if rows[-1].chance else ():
            totals[each] += weight[each] * values
    return Tally(rows=tuple(rows), row=row_of[solved.case.row_of], totals=totals)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    """Sets of failed nodes on the clock, one entry each, in the order asked for."""

    year: Numbers
    start: Floats
    length: Floats
    failed: Numbers
    label: Numbers

    def take(self, index: Numbers) -> _Pieces:
        return _Pieces(
            year=self.year[index],
            start=self.start[index],
            length=self.length[index],
            failed=self.failed[index],
            label=self.label[index],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ledger:
    """What happened, in four books: events on their own, those that meet, tabulated ones, clusters.

    ``alone`` is ordered by set, those of set i being first[i]:first[i + 1]; ``meeting`` by time.
    """

    solved: Solved
    years: int
    labels: int
    tau: Floats
    alone: _Pieces
    first: Numbers
    meeting: _Pieces
    tabled: tuple[tuple[int, Numbers], ...]
    events: Events
    label: Numbers
    cluster_label: Numbers

    @classmethod
    def of(cls, solved: Solved, events: Events, label: Numbers, *, labels: int, years: int) -> _Ledger:
        tau = solved.tau
        pieces, meets = _pieces(solved, events, label)
        alone = pieces.take(np.argsort(np.where(meets, tau.shape[1], pieces.failed), kind="stable"))
        count = np.bincount(pieces.failed[~meets], minlength=tau.shape[1])
        crowd = np.flatnonzero(meets)
        crowd = crowd[np.lexsort((pieces.start[crowd], pieces.year[crowd]))]
        free = np.flatnonzero(solved.clusters < 0)
        by_form = {form: free[events.form[free] == form] for form in solved.tables}
        return cls(
            solved=solved,
            years=years,
            labels=labels,
            tau=tau,
            alone=alone,
            first=np.concatenate([np.zeros(1, np.int64), np.cumsum(count)]),
            meeting=pieces.take(crowd),
            tabled=tuple(by_form.items()),
            events=events,
            label=label,
            cluster_label=_cluster_labels(solved, label, labels),
        )

    def key(self, row: int) -> bytes:
        """Return what decides a row's minutes: equal keys, equal years."""
        tables = [self.solved.tables[form][row] for form, _ in self.tabled]
        return np.concatenate([self.tau[row], *tables, self.solved.cluster_minutes[row]]).tobytes()

    def add_up(self, row: int) -> tuple[Floats, Floats]:
        """Return minutes by year and by label."""
        books = [self._alone(row), self._meeting(row), self._clusters(row), *self._tabled(row)]
        year, label, minutes = (np.concatenate(column) for column in zip(*books, strict=True))
        return (
            np.bincount(year, minutes, minlength=self.years).astype(np.float64, copy=False),
            np.bincount(label, minutes, minlength=self.labels).astype(np.float64, copy=False),
        )

    def _alone(self, row: int) -> tuple[Numbers, Numbers, Floats]:
        hit = np.flatnonzero(self.tau[row] > 0)
        at = ranges(self.first[hit], self.first[hit + 1])
        minutes = np.minimum(self.alone.length[at], self.tau[row][self.alone.failed[at]])
        return self.alone.year[at], self.alone.label[at], minutes

    def _meeting(self, row: int) -> tuple[Numbers, Numbers, Floats]:
        """Return what each piece adds to the union of those before it."""
        tau = self.tau[row][self.meeting.failed]
        at = np.flatnonzero(tau > 0)
        year, start = self.meeting.year[at], self.meeting.start[at]
        end = start + np.minimum(self.meeting.length[at], tau[at])
        if not at.size:
            return year, self.meeting.label[at], end
        apart = float(end.max()) + 1.0
        before = np.concatenate([[-np.inf], np.maximum.accumulate(year * apart + end)[:-1]]) - year * apart
        return year, self.meeting.label[at], np.maximum(end - np.maximum(start, before), 0.0)

    def _clusters(self, row: int) -> tuple[Numbers, Numbers, Floats]:
        return self.solved.year, self.cluster_label, self.solved.cluster_minutes[row]

    def _tabled(self, row: int) -> list[tuple[Numbers, Numbers, Floats]]:
        return [
            (
                self.events.year[at],
                self.label[at],
                np.interp(self.events.minutes[at], self.solved.grid, self.solved.tables[form][row]),
            )
            for form, at in self.tabled
        ]


def _pieces(solved: Solved, events: Events, label: Numbers) -> tuple[_Pieces, Bools]:
    """Return the parts of all events outside clusters, and which of them meet another one."""
    count = np.array([len(parts) for parts in solved.parts], np.int64)
    first = np.cumsum(count) - count
    flat = [part for parts in solved.parts for part in parts]
    offset = np.array([part.offset for part in flat])
    length = np.array([part.length for part in flat])
    failed = np.array([part.failed for part in flat], np.int64)
    chosen = np.flatnonzero(solved.clusters < 0)
    form = events.form[chosen]
    owner = np.repeat(chosen, count[form]) if count.size else chosen
    part = ranges(first[form], first[form] + count[form]) if count.size else chosen
    duration = events.minutes[owner]
    pieces = _Pieces(
        year=events.year[owner],
        start=events.start[owner] + offset[part] * duration,
        length=length[part] * duration,
        failed=failed[part],
        label=label[owner],
    )
    return pieces, solved.crowded[owner] | (count[events.form[owner]] > 1 if count.size else False)


def _cluster_labels(solved: Solved, label: Numbers, labels: int) -> Numbers:
    inside = np.flatnonzero(solved.clusters >= 0)
    low = np.full(solved.year.size, labels)
    high = np.full(solved.year.size, -1)
    np.minimum.at(low, solved.clusters[inside], label[inside])
    np.maximum.at(high, solved.clusters[inside], label[inside])
    return np.where(low == high, low, labels - 1)
