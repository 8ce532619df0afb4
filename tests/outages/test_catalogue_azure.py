"""What each outage of Azure touches in tiny inventories, and what it must leave alone."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from auditor.model.evidence import FactValue
from auditor.model.resource import Resource
from auditor.outages import Outage, catalogue, folded, in_reach, touched
from auditor.outages.nodes import spelled_out
from tests.outages.small import stock, thing, verdicts

VM, VMSS, DISK = "compute.virtualmachines", "compute.virtualmachinescalesets", "compute.disks"
ACCOUNT, COSMOS = "storage.storageaccounts", "documentdb.databaseaccounts"
DATABASE, VAULT = "sql.servers.databases", "keyvault.vaults"
COPY, CACHE = f"{COSMOS}.locations", "cache.redis"
POSTGRES, POOL = "dbforpostgresql.flexibleservers", "containerservice.managedclusters.agentpools"
TESTED_ELSEWHERE = {
    "azure-2021-03-15-aad",
    "azure-2022-08-30-ubuntu-dns",
    "azure-2023-08-30-australiaeast-power",
    "azure-2024-07-18-centralus-storage",
    "azure-2025-10-29-frontdoor",
}
_DOTTED = {"skus": "disk.skus", "disk_sku": "disk.sku"}


def az(kind: str, region: str = "global", zone: str | None = "", **facts: FactValue) -> Resource:
    """Return a resource of Azure named after all that it is; ``zone`` None = nobody knows its zone."""
    named = {_DOTTED.get(key, key): value for key, value in facts.items()}
    name = " ".join([kind, region, zone or str(zone), *(f"{key}={value}" for key, value in named.items())])
    zones = None if zone is None else (zone,) if zone else ()
    return thing(name, f"azure.{kind}", region=region, zones=zones, facts=named)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What one impact makes of nodes and resources; ``zone`` is the candidate where none was named."""

    outage: str
    impact: int
    zone: str | None = None
    out: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    yes: tuple[Resource, ...] = ()
    maybe: tuple[Resource, ...] = ()
    no: tuple[Resource, ...] = ()
    facts: tuple[str, ...] = ()


