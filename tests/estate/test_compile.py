"""Circular redundancy, best and worst plans, and plans with standbys taken away."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from auditor.analyses._losses import same_plan
from auditor.errors import EstateError
from auditor.estate.graph import Estate
from auditor.estate.variants import no_delayed, no_manual, within
from auditor.kernels import lost, minutes, pack, prepare, unpack
from auditor.kernels.plan import Plan
from auditor.model.evidence import Evidence
from auditor.model.need import Member, Need, requires
from auditor.model.workload import Vendor, Workload
from tests.estate.samples import any_of, estate, machine, needs, planned, resource


def outage(found: Estate, *out: str, length: float = 84.0) -> dict[str, tuple[float, float]]:
    """Return minutes (best, worst) of every node when some are out."""
    own = np.zeros((len(found.names), 1))
    own[[found.index[name] for name in out]] = length
    both = [minutes(prepare(case.plan), own)[:, 0] for case in (found.best, found.worst)]
    return {name: (float(both[0][i]), float(both[1][i])) for i, name in enumerate(found.names)}


def test_mutual_fallbacks_hold_nothing_up() -> None:
    """Two name servers, each falling back on the other, are down with what each rests on."""
    found = estate(
        resource("a", needs=[any_of("upstream", "u", "b")]),
        resource("b", needs=[any_of("upstream", "v", "a")]),
        resource("u"),
        resource("v"),
    )
    assert found.circular == (("a", "b"), ("b", "a"))
    assert outage(found, "u")["a"] == (84.0, 84.0)


def test_a_declared_quorum_counts_its_circular_members() -> None:
    """Members that truly hold each other up may say so."""
    found = estate(
        resource("a", needs=[any_of("upstream", "u", "b", quorum=True)]),
        resource("b", needs=[any_of("upstream", "v", "a", quorum=True)]),
        resource("u"),
        resource("v"),
    )
    assert found.circular == ()
    assert outage(found, "u")["a"] == (0.0, 0.0)


def test_a_member_that_needs_the_owner_through_others_is_circular_too() -> None:
    """However long the way back is."""
    found = estate(
        resource("a", needs=[any_of("pool", "x", "y")]),
        resource("x", needs=requires("uses", "m")),
        resource("m", needs=requires("uses", "a")),
        resource("y"),
    )
    assert found.circular == (("a", "x"),)
    assert outage(found, "y")["a"] == (84.0, 84.0)


def test_all_of_needs_may_be_circular() -> None:
    """A cycle in which everything is needed has no redundancy to overrate."""
    found = estate(resource("a", needs=requires("peer", "b")), resource("b", needs=requires("peer", "a")))
    assert found.circular == ()
    assert outage(found, "a")["b"] == (84.0, 84.0)


def test_one_may_be_needed_under_several_roles() -> None:
    """The search for cycles ends, and finds them, however often one resource names another."""
    pairs = [(0, 4), (0, 3), (0, 3), (0, 1), (0, 3), (1, 4), (1, 2), (2, 5), (2, 4), (3, 5), (5, 2), (5, 4)]
    names = "abcdef"
    named = {
        owner: [
            need
            for place, (one, other) in enumerate(pairs)
            if one == at
            for need in requires(f"role{place}", names[other])
        ]
        for at, owner in enumerate(names)
    }
    named["f"].append(any_of("pool", "c", "e"))
    found = estate(*(resource(name, needs=needs) for name, needs in named.items()))
    assert found.circular == (("f", "c"),)


def test_members_that_all_lean_back_are_kept() -> None:
    """Machines whose settings name their own load balancer still hold it up, each with its own zone."""
    calls = requires("calls", "lb", evidence=Evidence.INFERRED)
    found = estate(
        resource("lb", "aws.elbv2.loadbalancer", needs=[any_of("targets", "i1", "i2")]),
        machine("i1", needs=calls),
        machine("i2", zone="apne2-az2", needs=calls),
    )
    assert found.circular == ()
    assert outage(found, "zone:aws/apne2-az1")["lb"] == (0.0, 0.0)
    assert outage(found, "zone:aws/apne2-az1", "zone:aws/apne2-az2")["lb"] == (84.0, 84.0)


def test_dropping_circular_members_clips_k() -> None:
    """Two of three with one circular become two of two; the clipping of two of two others is told."""
    found = estate(
        resource("a", needs=[any_of("pool", "x", "y", "z", k=(2, 2)), any_of("few", "x", "y", k=(1, 2))]),
        resource("x", needs=requires("uses", "a")),
        resource("y"),
        resource("z"),
    )
    assert ("pool", (2, 2), ("y", "z")) in needs(found, "a")
    assert ("few", (1, 1), ("y",)) in needs(found, "a")
    assert any("circular ones do not count" in note.text for note in found.assumptions)


def test_best_and_worst_take_opposite_sides_of_every_unknown() -> None:
    """Uncertain need, uncertain member, k and delay: each plan takes its own side."""
    members = (
        Member(ref="x"),
        Member(ref="y"),
        Member(ref="z", unknown="target health"),
        Member(ref="s", delay=(1, 2)),
    )
    found = estate(
        resource(
            "a",
            needs=[
                Need(role="pool", members=members, k=(1, 2)),
                Need(role="maybe", members=(Member(ref="x"),), unknown="multi_az"),
            ],
        ),
        *(resource(name) for name in "xyzs"),
    )
    assert planned(found, found.best, "a", "pool") == ["s", "x", "y", "z"]
    assert planned(found, found.worst, "a", "pool") == ["s", "x", "y"]
    assert planned(found, found.best, "a", "maybe") == []
    assert planned(found, found.worst, "a", "maybe") == ["x"]
    assert (found.best.plan.k.max(), found.worst.plan.k.max()) == (1, 2)
    assert (found.best.plan.delay.max(), found.worst.plan.delay.max()) == (1.0, 2.0)


def test_a_need_of_uncertain_members_only_wants_them_in_both_plans() -> None:
    """Target health nobody could see does not mean that all targets are down, nor that none is needed."""
    unsure = tuple(Member(ref=name, unknown="target health") for name in ("x", "y"))
    found = estate(resource("a", needs=[Need(role="pool", members=unsure)]), resource("x"), resource("y"))
    assert planned(found, found.worst, "a", "pool") == ["x", "y"]
    assert planned(found, found.best, "a", "pool") == ["x", "y"]


@pytest.mark.parametrize("k", [(1, 1), (1, 2), (2, 2), (3, 3)])
@pytest.mark.parametrize("unsure", [(), ("z",), ("y", "z"), ("x", "y", "z")])
def test_the_worst_plan_is_never_better_than_the_best(k: tuple[int, int], unsure: tuple[str, ...]) -> None:
    """Whichever of its members fails, a node lost in the best case is lost in the worst."""
    members = tuple(Member(ref=n, unknown="health" if n in unsure else None) for n in ("x", "y", "z"))
    found = estate(
        resource("a", needs=[Need(role="pool", members=members, k=k)]), *map(resource, ("x", "y", "z"))
    )
    failed = np.zeros((len(found.names), 8), np.bool_)
    for bit, name in enumerate(("x", "y", "z")):
        failed[found.index[name]] = np.arange(8) >> bit & 1
    best, worst = (
        unpack(lost(prepare(plan), pack(failed), scenarios=8), 8)[found.index["a"]]
        for plan in (found.best.plan, found.worst.plan)
    )
    assert not (best & ~worst).any()
    assert worst[7]


@pytest.mark.parametrize("who", ["resource", "workload", "vendor"])
def test_a_declared_need_of_too_few_members_is_refused(who: str) -> None:
    """A contradiction in a declaration is an error that names owner and role."""
    members = (Member(ref="x"), Member(ref="y", delay=(5, 5)))
    need = Need(role="pair", members=members, k=(2, 2), evidence=Evidence.DECLARED)
    with pytest.raises(EstateError, match=r"need 'pair' wants 2 members in service and has 1") as caught:
        estate(
            resource("x", needs=[need] if who == "resource" else []),
            workloads=(Workload(name="w", needs=(need,)),) if who == "workload" else (),
            vendors=(Vendor(name="v", needs=(need,)),) if who == "vendor" else (),
        )
    assert caught.value.hint


def test_a_collected_need_of_too_few_members_is_clipped() -> None:
    """An Auto Scaling group short of its minimum is a fact of life."""
    found = estate(resource("a", needs=[any_of("members", "x", k=(1, 3))]), resource("x"))
    assert needs(found, "a")[1] == ("members", (1, 1), ("x",))
    assert any("more members than are known" in note.text for note in found.assumptions)


def test_a_node_named_twice_in_a_need_counts_once() -> None:
    """Two references to one thing are no redundancy; the soonest in service counts."""
    members = (Member(ref="x", delay=(5, 5)), Member(ref="alias-x"), Member(ref="y"))
    found = estate(
        resource("a", needs=[Need(role="pool", members=members, k=(1, 3))]),
        resource("x", aliases=("alias-x",)),
        resource("y"),
    )
    assert ("pool", (1, 2), ("x", "y")) in needs(found, "a")
    assert found.best.plan.delay.max() == 0.0


def test_plans_lose_the_standbys_they_are_asked_without() -> None:
    """Within a limit, without those by hand, without any: what is in service always stays."""
    members = (
        Member(ref="x"),
        Member(ref="auto", delay=(1, 2)),
        Member(ref="hand", delay=(30, 60), manual=True),
        Member(ref="slow", delay=(90, 240)),
    )
    found = estate(
        resource("a", needs=[Need(role="db", members=members)]), *map(resource, ("x", "auto", "hand", "slow"))
    )

    def standbys(plan: Plan) -> list[str]:
        return sorted(found.names[m] for m in plan.member[plan.delay > 0])

    assert standbys(within(found.worst, 60)) == ["auto", "hand"]
    assert standbys(within(found.worst, 60, manual=False)) == ["auto"]
    assert standbys(no_manual(found.worst)) == ["auto", "slow"]
    assert standbys(no_delayed(found.worst)) == []


def test_plans_are_made_once() -> None:
    """Whoever asks again gets the same plan, a copy of the estate that went through a pickle an equal one."""
    found = estate(resource("a", needs=[any_of("pool", "x", "y")]), resource("x"), resource("y"))
    again = pickle.loads(pickle.dumps(found))  # noqa: S301 - written the line before
    for case, copy in ((found.best, again.best), (found.worst, again.worst)):
        assert same_plan(case, copy)
    assert found.best is found.best
    assert found.worst is found.worst
    assert found.best is not found.worst


def test_both_kernels_agree_on_who_is_lost() -> None:
    """A node is lost in the yes/no form iff it has minutes when nothing is delayed."""
    found = estate(
        resource("lb", "aws.elbv2.loadbalancer", needs=[any_of("targets", "i1", "i2")]),
        machine("i1"),
        machine("i2", zone="apne2-az2"),
    )
    nodes = len(found.names)
    prepared = prepare(found.worst.plan)
    failed = np.eye(nodes, dtype=np.bool_)
    times = minutes(prepared, failed * 10.0)
    words = lost(prepared, pack(failed), scenarios=nodes)
    assert np.array_equal(unpack(words, nodes), times > 0)
