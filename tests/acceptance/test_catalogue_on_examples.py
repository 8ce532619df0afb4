"""Every outage of the catalogue replays on every example, and best is never worse than worst."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.analyses.replay import replays
from auditor.config import load_settings
from auditor.connectors.manifest import declare
from auditor.estate import build
from auditor.inventory import empty
from auditor.model.audit import VERDICT_ORDER
from auditor.outages import catalogue

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "examples").glob("*/auditor.toml"))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.parent.name)
def test_the_whole_catalogue_replays_on_an_example(example: Path) -> None:
    """Each outage gives each workload a pair of verdicts in order, and minutes in order."""
    subject = build(declare(empty("2026-01-01T00:00:00Z"), load_settings(example)))
    found = replays(subject, catalogue())
    single = [replay for replay in found if " + " not in replay.outage]
    assert [replay.outage for replay in single] == sorted(catalogue())
    for replay in found:
        assert len(replay.workloads) == len(subject.workloads)
        for row in replay.workloads:
            best, worst = (VERDICT_ORDER.index(verdict) for verdict in row.verdict)
            assert best <= worst, (replay.outage, row.workload)
            low, high = row.minutes
            assert low is None or high is None or 0 <= low <= high, (replay.outage, row.workload)