CASES = (
    Case(
        outage="azure-2012-02-29-leap-day",
        impact=1,
        out=("control-plane:azure/koreacentral/microsoft.compute",),
        spared=("control-plane:azure/koreacentral/microsoft.storage",),
    ),
    Case(
        outage="azure-2012-02-29-leap-day",
        impact=3,
        yes=(az(VM, "westeurope"), az(VMSS, "eastus")),
        no=(az(ACCOUNT, "westeurope"), az(DATABASE, "eastus")),
    ),
    Case(
        outage="azure-2014-11-19-storage",
        impact=1,
        out=("service:azure/eastus/microsoft.storage", "control-plane:azure/japanwest/microsoft.storage"),
        spared=("service:azure/brazilsouth/microsoft.storage", "service:azure/eastus/microsoft.compute"),
    ),
    Case(
        outage="azure-2014-11-19-storage",
        impact=2,
        yes=(
            az(VM, "westeurope", skus=("PremiumV2_LRS", "StandardSSD_LRS")),
            az(DISK, "eastus2", disk_sku="Premium_LRS"),
        ),
        maybe=(az(VM, "westus"),),
        no=(
            az(VM, "westeurope", skus=("ephemeral",)),
            az(VM, "koreacentral", skus=("Premium_LRS",)),
            az(DISK, "eastus2", disk_sku="UltraSSD_LRS"),
        ),
        facts=("disk.skus",),
    ),
    Case(
        outage="azure-2014-11-19-storage",
        impact=3,
        out=("service:azure/northeurope/microsoft.hdinsight", "control-plane:azure/centralus/microsoft.sql"),
        spared=("service:azure/northeurope/microsoft.keyvault",),
    ),
    Case(
        outage="azure-2018-09-04-southcentralus",
        impact=1,
        out=("control-plane:azure/southcentralus/microsoft.resources",),
        spared=("control-plane:azure/microsoft.resources",),
        yes=(az(VM, "southcentralus"), az(VAULT, "southcentralus")),
        no=(az(VM, "northcentralus"), az("signalrservice.signalr", "southcentralus")),
    ),
    Case(
        outage="azure-2018-09-04-southcentralus",
        impact=4,
        out=("service:azure/southcentralus/microsoft.visualstudio",),
        spared=("service:azure/westeurope/microsoft.visualstudio",),
    ),
    Case(
        outage="azure-2018-09-30-koreasouth-storage",
        impact=1,
        yes=(az(ACCOUNT, "koreasouth"),),
        no=(az(ACCOUNT, "koreacentral"), az(VM, "koreasouth")),
    ),
    Case(
        outage="azure-2018-11-19-mfa",
        impact=1,
        out=("service:azure/global/microsoft.aadiam",),
        spared=("control-plane:azure/microsoft.resources",),
        no=(az(VM, "westeurope"),),
    ),
    Case(
        outage="azure-2019-05-02-dns",
        impact=1,
        out=("service:azure/uksouth/microsoft.sql", "service:azure/westus/microsoft.storage"),
        spared=("service:azure/uksouth/microsoft.keyvault",),
    ),
    Case(
        outage="azure-2020-09-14-uksouth-cooling",
        impact=1,
        zone="uksouth-az2",
        out=("zone:azure/uksouth-az2",),
        spared=("zone:azure/uksouth-az1", "region:azure/uksouth"),
    ),
    Case(
        outage="azure-2020-09-28-aad",
        impact=1,
        out=("service:azure/global/microsoft.aadiam",),
        spared=("control-plane:azure/microsoft.resources",),
    ),
    Case(
        outage="azure-2021-04-01-dns",
        impact=1,
        out=("service:azure/global/microsoft.network",),
        spared=("service:azure/koreacentral/microsoft.network",),
    ),
    Case(
        outage="azure-2021-08-11-frontdoor-korea-japan",
        impact=1,
        spared=("service:azure/global/microsoft.cdn",),
        yes=(az("cdn.profiles"), az("network.frontdoors")),
        no=(az("network.trafficmanagerprofiles"), az("web.sites", "koreacentral")),
    ),
    Case(
        outage="azure-2021-10-13-windows-vm-agent",
        impact=1,
        out=("control-plane:azure/koreacentral/microsoft.compute",),
        spared=("service:azure/koreacentral/microsoft.compute",),
        yes=(az(VM, "eastus", host=True, os="windows"), az(POOL, "eastus", host=True, os="windows")),
        maybe=(az(VM, "eastus", host=True),),
        no=(az(VM, "eastus", host=True, os="linux"), az(DISK, "eastus")),
        facts=("os",),
    ),
    Case(
        outage="azure-2022-09-07-northeurope-cosmosdb",
        impact=1,
        yes=(az(COSMOS, "northeurope"), az(COPY, "northeurope")),
        no=(az(COSMOS), az(COPY, "westeurope"), az(ACCOUNT, "northeurope")),
    ),
    Case(
        outage="azure-2022-09-07-northeurope-cosmosdb",
        impact=2,
        out=(
            "service:azure/northeurope/microsoft.eventgrid",
            "control-plane:azure/northeurope/microsoft.synapse",
        ),
        spared=("service:azure/westeurope/microsoft.eventgrid", "service:azure/northeurope/microsoft.sql"),
    ),
    Case(
        outage="azure-2023-01-25-wan",
        impact=1,
        yes=(
            az(VM, "westeurope", host=True),
            az("network.virtualnetworkgateways", "koreacentral"),
            az("web.sites", "eastus", entry_point=True),
        ),
        no=(az(DISK, "westeurope"), az("network.routetables", "eastus")),
    ),
    Case(
        outage="azure-2023-02-07-southeastasia-cooling",
        impact=1,
        zone="southeastasia-az3",
        out=("zone:azure/southeastasia-az3",),
        spared=("zone:azure/southeastasia-az1", "region:azure/southeastasia"),
    ),
    Case(
        outage="azure-2023-09-16-eastus-zone-power",
        impact=1,
        zone="eastus-az1",
        out=("zone:azure/eastus-az1",),
        spared=("zone:azure/eastus-az2",),
    ),
    Case(
        outage="azure-2023-09-16-eastus-zone-power",
        impact=2,
        yes=(az(DATABASE, "eastus", zone_redundant=True, connection_policy="proxy"),),
        maybe=(az(DATABASE, "eastus", zone_redundant=True),),
        no=(
            az(DATABASE, "eastus", zone_redundant=True, connection_policy="redirect"),
            az(DATABASE, "eastus", zone_redundant=False),
            az(DATABASE, "eastus2", zone_redundant=True, connection_policy="proxy"),
        ),
        facts=("connection_policy",),
    ),
    Case(
        outage="azure-2023-09-16-eastus-zone-power",
        impact=3,
        yes=(az(DATABASE, "eastus", failover_group=True),),
        maybe=(az(DATABASE, "eastus"),),
        no=(az(DATABASE, "eastus", failover_group=False), az(DATABASE, "westus", failover_group=True)),
        facts=("failover_group",),
    ),
    Case(
        outage="azure-2023-09-16-eastus-zone-power",
        impact=4,
        yes=(az("eventhub.namespaces", "eastus", zone_redundant=False),),
        maybe=(az("servicebus.namespaces", "eastus"),),
        no=(az("servicebus.namespaces", "eastus", zone_redundant=True), az(ACCOUNT, "eastus")),
        facts=("zone_redundant",),
    ),
    Case(
        outage="azure-2024-07-30-frontdoor-ddos",
        impact=1,
        out=("service:azure/global/microsoft.cdn",),
        spared=("service:azure/global/microsoft.network",),
        yes=(az("cdn.profiles"), az("network.frontdoors")),
        no=(az("network.applicationgateways", "uksouth"), az("network.trafficmanagerprofiles")),
    ),
    Case(
        outage="azure-2024-09-27-usgov-arm",
        impact=1,
        out=("control-plane:azure/usgovtexas/microsoft.resources",),
        spared=("control-plane:azure/microsoft.resources", "control-plane:azure/eastus/microsoft.resources"),
    ),
    Case(
        outage="azure-2024-09-27-usgov-arm",
        impact=2,
        out=("control-plane:azure/usgovvirginia/microsoft.storage",),
        spared=("service:azure/usgovvirginia/microsoft.storage",),
    ),
    Case(
        outage="azure-2025-01-08-eastus2-network",
        impact=3,
        out=("control-plane:azure/eastus2/microsoft.dbforpostgresql",),
        spared=("zone:azure/eastus2-az1", "control-plane:azure/eastus2/microsoft.web"),
        yes=(az(VM, "eastus2", "eastus2-az1"), az(POSTGRES, "eastus2", "eastus2-az1")),
        maybe=(az("sql.managedinstances", "eastus2", None),),
        no=(az(VM, "eastus2", "eastus2-az2"), az(VM, "eastus2"), az(VM, "eastus", None)),
        facts=("zone",),
    ),
    Case(
        outage="azure-2025-01-08-eastus2-network",
        impact=4,
        out=("control-plane:azure/eastus2/microsoft.web",),
        yes=(az("web.serverfarms", "eastus2", None),),
        no=(az("web.serverfarms", "eastus", None), az(ACCOUNT, "eastus2")),
    ),
    Case(
        outage="azure-2025-01-08-eastus2-network",
        impact=5,
        yes=(az("app.managedenvironments", "eastus2", zone_redundant=True, vnet_injected=True),),
        maybe=(az("app.managedenvironments", "eastus2", zone_redundant=True),),
        no=(
            az("app.managedenvironments", "eastus2", zone_redundant=True, vnet_injected=False),
            az("app.managedenvironments", "eastus2", zone_redundant=False),
            az(ACCOUNT, "eastus2", zone_redundant=True, vnet_injected=True),
        ),
        facts=("vnet_injected",),
    ),
    Case(
        outage="azure-2025-02-10-westeurope-cosmosdb",
        impact=1,
        yes=(az(COSMOS, "westeurope"),),
        no=(az(COSMOS), az(COPY, "westeurope"), az(COSMOS, "northeurope")),
    ),
    Case(
        outage="azure-2025-02-10-westeurope-cosmosdb",
        impact=2,
        yes=(az(COPY, "westeurope"),),
        no=(az(COSMOS, "westeurope"), az(COPY, "northeurope")),
    ),
    Case(
        outage="azure-2025-04-01-northeurope-az02-power",
        impact=1,
        spared=("zone:azure/northeurope-az2",),
        yes=(az(CACHE, "northeurope", "northeurope-az2", sku="Premium"),),
        maybe=(az(CACHE, "northeurope", None, sku="Standard"),),
        no=(
            az(CACHE, "northeurope", "northeurope-az2", sku="Basic"),
            az(CACHE, "northeurope", "northeurope-az1", sku="Premium"),
            az(POSTGRES, "northeurope", "northeurope-az2"),
        ),
        facts=("zone",),
    ),
    Case(
        outage="azure-2025-04-01-northeurope-az02-power",
        impact=4,
        out=("control-plane:azure/northeurope/microsoft.sql",),
        spared=("service:azure/northeurope/microsoft.sql",),
    ),
    Case(
        outage="azure-2025-10-09-frontdoor",
        impact=2,
        yes=(az("cdn.profiles"),),
        no=(az("network.frontdoors"), az("network.trafficmanagerprofiles")),
    ),
)

