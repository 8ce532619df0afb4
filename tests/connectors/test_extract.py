"""Reading providers' answers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import jmespath
import pytest

from auditor.connectors.extract import (
    Arn,
    host_of,
    items,
    parse_arm_id,
    parse_arn,
    read,
    tag_pairs,
    text,
    texts,
    to_utc,
)


def test_text_is_none_for_empty_missing_and_nested_values() -> None:
    """A missing, empty or structured value reads as None, a number as its digits."""
    data = {"a": "x", "b": "", "c": None, "d": {"e": 7}, "f": True}
    assert [text(path, data) for path in ("a", "b", "c", "d", "d.e", "f", "nope")] == [
        "x",
        None,
        None,
        None,
        "7",
        None,
        None,
    ]


def test_texts_flattens_and_keeps_each_string_once() -> None:
    """Nested lists come out flat, in order, without repeats or empty strings."""
    assert texts("@", [["b", "a"], ["", None, "b"], "c"]) == ("b", "a", "c")


def test_items_takes_one_mapping_for_a_list_of_one() -> None:
    """A single mapping and a list of mappings read alike; other values are left out."""
    assert items("x", {"x": {"k": 1}}) == ({"k": 1},)
    assert items("x", {"x": [{"k": 1}, None, "s"]}) == ({"k": 1},)
    assert items("x", {}) == ()


def test_read_returns_whatever_is_there() -> None:
    """``read`` gives the value itself, None where the path finds nothing."""
    assert read("a[0].b", {"a": [{"b": False}]}) is False
    assert read("a[1].b", {"a": []}) is None


@pytest.mark.parametrize("path", ["a", "a.b", "a.b.c", "a.x", "l.b", "s.b", "n", "n.b"])
@pytest.mark.parametrize(
    "data", [{"a": {"b": {"c": 0}}, "l": [{"b": 1}], "s": "b", "n": None}, [], "a", None]
)
def test_plain_paths_read_as_jmespath_reads_them(path: str, data: object) -> None:
    """The short way for member paths gives what the interpreter gives."""
    assert read(path, data) == jmespath.search(path, data)


@pytest.mark.parametrize(
    "tags",
    [
        [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}],
        [{"key": "b", "value": "2"}, {"key": "a", "value": "1"}],
        [{"TagKey": "b", "TagValue": "2"}, {"TagKey": "a", "TagValue": "1"}],
        {"b": "2", "a": "1"},
    ],
)
def test_tags_of_every_spelling_come_out_as_sorted_pairs(tags: object) -> None:
    """Services spell tags four ways; all read the same."""
    assert tag_pairs(tags) == (("a", "1"), ("b", "2"))


def test_tags_without_key_or_at_all_are_no_tags() -> None:
    """Missing tags and pairs without a key are left out, an empty value is kept."""
    assert tag_pairs(None) == ()
    assert tag_pairs([{"Value": "x"}, {"Key": "k"}]) == (("k", ""),)


@pytest.mark.parametrize(
    ("arn", "partition", "service", "region", "account", "name"),
    [
        (
            "arn:aws:ec2:us-east-1:123456789012:instance/i-0ab",
            "aws",
            "ec2",
            "us-east-1",
            "123456789012",
            "i-0ab",
        ),
        (
            "arn:aws-cn:rds:cn-north-1:123456789012:db:shop",
            "aws-cn",
            "rds",
            "cn-north-1",
            "123456789012",
            "shop",
        ),
        ("arn:aws-us-gov:s3:::logs", "aws-us-gov", "s3", "", "", "logs"),
        ("arn:aws:route53:::hostedzone/Z1", "aws", "route53", "", "", "Z1"),
    ],
)
def test_arns_of_every_partition_are_taken_apart_and_put_together(
    arn: str, partition: str, service: str, region: str, account: str, name: str
) -> None:
    """Partition, service, region, account and last name come out, and printing gives the ARN back."""
    parsed = parse_arn(arn)
    assert parsed is not None
    assert (parsed.partition, parsed.service, parsed.region, parsed.account, parsed.name) == (
        partition,
        service,
        region,
        account,
        name,
    )
    assert str(parsed) == arn


@pytest.mark.parametrize(
    "wrong", ["", "arn:aws:s3", "i-0ab", "arn:aws:ec2:us-east-1:1:", "https://arn:aws:a:b:c:d"]
)
def test_what_is_no_arn_is_none(wrong: str) -> None:
    """Anything but an ARN gives None, never an exception."""
    assert parse_arn(wrong) is None


def test_arn_values_compare_by_their_parts() -> None:
    """Two ARNs with the same parts are equal."""
    made = Arn(partition="aws", service="sqs", region="eu-west-1", account="1", resource="q")
    assert parse_arn(str(made)) == made


VM = "/subscriptions/S-1/resourceGroups/Shop-RG/providers/Microsoft.Compute/virtualMachines/Web01"


def test_arm_ids_are_lower_cased_once_and_keep_the_name_as_written() -> None:
    """Id, subscription, group, type and kind are lower case; the name keeps its case."""
    arm = parse_arm_id(VM)
    assert arm is not None
    assert arm.id == VM.lower()
    assert (arm.subscription, arm.resource_group) == ("s-1", "shop-rg")
    assert (arm.type, arm.name) == ("microsoft.compute/virtualmachines", "Web01")
    assert arm.kind == "azure.compute.virtualmachines"
    assert arm.parent == "/subscriptions/s-1/resourcegroups/shop-rg"


def test_arm_ids_of_children_know_their_parent() -> None:
    """A nested resource's type has all its segments and its parent is the resource around it."""
    arm = parse_arm_id(f"{VM}/extensions/falcon/")
    assert arm is not None
    assert arm.type == "microsoft.compute/virtualmachines/extensions"
    assert arm.kind == "azure.compute.virtualmachines.extensions"
    assert arm.parent == VM.lower()


