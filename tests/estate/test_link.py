"""References find their nodes, or are told as unresolved."""

from __future__ import annotations

import pytest

from auditor.estate.graph import NodeKind
from auditor.estate.link import host_regex
from auditor.model.evidence import Evidence
from auditor.model.need import Member, Need, requires
from auditor.model.workload import Vendor, Workload
from tests.estate.samples import SEOUL, any_of, below, estate, inventory, machine, needs, resource

FOREIGN_TABLE = "arn:aws:dynamodb:us-east-1:999988887777:table/orders"


def test_an_exact_id_wins_over_an_alias() -> None:
    """A resource whose id is another one's alias is the one meant."""
    found = estate(
        resource("a", needs=requires("uses", "b")),
        resource("b"),
        resource("c", aliases=("b",)),
    )
    assert below(found, "a", "uses") == ["b"]


def test_an_arm_id_is_found_in_any_letter_case() -> None:
    """ARM spells its own ids in several ways; they mean one thing."""
    disk = "/subscriptions/s1/resourcegroups/rg/providers/microsoft.compute/disks/d"
    upper = disk.replace("resourcegroups", "resourceGroups").replace("microsoft", "Microsoft")
    found = estate(
        resource("vm", needs=requires("disk", upper)),
        resource(disk, "azure.compute.disks", provider="azure", region="koreacentral", account="s1"),
    )
    assert below(found, "vm", "disk") == [disk]


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ([("mine", SEOUL), ("mine", "us-east-1"), ("other", SEOUL)], ["t0"]),
        ([("mine", "us-east-1"), ("other", SEOUL)], ["t0"]),
        ([("other", SEOUL)], ["t0"]),
        ([("other", SEOUL), ("third", SEOUL)], []),
        ([("mine", SEOUL), ("mine", SEOUL), ("other", SEOUL)], []),
    ],
)
def test_the_nearest_carrier_of_an_alias_is_meant(places: list[tuple[str, str]], expected: list[str]) -> None:
    """Same account and region first, then same account, then the only one; two as near are ambiguous."""
    carriers = [
        resource(f"t{n}", account=account, region=region, aliases=("db.internal",))
        for n, (account, region) in enumerate(places)
    ]
    found = estate(resource("a", account="mine", needs=requires("uses", "DB.internal.")), *carriers)
    assert below(found, "a", "uses") == expected
    assert len(found.unresolved) == (not expected)


def test_an_id_of_another_account_is_an_unseen_node_placed_by_its_arn() -> None:
    """What an ARN tells of service, region and account is enough to fail with them."""
    found = estate(resource("a", needs=requires("table", FOREIGN_TABLE)))
    assert found.kinds[found.index[FOREIGN_TABLE]] == NodeKind.UNSEEN
    assert needs(found, FOREIGN_TABLE) == [
        ("account", (1, 1), ("account:aws/999988887777",)),
        ("service", (1, 1), ("service:aws/us-east-1/dynamodb",)),
    ]
    assert found.unresolved == ()


@pytest.mark.parametrize(
    ("ref", "domain"),
    [
        ("arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/x", "service:aws/eu-west-1/elbv2"),
        ("arn:aws:iam::1:role/x", "service:aws/global/iam"),
        ("arn:aws:s3:::bucket", "provider:aws"),
        ("/subscriptions/s9/resourcegroups/r/providers/microsoft.sql/servers/x", "provider:azure"),
    ],
)
def test_unseen_nodes_need_the_narrowest_domain_their_id_tells(ref: str, domain: str) -> None:
    """Service in region, global service, or the provider where the id tells no region."""
    found = estate(resource("a", needs=requires("uses", ref)))
    assert below(found, ref, "service") == [domain]


def test_a_name_that_matches_nothing_is_unresolved_and_its_need_dropped() -> None:
    """A dangling reference holds nothing up and is told."""
    found = estate(resource("a", needs=requires("uses", "i-0gone")))
    assert below(found, "a", "uses") == []
    assert found.unresolved == (("a", "i-0gone"),)
    assert found.references == 1


def test_a_member_not_found_leaves_the_others_and_clips_k() -> None:
    """Two of three with two found stays two of two; three of three becomes two of two, as an assumption."""
    found = estate(
        resource(
            "a", needs=[any_of("two", "b", "c", "gone", k=(2, 2)), any_of("all", "b", "c", "gone", k=(3, 3))]
        ),
        resource("b"),
        resource("c"),
    )
    assert needs(found, "a")[1:2] == [("all", (2, 2), ("b", "c"))]
    assert ("two", (2, 2), ("b", "c")) in needs(found, "a")
    assert "needs with some members not found are taken to rest on those found" in {
        note.text for note in found.assumptions
    }


