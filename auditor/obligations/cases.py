"""From a log to the cases laws are asked about: the provider's services, and your workloads."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeVar

from auditor.model.audit import Answer, Clock
from auditor.model.duties import ROLES
from auditor.model.places import providers, region
from auditor.obligations.interruption import Case, Interruption
from auditor.obligations.log import Log, Row

YOU = "you"
UNNAMED = "the provider"
CLOUDS: Mapping[str, str] = MappingProxyType(
    {"aws": "Amazon Web Services", "azure": "Microsoft Azure", "gcp": "Google Cloud"}
)
"""Providers nobody has to ask whether they provide cloud services, and how they call themselves."""

K = TypeVar("K", bound=Hashable)
OTHER_PROVIDERS = {"cloud-provider": Answer.UNKNOWN}


def cases(log: Log) -> tuple[Case, ...]:
    """Return every case of a log: both clocks, a row with service and workload counting on each."""
    services = _grouped((row for row in log.rows if row.service), _service)
    unnamed = _grouped((row for row in log.rows if row.provider and not row.service), _provider)
    workloads = _grouped((row for row in log.rows if row.workload), _workload)
    return (
        *(_provided(log, rows, key[2]) for key, rows in services.items()),
        *(_unnamed(log, rows) for rows in unnamed.values()),
        *(_own(log, rows) for rows in workloads.values()),
    )


def your_roles(facts: Mapping[str, object]) -> tuple[Mapping[str, Answer], Answer]:
    """Return what you are, and the answer for any other role: no once you said what you are."""
    declared = facts.get("roles")
    if not isinstance(declared, tuple):
        return {}, Answer.UNKNOWN
    return {role: Answer.YES if role in declared else Answer.NO for role in ROLES}, Answer.NO


def users_in(facts: Mapping[str, object], assumed: Iterable[str | None]) -> frozenset[str] | None:
    """Return where users are: as declared, else in the countries of the places concerned, else not known."""
    declared = facts.get("users_in")
    if isinstance(declared, tuple):
        return frozenset(declared)
    return frozenset(country for country in assumed if country) or None


def _service(row: Row) -> tuple[str, str, str]:
    return row.provider, row.region, row.service


def _provider(row: Row) -> str:
    return row.provider


def _workload(row: Row) -> str:
    return row.workload


def _grouped(rows: Iterable[Row], key: Callable[[Row], K]) -> dict[K, list[Row]]:
    found: dict[K, list[Row]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found


def _provided(log: Log, rows: Sequence[Row], service: str) -> Case:
    first = rows[0]
    where = f" ({first.region})" if first.region and first.region not in service else ""
    return _case(log, rows, Clock.PROVIDER, f"{service}{where}", [_theirs(row, service) for row in rows])


def _unnamed(log: Log, rows: Sequence[Row]) -> Case:
    """Your minutes name a provider but no service of it: its own windows are not known."""
    doubt = f"which service of {rows[0].provider} stopped, and from when to when"
    stops = [replace(_theirs(row, row.workload), certain_until=row.start, doubt=(doubt,)) for row in rows]
    return _case(log, rows, Clock.PROVIDER, f"{rows[0].provider} (no service named)", stops)


def _own(log: Log, rows: Sequence[Row]) -> Case:
    return _case(
        log, rows, Clock.OWN, rows[0].workload, [_stop(row, row.service or row.workload) for row in rows]
    )


def _theirs(row: Row, what: str) -> Interruption:
    """Return a stop on the provider's clock: when it became aware of it, your log does not know."""
    return replace(_stop(row, what), aware=None, classified=None)


def _stop(row: Row, what: str) -> Interruption:
    return Interruption(
        start=row.start,
        end=row.end,
        certain_until=row.end or row.start,
        kind=row.kind,
        what=what,
        doubt=() if row.end else (f"when {what} came back",),
        aware=row.aware,
        classified=row.classified,
        learned=row.learned,
    )


def _case(log: Log, rows: Sequence[Row], clock: Clock, subject: str, stops: list[Interruption]) -> Case:
    provider = rows[0].provider
    if clock is Clock.OWN:
        party, (roles, others) = YOU, your_roles(log.facts)
    else:
        party, others = CLOUDS.get(provider, provider) or UNNAMED, Answer.NO
        roles = {"cloud-provider": Answer.YES} if provider in CLOUDS else OTHER_PROVIDERS
    return Case(
        cause=log.name,
        title=log.name,
        clock=clock,
        party=party,
        subject=subject,
        stops=tuple(stops),
        roles=roles,
        other_roles=others,
        countries=users_in(log.facts, (_country(row) for row in rows)),
        facts=log.facts,
        timezone=log.timezone,
    )


def _country(row: Row) -> str | None:
    """Return the country of a row's region; a code that only one provider has needs no provider."""
    owners = (row.provider,) if row.provider else providers()
    found = [place for each in owners if (place := region(each, row.region)) is not None]
    return found[0].country_code if len(found) == 1 else None
