"""The runner of specs: odd answers, deadlines, batches; and the pool it runs in."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from auditor.connectors.aws.catalogue._common import BY_HAND
from auditor.connectors.aws.harvest import Clock, Harvest
from auditor.connectors.aws.link import linked
from auditor.connectors.aws.pool import DaemonExecutor
from auditor.connectors.aws.scan import Scan
from auditor.connectors.aws.shape import Served, bounds
from auditor.connectors.aws.spec import AwsSpec, Bind, Call, Of, by_service
from auditor.connectors.aws.where import Where
from auditor.model.gap import Gap, GapReason
from auditor.model.need import Member, Need
from auditor.model.resource import Placement, Resource
from tests.connectors.aws.answers import SEOUL, Answers, harvested, resources


def test_one_odd_answer_loses_itself_only() -> None:
    """An item that cannot be read becomes a gap without its contents; the others stay."""
    answers = {
        "DescribeReplicationGroups": {
            "ReplicationGroups": [
                {"ReplicationGroupId": "good", "ARN": "arn:aws:elasticache:x:1:replicationgroup:good"},
                {
                    "ReplicationGroupId": "odd",
                    "ARN": "arn:odd",
                    "NodeGroups": [{"NodeGroupMembers": [{}] * 2}],
                },
            ]
        }
    }
    odd: Any = answers["DescribeReplicationGroups"]["ReplicationGroups"][1]
    odd["NodeGroups"][0]["NodeGroupMembers"][1] = {
        "CurrentRole": {"hunter2": 1},
        "CacheClusterId": ["hunter2"],
    }
    harvest = harvested("elasticache", answers, check=False)
    assert "good" in [resource.name for resource in harvest.resources]
    assert not any("hunter2" in gap.detail for gap in harvest.gaps())


def test_an_error_in_a_refinement_is_a_gap_that_names_its_place() -> None:
    """Where reading fails unexpectedly the gap names file and line, never what was read."""
    answers = {
        "ListFunctions": {
            "Functions": [
                {
                    "FunctionName": "f",
                    "FunctionArn": "arn:aws:lambda:x:1:function:f",
                    "Environment": {"Variables": ["hunter2"]},
                }
            ]
        },
        "ListEventSourceMappings": {"EventSourceMappings": []},
        "ListTags": {},
    }
    (gap,) = harvested("lambda", answers, check=False).gaps()
    assert (gap.reason, gap.operation) == (GapReason.ERROR, "lambda:ListFunctions")
    assert gap.detail.startswith("AttributeError in lambda_.py:")


def test_after_the_deadline_nothing_more_is_asked() -> None:
    """A region whose time is over gives a timeout gap for each listing not made."""
    now = iter([0.0, *[100.0] * 50])
    clock = Clock(60, now=lambda: next(now))
    harvest = harvested("rds", {"DescribeDBInstances": {"DBInstances": []}}, clock=clock)
    assert {(gap.operation, gap.reason) for gap in harvest.gaps()} == {
        ("rds:DescribeDBInstances", GapReason.TIMEOUT),
        ("rds:DescribeDBClusters", GapReason.TIMEOUT),
        ("rds:DescribeGlobalClusters", GapReason.TIMEOUT),
    }
    assert not harvest.answered


def test_a_clock_counts_from_the_first_call() -> None:
    """Time spent waiting in the queue is nobody's fault."""
    now = [100.0]
    clock = Clock(10, now=lambda: now[0])
    now[0] = 500.0
    assert clock.left() == 10
    clock.begin()
    now[0] = 507.0
    clock.begin()
    assert clock.left() == 3
    now[0] = 512.0
    assert (clock.left(), clock.left(grace=5)) == (0, 3)


