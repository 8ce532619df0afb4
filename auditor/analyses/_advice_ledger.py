"""What a change costs a year, and what outage it removes a year: never invented, null where nobody knows.

Exposure is a first-order estimate: the time each failure domain is out by the record of outages, or as
declared, counted in full for every workload that it alone takes, before less after. Domains out together
and delays below a workload's limit are left out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import polars as pl

from auditor.analyses._advice_outcome import Outcome, Scales
from auditor.analyses._advice_states import Nodes
from auditor.analyses._changes import Proposal
from auditor.analyses._cutsets_rates import YEAR, unavailability
from auditor.analyses._gauge import Shares
from auditor.analyses._simulation.durations import between
from auditor.config import Settings
from auditor.config.settings import LesserOutages
from auditor.estate.graph import Estate
from auditor.estate.support import is_support
from auditor.model.change import YearlyCost, YearlyExposure
from auditor.model.domain import BOUND_AXES, axis_of
from auditor.model.efforts import kinds
from auditor.model.evidence import Range
from auditor.outages.schema import Outage

HOUR = 60.0
MONTHS = 12.0
NAMED = 5
"""Domains without a rate that are told by name."""

DECLARED = "declared under [advice.cost_per_year]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What is known of costs and of rates.

    Attributes:
        settings: what was declared.
        outages, lesser: what rates come from.
        minutes: float64 [domains of the scales], out a year; NaN where nobody knows.
        revenue: by currency, float64 [workloads], an hour.
        monthly: float64 [resources], cost a month; NaN where nobody knows, 0 for what only serves others and
            has no cost of its own. None where no cost is known at all.
    """

    settings: Settings
    outages: Mapping[str, Outage]
    minutes: Shares
    revenue: Mapping[str, Shares]
    monthly: Shares | None

    @classmethod
    def of(cls, scales: Scales, settings: Settings, outages: Mapping[str, Outage]) -> Ledger:
        """Return the ledger of an estate."""
        estate = scales.ground.estate
        names = [estate.names[node] for node in scales.nodes]
        return cls(
            settings=settings,
            outages=outages,
            minutes=_minutes(names, outages, settings.simulation.lesser),
            revenue=_revenue(estate),
            monthly=_monthly(estate),
        )

    def exposure(self, scales: Scales, outcomes: Sequence[Outcome]) -> YearlyExposure | None:
        """Return what changes that are apart from each other remove a year; None where no rate is known."""
        cases, unrated, rated = [], dict[str, None](), False
        for best in (True, False):
            total = np.zeros(len(scales.ground.estate.workloads))
            for each in outcomes:
                losses, gone = self._gone(scales, each, best=best)
                changed = losses[gone.any(axis=0)]
                known = ~np.isnan(self.minutes[changed])
                unrated |= dict.fromkeys(_narrow(scales, changed[~known]))
                rated = rated or bool(known.any())
                minutes = np.nan_to_num(self.minutes[losses])
                total[each.affected] += gone @ minutes - self._added(each, best=best)
            cases.append(total)
        if not rated:
            return None
        return YearlyExposure(
            minutes=_span(float(case.sum()) for case in cases),
            money={
                code: _span(float(case @ hourly) / HOUR for case in cases)
                for code, hourly in self.revenue.items()
                if any(case[hourly > 0].any() for case in cases)
            },
            unrated=tuple(unrated)[:NAMED],
        )

    def _gone(self, scales: Scales, outcome: Outcome, *, best: bool) -> tuple[Nodes, Shares]:
        """Return losses, and float64 [affected, losses] what each takes no more (-1: newly takes)."""
        before, after = (scales.best, outcome.best) if best else (scales.worst, outcome.worst)
        return after.losses, after.before(before, outcome.affected).astype(np.float64) - after.lost

    def _added(self, outcome: Outcome, *, best: bool) -> Shares:
        """Return minutes a year [affected] from domains that the change brings in."""
        table = outcome.fresh_best if best else outcome.fresh_worst
        if not table.any():
            return np.zeros(outcome.affected.size)
        minutes = _minutes(outcome.fresh, self.outages, self.settings.simulation.lesser)
        return np.asarray(table.astype(np.float64) @ np.nan_to_num(minutes))

    def cost(self, proposals: Sequence[Proposal]) -> YearlyCost | None:
        """Return what changes cost a year together; None where nothing is known, or currencies differ."""
        found = [self._cost(each) for each in proposals]
        known = [each for each in found if each is not None]
        if not known or len({each.currency for each in known}) > 1:
            return None
        highs = [None if each is None else each.amount[1] for each in found]
        lows = [each.amount[0] or 0.0 for each in known]
        return YearlyCost(
            currency=known[0].currency,
            amount=(sum(lows), None if None in highs else sum(high or 0.0 for high in highs)),
            origin="; ".join(dict.fromkeys(each.origin for each in known)),
        )

    def _cost(self, proposal: Proposal) -> YearlyCost | None:
        advice, currency = self.settings.advice, self.settings.report.currency
        declared = advice.cost_per_year.get(proposal.kind)
        if declared is not None and (advice.currency or currency):
            return YearlyCost(currency=advice.currency or currency or "", amount=declared, origin=DECLARED)
        if self.monthly is None or currency is None or not kinds()[proposal.kind].copies:
            return None
        monthly = self.monthly[list(proposal.copied)]
        known = monthly[~np.isnan(monthly)]
        if not known.any():
            return None
        low, high = advice.cost_of_copy.get(proposal.kind, (1.0, 1.0))
        year = MONTHS * float(known.sum())
        return YearlyCost(
            currency=currency,
            amount=(round(low * year, 2), round(high * year, 2) if known.size == monthly.size else None),
            origin=f"what {known.size:,} of {monthly.size:,} copied resources cost (monthly_cost)",
        )


