"""What single losses take."""

from __future__ import annotations

import pytest

from auditor.analyses.base import Context
from auditor.analyses.survival import measure, run, worst_per_axis
from auditor.config import Settings
from auditor.model.audit import Survival
from auditor.model.evidence import Evidence
from auditor.model.need import Member, Need, requires
from auditor.model.section import Table
from auditor.model.workload import Criticality, Vendor
from tests.analyses.estates import TOKYO, estate, fact, server, workload


def _by_domain(found: tuple[Survival, ...]) -> dict[str, Survival]:
    return {item.domain: item for item in found}


def test_one_machine_is_lost_with_its_zone_region_and_provider() -> None:
    """A single machine falls with every domain under it and with no other."""
    found = _by_domain(measure(estate(server("a", workload="w"), workloads=(workload("w"),))))
    for domain in ("zone:aws/apne2-az1", "region:aws/ap-northeast-2", "provider:aws", "os:linux"):
        assert found[domain].lost_share == (1.0, 1.0), domain
        assert found[domain].workloads == ("w",)


def test_replicas_in_two_zones_survive_either_zone_but_not_the_region() -> None:
    """One of two members over zones needs only the region."""
    pair = Need(role="members", members=(Member(ref="a"), Member(ref="b")))
    subject = estate(
        server("a", workload="w"),
        server("b", zone="apne2-az2", workload="w"),
        workloads=(workload("w", pair),),
    )
    found = _by_domain(measure(subject))
    assert found["zone:aws/apne2-az1"].lost_share == (0.0, 0.0)
    assert found["zone:aws/apne2-az2"].lost_share == (0.0, 0.0)
    assert found["region:aws/ap-northeast-2"].lost_share == (1.0, 1.0)


def test_a_manual_standby_slower_than_the_limit_saves_nothing() -> None:
    """A standby of 60 to 240 minutes is in time in the best case only, and not at all without people."""
    pair = Need(
        role="members",
        members=(Member(ref="a"), Member(ref="b", delay=(60.0, 240.0), manual=True, loss=None)),
    )
    subject = estate(
        server("a", workload="w"),
        server("b", region=TOKYO, zone="apne1-az1", workload="w"),
        workloads=(workload("w", pair),),
    )
    found = _by_domain(measure(subject))["region:aws/ap-northeast-2"]
    assert found.lost_share == (0.0, 1.0)
    assert found.lost_share_no_manual == (1.0, 1.0)


def test_shares_are_of_criticality_weight() -> None:
    """A critical workload weighs eight low ones."""
    subject = estate(
        server("a", workload="big"),
        server("b", region=TOKYO, zone="apne1-az1", workload="small"),
        workloads=(
            workload("big", criticality=Criticality.CRITICAL),
            workload("small", criticality=Criticality.LOW),
        ),
    )
    found = _by_domain(measure(subject))
    assert found["region:aws/ap-northeast-2"].lost_share == pytest.approx((8 / 9, 8 / 9))


def test_an_unknown_agent_ranges_over_the_agents_seen() -> None:
    """A machine nobody asked falls with an agent's channel in the worst case only."""
    unasked = server("b", workload="w", facts=(fact("agent.falcon", ""),))
    subject = estate(server("a", facts=(fact("agent.falcon", "7.11"),)), unasked, workloads=(workload("w"),))
    assert _by_domain(measure(subject))["agent:falcon/linux"].lost_share == (0.0, 1.0)


def test_a_vendor_falls_with_the_region_it_runs_on() -> None:
    """A vendor's hosting is part of the graph."""
    subject = estate(
        server("a", workload="w"),
        workloads=(workload("w", *requires("vendor", "vendor:x", evidence=Evidence.DECLARED)),),
        vendors=(Vendor(name="x", hosted_on=("region:azure/centralus",)),),
    )
    found = _by_domain(measure(subject))
    assert found["vendor:x"].lost_share == (1.0, 1.0)
    assert found["region:azure/centralus"].lost_share == (1.0, 1.0)


def test_the_headline_lists_narrow_axes_before_wide_ones() -> None:
    """Zone leads, the whole provider comes last as a bound."""
    subject = estate(server("a", workload="w"), workloads=(workload("w"),))
    axes = [item.axis for item in worst_per_axis(measure(subject))]
    assert axes[0] == "zone"
    assert axes[-1] == "provider"


def test_an_empty_estate_says_so() -> None:
    """No workloads: a sentence, not an empty table."""
    finding = run(Context(estate=estate(), settings=Settings(), outages={}))
    assert finding.value == ()
    assert "No workloads" in str(finding.sections[0].blocks)


def test_rows_name_some_workloads_and_count_the_others() -> None:
    """Hundreds of names in a cell hide the row; the value has them all."""
    names = [f"w{number:02}" for number in range(30)]
    subject = estate(
        *(server(name, workload=name) for name in names), workloads=tuple(workload(name) for name in names)
    )
    finding = run(Context(estate=subject, settings=Settings(), outages={}))
    (brief,), (_, full) = finding.sections[0].brief, finding.sections[0].blocks
    assert isinstance(brief, Table)
    assert isinstance(full, Table)
    assert brief.rows[0][-1].text == "w00, w01, w02, w03 and 26 more"
    assert full.rows[0][-1].text.endswith("w19 and 10 more")
