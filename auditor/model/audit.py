"""The typed result of one run: what every format and program reads (design: the JSON contract).

Ranges are ``(low, high)``; verdict pairs are ``(best, worst)``; money is by currency. Fields an analysis
has not filled are None.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from auditor.model.change import Change
from auditor.model.cuts import WorkloadCuts
from auditor.model.gap import Gap
from auditor.model.risk import Simulation
from auditor.model.section import Section

Range = tuple[float, float]
OpenRange = tuple[float | None, float | None]
"""A range whose bounds may be unknown."""


class Verdict(StrEnum):
    """What an outage does to a workload, best first."""

    SPARED = "spared"
    WEAKENED = "weakened"
    IMPAIRED = "impaired"
    INTERRUPTED = "interrupted"
    DOWN = "down"


VERDICT_ORDER: tuple[Verdict, ...] = (
    Verdict.SPARED,
    Verdict.WEAKENED,
    Verdict.IMPAIRED,
    Verdict.INTERRUPTED,
    Verdict.DOWN,
)


class Breach(StrEnum):
    """Whether a recovery-time target is passed."""

    YES = "yes"
    NO = "no"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """Which program made the audit."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What the audit was made from."""

    providers: tuple[str, ...]
    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    resources: int
    outages: tuple[str, ...]
    config: str | None
    snapshot_sha256: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownFact:
    """A fact missing on some resources, and what would narrow it."""

    fact: str
    resources: int
    narrowed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much was seen and understood; shares in [0, 1].

    ``value`` is the share of resources whose kind is understood (not generic), lowered by the share of
    places that could not be read; None when nothing was seen.
    """

    resources: int
    understood: int
    generic: int
    generic_kinds: tuple[tuple[str, int], ...]
    references: int
    references_unresolved: int
    unassigned: int
    gaps_by_reason: tuple[tuple[str, int], ...]
    unknown_facts: tuple[UnknownFact, ...]
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreAxis:
    """One axis of the score."""

    axis: str
    weight: float
    observed: bool
    worst_domain: str | None
    lost_share: Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """0 to 100, higher is better; ``grade`` is (worst, best), None when not graded, then ``why`` says why."""

    value: Range
    grade: tuple[str, str] | None
    axes: tuple[ScoreAxis, ...]
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainShare:
    """A domain's share on its axis, in [0, 1]."""

    domain: str
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Concentration:
    """Placement shares on one axis by one weight; ``hhi`` on 0 to 10,000."""

    axis: str
    weight: str
    hhi: Range | None
    effective: Range | None
    unplaced: float
    top: tuple[DomainShare, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """What the loss of one domain takes: share of criticality weight, in [0, 1], (best, worst)."""

    axis: str
    domain: str
    lost_share: Range
    lost_share_no_manual: Range
    workloads: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonChain:
    """A path of node ids from what failed to the workload, and the evidence of each step."""

    chain: tuple[str, ...]
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A stretch of time in UTC, ISO 8601; ``end`` None when no end is known; ``what`` names the effect."""

    start: str
    end: str | None
    what: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadReplay:
    """One workload in one outage.

    ``minutes`` are of outage (of impairment for ``impaired``), a bound is None where no duration is known;
    ``impaired_minutes`` always those of impairment, outage included. ``share`` is the share of the
    population hit or, for an inferred workload without entry points, of its roots that are out.
    ``windows`` are the onsets that touched it. ``data_loss`` is minutes of writes, None when none or unknown
    is told apart by ``data_loss_possible``.
    """

    workload: str
    verdict: tuple[Verdict, Verdict]
    minutes: OpenRange
    impaired_minutes: OpenRange
    partial: bool
    share: float | None
    roots_out: Range | None
    control_plane: tuple[str, ...]
    rto_breach: Breach | None
    data_loss: OpenRange | None
    data_loss_possible: bool
    unknown_facts: tuple[str, ...]
    windows: tuple[Window, ...]
    because: tuple[ReasonChain, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """Exposure summed over workloads: criticality weight x minutes, and money by currency."""

    weight_minutes: OpenRange
    money: dict[str, OpenRange]


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """One outage (or several together) against today's estate; ``outage`` joins ids with `` + ``."""

    outage: str
    title: str
    in_reach: bool
    verified: bool
    fixed_since: bool
    windows: tuple[Window, ...]
    lost: Lost
    workloads: tuple[WorkloadReplay, ...]
    notes: tuple[str, ...] = ()


class Answer(StrEnum):
    """A three-valued answer: what nobody knows is neither yes nor no."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Clock(StrEnum):
    """Whose duty is asked: the provider's, on its own service; or yours, on your workload's minutes."""

    PROVIDER = "provider"
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThresholdCheck:
    """Whether one threshold of a law was crossed, and when; ``missing`` lists what would decide it.

    Times are ISO 8601: ``at`` in UTC, ``at_local`` with the offset of the obligation's time zone; for an
    unknown answer they say when it would be crossed at the earliest.
    """

    threshold: str
    text: str
    answer: Answer
    at: str | None
    at_local: str | None
    missing: tuple[str, ...]
    verified: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDue:
    """One notice that is owed: to whom, by when, and from when the time was counted.

    ``assumed``: the start of the count is the earliest it can have been, because nobody said when it was.
    """

    what: str
    to: tuple[str, ...]
    due: str | None
    due_local: str | None
    wording: str
    counted_from: str
    assumed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligation:
    """One law on one interruption, for one clock: exposed, to be confirmed with the incident log.

    Attributes:
        law, name, jurisdiction, instrument, articles: which law.
        cause, title: id of the outage or name of the log, and its title.
        clock: whose duty.
        owed_by, owed_to: who tells whom.
        subjects: services (provider's clock) or workloads (yours) of which all that follows is true.
        answer: is notice owed; ``applies``: does the law bind at all; ``crossed``: is its test met.
        crossed_at, crossed_local, timezone: when the test was met; of an unknown answer, at the earliest.
        minutes: of interruption in all, (certain, possible), None where no end is known.
        windows: the stretches counted.
        learned: how people learned of it.
        missing: what must be known and is not.
        verified, unverified: whether the law's numbers were read in a source, and which points were not.
        label: what this is not.
    """

    law: str
    name: str
    jurisdiction: str
    instrument: str
    articles: tuple[str, ...]
    cause: str
    title: str
    clock: Clock
    owed_by: str
    owed_to: tuple[str, ...]
    subjects: tuple[str, ...]
    answer: Answer
    applies: Answer
    crossed: Answer
    crossed_at: str | None
    crossed_local: str | None
    timezone: str
    minutes: OpenRange
    windows: tuple[Window, ...]
    thresholds: tuple[ThresholdCheck, ...]
    notices: tuple[NoticeDue, ...]
    content: tuple[str, ...]
    exemptions: tuple[str, ...]
    learned: str
    missing: tuple[str, ...]
    verified: bool
    unverified: tuple[str, ...]
    sources: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadSummary:
    """A workload as the audit saw it."""

    workload: str
    criticality: str
    evidence: str
    resources: int
    needs: tuple[str, ...]
    regions: tuple[str, ...]
    revenue_per_hour: float | None
    currency: str | None
    rto_minutes: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """Something taken for granted: the sentence, how often, and how to replace it by knowledge."""

    text: str
    count: int
    narrowed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Everything one run found. Field order is the JSON contract's order."""

    schema: str
    tool: Tool
    taken_at: str
    inputs: Inputs
    coverage: Coverage | None = None
    score: Score | None = None
    concentration: tuple[Concentration, ...] | None = None
    survival: tuple[Survival, ...] | None = None
    cut_sets: tuple[WorkloadCuts, ...] | None = None
    replays: tuple[Replay, ...] | None = None
    simulation: Simulation | None = None
    advice: tuple[Change, ...] | None = None
    obligations: tuple[Obligation, ...] | None = None
    workloads: tuple[WorkloadSummary, ...] | None = None
    gaps: tuple[Gap, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    extensions: dict[str, Any] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    """For people; formats read these, the JSON contract leaves them out."""


SCHEMA_ID = "auditor/audit/1"
