"""How analyses word ranges for people, in one place."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model.section import Tone
from auditor.model.shares import percents as percent

__all__ = ["OpenRange", "loss_tone", "named", "percent", "rough", "span"]

MILLION, BILLION = 1e6, 1e9

OpenRange = tuple[float | None, float | None]


def span(bounds: tuple[float, float], form: str, unit: str = "") -> str:
    """Return ``12%`` or ``12-40%``: one number when both bounds read the same."""
    low, high = (format(bound, form) for bound in bounds)
    return f"{low}{unit}" if low == high else f"{low}-{high}{unit}"


def rough(bounds: tuple[float, float]) -> str:
    """Return an amount with three digits that count: ``344,000-464,000``, ``279-480 million``."""
    low, high = (float(f"{bound:.3g}") for bound in bounds)
    for size, name in ((BILLION, "billion"), (MILLION, "million")):
        if high >= size:
            return span((low / size, high / size), ".3g", "") + f" {name}"
    return span((low, high), ",.0f")


def named(names: Sequence[str], most: int) -> str:
    """Return names in a row, the first ``most`` of them with how many more there are."""
    told = ", ".join(names[:most])
    return told if len(names) <= most else f"{told} and {len(names) - most:,} more"


def loss_tone(share: tuple[float, float]) -> Tone:
    """Return how a lost share reads: bad when certain, caution when possible, good when none."""
    if share[0] > 0:
        return Tone.BAD
    return Tone.CAUTION if share[1] > 0 else Tone.GOOD
