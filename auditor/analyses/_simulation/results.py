"""From both cases added up to what the audit says about a year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from auditor.analyses._simulation.hazards import Group, Hazards
from auditor.analyses._simulation.record import WIDTH, rate
from auditor.analyses._simulation.tally import Estimate, Figures, Tally, figures, quantile
from auditor.kernels import Floats
from auditor.model.domain import Axis
from auditor.model.risk import (
    ExceedancePoint,
    OutageRate,
    RiskFigure,
    RiskShare,
    WorkloadRisk,
    YearlyLoss,
)
from auditor.model.workload import Workload

TOGETHER = "several at once"
"""Booked under: events of several classes that hang together."""

DRAWS = 4000
"""Rates drawn from their posteriors for the credible interval of an expected year."""

PROBABILITIES = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001)
"""Shares of years told in the exceedance curve, as far as ten sampled years lie beyond."""

BEYOND = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What minutes are booked under."""

    fault_class: str
    axis: str


def labels(hazards: Hazards) -> tuple[Label, ...]:
    """Return one label per group, the same again for events that took another provider's site, one more."""
    own = tuple(Label(fault_class=group.fault_class, axis=group.axis.value) for group in hazards.groups)
    metro = tuple(Label(fault_class=each.fault_class, axis=Axis.METRO.value) for each in own)
    return (*own, *metro, Label(fault_class=TOGETHER, axis=TOGETHER))


def weightings(workloads: Sequence[Workload]) -> tuple[Floats, tuple[str, ...]]:
    """Return what a minute counts, [v, w]: criticality weight, then money by currency; the currencies."""
    codes = tuple(sorted({each.currency for each in workloads if _pays(each) and each.currency}))
    rows = [[each.weight for each in workloads]]
    rows += [[_per_minute(each) if each.currency == code else 0.0 for each in workloads] for code in codes]
    return np.array(rows, np.float64).reshape(len(rows), len(workloads)), codes


def _pays(workload: Workload) -> bool:
    return workload.revenue_per_hour is not None and workload.currency is not None


def _per_minute(workload: Workload) -> float:
    return (workload.revenue_per_hour or 0.0) / 60


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Tells both cases; ``rates`` [labels, draws] are posterior rates over their means."""

    best: Tally
    worst: Tally
    rates: Floats
    years: int

    @cached_property
    def _believed(self) -> tuple[Floats, Floats]:
        """Bounds of the expected year of every row of each case, [rows, 2]."""
        best, worst = (
            np.array([self._credible(row.by_label) for row in case.rows]) for case in (self.best, self.worst)
        )
        return best, worst

    def workload(self, at: int, workload: Workload) -> WorkloadRisk:
        """Return one workload's years."""
        places = (int(self.best.row[at]), int(self.worst.row[at]))
        rows = (self.best.rows[places[0]], self.worst.rows[places[1]])
        believed = [
            (float(case[place, 0]), float(case[place, 1]))
            for case, place in zip(self._believed, places, strict=True)
        ]
        money = {workload.currency: _per_minute(workload)} if _pays(workload) and workload.currency else {}
        return WorkloadRisk(
            workload=workload.name,
            minutes=_loss([row.figures for row in rows], believed, 1.0),
            money={
                code: _loss([row.figures for row in rows], believed, factor) for code, factor in money.items()
            },
            chance=ordered(round(row.chance, 6) for row in rows),
        )

    def total(self, weighting: int, weights: Floats) -> YearlyLoss:
        """Return the years of all workloads in one weighting."""
        cases = (self.best, self.worst)
        credible = [self._credible(self.by_label(case, weights)) for case in cases]
        return _loss([figures(case.totals[weighting]) for case in cases], credible, 1.0)

    def by_label(self, case: Tally, weights: Floats) -> Floats:
        """Return the expected year of all workloads by label."""
        table = np.stack([row.by_label for row in case.rows])
        return np.asarray(np.bincount(case.row, weights, minlength=len(case.rows)) @ table)

    def _credible(self, by_label: Floats) -> tuple[float, float]:
        drawn = by_label @ self.rates
        low, high = np.quantile(drawn, WIDTH)
        return float(low), float(high)

    def exceedance(self, codes: Sequence[str]) -> tuple[ExceedancePoint, ...]:
        """Return the loss-exceedance curve, as far as enough sampled years lie beyond."""
        sorted_years = [
            [np.sort(years[years > 0]) for years in case.totals] for case in (self.best, self.worst)
        ]
        found = []
        for chance in PROBABILITIES:
            if chance * self.years < BEYOND:
                break
            points = [
                [quantile(ordered_, 1 - chance, self.years) for ordered_ in case] for case in sorted_years
            ]
            found.append(
                ExceedancePoint(
                    probability=chance,
                    weight_minutes=_figure([points[0][0], points[1][0]], 1.0),
                    money={
                        code: ordered(round(case[at].value, 2) for case in points)
                        for at, code in enumerate(codes, start=1)
                    },
                )
            )
        return tuple(found)

    def shares(self, names: Sequence[str], weights: Floats) -> tuple[RiskShare, ...]:
        """Return what each name adds to the expected year, largest first; labels of one name are one."""
        cases = [self.by_label(case, weights) for case in (self.best, self.worst)]
        sums = {
            name: [float(sum(case[at] for at, other in enumerate(names) if other == name)) for case in cases]
            for name in sorted(set(names))
        }
        wholes = [float(case.sum()) for case in cases]
        found = [
            RiskShare(
                name=name,
                weight_minutes=ordered(round(each, 4) for each in sums[name]),
                share=ordered(
                    round(each / whole, 6) if whole else 0.0
                    for each, whole in zip(sums[name], wholes, strict=True)
                ),
            )
            for name in sums
            if max(sums[name]) > 0
        ]
        return tuple(sorted(found, key=lambda each: (-each.weight_minutes[1], each.name)))


