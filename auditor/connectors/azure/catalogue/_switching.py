"""Needs of global entry points: which target answers, and how long switching to the next one takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.model.evidence import Range
from auditor.model.need import Member, Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One place traffic may go: resource id or host, priority (lowest first), the fact it is unsure by."""

    ref: str
    priority: int = 1
    unknown: str | None = None


def first_that_answers(
    targets: Iterable[Target], *, delay: Range, role: str, origin: str, probed: bool = True
) -> tuple[Need, ...]:
    """Return the needs for targets: those of the first priority serve now, others after ``delay``.

    Several of the first priority share the users: each is needed by its own, who are sent to the others once
    probes have failed; only a part of them has to be. Without probes nobody is sent anywhere.
    """
    ordered = sorted({target.ref: target for target in targets}.values(), key=lambda t: (t.priority, t.ref))
    if not ordered:
        return ()
    first = next((target.priority for target in ordered if target.unknown is None), ordered[0].priority)
    serving = [target for target in ordered if target.priority <= first]
    if not probed:
        members = tuple(Member(ref=target.ref, unknown=target.unknown) for target in serving)
        return (Need(role=role, members=members, k=(len(members), len(members)), origin=origin),)
    moved = (0.0, delay[1]) if len(serving) > 1 else delay
    return tuple(
        Need(
            role=role,
            members=(
                Member(ref=target.ref),
                *(
                    Member(ref=other.ref, delay=moved, unknown=other.unknown)
                    for other in ordered
                    if other is not target
                ),
            ),
            origin=origin,
            unknown=target.unknown,
        )
        for target in serving
    )
