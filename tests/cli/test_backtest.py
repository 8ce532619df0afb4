"""The hit rate on the command line."""

from __future__ import annotations

import json

from tests.cli.conftest import Run


def test_the_hit_rate_is_told(run: Run) -> None:
    """Programs get every case and the counts; a finished backtest ends with status 0, misses or not."""
    done = run("outages", "backtest", "--format", "json", "-o", "-")
    assert done.exit_code == 0
    found = json.loads(done.stdout)["extensions"]["backtest"]
    counts = found["tally"]
    assert counts["cases"] == len(found["cases"]) >= 60
    assert counts["precise"] + counts["bracketed"] + counts["undecided"] + counts["missed"] == counts["cases"]
    assert all(each["why_missed"] for each in found["cases"] if each["outcome"] == "miss")
