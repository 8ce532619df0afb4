"""Where an outage happened: the one region most of its effects are bound to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from auditor.model.domain import Axis, axis_of
from auditor.model.places import region_of_zone
from auditor.outages.nodes import parts_of, region_in
from auditor.outages.predicate import CANDIDATE, Column, PlaceAtom, Predicate, atoms
from auditor.outages.schema import Impact, Outage

EVERYWHERE = "global"


def home_of(outage: Outage) -> str | None:
    """Return the code of the region most effects are bound to, None where no region is.

    Where two are as good, the one its sources name first.
    """
    counts: Counter[str] = Counter()
    for impact in outage.impacts:
        counts.update(set(_regions(impact, outage)))
    named = {code: number for number, code in enumerate(outage.reach.regions)}
    ranked = sorted(counts, key=lambda code: (-counts[code], named.get(code, len(named)), code))
    return ranked[0] if ranked else None


def zones_of(outage: Outage) -> frozenset[str]:
    """Return the zones that effects are bound to, as ids; an open one is ``?``."""
    found = set()
    for impact in outage.impacts:
        found |= {parts_of(node)[1][1] for node in impact.nodes if axis_of(node) is Axis.ZONE}
        found |= {value.partition("/")[2] for value in _asked(impact.where, Column.ZONE)}
    return frozenset(found)


def _regions(impact: Impact, outage: Outage) -> Iterator[str]:
    for node in impact.nodes:
        place = region_in(node)
        if place is not None and place[0] == outage.provider and place[1] != EVERYWHERE:
            yield place[1]
        elif axis_of(node) is Axis.ZONE:
            yield from _home(parts_of(node)[1][1], outage)
    if impact.one_zone_of is not None:
        yield impact.one_zone_of[1]
    for value in _asked(impact.where, Column.REGION):
        yield value.partition("/")[2]
    for value in _asked(impact.where, Column.ZONE):
        yield from _home(value.partition("/")[2], outage)


def _home(zone: str, outage: Outage) -> Iterator[str]:
    known = region_of_zone(outage.provider, zone)
    if known is not None:
        yield known.code
    elif zone != CANDIDATE:
        yield from (code for code in outage.reach.regions[:1] if code != EVERYWHERE)


def _asked(where: Predicate | None, column: Column) -> Iterator[str]:
    for atom in atoms(where) if where is not None else ():
        if isinstance(atom, PlaceAtom) and atom.column is column:
            yield from atom.values
