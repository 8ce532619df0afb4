"""Whether one value meets one atom: the only place where the meaning of an atom stands.

The columns of an inventory hold few distinct values, so these run once per distinct value, not per resource.
"""

from __future__ import annotations

import fnmatch

from auditor.model.domain import service_of
from auditor.model.evidence import FactValue
from auditor.model.facts import AGENT_PREFIX
from auditor.model.places import region_of_zone
from auditor.outages.predicate import CANDIDATE, Ask, FactAtom
from auditor.outages.versions import Version, within

_NEGATIVE = frozenset({Ask.NOT_IN, Ask.ANY_NOT_IN})
_EACH = frozenset({Ask.ANY_IN, Ask.ANY_NOT_IN})

ABSENT_AGENT = "none"
"""The value of an agent fact that says the agent is known not to be there."""


def fact_holds(atom: FactAtom, value: FactValue) -> bool | None:
    """Return whether a known fact value meets the atom; None when the value cannot tell."""
    agent = atom.fact.startswith(AGENT_PREFIX)
    if agent and (value is False or _same(value, ABSENT_AGENT)):
        return _as_absent(atom)
    if atom.ask is Ask.PRESENT:
        return atom.values[0] is True
    if atom.ask is Ask.VERSION:
        # An agent that is there in a version nobody knows counts as met (design: what an outage does).
        return _in_version(value, str(atom.values[0]), unknown=True if agent else None)
    listed = [any(_same(each, wanted) for wanted in atom.values) for each in _items(value, atom.ask)]
    return any(not each for each in listed) if atom.ask in _NEGATIVE else any(listed)


def _as_absent(atom: FactAtom) -> bool:
    # An agent known to be absent has no version and no value but its absence.
    match atom.ask:
        case Ask.PRESENT:
            return atom.values[0] is False
        case Ask.IS | Ask.IN:
            return _names_absence(atom)
        case Ask.NOT_IN:
            return not _names_absence(atom)
        case _:
            return False


def _names_absence(atom: FactAtom) -> bool:
    return any(_same(wanted, ABSENT_AGENT) or wanted is False for wanted in atom.values)


def missing_holds(atom: FactAtom, *, closed: bool) -> bool | None:
    """Return what an atom is where the fact is missing: unknown, or for a closed fact what "none" gives."""
    if not closed:
        return None
    match atom.ask:
        case Ask.NOT_IN:
            return not any(wanted is False for wanted in atom.values)
        case Ask.PRESENT:
            return atom.values[0] is False
        case Ask.IS | Ask.IN:
            return any(wanted is False for wanted in atom.values)
        case _:
            return False


def _items(value: FactValue, ask: Ask) -> tuple[FactValue, ...]:
    return value if isinstance(value, tuple) and ask in _EACH else (value,)


def _same(value: FactValue, wanted: FactValue) -> bool:
    if isinstance(value, str) and isinstance(wanted, str):
        return value.casefold() == wanted.casefold()
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    return value == wanted


def _in_version(value: FactValue, bound: str, *, unknown: bool | None) -> bool | None:
    version = Version.parse(str(value)) if isinstance(value, str | int | float) else None
    return unknown if version is None or isinstance(value, bool) else within(version, bound)


def region_holds(wanted: str, provider: str, region: str | None) -> bool | None:
    """Return whether a resource of ``provider`` in ``region`` is in ``<provider>/<code>``."""
    where, _, code = wanted.partition("/")
    if provider != where:
        return False
    return None if region is None else region == code


def zone_holds(wanted: str, provider: str, region: str | None, zones: tuple[str, ...] | None) -> bool | None:
    """Return whether a resource stands in the zone ``<provider>/<zone>`` alone.

    One spread over several zones is not *in* any of them: its needs say what the loss of one means. The
    zone nobody named (``<provider>/?``) is unknown for everything that stands in one zone.
    """
    where, _, zone = wanted.partition("/")
    if provider != where:
        return False
    if zone == CANDIDATE:
        return None if zones is None or len(zones) == 1 else False
    if zones is not None:
        return zones == (zone,)
    home = region_of_zone(provider, zone)
    return False if home is not None and region is not None and home.code != region else None


def kind_holds(pattern: str, kind: str) -> bool:
    """Return whether the kind matches a shell pattern."""
    return fnmatch.fnmatchcase(kind, pattern)


def service_holds(wanted: str, kind: str) -> bool:
    """Return whether a kind belongs to a service, as domain ids spell it."""
    return service_of(kind) == wanted
