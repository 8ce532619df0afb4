"""What holds of every estate, whatever went in."""

from __future__ import annotations

import dataclasses
import random

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from auditor.estate import Estate, build
from auditor.estate.arrays import MEMBER_ARRAYS, NEED_ARRAYS
from auditor.estate.graph import CompiledPlan, NodeKind
from auditor.estate.sparse import Sparse
from auditor.inventory import Inventory, InventoryBuilder
from auditor.inventory.tables import tables_of
from auditor.model.need import Member, Need, requires
from auditor.model.resource import Resource, Zone
from auditor.model.workload import Join, Vendor, Workload
from tests.estate.samples import SEOUL, TAKEN_AT, resource

KINDS = ("aws.ec2.instance", "aws.rds.instance", "aws.ec2.vpc", "aws.elbv2.loadbalancer", "onprem.server")
VENDORS = (Vendor(name="v", hosted_on=("region:azure/centralus",), hosts=("*.v.example",)),)
WORKLOADS = (Workload(name="w1", joins=(Join(tags=(("app", "a1"),)),)), Workload(name="w2"))


def hold(estate: Estate) -> None:
    """Assert every invariant of an estate."""
    graph, nodes = estate.graph, len(estate.names)
    assert len(set(estate.names)) == nodes == estate.kinds.size == len(estate.index)
    assert all(estate.index[name] == node for node, name in enumerate(estate.names))
    resources = len(estate.inventory)
    assert list(estate.names[:resources]) == estate.inventory.resources["id"].to_list()
    assert (estate.kinds[:resources] == NodeKind.RESOURCE).all()
    assert (np.diff(graph.owner) >= 0).all()
    assert {getattr(graph, name).size for name in NEED_ARRAYS} == {graph.owner.size}
    assert {getattr(graph, name).size for name in MEMBER_ARRAYS} == {graph.member.size}
    assert (np.diff(graph.start) > 0).all()
    assert graph.start[-1] == graph.member.size
    assert ((graph.k_best >= 1) & (graph.k_best <= graph.k_worst)).all()
    assert (graph.k_worst <= np.diff(graph.start)).all()
    for codes, texts in (
        (graph.role, graph.texts),
        (graph.origin, graph.texts),
        (graph.unknown, graph.fact_names),
    ):
        assert (codes < len(texts)).all()
    assert (graph.delay_low.dense() <= graph.delay_high.dense()).all()
    valid(estate.best, estate, manual=graph.manual)
    valid(estate.worst, estate, manual=graph.manual)
    assert estate.resource_workload.size == resources
    assert estate.replica.size == len(estate.names)
    assert (estate.replica[resources:] == -1).all()
    assert estate.resource_workload.max(initial=-1) < len(estate.workloads)
    assert [estate.names[node] for node in estate.workload_nodes] == [
        f"workload:{w.name}" for w in estate.workloads
    ]
    assert sorted(estate.workloads, key=lambda w: w.name) == list(estate.workloads)
    assert len(estate.unresolved) <= estate.references


def valid(compiled: CompiledPlan, estate: Estate, *, manual: np.ndarray) -> None:
    """Assert that a plan is what kernels expect and leads back into the graph."""
    plan, graph = compiled.plan, estate.graph
    assert plan.nodes == len(estate.names)
    for values in (plan.owner, plan.member):
        assert ((values >= 0) & (values < plan.nodes)).all()
    need = np.repeat(np.arange(plan.k.size), np.diff(plan.start))
    serving = np.bincount(need[plan.delay == 0], minlength=plan.k.size)
    assert ((plan.k >= 1) & (plan.k <= serving)).all()
    assert np.array_equal(graph.owner[compiled.need], plan.owner)
    assert np.array_equal(graph.member[compiled.row], plan.member)
    assert np.array_equal(manual[compiled.row], compiled.manual)
    assert {str(values.dtype) for values in (plan.owner, plan.member, plan.k)} == {"int32"}
    assert (str(plan.start.dtype), str(plan.delay.dtype)) == ("int64", "float64")


def _need(rng: random.Random, count: int) -> Need:
    pool = [f"r{rng.randrange(count)}" for _ in range(3)]
    pool += [f"alias-{rng.randrange(count // 2)}", "gone", "api.v.example", "zone:aws/apne2-az2", "vendor:v"]
    pool += ["arn:aws:sqs:us-east-1:9:q", "lost.example", f"service:aws/{SEOUL}/rds"]
    members = tuple(
        Member(
            ref=rng.choice(pool),
            delay=(0, 0) if n == 0 else rng.choice([(0, 0), (1, 2), (60, 240)]),
            manual=rng.random() < 0.3,
            via=tuple(rng.sample(pool, rng.randrange(3))),
            unknown=rng.choice([None, None, "target health"]),
            loss=rng.choice([(0.0, 0.0), None]),
        )
        for n in range(rng.randrange(1, 5))
    )
    k = rng.randrange(1, len(members) + 1)
    return Need(
        role=rng.choice(["db", "zone", "vpc", "targets"]),
        members=members,
        k=(rng.randrange(1, k + 1), k),
        quorum=rng.random() < 0.1,
        unknown=rng.choice([None, None, None, "multi_az"]),
    )


