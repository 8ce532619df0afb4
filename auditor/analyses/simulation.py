"""Simulated outage years: what the record of outages implies for today's estate. A model, not a forecast.

Outages of the catalogue happen again, at the rates of the record, in the places this estate stands in, for
as long as their class lasts; whether a part of a population hit us is a coin. Every distinct set of failed
domains is solved once, so cost follows sets, not years. ``docs/simulation.md`` says what is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from auditor.analyses._simulation import record
from auditor.analyses._simulation.draw import Events, Numbers, Terms, draw
from auditor.analyses._simulation.durations import headline, longest
from auditor.analyses._simulation.hazards import Hazards, hazards
from auditor.analyses._simulation.results import Teller, labels, posterior, rates, weightings
from auditor.analyses._simulation.sections import section
from auditor.analyses._simulation.solve import Solved, solve
from auditor.analyses._simulation.tally import tally
from auditor.analyses.base import Analysis, Context, Finding
from auditor.config.settings import SimulationSettings
from auditor.estate.graph import Estate
from auditor.model.risk import Correlation, Simulation
from auditor.outages.schema import Outage
from auditor.progress import Progress, SilentProgress

KIND = "model, not forecast"
STAGE = "simulate"


def simulate(
    estate: Estate,
    outages: Mapping[str, Outage],
    settings: SimulationSettings,
    *,
    progress: Progress | None = None,
) -> Simulation | None:
    """Return simulated outage years of an estate; None where there is nothing to strike or to be struck."""
    seen = record.window(outages.values())
    if not estate.workloads or (seen is None and not settings.lesser):
        return None
    progress = progress or SilentProgress()
    progress.start(STAGE, 4)
    drawn = _drawn(estate, outages, settings, seen)
    progress.step(STAGE, note="what can strike")
    solved = []
    for worst in (False, True):
        solved.append(solve(estate, drawn.possible, drawn.events, worst=worst))
        progress.step(STAGE, note="worst case" if worst else "best case")
    found = _told(estate, settings, drawn, (solved[0], solved[1]))
    progress.step(STAGE, note="figures")
    progress.done(STAGE)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """What strikes: years of the record, what is possible, how it comes together, what was drawn."""

    seen: record.Window | None
    possible: Hazards
    correlations: tuple[Correlation, Correlation]
    events: Events


def _drawn(
    estate: Estate, outages: Mapping[str, Outage], settings: SimulationSettings, seen: record.Window | None
) -> _Drawn:
    found = record.homes(outages)
    possible = hazards(estate, found, seen, settings.lesser)
    sibling, across = record.together(found)
    terms = Terms(
        years=settings.years,
        seed=settings.seed,
        longest=_longest(outages),
        sibling=sibling.probability,
        across=across.probability,
    )
    events = draw(possible, terms)
    return _Drawn(seen=seen, possible=possible, correlations=(sibling, across), events=events)


def _told(
    estate: Estate, settings: SimulationSettings, drawn: _Drawn, solved: tuple[Solved, Solved]
) -> Simulation:
    """Return the figures of both cases, the best one first."""
    possible, events, seen = drawn.possible, drawn.events, drawn.seen
    weights, codes = weightings(estate.workloads)
    names, label = labels(possible), _label(possible, events)
    best, worst = (
        tally(each, events, label, labels=len(names), years=settings.years, weights=weights)
        for each in solved
    )
    believed = posterior(possible.groups, count=len(names), seed=settings.seed)
    teller = Teller(best=best, worst=worst, rates=believed, years=settings.years)
    return Simulation(
        kind=KIND,
        years=settings.years,
        seed=settings.seed,
        window=("", "") if seen is None else (f"{seen.first:%Y-%m-%d}", f"{seen.last:%Y-%m-%d}"),
        events_per_year=round(_striking(solved[1], events) / settings.years, 4),
        scenarios=max(len(each.case.sets) for each in solved),
        overlapping=max(int(each.year.size) for each in solved),
        prior=record.PRIOR,
        bias=record.BIAS,
        weight_minutes=teller.total(0, weights[0]),
        money={code: teller.total(at, weights[at]) for at, code in enumerate(codes, start=1)},
        workloads=tuple(teller.workload(at, each) for at, each in enumerate(estate.workloads)),
        exceedance=teller.exceedance(codes),
        by_axis=teller.shares([each.axis for each in names], weights[0]),
        by_class=teller.shares([each.fault_class for each in names], weights[0]),
        rates=rates(possible.groups),
        durations=possible.fits,
        correlations=drawn.correlations,
    )


def _longest(outages: Mapping[str, Outage]) -> float:
    spells = [spell for outage in outages.values() if (spell := headline(outage)) is not None]
    return longest({"": spells})


def _label(possible: Hazards, events: Events) -> Numbers:
    """Return what each event is booked under: its group, or as one that took in another provider's site."""
    metro = np.array(
        [each.site >= 0 and bool(possible.sites[each.site].size) for each in events.forms], np.bool_
    )
    count = len(possible.groups)
    label = events.group + count * (metro[events.form] if metro.size else 0)
    return np.asarray(label, np.int64)


def _striking(solved: Solved, events: Events) -> int:
    strikes = np.array(
        [bool(parts) or form in solved.tables for form, parts in enumerate(solved.parts)], np.bool_
    )
    return int(strikes[events.form].sum()) if strikes.size else 0


def run(context: Context) -> Finding:
    """Simulate the context's estate."""
    found = simulate(context.estate, context.outages, context.settings.simulation, progress=context.progress)
    return Finding(value=found, sections=(section(found, context.estate.workloads),))


ANALYSIS = Analysis(name="simulation", run=run, order=35)

__all__ = ["ANALYSIS", "run", "simulate"]
