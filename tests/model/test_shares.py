"""Shares in words: something is never rounded to nothing."""

from __future__ import annotations

import pytest

from auditor.model.shares import percents


@pytest.mark.parametrize(
    ("shares", "text"),
    [
        ((0.0, 0.0), "0%"),
        ((0.12, 0.12), "12%"),
        ((0.12, 0.4), "12-40%"),
        ((0.001, 0.004), "<1%"),
        ((0.001, 0.03), "<1-3%"),
        ((0.0, 0.004), "0-<1%"),
        ((0.0051, 0.012), "1%"),
    ],
)
def test_a_share_of_something_never_reads_as_nothing(shares: tuple[float, float], text: str) -> None:
    """Less than half a per cent is ``<1%``; bounds that read the same are one figure."""
    assert percents(shares) == text
