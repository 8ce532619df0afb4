"""How figures are put into words, the same in every format."""

from __future__ import annotations

from datetime import datetime

from auditor.model.audit import OpenRange, Range

DASH = "-"
_PROVIDERS = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud", "onprem": "on-premises"}


def percent(share: float) -> str:
    """Return a share in [0, 1] as a percentage without decimals; ``<1%`` for less than half a per cent."""
    if 0 < share < 0.005:  # noqa: PLR2004 - what would be rounded to nothing
        return "<1%"
    return f"{100 * share:.0f}%"


def percents(shares: Range) -> str:
    """Return a range of shares, one figure where both bounds read the same."""
    return _joined(percent(shares[0]), percent(shares[1]), unit="%")


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


def _joined(low: str, high: str, *, unit: str = "") -> str:
    return low if low == high else f"{low.removesuffix(unit)}{DASH}{high}"
