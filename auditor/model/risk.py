"""What simulated outage years say: figures with their errors, and the record they rest on.

Ranges are (best, worst) case; minutes are minutes out.
"""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.evidence import Range


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskFigure:
    """One simulated number, (best, worst) case, and the standard error that comes from sampling years."""

    value: Range
    error: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyLoss:
    """What a year takes, in the unit its owner names.

    ``expected`` is the mean year; ``p50``, ``p95``, ``p99`` are not passed in that share of years.
    ``credible`` holds the expected year with 90 % probability, given how little the record tells about rates.
    """

    expected: RiskFigure
    p50: RiskFigure
    p95: RiskFigure
    p99: RiskFigure
    credible: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadRisk:
    """One workload in simulated years: minutes out, money lost, share of years with any outage."""

    workload: str
    minutes: YearlyLoss
    money: dict[str, YearlyLoss]
    chance: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceedancePoint:
    """What is passed in ``probability`` of the years: criticality weight x minutes, and money."""

    probability: float
    weight_minutes: RiskFigure
    money: dict[str, Range]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutageRate:
    """How often one class strikes one domain of an axis.

    ``outages`` were seen in ``domain_years``, among ``domains``; ``per_year`` is the posterior mean by domain
    and year, ``credible`` its 90 % interval. ``places`` are this estate's domains it can strike and ``here``
    the events a year expected at them. A rate that the user declared has no record behind it.
    """

    fault_class: str
    axis: str
    provider: str
    declared: bool
    outages: int
    domains: int
    domain_years: float
    per_year: float
    credible: Range
    places: int
    here: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DurationFit:
    """A lognormal fitted to the minutes of one class.

    ``censored`` of the ``outages`` are known only to have lasted at least so long. ``sigma`` is the spread
    used, drawn towards that of all classes. ``anderson_darling`` (corrected for the fitted parameters) and
    ``kolmogorov_smirnov`` say how well it fits, None below four outages; ``p_value`` belongs to the first.
    """

    fault_class: str
    outages: int
    censored: int
    median: float
    sigma: float
    mean: float
    anderson_darling: float | None
    p_value: float | None
    kolmogorov_smirnov: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlation:
    """How often a failure of one place takes another along: ``seen`` of ``of`` outages; a Beta posterior."""

    scope: str
    seen: int
    of: int
    probability: float
    credible: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskShare:
    """What one axis or one outage class adds to the expected year, criticality weight x minutes."""

    name: str
    weight_minutes: Range
    share: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """Simulated outage years: a model of what the record implies for today's estate, not a forecast.

    Attributes:
        kind: always ``model, not forecast``.
        years, seed: how many years, and what they were drawn from.
        window: first and last day of the record the rates come from.
        events_per_year: outages a year that strike anything this estate needs.
        scenarios: distinct sets of failed domains that were solved.
        overlapping: groups of events that met in time and were solved together.
        prior: what rates and shares were believed to be before the record.
        bias: what the record leaves out.
        weight_minutes: criticality weight x minutes out, all workloads.
        money: by currency, all workloads that declare revenue.
    """

    kind: str
    years: int
    seed: int
    window: tuple[str, str]
    events_per_year: float
    scenarios: int
    overlapping: int
    prior: str
    bias: str
    weight_minutes: YearlyLoss
    money: dict[str, YearlyLoss]
    workloads: tuple[WorkloadRisk, ...]
    exceedance: tuple[ExceedancePoint, ...]
    by_axis: tuple[RiskShare, ...]
    by_class: tuple[RiskShare, ...]
    rates: tuple[OutageRate, ...]
    durations: tuple[DurationFit, ...]
    correlations: tuple[Correlation, ...]