REACH = (
    ("azure-2012-02-29-leap-day", az(VM, "koreacentral"), thing("elsewhere", "aws.ec2.instance")),
    ("azure-2014-11-19-storage", az(ACCOUNT, "eastasia"), az(DATABASE, "koreacentral")),
    ("azure-2018-09-04-southcentralus", az(VM, "southcentralus"), thing("aws", "aws.ec2.instance")),
    ("azure-2018-09-30-koreasouth-storage", az(ACCOUNT, "koreasouth"), az(ACCOUNT, "koreacentral")),
    ("azure-2018-11-19-mfa", az(VM, "koreacentral"), thing("aws", "aws.ec2.instance")),
    ("azure-2019-05-02-dns", az(DATABASE, "koreacentral"), thing("aws", "aws.ec2.instance")),
    ("azure-2020-09-14-uksouth-cooling", az(VM, "uksouth", "uksouth-az1"), az(VM, "ukwest")),
    ("azure-2020-09-28-aad", az(VAULT, "koreacentral"), thing("aws", "aws.ec2.instance")),
    ("azure-2021-04-01-dns", az("network.dnszones"), az(VM, "koreacentral")),
    ("azure-2021-08-11-frontdoor-korea-japan", az("cdn.profiles"), az(VM, "koreacentral")),
    ("azure-2021-10-13-windows-vm-agent", az(VM, "koreacentral"), az("web.sites", "koreacentral")),
    ("azure-2022-09-07-northeurope-cosmosdb", az(COPY, "northeurope"), az(COPY, "westeurope")),
    ("azure-2023-01-25-wan", az(VM, "brazilsouth", host=True), az(DISK, "brazilsouth")),
    ("azure-2023-02-07-southeastasia-cooling", az(VM, "southeastasia", None), az(VM, "eastasia", None)),
    ("azure-2023-09-16-eastus-zone-power", az(VM, "eastus", "eastus-az3"), az(VM, "eastus2", "eastus2-az1")),
    ("azure-2024-07-30-frontdoor-ddos", az("network.frontdoors"), az(VM, "koreacentral")),
    ("azure-2024-09-27-usgov-arm", az(VM, "usgovvirginia"), az(VM, "eastus")),
    ("azure-2025-01-08-eastus2-network", az(VM, "eastus2", "eastus2-az2"), az(VM, "eastus", "eastus-az1")),
    ("azure-2025-02-10-westeurope-cosmosdb", az(COSMOS, "westeurope"), az(COSMOS, "northeurope")),
    ("azure-2025-04-01-northeurope-az02-power", az(CACHE, "northeurope"), az(VM, "northeurope", None)),
    ("azure-2025-10-09-frontdoor", az("cdn.profiles"), az("network.applicationgateways", "uksouth")),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.outage}-{case.impact}")
