"""Shares as people read them, the same in every room."""

from __future__ import annotations

from auditor.model.evidence import Range

LEAST = 0.005
"""Share below which rounding to whole per cents would tell nothing from something."""


def percent(share: float) -> str:
    """Return a share in [0, 1] as a percentage without decimals; ``<1%`` for less than half a per cent."""
    return "<1%" if 0 < share < LEAST else f"{100 * share:.0f}%"


def percents(shares: Range) -> str:
    """Return a range of shares such as ``12-40%``, one figure where both bounds read the same."""
    low, high = map(percent, shares)
    return low if low == high else f"{low.removesuffix('%')}-{high}"