def _resource(rng: random.Random, n: int, count: int) -> Resource:
    kind = rng.choice(KINDS)
    facts = {"host": kind.endswith(("instance", "server"))} | rng.choice(
        [
            {},
            {"os": "linux"},
            {"os": "windows", "agent.falcon": "7.11"},
            {"agent.falcon": "none"},
            {"role": "r"},
        ]
    )
    return resource(
        f"r{n}",
        kind,
        zones=rng.choice([None, (), ("apne2-az1",), ("apne2-az1", "apne2-az2")]),
        region=rng.choice([SEOUL, SEOUL, "us-east-1", None]),
        account=rng.choice(["1", "2", None]),
        facts=facts | rng.choice([{}, {"entry_point": True}, {"stack": "s"}]),
        assumed={"resolver": rng.choice(["vpc", "inside"])},
        tags=rng.choice([{}, {"App": "a1"}, {"service": "a2"}, {"project": "w2"}]),
        aliases=(f"alias-{n % (count // 2)}",),
        needs=[_need(rng, count) for _ in range(rng.randrange(4))],
    )


def _random(seed: int, *, declared: bool) -> tuple[Inventory, Inventory]:
    """Return one random inventory twice, resources given in two orders."""
    rng = random.Random(seed)  # noqa: S311 - a fixed seed for tests
    resources = [_resource(rng, n, 30) for n in range(30)]
    shuffled = rng.sample(resources, len(resources))
    made = []
    for order in (resources, shuffled):
        builder = InventoryBuilder(TAKEN_AT)
        builder.add(order, source="test")
        builder.add_zones(Zone(provider="aws", region=SEOUL, zone=f"apne2-az{n}") for n in (1, 2, 3))
        builder.declare(workloads=WORKLOADS if declared else (), vendors=VENDORS)
        made.append(builder.build())
    return made[0], made[1]


@pytest.mark.parametrize("declared", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_random_estates_hold_and_do_not_depend_on_order(seed: int, declared: bool) -> None:  # noqa: FBT001
    """Whatever goes in, in whatever order, the estate is sound and the same."""
    ordered, shuffled = (build(each) for each in _random(seed, declared=declared))
    hold(ordered)
    assert ordered.names == shuffled.names
    for name in (*NEED_ARRAYS, *MEMBER_ARRAYS, "start"):
        np.testing.assert_array_equal(_column(ordered, name), _column(shuffled, name))
    for name in ("graph.texts", "unresolved", "circular", "assumptions", "references", "workloads"):
        first, second = ordered, shuffled
        for part in name.split("."):
            first, second = getattr(first, part), getattr(second, part)
        assert first == second


def _column(estate: Estate, name: str) -> NDArray[np.generic]:
    """Return a column of the graph with all its rows."""
    column = getattr(estate.graph, name)
    return column.dense() if isinstance(column, Sparse) else column


def _in_chunks(inventory: Inventory, rows: int) -> Inventory:
    """Return the inventory with tables in chunks of so many rows, as large files come back."""
    tables = {
        name: pl.concat([frame[at : at + rows] for at in range(0, frame.height, rows)], rechunk=False)
        for name, frame in tables_of(inventory).items()
        if not frame.is_empty()
    }
    return dataclasses.replace(inventory, **tables)  # type: ignore[arg-type]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("seed", range(6))
def test_chunks_of_tables_leave_no_trace(seed: int, rows: int) -> None:
    """Tables in many chunks, some of which a filter empties, give the same estate as whole ones."""
    inventory, _ = _random(seed, declared=False)
    whole, chunked = build(inventory), build(_in_chunks(inventory, rows))
    assert chunked.names == whole.names
    for name in (*NEED_ARRAYS, *MEMBER_ARRAYS, "start"):
        np.testing.assert_array_equal(_column(chunked, name), _column(whole, name))
    assert chunked.assumptions == whole.assumptions


def _fleet(count: int) -> Inventory:
    """Return machines with a volume each in three zones, every tenth group behind a load balancer."""
    builder = InventoryBuilder(TAKEN_AT)
    builder.add(
        (
            resource(
                f"i-{n}",
                zones=(f"apne2-az{n % 3 + 1}",),
                facts={"host": True, "os": "linux"},
                tags={"app": f"a{n % 100}"},
                needs=requires("volume", f"vol-{n}"),
            )
            for n in range(count)
        ),
        source="test",
    )
    builder.add(
        (
            resource(f"v{n}", "aws.ec2.volume", zones=(f"apne2-az{n % 3 + 1}",), aliases=(f"vol-{n}",))
            for n in range(count)
        ),
        source="test",
    )
    builder.add_zones(Zone(provider="aws", region=SEOUL, zone=f"apne2-az{n}") for n in (1, 2, 3))
    return builder.build()


@pytest.mark.slow
def test_a_hundred_thousand_resources_are_linked_whole() -> None:
    """A large estate builds in one go: every alias found, every implied need there."""
    estate = build(_fleet(50_000))
    hold(estate)
    assert estate.references == 50_000
    assert estate.unresolved == ()
    # each machine: volume, service, account, zone, system; each volume: service, account, zone
    assert np.bincount(estate.graph.owner, minlength=100_000)[:100_000].sum() == 50_000 * 8
