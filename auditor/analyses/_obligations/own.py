"""Your clock: each workload's minutes in a replay, which a standby may have shortened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from auditor.estate.graph import Estate
from auditor.model.audit import Clock, Replay, Verdict, WorkloadReplay
from auditor.model.workload import Criticality
from auditor.obligations import Case, Interruption, Kind
from auditor.obligations.cases import YOU, users_in, your_roles
from auditor.obligations.interruption import FOREVER
from auditor.obligations.stretches import Stretch, merged, total
from auditor.outages.schema import Outage, Plane, Severity

FELT = frozenset({Verdict.IMPAIRED, Verdict.INTERRUPTED, Verdict.DOWN})
WHICH = "how its minutes fall on the several windows"
RUNS_ON = "whether what it runs on was hit: the replay lists the facts that decide"
HIT = "whether it was hit: your incident log tells"


def own(
    outage: Outage,
    replay: Replay,
    estate: Estate,
    countries: Mapping[str, frozenset[str]],
    facts: Mapping[str, object],
) -> tuple[Case, ...]:
    """Return one case per workload that would be out, slow or erring."""
    roles, others = your_roles(facts)
    critical = {each.name for each in estate.workloads if each.criticality is Criticality.CRITICAL}
    found = []
    for row in replay.workloads:
        stops = _stops(outage, row) if row.verdict[1] in FELT else ()
        if stops:
            known = {"critical_services_affected": True, **facts} if row.workload in critical else facts
            found.append(
                Case(
                    cause=outage.id,
                    title=outage.title,
                    clock=Clock.OWN,
                    party=YOU,
                    subject=row.workload,
                    stops=stops,
                    roles=roles,
                    other_roles=others,
                    countries=users_in(facts, countries.get(row.workload, frozenset())),
                    facts=known,
                )
            )
    return tuple(found)


def _stops(outage: Outage, row: WorkloadReplay) -> tuple[Interruption, ...]:
    """Return the workload's stops; where its minutes fill no window, only as possible ones."""
    grey = row.verdict[1] is Verdict.IMPAIRED
    windows = _windows(outage, row, grey=grey)
    if not windows:
        return ()
    low, high = row.minutes
    doubt = _doubts(row, low)
    stops = [
        Interruption(
            start=start,
            end=None if end == FOREVER else end,
            certain_until=start,
            kind=Kind.DEGRADED if grey else Kind.DOWN,
            what=row.workload,
            doubt=doubt,
        )
        for start, end in windows
    ]
    if len(stops) == 1:
        return (_lasting(stops[0], low, high),)
    return tuple(_shared(stop, low, high, windows) for stop in stops)


def _lasting(stop: Interruption, low: float | None, high: float | None) -> Interruption:
    certain = stop.start + timedelta(minutes=low or 0.0)
    end = None if high is None else stop.start + timedelta(minutes=high)
    return replace(stop, certain_until=certain, end=end, doubt=() if certain == end else stop.doubt)


def _shared(
    stop: Interruption, low: float | None, high: float | None, windows: Sequence[Stretch]
) -> Interruption:
    """Return one of several stops: whole where the minutes fill the windows, else only as possible."""
    if stop.end is None:
        return stop
    whole = total(windows).total_seconds() / 60 if windows[-1][1] != FOREVER else None
    if whole is not None and low is not None and low >= whole:
        return replace(stop, certain_until=stop.end, doubt=())
    longest = stop.end if high is None else min(stop.end, stop.start + timedelta(minutes=high))
    return replace(stop, end=longest, doubt=(*stop.doubt, WHICH))


def _windows(outage: Outage, row: WorkloadReplay, *, grey: bool) -> tuple[Stretch, ...]:
    """Return when the effects that touched the workload lasted: those that stop it, or that slow it down."""
    harsh = {
        (impact.start, impact.what)
        for impact in outage.impacts
        if impact.plane is not Plane.CONTROL
        and (
            impact.severity is Severity.DOWN
            or (grey and impact.severity in {Severity.DEGRADED, Severity.DELAYED})
        )
    }
    return merged(
        (start, FOREVER if window.end is None else datetime.fromisoformat(window.end))
        for window in row.windows
        if ((start := datetime.fromisoformat(window.start)), window.what) in harsh
    )


def _doubts(row: WorkloadReplay, low: float | None) -> tuple[str, ...]:
    if row.unknown_facts:
        return (RUNS_ON,)
    return (HIT,) if not low else ("how long it lasted: your incident log tells",)
