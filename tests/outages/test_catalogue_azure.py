"""What each outage of Azure touches in tiny inventories, and what it must leave alone."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from auditor.model.evidence import FactValue
from auditor.model.resource import Resource
from auditor.outages import catalogue, in_reach, touched
from tests.outages.small import stock, thing, verdicts

VM, VMSS, DISK = "compute.virtualmachines", "compute.virtualmachinescalesets", "compute.disks"
ACCOUNT, COSMOS = "storage.storageaccounts", "documentdb.databaseaccounts"
DATABASE, VAULT = "sql.servers.databases", "keyvault.vaults"
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
