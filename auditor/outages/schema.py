"""What an outage is: windows, effects with their conditions, and where each statement comes from.

An outage never says "provider X was down". Each of its impacts names the failure domains it put out
(``nodes``), or the resources that met its condition (``where``), in its own window.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from auditor.model.evidence import Range
from auditor.outages.predicate import Predicate

EVERY_REGION = "*"
"""Stands for every region of the provider in ``nodes``: ``service:azure/*/microsoft.keyvault``."""


class Plane(StrEnum):
    """What was hit: running things, changing things, or both."""

    DATA = "data"
    CONTROL = "control"
    BOTH = "both"


class Severity(StrEnum):
    """How badly; only ``down`` counts as out, the others as impaired (or as no means to act)."""

    DOWN = "down"
    DEGRADED = "degraded"
    DELAYED = "delayed"
    BLOCKED = "blocked"


class AppliesTo(StrEnum):
    """Who an impact is for, in the reader's words; ``docs/outages.md`` maps each to its target."""

    ANY_USE = "any-use"
    IN_ZONE = "in-zone"
    IN_REGION = "in-region"
    API_CALLS = "api-calls"
    SIGN_IN = "sign-in"
    USES_FEATURE = "uses-feature"
    AGENT_HOSTS = "agent-hosts"
    RESOLVES_IN_VPC = "resolves-in-vpc"
    MULTI_AZ = "multi-az"
    NEW_LAUNCHES = "new-launches"
    SCALING = "scaling"
    INTERNET_ACCESS = "internet-access"
    RESOLVES_NAME = "resolves-name"
    MODIFIED_RESOURCES = "modified-resources"


class FaultClass(StrEnum):
    """What kind of thing failed."""

    REGION = "region"
    ZONE = "zone"
    SERVICE = "service"
    CONTROL_PLANE = "control-plane"
    NETWORK = "network"
    DNS = "dns"
    IDENTITY = "identity"
    AGENT_SOFTWARE = "agent-software"
    CDN = "cdn"
    DATACENTRE = "datacentre"
    THIRD_PARTY = "third-party"


class RecoveryKind(StrEnum):
    """Who could end it."""

    AUTOMATIC = "automatic"
    PROVIDER_ONLY = "provider-only"
    CUSTOMER_ACTION = "customer-action"
    MANUAL_PER_HOST = "manual-per-host"
    REBUILD = "rebuild"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Impact:
    """One effect of an outage: what it put out, when, how badly, and for whom.

    Attributes:
        what: one sentence for the reader.
        plane: a ``control`` impact takes no running thing down: it takes its ``nodes`` (control planes);
            with ``where``, only for those resources.
        severity: only ``down`` counts as out.
        start, end: aware, UTC; end None when it is not known or each host was repaired on its own.
        nodes: domain ids put out; ``*`` as region means every region, ``zone:<provider>/?`` the zone
            that ``one_zone_of`` leaves open. ``touched`` resolves both.
        where: resources that meet it are put out (data plane); None = only ``nodes``.
        cause: domain id kept in the reason chain of resources that met ``where``.
        one_zone_of: (provider, region) when one zone was hit and nobody said which.
        minutes: (low, high) own duration of what is put out where the window does not say it, such as
            hosts repaired by hand; None = the window's length.
        at_least: minutes it lasted at the least when no end is known.
        partial: only a part of the matching population was hit, and no inventory knows which.
        share: that part in [0, 1], None when not known.
        online: (from, until): only hosts running in this window were hit; see ``touched``.
        applies_to: who it is for, in words of ``AppliesTo``.
        verified: the source gives it; False = carried from memory or inference.
        note: for the reader: why this target, exceptions.
    """

    what: str
    plane: Plane
    severity: Severity
    start: datetime
    end: datetime | None = None
    nodes: tuple[str, ...] = ()
    where: Predicate | None = None
    cause: str | None = None
    one_zone_of: tuple[str, str] | None = None
    minutes: Range | None = None
    at_least: float | None = None
    partial: bool = False
    share: float | None = None
    online: tuple[datetime, datetime] | None = None
    applies_to: AppliesTo = AppliesTo.ANY_USE
    verified: bool = True
    note: str = ""

    @property
    def duration(self) -> tuple[float | None, float | None]:
        """Minutes (low, high) that what it puts out stays out; a bound is None where nobody knows.

        ``minutes`` if given, else the window, else ``(at_least, None)``. ``partial`` is not in it.
        """
        if self.minutes is not None:
            return self.minutes
        if self.end is not None:
            length = (self.end - self.start).total_seconds() / 60
            return length, length
        return self.at_least, None

    @property
    def until(self) -> datetime | None:
        """When the last of what it put out was back: the end, or the start plus the longest known minutes."""
        if self.end is not None:
            return self.end
        longest = self.minutes[1] if self.minutes is not None else None
        return None if longest is None else self.start + timedelta(minutes=longest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A restore time of a named victim: what, minutes, and how exact."""

    what: str
    minutes: float
    precision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Who ended it and how; ``observed`` are restore times of named victims."""

    kind: RecoveryKind
    note: str = ""
    observed: tuple[Observed, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """How people learned of it."""

    conduct: str = ""
    first: datetime | None = None
    channels: tuple[str, ...] = ()
    regulator: str = ""
    legal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """One dated step of the event; ``precision`` such as minute, approx, day."""

    at: datetime
    what: str
    precision: str = "minute"
    verified: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """A figure about how many were hit; ``share`` in [0, 1], None where the source gave none."""

    what: str
    of: str
    share: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Where it happened and who was out of it; zones are physical ids a source named."""

    kind: str
    regions: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    zone_note: str = ""
    metro: str | None = None
    services: tuple[str, ...] = ()
    condition: str = ""
    not_hit: tuple[str, ...] = ()
    population: tuple[Population, ...] = ()
    multi_az_protects: str = "unknown"
    multi_region_protects: str = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Toll:
    """Named victims and published figures."""

    victims: tuple[str, ...] = ()
    note: str = ""
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where facts come from; ``url`` is empty where no address was kept."""

    title: str
    url: str
    kind: str
    supports: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """One real outage.

    Attributes:
        id: slug, equal to its file's name.
        provider: ``aws``, ``azure``, ``gcp`` or a vendor's slug; ``provider_kind`` such as cloud, cdn, saas.
        fault_class, also: main and further classes.
        start, end: aware, UTC; end None when not known.
        minutes: the provider's own count to mitigation, None when not known; ``minutes_kind`` is exact,
            approx, at-least, sum-of-windows or unknown; ``basis`` says what was measured.
        recovered: end of the long tail, None when not known.
        verified: False = the event is real, its key times were not in any source read; ``level`` is
            primary, secondary or press; ``unverified`` lists the weak points.
        fixed_since: why the very same defect cannot recur, None when nothing says so.
        as_if: what was changed to tell it as it never was: elsewhere, longer, again; empty for a real one.
    """

    id: str
    title: str
    provider: str
    provider_kind: str
    fault_class: FaultClass
    mechanism: str
    start: datetime
    end: datetime | None
    impacts: tuple[Impact, ...]
    recovery: Recovery
    sources: tuple[Source, ...]
    also: tuple[FaultClass, ...] = ()
    tier: str = "core"
    start_precision: str = "minute"
    end_precision: str | None = None
    timezone: str = "UTC"
    minutes: float | None = None
    minutes_kind: str = "unknown"
    basis: str = ""
    recovered: datetime | None = None
    milestones: tuple[Milestone, ...] = ()
    reach: Reach = field(default_factory=lambda: Reach(kind="unknown"))
    toll: Toll = field(default_factory=Toll)
    notification: Notification = field(default_factory=Notification)
    verified: bool = True
    level: str = "primary"
    unverified: tuple[str, ...] = ()
    verification_note: str = ""
    fixed_since: str | None = None
    notes: str = ""
    as_if: tuple[str, ...] = ()
