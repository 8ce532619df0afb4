"""Advice is what re-evaluation on a changed copy gives."""

from __future__ import annotations

import dataclasses

import pytest

from auditor.analyses import survival
from auditor.analyses._advice_ground import Ground
from auditor.analyses._changes import proposals
from auditor.analyses.advice import LOSSES_PER_AXIS, measure, worst_losses
from auditor.estate import needs_of
from auditor.estate.edit import apply
from auditor.estate.graph import Estate
from auditor.model.audit import ScoreAxis
from auditor.model.change import Change
from auditor.model.evidence import Evidence
from auditor.model.need import Member, Need, requires
from auditor.model.workload import Criticality, Vendor
from tests.analyses.estates import estate, fact, server, workload


def _changes(subject: Estate) -> dict[str, Change]:
    return {change.domain: change for change in measure(subject, survival.measure(subject))}


def test_a_second_zone_breaks_the_loss_of_one_zone() -> None:
    """The twin in another zone removes the whole loss, and the region stays."""
    found = _changes(estate(server("a", workload="w"), workloads=(workload("w"),)))
    change = found["zone:aws/apne2-az1"]
    assert change.removes == (1.0, 1.0)
    assert change.effort == "low"
    assert "region:aws/ap-northeast-2" in change.not_fixed
    assert "zone:aws/apne2-az1" not in change.not_fixed


def test_a_second_region_breaks_the_loss_of_one_region() -> None:
    """The standby path stands in the nearest other city and leaves the provider as what remains."""
    found = _changes(estate(server("a", workload="w"), workloads=(workload("w"),)))
    change = found["region:aws/ap-northeast-2"]
    assert change.removes == (1.0, 1.0)
    assert "ap-northeast-1" in change.change or "ap-northeast-3" in change.change
    assert "region:aws/ap-northeast-2" not in change.not_fixed
    assert "provider:aws" in change.not_fixed


def test_another_ring_breaks_the_loss_of_an_agent_channel() -> None:
    """Half the machines off the channel: the update takes nothing."""
    machine = server("a", workload="w", facts=(fact("agent.falcon", "7.11"),))
    change = _changes(estate(machine, workloads=(workload("w"),)))["agent:falcon/linux"]
    assert change.removes == (1.0, 1.0)
    assert change.removes_share == (1.0, 1.0)


def test_a_second_source_breaks_the_loss_of_a_vendor() -> None:
    """A vendor that can be switched stops nothing when it fails."""
    needs = requires("vendor", "vendor:x", evidence=Evidence.DECLARED)
    subject = estate(server("a"), workloads=(workload("w", *needs),), vendors=(Vendor(name="x"),))
    assert _changes(subject)["vendor:x"].removes == (1.0, 1.0)


def test_what_removes_most_per_effort_comes_first() -> None:
    """A cheap zone change on a heavy workload leads a dear region change on it."""
    subject = estate(
        server("a", workload="big"),
        server("b", zone="apne2-az2", workload="small"),
        workloads=(
            workload("big", criticality=Criticality.CRITICAL),
            workload("small", criticality=Criticality.LOW),
        ),
    )
    found = measure(subject, survival.measure(subject))
    assert (found[0].workload, found[0].effort) == ("big", "low")
    removal = [change.removes[1] for change in found if change.effort == "high"]
    assert removal == sorted(removal, reverse=True)


def test_the_estate_itself_stays_as_it_was() -> None:
    """Proposals are evaluated on copies: measuring twice gives the same."""
    subject = estate(server("a", workload="w"), workloads=(workload("w"),))
    before = survival.measure(subject)
    first, second = measure(subject, before), measure(subject, before)
    assert first == second
    assert survival.measure(subject) == before


def test_a_machine_s_copy_stands_on_copies_of_its_subnet_and_disks() -> None:
    """What a provider pins to one zone does not keep the second machine there."""
    subnet = dataclasses.replace(server("subnet", kind="aws.ec2.subnet"), facts=())
    disk = dataclasses.replace(server("disk", kind="aws.ec2.volume"), facts=())
    machine = dataclasses.replace(
        server("a", workload="w"), needs=(*requires("subnet", "subnet"), *requires("disk", "disk"))
    )
    found = _changes(estate(machine, subnet, disk, workloads=(workload("w"),)))
    assert found["zone:aws/apne2-az1"].removes == (1.0, 1.0)


