"""Interruptions and cases, quickly made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.model.audit import Answer, Clock, Obligation
from auditor.obligations import Case, Interruption, Kind, catalogue, evaluate

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def stop(start: float, minutes: float | None, *, kind: Kind = Kind.DOWN, **more: Any) -> Interruption:
    """Return a stop that begins so many minutes after noon."""
    begin = NOON + timedelta(minutes=start)
    end = None if minutes is None else begin + timedelta(minutes=minutes)
    given: dict[str, Any] = {"certain_until": end or begin, **more}
    return Interruption(start=begin, end=end, kind=kind, **given)


def case(*stops: Interruption, clock: Clock = Clock.PROVIDER, **more: Any) -> Case:
    """Return a Korean cloud provider's case, or with ``Clock.OWN`` one of yours."""
    given: dict[str, Any] = {
        "cause": "log.csv",
        "title": "log.csv",
        "party": "you" if clock is Clock.OWN else "Amazon Web Services",
        "subject": "shop" if clock is Clock.OWN else "ec2",
        "roles": {} if clock is Clock.OWN else {"cloud-provider": Answer.YES},
        "other_roles": Answer.UNKNOWN if clock is Clock.OWN else Answer.NO,
        "countries": frozenset({"KR"}),
    }
    return Case(clock=clock, stops=stops, **(given | more))


def asked(law: str, *cases: Case, **more: Any) -> tuple[Obligation, ...]:
    """Return what one law says."""
    return evaluate({law: catalogue()[law]}, cases, **more).obligations


def one(law: str, *cases: Case, **more: Any) -> Obligation:
    """Return what one law says, where it says one thing."""
    found = asked(law, *cases, **more)
    assert len(found) == 1
    return found[0]


def met(found: Obligation) -> dict[str, Answer]:
    """Return the answer of each threshold."""
    return {check.threshold: check.answer for check in found.thresholds}
