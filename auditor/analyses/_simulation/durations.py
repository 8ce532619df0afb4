"""How long outages of a class last: lognormal fits, with how well they fit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from auditor.kernels import Floats
from auditor.model.risk import DurationFit
from auditor.outages.schema import Impact, Outage, Plane, Severity

DEFAULT_SPREAD = 1.0
"""Standard deviation of log minutes where no class has two outages to tell it."""

PULL = 2
"""How many outages' worth the common spread of all classes weighs against a class's own."""

ENOUGH = 4
"""Outages from which on the goodness of a fit is told."""

LONGEST = 2.0
"""Durations are cut at so many times the longest outage of the record, and at ``UTMOST``."""

UTMOST = 180.0 * 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """Minutes of one outage, and whether it is only known to have lasted at least so long."""

    minutes: float
    at_least: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lognormal:
    """Minutes with ``log`` normally distributed around ``mu``."""

    mu: float
    sigma: float


def length(impact: Impact) -> float | None:
    """Return how long an impact lasted: between low and high the geometric mean, the low one if open."""
    low, high = impact.duration
    if low is None or high is None:
        return low
    return math.sqrt(low * high) if low > 0 else high / 2


def strikes(impact: Impact) -> bool:
    """Return whether an impact puts running things out."""
    return impact.severity is Severity.DOWN and impact.plane is not Plane.CONTROL


def headline(outage: Outage) -> Spell | None:
    """Return an outage's duration: of its longest impact on running things, else of its longest."""
    for chosen in ([each for each in outage.impacts if strikes(each)], outage.impacts):
        known = [(minutes, impact) for impact in chosen if (minutes := length(impact))]
        if known:
            minutes, impact = max(known, key=lambda pair: pair[0])
            return Spell(minutes=minutes, at_least=impact.duration[1] is None)
    return None


def fits(spells: Mapping[str, Sequence[Spell]]) -> dict[str, DurationFit]:
    """Return the fit of every class, sorted; a class without durations takes those of all.

    An outage known only to have lasted at least so long counts as what outages that long go on to last, by
    the fit of all whose end is known.
    """
    exact = [np.log([each.minutes for each in found if not each.at_least]) for found in spells.values()]
    everything = np.concatenate([np.zeros(0), *exact])
    centre = float(everything.mean()) if everything.size else math.log(60.0)
    common = _common_spread(exact)
    whole = float(everything.std(ddof=1)) if everything.size > 1 else common
    cut = longest(spells)
    found = {}
    for name in sorted(spells):
        logs = np.array([_log(each, centre, whole) for each in spells[name]])
        found[name] = _fit(name, spells[name], logs if logs.size else everything, common, cut)
    return found


def _log(spell: Spell, centre: float, spread: float) -> float:
    log = math.log(spell.minutes)
    if not spell.at_least or spread <= 0:
        return log
    a = (log - centre) / spread
    above = max(float(ndtr(-a)), 1e-12)
    return max(log, centre + spread * math.exp(-a * a / 2) / (math.sqrt(2 * math.pi) * above))


def lognormal(fit: DurationFit) -> Lognormal:
    """Return the distribution to draw from."""
    return Lognormal(mu=math.log(fit.median), sigma=fit.sigma)


def between(low: float, high: float) -> Lognormal:
    """Return the distribution of which 5 % lie below ``low`` and 5 % above ``high``."""
    return Lognormal(mu=math.log(low * high) / 2, sigma=math.log(high / low) / (2 * 1.6448536269514722))


def longest(spells: Mapping[str, Sequence[Spell]]) -> float:
    """Return the minutes beyond which durations are cut."""
    known = max((each.minutes for found in spells.values() for each in found), default=UTMOST)
    return min(LONGEST * known, UTMOST)


def cut_mean(mu: float, sigma: float, cut: float) -> float:
    """Return the mean of a lognormal whose values above ``cut`` count as ``cut``."""
    if sigma == 0:
        return min(math.exp(mu), cut)
    far = (math.log(cut) - mu) / sigma
    return math.exp(mu + sigma**2 / 2) * float(ndtr(far - sigma)) + cut * float(ndtr(-far))


def _common_spread(logs: list[Floats]) -> float:
    freedom = sum(max(each.size - 1, 0) for each in logs)
    squares = sum(float(((each - each.mean()) ** 2).sum()) for each in logs if each.size)
    return math.sqrt(squares / freedom) if freedom and squares else DEFAULT_SPREAD


def _fit(name: str, spells: Sequence[Spell], logs: Floats, common: float, cut: float) -> DurationFit:
    mu = float(logs.mean()) if logs.size else math.log(60.0)
    freedom = max(len(spells) - 1, 0)
    squares = float(((logs - mu) ** 2).sum()) if freedom else 0.0
    sigma = math.sqrt((PULL * common**2 + squares) / (PULL + freedom))
    statistic, p_value, distance = _goodness(logs) if len(spells) >= ENOUGH else (None, None, None)
    return DurationFit(
        fault_class=name,
        outages=len(spells),
        censored=sum(each.at_least for each in spells),
        median=round(math.exp(mu), 3),
        sigma=round(sigma, 4),
        mean=round(cut_mean(mu, sigma, cut), 3),
        anderson_darling=statistic,
        p_value=p_value,
        kolmogorov_smirnov=distance,
    )


def _goodness(logs: Floats) -> tuple[float | None, float | None, float | None]:
    """Return Anderson-Darling (corrected for two fitted parameters), its p-value, Kolmogorov-Smirnov."""
    n, spread = logs.size, float(logs.std(ddof=1))
    if spread == 0:
        return None, None, None
    below = np.clip(ndtr(np.sort((logs - logs.mean()) / spread)), 1e-12, 1 - 1e-12)
    rank = np.arange(1, n + 1)
    squared = -n - float(((2 * rank - 1) * (np.log(below) + np.log1p(-below[::-1]))).sum()) / n
    squared *= 1 + 0.75 / n + 2.25 / n**2
    distance = max(float((rank / n - below).max()), float((below - (rank - 1) / n).max()))
    return round(squared, 4), round(_p_value(squared), 4), round(distance, 4)


def _p_value(a: float) -> float:
    """D'Agostino and Stephens (1986), Goodness-of-Fit Techniques, table 4.9: normal, both unknown."""
    if a > 0.6:  # noqa: PLR2004 - bounds of the table
        return math.exp(1.2937 - 5.709 * a + 0.0186 * a * a)
    if a > 0.34:  # noqa: PLR2004 - bounds of the table
        return math.exp(0.9177 - 4.279 * a - 1.38 * a * a)
    if a > 0.2:  # noqa: PLR2004 - bounds of the table
        return 1 - math.exp(-8.318 + 42.796 * a - 59.938 * a * a)
    return 1 - math.exp(-13.436 + 101.14 * a - 223.73 * a * a)
