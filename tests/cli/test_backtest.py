"""The hit rate on the command line."""

from __future__ import annotations

from tests.analyses.backtested import backtested


def test_the_hit_rate_is_told() -> None:
    """Programs get every case and the counts; a finished backtest ends with status 0, misses or not."""
    assert backtested().status == 0
    found = backtested().found
    counts = found["tally"]
    assert counts["cases"] == len(found["cases"]) >= 60
    assert counts["precise"] + counts["bracketed"] + counts["undecided"] + counts["missed"] == counts["cases"]
    assert all(each["why_missed"] for each in found["cases"] if each["outcome"] == "miss")
