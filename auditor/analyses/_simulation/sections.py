"""The report's section on simulated years: figures, curve, what adds to it, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.analyses._text import percent, rough, span
from auditor.model.evidence import Range
from auditor.model.risk import (
    DurationFit,
    OutageRate,
    RiskFigure,
    RiskShare,
    Simulation,
    WorkloadRisk,
    YearlyLoss,
)
from auditor.model.section import (
    Bars,
    Block,
    Cell,
    Curve,
    Figure,
    Figures,
    Note,
    Section,
    Table,
    Tone,
)
from auditor.model.workload import Workload

ID = "simulation"
TITLE = "Simulated years"
TOLD = 12
"""Workloads, classes and axes shown; the JSON has all."""


def section(found: Simulation | None, workloads: Sequence[Workload]) -> Section:
    """Return the section; without a simulation it says why there is none."""
    if found is None:
        why = "No workloads were found" if not workloads else "No outages are known"
        note = Note(lines=(f"{why}, so no years can be simulated.",))
        return Section(id=ID, title=TITLE, blocks=(note,), brief=(note,))
    lead = _lead(found)
    blocks: tuple[Block, ...] = (
        lead,
        _label(found),
        *_curves(found),
        _workloads(found.workloads),
        *_bars(found),
        _rates(found.rates),
        _durations(found.durations),
        _basis(found),
    )
    return Section(id=ID, title=TITLE, blocks=blocks, brief=(_brief(found),), summary=_summary(found))


def _summary(found: Simulation) -> str:
    worst = max(found.workloads, key=lambda each: (each.minutes.expected.value[1], each.workload))
    return (
        f"In the model {worst.workload} is out {_minutes(worst.minutes.expected.value)} in the mean year, "
        f"and one year in a hundred more than {_minutes(worst.minutes.p99.value)} (a model, not a forecast)."
    )


def _label(found: Simulation) -> Note:
    line = f"A model, not a forecast: {_basis_of(found)}."
    return Note(lines=(line,), tone=Tone.CAUTION)


def _basis_of(found: Simulation) -> str:
    basis = f"outages on record {found.window[0][:4]}-{found.window[1][:4]}, famous ones only"
    if not found.durations:
        basis = "outages that were declared"
    return f"{found.years:,} years drawn (seed {found.seed}) from {basis}"


def _lead(found: Simulation) -> Figures:
    items = [_figure("Weighted minutes a year", found.weight_minutes, "")]
    items += [_figure(f"{code} a year", loss, f" {code}") for code, loss in found.money.items()]
    worst = max(found.workloads, key=lambda each: (each.chance[1], each.workload))
    items.append(
        Figure(
            label="Years with an outage",
            value=percent(worst.chance),
            detail=f"of {worst.workload}, the workload with most",
        )
    )
    return Figures(items=tuple(items))


def _brief(found: Simulation) -> Table:
    """Return what a year costs: the mean, and what one in twenty and one in a hundred goes beyond."""
    losses = [("Weighted minutes out", found.weight_minutes), *found.money.items()]
    columns = ("A year", "In the mean", "1 in 20 beyond", "1 in 100 beyond")
    return Table(
        columns=columns,
        rows=tuple(
            (Cell(text=name), *(Cell(text=rough(each.value)) for each in (loss.expected, loss.p95, loss.p99)))
            for name, loss in losses
        ),
        numeric=columns[1:],
        caption=f"{_basis_of(found)}.",
    )


def _figure(label: str, loss: YearlyLoss, unit: str) -> Figure:
    tail = "; ".join(
        f"{name} {_amount(each.value)}{unit}"
        for name, each in (("P50", loss.p50), ("P95", loss.p95), ("P99", loss.p99))
    )
    return Figure(label=label, value=_amount(loss.expected.value), detail=f"mean year; {tail}")


def _amount(bounds: Range) -> str:
    return span(_three(bounds), ",.0f")


def _minutes(bounds: Range) -> str:
    return span(_three(bounds), ",.0f", " min")


def _three(bounds: Range) -> Range:
    """Return bounds with three digits that count: more would be no knowledge."""
    low, high = (float(f"{bound:.3g}") for bound in bounds)
    return low, high


def _curves(found: Simulation) -> Sequence[Block]:
    points = [point for point in found.exceedance if point.weight_minutes.value[1] > 0]
    if not points:
        return []
    return [
        Curve(
            x=tuple(point.weight_minutes.value[case] for point in points),
            y=tuple(point.probability for point in points),
            x_label="Weighted minutes out in a year",
            y_label="Share of years beyond",
            caption=f"Loss exceedance, {name} case",
        )
        for case, name in enumerate(("best", "worst"))
        if points[-1].weight_minutes.value[case] > 0
    ] + [_exceedance(found)]


def _exceedance(found: Simulation) -> Table:
    codes = tuple(found.money)
    return Table(
        columns=("One year in", "Weighted minutes beyond", "Standard error", *codes),
        rows=tuple(
            (
                Cell(text=f"{1 / point.probability:,.0f}"),
                Cell(text=_amount(point.weight_minutes.value)),
                Cell(text=_error(point.weight_minutes)),
                *(Cell(text=_amount(point.money[code])) for code in codes),
            )
            for point in found.exceedance
        ),
        numeric=("One year in", "Weighted minutes beyond", "Standard error", *codes),
        caption="What is passed in one year of so many.",
    )


def _workloads(risks: Sequence[WorkloadRisk]) -> Table:
    ranked = sorted(risks, key=lambda each: (-each.minutes.expected.value[1], each.workload))[:TOLD]
    columns = (
        "Workload",
        "Mean year",
        "± s.e.",
        "Believed (90 %)",
        "P50",
        "P95",
        "P99",
        "Any outage",
        "Money, mean",
    )
    return Table(
        columns=columns,
        rows=tuple(_workload(each) for each in ranked),
        numeric=columns[1:],
        caption=f"Minutes out a year, best to worst case; {len(ranked)} of {len(risks)} workloads.",
    )


def _workload(risk: WorkloadRisk) -> tuple[Cell, ...]:
    minutes = risk.minutes
    money = ", ".join(f"{_amount(loss.expected.value)} {code}" for code, loss in risk.money.items()) or "-"
    return (
        Cell(text=risk.workload),
        Cell(text=_tenths(minutes.expected.value)),
        Cell(text=_error(minutes.expected)),
        Cell(text=_tenths(minutes.credible)),
        *(Cell(text=_amount(each.value)) for each in (minutes.p50, minutes.p95, minutes.p99)),
        Cell(text=percent(risk.chance)),
        Cell(text=money),
    )


def _tenths(bounds: Range) -> str:
    return span(bounds, ",.1f")


def _error(figure: RiskFigure) -> str:
    return f"{max(figure.error):,.1f}"


def _bars(found: Simulation) -> list[Block]:
    return [
        Bars(
            labels=tuple(each.name for each in some[:TOLD]),
            low=tuple(each.weight_minutes[0] for each in some[:TOLD]),
            high=tuple(each.weight_minutes[1] for each in some[:TOLD]),
            unit="min",
            caption=caption,
        )
        for some, caption in (
            (found.by_axis, "Weighted minutes of the mean year, by what is struck"),
            (found.by_class, "Weighted minutes of the mean year, by class of outage"),
        )
        if _some(some)
    ]


def _some(shares: Sequence[RiskShare]) -> bool:
    return any(each.weight_minutes[1] > 0 for each in shares)


def _rates(rates: Sequence[OutageRate]) -> Table:
    columns = (
        "Class",
        "Strikes",
        "Of",
        "Outages",
        "Domain-years",
        "Per domain and year",
        "90 %",
        "Yours a year",
    )
    return Table(
        columns=columns,
        rows=tuple(
            (
                Cell(text=each.fault_class),
                Cell(text=each.axis),
                Cell(text=each.provider or "all"),
                Cell(text="declared" if each.declared else f"{each.outages}"),
                Cell(text="-" if each.declared else f"{each.domain_years:,.0f}"),
                Cell(text=f"{each.per_year:.2g}"),
                Cell(text=f"{each.credible[0]:.2g}-{each.credible[1]:.2g}"),
                Cell(text=f"{each.here:.2g}", detail=f"{each.places} places of this estate"),
            )
            for each in rates
        ),
        numeric=columns[3:],
        caption="How often: outages of the record over domains and years, famous ones only.",
    )


def _durations(fits: Sequence[DurationFit]) -> Table:
    columns = (
        "Class",
        "Outages",
        "At least",
        "Median min",
        "Spread",
        "Anderson-Darling",
        "p",
        "Kolmogorov-Smirnov",
    )
    return Table(
        columns=columns,
        rows=tuple(
            (
                Cell(text=each.fault_class),
                Cell(text=f"{each.outages}"),
                Cell(text=f"{each.censored}", detail="known only to have lasted at least so long"),
                Cell(text=f"{each.median:,.0f}"),
                Cell(text=f"{each.sigma:.2f}"),
                *(
                    Cell(text="too few" if value is None else f"{value:.2f}")
                    for value in (each.anderson_darling, each.p_value, each.kolmogorov_smirnov)
                ),
            )
            for each in fits
        ),
        numeric=columns[1:],
        caption="How long: lognormal per class; a small p means that it fits badly.",
    )


def _basis(found: Simulation) -> Note:
    solved = (
        f"{found.events_per_year:.3g} events a year strike something these workloads need; "
        f"{found.scenarios:,} distinct sets of failed domains were solved, {found.overlapping:,} groups of "
        "events together."
    )
    lines = [
        f"Window: {found.window[0]} to {found.window[1]}. {found.bias}" if found.durations else found.bias,
        found.prior,
        "Durations: an outage's windows are stretched together to a length drawn for its class.",
        *(
            f"{each.scope} comes along with probability {each.probability:.2g} "
            f"({each.credible[0]:.2g}-{each.credible[1]:.2g}; {each.seen} of {each.of} on record)."
            for each in found.correlations
        ),
        solved,
    ]
    if not any(each.declared for each in found.rates):
        lines.append(
            "Lesser outages are not in the record and none are assumed: declare what you live through under "
            "[[simulation.lesser]]."
        )
    return Note(lines=tuple(lines), bulleted=True)
