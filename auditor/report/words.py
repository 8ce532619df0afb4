"""How figures are put into words, the same in every format."""

from __future__ import annotations

from datetime import datetime

from auditor.model.audit import OpenRange, Range
from auditor.model.shares import percent, percents

__all__ = ["count", "grade", "minutes", "moment", "numbers", "percent", "percents", "provider"]

DASH = "-"
_PROVIDERS = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud", "onprem": "on-premises"}


def numbers(bounds: Range) -> str:
    """Return a range of whole numbers."""
    return _joined(f"{bounds[0]:,.0f}", f"{bounds[1]:,.0f}")


def minutes(bounds: OpenRange) -> str:
    """Return a range of minutes; an open low or high bound is said in words."""
    low, high = bounds
    if low is None and high is None:
        return "duration unknown"
    if high is None:
        return f"at least {low:,.0f} min"
    if low is None:
        return f"up to {high:,.0f} min"
    return f"{_joined(f'{low:,.0f}', f'{high:,.0f}')} min"


def grade(pair: tuple[str, str]) -> str:
    """Return (worst, best) grades: ``B``, or ``D to B`` where they differ."""
    return pair[0] if pair[0] == pair[1] else f"{pair[0]} to {pair[1]}"


def moment(stamp: str) -> str:
    """Return an ISO 8601 time in UTC as ``2026-11-20 09:00 UTC``; anything else unchanged."""
    try:
        return datetime.fromisoformat(stamp).strftime("%Y-%m-%d %H:%M UTC")
    except ValueError:
        return stamp


def provider(name: str) -> str:
    """Return a provider's name as it writes itself."""
    return _PROVIDERS.get(name, name)


def count(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 gap``, ``1,200 gaps``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def _joined(low: str, high: str) -> str:
    return low if low == high else f"{low}{DASH}{high}"
