"""The score, its grade, and when none is given."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.analyses import coverage, survival
from auditor.analyses.base import Context
from auditor.analyses.score import grade, measure
from auditor.config import Settings
from auditor.estate.graph import Estate
from auditor.model.audit import Score, ScoreAxis
from auditor.model.evidence import Evidence
from auditor.model.gap import Gap, GapReason
from auditor.model.need import Member, Need, requires
from auditor.model.workload import Vendor
from tests.analyses.estates import TOKYO, estate, fact, server, workload

VENDORS = (Vendor(name="x", hosted_on=("region:azure/westeurope",)),)


def _score(subject: Estate, settings: Settings | None = None) -> Score:
    results: dict[str, Any] = {
        "survival": survival.measure(subject),
        "coverage": coverage.measure(subject),
    }
    return measure(Context(estate=subject, settings=settings or Settings(), outages={}, results=results))


def _axis(score: Score, name: str) -> ScoreAxis:
    return next(axis for axis in score.axes if axis.axis == name)


@pytest.mark.parametrize(
    ("value", "letter"),
    [(100, "A"), (90, "A"), (89.9, "B"), (75, "B"), (60, "C"), (59.9, "D"), (40, "D"), (39.9, "F"), (0, "F")],
)
def test_grades_follow_the_stated_limits(value: float, letter: str) -> None:
    """A from 90, B from 75, C from 60, D from 40, else F."""
    assert grade(value) == letter


def test_all_on_one_machine_scores_only_where_nothing_is_at_stake() -> None:
    """One machine falls with zone, region and provider; it has no agent and needs no vendor."""
    score = _score(estate(server("a", workload="w"), workloads=(workload("w"),), vendors=VENDORS))
    assert score.value == (30.0, 30.0)  # software 0.15 and vendor 0.15 keep their points
    assert score.grade == ("F", "F")
    assert _axis(score, "zone").worst_domain == "zone:aws/apne2-az1"


def test_an_axis_not_observed_may_lose_everything_or_nothing() -> None:
    """Without any vendor declared the vendor axis spans its whole weight."""
    score = _score(estate(server("a", workload="w"), workloads=(workload("w"),)))
    vendor = _axis(score, "vendor")
    assert (vendor.observed, vendor.lost_share) == (False, (0.0, 1.0))
    assert score.value == (15.0, 30.0)


def test_not_applicable_is_a_declaration_and_renormalises_the_rest() -> None:
    """A settled axis leaves the sum, and the other weights grow to one."""
    subject = estate(
        server("a", workload="w"), workloads=(workload("w"),), settled=(("vendor", "we buy no services"),)
    )
    score = _score(subject)
    assert [axis.axis for axis in score.axes] == ["region", "provider", "zone", "software"]
    assert sum(axis.weight for axis in score.axes) == pytest.approx(1.0)
    assert score.value == pytest.approx((100 * 0.15 / 0.85, 100 * 0.15 / 0.85))


def test_two_regions_behind_one_name_are_worth_their_points() -> None:
    """Active in two regions of one provider: only the provider is lost."""
    pair = Need(role="members", members=(Member(ref="a"), Member(ref="b")))
    subject = estate(
        server("a", workload="w"),
        server("b", region=TOKYO, zone="apne1-az1", workload="w"),
        workloads=(workload("w", pair),),
        vendors=VENDORS,
    )
    score = _score(subject)
    assert score.value == (80.0, 80.0)
    assert score.grade == ("B", "B")


def test_a_vendor_every_workload_needs_costs_the_vendor_axis() -> None:
    """A vendor nobody can replace takes everything along."""
    needs = requires("vendor", "vendor:x", evidence=Evidence.DECLARED)
    subject = estate(server("a"), workloads=(workload("w", *needs),), vendors=VENDORS)
    assert _axis(_score(subject), "vendor").lost_share == (1.0, 1.0)


def test_no_machine_tells_of_its_agents_then_software_is_not_observed() -> None:
    """Not seen is not absent: machines without any agent fact leave the axis open."""
    silent = server("a", workload="w", facts=(fact("agent.falcon", ""),))
    software = _axis(_score(estate(silent, workloads=(workload("w"),))), "software")
    assert (software.observed, software.lost_share) == (False, (0.0, 1.0))


def test_an_empty_estate_is_not_graded() -> None:
    """Nothing found is no grade, with the reason."""
    score = _score(estate())
    assert score.grade is None
    assert score.why == "not graded: no resources were found"


def test_low_coverage_is_not_graded() -> None:
    """Where most places could not be read there is no grade."""
    gaps = tuple(
        Gap(provider="aws", account="1", region=f"r{n}", service="ec2", reason=GapReason.DENIED)
        for n in range(9)
    )
    score = _score(estate(server("a", workload="w"), workloads=(workload("w"),), gaps=gaps))
    assert score.grade is None
    assert "coverage is 10%" in score.why
