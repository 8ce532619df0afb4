"""A condensed estate answers as the whole one does, for every workload and by its own names."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest

from auditor.analyses import survival
from auditor.analyses._replays.ground import Ground
from auditor.analyses._replays.play import play
from auditor.analyses._replays.scripts import script
from auditor.analyses.replay import replays
from auditor.estate import Estate, build, needs_of
from auditor.estate.condense import condense, uncondensed
from auditor.estate.graph import CompiledPlan, NodeKind
from auditor.estate.names import names_of
from auditor.model.audit import Replay, WorkloadReplay
from auditor.model.need import Member, Need, requires
from auditor.outages import catalogue, facts_asked
from benchmarks.company import inventory
from tests.analyses.estates import estate, fact, server, workload
from tests.analyses.played import EC2, impact, outage, told


@pytest.fixture(scope="module", params=[1, 2])
def company(request: pytest.FixtureRequest) -> Estate:
    return build(inventory(1_500, seed=request.param))


def _outages() -> dict[str, object]:
    """Return every third outage of the catalogue: all providers and classes are among them."""
    return dict(sorted(catalogue().items())[::3])


def _plain(found: tuple[Replay, ...]) -> list[list[WorkloadReplay]]:
    return [[dataclasses.replace(row, because=()) for row in replay.workloads] for replay in found]


def test_replays_are_those_of_the_whole(company: Estate) -> None:
    """Verdicts, minutes, windows, facts and losses of every workload are the same as without condensing."""
    outages = _outages()
    ground = Ground.plain(company)
    whole = play(uncondensed(company), [script(each, ground) for each in outages.values()])  # type: ignore[arg-type]
    found = replays(company, outages)[: len(whole)]  # type: ignore[arg-type]
    assert len(condense(company).small.names) < len(company.names) * 0.7
    assert _plain(found) == _plain(whole)
    assert [each.in_reach for each in found] == [each.in_reach for each in whole]
    assert [each.lost for each in found] == [each.lost for each in whole]


def test_reasons_are_ways_through_the_whole(company: Estate) -> None:
    """Each step of each chain is a need of the whole estate, told as that need is known."""
    seen = 0
    for replay in replays(company, _outages()):  # type: ignore[arg-type]
        for row in replay.workloads:
            for chain in row.because:
                conditional = chain.evidence[0].startswith("condition: ")
                ids, told_by = chain.chain[conditional:], chain.evidence[conditional:]
                assert ids[-1] == f"workload:{row.workload}"
                for (below, above), evidence in zip(pairwise(ids), told_by, strict=True):
                    assert evidence.partition(":")[0] in set(_roles(company, company.index[above], below))
                    seen += 1
    assert seen > 300


def _roles(subject: Estate, above: int, below: str) -> Iterator[str]:
    """Yield the roles of needs that name a node, those of activations that stand between included."""
    graph = subject.graph
    for need in needs_of(graph, above):
        for member in graph.member[graph.start[need] : graph.start[need + 1]].tolist():
            if subject.names[member] == below:
                yield graph.texts[graph.role[need]]
            if subject.kinds[member] == NodeKind.ACTIVATION:
                yield from _roles(subject, member, below)


class _NoPlans:
    """Plans of an estate too large to have any."""

    @property
    def best(self) -> CompiledPlan:
        raise MemoryError

    @property
    def worst(self) -> CompiledPlan:
        raise MemoryError


def test_no_plan_of_the_whole_is_made(company: Estate) -> None:
    """Single losses and replays with their reasons get by on the plans of the merged estate."""
    outages = dict(sorted(catalogue().items())[::9])
    large = dataclasses.replace(company, plans=_NoPlans())
    assert replays(large, outages) == replays(company, outages)
    assert survival.measure(large) == survival.measure(company)


def test_ids_may_be_read_from_the_inventory(company: Estate) -> None:
    """Reasons told of an estate that holds no strings of its own are those of one that does."""
    outages = dict(sorted(catalogue().items())[::9])
    ids = company.inventory.resources["id"]
    large = dataclasses.replace(company, names=names_of(ids, company.names[len(ids) :], many=1))
    assert not isinstance(large.names, tuple)
    assert replays(large, outages) == replays(company, outages)
    assert survival.measure(large) == survival.measure(company)


def test_single_losses_are_those_of_the_whole(company: Estate) -> None:
    """Shares lost and who is lost are the same for each domain."""
    assert survival.measure(company) == survival.measure(uncondensed(company))


def test_few_domains_at_a_time_leave_no_trace(company: Estate) -> None:
    """Single losses told of 64 domains at a time are those told of all at once."""
    assert len(survival.measure(company)) > 128
    assert survival.measure(company, room=1) == survival.measure(company)


def _twins(*names: str) -> Estate:
    """Return as many workloads as names, each with a machine of its own, alike but for the name."""
    return estate(
        *(server(f"vm-{name}") for name in names),
        workloads=tuple(workload(name, *requires("machine", f"vm-{name}")) for name in names),
    )


def test_workloads_that_cannot_differ_become_one() -> None:
    """Two workloads on alike machines are solved once; each is told of its own machine."""
    subject = _twins("shop", "till")
    view = condense(subject)
    assert [each.name for each in view.small.workloads] == ["shop"]
    assert view.workload.tolist() == [0, 0]
    zone = impact("zone:aws/apne2-az1")
    assert told(subject, zone, workload="shop").because[0].chain[1:] == ("vm-shop", "workload:shop")
    assert told(subject, zone, workload="till").because[0].chain[1:] == ("vm-till", "workload:till")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"facts": (fact("os", "windows"),)}, {}),
        ({"facts": (fact("agent.falcon", "7.11"),)}, {}),
        ({"facts": (fact("state", "stopped"),)}, {}),
        ({"zone": "apne2-az2"}, {}),
        ({"zone": None}, {}),
        ({"kind": "aws.lambda.function"}, {}),
    ],
)
def test_what_an_outage_can_tell_apart_stays_apart(
    first: dict[str, object], second: dict[str, object]
) -> None:
    """Machines of different software, state, place or kind, and what stands on them, are never merged."""
    subject = estate(
        server("a", **first),  # type: ignore[arg-type]
        server("b", **second),  # type: ignore[arg-type]
        workloads=(workload("shop", *requires("m", "a")), workload("till", *requires("m", "b"))),
    )
    assert len(condense(subject).small.workloads) == 2


def test_facts_that_no_outage_asks_do_not_count() -> None:
    """A fact keeps machines apart only where it is asked for."""
    subject = estate(
        server("a", facts=(fact("sku", "m5.large"),)),
        server("b", facts=(fact("sku", "c7.xlarge"),)),
        workloads=(workload("shop", *requires("m", "a")), workload("till", *requires("m", "b"))),
    )
    assert len(condense(subject).small.workloads) == 1
    assert len(condense(subject, facts=("sku",)).small.workloads) == 2


def test_targets_keep_workloads_apart() -> None:
    """Workloads with different recovery-time targets are lost after different times."""
    plain = workload("shop", *requires("m", "a"))
    subject = estate(server("a"), workloads=(plain, dataclasses.replace(plain, name="till", rto_minutes=5.0)))
    assert len(condense(subject).small.workloads) == 2


def test_nodes_struck_one_by_one_stay_apart() -> None:
    """What a scenario strikes by name is merged with nothing."""
    subject = _twins("shop", "till")
    apart = np.array([subject.index["vm-till"]])
    assert len(condense(subject, apart=apart).small.workloads) == 2


def test_how_many_of_how_many_survives() -> None:
    """Three alike machines of which two are needed stay three members, not one."""
    members = tuple(Member(ref=name) for name in "abc")
    subject = estate(
        *(
            server(name, zone=zone)
            for name, zone in zip("abc", ("apne2-az1", "apne2-az1", "apne2-az2"), strict=True)
        ),
        workloads=(workload("shop", Need(role="any", members=members, k=(2, 2))),),
    )
    down = told(subject, impact("zone:aws/apne2-az1"))
    up = told(subject, impact("zone:aws/apne2-az2"))
    assert (down.verdict[1].value, up.verdict[1].value) == ("down", "weakened")


def test_roots_are_counted_by_heads() -> None:
    """Of an inferred workload the share of roots out counts machines, however alike they are."""
    subject = build_inferred()
    row = told(subject, impact("zone:aws/apne2-az1"), workload="web")
    assert row.roots_out == (0.0, 0.75)  # alike by name: at best one that serves is enough


def build_inferred() -> Estate:
    zones = ("apne2-az1", "apne2-az1", "apne2-az1", "apne2-az2")
    machines = (server(f"m{at}", zone=zone, workload="web") for at, zone in enumerate(zones))
    return estate(*machines)


def test_nothing_is_condensed_to_nothing() -> None:
    """An empty estate stays empty and can be replayed."""
    view = condense(estate())
    assert (len(view.small.names), view.workload.size) == (0, 0)
    assert replays(estate(), {"made-2024-05-01-up": outage(impact(EC2))})[0].workloads == ()


def test_one_view_serves_all_who_ask_the_same() -> None:
    """The same estate and facts are condensed once."""
    subject, asked = _twins("shop"), facts_asked(catalogue().values())
    assert condense(subject, facts=asked) is condense(subject, facts=sorted(asked))
