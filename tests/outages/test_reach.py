"""Which outages could reach an estate, and which are only elsewhere."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from auditor.inventory import Inventory
from auditor.model.need import Member, Need
from auditor.model.workload import Vendor
from auditor.outages import catalogue, in_reach
from tests.outages.small import host, stock, thing

VM = "azure.compute.virtualmachines"
SEOUL = "aws-2018-11-22-ap-northeast-2-dns"
SEOUL_ZONE = "aws-2022-02-06-ap-northeast-2-az3-network"
CENTRAL = "azure-2024-07-18-centralus-storage"
FALCON = "crowdstrike-2024-07-19"
VIRGINIA = "aws-2025-10-20-us-east-1-dynamodb-dns"


TOLD_HERE = frozenset(
    {
        SEOUL,
        SEOUL_ZONE,
        CENTRAL,
        FALCON,
        VIRGINIA,
        "aws-2021-06-10-eu-central-1-cooling",
        "azure-2021-03-15-aad",
        "azure-2023-08-30-australiaeast-power",
        "cloudflare-2025-11-18",
    }
)


def reached(inventory: Inventory) -> set[str]:
    """Return which of the outages told here are in reach, however far the catalogue grows."""
    return {name for name in TOLD_HERE if in_reach(catalogue()[name], inventory)}


def test_nothing_reaches_an_empty_estate() -> None:
    """No places, no products, no software."""
    assert reached(stock()) == set()


def test_places_and_products_decide() -> None:
    """A Linux machine of Seoul is in reach of both Seoul outages, of IAM's control plane, not of Azure's."""
    estate = stock(host("web", os="linux", falcon="7.15", resolver="vpc", zones=("apne2-az1",)))
    assert reached(estate) == {SEOUL, SEOUL_ZONE, VIRGINIA}


def test_a_bucket_is_out_of_reach_of_the_resolver() -> None:
    """The region alone is not enough: the product must be used."""
    found = reached(stock(thing("site", "aws.s3.bucket", region="ap-northeast-2")))
    assert SEOUL not in found
    assert SEOUL_ZONE not in found


def test_a_zone_counts_by_its_region() -> None:
    """Standing in another zone of the region is luck, not distance."""
    frankfurt = "aws-2021-06-10-eu-central-1-cooling"
    assert frankfurt in reached(stock(host("vm", region="eu-central-1", zones=("euc1-az2",))))
    assert frankfurt not in reached(stock(host("vm", region="eu-west-1", zones=("euw1-az2",))))


def test_an_unnamed_zone_counts_by_its_region() -> None:
    """Australia East is reached by any resource of the region."""
    sydney = "azure-2023-08-30-australiaeast-power"
    assert sydney in reached(stock(thing("ip", "azure.network.publicipaddresses", region="australiaeast")))
    assert sydney not in reached(stock(thing("ip", "azure.network.publicipaddresses", region="westeurope")))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"os": "windows", "falcon": "7.11"}, True),
        ({"os": "windows"}, True),
        ({}, True),
        ({"os": "linux"}, False),
        ({"os": "windows", "falcon": "none"}, False),
        ({"os": "windows", "falcon": "7.10"}, False),
    ],
)
def test_software_that_may_be_there_is_in_reach(facts: dict[str, Any], expected: bool) -> None:  # noqa: FBT001 -- a table
    """An unknown agent may be the agent."""
    estate = stock(host("vm", kind=VM, region="westeurope", zones=(), **facts))
    assert (FALCON in reached(estate)) is expected


def test_vendors_bring_their_places() -> None:
    """A vendor on Central US, and one that is Cloudflare, bring those outages."""
    estate = stock(
        vendors=(Vendor(name="navitaire", hosted_on=("region:azure/centralus",)), Vendor(name="cloudflare"))
    )
    assert CENTRAL in reached(estate)
    assert "cloudflare-2025-11-18" in reached(estate)
    assert FALCON not in reached(estate)


def test_a_need_on_a_node_is_use() -> None:
    """A resource that is declared to need a service uses it, listed or not."""
    need = Need(role="table", members=(Member(ref="service:aws/us-east-1/dynamodb"),))
    estate = stock(thing("cellar", "onprem.server", needs=(need,)))
    assert reached(estate) == {VIRGINIA}


def test_identity_is_used_by_everybody() -> None:
    """Azure AD and ARM serve every Azure customer; Front Door only those who use it."""
    found = reached(stock(thing("ip", "azure.network.publicipaddresses", region="westeurope")))
    assert "azure-2021-03-15-aad" in found


@pytest.mark.parametrize(
    ("region", "zones", "expected"),
    [
        ("europe-west9", ("europe-west9-b",), True),
        ("europe-west9", None, True),
        ("europe-west4", ("europe-west4-a",), False),
        (None, ("europe-west9-a",), True),
    ],
)
def test_zones_of_other_clouds_are_told_by_their_names(
    region: str | None,
    zones: tuple[str, ...] | None,
    expected: bool,  # noqa: FBT001 -- a table
) -> None:
    """Google's zones are named after their region, whether anybody lists them or not."""
    paris = dataclasses.replace(
        catalogue()[SEOUL],
        impacts=(dataclasses.replace(catalogue()[SEOUL].impacts[0], nodes=("zone:gcp/europe-west9-a",)),),
    )
    estate = stock(host("vm", kind="gcp.compute.instance", region=region, zones=zones))
    assert in_reach(paris, estate) is expected
