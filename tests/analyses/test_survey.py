"""What else may fail while something is out: on estates small enough to say it by heart."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.analyses import _survey_cones as cones
from auditor.analyses._survey import DAY, survey
from auditor.analyses._survey_domains import ready
from auditor.analyses._survey_given import given
from auditor.analyses._survey_section import section
from auditor.analyses._survey_system import Given, cases
from auditor.analyses.base import Context
from auditor.analyses.pairs import run
from auditor.analyses.survival import measure
from auditor.config import Settings
from auditor.errors import ConfigError
from auditor.estate.graph import Estate
from auditor.kernels import prepare
from auditor.model.need import Member, Need
from auditor.model.section import Note, Table
from auditor.model.survey import Loss, Survey, What
from auditor.model.workload import Criticality, Vendor
from auditor.outages import catalogue
from tests.analyses.estates import SEOUL, TOKYO, estate, fact, server, workload
from tests.oracles.needs import compile_plan, lost_nodes
from tests.oracles.random_needs import random_needs

HERE, THERE = f"region:aws/{SEOUL}", f"region:aws/{TOKYO}"
RESOLVER = "aws-2018-11-22-ap-northeast-2-dns"
POWER = "aws-2021-12-22-us-east-1-az4-power"


def any_of(*refs: str, k: int = 1) -> Need:
    return Need(role="members", members=tuple(Member(ref=ref) for ref in refs), k=(k, k))


def two_regions() -> Estate:
    """Return a shop that stands in Seoul or in Tokyo, and a batch of half its weight in Tokyo."""
    return estate(
        server("a", facts=(fact("resolver", "vpc"),)),
        server("b", region=TOKYO, zone="apne1-az1"),
        workloads=(
            workload("batch", any_of("b"), criticality=Criticality.LOW),
            workload("shop", any_of("a", "b"), criticality=Criticality.MEDIUM),
        ),
    )


def asked(subject: Estate, what: What, *names: str, minutes: float = DAY) -> Survey:
    nodes = given(subject, names, catalogue())
    return survey(subject, what, names=names, given=nodes, minutes=minutes)


def by_name(found: Survey) -> dict[tuple[str, ...], Loss]:
    return {loss.of: loss for loss in found.losses}


def test_while_seoul_is_out_tokyo_takes_the_rest() -> None:
    """Seoul alone takes nothing; then Tokyo, its services and its machine take all that is left."""
    found = asked(two_regions(), What.DOMAINS, HERE)
    assert (found.already_share, found.already) == ((0.0, 0.0), ())
    tokyo = by_name(found)[THERE,]
    assert tokyo.lost_share == (1.0, 1.0)
    assert tokyo.workloads == tokyo.certain == ("batch", "shop")
    assert (HERE,) not in by_name(found)
    (machine,) = asked(two_regions(), What.RESOURCES, HERE).losses
    assert (machine.of, machine.lost_share) == (("b",), (1.0, 1.0))


def test_with_nothing_out_it_is_the_survival_analysis() -> None:
    """Every single loss that stops something, with the same shares and workloads."""
    subject = two_regions()
    expected = {
        (item.domain,): (item.lost_share, item.workloads)
        for item in measure(subject)
        if item.lost_share[1] > 0
    }
    found = asked(subject, What.DOMAINS)
    assert {of: (loss.lost_share, loss.workloads) for of, loss in by_name(found).items()} == expected
    assert found.given == ()


def test_a_pair_is_told_for_what_neither_takes_alone() -> None:
    """Seoul's and Tokyo's services together stop the shop; the batch falls with Tokyo anyway."""
    found = run(Context(estate=two_regions(), settings=Settings(), outages={})).value
    lead = found.losses[0]
    assert lead.workloads == lead.certain == ("shop",)
    assert lead.joint_share == pytest.approx((2 / 3, 2 / 3))
    assert lead.lost_share == (1.0, 1.0)
    assert lead.beyond == pytest.approx((2 / 3, 2 / 3))


def test_pairs_of_wide_domains_are_implied_by_narrow_ones() -> None:
    """The two regions take no more than a zone and a zone; they are counted, not shown."""
    found = asked(two_regions(), What.PAIRS)
    shown = {pair for loss in found.losses for pair in (loss.of, *loss.like)}
    assert ("zone:aws/apne1-az1", "zone:aws/apne2-az1") in shown
    assert tuple(sorted((HERE, THERE))) not in shown
    assert found.broader > 0
    assert found.stopping == sum(1 + loss.alike for loss in found.losses)


def test_a_redundancy_gone_is_told_apart_from_a_stop() -> None:
    """Seoul's zone stops nobody, and leaves the shop one way less."""
    found = asked(two_regions(), What.RESOURCES)
    assert {loss.of for loss in found.losses} == {("b",)}
    assert (found.stopping, found.weakening, found.tried) == (1, 1, 2)
    assert found.losses[0].weakened == ("shop",)