def test_gaps_of_one_call_and_reason_are_counted() -> None:
    """A thousand equal refusals are one gap that tells how many."""
    harvest = Harvest()
    for name in "abc":
        harvest.add_gap(Gap(provider="aws", operation="s3:X", reason=GapReason.DENIED, detail=f"no {name}"))
    harvest.add_gap(Gap(provider="aws", operation="s3:X", reason=GapReason.THROTTLED, detail="slow"))
    assert [gap.detail for gap in harvest.gaps()] == ["no a (and 2 more like it)", "slow"]


def test_batches_ask_for_many_at_once_and_each_gets_its_own_answer() -> None:
    """Forty-five balancers' tags take three calls of at most twenty, matched by ARN."""
    arns = [f"arn:aws:elasticloadbalancing:x:1:loadbalancer/app/l/{at}" for at in range(45)]

    def tags(args: Any) -> dict[str, Any]:
        rows = [
            {"ResourceArn": arn, "Tags": [{"Key": "n", "Value": arn[-2:]}]} for arn in args["ResourceArns"]
        ]
        return {"TagDescriptions": rows[::-1]}

    reader = Answers(
        {
            ("elbv2", "DescribeLoadBalancers"): {"LoadBalancers": [{"LoadBalancerArn": arn} for arn in arns]},
            ("elbv2", "DescribeTags"): tags,
        }
    )
    harvest = Harvest()
    pool = DaemonExecutor(2, "test")
    Scan(reader=reader, pool=pool, where=SEOUL, clock=Clock(60), harvest=harvest).run(by_service()["elbv2"])
    pool.shutdown(wait=True)
    asked = [len(args["ResourceArns"]) for _, operation, args in reader.asked if operation == "DescribeTags"]
    assert sorted(asked) == [5, 20, 20]
    assert all(one.tags == (("n", one.id[-2:]),) for one in harvest.resources)


def test_what_a_service_lists_comes_out_in_one_order() -> None:
    """Two runs over the same answers give the same resources in the same order, whatever thread was first."""
    queues = {"ListQueues": {"QueueUrls": [f"https://sqs.x.amazonaws.com/1/q{at:03}" for at in range(60)]}}
    assert resources("sqs", queues) == resources("sqs", queues)


@pytest.mark.parametrize(
    ("of", "count", "minimum", "expected"),
    [
        (Of.ANY, 3, None, (1, 1)),
        (Of.SOME, 3, None, (1, 3)),
        (Of.HALF, 1, None, (1, 1)),
        (Of.HALF, 3, None, (1, 2)),
        (Of.HALF, 4, None, (1, 2)),
        (Of.HALF, 4, 3, (1, 3)),
        (Of.HALF, 4, 9, (1, 4)),
        (Of.HALF, 4, 0, (1, 1)),
        (Of.ALL, 3, None, (3, 3)),
    ],
)
def test_how_many_of_a_pool_are_needed(
    of: Of, count: int, minimum: int | None, expected: tuple[int, int]
) -> None:
    """One in the best case; at worst the declared minimum, else half, never more than there are."""
    assert bounds(of, count, minimum=minimum) == expected


def thing(id_: str, *needs: Need, aliases: tuple[str, ...] = ()) -> Resource:
    return Resource(
        id=id_, kind="aws.x.y", name=id_, placement=Placement(provider="aws"), needs=needs, aliases=aliases
    )


def served(provider: str, bind: Bind, minimum: int | None = None) -> Served:
    return Served(consumer="pool", role="targets", provider=provider, bind=bind, minimum=minimum)


TARGETS = Need(role="targets", members=tuple(Member(ref=f"i-{at}") for at in range(6)), k=(1, 3))


def test_several_groups_behind_one_pool_add_up_their_minimums() -> None:
    """Two groups that feed one target group each state a minimum of it."""
    bonds = [served("g1", Bind.BOUNDS, 2), served("g2", Bind.BOUNDS, 3)]
    (pool,) = linked([thing("pool", TARGETS)], bonds)
    assert pool.needs[0].k == (1, 5)


