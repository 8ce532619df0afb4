"""Virtual machines, scale sets and disks."""

from __future__ import annotations

from auditor.connectors.azure.catalogue._addresses import names_of_machine
from auditor.connectors.azure.catalogue._keys import key_of_set
from auditor.connectors.azure.catalogue._machine import agent_facts, disk_skus, system_facts
from auditor.connectors.azure.read import majority, refs, spread_over
from auditor.connectors.azure.spec import KEEP, AzureSpec, Child, Extra, Item, Keep, Shelf, Zoning
from auditor.connectors.extract import host_of, items, read, text, texts
from auditor.model.evidence import FactValue
from auditor.model.need import Member, Need, requires

EXTENSIONS = "microsoft.compute/virtualmachines/extensions"
OFF = {"stopped", "deallocated", "stopping", "deallocating"}
_VIEW = "properties.instanceView || properties.extended.instanceView || `{}`"

_CARDS = (
    "properties.virtualMachineProfile.networkProfile.networkInterfaceConfigurations[]"
    ".properties.ipConfigurations[].properties"
)


def power_state(item: Item) -> str | None:
    """Return ``running``, ``deallocated`` ..., None where the instance view was not read."""
    found = text(f"({_VIEW}).powerState.code", item.body) or next(
        (
            code
            for code in texts(f"({_VIEW}).statuses[].code", item.body)
            if code.lower().startswith("powerstate/")
        ),
        None,
    )
    return found.rpartition("/")[2].lower() if found else None


def _machine(item: Item, shelf: Shelf) -> Extra:
    profile = read("properties.storageProfile", item.body) or {}
    view = read(_VIEW, item.body) or {}
    extensions = [child.body for child in shelf.children(item, EXTENSIONS)]
    extensions += items("resources[?properties]", item.body)
    facts: dict[str, FactValue | None] = dict(system_facts(profile, view))
    facts |= {"state": power_state(item), "disk.skus": disk_skus(profile, shelf)}
    facts |= agent_facts(extensions)
    # An ephemeral OS disk is on the host itself: no disk resource stands behind it.
    local = (text("osDisk.diffDiskSettings.option", profile) or "").lower() == "local"
    disks = [
        *(() if local else refs("osDisk.managedDisk.id", profile)),
        *refs("dataDisks[].managedDisk.id", profile),
    ]
    blobs = [host_of(uri) or "" for uri in texts("[osDisk.vhd.uri, dataDisks[].vhd.uri]", profile)]
    return Extra(
        facts=facts,
        aliases=names_of_machine(item, shelf),
        needs=requires(
            "disk", *disks, *(host for host in dict.fromkeys(blobs) if host), origin="storageProfile"
        ),
    )


def _scale_set(item: Item, shelf: Shelf) -> Extra:
    profile = read("properties.virtualMachineProfile.storageProfile", item.body) or {}
    extensions = items("properties.virtualMachineProfile.extensionProfile.extensions", item.body)
    facts: dict[str, FactValue | None] = dict(system_facts(profile, {}))
    facts["os"] = facts["os"] or _profile_system(item)
    facts |= {"disk.skus": disk_skus(profile, shelf), **agent_facts(extensions)}
    machines = [vm for vm in shelf.referring("scale-set", item.id) if power_state(vm) not in OFF]
    if machines:  # flexible orchestration: the machines are resources with zones of their own
        members = tuple(Member(ref=vm.id) for vm in machines)
        need = Need(
            role="members", members=members, k=majority(len(members)), origin="virtualMachineScaleSet"
        )
        return Extra(facts=facts | {"capacity": len(machines)}, needs=(need,), zones=())
    zones = shelf.places.zones(item.region, texts("zones", item.body)) or ()
    placed: tuple[str, ...] | Keep = zones if len(zones) > 1 else KEEP
    worst = majority(len(zones))[1]
    return Extra(
        facts=facts | ({"zone_redundant": True} if len(zones) > 1 else {}),
        needs=spread_over(zones, worst=worst, origin="virtualMachineScaleSets"),
        zones=placed,
    )


def _profile_system(item: Item) -> str | None:
    profile = read("properties.virtualMachineProfile.osProfile", item.body) or {}
    if read("windowsConfiguration", profile):
        return "windows"
    return "linux" if read("linuxConfiguration", profile) else None


def _disk(item: Item, shelf: Shelf) -> Extra:
    key = key_of_set(text("properties.encryption.diskEncryptionSetId", item.body), shelf)
    sku = text("sku.name", item.body) or text("properties.accountType", item.body)
    if not sku:
        return Extra(facts={"disk.sku": None, "encryption_key": key})
    spread = sku.upper().endswith("ZRS")
    return Extra(
        facts={"disk.sku": sku, "zone_redundant": spread, "encryption_key": key},
        zones=() if spread else KEEP,
    )


SPECS = (
    AzureSpec(
        kind="azure.compute.virtualmachines",
        title="Azure virtual machine",
        type="Microsoft.Compute/virtualMachines",
        api_version="2024-07-01",
        params=(("$expand", "instanceView"),),
        children=(
            Child(
                path="extensions",
                type="Microsoft.Compute/virtualMachines/extensions",
                api_version="2024-07-01",
            ),
        ),
        assumed=(("host", True),),
        facts=(("sku", "properties.hardwareProfile.vmSize"),),
        needs=(
            ("network interface", "properties.networkProfile.networkInterfaces[].id"),
            ("availability set", "properties.availabilitySet.id"),
        ),
        links=(("scale-set", "properties.virtualMachineScaleSet.id"),),
        zoning=Zoning.SINGLE,
        refine=_machine,
        blind="agents installed by scripts or baked into images; software inside the machine",
    ),
    AzureSpec(
        kind="azure.compute.virtualmachines.extensions",
        title="virtual machine extension",
        support=True,
        type="Microsoft.Compute/virtualMachines/extensions",
        api_version="2024-07-01",
        folded=True,
    ),
    AzureSpec(
        kind="azure.compute.virtualmachinescalesets",
        title="virtual machine scale set",
        type="Microsoft.Compute/virtualMachineScaleSets",
        api_version="2024-07-01",
        assumed=(("host", True),),
        facts=(("sku", "sku.name"), ("capacity", "sku.capacity")),
        needs=(
            (
                "subnet",
                f"{_CARDS}.subnet.id",
            ),
        ),
        links=(
            (
                "pool",
                f"{_CARDS}.loadBalancerBackendAddressPools[].id",
            ),
        ),
        zoning=Zoning.SINGLE,
        refine=_scale_set,
    ),
    AzureSpec(
        kind="azure.compute.disks",
        title="managed disk",
        support=True,
        type="Microsoft.Compute/disks",
        api_version="2024-03-02",
        zoning=Zoning.SINGLE,
        refine=_disk,
    ),
    AzureSpec(
        kind="azure.compute.availabilitysets",
        title="availability set",
        support=True,
        type="Microsoft.Compute/availabilitySets",
        api_version="2024-07-01",
        facts=(("sku", "sku.name"),),
    ),
    AzureSpec(
        kind="azure.compute.snapshots",
        title="disk snapshot",
        support=True,
        type="Microsoft.Compute/snapshots",
        api_version="2024-03-02",
        facts=(("sku", "sku.name"),),
        zoning=Zoning.FLAG,
        redundant="sku.name && ends_with(sku.name, 'ZRS')",
    ),
)
