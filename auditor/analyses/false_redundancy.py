"""False redundancy: what looks like a spare and goes with the first.

A redundancy is tested by what it claims. Members in several zones claim to survive a zone, members in several
regions to survive a region and all that stands in it, members at several providers to survive a provider. For
every claim each single loss it should survive is tried on the graph; where that loss alone leaves too few
members, the redundancy is false, and the narrowest such loss is told with the evidence of every step.
"""

from __future__ import annotations

from collections.abc import Mapping

from auditor.analyses._redundancy.capacity import hollow
from auditor.analyses._redundancy.claims import pools
from auditor.analyses._redundancy.findings import (
    agent_findings,
    capacity_findings,
    metro_findings,
    shared_findings,
)
from auditor.analyses._redundancy.found import Certainty, FalseRedundancies, FalseRedundancy
from auditor.analyses._redundancy.hung import hung, hung_findings
from auditor.analyses._redundancy.losses import Claims
from auditor.analyses._redundancy.places import neighbours
from auditor.analyses._redundancy.sections import sections
from auditor.analyses._redundancy.shared import hits, trial
from auditor.analyses._redundancy.tell import Teller, leaning, precedents
from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate.graph import Estate
from auditor.outages.schema import Outage

MOST = 500
"""Claims that are told, heaviest first."""


def measure(estate: Estate, outages: Mapping[str, Outage]) -> FalseRedundancies:
    """Return every false redundancy of an estate, sure ones first, then the heaviest."""
    claims = pools(estate)
    worst = Claims.of(estate.worst, claims)
    tried = trial(estate, claims)
    struck = hits(claims, tried, worst, estate.best)
    empty = hollow(estate, claims)
    near = neighbours(claims)
    hanging = hung(estate, claims, worst)
    hit = {*(each.pool for each in struck.hits), *(each.pool for each in empty)}
    numbers = sorted({*hit, *(each.pool for each in hanging), *near})
    lean = dict(zip(numbers, leaning(estate, worst, [claims[each].owners for each in numbers]), strict=True))
    told = frozenset(sorted(numbers, key=lambda number: (-lean[number].weight, number))[:MOST])
    teller = Teller(
        estate=estate,
        pools=claims,
        leaning={number: lean[number] for number in sorted(told)},
        precedents=precedents(outages),
    )
    chosen = [hit for hit in struck.hits if hit.pool in told]
    shared = shared_findings(teller, tried, (struck.best, worst), chosen, struck.hits)
    found = [
        *shared,
        *hung_findings(teller, hanging, shared),
        *capacity_findings(teller, empty),
        *metro_findings(teller, near),
        *agent_findings(teller, worst),
    ]
    return FalseRedundancies(
        claims=len(claims),
        findings=tuple(sorted(found, key=_rank)),
        omitted=len(numbers) - len(told),
        unexamined=tried.unexamined,
    )


def _rank(each: FalseRedundancy) -> tuple[int, float, str, tuple[str, ...], tuple[str, ...]]:
    order = list(Certainty).index(each.certainty)
    return order, -each.weight, each.sort.value, each.shared, each.claim.members


def run(context: Context) -> Finding:
    """Tell which redundancies one loss takes."""
    found = measure(context.estate, context.outages)
    return Finding(value=found, sections=sections(found))


ANALYSIS = Analysis(name="false_redundancy", run=run, order=38)
