"""Changes on a copy, and walking the graph."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from auditor.errors import EstateError
from auditor.estate import closure, needs_of
from auditor.estate.edit import DropNeed, NewCopy, NewMember, NewNeed, NewNode, apply
from auditor.estate.graph import Estate
from auditor.model.evidence import Evidence
from auditor.model.need import Member, Need, requires
from tests.estate.samples import any_of, below, estate, machine, needs, resource
from tests.estate.test_compile import outage
from tests.estate.test_invariants import hold


def row(found: Estate, node: str, role: str) -> int:
    return next(
        g for g in needs_of(found.graph, found.index[node]) if found.graph.texts[found.graph.role[g]] == role
    )


@pytest.fixture
def single() -> Estate:
    """A service on one machine in one zone."""
    return estate(resource("svc", "onprem.service", needs=[any_of("machines", "i")]), machine("i"))


def test_no_edit_changes_nothing(single: Estate) -> None:
    """The copy is compiled again to the same plans."""
    copy = apply(single, [])
    assert copy.names == single.names
    assert np.array_equal(copy.worst.plan.member, single.worst.plan.member)


def test_a_twin_in_another_zone_breaks_the_loss_of_the_zone(single: Estate) -> None:
    """A new node, a new member that needs it, and domains nobody had before, with what they need."""
    zone = requires("zone", "zone:aws/apne2-az2")
    twin = Member(ref="twin", delay=(1, 2), via=("control-plane:aws/us-west-2/ec2",))
    changed = apply(
        single,
        [NewMember(need=row(single, "svc", "machines"), member=twin), NewNode(name="twin", needs=zone)],
    )
    assert outage(single, "zone:aws/apne2-az1")["svc"] == (84.0, 84.0)
    assert outage(changed, "zone:aws/apne2-az1")["svc"] == (1.0, 2.0)
    assert below(changed, "zone:aws/apne2-az2", "inside") == ["region:aws/ap-northeast-2"]
    assert outage(changed, "zone:aws/apne2-az1", "region:aws/us-west-2")["svc"] == (84.0, 84.0)
    hold(changed)


def test_needs_come_and_go(single: Estate) -> None:
    """Edits name rows of the estate they are applied to, whatever else changes."""
    changed = apply(
        single,
        [
            DropNeed(need=row(single, "svc", "machines")),
            NewNeed(owner="svc", need=any_of("vendor", "vendor:new", unknown="contract")),
        ],
    )
    assert below(changed, "svc", "machines") == []
    assert below(changed, "svc", "vendor") == ["vendor:new"]
    assert "contract" in changed.graph.fact_names
    assert single.index.get("vendor:new") is None
    hold(changed)


def test_a_copy_needs_what_its_original_needs() -> None:
    """As a node written out would: not what names one node, other members for some, and more besides."""
    standby = Member(ref="db2", delay=(60, 240), manual=True, loss=(1, 5), unknown="standby")
    database = Need(role="database", members=(Member(ref="db"), standby), evidence=Evidence.DECLARED)
    zone, other = (requires("zone", f"zone:aws/apne2-az{number}") for number in (1, 2))
    found = estate(
        machine("a", needs=(database, *requires("disk", "disk", unknown="disks"), *zone)),
        *(machine(name) for name in ("db", "db2", "disk", "disk2")),
    )
    lost = found.index["zone:aws/apne2-az1"]
    copy = NewCopy(
        name="copy",
        original=found.index["a"],
        without=lost,
        origin="told",
        instead=((found.index["disk"], "disk2"),),
        extra=other,
    )
    changed = apply(found, [copy])
    assert below(changed, "copy", "zone") == ["zone:aws/apne2-az2"]
    assert below(changed, "copy", "disk") == ["disk2"]
    for role in ("database", "disk"):
        ours, theirs = (shown(changed, row(changed, name, role)) for name in ("a", "copy"))
        assert theirs == {**ours, "evidence": "assumed", "origin": "told"}
    assert below(changed, "copy", "database") == below(changed, "a", "database")
    hold(changed)


def shown(found: Estate, need: int) -> dict[str, Any]:
    """Return what is told of a need and, but for the nodes, of its members."""
    graph = found.graph
    rows = slice(graph.start[need], graph.start[need + 1])
    columns = (graph.delay_low, graph.delay_high, graph.manual, graph.member_unknown, graph.loss_low)
    return {
        "k": (graph.k_best[need], graph.k_worst[need]),
        "unknown": graph.unknown[need],
        "evidence": [*Evidence][graph.evidence[need]].value,
        "origin": graph.texts[graph.origin[need]],
        "members": [column[rows].tolist() for column in columns],
    }


def test_an_edit_may_make_redundancy_circular(single: Estate) -> None:
    """A fallback that needs what it should hold up is dropped and told."""
    member = NewMember(need=row(single, "svc", "machines"), member=Member(ref="fallback"))
    changed = apply(single, [NewNode(name="fallback", needs=requires("uses", "svc")), member])
    assert changed.circular == (("svc", "fallback"),)


def test_aliases_lead_to_nodes_too() -> None:
    """What a connector calls a thing is good enough."""
    found = estate(machine("a"), machine("b", aliases=("i-0b",)))
    changed = apply(found, [NewNeed(owner="a", need=any_of("uses", "I-0b"))])
    assert below(changed, "a", "uses") == ["b"]


@pytest.mark.parametrize(
    "edit",
    [
        NewNode(name="i"),
        NewNode(name="x", needs=requires("uses", "nowhere")),
        NewNeed(owner="nowhere", need=any_of("uses", "i")),
        DropNeed(need=10_000),
        NewMember(need=-1, member=Member(ref="i")),
        NewNeed(
            owner="i",
            need=Need(role="r", members=(Member(ref="svc", delay=(1, 1)),), evidence=Evidence.DECLARED),
        ),
    ],
)
def test_wrong_edits_are_refused(single: Estate, edit: NewNode | NewNeed | DropNeed | NewMember) -> None:
    """A name taken, a reference to nowhere, a row that is not there, a need that can never be met."""
    with pytest.raises(EstateError):
        apply(single, [edit])


def test_the_closure_of_a_node_is_all_it_needs(single: Estate) -> None:
    """Directly or not; itself only where it stands in a cycle."""
    found = {single.names[node] for node in closure(single, single.index["svc"])}
    assert {"i", "zone:aws/apne2-az1", "provider:aws", "os:linux"} < found
    assert "svc" not in found
    assert needs(single, "provider:aws") == []
    assert closure(single, single.index["provider:aws"]).size == 0


def test_the_closure_of_a_cycle_holds_the_node_itself() -> None:
    """A node that needs itself through others is reached."""
    found = estate(machine("a", needs=requires("peer", "b")), machine("b", needs=requires("peer", "a")))
    assert found.index["a"] in closure(found, found.index["a"])
