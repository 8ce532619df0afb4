"""What belongs to a workload and what it rests on, declared or inferred."""

from __future__ import annotations

import pytest

from auditor.model.evidence import Evidence
from auditor.model.need import Need, requires
from auditor.model.resource import Resource
from auditor.model.workload import Criticality, Join, Workload
from tests.estate.samples import any_of, below, estate, machine, needs, resource


def by_tag(name: str, value: str | None = None, **more: object) -> Workload:
    return Workload(name=name, joins=(Join(tags=(("app", value or name),)),), **more)  # type: ignore[arg-type]


def balancer(id_: str, *targets: str, app: str = "shop", **facts: object) -> Resource:
    return resource(
        id_,
        "aws.elbv2.loadbalancer",
        tags={"app": app},
        facts={"entry_point": True, **facts},  # type: ignore[dict-item]
        needs=[any_of("targets", *targets)] if targets else [],
    )


SUPPORT = {"support": True}
SHOP = {"app": "shop"}


def test_declared_needs_are_taken_as_they_are() -> None:
    """A workload that says what it needs has no entry points or roots looked for."""
    need = Need(role="machines", members=any_of("x", "a", "b").members, evidence=Evidence.DECLARED)
    found = estate(
        machine("a", tags=SHOP), machine("b", tags=SHOP), workloads=(by_tag("shop", needs=(need,)),)
    )
    assert needs(found, "workload:shop") == [("machines", (1, 1), ("a", "b"))]
    assert found.roots_only.tolist() == [False]


def test_the_first_rule_that_matches_wins() -> None:
    """A resource that two workloads claim counts for the one declared first; names order the result."""
    rest = Workload(name="all", joins=(Join(accounts=("111122223333",)),))
    found = estate(machine("a", tags=SHOP), machine("b"), workloads=(by_tag("shop"), rest))
    assert [each.name for each in found.workloads] == ["all", "shop"]
    assert found.resource_workload.tolist() == [1, 0]


def test_a_workload_whose_resources_all_went_to_another_still_rests_on_them() -> None:
    """A resource counts once in shares, yet several workloads may need it."""
    again = by_tag("again", "shop")
    found = estate(machine("a", tags=SHOP), workloads=(by_tag("shop"), again))
    assert below(found, "workload:again", "root") == ["a"]
    assert found.resource_workload.tolist() == [1]


def test_entry_points_are_all_needed() -> None:
    """Two ways in that do not stand behind each other: both are part of the service."""
    found = estate(
        balancer("lb1", "a"), balancer("lb2", "a"), machine("a", tags=SHOP), workloads=(by_tag("shop"),)
    )
    assert needs(found, "workload:shop") == [
        ("entry point", (1, 1), ("lb1",)),
        ("entry point", (1, 1), ("lb2",)),
    ]


def test_entry_points_behind_another_are_covered_by_it() -> None:
    """A record that fails over between two load balancers is the one way in."""
    record = resource(
        "rec",
        "aws.route53.record",
        region="global",
        tags=SHOP,
        facts={"entry_point": True},
        needs=[any_of("targets", "lb1", "lb2")],
    )
    found = estate(record, balancer("lb1"), balancer("lb2"), workloads=(by_tag("shop"),))
    assert needs(found, "workload:shop") == [("entry point", (1, 1), ("rec",))]


def test_an_entry_point_behind_untagged_resources_is_covered_too() -> None:
    """Ways lead through resources of no workload."""
    record = resource(
        "rec",
        "aws.route53.record",
        region="global",
        tags=SHOP,
        facts={"entry_point": True},
        needs=requires("alias", "cdn"),
    )
    cdn = resource("cdn", "aws.cloudfront.distribution", region="global", needs=requires("origin", "lb1"))
    found = estate(record, cdn, balancer("lb1"), workloads=(by_tag("shop"),))
    assert needs(found, "workload:shop") == [("entry point", (1, 1), ("rec",))]


def test_a_machine_that_knows_its_own_entry_point_is_still_behind_it() -> None:
    """Settings that name the public address make a cycle; the load balancer stays the way in."""
    behind = machine("a", tags=SHOP, needs=requires("calls", "lb1", evidence=Evidence.INFERRED))
    found = estate(balancer("lb1", "a", "b"), behind, machine("b", tags=SHOP), workloads=(by_tag("shop"),))
    assert needs(found, "workload:shop") == [("entry point", (1, 1), ("lb1",))]


def test_without_entry_points_all_roots_are_needed() -> None:
    """What no other resource of the workload needs, is what the business sees."""
    found = estate(
        machine("worker", tags=SHOP, needs=requires("db", "db")),
        machine("batch", tags=SHOP),
        resource("db", "aws.rds.instance", tags=SHOP),
        workloads=(by_tag("shop"),),
    )
    assert below(found, "workload:shop", "root") == ["batch", "worker"]


