"""Every kind of change is proposed where it helps, with what it asks for."""

from __future__ import annotations

import dataclasses

from auditor.analyses import survival
from auditor.analyses.advice import measure
from auditor.estate.graph import Estate
from auditor.model.change import Change
from auditor.model.evidence import Evidence
from auditor.model.need import Member, Need, requires
from auditor.model.workload import Workload
from tests.analyses.estates import SEOUL, TOKYO, estate, fact, server, workload

REGION = f"region:aws/{SEOUL}"


def _found(subject: Estate, kind: str) -> list[Change]:
    return [change for change in measure(subject, survival.measure(subject)) if change.kind == kind]


def _pair(*needs: Need) -> Estate:
    """Return machines in Seoul and Tokyo, and a name by which users are sent to them."""
    name = dataclasses.replace(
        server("name", zone=None, kind="aws.route53.record", region="global"), facts=()
    )
    users: Workload = workload("w", *requires("name", "name"))
    return estate(
        dataclasses.replace(name, needs=needs),
        server("seoul"),
        server("tokyo", region=TOKYO, zone="apne1-az1"),
        workloads=(users,),
    )


def _answers(*members: Member, k: int = 1) -> Need:
    return Need(role="answers", members=members, k=(k, k), evidence=Evidence.CONFIGURED)


def test_names_that_need_both_places_are_sent_by_health_checks() -> None:
    """Users of each place go to the other once checks fail, whether the needs are one or two."""
    seoul, tokyo = Member(ref="seoul"), Member(ref="tokyo")
    for needs in ((_answers(seoul), _answers(tokyo)), (_answers(seoul, tokyo, k=2),)):
        change = next(c for c in _found(_pair(*needs), "failover") if c.domain == REGION)
        assert change.removes == (1.0, 1.0)
        assert change.effort == "medium"
        assert "service:aws/global/route53" in change.not_fixed


def test_a_standby_by_hand_is_let_take_over_by_itself() -> None:
    """Four hours by hand are too late; the same copy on failed checks is not, and it is named."""
    needs = _answers(Member(ref="seoul"), Member(ref="tokyo", delay=(60.0, 240.0), manual=True))
    change = next(c for c in _found(_pair(needs), "failover") if c.domain == REGION)
    assert change.removes[1] == 1.0
    assert "tokyo" in change.change


def test_users_that_are_sent_elsewhere_already_need_no_health_checks() -> None:
    """A fast standby in the other region leaves nothing to propose."""
    needs = _answers(Member(ref="seoul"), Member(ref="tokyo", delay=(2.0, 3.0)))
    assert _found(_pair(needs), "failover") == []


def test_a_second_dns_provider_breaks_the_loss_of_the_first() -> None:
    """Names served from elsewhere too outlive the global service."""
    (change,) = _found(_pair(_answers(Member(ref="seoul"))), "dns")
    assert change.domain == "service:aws/global/route53"
    assert change.removes == (1.0, 1.0)
    assert "service:aws/global/route53" not in change.not_fixed


def test_another_system_brings_another_channel_of_the_agent() -> None:
    """Windows beside Linux breaks the system's and the channel's loss, and carries the agent all the same."""
    machine = server("a", workload="w", facts=(fact("agent.falcon", "7.11"),))
    (change,) = _found(estate(machine, workloads=(workload("w"),)), "os")
    assert change.domain == "os:linux"
    assert "agent:falcon/linux" in change.also_fixed
    assert not {"os:linux", "agent:falcon/windows"} & set(change.not_fixed)


def test_a_second_cloud_breaks_everything_of_the_first() -> None:
    """Provider, region, zone and services of AWS stop nothing any more; the system does."""
    (change,) = _found(estate(server("a", workload="w"), workloads=(workload("w"),)), "provider")
    assert change.domain == "provider:aws"
    assert {REGION, "zone:aws/apne2-az1"} <= set(change.also_fixed)
    assert change.not_fixed == ("os:linux",)
    assert change.effort == "very high"


def test_what_a_second_region_asks_of_data_and_law_is_told() -> None:
    """A database's copy lags, and Tokyo is another country; a machine's copy does not lag."""
    data = dataclasses.replace(server("db", kind="aws.rds.instance"), facts=(fact("stateful", value=True),))
    user = dataclasses.replace(server("a", workload="w"), needs=requires("db", "db"))
    (fed,) = _found(estate(user, data, workloads=(workload("w"),)), "region")
    assert any("db lag" in each for each in fed.cautions)
    assert any("leaves KR for JP" in each for each in fed.cautions)
    (plain,) = _found(estate(server("a", workload="w"), workloads=(workload("w"),)), "region")
    assert not any("lag" in each for each in plain.cautions)


def test_a_change_of_a_part_names_the_part() -> None:
    """Only what the loss takes is stood by, and the sentence says so."""
    both = workload("w", *requires("api", "a"), *requires("db", "b"))
    subject = estate(server("a"), server("b", region=TOKYO, zone="apne1-az1"), workloads=(both,))
    change = next(c for c in _found(subject, "region") if c.domain == REGION)
    assert change.change.startswith("stand a of w by in ")
