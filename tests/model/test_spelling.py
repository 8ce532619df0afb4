"""Guesses at mistyped words."""

from __future__ import annotations

from auditor.model.spelling import closest, one_of


def test_closest() -> None:
    """The nearest word is found in any letter case; far ones are not."""
    assert closest("WORKER", ["workers", "profile"]) == "workers"
    assert closest("zzz", ["workers", "profile"]) is None


def test_one_of() -> None:
    """Words read as a choice."""
    assert one_of(["a", "b", "c"]) == "a, b or c"
    assert one_of(["a"]) == "a"
