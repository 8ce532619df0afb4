"""Made-up outages for the tests of replays: few impacts, each with one thing to show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.analyses.replay import replays
from auditor.estate.graph import Estate
from auditor.model.audit import Replay, WorkloadReplay
from auditor.outages import Impact, Outage
from auditor.outages.schema import FaultClass, Plane, Recovery, RecoveryKind, Severity

START = datetime(2024, 5, 1, 12, tzinfo=UTC)
RESOLVER = "service:aws/ap-northeast-2/vpc-resolver"
EC2 = "service:aws/ap-northeast-2/ec2"


def impact(
    *nodes: str,
    at: float = 0,
    minutes: float | None = 60,
    plane: Plane = Plane.DATA,
    severity: Severity = Severity.DOWN,
    **more: Any,
) -> Impact:
    """Return an impact ``at`` minutes after the start; without minutes its end is not known."""
    start = START + timedelta(minutes=at)
    return Impact(
        what=more.pop("what", f"{', '.join(nodes)} fails"),
        nodes=nodes,
        plane=plane,
        severity=severity,
        start=start,
        end=None if minutes is None else start + timedelta(minutes=minutes),
        **more,
    )


def outage(*impacts: Impact, id: str = "made-2024-05-01-up", **more: Any) -> Outage:  # noqa: A002 - the field's name
    return Outage(
        id=id,
        title=more.pop("title", f"Outage {id}"),
        provider="aws",
        provider_kind="cloud",
        fault_class=FaultClass.SERVICE,
        mechanism="Made up.",
        start=min(each.start for each in impacts),
        end=None,
        impacts=impacts,
        recovery=Recovery(kind=RecoveryKind.PROVIDER_ONLY),
        sources=(),
        **more,
    )


def replayed(estate: Estate, *outages: Outage) -> tuple[Replay, ...]:
    return replays(estate, {each.id: each for each in outages})


def told(estate: Estate, *impacts: Impact, workload: str = "shop") -> WorkloadReplay:
    """Return what one outage of these impacts does to one workload."""
    found = replayed(estate, outage(*impacts))[0]
    return next(row for row in found.workloads if row.workload == workload)
