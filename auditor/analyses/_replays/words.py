"""How replays are worded for people: exposed, never hit."""

from __future__ import annotations

from auditor.model.audit import OpenRange, Verdict, WorkloadReplay
from auditor.model.section import Tone

TONES = {
    Verdict.SPARED: Tone.GOOD,
    Verdict.WEAKENED: Tone.CAUTION,
    Verdict.IMPAIRED: Tone.CAUTION,
    Verdict.INTERRUPTED: Tone.BAD,
    Verdict.DOWN: Tone.BAD,
}

TIMED = frozenset({Verdict.IMPAIRED, Verdict.INTERRUPTED, Verdict.DOWN})


def minutes_text(bounds: OpenRange) -> str:
    """Return ``84 min``, ``0-315 min``, ``at least 1440 min`` or ``for how long is not known``."""
    low, high = bounds
    if high is None:
        return f"at least {low:g} min" if low else "for how long is not known"
    return f"{high:g} min" if low == high else f"{low or 0:g}-{high:g} min"


def verdict_text(row: WorkloadReplay) -> str:
    """Return ``down``, or ``spared...down`` where best and worst case differ."""
    best, worst = row.verdict
    return worst.value if best is worst else f"{best.value}...{worst.value}"


def tone(row: WorkloadReplay) -> Tone:
    """Return how a verdict reads; one that a missing fact would decide is unknown."""
    best, worst = row.verdict
    if best is worst or not row.unknown_facts:
        return TONES[worst]
    return Tone.UNKNOWN if best is Verdict.SPARED else TONES[worst]


def short(row: WorkloadReplay) -> str:
    """Return a verdict with its minutes for a cell: ``down 84 min``, ``spared...down up to 315 min``."""
    text = verdict_text(row)
    if row.verdict[1] not in TIMED:
        return text
    low, high = row.minutes
    if high is None:
        return f"{text} {low:g}+ min" if low else text
    return f"{text} {high:g} min" if low == high else f"{text} up to {high:g} min"


def sentence(row: WorkloadReplay) -> str:
    """Return the verdict as a sentence about exposure."""
    worst = row.verdict[1]
    if worst is Verdict.SPARED:
        return f"{row.workload}: spared; nothing it needs would be touched."
    if worst is Verdict.WEAKENED:
        return f"{row.workload}: weakened; it would stay up, with a redundancy gone."
    how = {Verdict.IMPAIRED: "slow or erring", Verdict.INTERRUPTED: "down until a standby takes over"}
    would = f"would be {how.get(worst, 'down')} {_extent(row.minutes)}"
    possibly = "possibly exposed" if row.verdict[0] in {Verdict.SPARED, Verdict.WEAKENED} else "exposed"
    return f"{row.workload}: {possibly}: {would}."


def _extent(bounds: OpenRange) -> str:
    low, high = bounds
    if high is None:
        return minutes_text(bounds)
    return f"{high:g} min" if low == high else f"up to {high:g} min"
