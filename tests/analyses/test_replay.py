"""Replays of made-up outages: verdicts, ranges, onsets, what decides, what it adds up to."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import Any

import pytest

from auditor.analyses.replay import ANALYSIS
from auditor.analyses.runner import analyses
from auditor.estate.graph import Estate
from auditor.model.audit import Breach, Verdict
from auditor.model.need import Member, Need
from auditor.model.workload import Criticality, Vendor, Workload
from auditor.outages import catalogue
from auditor.outages.predicate import Ask, FactAtom
from auditor.outages.schema import Plane, Severity
from tests.analyses.estates import TOKYO, estate, fact, server, workload
from tests.analyses.played import EC2, RESOLVER, START, impact, outage, replayed, told

SPARED, WEAKENED, IMPAIRED, INTERRUPTED, DOWN = Verdict

LINUX = FactAtom(fact="os", ask=Ask.IS, values=("linux",))
WINDOWS = FactAtom(fact="os", ask=Ask.IS, values=("windows",))
TOKYO_CONTROL = "control-plane:aws/ap-northeast-1/ec2"


def one(*members: Member, role: str = "site") -> Need:
    return Need(role=role, members=members)


def single(**declared: Any) -> Estate:
    """Return one machine in Seoul under one workload."""
    shop = dataclasses.replace(workload("shop", one(Member(ref="a"))), **declared)
    return estate(server("a"), workloads=(shop,))


def standby(**of_tokyo: Any) -> Estate:
    """Return a machine in Seoul with a standby in Tokyo that takes over in 5 minutes."""
    tokyo = dataclasses.replace(Member(ref="b", delay=(5, 5)), **of_tokyo)
    return estate(
        server("a"),
        server("b", region=TOKYO, zone="apne1-az1"),
        workloads=(workload("shop", one(Member(ref="a"), tokyo)),),
    )


def test_the_analysis_fills_the_audits_replays() -> None:
    """The analysis is found under the name of the audit's field."""
    assert ANALYSIS in analyses()
    assert ANALYSIS.name == "replays"


def test_down_for_the_window() -> None:
    """What fails without a standby is down for its window, from best to worst."""
    found = told(single(), impact(EC2, minutes=84))
    assert (found.verdict, found.minutes) == ((DOWN, DOWN), (84, 84))


def test_spared_elsewhere() -> None:
    """An outage of another region spares it and gives no reasons."""
    found = told(single(), impact("service:aws/eu-central-1/ec2"))
    assert (found.verdict, found.minutes, found.because) == ((SPARED, SPARED), (0, 0), ())


def test_two_onsets_of_one_failure_find_the_standby_in_service() -> None:
    """Seoul fails twice; the standby brought in by the first onset serves when the second comes."""
    found = told(standby(), impact(RESOLVER, EC2), impact(EC2, at=200))
    assert found.verdict == (INTERRUPTED, INTERRUPTED)
    assert found.minutes == (5, 5)
    assert len(found.windows) == 2


def test_both_sides_fail_one_after_the_other() -> None:
    """Losing the standby in service while the primary is still out is an outage of its own."""
    found = told(standby(), impact(EC2, minutes=100), impact("region:aws/ap-northeast-1", at=40, minutes=30))
    assert found.verdict == (INTERRUPTED, INTERRUPTED)
    assert found.minutes == (35, 35)


def test_a_standby_too_slow_to_matter_is_down() -> None:
    """When the window ends before the standby is in, nothing shortened the outage."""
    found = told(standby(), impact(EC2, minutes=4))
    assert (found.verdict, found.minutes) == ((DOWN, DOWN), (4, 4))


def test_slow_is_impaired_and_no_standby_helps() -> None:
    """Degraded effects impair: the minutes are of impairment, and grey failures trip no health check."""
    found = told(standby(), impact(EC2, minutes=84, severity=Severity.DEGRADED))
    assert found.verdict == (IMPAIRED, IMPAIRED)
    assert found.minutes == found.impaired_minutes == (84, 84)


def test_delayed_counts_as_impaired() -> None:
    """Late delivery is impairment, not outage."""
    assert told(single(), impact(EC2, severity=Severity.DELAYED)).verdict == (IMPAIRED, IMPAIRED)


