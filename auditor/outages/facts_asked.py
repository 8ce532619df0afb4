"""Which facts decide whom outages strike."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.outages.predicate import fact_names
from auditor.outages.schema import Outage


def facts_asked(outages: Iterable[Outage]) -> frozenset[str]:
    """Return the names of all facts that the conditions of these outages ask."""
    conditions = (impact.where for outage in outages for impact in outage.impacts)
    return frozenset(name for where in conditions if where is not None for name in fact_names(where))