def test_arm_ids_of_extension_resources_use_the_innermost_provider() -> None:
    """A resource hung on another one has the inner provider's type and the outer resource as parent."""
    arm = parse_arm_id(f"{VM}/providers/Microsoft.Insights/diagnosticSettings/d1")
    assert arm is not None
    assert arm.type == "microsoft.insights/diagnosticsettings"
    assert arm.parent == VM.lower()


def test_subscriptions_and_resource_groups_have_arm_ids_too() -> None:
    """Scopes parse as the resources they are."""
    subscription = parse_arm_id("/subscriptions/S-1")
    group = parse_arm_id("/subscriptions/S-1/resourceGroups/g")
    assert subscription is not None
    assert group is not None
    assert (subscription.type, subscription.parent) == ("microsoft.resources/subscriptions", None)
    assert (group.type, group.resource_group, group.parent) == (
        "microsoft.resources/subscriptions/resourcegroups",
        "g",
        "/subscriptions/s-1",
    )


def test_tenant_level_resources_have_no_subscription() -> None:
    """An id right under /providers has neither subscription nor parent."""
    arm = parse_arm_id("/providers/Microsoft.Management/managementGroups/root")
    assert arm is not None
    assert (arm.subscription, arm.parent, arm.type) == (None, None, "microsoft.management/managementgroups")


@pytest.mark.parametrize(
    "wrong",
    ["", "/", "subscriptions/s", "/subscriptions", "/a/b", "/subscriptions/s/providers/Microsoft.X", "//x/y"],
)
def test_what_is_no_arm_id_is_none(wrong: str) -> None:
    """Anything but an ARM id gives None, never an exception."""
    assert parse_arm_id(wrong) is None


NOON = datetime(2024, 7, 18, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        "2024-07-18T12:00:00Z",
        "2024-07-18T12:00:00.000000+00:00",
        "2024-07-18T14:00:00+02:00",
        "2024-07-18T12:00:00",
        1721304000,
        1721304000.0,
        1721304000000,
        datetime(2024, 7, 18, 21, tzinfo=timezone(timedelta(hours=9))),
    ],
)
def test_every_way_to_write_a_moment_becomes_the_same_utc_time(value: object) -> None:
    """ISO text with or without zone, Unix seconds and milliseconds, and datetimes all give aware UTC."""
    assert to_utc(value) == NOON
    assert to_utc(value).tzinfo is UTC  # type: ignore[union-attr]


@pytest.mark.parametrize("wrong", [None, "", "yesterday", True, [], float("inf")])
def test_what_is_no_moment_is_none(wrong: object) -> None:
    """Anything else gives None."""
    assert to_utc(wrong) is None


@pytest.mark.parametrize(
    ("value", "host"),
    [
        ("https://user:pa%40ss@API.Example.com:8443/x?y=z", "api.example.com"),
        ("db.example.com:5432", "db.example.com"),
        ("db.example.com.", "db.example.com"),
        ("postgres://u:p@[2001:db8::1]:5432/app", "2001:db8::1"),
        ("10.0.0.5:6379", "10.0.0.5"),
        ("*.example.com", "*.example.com"),
        ("localhost", "localhost"),
    ],
)
def test_hosts_are_cut_out_of_urls_and_endpoints(value: str, host: str) -> None:
    """Only the host remains: lower case, no credentials, no port, no trailing dot."""
    assert host_of(value) == host


@pytest.mark.parametrize("wrong", [None, "", "not a host", "http://", "http://[", "a" * 300, "ha!ha"])
def test_what_is_no_host_is_none(wrong: str | None) -> None:
    """Anything else gives None, never an exception."""
    assert host_of(wrong) is None
