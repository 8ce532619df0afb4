"""The demo company's Azure side: the bodies its ARM stand-in serves, in the shape ARM gives them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Body = dict[str, Any]

SUBSCRIPTION = "8d2f6d1c-0000-4000-8000-00000000d001"
KOREA, CENTRAL_US = "koreacentral", "centralus"
IMAGES: Mapping[str, Body] = {
    "Windows": {"publisher": "MicrosoftWindowsServer", "offer": "WindowsServer", "sku": "2019-datacenter"},
    "Linux": {
        "publisher": "Canonical",
        "offer": "0001-com-ubuntu-server-jammy",
        "sku": "22_04-lts-gen2",
    },
}
PREMIUM_SSD = "Premium_LRS"
FALCON = "auditor:agent.crowdstrike-falcon"


def _id(group: str, kind: str, name: str) -> str:
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{kind}/{name}"


def _body(
    group: str, kind: str, name: str, location: str, *, tags: Mapping[str, str] | None = None, **rest: object
) -> Body:
    return {
        "id": _id(group, kind, name),
        "name": name,
        "type": kind,
        "location": location,
        "resourceGroup": group,
        "tags": dict(tags or {}),
        **rest,
    }


def machine(
    group: str,
    name: str,
    location: str,
    *,
    system: str,
    zone: str | None = None,
    tags: Mapping[str, str] | None = None,
) -> list[Body]:
    """Return a virtual machine, its OS disk (Premium SSD) and its network interface."""
    zones: dict[str, Any] = {"zones": [zone]} if zone else {}
    disk = _body(
        group,
        "Microsoft.Compute/disks",
        f"{name}-os",
        location,
        tags=tags,
        **zones,
        sku={"name": PREMIUM_SSD},
        properties={"diskSizeGB": 128, "diskState": "Attached", "osType": system},
    )
    card = _id(group, "Microsoft.Network/networkInterfaces", f"{name}-nic")
    vm = _body(
        group,
        "Microsoft.Compute/virtualMachines",
        name,
        location,
        tags=tags,
        **zones,
        properties={
            "hardwareProfile": {"vmSize": "Standard_D4s_v5"},
            "storageProfile": _storage(system, disk["id"]),
            "networkProfile": {"networkInterfaces": [{"id": card}]},
            "extended": {"instanceView": {"powerState": {"code": "PowerState/running"}}},
        },
    )
    nic = _body(
        group,
        "Microsoft.Network/networkInterfaces",
        f"{name}-nic",
        location,
        tags=tags,
        properties={"virtualMachine": {"id": vm["id"]}, "ipConfigurations": []},
    )
    return [vm, disk, nic]


def _storage(system: str, disk: str) -> Body:
    """Return the storage profile of a machine with one managed disk."""
    return {
        "imageReference": IMAGES[system],
        "osDisk": {
            "osType": system,
            "managedDisk": {"id": disk, "storageAccountType": PREMIUM_SSD},
        },
        "dataDisks": [],
    }


def balancer(
    group: str, name: str, location: str, machines: Sequence[str], *, tags: Mapping[str, str]
) -> list[Body]:
    """Return a zone-redundant public load balancer before machines, with its address."""
    front = _id(group, "Microsoft.Network/loadBalancers", name)
    address = _body(
        group,
        "Microsoft.Network/publicIPAddresses",
        f"{name}-ip",
        location,
        tags=tags,
        sku={"name": "Standard", "tier": "Regional"},
        zones=["1", "2", "3"],
        properties={
            "ipAddress": "203.0.113.10",
            "ipConfiguration": {"id": f"{front}/frontendIPConfigurations/public"},
            "dnsSettings": {"fqdn": f"{name}.{location}.cloudapp.azure.com"},
        },
    )
    nics = [_id(group, "Microsoft.Network/networkInterfaces", f"{vm}-nic") for vm in machines]
    pool = {
        "name": "pool",
        "properties": {
            "backendIPConfigurations": [{"id": f"{nic}/ipConfigurations/primary"} for nic in nics]
        },
    }
    return [
        address,
        _body(
            group,
            "Microsoft.Network/loadBalancers",
            name,
            location,
            tags=tags,
            sku={"name": "Standard"},
            properties={
                "frontendIPConfigurations": [
                    {"name": "public", "properties": {"publicIPAddress": {"id": address["id"]}}}
                ],
                "backendAddressPools": [pool],
            },
        ),
    ]


def _fleet(
    group: str,
    location: str,
    *,
    system: str,
    tags: Mapping[str, str],
    zones: Sequence[str | None] = ("1", "2", "3"),
) -> list[Body]:
    names = [f"{group}-vm{index + 1}" for index in range(len(zones))]
    found: list[Body] = []
    for name, zone in zip(names, zones, strict=True):
        found += machine(group, name, location, system=system, zone=zone, tags=tags)
    return found + balancer(group, f"{group}-lb", location, names, tags=tags)


def bodies() -> tuple[Body, ...]:
    """Return every resource of the subscription."""
    return tuple(_analytics() + _booking() + _search())


def _analytics() -> list[Body]:
    """Return analytics in Korea Central: Linux over three zones, a zone-redundant database and store."""
    tags = {"workload": "analytics", FALCON: "7.14"}
    server = _body(
        "analytics",
        "Microsoft.Sql/servers",
        "hanbit-analytics",
        KOREA,
        tags={"workload": "analytics"},
        properties={"fullyQualifiedDomainName": "hanbit-analytics.database.windows.net", "state": "Ready"},
    )
    database = _body(
        "analytics",
        "Microsoft.Sql/servers/databases",
        "hanbit-analytics/warehouse",
        KOREA,
        tags={"workload": "analytics"},
        sku={"name": "GP_Gen5", "tier": "GeneralPurpose"},
        properties={"status": "Online", "zoneRedundant": True},
    )
    database["id"] = f"{server['id']}/databases/warehouse"
    database["name"] = "warehouse"
    store = _body(
        "analytics",
        "Microsoft.Storage/storageAccounts",
        "hanbitlake",
        KOREA,
        tags={"workload": "analytics"},
        sku={"name": "Standard_ZRS"},
        properties={"primaryEndpoints": {"blob": "https://hanbitlake.blob.core.windows.net/"}},
    )
    vault = _body(
        "analytics",
        "Microsoft.KeyVault/vaults",
        "hanbit-keys",
        KOREA,
        tags={"workload": "analytics"},
        properties={"vaultUri": "https://hanbit-keys.vault.azure.net/"},
    )
    return [*_fleet("analytics", KOREA, system="Linux", tags=tags), server, database, store, vault]


def _booking() -> list[Body]:
    """Return booking in Central US: Windows machines with Falcon on Premium SSD, and fare search on Linux."""
    windows = {"workload": "booking", FALCON: "7.11"}
    linux = {"workload": "fare-search", FALCON: "7.14"}
    return [
        *_fleet("booking", CENTRAL_US, system="Windows", tags=windows),
        *_fleet("fare-search", CENTRAL_US, system="Linux", tags=linux),
    ]


def _search() -> list[Body]:
    """Return the Azure halves of search (either cloud suffices) and of loyalty (both are needed)."""
    return [
        *_fleet("search", KOREA, system="Linux", tags={"workload": "search", FALCON: "none"}),
        *_fleet("loyalty", KOREA, system="Linux", tags={"workload": "loyalty", FALCON: "none"}),
    ]
