"""Changes that go together are weighed in one copy."""

from __future__ import annotations

import dataclasses
from itertools import combinations

from auditor.analyses import advice, advice_sets, survival
from auditor.analyses._advice_choice import Chooser
from auditor.analyses._advice_outcome import Scales
from auditor.analyses._advice_together import together
from auditor.analyses.advice_sets import AdviceSets
from auditor.config import Settings
from auditor.config.settings import AdviceSettings
from auditor.estate.graph import Estate
from auditor.model.audit import ScoreAxis
from auditor.model.domain import SCORED_AXES
from auditor.model.need import requires
from tests.analyses.estates import estate, fact, server, workload

EQUAL = tuple(
    ScoreAxis(axis=axis, weight=0.2, observed=axis != "vendor", worst_domain=None, lost_share=(0.0, 1.0))
    for axis in SCORED_AXES
)


def _sets(subject: Estate, budget: float = 8.0) -> AdviceSets:
    changes = advice.measure(subject, survival.measure(subject), EQUAL)
    settings = Settings(advice=AdviceSettings(budget=budget))
    return advice_sets.measure(subject, changes, EQUAL, settings=settings)


def _twins() -> Estate:
    """Return two workloads of one machine each in one zone: each zone change removes half of the loss."""
    return estate(
        server("a", workload="one"), server("b", workload="two"), workloads=(workload("one"), workload("two"))
    )


def test_the_best_three_end_in_the_joint_score() -> None:
    """By hand: each standby region takes half of region and zone away: 0.2 x (1/2 + 1/2) of 100."""
    found = _sets(_twins()).best
    assert [(step.domain, step.workload) for step in found.steps] == [
        ("region:aws/ap-northeast-2", "one"),
        ("region:aws/ap-northeast-2", "two"),
    ]
    assert [step.score for step in found.steps] == [(40.0, 60.0), (60.0, 80.0)]
    assert (found.score_gain, found.cost) == (40.0, 8.0)


def test_a_budget_is_kept() -> None:
    """Of changes of 1, 1 and 4 units, two units buy the two cheap ones, half a unit nothing."""
    found = _sets(_twins(), budget=2.0).within_budget
    assert (found.cost, [step.effort for step in found.steps]) == (2.0, ["low", "low"])
    assert _sets(_twins(), budget=0.5).within_budget.steps == ()


def test_a_second_change_that_breaks_the_same_loss_again_is_not_chosen() -> None:
    """Where one standby region breaks region and zone alike, a second zone adds nothing to the set."""
    subject = estate(server("a", workload="w"), workloads=(workload("w"),))
    chosen = _sets(subject).best
    assert [step.domain for step in chosen.steps] == ["region:aws/ap-northeast-2"]
    assert chosen.score == (60.0, 80.0)


def test_changes_of_one_machine_are_weighed_in_one_copy() -> None:
    """The points of a set are those of all its changes applied at once, though they copy one machine."""
    machine = server("a", workload="w", facts=(fact("agent.falcon", "7.11"),))
    other = dataclasses.replace(server("b", workload="v"), needs=requires("api", "a"))
    subject = estate(machine, other, workloads=(workload("w"), workload("v")))
    scales = Scales.of(subject, EQUAL)
    pairs = advice.ranked(scales, survival.measure(subject))
    losses = sorted({change.domain for change, _ in pairs})
    choice = Chooser.of(scales, [proposal for _, proposal in pairs], losses).best(3)
    for count, step in enumerate(choice.steps, 1):
        edits = together(each.proposal for each in choice.steps[:count])
        assert scales.standing([scales.weigh(edits)]).score == step.standing.score


def test_no_pair_beats_the_greedy_pair_where_every_pair_can_be_tried() -> None:
    """On two machines the greedy pair gains as much as the best of all pairs."""
    scales = Scales.of(_twins(), EQUAL)
    pairs = advice.ranked(scales, survival.measure(_twins()))
    proposals = [proposal for _, proposal in pairs]
    chosen = Chooser.of(scales, proposals, sorted({change.domain for change, _ in pairs})).best(2)
    scores = [
        scales.standing([scales.weigh(together(pair))]).score or (0.0, 0.0)
        for pair in combinations(proposals, 2)
    ]
    assert chosen.steps[-1].standing.score == max(scores, key=sum)


def test_without_changes_there_is_no_set() -> None:
    """Nothing to choose from: empty sets, and no section."""
    found = _sets(estate())
    assert (found.best.steps, found.within_budget.steps) == ((), ())