def test_impaired_minutes_after_a_takeover_are_those_of_the_outage() -> None:
    """A takeover ends impairment as well: what was down is no longer in the way."""
    found = told(standby(), impact(EC2, minutes=84))
    assert found.impaired_minutes == (5, 5)


def test_a_lost_redundancy_weakens() -> None:
    """Losing a member that is not needed now weakens, with the chain to what was lost."""
    system = estate(
        server("a"),
        server("b", zone="apne2-az2"),
        workloads=(workload("shop", one(Member(ref="a"), Member(ref="b"))),),
    )
    found = told(system, impact("zone:aws/apne2-az2"))
    assert (found.verdict, found.minutes) == ((WEAKENED, WEAKENED), (0, 0))
    assert found.because[0].chain == ("zone:aws/apne2-az2", "b", "workload:shop")


def test_a_blocked_control_plane_holds_up_a_manual_switch() -> None:
    """A switch by hand waits for the control plane it goes through."""
    system = standby(delay=(5, 5), manual=True, via=(TOKYO_CONTROL,))
    block = impact(TOKYO_CONTROL, minutes=30, plane=Plane.CONTROL, severity=Severity.BLOCKED)
    found = told(system, impact(EC2, minutes=84), block)
    assert (found.verdict, found.minutes) == ((INTERRUPTED, INTERRUPTED), (35, 35))
    assert found.control_plane == (TOKYO_CONTROL,)


def test_a_control_plane_takes_nothing_down() -> None:
    """What runs goes on while its control plane is out; the workload could not act, and that is said."""
    seoul = "control-plane:aws/ap-northeast-2/ec2"
    found = told(single(), impact(seoul, plane=Plane.CONTROL))
    assert found.verdict == (SPARED, SPARED)
    assert found.control_plane == (seoul,)


def test_control_planes_of_other_services_are_not_named() -> None:
    """Only control planes of what it uses are named, and those that every change needs."""
    planes = (
        "control-plane:aws/ap-northeast-2/rds",
        "control-plane:aws/us-east-1/ec2",
        "control-plane:azure/microsoft.resources",
        "control-plane:aws/iam",
    )
    found = told(single(), impact(*planes, plane=Plane.CONTROL))
    assert found.control_plane == ("control-plane:aws/iam",)


def test_a_conditional_control_plane_concerns_only_whom_it_matches() -> None:
    """A control-plane effect with a condition is named only where the condition holds."""
    seoul = "control-plane:aws/ap-northeast-2/ec2"
    missed = told(single(), impact(seoul, plane=Plane.CONTROL, where=WINDOWS))
    matched = told(single(), impact(seoul, plane=Plane.CONTROL, where=LINUX))
    assert (missed.control_plane, matched.control_plane) == ((), (seoul,))


def test_blocked_running_things_go_on() -> None:
    """Blocked is about changing things, whatever plane a record names."""
    assert told(single(), impact(EC2, severity=Severity.BLOCKED)).verdict == (SPARED, SPARED)


def test_a_condition_hits_the_matching_resources_and_keeps_its_cause() -> None:
    """Conditional effects put resources out; the reason begins at the cause, known to the estate or not."""
    found = told(single(), impact(where=LINUX, cause="agent:made/linux", what="Linux hosts stop"))
    assert found.verdict == (DOWN, DOWN)
    assert found.because[0].chain == ("agent:made/linux", "a", "workload:shop")
    assert found.because[0].evidence[0] == "condition: Linux hosts stop"


def test_a_missing_fact_makes_a_range_and_is_named() -> None:
    """A resource of which the asked fact is not known is spared at best and down at worst."""
    system = estate(server("a", facts=(fact("os", ""),)), workloads=(workload("shop", one(Member(ref="a"))),))
    found = told(system, impact(where=WINDOWS))
    assert (found.verdict, found.minutes) == ((SPARED, DOWN), (0, 60))
    assert found.unknown_facts == ("os",)


def test_facts_of_others_are_not_named() -> None:
    """Only facts of what the workload needs are named."""
    system = estate(
        server("a"),
        server("other", facts=(fact("os", ""),)),
        workloads=(workload("shop", one(Member(ref="a"))),),
    )
    found = told(system, impact(where=WINDOWS), impact(EC2, partial=True))
    assert (found.verdict, found.unknown_facts) == ((SPARED, DOWN), ())