def test_equal_resources_share_a_row() -> None:
    """Three machines that are all needed take the same: one row, and how many are like it."""
    subject = estate(
        *(server(name) for name in "abc"), workloads=(workload("w", any_of("a", "b", "c", k=3)),)
    )
    (row,) = asked(subject, What.RESOURCES).losses
    assert (row.of, row.alike, row.like) == (("a",), 2, (("b",), ("c",)))


def test_what_falls_with_what_is_out_cannot_be_lost_again() -> None:
    """Zones and machines of the region that is out are not asked about."""
    with_nothing, with_seoul = (
        asked(two_regions(), What.RESOURCES),
        asked(two_regions(), What.RESOURCES, HERE),
    )
    assert (with_nothing.tried, with_seoul.tried) == (2, 1)
    assert asked(two_regions(), What.DOMAINS, "provider:aws").stopping == 0


def test_an_unknown_fact_gives_a_range() -> None:
    """A machine nobody asked falls with an agent's channel in the worst case only."""
    subject = estate(
        server("a"),
        server("b", region=TOKYO, zone="apne1-az1", facts=(fact("agent.falcon", ""),)),
        server("c", facts=(fact("agent.falcon", "7.11"),)),
        workloads=(workload("w", any_of("a", "b")),),
    )
    channel = by_name(asked(subject, What.DOMAINS, HERE))["agent:falcon/linux",]
    assert channel.lost_share == (0.0, 1.0)
    assert (channel.workloads, channel.certain) == (("w",), ())


def test_a_workload_that_bears_the_minutes_is_never_lost() -> None:
    """Thirty minutes are within the limit of an hour: nothing is lost, and that is said."""
    found = asked(two_regions(), What.DOMAINS, HERE, minutes=30)
    assert found.bearing == ("batch", "shop")
    assert found.stopping == 0
    text = str(section(found, two_regions()).blocks)
    assert "by their own limits" in text


def test_an_outage_may_be_on_while_something_else_fails() -> None:
    """Seoul's resolvers are out: the shop is up in Tokyo, and Tokyo takes it."""
    found = asked(two_regions(), What.DOMAINS, RESOLVER)
    assert found.already == ()
    assert by_name(found)[THERE,].workloads == ("batch", "shop")


def test_a_zone_nobody_named_is_each_zone_in_turn() -> None:
    """One of two zones is out, nobody knows which: the other takes the rest in one of the two cases."""
    subject = two_zones()
    first, second = (np.array([subject.index[f"zone:aws/apne2-az{n}"]]) for n in (1, 2))
    either = tuple(Given(best=nodes, worst=nodes) for nodes in (first, second))
    found = by_name(survey(subject, What.DOMAINS, names=("a power cut",), given=either))
    for zone in ("zone:aws/apne2-az1", "zone:aws/apne2-az2"):
        assert found[zone,].lost_share == (0.0, 1.0)
        assert found[zone,].certain == ()
    assert found[HERE,].lost_share == (1.0, 1.0)


