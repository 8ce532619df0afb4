"""Placement shares and the Herfindahl-Hirschman index."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.analyses.base import Context
from auditor.analyses.concentration import hhi_range, run
from auditor.config import Settings
from auditor.estate.graph import Estate
from auditor.model.audit import Concentration
from auditor.model.workload import Criticality
from tests.analyses.estates import TOKYO, estate, fact, server, workload


@pytest.mark.parametrize(
    ("shares", "unplaced", "expected"),
    [
        ([1.0], 0.0, (10_000, 10_000)),
        ([0.5, 0.5], 0.0, (5_000, 5_000)),
        ([0.5, 0.3, 0.2], 0.0, (3_800, 3_800)),
        ([0.5, 0.25], 0.25, (3_125, 6_250)),  # the unknown quarter thinly spread, or all with the largest
        ([], 1.0, (0, 10_000)),
    ],
)
def test_the_index_is_the_sum_of_squares_with_the_unplaced_share_as_a_range(
    shares: list[float], unplaced: float, expected: tuple[float, float]
) -> None:
    """Low spreads the unknown share thin; high puts it all with the largest."""
    assert hhi_range(np.array(shares), unplaced) == pytest.approx(expected)


def _found(subject: Estate, axis: str, weight: str = "count") -> Concentration:
    finding = run(Context(estate=subject, settings=Settings(), outages={}))
    found: tuple[Concentration, ...] = finding.value
    return next(item for item in found if (item.axis, item.weight) == (axis, weight))


def test_shares_count_resources_per_region() -> None:
    """Three machines in Seoul and one in Tokyo are 75 and 25 percent."""
    subject = estate(*(server(f"s{n}") for n in range(3)), server("t", region=TOKYO, zone="apne1-az1"))
    found = _found(subject, "region")
    assert [(top.domain, top.share) for top in found.top] == [
        ("region:aws/ap-northeast-2", 0.75),
        ("region:aws/ap-northeast-1", 0.25),
    ]
    assert found.hhi == pytest.approx((6_250, 6_250))
    assert found.effective == pytest.approx((1.6, 1.6))


def test_an_idle_resource_moves_nothing_by_criticality() -> None:
    """Weight by criticality spreads a workload over its own resources; unassigned ones weigh nothing."""
    subject = estate(
        server("a", workload="shop"),
        *(server(f"idle{n}", region=TOKYO, zone="apne1-az1") for n in range(9)),
        workloads=(workload("shop", criticality=Criticality.CRITICAL),),
    )
    assert _found(subject, "region", "criticality").top[0].share == pytest.approx(1.0)
    assert _found(subject, "region", "count").top[0].share == pytest.approx(0.9)


def test_cost_is_null_unless_known() -> None:
    """Without a cost on any resource there is no share by cost, not a share of zero."""
    assert _found(estate(server("a")), "region", "cost").hhi is None
    priced = estate(
        server("a", facts=(fact("monthly_cost", 30.0),)), server("b", region=TOKYO, zone="apne1-az2")
    )
    assert _found(priced, "region", "cost").top[0].domain == "region:aws/ap-northeast-2"


@pytest.mark.parametrize("absent", ["none", False])
def test_hosts_carry_several_agents_so_they_have_coverage_and_no_index(*, absent: str | bool) -> None:
    """Agents and operating systems are shares of hosts, with the unknown part beside; "none" is no agent."""
    subject = estate(
        server("a", facts=(fact("agent.falcon", "7.11"),)),
        server("b", facts=(fact("agent.falcon", absent),)),
    )
    found = _found(subject, "agent")
    assert found.hhi is None
    assert [(top.domain, top.share) for top in found.top] == [("agent:falcon/linux", 0.5)]
    assert found.unplaced == 0.0


def test_a_resource_over_two_zones_is_split_equally() -> None:
    """A weight is split over the domains a resource stands on."""
    both = server("a", kind="aws.rds.instance", zone=None)
    both = type(both)(
        id="a",
        kind="aws.rds.instance",
        name="a",
        placement=type(both.placement)(
            provider="aws", account="1", region="ap-northeast-2", zones=("apne2-az1", "apne2-az2")
        ),
    )
    assert _found(estate(both), "zone").hhi == pytest.approx((5_000, 5_000))