def test_roots_of_a_cycle_are_those_only_inference_points_at() -> None:
    """An internal load balancer whose machines call it is the root, not its machines."""
    lb = resource("lb", "aws.elbv2.loadbalancer", tags=SHOP, needs=[any_of("targets", "a", "b")])
    calls = requires("calls", "lb", evidence=Evidence.INFERRED)
    machines = [machine(name, tags=SHOP, needs=calls) for name in ("a", "b")]
    found = estate(lb, *machines, workloads=(by_tag("shop"),))
    assert below(found, "workload:shop", "root") == ["lb"]


def test_a_cycle_by_configuration_is_needed_whole() -> None:
    """Two things that need each other by configuration are both roots: no one of them leads."""
    pair = [
        machine("a", tags=SHOP, needs=requires("peer", "b")),
        machine("b", tags=SHOP, needs=requires("peer", "a")),
    ]
    found = estate(*pair, workloads=(by_tag("shop"),))
    assert below(found, "workload:shop", "root") == ["a", "b"]


def test_support_resources_are_no_roots_beside_others() -> None:
    """A volume nobody attaches and a VPC nobody names hold up nothing; alone they are all there is."""
    tagged = [
        resource("vol", "aws.ec2.volume", tags=SHOP, assumed=SUPPORT),
        resource("vpc", "aws.ec2.vpc", tags=SHOP, assumed=SUPPORT),
    ]
    both = estate(machine("a", tags=SHOP), *tagged, workloads=(by_tag("shop"),))
    alone = estate(*tagged, workloads=(by_tag("shop"),))
    assert below(both, "workload:shop", "root") == ["a"]
    assert below(alone, "workload:shop", "root") == ["vol", "vpc"]


def test_a_declared_word_on_support_goes_before_the_pattern() -> None:
    """Whoever tags a key as a service of its own is believed, and so is whoever says a queue is not one."""
    found = estate(
        resource("key", "aws.kms.key", tags=SHOP, facts={"support": False}),
        resource("queue", "aws.sqs.queue", tags=SHOP, facts={"support": True}),
        workloads=(by_tag("shop"),),
    )
    assert below(found, "workload:shop", "root") == ["key"]


def test_the_same_role_in_one_workload_makes_replicas() -> None:
    """Tagged replicas: one of them is enough, certain, because the user said so."""
    web = {"role": "web"}
    found = estate(
        machine("a", tags=SHOP, facts=web),
        machine("b", zone="apne2-az2", tags=SHOP, facts=web),
        machine("c", tags=SHOP),
        workloads=(by_tag("shop"),),
    )
    assert needs(found, "workload:shop") == [("root", (1, 1), ("c",)), ("web", (1, 1), ("a", "b"))]


def test_a_declared_workload_nothing_matches_is_told() -> None:
    """It stays in the estate, without needs, and the report says so."""
    found = estate(workloads=(by_tag("ghost"),))
    assert needs(found, "workload:ghost") == []
    assert any("nothing can be said" in note.text for note in found.assumptions)


# -- inferred ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["workload", "App", "APPLICATION", "service", "Project"])
def test_any_of_the_tag_keys_names_a_workload(key: str) -> None:
    """In any letter case."""
    found = estate(machine("a", tags={key: "shop"}))
    assert [each.name for each in found.workloads] == ["shop"]
    assert found.workloads[0].evidence is Evidence.ASSUMED


def test_the_first_key_a_resource_carries_wins() -> None:
    """The keys have an order; empty values do not count."""
    found = estate(machine("a", tags={"project": "p", "app": "shop", "workload": " "}))
    assert [each.name for each in found.workloads] == ["shop"]


def test_the_same_tag_value_is_one_workload_in_both_clouds() -> None:
    """That is how a first run sees a service spread over two clouds."""
    vm = resource(
        "vm",
        "azure.compute.virtualmachines",
        provider="azure",
        region="koreacentral",
        account="s1",
        tags={"Application": "shop"},
        facts={"host": True, "os": "linux"},
    )
    found = estate(machine("a", tags=SHOP), vm)
    assert needs(found, "workload:shop") == [("roots", (1, 1), ("a", "vm"))]
    assert found.roots_only.tolist() == [True]