def test_a_vendor_is_seen_by_its_host_pattern_as_an_inference() -> None:
    """A configured host name that matches a vendor's pattern makes a need of it, inferred."""
    booking = Vendor(name="booking", hosted_on=("region:azure/centralus",), hosts=("*.booking.example",))
    found = estate(resource("a", needs=requires("origin", "API.booking.example")), vendors=(booking,))
    assert below(found, "a", "origin") == ["vendor:booking"]
    row = next(g for g in range(found.graph.owner.size) if found.graph.owner[g] == 0)
    origin = [
        g for g in range(row, found.graph.owner.size) if found.graph.texts[found.graph.role[g]] == "origin"
    ]
    assert list(Evidence)[found.graph.evidence[origin[0]]] is Evidence.INFERRED


def test_the_longest_host_pattern_wins() -> None:
    """A vendor behind one subdomain of another's domain is told apart."""
    vendors = (Vendor(name="wide", hosts=("*.example",)), Vendor(name="narrow", hosts=("*.pay.example",)))
    found = estate(resource("a", needs=requires("uses", "x.pay.example")), vendors=vendors)
    assert below(found, "a", "uses") == ["vendor:narrow"]


def test_host_patterns_are_shell_patterns() -> None:
    """Dots are dots, stars are anything."""
    assert host_regex("*.a.b").startswith("^")
    assert r"\.a\.b" in host_regex("*.A.b")


def test_inferred_hosts_that_match_nothing_are_neither_kept_nor_alarming() -> None:
    """Host names from settings are matched and dropped: not in the unresolved ones, only counted."""
    hosts = requires("calls", "api.unknown.example", evidence=Evidence.INFERRED)
    found = estate(resource("a", needs=hosts))
    assert (found.unresolved, found.references) == ((), 0)
    assert any("host names in configuration" in note.text and note.count == 1 for note in found.assumptions)


def test_domain_references_make_domains_and_do_not_count_as_references() -> None:
    """A domain id needs no finding; it is made with everything above it."""
    found = estate(resource("a", needs=requires("region", "region:gcp/asia-northeast3")))
    assert found.references == 0
    assert below(found, "region:gcp/asia-northeast3", "inside") == ["provider:gcp"]


def test_only_the_user_may_refer_by_name() -> None:
    """A declared reference may be a resource's name; configuration never is."""
    found = estate(
        resource("i-1", name="payment-db"),
        resource("i-2", needs=requires("uses", "payment-db")),
        workloads=(Workload(name="pay", needs=requires("db", "Payment-DB", evidence=Evidence.DECLARED)),),
    )
    assert below(found, "workload:pay", "db") == ["i-1"]
    assert found.unresolved == (("i-2", "payment-db"),)


def test_a_workload_may_need_a_workload() -> None:
    """A workload is a node like any other."""
    found = estate(
        workloads=(
            Workload(name="shop", needs=requires("payment", "workload:pay", evidence=Evidence.DECLARED)),
            Workload(name="pay", needs=requires("provider", "provider:aws", evidence=Evidence.DECLARED)),
        ),
    )
    assert below(found, "workload:shop", "payment") == ["workload:pay"]


def test_a_metro_is_never_needed() -> None:
    """A metro is a correlation prior, not a need, so a reference to one leads nowhere."""
    found = estate(resource("a", needs=requires("city", "metro:seoul")))
    assert found.unresolved == (("a", "metro:seoul"),)


def test_a_delayed_member_becomes_an_activation_of_replica_and_road() -> None:
    """A standby counts only together with whatever switches to it, which both must be up."""
    standby = Member(ref="b", delay=(60, 240), manual=True, via=("control-plane:aws/us-east-1/rds", "gone"))
    found = estate(
        machine("a", needs=[Need(role="db", members=(Member(ref="c"), standby))]),
        resource("b", "aws.rds.instance", region="us-east-1"),
        resource("c", "aws.rds.instance"),
    )
    (activation,) = [name for name in found.names if name.startswith("activation:")]
    assert below(found, "a", "db") == [activation, "c"]
    assert below(found, activation, "replica") == ["b"]
    assert below(found, activation, "switch") == ["control-plane:aws/us-east-1/rds"]
    assert below(found, "control-plane:aws/us-east-1/rds", "inside") == ["region:aws/us-east-1"]
    assert found.unresolved == (("a", "gone"),)


def test_an_empty_inventory_is_an_empty_estate() -> None:
    """Nothing collected makes nothing, not an error."""
    found = estate()
    assert (found.names, found.references, inventory().resources.height) == ((), 0, 0)
