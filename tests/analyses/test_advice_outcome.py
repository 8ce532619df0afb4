"""A change weighed on the part it reaches comes out as on the whole estate."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import pytest

from auditor.analyses import advice, survival
from auditor.analyses._advice_outcome import BATCH, Outcome, Scales
from auditor.analyses._advice_together import together
from auditor.analyses._changes import Proposal
from auditor.analyses._losses import domains, losses
from auditor.estate import needs_of
from auditor.estate.edit import DropNeed, NewMember, NewNeed, NewNode, apply
from auditor.estate.graph import Estate, NodeKind
from auditor.model.evidence import Evidence
from auditor.model.need import Member, Need, requires
from auditor.model.resource import Resource
from auditor.model.workload import Criticality, Vendor
from tests.analyses.estates import SEOUL, TOKYO, estate, fact, server, workload

ZONES = {SEOUL: ("apne2-az1", "apne2-az2"), TOKYO: ("apne1-az1", "apne1-az2")}
AGENTS = ("7.11", "none", "")
LIMITS = (None, 30.0, 300.0)
"""Minutes that a workload may be out: below, between and above the delays of standbys."""


def company(seed: int, size: int = 24, workloads: int = 5) -> Estate:
    """Return machines that need machines of their own and other workloads, some unknown, some in circles."""
    draw = random.Random(seed)  # noqa: S311 - drawn the same every time
    names = [f"m{number}" for number in range(size)]
    found: list[Resource] = []
    for number, name in enumerate(names):
        region = draw.choice((SEOUL, SEOUL, TOKYO))
        made = server(
            name,
            region=region,
            zone=draw.choice((*ZONES[region], None)),
            workload=f"w{number % workloads}",
            facts=(fact("agent.falcon", draw.choice(AGENTS)), fact("os", draw.choice(("linux", "windows")))),
        )
        needs = [
            Need(
                role=f"n{turn}",
                members=tuple(
                    Member(ref=ref, delay=draw.choice(((0.0, 0.0), (0.0, 0.0), (60.0, 240.0))))
                    for ref in draw.sample(names, draw.randint(1, 3))
                ),
                k=(1, 1),
                evidence=Evidence.CONFIGURED,
                origin="drawn",
                unknown=draw.choice((None, None, "paths")),
            )
            for turn in range(draw.randint(0, 2))
        ]
        needs += requires("vendor", draw.choice(("vendor:x", "vendor:y"))) if draw.random() < 0.2 else ()
        found.append(dataclasses.replace(made, needs=tuple(needs)))
    weights = tuple(Criticality)
    return estate(
        *found,
        workloads=tuple(
            dataclasses.replace(
                workload(f"w{n}", criticality=weights[n % len(weights)]), rto_minutes=LIMITS[n % len(LIMITS)]
            )
            for n in range(workloads)
        ),
        vendors=(Vendor(name="x"), Vendor(name="y", needs=requires("host", "vendor:x"))),
    )


@pytest.mark.parametrize("seed", range(12))
def test_a_copy_without_a_change_is_the_estate(seed: int) -> None:
    """Circular redundancy is dropped to the end when an estate is built, so a copy drops nothing more."""
    subject = company(seed)
    assert apply(subject, ()).graph.member.size == subject.graph.member.size


def on_the_whole(subject: Estate, outcome: Outcome) -> dict[str, tuple[float, float]]:
    """Return the share each domain takes after the edits, from a changed copy of the whole estate."""
    changed = apply(subject, outcome.edits)
    nodes = domains(changed)
    weight = np.array([w.weight for w in changed.workloads])
    best, worst = (
        weight / weight.sum() @ losses(changed, case, nodes).lost for case in (changed.best, changed.worst)
    )
    return {changed.names[n]: (b, w) for n, b, w in zip(nodes, best.tolist(), worst.tolist(), strict=True)}


def on_the_part(scales: Scales, outcomes: tuple[Outcome, ...]) -> dict[str, tuple[float, float]]:
    after = scales.standing(outcomes)
    found = {
        scales.ground.estate.names[node]: (float(b), float(w))
        for node, b, w in zip(scales.nodes, after.best, after.worst, strict=True)
    }
    for each in outcomes:
        weight = scales.weight[each.affected]
        for at, name in enumerate(each.fresh):
            low, high = found.get(name, (0.0, 0.0))
            found[name] = (
                low + float(weight @ each.fresh_best[:, at]),
                high + float(weight @ each.fresh_worst[:, at]),
            )
    return found


def tried(scales: Scales) -> list[Proposal]:
    before = survival.measure(scales.ground.estate)
    return [proposal for _, proposal in advice.candidates(scales.ground, before)]


@pytest.mark.parametrize("seed", range(6))
def test_the_part_a_change_reaches_says_what_the_whole_estate_says(seed: int) -> None:
    """Every candidate is re-evaluated exactly, in both cases, on every domain, the new ones too."""
    scales = Scales.of(company(seed))
    proposals = tried(scales)
    assert proposals
    for outcome in scales.weigh_each([proposal.edits for proposal in proposals]):
        whole = on_the_whole(scales.ground.estate, outcome)
        assert_alike(on_the_part(scales, (outcome,)), whole)


def assert_alike(part: dict[str, tuple[float, float]], whole: dict[str, tuple[float, float]]) -> None:
    """Fail unless the part says of each domain what the whole does; what it leaves out takes nothing."""
    assert part == {name: pytest.approx(whole.get(name), abs=1e-9) for name in part}
    assert all(max(whole[name]) == 0 for name in set(whole) - set(part))


def test_changes_weighed_beside_each_other_are_as_if_weighed_alone() -> None:
    """More changes than are weighed at once, none of which sees anything of another."""
    scales = Scales.of(company(0, size=40, workloads=8))
    edits = [proposal.edits for proposal in tried(scales)]
    assert len(edits) > BATCH
    for outcome in scales.weigh_each(edits):
        alone = scales.weigh(outcome.edits)
        assert outcome.affected.tolist() == alone.affected.tolist()
        assert on_the_part(scales, (outcome,)) == on_the_part(scales, (alone,))


@pytest.mark.parametrize("seed", range(6))
def test_needs_that_come_and_go_are_weighed_too(seed: int) -> None:
    """Any edit is re-evaluated as on the whole estate, what it takes away or adds to what is there too."""
    subject = company(seed)
    scales = Scales.of(subject)
    owner = subject.graph.owner[subject.kinds[subject.graph.owner] == NodeKind.RESOURCE]
    rows = np.flatnonzero(np.isin(subject.graph.owner, owner))[seed :: len(owner) // 4].tolist()
    new = NewNeed(owner=subject.names[owner[seed]], need=requires("vendor", "vendor:new")[0])
    for edits in (tuple(DropNeed(need=row) for row in rows), (new,), (DropNeed(need=rows[0]), new)):
        outcome = scales.weigh(edits)
        whole = on_the_whole(subject, outcome)
        assert_alike(on_the_part(scales, (outcome,)), whole)


def stacked() -> Estate:
    """Return a machine that needs another, and a workload of a third."""
    mid = dataclasses.replace(server("mid"), needs=requires("base", "base"))
    return estate(server("top", workload="w"), mid, server("base"), workloads=(workload("w"),))


TO_MID = NewNeed(owner="top", need=requires("mid", "mid")[0])
BELOW = NewNeed(owner="base", need=requires("contract", "vendor:new")[0])


def test_what_a_change_names_above_another_edit_is_solved_with_it() -> None:
    """One edit leads to what stands above the other: the workload comes to need the new vendor by both."""
    subject = stacked()
    scales = Scales.of(subject)
    outcome = scales.weigh((TO_MID, BELOW))
    part = on_the_part(scales, (outcome,))
    assert part["vendor:new"] == (1.0, 1.0)
    assert_alike(part, on_the_whole(subject, outcome))


def test_a_change_matters_to_another_that_leads_to_what_it_alters() -> None:
    """Apart, neither brings the vendor to the workload; so they must not be called apart."""
    scales = Scales.of(stacked())
    first, second = scales.weigh_each(((TO_MID,), (BELOW,)))
    assert not first.apart(second)
    assert not second.apart(first)


def test_a_member_that_is_one_already_counts_once() -> None:
    """A standby brought in sooner is still one of the two that are needed."""
    members = (Member(ref="a"), Member(ref="b"), Member(ref="c", delay=(60.0, 240.0)))
    two = Need(role="two", members=members, k=(2, 2), evidence=Evidence.CONFIGURED, origin="drawn")
    late = dataclasses.replace(workload("w", two), rto_minutes=300.0)
    subject = estate(server("a"), server("b"), server("c", zone="apne2-az2"), workloads=(late,))
    (row,) = (
        need
        for need in needs_of(subject.graph, int(subject.workload_nodes[0]))
        if subject.graph.texts[subject.graph.role[need]] == "two"
    )
    scales = Scales.of(subject)
    outcome = scales.weigh((NewMember(need=row, member=Member(ref="c", delay=(2.0, 5.0))),))
    part = on_the_part(scales, (outcome,))
    assert part["zone:aws/apne2-az1"] == (1.0, 1.0)
    assert_alike(part, on_the_whole(subject, outcome))


def test_an_estate_without_workloads_can_be_changed() -> None:
    """There is nobody to lose anything."""
    subject = estate(vendors=(Vendor(name="x"), Vendor(name="y", needs=requires("host", "vendor:x"))))
    assert not subject.workloads
    scales = Scales.of(subject)
    outcome = scales.weigh((NewNeed(owner="vendor:x", need=requires("contract", "vendor:new")[0]),))
    assert outcome.affected.size == 0
    assert outcome.fresh == ("vendor:new",)


def test_names_that_changes_would_give_may_be_taken() -> None:
    """Whoever names a machine like a copy that is proposed gets that copy under another name, in sets too."""
    names = ("a", "b", "twin:apne2-az2:a", "twin:apne2-az2:a#2", "twin:aws/ap-northeast-1:workload:w")
    subject = estate(
        *(server(name, workload="wv"[at % 2]) for at, name in enumerate(names)),
        workloads=(workload("w", *requires("shared", "a")), workload("v", *requires("shared", "a"))),
        vendors=(Vendor(name="x"), Vendor(name="x-second-source", needs=requires("host", "vendor:x"))),
    )
    scales = Scales.of(subject)
    proposals = [each for each in tried(scales) if each.domain.startswith("zone:")]
    assert {each.workload for each in proposals} == {"w", "v"}
    outcome = scales.weigh(together(proposals, subject.index))
    assert_alike(on_the_part(scales, (outcome,)), on_the_whole(subject, outcome))
    assert not {name for each in outcome.edits if (name := getattr(each, "name", ""))} & subject.index.keys()


def test_a_change_that_touches_nothing_does_nothing() -> None:
    """New nodes that nobody needs take nothing and are taken by nothing."""
    scales = Scales.of(company(0))
    outcome = scales.weigh((NewNode(name="spare", needs=requires("vendor", "vendor:x")),))
    assert outcome.affected.size == outcome.best.losses.size == outcome.worst.losses.size == 0
    assert on_the_part(scales, (outcome,)) == on_the_part(scales, ())


@pytest.mark.parametrize("seed", range(6))
def test_changes_together_are_weighed_together(seed: int) -> None:
    """Several changes in one copy, whether they meet or not, are what the whole estate says of them."""
    scales = Scales.of(company(seed))
    draw = random.Random(seed)  # noqa: S311 - drawn the same every time
    chosen = draw.sample(tried(scales), 3)
    outcome = scales.weigh(together(chosen))
    assert_alike(on_the_part(scales, (outcome,)), on_the_whole(scales.ground.estate, outcome))


def test_changes_apart_from_each_other_add_up() -> None:
    """Changes of workloads that share nothing changed need no evaluation of their own together."""
    subject = estate(
        server("a", workload="one"), server("b", workload="two"), workloads=(workload("one"), workload("two"))
    )
    scales = Scales.of(subject)
    pair = [p for p in tried(scales) if p.domain == "zone:aws/apne2-az1"]
    alone = tuple(scales.weigh(proposal.edits) for proposal in pair)
    assert alone[0].apart(alone[1])
    assert on_the_part(scales, alone) == on_the_part(scales, (scales.weigh(together(pair)),))


def test_a_change_of_what_two_workloads_share_is_counted_for_both() -> None:
    """The copy of a shared database saves both workloads that need it."""
    api = dataclasses.replace(server("api", zone="apne2-az2", workload="one"), needs=requires("db", "db"))
    users = tuple(workload(name, *requires("api", "api")) for name in ("one", "two"))
    subject = estate(api, server("db"), workloads=users)
    scales = Scales.of(subject)
    proposal = next(p for p in tried(scales) if p.domain == "zone:aws/apne2-az1")
    assert scales.weigh(proposal.edits).affected.tolist() == [0, 1]
    found = advice.measure(subject, survival.measure(subject))
    first = next(change for change in found if change.domain == proposal.domain)
    assert first.removes == (1.0, 1.0)


def test_two_copies_of_one_machine_are_two_copies() -> None:
    """A copy in another zone and one in another ring do not take each other's place."""
    machine = server("a", workload="w", facts=(fact("agent.falcon", "7.11"),))
    subject = estate(machine, workloads=(workload("w", criticality=Criticality.HIGH),))
    scales = Scales.of(subject)
    chosen = [p for p in tried(scales) if p.domain in {"zone:aws/apne2-az1", "agent:falcon/linux"}]
    both = scales.standing((scales.weigh(together(chosen)),))
    taken = {subject.names[n]: share for n, share in zip(scales.nodes, both.worst.tolist(), strict=True)}
    assert (taken["zone:aws/apne2-az1"], taken["agent:falcon/linux"]) == (0.0, 0.0)
    assert taken["region:aws/ap-northeast-2"] == 1.0
