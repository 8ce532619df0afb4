"""A proposed change: what it removes and leaves, what it asks for, and what both are worth a year."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.evidence import Range

OpenRange = tuple[float | None, float | None]
"""A range whose bounds may be unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyCost:
    """Money a change costs a year; a bound is None where something it runs has no known cost."""

    currency: str
    amount: OpenRange
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class YearlyExposure:
    """Outage that a change removes a year, to first order: time out by the record x what no longer falls.

    Attributes:
        minutes: of workloads out, summed over workloads; (least, most) of best and worst case. Negative
            where it adds more than it removes.
        money: by currency, of workloads that declare revenue.
        unrated: domains whose loss it removes though the record knows no rate for them: not counted.
    """

    minutes: Range
    money: dict[str, Range]
    unrated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One proposed change and what re-evaluation on a changed copy of the plan gave.

    Attributes:
        change: the sentence.
        domain, workload: which loss it is meant to break, of which workload.
        effort: class of effort.
        removes: share of criticality weight no longer lost with the domain, least and most of both cases;
            ``removes_share`` is that part of the loss.
        not_fixed: single losses that still take the workload, narrowest first.
        evidence: what is taken for granted.
        score_gain: points, least and most over best and worst case; None where no score is known.
        also_fixed: further single losses that no longer take the workload.
        kind: kind of change, such as ``zone``.
        cautions: what it can break, or asks for as long as it stands.
        exposure: what it removes a year; None where the record knows no rate for anything it breaks.
        cost: what it costs a year; None where nobody said.
        worth: money removed by money spent, where both are known in one currency.
    """

    change: str
    domain: str
    workload: str
    effort: str
    removes: Range
    removes_share: Range
    not_fixed: tuple[str, ...]
    evidence: str = ""
    score_gain: Range | None = None
    also_fixed: tuple[str, ...] = ()
    kind: str = ""
    cautions: tuple[str, ...] = ()
    exposure: YearlyExposure | None = None
    cost: YearlyCost | None = None
    worth: Range | None = None