def test_an_uncertain_need_is_named_by_its_fact() -> None:
    """A need that may not be there makes a range decided by its fact."""
    need = Need(role="cache", members=(Member(ref="a"),), unknown="zone")
    system = estate(
        server("a"),
        server("b", zone="apne2-az2"),
        workloads=(workload("shop", need, one(Member(ref="b"))),),
    )
    found = told(system, impact("zone:aws/apne2-az1"))
    assert (found.verdict, found.unknown_facts) == ((SPARED, DOWN), ("zone",))


def test_a_partial_effect_may_have_missed_you() -> None:
    """Where only a part was hit the low bound is 0; the share is kept."""
    found = told(single(), impact(EC2, minutes=84, partial=True, share=0.25))
    assert (found.verdict, found.minutes) == ((SPARED, DOWN), (0, 84))
    assert (found.partial, found.share) == (True, 0.25)


def test_differing_shares_are_not_mixed() -> None:
    """Two partial effects of different shares give no one share."""
    found = told(
        single(), impact(EC2, partial=True, share=0.25), impact(RESOLVER, EC2, partial=True, share=0.5)
    )
    assert found.share is None


def test_no_end_known_is_at_least() -> None:
    """An effect without an end lasts at least what is known, and the verdict stands."""
    found = told(single(), impact(EC2, minutes=None, at_least=1440))
    assert (found.verdict, found.minutes) == ((DOWN, DOWN), (1440, None))


def test_no_duration_known_is_null() -> None:
    """An effect of which no duration is known keeps its verdict without minutes."""
    found = told(single(), impact(EC2, minutes=None))
    assert (found.verdict, found.minutes) == ((DOWN, DOWN), (None, None))
    assert replayed(single(), outage(impact(EC2, minutes=None)))[0].lost.weight_minutes == (None, None)


def test_no_end_known_but_a_standby() -> None:
    """A standby bounds an outage whose end is not known."""
    found = told(standby(), impact(EC2, minutes=None))
    assert (found.verdict, found.minutes) == ((INTERRUPTED, INTERRUPTED), (5, 5))


def test_hand_repair_has_its_own_range() -> None:
    """What is repaired by hand stays out for its own range, whatever the window."""
    repaired = dataclasses.replace(impact(where=LINUX, minutes=None), minutes=(180, 720))
    found = told(single(), repaired)
    assert found.minutes == (180, 720)
    assert found.windows[0].end == "2024-05-02T00:00:00Z"


def test_an_unnamed_zone_is_one_unknown() -> None:
    """Two machines in two zones, both needed: at most one of the zones failed, never both."""
    system = estate(
        server("a"),
        server("b", zone="apne2-az2"),
        workloads=(workload("shop", one(Member(ref="a")), one(Member(ref="b"))),),
    )
    found = told(system, impact("zone:aws/?", one_zone_of=("aws", "ap-northeast-2")))
    assert (found.verdict, found.minutes) == ((SPARED, DOWN), (0, 60))


def test_an_unnamed_zone_of_which_all_are_used_is_certain() -> None:
    """Machines in every zone of the region, all needed: whichever zone it was, it is down."""
    zones = ("apne2-az1", "apne2-az2", "apne2-az3", "apne2-az4")
    system = estate(
        *(server(f"m{zone}", zone=zone) for zone in zones),
        workloads=(workload("shop", *(one(Member(ref=f"m{zone}")) for zone in zones)),),
    )
    found = told(system, impact("zone:aws/?", one_zone_of=("aws", "ap-northeast-2")))
    assert (found.verdict, found.minutes) == ((DOWN, DOWN), (60, 60))


def test_an_unnamed_zone_of_an_unknown_region_strikes_nothing() -> None:
    """Where not one zone of the region is known there is nothing to try."""
    found = told(single(), impact("zone:gcp/?", one_zone_of=("gcp", "europe-west2")))
    assert found.verdict == (SPARED, SPARED)


@pytest.mark.parametrize(
    ("target", "expected"), [(200, Breach.NO), (84, Breach.NO), (30, Breach.POSSIBLE), (None, None)]
)
def test_recovery_targets(target: float | None, expected: Breach | None) -> None:
    """A recovery-time target is passed for certain, possibly, or not; without one nothing is said."""
    assert told(single(rto_minutes=target), impact(EC2, minutes=84, partial=True)).rto_breach is expected