def worth(exposure: YearlyExposure | None, cost: YearlyCost | None) -> Range | None:
    """Return money removed by money spent, where both are known in one currency."""
    if exposure is None or cost is None or cost.currency not in exposure.money:
        return None
    low, high = cost.amount
    removed = exposure.money[cost.currency]
    if not low or high is None or removed[0] < 0:
        return None
    return round(removed[0] / high, 6), round(removed[1] / low, 6)


def _minutes(names: Sequence[str], outages: Mapping[str, Outage], lesser: Iterable[LesserOutages]) -> Shares:
    """Return minutes out a year per domain: by the record, and as declared; NaN where neither says."""
    shares = unavailability(outages, names)
    found = np.array([shares.get(name, math.nan) for name in names], np.float64) * YEAR
    for declared in lesser:
        spell = between(*declared.minutes)
        mean = math.exp(spell.mu + spell.sigma**2 / 2)
        for at, name in enumerate(names):
            if axis_of(name) is declared.axis and fnmatchcase(name, declared.domain):
                found[at] = np.nan_to_num(found[at]) + declared.per_year * declared.share * mean
    return found


def _revenue(estate: Estate) -> dict[str, Shares]:
    found: dict[str, Shares] = {}
    for at, workload in enumerate(estate.workloads):
        if workload.revenue_per_hour and workload.currency:
            found.setdefault(workload.currency, np.zeros(len(estate.workloads)))[at] = (
                workload.revenue_per_hour
            )
    return dict(sorted(found.items()))


def _monthly(estate: Estate) -> Shares | None:
    costs = estate.inventory.fact_frame("monthly_cost")
    if not costs.height:
        return None
    found = np.where(is_support(estate.inventory).to_numpy(), 0.0, math.nan)
    found[costs["resource"].to_numpy()] = costs["value"].cast(pl.Float64).to_numpy()
    return found


def _narrow(scales: Scales, which: Nodes) -> list[str]:
    """Return the names of these domains, without those that only bound what narrower ones take."""
    names = (scales.ground.estate.names[node] for node in scales.nodes[which])
    return [name for name in names if axis_of(name) not in BOUND_AXES]


def _span(values: Iterable[float]) -> Range:
    low, high = sorted(round(value, 6) + 0.0 for value in values)
    return low, high