def test_a_copy_waits_for_the_standbys_the_original_waits_for() -> None:
    """A copy's standby takes as long, and the same people, as that of the machine it copies."""
    standby = Member(ref="b", delay=(60.0, 240.0), manual=True)
    database = Need(role="database", members=(Member(ref="db"), standby))
    subject = estate(
        dataclasses.replace(server("a", workload="w"), needs=(database,)),
        server("db"),
        server("b", zone="apne2-az2"),
        workloads=(workload("w"),),
    )
    second = next(p for p in proposals(Ground.of(subject), "zone:aws/apne2-az1", 0))
    changed = apply(subject, second.edits)
    graph = changed.graph
    (copy,) = (
        node for name, node in changed.index.items() if name.startswith("twin:") and name.endswith(":a")
    )
    (kept,) = (need for need in needs_of(graph, copy) if graph.texts[graph.role[need]] == "database")
    members = range(graph.start[kept], graph.start[kept + 1])
    (waiting,) = (row for row in members if graph.member[row] == changed.index["b"])
    assert (graph.delay_low.dense()[waiting], graph.delay_high.dense()[waiting]) == standby.delay
    assert graph.manual[waiting]


def test_more_than_the_worst_loss_of_an_axis_is_looked_at() -> None:
    """The zone of the light workload is advised on as well as that of the heavy one."""
    subject = estate(
        server("a", workload="big"),
        server("b", zone="apne2-az2", workload="small"),
        workloads=(
            workload("big", criticality=Criticality.CRITICAL),
            workload("small", criticality=Criticality.LOW),
        ),
    )
    before = survival.measure(subject)
    assert {"zone:aws/apne2-az1", "zone:aws/apne2-az2"} <= set(_changes(subject))
    lone = worst_losses(before, 1)
    assert len(lone) == len({loss.axis for loss in lone}) < len(worst_losses(before, LOSSES_PER_AXIS))


def test_points_gained_are_those_of_the_score_s_formula() -> None:
    """By hand: zone weighs 0.3, all of it is lost before and none after, so 30 points in both cases."""
    subject = estate(server("a", workload="w"), workloads=(workload("w"),))
    axes = tuple(
        ScoreAxis(axis=axis, weight=weight, observed=True, worst_domain=None, lost_share=(1.0, 1.0))
        for axis, weight in (("region", 0.7), ("zone", 0.3))
    )
    found = {change.domain: change for change in measure(subject, survival.measure(subject), axes)}
    assert found["zone:aws/apne2-az1"].score_gain == (30.0, 30.0)
    assert found["region:aws/ap-northeast-2"].score_gain == (100.0, 100.0)


def test_no_points_are_told_where_no_score_is_known() -> None:
    """Without axes of a score a change has no gain, rather than none of it."""
    subject = estate(server("a", workload="w"), workloads=(workload("w"),))
    assert _changes(subject)["zone:aws/apne2-az1"].score_gain is None


def test_one_change_that_breaks_several_losses_is_told_once() -> None:
    """A standby region is aimed at the region; the zone and services in it are broken too."""
    subject = estate(server("a", workload="w"), workloads=(workload("w"),))
    found = [c for c in measure(subject, survival.measure(subject)) if c.kind == "region"]
    (change,) = found
    assert change.domain == "region:aws/ap-northeast-2"
    assert {"zone:aws/apne2-az1", "service:aws/ap-northeast-2/ec2"} <= set(change.also_fixed)


def test_the_part_removed_is_told_least_first() -> None:
    """One machine has the agent, one perhaps: the first off the channel is all of the loss, or half."""
    machines = (
        server(name, workload=name, facts=(fact("agent.falcon", agent),))
        for name, agent in (("a", "7.11"), ("b", ""), ("c", "none"))
    )
    subject = estate(*machines, workloads=tuple(workload(name) for name in "abc"))
    found = measure(subject, survival.measure(subject))
    change = next(c for c in found if (c.workload, c.domain) == ("a", "agent:falcon/linux"))
    assert change.removes_share == pytest.approx((0.5, 1.0))


def test_braces_in_names_are_letters() -> None:
    """Nothing that somebody named is read as a place to fill in."""
    machine = server("a{0}", workload="w{x}", facts=(fact("agent.fal{con", "7"),))
    subject = estate(
        machine,
        workloads=(workload("w{x}", *requires("contract", "vendor:a{b}")),),
        vendors=(Vendor(name="a{b}"),),
    )
    told = [each.change for each in measure(subject, survival.measure(subject))]
    assert "contract a second source for a{b} that w{x} can switch to" in told
    assert not any("{workload}" in each for each in told)
