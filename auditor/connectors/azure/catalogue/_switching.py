"""Needs of global entry points: which target answers, and how long switching to the next one takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from auditor.model.evidence import EXACT_ZERO, Range
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
    """Return the need for one of the targets: those of the first priority serve now, others after ``delay``.

    Without probes nothing switches, so every target of the first priority is needed.
    """
    ordered = sorted({target.ref: target for target in targets}.values(), key=lambda t: (t.priority, t.ref))
    if not ordered:
        return ()
    first = next((target.priority for target in ordered if target.unknown is None), ordered[0].priority)
    if not probed:
        ordered = [target for target in ordered if target.priority <= first]
    members = tuple(
        Member(
            ref=target.ref,
            delay=EXACT_ZERO if target.priority <= first else delay,
            unknown=target.unknown,
        )
        for target in ordered
    )
    needed = 1 if probed else len(members)
    return (Need(role=role, members=members, k=(needed, needed), origin=origin),)
