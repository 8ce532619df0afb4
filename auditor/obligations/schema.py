"""What a law is: whom it binds, which interruptions trigger it, and who must tell whom by when."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from auditor.model.audit import Clock
from auditor.obligations.interruption import Kind

FactValue = bool | float | str | tuple[str, ...]


class Ask(StrEnum):
    """How a rule asks a fact."""

    IS = "is"
    OVER = "over"
    AT_LEAST = "at_least"


class Anchor(StrEnum):
    """What a deadline may be counted from, besides an earlier notice of the same law."""

    START = "start"
    CROSSING = "crossing"
    AWARENESS = "awareness"
    CLASSIFICATION = "classification"


class Unit(StrEnum):
    """How a deadline counts."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    WORKING_DAYS = "working_days"


class Status(StrEnum):
    """Whether a law binds anybody yet."""

    LAW = "law"
    BILL = "bill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """One stop without a break of ``minutes`` or longer (``over``: longer than that)."""

    minutes: float
    over: bool = False
    counts: tuple[Kind, ...] = (Kind.DOWN,)
    may_count: tuple[Kind, ...] = (Kind.INTERMITTENT, Kind.DEGRADED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totalling:
    """At least ``stops`` stops that begin within ``hours`` of the first, ``minutes`` in all inside them."""

    stops: int
    hours: float
    minutes: float
    over: bool = False
    counts: tuple[Kind, ...] = (Kind.DOWN,)
    may_count: tuple[Kind, ...] = (Kind.INTERMITTENT, Kind.DEGRADED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something about the incident or the company that no log of times tells."""

    name: str
    ask: Ask
    value: bool | float


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """At least ``count`` of the parts hold: ``all`` is every part, ``any`` is one."""

    count: int
    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Met:
    """The threshold of that id is crossed."""

    threshold: str


Rule = Lasting | Totalling | Fact | AtLeast | Met


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """One threshold in the law's own terms; in force from ``since`` until the day before ``until``."""

    id: str
    text: str
    test: Rule
    verified: bool = True
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """So many units after an anchor or an earlier notice."""

    amount: int
    unit: Unit
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice a law asks for; with several periods the earliest end counts."""

    what: str
    to: tuple[str, ...]
    wording: str
    periods: tuple[Period, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """How a request for notice speaks of the law in one language."""

    law: str
    basis: str
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """One law.

    Attributes:
        id: slug, equal to its file's name.
        countries: ISO 3166 codes of users it protects or entities it binds; ``EU`` stands for the Union.
        roles: who it binds; one of them suffices.
        clocks: whose duty it can be.
        scope: further facts that must hold for it to bind, None = none.
        since: first day in force, None where no source read says so.
        rule: over the thresholds.
        timezone: IANA name the law's moments are told in, None = that of the log.
        fine: largest fine, words.
    """

    id: str
    jurisdiction: str
    name: str
    instrument: str
    articles: tuple[str, ...]
    applies_to: str
    authority: str
    countries: tuple[str, ...]
    roles: tuple[str, ...]
    clocks: tuple[Clock, ...]
    status: Status
    since: date | None
    scope: Rule | None
    rule: Rule
    rule_text: str
    thresholds: tuple[Threshold, ...]
    notices: tuple[Notice, ...]
    content: tuple[str, ...]
    channels: tuple[str, ...]
    other_triggers: tuple[str, ...]
    exemptions: tuple[str, ...]
    sanction: str
    verified: bool
    unverified: tuple[str, ...]
    sources: tuple[str, ...]
    timezone: str | None = None
    warning: str = ""
    letters: dict[str, Letter] = field(default_factory=dict)