def test_it_touches_what_it_should(case: Case) -> None:
    """Nodes go out and nodes are spared; a resource is touched, spared, or left to a fact that is named."""
    expected = {
        each.id: word
        for word, things in (("yes", case.yes), ("maybe", case.maybe), ("no", case.no))
        for each in things
    }
    inventory = stock(*case.yes, *case.maybe, *case.no)
    touch = touched(catalogue()[case.outage].impacts[case.impact - 1], inventory, zone=case.zone)
    assert verdicts(touch, inventory) == expected
    assert touch.facts == case.facts
    assert set(touch.nodes) >= set(case.out)
    assert not set(touch.nodes) & set(case.spared)


@pytest.mark.parametrize(("outage", "near", "far"), REACH, ids=[row[0] for row in REACH])
def test_it_reaches_as_far_as_it_should(outage: str, near: Resource, far: Resource) -> None:
    """Places and products that were hit are in reach, others are not."""
    assert in_reach(catalogue()[outage], stock(near))
    assert not in_reach(catalogue()[outage], stock(far))


def test_every_outage_of_azure_is_tested() -> None:
    """No entry goes without a case of its own, here or beside the first ones."""
    entries = {name for name in catalogue() if name.startswith("azure-")}
    assert {case.outage for case in CASES} == {row[0] for row in REACH} == entries - TESTED_ELSEWHERE


