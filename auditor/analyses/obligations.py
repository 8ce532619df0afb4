"""Obligations: which law each replayed outage would trigger, for the provider and for you.

Two clocks: the provider's duty runs on the windows of its own services that this estate uses; yours on your
workloads' minutes. Who failed over is still owed notice. The same failure is asked under the laws of the day
the inventory was taken.
"""

from __future__ import annotations

from datetime import datetime

from auditor.analyses._obligations.own import own
from auditor.analyses._obligations.provided import provided
from auditor.analyses._obligations.sections import section
from auditor.analyses._replays.ground import Ground
from auditor.analyses.base import Analysis, Context, Finding
from auditor.model.audit import Answer, Obligation, Replay, WorkloadSummary
from auditor.model.duties import checked_facts
from auditor.model.places import region
from auditor.obligations import Case, catalogue, evaluate


def obligations(context: Context) -> tuple[Obligation, ...]:
    """Return every duty that the replayed outages in reach would or might trigger."""
    replays: tuple[Replay, ...] = context.results["replays"]
    facts = checked_facts(context.settings.obligations.facts)
    countries = _countries(context)
    ground = Ground.plain(context.estate)
    cases: list[Case] = []
    for replay in replays:
        outage = context.outages.get(replay.outage)  # none for two outages told as one
        if outage is not None and replay.in_reach:
            cases += provided(outage, ground, facts)
            cases += own(outage, replay, context.estate, countries, facts)
    today = datetime.fromisoformat(context.estate.inventory.taken_at).date()
    found = evaluate(catalogue(), cases, law_on=today)
    return tuple(each for each in found.obligations if each.answer is not Answer.NO)


def _countries(context: Context) -> dict[str, frozenset[str]]:
    """Return the countries of each workload's regions, by its name."""
    summaries: tuple[WorkloadSummary, ...] = context.results["workloads"]
    return {each.workload: frozenset(_country(place) for place in each.regions) - {""} for each in summaries}


def _country(place: str) -> str:
    provider, _, code = place.partition("/")
    found = region(provider, code)
    return found.country_code or "" if found is not None else ""


def run(context: Context) -> Finding:
    """Ask the laws about every replay."""
    found = obligations(context)
    return Finding(value=found, sections=(section(found),))


ANALYSIS = Analysis(name="obligations", run=run, after=("replays", "workloads"), order=50)
