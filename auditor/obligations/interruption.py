"""Interruptions, and the case a law is asked about: one party, one service or workload."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from auditor.model.audit import Answer, Clock

FOREVER = datetime.max.replace(tzinfo=UTC)
"""Stands for an end that nobody knows."""


class Kind(StrEnum):
    """How a service failed for whoever used it; a planned stop was announced and agreed."""

    DOWN = "down"
    INTERMITTENT = "intermittent"
    DEGRADED = "degraded"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interruption:
    """One stretch of failure, in UTC.

    Attributes:
        start: when it began.
        end: when it ended at the latest, None when nobody knows.
        certain_until: it lasted until here at the least; ``start`` = not even that it happened is certain.
        doubt: what would make the rest certain.
        aware, classified: when whoever owes learned of it, and called it major; None = nobody said.
        learned: how people learned of it.
    """

    start: datetime
    end: datetime | None
    certain_until: datetime
    kind: Kind = Kind.DOWN
    what: str = ""
    doubt: tuple[str, ...] = ()
    aware: datetime | None = None
    classified: datetime | None = None
    learned: str = ""

    @property
    def until(self) -> datetime:
        """When it ended at the latest, ``FOREVER`` when nobody knows."""
        return self.end or FOREVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What one party may have to answer for.

    Attributes:
        cause, title: id and title of the outage, or the log.
        clock: whose duty.
        party: who owes; ``you`` on your own clock.
        roles: what the party is; a role not in it counts as ``other_roles``.
        role_doubt: what must be known where a role is unknown, besides the role itself.
        subject: the service or workload.
        countries: where its users are (ISO codes), None when nobody said.
        stops: its interruptions.
        facts: facts known, by name.
        timezone: for moments of laws that name none.
    """

    cause: str
    title: str
    clock: Clock
    party: str
    subject: str
    stops: tuple[Interruption, ...]
    roles: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))
    other_roles: Answer = Answer.UNKNOWN
    role_doubt: str = ""
    countries: frozenset[str] | None = None
    facts: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))

    def role(self, role: str) -> Answer:
        """Return whether the party is that."""
        return self.roles.get(role, self.other_roles)


EPISODE = timedelta(hours=24)
"""Stops that begin further apart than this are told of apart; yearly limits look back past it."""


def episodes(stops: Iterable[Interruption]) -> tuple[tuple[Interruption, ...], ...]:
    """Return stops in order, parted where more than a day lies between two beginnings."""
    found: list[list[Interruption]] = []
    for stop in sorted(stops, key=lambda each: (each.start, each.until, each.what)):
        if found and stop.start - found[-1][-1].start <= EPISODE:
            found[-1].append(stop)
        else:
            found.append([stop])
    return tuple(tuple(each) for each in found)
