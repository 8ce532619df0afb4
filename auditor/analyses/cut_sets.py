"""Minimal cut sets: the smallest sets of failure domains whose loss together stops each workload.

The yes/no form of the design: standbys slower than the workload's limit are left out. Sets are those of the
worst case; which of them hold in the best case too is marked. Shown are sets in which no element can be
replaced by a narrower domain, broader ones are implied. ``docs/cut-sets.md`` says how they are found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from auditor.analyses._cutsets_rates import unavailability
from auditor.analyses._cutsets_search import Terms, search
from auditor.analyses._cutsets_section import section
from auditor.analyses._cutsets_tell import Teller
from auditor.analyses._since import described, known_cuts, written
from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate.graph import Estate
from auditor.model.audit import Audit
from auditor.model.cuts import WorkloadCuts
from auditor.outages.schema import Outage

ORDER = 3
LARGE, LARGE_ORDER = 200_000, 2
"""Above so many nodes only sets of up to two are looked for unless asked."""
MOST, CANDIDATES = 500_000, 20_000_000
"""Candidates tried per size for one workload, and for all of them."""
DIAGRAMS = 100
"""With more workloads than this, bounds are left as they are."""


def measure(
    estate: Estate,
    outages: Mapping[str, Outage],
    *,
    order: int | None = None,
    resources: bool = False,
    since: Audit | None = None,
) -> tuple[WorkloadCuts, ...]:
    """Return the minimal cut sets of every workload, by workload name.

    Args:
        estate: the compiled graph.
        outages: the record that probabilities are taken from.
        order: largest size; None = 3, on large estates 2.
        resources: whether single resources count as elements, not only failure domains.
        since: a former audit; what it found is taken over wherever it is what would be found again.
    """
    terms = _terms(estate, order, resources=resources)
    rates = unavailability(outages, estate.names[len(estate.inventory) :])
    teller = Teller.of(estate, rates)
    before = described(terms)
    told = known_cuts(since, before)
    searched = search(estate, terms, teller.chance, known=told)
    for digest, found in searched.found.items():
        told[digest] = replace(teller.told("", found), digest=written(before, digest))
    named = zip(estate.workloads, searched.digests, strict=True)
    cuts = (replace(told[digest], workload=workload.name) for workload, digest in named)
    return tuple(sorted(cuts, key=lambda each: each.workload))


def _terms(estate: Estate, order: int | None, *, resources: bool) -> Terms:
    """Return what is asked; the same for about as many workloads, so that one more changes nothing."""
    share = CANDIDATES >> (max(len(estate.workloads), 1) - 1).bit_length()
    return Terms(
        order=default_order(estate) if order is None else order,
        most=min(MOST, max(share, 1)) if order is None else CANDIDATES,
        resources=resources,
        diagrams=len(estate.workloads) <= DIAGRAMS,
    )


def default_order(estate: Estate) -> int:
    """Return up to which size sets are looked for where nobody asks."""
    return ORDER if len(estate.names) <= LARGE else LARGE_ORDER


def run(context: Context) -> Finding:
    """Return the minimal cut sets of every workload."""
    asked = context.settings.cut_sets
    found = measure(
        context.estate,
        context.outages,
        order=asked.order,
        resources=asked.resources,
        since=context.since,
    )
    return Finding(value=found, sections=(section(found),))


ANALYSIS = Analysis(name="cut_sets", run=run, order=41)