def posterior(groups: Sequence[Group], *, count: int, seed: int) -> Floats:
    """Return posterior draws of rates over their means, [labels, DRAWS]; 1 where nothing is open."""
    rng = np.random.default_rng([seed, count])
    drawn = np.ones((count, DRAWS))
    for at, group in enumerate(groups):
        if group.shape:
            drawn[at] = drawn[at + len(groups)] = rng.gamma(group.shape, 1 / group.shape, DRAWS)
    return drawn


def rates(groups: Iterable[Group]) -> tuple[OutageRate, ...]:
    """Return how often each class strikes, for the reader."""
    found = []
    for group in groups:
        credible = rate(group.outages, group.domain_years)[1] if group.shape else (group.per_year,) * 2
        found.append(
            OutageRate(
                fault_class=group.fault_class,
                axis=group.axis.value,
                provider=group.provider,
                declared=not group.shape,
                outages=group.outages,
                domains=group.domains,
                domain_years=group.domain_years,
                per_year=_short(group.per_year),
                credible=(_short(credible[0]), _short(credible[1])),
                places=group.places,
                here=_short(group.per_year * group.places),
            )
        )
    return tuple(found)


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _loss(cases: Sequence[Figures], credible: Sequence[tuple[float, float]], factor: float) -> YearlyLoss:
    p50, p95, p99 = (
        _figure([case.quantiles[at] for case in cases], factor) for at in range(len(cases[0].quantiles))
    )
    return YearlyLoss(
        expected=_figure([case.expected for case in cases], factor),
        p50=p50,
        p95=p95,
        p99=p99,
        credible=(
            round(factor * min(each[0] for each in credible), 4),
            round(factor * max(each[1] for each in credible), 4),
        ),
    )


def _figure(cases: Sequence[Estimate], factor: float) -> RiskFigure:
    low, high = sorted(cases, key=lambda each: each.value)
    return RiskFigure(
        value=(round(factor * low.value, 4), round(factor * high.value, 4)),
        error=(round(factor * low.error, 4), round(factor * high.error, 4)),
    )


def ordered(values: Iterable[float]) -> tuple[float, float]:
    """Return two bounds, the smaller first."""
    low, high = sorted(values)
    return low, high