def test_a_target_passed_for_certain() -> None:
    """When even the best case is over the target, it is passed."""
    assert told(single(rto_minutes=30), impact(EC2, minutes=84)).rto_breach is Breach.YES


def test_a_target_against_an_unknown_end() -> None:
    """Minutes nobody knows may pass a target."""
    assert told(single(rto_minutes=30), impact(EC2, minutes=None)).rto_breach is Breach.POSSIBLE


def test_switching_loses_writes() -> None:
    """Bringing in an asynchronous copy loses what it lags behind."""
    found = told(standby(loss=(1, 10)), impact(EC2, minutes=84))
    assert (found.data_loss, found.data_loss_possible) == ((1, 10), True)


def test_an_unknown_loss_is_possible() -> None:
    """A copy whose lag nobody knows may lose writes; how many is not known."""
    found = told(standby(loss=None), impact(EC2, minutes=84))
    assert (found.data_loss, found.data_loss_possible) == (None, True)


def test_a_switch_that_may_not_happen_may_lose_nothing() -> None:
    """Where people may be too slow to switch at all, the least loss is none."""
    found = told(standby(delay=(5, 100), manual=True, loss=None), impact(EC2, minutes=84))
    assert (found.data_loss, found.data_loss_possible) == ((0, None), True)


def test_no_switch_no_loss() -> None:
    """A standby that is not called in loses nothing."""
    found = told(standby(loss=(1, 10)), impact("region:aws/ap-northeast-1"))
    assert (found.verdict[1], found.data_loss, found.data_loss_possible) == (WEAKENED, None, False)


def test_inferred_workloads_are_partly_out() -> None:
    """A workload judged by its roots shows the share of them that are out; down means all."""
    system = estate(server("a", workload="web"), server("b", zone="apne2-az2", workload="web"))
    part = told(system, impact("zone:aws/apne2-az2"), workload="web")
    assert (part.verdict[1], part.roots_out) == (WEAKENED, (0.5, 0.5))
    whole = told(system, impact(EC2), workload="web")
    assert (whole.verdict, whole.roots_out) == ((DOWN, DOWN), (1, 1))


def test_machines_that_look_alike_are_replicas_in_the_best_case_only() -> None:
    """While one of a name's machines serves, the others may be missed by nobody; or by their own users."""
    names = {"web-1": "apne2-az1", "web-2": "apne2-az2", "batch": "apne2-az2"}
    system = estate(*(server(name, zone=zone, workload="web") for name, zone in names.items()))
    part = told(system, impact("zone:aws/apne2-az2"), workload="web")
    assert part.roots_out == pytest.approx((1 / 3, 2 / 3))
    assert told(system, impact(EC2), workload="web").roots_out == (1, 1)


def test_declared_workloads_have_no_share_of_roots() -> None:
    """A workload with declared needs is not judged by roots."""
    assert told(single(), impact(EC2)).roots_out is None


def test_exposure_is_summed_by_weight_and_currency() -> None:
    """Minutes count by criticality weight; money is kept by currency, impairment costs nothing."""

    def shop(name: str, currency: str, criticality: Criticality) -> Workload:
        plain = workload(name, one(Member(ref="a")), criticality=criticality)
        return dataclasses.replace(plain, revenue_per_hour=600.0, currency=currency)

    system = estate(
        server("a"),
        workloads=(
            shop("eur", "EUR", Criticality.CRITICAL),
            shop("krw", "KRW", Criticality.LOW),
            workload("free", one(Member(ref="a"))),
        ),
    )
    down = replayed(system, outage(impact(EC2, minutes=30, partial=True)))[0].lost
    assert down.weight_minutes == (0, 30 * (8 + 1 + 2))
    assert down.money == {"EUR": (0, 300), "KRW": (0, 300)}
    slow = replayed(system, outage(impact(EC2, severity=Severity.DEGRADED)))[0].lost
    assert (slow.weight_minutes, slow.money) == ((0, 0), {"EUR": (0, 0), "KRW": (0, 0)})


