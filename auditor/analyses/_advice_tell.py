"""How advice is told: one table, costs and exposure beside each other where they are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.analyses._cutsets_rates import BIAS
from auditor.analyses._text import named, percent, rough, span
from auditor.model.change import Change, YearlyCost, YearlyExposure
from auditor.model.efforts import classes
from auditor.model.evidence import Range
from auditor.model.section import Block, Cell, Note, Section, Table, Tone

SHOWN = 40
SHOWN_IN_BRIEF = 3
NAMED = 5
"""Losses that a row names as broken besides."""

HOUR = 60.0


def section(found: tuple[Change, ...], units: Mapping[str, float], *, by_cost: bool) -> Section:
    """Return the section; ``by_cost`` says that changes are ordered by cost, not by ``units`` of effort."""
    title = "What to change first"
    if not found:
        lines = ("No single change was found that breaks a worst single loss.",)
        return Section(id="advice", title=title, blocks=(Note(lines=lines, tone=Tone.PLAIN),))
    blocks: tuple[Block, ...] = (_table(found, by_cost=by_cost), Note(lines=tuple(_notes(found, units))))
    many = f"{len(found):,} changes break" if len(found) > 1 else "One change breaks"
    order = "cost" if by_cost else "effort"
    return Section(
        id="advice",
        title=title,
        blocks=blocks,
        brief=(_brief(found[:SHOWN_IN_BRIEF]),),
        summary=f"{many} a worst single loss; those that remove most per {order} first.",
    )


def _brief(found: tuple[Change, ...]) -> Table:
    priced = any(each.cost is not None for each in found)
    costs = ("Costs a year",) if priced else ()
    return Table(
        columns=("Change", "Removes", "Effort", *costs),
        rows=tuple(
            (
                Cell(text=against(each.change, each.domain)),
                Cell(text=percent(each.removes), tone=Tone.GOOD),
                Cell(text=each.effort),
                *([Cell(text=costs_a_year(each.cost) if each.cost else "-")] if priced else []),
            )
            for each in found
        ),
        numeric=("Removes", *costs),
        caption="" if priced else "No cost is declared: [advice.cost_per_year] in auditor.toml.",
    )


def against(change: str, domain: str) -> str:
    """Return a change with the loss it is made against, unless its own words name that."""
    return change if domain.partition(":")[2] in change else f"{change} (against {domain})"


def _table(found: tuple[Change, ...], *, by_cost: bool) -> Table:
    priced = any(each.cost is not None for each in found)
    rated = any(each.exposure is not None for each in found)
    yearly = [*(["Removes a year"] if rated else []), *(["Costs a year"] if priced else [])]
    shown = f"; {SHOWN} of {len(found):,} shown" if len(found) > SHOWN else ""
    order = "cost" if by_cost else "effort"
    return Table(
        columns=(
            *("Change", "Against", "Removes", "Effort", "Points"),
            *yearly,
            *("Does not fix", "Taken for granted", "Mind"),
        ),
        rows=tuple(_row(each, rated=rated, priced=priced) for each in found[:SHOWN]),
        numeric=("Removes", "Points", *yearly),
        caption=(
            "Share of criticality weight no longer lost, and points of score gained, re-evaluated on a "
            f"changed copy of the graph; most removal per {order} first. Each change alone{shown}."
        ),
    )


def _first_cells(change: Change) -> tuple[Cell, Cell, Cell, Cell]:
    return (
        Cell(text=change.change),
        Cell(text=change.domain, detail=_also(change)),
        Cell(text=percent(change.removes), tone=Tone.GOOD),
        Cell(text=change.effort),
    )


def _row(change: Change, *, rated: bool, priced: bool) -> tuple[Cell, ...]:
    yearly = [
        *([Cell(text=removed_a_year(change.exposure))] if rated else []),
        *([_cost(change.cost, change.worth)] if priced else []),
    ]
    return (
        *_first_cells(change),
        Cell(text="-" if change.score_gain is None else points(change.score_gain)),
        *yearly,
        Cell(text=", ".join(change.not_fixed) or "-"),
        Cell(text=change.evidence or "-"),
        Cell(text="; ".join(change.cautions) or "-"),
    )


def _notes(found: tuple[Change, ...], units: Mapping[str, float]) -> Iterator[str]:
    used = {each.effort for each in found}
    told = (f"{name} ({units[name]:g}) {each.meaning}" for name, each in classes().items() if name in used)
    yield f"Effort, in units that rank and are no money: {'. '.join(told)}."
    if any(each.exposure is not None for each in found):
        yield (
            "Removed a year: minutes that a domain is out a year by the record of outages, or as declared, "
            "for each workload that it alone takes, before less after. A first-order estimate: what fails "
            f"together and how long a standby takes are left out. {BIAS}"
        )
    unrated = sorted({name for each in found if each.exposure for name in each.exposure.unrated})
    if unrated:
        yield f"Not in it, because the record knows no rate: {named(unrated, NAMED)}."


def _cost(cost: YearlyCost | None, worth: Range | None) -> Cell:
    if cost is None:
        return Cell(text="-")
    detail = cost.origin if worth is None else f"{cost.origin}; removes {span(worth, '.2g')} for 1 spent"
    return Cell(text=costs_a_year(cost), detail=detail)


def costs_a_year(cost: YearlyCost) -> str:
    """Return a cost as people read it, such as ``12,000 USD`` or ``at least 9,000 USD``."""
    low, high = cost.amount
    if high is None:
        return f"at least {rough((low or 0.0, low or 0.0))} {cost.currency}"
    return f"{rough((low or 0.0, high))} {cost.currency}"


def removed_a_year(exposure: YearlyExposure | None) -> str:
    """Return removed exposure as people read it, such as ``4.2 h (~ 31,000 USD)``."""
    if exposure is None:
        return "-"
    money = ", ".join(f"{rough(each)} {code}" for code, each in exposure.money.items())
    return f"{_time(exposure.minutes)} (~ {money})" if money else _time(exposure.minutes)


def _time(minutes: Range) -> str:
    if max(map(abs, minutes)) < HOUR:
        return span(_three(minutes), ".3g", " min")
    return span((minutes[0] / HOUR, minutes[1] / HOUR), ",.1f", " h")


def _three(bounds: Range) -> Range:
    """Return bounds with three digits that count: more would be no knowledge."""
    return float(f"{bounds[0]:.3g}"), float(f"{bounds[1]:.3g}")


def _also(change: Change) -> str:
    return f"also {named(change.also_fixed, NAMED)}" if change.also_fixed else ""


def points(gained: Range) -> str:
    """Return points gained as people read them, such as ``+0.0 to +2.5``."""
    low, high = (format(bound, "+.1f") for bound in gained)
    return low if low == high else f"{low} to {high}"