def two_zones() -> Estate:
    return estate(server("a"), server("b", zone="apne2-az2"), workloads=(workload("w", any_of("a", "b")),))


def test_pairs_that_are_too_many_are_counted_with_what_they_could_take() -> None:
    """A stated limit: those that could take most are tried first, the rest is never silent."""
    subject = two_regions()
    domains = ready(subject, cases(subject, (Given(best=np.zeros(0, int), worst=np.zeros(0, int)),), DAY))
    whole, few = domains.pairs(), domains.pairs(most=3)
    assert (few.tried, few.untried) == (3, whole.tried - 3)
    assert few.most == pytest.approx(whole.joint[1].max())
    assert (whole.untried, whole.most) == (0, 0.0)


def test_many_workloads_of_their_own_are_each_asked_about_their_own_pairs() -> None:
    """Forty workloads that stand as long as one of their twelve vendors at most is out: 66 pairs each."""
    vendors = [[f"v{number}-{each}" for each in range(12)] for number in range(40)]
    subject = estate(
        workloads=tuple(
            workload(f"w{number:02}", any_of(*(f"vendor:{name}" for name in names), k=11))
            for number, names in enumerate(vendors)
        ),
        vendors=tuple(Vendor(name=name) for names in vendors for name in names),
    )
    found = asked(subject, What.PAIRS)
    assert (found.tried, found.stopping, found.broader) == (40 * 66, 40 * 66, 0)
    assert [(loss.workloads, loss.alike) for loss in found.losses] == [
        ((f"w{number:02}",), 65) for number in (int(loss.workloads[0][1:]) for loss in found.losses)
    ]
    assert len(found.losses) == 40
    assert {loss.joint_share for loss in found.losses} == {(0.025, 0.025)}


@pytest.mark.parametrize("seed", range(20))
def test_parts_side_by_side_are_solved_as_the_whole(seed: int) -> None:
    """Each top with sets of its own, on random systems with cycles: what the definition says."""
    rng = np.random.default_rng(seed)
    needs = random_needs(rng, nodes=25, needs=30, fan=4, delays=False)
    plan = compile_plan(25, needs)
    prepared = prepare(plan)
    questions = []
    for top in rng.permutation(25)[:10].tolist():
        inside = cones.cone(prepared, top)
        sets = rng.choice(inside, (int(rng.integers(1, 100)), 2))
        questions.append(cones.Question(top=top, inside=inside, sets=sets))
    for question, answer in zip(questions, cones.stopped(plan, questions), strict=True):
        expected = [question.top in lost_nodes(25, needs, set(each)) for each in question.sets.tolist()]
        assert answer.tolist() == expected


def test_a_name_nearly_right_finds_outages_too() -> None:
    """With further losses, an outage's id is a name as well."""
    with pytest.raises(ConfigError) as raised:
        asked(two_regions(), What.DOMAINS, RESOLVER[:-1])
    assert RESOLVER in raised.value.hint


@pytest.mark.parametrize("what", What)
def test_an_empty_estate_says_so(what: What) -> None:
    """No workloads: a sentence, no table."""
    found = asked(estate(), what)
    assert (found.stopping, found.losses, found.already_share) == (0, (), (0.0, 0.0))
    assert "No workloads" in str(section(found, estate()).blocks)


def test_the_report_has_the_pairs_and_its_summary_one_sentence() -> None:
    """A table in the report, a line in the terminal's summary."""
    (made,) = run(Context(estate=two_regions(), settings=Settings(), outages={})).sections
    assert any(isinstance(block, Table) for block in made.blocks)
    (brief,) = made.brief
    assert isinstance(brief, Note)
    assert len(brief.lines) == 1
    assert "neither stops alone" in made.summary


def test_where_no_pair_matters_the_report_says_so() -> None:
    """One machine: all that it needs stops it alone."""
    subject = estate(server("a"), workloads=(workload("w", any_of("a")),))
    (made,) = run(Context(estate=subject, settings=Settings(), outages={})).sections
    assert made.summary == "No pair of domains stops a workload that neither stops alone."