def test_outages_a_day_apart_are_also_played_together() -> None:
    """Two outages in reach within a day give a third entry: each, union, overlap."""
    first = outage(impact(EC2, minutes=60), id="first-2024-05-01-a")
    second = outage(impact(RESOLVER, EC2, at=40, minutes=60), id="second-2024-05-01-b")
    found = replayed(single(), second, first)
    assert [each.outage for each in found] == [
        "first-2024-05-01-a",
        "second-2024-05-01-b",
        "first-2024-05-01-a + second-2024-05-01-b",
    ]
    assert found[2].workloads[0].minutes == (100, 100)
    assert found[2].notes == (
        (
            "shop: 60 min in first-2024-05-01-a, 60 min in second-2024-05-01-b; "
            "union 100 min, overlap up to 20 min."
        ),
    )


def test_a_standby_lost_to_the_first_is_missed_in_the_second() -> None:
    """Together two outages can do what neither does alone."""
    first = outage(impact("region:aws/ap-northeast-1", minutes=120), id="tokyo-2024-05-01-a")
    second = outage(impact(EC2, at=30, minutes=60), id="seoul-2024-05-01-b")
    alone, _, joint = replayed(standby(), first, second)
    assert alone.workloads[0].verdict == (INTERRUPTED, INTERRUPTED)
    assert joint.workloads[0].verdict == (DOWN, DOWN)
    assert joint.workloads[0].minutes == (60, 60)


def test_outages_far_apart_or_out_of_reach_are_not() -> None:
    """More than a day apart, or one of them elsewhere: no joint entry."""
    first = outage(impact(EC2), id="first")
    later = outage(impact(EC2, at=timedelta(days=2) / timedelta(minutes=1)), id="later")
    elsewhere = outage(impact("service:aws/eu-central-1/ec2"), id="elsewhere")
    assert len(replayed(single(), first, later)) == 2
    assert len(replayed(single(), first, elsewhere)) == 2


def test_vendors_are_black_boxes() -> None:
    """A vendor in the struck region may stand on what failed: a range, decided by what it uses there."""
    system = estate(
        server("a"),
        workloads=(workload("shop", one(Member(ref="vendor:booker"))),),
        vendors=(Vendor(name="booker", hosted_on=("region:aws/ap-northeast-2",)),),
    )
    found = told(system, impact(EC2))
    assert (found.verdict, found.unknown_facts) == ((SPARED, DOWN), ("vendor-services",))


def test_flags_of_the_outage_are_kept() -> None:
    """Unverified outages and defects since fixed are marked and noted."""
    found = replayed(single(), outage(impact(EC2), verified=False, fixed_since="Patched."))[0]
    assert (found.verified, found.fixed_since) == (False, True)
    assert any("Patched." in note for note in found.notes)


def test_windows_are_those_of_the_effects() -> None:
    """A replay shows all windows of the outage, a workload those that reach it."""
    found = replayed(single(), outage(impact(EC2), impact("service:aws/eu-central-1/ec2", at=5)))[0]
    assert [w.start for w in found.windows] == ["2024-05-01T12:00:00Z", "2024-05-01T12:05:00Z"]
    assert [w.start for w in found.workloads[0].windows] == ["2024-05-01T12:00:00Z"]


def test_an_estate_without_workloads_is_played() -> None:
    """Nothing to replay on gives replays without rows."""
    found = replayed(estate(), outage(impact(EC2)))[0]
    assert (found.workloads, found.in_reach) == ((), False)


def test_no_outages_no_replays() -> None:
    """An empty catalogue gives no replays."""
    assert replayed(single()) == ()


def test_the_same_input_gives_the_same_replays() -> None:
    """Neither repetition nor the order of the catalogue changes anything."""
    known = catalogue()
    backwards = dict(reversed(list(known.items())))
    assert replayed(standby(), *known.values()) == replayed(standby(), *backwards.values())


@pytest.mark.parametrize("outage_id", sorted(catalogue()))
def test_best_is_never_worse_than_worst(outage_id: str) -> None:
    """For every outage of the catalogue the pairs are ordered."""
    for row in replayed(standby(), catalogue()[outage_id])[0].workloads:
        order = list(Verdict)
        assert order.index(row.verdict[0]) <= order.index(row.verdict[1])
        assert row.minutes[1] is None or (row.minutes[0] or 0) <= row.minutes[1]


def test_the_first_effect_starts_the_clock() -> None:
    """Windows are told in UTC by their own start, not by the outage's."""
    found = told(single(), impact(EC2, at=10))
    assert found.windows[0].start == (START + timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%SZ")