def test_choices_in_braces_are_spelled_out() -> None:
    """Each node of an entry that names many is a whole domain id, once, in the order written."""
    nodes = catalogue()["azure-2014-11-19-storage"].impacts[0].nodes
    assert nodes[:2] == (
        "service:azure/centralus/microsoft.storage",
        "service:azure/eastus/microsoft.storage",
    )
    assert len(nodes) == len(set(nodes)) == 24


@pytest.mark.parametrize("outage", catalogue().values(), ids=lambda outage: outage.id)
def test_folding_loses_no_node(outage: Outage) -> None:
    """What the reader is shown in braces spells out to the very nodes of the entry."""
    for impact in outage.impacts:
        shown = [node for text in folded(impact.nodes) for node in spelled_out(text)]
        assert sorted(shown) == sorted(set(impact.nodes))


@pytest.mark.parametrize(
    ("nodes", "shown"),
    [
        (("zone:azure/?",), ("zone:azure/?",)),
        (("vendor:acme", "vendor:other"), ("vendor:acme", "vendor:other")),
        (("control-plane:aws/iam", "control-plane:aws/route53"), ("control-plane:aws/{iam, route53}",)),
        (
            ("service:azure/eastus/microsoft.sql", "service:azure/eastus/microsoft.web"),
            ("service:azure/eastus/microsoft.{sql, web}",),
        ),
        (
            ("service:aws/us-east-1/sqs", "service:aws/us-west-2/sqs", "control-plane:aws/us-west-2/sqs"),
            ("service:aws/{us-east-1, us-west-2}/sqs", "control-plane:aws/us-west-2/sqs"),
        ),
    ],
)
def test_folding_is_short(nodes: tuple[str, ...], shown: tuple[str, ...]) -> None:
    """What differs in one part alone is said once."""
    assert folded(nodes) == shown
