"""Hand-made ARM bodies for what recordings lack, and how tests read them without a network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.connectors.azure.places import Places
from auditor.connectors.azure.read import resources, shelve
from auditor.demo.arm import LOCATIONS
from auditor.model.evidence import FactValue
from auditor.model.need import Need
from auditor.model.resource import Resource

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
OTHER = "00000000-0000-0000-0000-000000000002"
GROUP = "Shop"
KOREA = "koreacentral"
Body = dict[str, Any]


def arm_id(type_: str, name: str, *, subscription: str = SUBSCRIPTION) -> str:
    """Return the id of a resource; ``name`` of a child is ``parent/child``."""
    namespace, *kinds = type_.split("/")
    chain = "/".join(f"{kind}/{part}" for kind, part in zip(kinds, name.split("/"), strict=True))
    return f"/subscriptions/{subscription}/resourceGroups/{GROUP}/providers/{namespace}/{chain}"


def body(type_: str, name: str, location: str | None = KOREA, **rest: Any) -> Body:
    """Return a body as ARM gives it."""
    subscription = str(rest.pop("subscription", SUBSCRIPTION))
    placed = {"location": location} if location else {}
    return {
        "id": arm_id(type_, name, subscription=subscription),
        "name": name.rpartition("/")[2],
        "type": type_,
        **placed,
        **rest,
    }


def disk(name: str, sku: str = "Premium_LRS", **rest: Any) -> Body:
    """Return a managed disk."""
    return body("Microsoft.Compute/disks", name, sku={"name": sku}, properties={}, **rest)


def machine(name: str, *, system: str = "Linux", local: bool = False, **rest: Any) -> Body:
    """Return a virtual machine with the OS disk ``<name>-os``, in zone 1 unless told otherwise."""
    system_disk: Body = {
        "osType": system,
        "managedDisk": {"id": arm_id("Microsoft.Compute/disks", f"{name}-os")},
    }
    if local:
        system_disk["diffDiskSettings"] = {"option": "Local"}
    properties: Body = {
        "storageProfile": {"osDisk": system_disk, "dataDisks": rest.pop("data_disks", [])},
        "networkProfile": {
            "networkInterfaces": [{"id": arm_id("Microsoft.Network/networkInterfaces", f"{name}-nic")}]
        },
    }
    if state := rest.pop("state", None):
        properties["instanceView"] = {"statuses": [{"code": f"PowerState/{state}"}]}
    properties |= dict(rest.pop("properties", {}))
    return body("Microsoft.Compute/virtualMachines", name, **{"zones": ["1"], **rest}, properties=properties)


def card(name: str, machine_name: str, address: str = "10.0.0.4") -> Body:
    """Return the network interface of a machine."""
    return body(
        "Microsoft.Network/networkInterfaces",
        name,
        properties={
            "virtualMachine": {"id": arm_id("Microsoft.Compute/virtualMachines", machine_name)},
            "ipConfigurations": [
                {
                    "name": "ip",
                    "properties": {
                        "subnet": {"id": f"{arm_id(NETWORK, 'net')}/subnets/front"},
                        "privateIPAddress": address,
                    },
                }
            ],
        },
    )


NETWORK = "Microsoft.Network/virtualNetworks"


def network() -> Body:
    """Return the virtual network all cards are in."""
    return body(
        NETWORK,
        "net",
        properties={
            "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
            "subnets": [{"id": f"{arm_id(NETWORK, 'net')}/subnets/front", "name": "front", "properties": {}}],
        },
    )


def extension(machine_name: str, publisher: str, kind: str, state: str = "Succeeded") -> Body:
    """Return an installed virtual machine extension."""
    return body(
        "Microsoft.Compute/virtualMachines/extensions",
        f"{machine_name}/{kind}",
        properties={
            "publisher": publisher,
            "type": kind,
            "provisioningState": state,
            "typeHandlerVersion": "1.0",
        },
    )


def read_all(*bodies: Mapping[str, Any], places: Places | None = None) -> dict[str, Resource]:
    """Return the resources made of bodies, by name."""
    shelf = shelve(SUBSCRIPTION, bodies, places or Places.of(LOCATIONS), cloud="https://management.azure.com")
    return {resource.name: resource for resource in resources(shelf)}


def facts(resource: Resource) -> dict[str, FactValue]:
    """Return a resource's facts by name."""
    return {fact.name: fact.value for fact in resource.facts}


def need(resource: Resource, role: str) -> Need:
    """Return the one need of that role."""
    (found,) = (need for need in resource.needs if need.role == role)
    return found


def refs(resource: Resource, role: str) -> list[str]:
    """Return the last part of every member of all needs of that role."""
    return [
        member.ref.rpartition("/")[2]
        for need in resource.needs
        if need.role == role
        for member in need.members
    ]
