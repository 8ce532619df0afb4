"""What counts as a place the company uses."""

from __future__ import annotations

from auditor.connectors.spec import with_assumed
from auditor.estate import build, in_use
from auditor.inventory import InventoryBuilder
from auditor.model.need import requires
from auditor.model.resource import Placement, Resource


def _made(name: str, kind: str, *needed: str, region: str = "ap-northeast-2") -> Resource:
    made = Resource(
        id=name,
        kind=kind,
        name=name,
        placement=Placement(provider="aws", account="1", region=region),
        needs=requires("uses", *needed),
    )
    return with_assumed(made)


def test_a_default_network_makes_no_region_a_place_of_ours() -> None:
    """A VPC that something stands in is in use; one that stands alone in another region is not."""
    builder = InventoryBuilder("2026-01-01T00:00:00Z")
    builder.add(
        [
            _made("lone-subnet", "aws.ec2.subnet", "lone-vpc", region="us-east-1"),
            _made("lone-vpc", "aws.ec2.vpc", region="us-east-1"),
            _made("machine", "aws.ec2.instance", "subnet"),
            _made("subnet", "aws.ec2.subnet", "vpc"),
            _made("vpc", "aws.ec2.vpc"),
        ],
        source="test",
    )
    subject = build(builder.build())
    names = subject.inventory.resources["id"].to_list()
    assert [name for name, used in zip(names, in_use(subject), strict=True) if used] == [
        "machine",
        "subnet",
        "vpc",
    ]
