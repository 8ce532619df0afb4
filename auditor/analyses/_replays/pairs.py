"""Outages near in time: each, their union and their overlap."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from auditor.analyses._replays.play import outage_minutes
from auditor.analyses._replays.words import minutes_text
from auditor.model.audit import OpenRange, Replay, Verdict, WorkloadReplay
from auditor.outages.schema import Outage

PAIR = " + "
"""Joins the ids of outages replayed together."""

NEAR = timedelta(hours=24)
"""Outages that begin within this time of each other are also replayed together."""


def near(first: Outage, second: Outage) -> bool:
    """Return whether two outages began within a day of each other."""
    return abs(second.start - first.start) <= NEAR


def joint_notes(first: Replay, second: Replay, joint: Replay) -> Replay:
    """Return the joint replay with a note per workload that both reach: each, union, overlap."""
    notes = tuple(
        _note((first.outage, a), (second.outage, b), union)
        for a, b, union in zip(first.workloads, second.workloads, joint.workloads, strict=True)
        if Verdict.SPARED not in (a.verdict[1], b.verdict[1])
    )
    return dataclasses.replace(joint, notes=notes or ("No workload is reached by both.",))


def _note(
    first: tuple[str, WorkloadReplay], second: tuple[str, WorkloadReplay], union: WorkloadReplay
) -> str:
    each = ", ".join(f"{minutes_text(outage_minutes(row))} in {name}" for name, row in (first, second))
    shared = _overlap(outage_minutes(first[1]), outage_minutes(second[1]), outage_minutes(union))
    return f"{union.workload}: {each}; union {minutes_text(outage_minutes(union))}, {shared}."


def _overlap(first: OpenRange, second: OpenRange, union: OpenRange) -> str:
    if first[1] is None or second[1] is None or union[1] is None:
        return "overlap not known"
    shared = max(0.0, first[1] + second[1] - union[1])
    return f"overlap up to {shared:g} min" if shared else "no overlap"
