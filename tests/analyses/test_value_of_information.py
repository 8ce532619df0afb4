"""What a missing fact is worth is what the score's range is once it is known."""

from __future__ import annotations

import dataclasses

import pytest

from auditor.analyses import coverage, score, survival
from auditor.analyses import value_of_information as voi
from auditor.analyses.base import Context
from auditor.analyses.value_of_information import Narrowing, ValueOfInformation
from auditor.config import Settings
from auditor.estate.graph import Estate
from auditor.model.audit import Score, ScoreAxis
from auditor.model.domain import SCORED_AXES
from auditor.model.evidence import Evidence
from auditor.model.need import Member, Need
from auditor.model.resource import Resource
from auditor.model.section import Note
from tests.analyses.estates import estate, fact, server, workload
from tests.analyses.test_advice_outcome import company


def _axes(*unseen: str) -> tuple[ScoreAxis, ...]:
    return tuple(
        ScoreAxis(
            axis=axis, weight=0.2, observed=axis not in unseen, worst_domain=None, lost_share=(0.0, 1.0)
        )
        for axis in SCORED_AXES
    )


def _measure(subject: Estate, *unseen: str, most: int | None = None) -> ValueOfInformation:
    return voi.measure(subject, _axes(*unseen), coverage.unknown_facts(subject), most=most)


def _by_fact(found: ValueOfInformation) -> dict[str, Narrowing]:
    return {item.fact: item for item in found.facts}


def _machines(*agents: str) -> tuple[Resource, ...]:
    """Return one Linux machine for each agent version, each a workload of its own; '' is unknown."""
    return tuple(
        server(f"m{at}", workload=f"w{at}", facts=(fact("agent.falcon", agent),))
        for at, agent in enumerate(agents)
    )


def _estate(*agents: str) -> Estate:
    return estate(*_machines(*agents), workloads=tuple(workload(f"w{at}") for at in range(len(agents))))


def _one_of(*members: Member) -> Need:
    return Need(role="targets", members=members, k=(1, 1), evidence=Evidence.CONFIGURED)


def test_an_unknown_agent_is_worth_the_part_of_the_score_it_hides() -> None:
    """By hand: software takes 1/2 to all of 20 points; all of region, provider and zone are lost anyway."""
    item = _by_fact(_measure(_estate("7.11", "")))["agent.falcon"]
    assert (item.if_best, item.if_worst) == ((30.0, 30.0), (20.0, 20.0))
    assert (item.narrows, item.resources) == ((10.0, 10.0), 1)
    assert "auditor:agent.falcon" in item.narrowed_by


def test_an_axis_nobody_observed_is_worth_its_weight() -> None:
    """With nothing known of vendors 20 points are open; either answer closes them."""
    found = _measure(_estate("7.11", ""), "vendor")
    item = _by_fact(found)["vendor"]
    assert found.score == (0.0, 30.0)
    assert (item.axis, item.if_best, item.if_worst) == (True, (20.0, 30.0), (0.0, 10.0))
    assert item.narrows == (20.0, 20.0)
    assert [each.fact for each in found.facts] == ["vendor", "agent.falcon"]
    assert "not_applicable" in item.narrowed_by


def test_a_target_of_unknown_health_is_worth_the_zone_it_would_save() -> None:
    """In service it saves the loss of the first zone, out of service it does not."""
    target = _one_of(Member(ref="a"), Member(ref="b", unknown="target_health"))
    subject = estate(server("a"), server("b", zone="apne2-az2"), workloads=(workload("w", target),))
    item = _by_fact(_measure(subject))["target_health"]
    assert (item.if_best, item.if_worst) == ((60.0, 60.0), (40.0, 40.0))


def test_facts_that_hide_each_other_narrow_only_on_one_answer() -> None:
    """Two uncertain needs of one zone: one absent leaves the other open, one present settles it."""
    needs = (
        dataclasses.replace(_one_of(Member(ref="a")), unknown="paths"),
        dataclasses.replace(_one_of(Member(ref="b")), role="other", unknown="waf"),
    )
    subject = estate(server("a"), server("b"), workloads=(workload("w", *needs),))
    found = _by_fact(_measure(subject))
    assert list(found) == ["paths", "waf"]
    for item in found.values():
        assert (item.if_best, item.if_worst) == ((40.0, 100.0), (40.0, 40.0))
        assert item.narrows == (0.0, 60.0)


@pytest.mark.parametrize("answer", ["none", "7.11"])
def test_an_answer_is_what_a_new_inventory_with_it_would_say(answer: str) -> None:
    """Filling in the fact and building the estate anew gives the same score as the changed graph."""
    agents = ("7.11", "", "none", "", "")
    item = _by_fact(_measure(_estate(*agents)))["agent.falcon"]
    known = _measure(_estate(*(agent or answer for agent in agents)))
    assert known.score == (item.if_best if answer == "none" else item.if_worst)


@pytest.mark.parametrize("seed", range(4))
def test_no_answer_leaves_the_range_there_was(seed: int) -> None:
    """On drawn estates every answer lies inside the range, and the range is that of the score."""
    subject = company(seed)
    found = _measure(subject)
    context = Context(estate=subject, settings=Settings(), outages={})
    lost = {axis.axis: axis.lost_share for axis in score.score_axes(survival.measure(subject), context)}
    span = [20 * sum(1 - lost[axis][end] for axis in lost) for end in (1, 0)]
    assert found.score == pytest.approx(span, abs=1e-5)
    for item in found.facts:
        for low, high in (item.if_best, item.if_worst):
            assert found.score[0] - 1e-6 <= low <= high <= found.score[1] + 1e-6


def test_facts_past_the_limit_are_counted() -> None:
    """What was not tried is said, not hidden."""
    found = _measure(_estate("7.11", ""), most=0)
    assert (found.facts, found.untried) == ((), 1)


def test_nothing_unknown_is_worth_nothing() -> None:
    """Where the range is a point there is nothing to find out, and no section."""
    subject = _estate("7.11", "none")
    found = _measure(subject)
    assert (found.facts, found.score) == ((), (30.0, 30.0))
    context = _context(subject)
    assert voi.run(context).sections == ()


def test_the_section_names_what_to_declare() -> None:
    """The brief has the fact, the points and how to make it known."""
    subject = _estate("7.11", "")
    context = _context(subject)
    (section,) = voi.run(context).sections
    (note,) = section.brief
    assert isinstance(note, Note)
    assert note.lines[0].startswith("agent.falcon, by 10.0 points: tag auditor:agent.falcon=")


def _context(subject: Estate) -> Context:
    results = {"survival": survival.measure(subject), "coverage": coverage.measure(subject)}
    context = Context(estate=subject, settings=Settings(), outages={}, results=results)
    observed: Score = dataclasses.replace(score.measure(context), axes=_axes())
    return dataclasses.replace(context, results={**results, "score": observed})