def test_groups_without_a_minimum_leave_a_pool_its_own_bounds() -> None:
    """Half of the machines in the worst case, as nobody states another number."""
    (pool,) = linked([thing("pool", TARGETS)], [served("g1", Bind.BOUNDS, 0), served("g2", Bind.BOUNDS)])
    assert pool.needs[0].k == (1, 3)


def test_two_services_behind_one_pool_are_one_or_both_needed() -> None:
    """While one replaces the other both stand behind the pool."""
    (pool,) = linked([thing("pool", TARGETS)], [served("s2", Bind.REPLACES), served("s1", Bind.REPLACES)])
    assert [[member.ref for member in need.members] for need in pool.needs] == [["s1", "s2"]]
    assert pool.needs[0].k == (1, 2)


def test_who_serves_something_unknown_changes_nothing() -> None:
    """A target group of another account is not in the inventory."""
    bond = Served(consumer="elsewhere", role="targets", provider="s1", bind=Bind.REPLACES)
    assert linked([thing("pool", TARGETS)], [bond]) == (thing("pool", TARGETS),)


def test_zone_names_are_the_accounts_own() -> None:
    """A letter means what the account's zones say, ids pass through, one unknown name makes all unknown."""
    assert SEOUL.zone_ids(["ap-northeast-2c", "ap-northeast-2a"]) == ("apne2-az1", "apne2-az3")
    assert SEOUL.zone_ids(["apne2-az4"]) == ("apne2-az4",)
    assert SEOUL.zone_ids(["ap-northeast-2a", "ap-northeast-2z"]) is None
    assert SEOUL.zone_ids([]) is None
    assert SEOUL.zone_refs(["ap-northeast-2z", "ap-northeast-2b"]) == ("zone:aws/apne2-az2",)


def test_arns_carry_partition_and_account() -> None:
    """Outside of regions an ARN has none."""
    where = Where(partition="aws-us-gov", account="1", region="us-gov-west-1")
    assert where.arn("rds", "db:x") == "arn:aws-us-gov:rds:us-gov-west-1:1:db:x"
    assert Where(partition="aws", account="1", region="global").arn("cloudfront", "d/E1") == (
        "arn:aws:cloudfront::1:d/E1"
    )


def test_a_spec_must_say_how_its_arn_is_known() -> None:
    """No way at all is a mistake that shows when the module is read; so is a foreign service."""
    call = Call(operation="ListThings", items="Things")
    with pytest.raises(ValueError, match="give arn or arn_of"):
        AwsSpec(kind="aws.x.y", title="y", service="x", call=call, id="Id")
    with pytest.raises(ValueError, match="must name its service"):
        AwsSpec(kind="aws.z.y", title="y", service="x", call=call, id="Id", arn="Arn")


def test_the_pool_keeps_its_bound_and_hands_errors_on() -> None:
    """No more threads than asked for run at once; an error reaches whoever waits."""
    running, most, lock = [0], [0], threading.Lock()

    def work() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.01)
        with lock:
            running[0] -= 1

    pool = DaemonExecutor(3, "test")
    futures = [pool.submit(work) for _ in range(20)]
    failing = pool.submit(int, "x")
    assert [future.result(timeout=5) for future in futures] == [None] * 20
    assert isinstance(failing.exception(timeout=5), ValueError)
    pool.shutdown(wait=True)
    assert most[0] <= 3


def test_a_pool_shut_down_drops_what_is_queued() -> None:
    """With cancelling, calls not begun are cancelled and nobody waits for the running one."""
    gate = threading.Event()
    pool = DaemonExecutor(1, "test")
    running = pool.submit(gate.wait, 5)
    queued = [pool.submit(int, "1") for _ in range(3)]
    time.sleep(0.05)
    pool.shutdown(wait=False, cancel_futures=True)
    assert all(future.cancelled() for future in queued)
    gate.set()
    assert running.result(timeout=5) is True


def test_switching_by_hand_takes_hours_unless_declared() -> None:
    """The assumption for copies that people must switch to is one to four hours."""
    assert BY_HAND == (60.0, 240.0)
