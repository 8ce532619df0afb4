"""What together stops each workload."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
import pytest

from auditor.analyses._cutsets_rates import YEAR, unavailability
from auditor.analyses._cutsets_section import BRIEF
from auditor.analyses._losses import limits
from auditor.analyses.base import Context
from auditor.analyses.cut_sets import LARGE_ORDER, default_order, measure, run
from auditor.config import Settings
from auditor.estate.graph import CompiledPlan, Estate
from auditor.estate.variants import within
from auditor.kernels import lost, pack, prepare, unpack
from auditor.model.cuts import CutSet, WorkloadCuts
from auditor.model.need import Member, Need
from auditor.model.section import Cell, Note, Table
from auditor.model.workload import Vendor
from auditor.outages import catalogue
from auditor.outages.schema import Outage
from tests.analyses.estates import SEOUL, TOKYO, estate, fact, server, workload
from tests.analyses.played import EC2, impact, outage

ZONES = "zone:aws/apne2-az1", "zone:aws/apne2-az2", "zone:aws/apne2-az3"
HERE, THERE = f"region:aws/{SEOUL}", f"region:aws/{TOKYO}"
TOKYO_EC2 = f"service:aws/{TOKYO}/ec2"


def any_of(*refs: str, k: int = 1) -> Need:
    return Need(role="members", members=tuple(Member(ref=ref) for ref in refs), k=(k, k))


def three_zones(k: int) -> Estate:
    """Return one workload over a machine in each of three zones, k of which it needs."""
    machines = [server(name, zone=zone.partition("/")[2]) for name, zone in zip("abc", ZONES, strict=True)]
    return estate(*machines, workloads=(workload("w", any_of("a", "b", "c", k=k)),))


def two_regions() -> Estate:
    """Return one workload that stands in Seoul or in Tokyo, with a vendor in Tokyo that it always needs."""
    return estate(
        server("a"),
        server("b", region=TOKYO, zone="apne1-az1"),
        workloads=(workload("w", any_of("a", "b"), Need(role="pay", members=(Member(ref="vendor:p"),))),),
        vendors=(Vendor(name="p", hosted_on=(THERE,)),),
    )


def only(subject: Estate, *outages: Outage, **asked: int | bool) -> WorkloadCuts:
    (found,) = measure(subject, {each.id: each for each in outages}, **asked)  # type: ignore[arg-type]
    return found


def names(sets: tuple[CutSet, ...]) -> set[tuple[str, ...]]:
    return {each.of for each in sets}


def test_every_domain_under_one_machine_is_a_single_point_of_failure() -> None:
    """All that one machine stands on stops it alone, and nothing else does."""
    found = only(estate(server("a"), workloads=(workload("w", any_of("a")),)))
    alone = {of for (of,) in names(found.sets + found.broader)}
    assert {ZONES[0], EC2, HERE, "provider:aws", "os:linux", "account:aws/123456789012"} <= alone
    assert found.counts == (len(alone),)
    assert found.exhausted


def test_a_broader_domain_is_implied_by_a_narrower_one() -> None:
    """Zone and service are shown; their region and provider, which take them along, are not."""
    found = only(estate(server("a"), workloads=(workload("w", any_of("a")),)))
    assert {(ZONES[0],), (EC2,)} <= names(found.sets)
    assert {(HERE,), ("provider:aws",)} <= names(found.broader)
    assert not names(found.sets) & names(found.broader)


def test_two_of_three_zones_stop_a_quorum() -> None:
    """Two of three machines are lost with any two zones, one of three with all three only."""
    pairs = {tuple(sorted(pair)) for pair in combinations(ZONES, 2)}
    assert pairs <= names(only(three_zones(2)).sets)
    assert ZONES in names(only(three_zones(1)).sets)
    assert not pairs & names(only(three_zones(1)).sets)


def test_a_vendor_on_the_standby_region_makes_that_region_a_single_point() -> None:
    """The region both need is alone enough; the other one's services only together with the standby's."""
    found = only(two_regions())
    everything = names(found.sets + found.broader)
    assert {(THERE,), ("vendor:p",)} <= everything
    assert tuple(sorted((EC2, TOKYO_EC2))) in everything
    assert (EC2,) not in everything


def test_a_standby_slower_than_the_limit_does_not_count() -> None:
    """A standby of 60 to 240 minutes is in time in the best case only: the zone alone is a possible set."""
    pair = Need(
        role="members",
        members=(Member(ref="a"), Member(ref="b", delay=(60.0, 240.0), manual=True, loss=None)),
    )
    found = only(
        estate(server("a"), server("b", region=TOKYO, zone="apne1-az1"), workloads=(workload("w", pair),))
    )
    (zone,) = (each for each in found.sets if each.of == (ZONES[0],))
    assert not zone.certain


def test_an_unknown_agent_makes_a_possible_set() -> None:
    """A machine nobody asked falls with an agent seen elsewhere in the worst case only."""
    unasked = server("b", facts=(fact("agent.falcon", ""),))
    found = only(
        estate(
            server("a", facts=(fact("agent.falcon", "7.11"),)),
            unasked,
            workloads=(workload("w", any_of("b")),),
        )
    )
    assert {each.of: each.certain for each in found.sets}["agent:falcon/linux",] is False


def test_resources_count_on_request() -> None:
    """Asked for resources, the machines themselves are elements, and narrower than their zones."""
    assert not names(only(three_zones(2)).sets) & {("a", "b")}
    found = only(three_zones(2), resources=True)
    assert ("a", "b") in names(found.sets)
    assert tuple(sorted(ZONES[:2])) in names(found.broader)


def test_larger_orders_on_request() -> None:
    """Up to one, the pairs of a quorum are not looked for, and that is said."""
    found = only(three_zones(2), order=1)
    assert (found.order, found.exhausted, len(found.counts)) == (1, False, 1)
    assert only(three_zones(1), order=4).exhausted


def by_trial(subject: Estate, case: CompiledPlan, order: int) -> set[tuple[str, ...]]:
    """Return the minimal sets of the first workload by trying every set of domains."""
    prepared = prepare(within(case, float(limits(subject)[0])))
    events = [node for node, kind in enumerate(subject.kinds.tolist()) if kind == 1]
    minimal: set[tuple[int, ...]] = set()
    for size in range(1, order + 1):
        for chosen in combinations(events, size):
            if any(set(each) <= set(chosen) for each in minimal):
                continue
            failed = np.zeros((len(subject.names), 1), np.bool_)
            failed[list(chosen)] = True
            out = unpack(lost(prepared, pack(failed), scenarios=1), 1)
            if out[subject.workload_nodes[0], 0]:
                minimal.add(chosen)
    return {tuple(sorted(subject.names[node] for node in each)) for each in minimal}


@pytest.mark.parametrize("subject", [three_zones(1), three_zones(2), two_regions()], ids=["1/3", "2/3", "or"])
def test_nothing_is_missed_and_nothing_is_too_much(subject: Estate) -> None:
    """Listed sets of both kinds are exactly those that trying every set of domains finds."""
    found = only(subject, order=2)
    assert names(found.sets + found.broader) == by_trial(subject, subject.worst, 2)
    held = {each.of for each in found.sets + found.broader if each.certain}
    assert held == by_trial(subject, subject.best, 2) & names(found.sets + found.broader)


def test_a_rate_is_minutes_out_over_the_minutes_of_all_such_domains() -> None:
    """One service out for 90 minutes in one year of one record, over the regions of the provider."""
    seen = outage(impact(EC2, minutes=90))
    rates = unavailability({seen.id: seen}, [EC2, TOKYO_EC2, ZONES[0], "os:linux"])
    assert set(rates) == {EC2, TOKYO_EC2}
    assert rates[EC2] == rates[TOKYO_EC2]
    assert 0 < rates[EC2] < 90 / YEAR / 20


@pytest.mark.parametrize(
    ("more", "minutes"),
    [
        ({"partial": True, "share": 0.25}, 25.0),
        ({"partial": True}, 50.0),
        ({"minutes": None, "at_least": 40.0}, 40.0),
    ],
    ids=["a part", "an unknown part", "an open end"],
)
def test_parts_count_in_proportion_and_open_ends_at_the_least(more: dict[str, Any], minutes: float) -> None:
    """An outage of a quarter counts a quarter, of nobody knows how much a half, without an end the least."""
    some = outage(impact("vendor:p", **({"minutes": 100} | more)))
    assert unavailability({some.id: some}, ["vendor:p"]) == {"vendor:p": pytest.approx(minutes / YEAR)}


def test_no_record_no_rates() -> None:
    """Without outages nothing has a rate and nothing a probability, and the sets are told all the same."""
    assert unavailability({}, [EC2]) == {}
    found = only(three_zones(2))
    assert found.probability == (None, None)
    assert {each.probability for each in found.sets} == {None}
    assert found.importance[0].fussell_vesely is None


def test_probabilities_follow_the_record() -> None:
    """A pair is as probable as both together; what has no rate leaves the sum open above."""
    found = only(two_regions(), outage(impact(EC2, "vendor:p", minutes=90)))
    by_set = {each.of: each.probability for each in found.sets + found.broader}
    vendor, pair = by_set["vendor:p",], by_set[tuple(sorted((EC2, TOKYO_EC2)))]
    rate = unavailability({"o": outage(impact(EC2, minutes=90))}, [EC2])[EC2]
    assert vendor == pytest.approx(90 / YEAR, rel=1e-5)
    assert pair == pytest.approx(rate**2, rel=1e-5)
    assert found.probability[0] == pytest.approx(vendor, rel=1e-3)
    assert found.probability[1] is None
    assert "os:linux" in found.unrated
    assert found.importance[0].element == "vendor:p"


def test_the_section_leads_with_single_points_and_leaves_bounds_apart() -> None:
    """Accounts and operating systems are no headline; what was not looked for is a question mark."""
    finding = run(Context(estate=two_regions(), settings=Settings(), outages=catalogue()))
    (part,) = finding.sections
    (brief,) = part.brief
    assert isinstance(brief, Table)
    row = brief.rows[0]
    assert row[0].text == "w"
    assert not any(bound in row[3].text for bound in ("os:", "account:", "provider:"))
    assert part.summary == "1 of 1 workloads has a single point of failure."
    remarks = part.blocks[-1]
    assert isinstance(remarks, Note)
    assert any("record says nothing" in line for line in remarks.lines)


def test_settings_say_how_far_to_look() -> None:
    """``[cut_sets] order`` and ``resources`` reach the analysis."""
    settings = Settings.model_validate({"cut_sets": {"order": 1, "resources": True}})
    finding = run(Context(estate=three_zones(2), settings=settings, outages={}))
    assert finding.value[0].order == 1
    (brief,) = finding.sections[0].brief
    assert isinstance(brief, Table)
    assert brief.rows[0][2] == Cell(text="?")


def test_nothing_to_stop() -> None:
    """An estate without workloads has an empty section and no sets."""
    finding = run(Context(estate=estate(), settings=Settings(), outages=catalogue()))
    assert finding.value == ()
    assert finding.sections[0].blocks == (Note(lines=("No workloads were found.",)),)


def test_a_large_estate_is_asked_for_pairs_only() -> None:
    """Above the size limit the default order falls, and sets are bounded in number."""
    assert default_order(three_zones(1)) > LARGE_ORDER


def test_the_same_estate_gives_the_same_answer() -> None:
    """Twice the same values, in the same order."""
    subject = two_regions()
    assert measure(subject, catalogue()) == measure(subject, catalogue())


def test_a_summary_has_room_for_the_weakest_workloads() -> None:
    """Of many workloads the summary shows those with most single points of failure, the report all."""
    strong = [workload(f"s{n:02}", any_of("a", "b")) for n in range(BRIEF)]
    subject = estate(
        server("a"), server("b", zone="apne2-az2"), workloads=(*strong, workload("z", any_of("a")))
    )
    (part,) = run(Context(estate=subject, settings=Settings(), outages={})).sections
    (brief,), full = part.brief, part.blocks[0]
    assert isinstance(brief, Table)
    assert isinstance(full, Table)
    assert (len(brief.rows), brief.rows[-1][0].text, len(full.rows)) == (BRIEF, "z", BRIEF + 1)