def test_stacks_groups_and_accounts_stand_in_for_tags() -> None:
    """CloudFormation stack, else resource group, else account, else provider."""
    azure = {"provider": "azure", "region": "koreacentral", "account": "s1"}
    found = estate(
        machine("a", facts={"stack": "billing"}),
        machine("b", account="42"),
        resource("c", "azure.web.sites", facts={"resource_group": "rg-site"}, **azure),  # type: ignore[arg-type]
        resource("d", "onprem.server", provider="onprem", account=None),
    )
    assert [each.name for each in found.workloads] == ["aws/42", "billing", "onprem", "rg-site"]


def test_stacks_of_one_name_in_two_accounts_are_two_workloads() -> None:
    """Production and development carry the same names."""
    found = estate(machine("a", facts={"stack": "s"}), machine("b", account="42", facts={"stack": "s"}))
    assert [each.name for each in found.workloads] == ["s (111122223333)", "s (42)"]


def test_support_resources_alone_are_no_workload() -> None:
    """The default VPCs of an account nobody uses are no service; nor are kinds known only by pattern."""
    found = estate(
        resource("vpc", "aws.ec2.vpc", assumed=SUPPORT),
        resource("sub", "aws.ec2.subnet", assumed=SUPPORT, needs=requires("vpc", "vpc")),
        resource("gate", "aws.ec2.internetgateway"),
    )
    assert (found.workloads, found.resource_workload.tolist()) == ((), [-1, -1, -1])


def test_idle_support_resources_join_no_inferred_workload() -> None:
    """Only the VPC that the account's machine is in counts for it, or default VPCs would move the shares."""
    found = estate(
        machine("a", needs=requires("vpc", "vpc-used")),
        resource("vpc-idle", "aws.ec2.vpc", assumed=SUPPORT),
        resource("vpc-used", "aws.ec2.vpc", assumed=SUPPORT),
    )
    assert dict(zip(found.names, found.resource_workload.tolist(), strict=False)) == {
        "a": 0,
        "vpc-idle": -1,
        "vpc-used": 0,
    }


def test_an_inferred_workload_with_entry_points_needs_them_all() -> None:
    """It is judged like a declared one."""
    found = estate(balancer("lb", "a"), machine("a", tags=SHOP))
    assert needs(found, "workload:shop") == [("entry point", (1, 1), ("lb",))]
    assert found.roots_only.tolist() == [False]


def test_machines_that_look_alike_in_two_zones_may_be_replicas() -> None:
    """One launch template, name stem or image; machines in one zone only are no replicas."""
    found = estate(
        machine("web-1", tags=SHOP),
        machine("web-2", zone="apne2-az2", tags=SHOP),
        machine("x", tags=SHOP, facts={"launch_template": "lt"}),
        machine("y", zone="apne2-az3", tags=SHOP, facts={"launch_template": "lt"}),
        machine("db-1", tags=SHOP),
        machine("db-2", tags=SHOP),
    )
    group = dict(zip(found.names, found.replica.tolist(), strict=False))
    assert group["web-1"] == group["web-2"] != group["x"] == group["y"] >= 0
    assert group["db-1"] == group["db-2"] == -1


def test_with_declared_workloads_tags_still_tell_and_the_rest_is_unassigned() -> None:
    """Declaring one workload does not hide the tagged others, and makes no account a workload."""
    found = estate(
        machine("a", tags=SHOP),
        machine("b", tags={"project": "lab"}),
        machine("c"),
        workloads=(by_tag("shop"),),
    )
    assert [each.name for each in found.workloads] == ["lab", "shop"]
    assert found.resource_workload.tolist() == [1, 0, -1]
    notes = {note.text: note.count for note in found.assumptions}
    assert notes["resources belong to no workload: no rule matches and no tag tells"] == 1
    assert notes["resources joined a workload by a tag nobody declared a rule for"] == 1


def test_a_declared_workload_without_rules_takes_the_resources_tagged_with_its_name() -> None:
    """Declaring only name and revenue is enough where tags are kept."""
    found = estate(
        machine("a", tags=SHOP), workloads=(Workload(name="shop", revenue_per_hour=9.0, currency="KRW"),)
    )
    assert below(found, "workload:shop", "root") == ["a"]
    assert len(found.workloads) == 1


def test_criticality_comes_from_the_strongest_tag_where_none_is_declared() -> None:
    """A wish on any resource rates its workload; a declaration stands."""
    found = estate(
        machine("a", tags=SHOP, facts={"criticality": "low"}),
        machine("b", tags=SHOP, facts={"criticality": "High"}),
        machine("c", tags={"app": "pay"}, facts={"criticality": "low"}),
        workloads=(by_tag("pay", criticality=Criticality.CRITICAL),),
    )
    assert [(each.name, each.criticality) for each in found.workloads] == [
        ("pay", Criticality.CRITICAL),
        ("shop", Criticality.HIGH),
    ]
