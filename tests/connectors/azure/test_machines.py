"""Machines, scale sets, disks and node pools: systems, zones, storage types, agents."""

from __future__ import annotations

import pytest

from auditor.connectors.azure.places import Places
from auditor.demo.arm import LOCATIONS
from tests.connectors.azure.bodies import (
    arm_id,
    body,
    disk,
    extension,
    facts,
    machine,
    need,
    read_all,
    refs,
)

SET = "Microsoft.Compute/virtualMachineScaleSets"


def test_a_machine_is_placed_in_the_physical_zone_of_its_logical_one() -> None:
    """Zone 1 of this subscription in Korea Central is the second building."""
    found = read_all(machine("web"), disk("web-os"))["web"]
    assert found.placement.zones == ("koreacentral-az2",)
    assert found.placement.region == "koreacentral"
    assert facts(found)["resource_group"] == "shop"


@pytest.mark.parametrize(
    ("location", "zones", "expected"),
    [
        ("Korea Central", [], None),  # some zone, nobody says which
        ("Korea South", [], ()),  # a region without zones
        ("koreacentral", ["7"], None),  # a number without a building
        ("East US (Stage)", ["2"], ("eastus-az3",)),
    ],
)
def test_zones_are_known_unknown_or_not_there(
    location: str, zones: list[str], expected: tuple[str, ...] | None
) -> None:
    """A machine without zones is in an unknown one where the region has zones, in none elsewhere."""
    assert read_all(machine("web", location=location, zones=zones))["web"].placement.zones == expected


def test_without_the_zone_mapping_a_zone_number_says_nothing() -> None:
    """When the locations could not be read, a pinned machine's building is unknown."""
    assert read_all(machine("web"), places=Places())["web"].placement.zones is None


def test_old_locations_answers_are_no_knowledge_of_zones() -> None:
    """An API version that lists no mappings does not make every region zoneless."""
    plain = Places.of([{"name": "koreacentral"}, {"name": "koreasouth"}])
    assert plain.zonal("koreacentral")
    assert not plain.zonal("koreasouth")
    assert not Places.of(LOCATIONS).zonal("koreasouth")


def test_storage_types_come_from_all_disks() -> None:
    """The disks' own SKU counts; one disk nobody can tell makes the whole fact unknown."""
    data = [{"managedDisk": {"id": arm_id("Microsoft.Compute/disks", "data")}}]
    seen = read_all(machine("db", data_disks=data), disk("db-os"), disk("data", "PremiumV2_LRS"))["db"]
    assert facts(seen)["disk.skus"] == ("PremiumV2_LRS", "Premium_LRS")
    assert refs(seen, "disk") == ["db-os", "data"]
    unseen = read_all(machine("db", data_disks=data), disk("db-os"))["db"]
    assert "disk.skus" not in facts(unseen)


def test_an_ephemeral_disk_is_no_storage() -> None:
    """A local OS disk shows as such and is not needed as a resource."""
    data = [{"managedDisk": {"id": arm_id("Microsoft.Compute/disks", "data")}}]
    found = read_all(machine("db", local=True, data_disks=data), disk("data", "PremiumV2_LRS"))["db"]
    assert facts(found)["disk.skus"] == ("PremiumV2_LRS", "ephemeral")
    assert refs(found, "disk") == ["data"]


def test_unmanaged_disks_need_their_storage_account() -> None:
    """A machine on page blobs needs the account whose host the disk's address names."""
    profile = {"osDisk": {"osType": "Linux", "vhd": {"uri": "https://Old.blob.core.windows.net/vhds/os.vhd"}}}
    found = read_all(machine("old", properties={"storageProfile": profile}))["old"]
    assert [n.members[0].ref for n in found.needs if n.role == "disk"] == ["old.blob.core.windows.net"]


@pytest.mark.parametrize(
    ("publisher", "kind", "fact"),
    [
        ("Crowdstrike.Falcon", "FalconSensorWindows", "agent.crowdstrike-falcon"),
        ("CrowdStrike.Falcon", "FalconSensorLinux", "agent.crowdstrike-falcon"),
        ("Microsoft.Azure.AzureDefenderForServers", "MDE.Windows", "agent.microsoft-defender"),
    ],
)
def test_an_extension_shows_an_agent(publisher: str, kind: str, fact: str) -> None:
    """An installed extension means the agent is present; its version is not the sensor's."""
    found = read_all(machine("web"), extension("web", publisher, kind))
    assert facts(found["web"])[fact] == "present"
    assert set(found) == {"web"}, "the extension is part of its machine"


def test_no_extension_says_nothing_about_agents() -> None:
    """Images and scripts install agents too, so nothing found, or a failed one, stays unknown."""
    failed = extension("web", "Crowdstrike.Falcon", "FalconSensorLinux", state="Failed")
    script = extension("web", "Microsoft.Azure.Extensions", "CustomScript")
    found = facts(read_all(machine("web"), failed, script)["web"])
    assert not [name for name in found if name.startswith("agent.")]


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("Canonical UbuntuServer 18.04-LTS", ("ubuntu", "18.04")),
        ("Canonical 0001-com-ubuntu-server-jammy 22_04-lts-gen2", ("ubuntu", "22.04")),
        ("canonical ubuntu-24_04-lts server", ("ubuntu", "24.04")),
        ("microsoft-aks aks aks-ubuntu-1804-gen2", ("ubuntu", "18.04")),
        ("MicrosoftWindowsServer WindowsServer 2019-datacenter-gensecond", ("windows-server", "2019")),
        ("MicrosoftWindowsServer WindowsServer 2012-R2-Datacenter", ("windows-server", "2012-r2")),
        ("MicrosoftSQLServer SQL2019-WS2022 enterprise", ("windows-server", "2022")),
        ("microsoftwindowsdesktop windows-11 win11-22h2-ent", ("windows", "11")),
        ("RedHat RHEL 8_4", ("rhel", "8.4")),
        ("RedHat RHEL 79-gen2", ("rhel", "7.9")),
        ("RedHat RHEL 7-LVM", ("rhel", "7")),
        ("Debian debian-12 12-gen2", ("debian", "12")),
        ("SUSE sles-15-sp4 gen2", ("sles", "15-sp4")),
        ("Oracle Oracle-Linux ol84-lvm", ("oracle-linux", "8.4")),
        ("MicrosoftCBLMariner azure-linux-3 azure-linux-3-gen2", ("azure-linux", "3")),
        ("acme secret-sauce v9", (None, None)),
    ],
)
def test_an_image_names_its_distribution(image: str, expected: tuple[str | None, str | None]) -> None:
    """Publisher, offer and SKU tell distribution and version in the spellings the market place uses."""
    publisher, offer, sku = image.split()
    profile = {
        "imageReference": {"publisher": publisher, "offer": offer, "sku": sku},
        "osDisk": {"osType": "Windows" if "indows" in image or "SQL" in image else "Linux"},
    }
    found = facts(read_all(machine("vm", properties={"storageProfile": profile}))["vm"])
    assert (found.get("os_distribution"), found.get("os_version")) == expected
    assert found["image"] == image.replace(" ", ":")


def test_the_running_system_knows_its_version_better_than_the_image() -> None:
    """A machine upgraded in place reports what it runs now."""
    profile = {
        "imageReference": {"publisher": "Canonical", "offer": "UbuntuServer", "sku": "16.04-LTS"},
        "osDisk": {"osType": "Linux"},
    }
    view = {"osName": "ubuntu", "osVersion": "18.04", "statuses": [{"code": "PowerState/running"}]}
    found = facts(read_all(machine("vm", properties={"storageProfile": profile, "instanceView": view}))["vm"])
    assert (found["os_distribution"], found["os_version"], found["state"]) == ("ubuntu", "18.04", "running")


def test_a_listed_machine_without_details_stays_unknown() -> None:
    """From the generic listing alone nothing is made up: no system, no storage type, no state."""
    found = facts(read_all(body("Microsoft.Compute/virtualMachines", "web", zones=["1"]))["web"])
    assert set(found) == {"resource_group", "host"}


def test_a_scale_set_over_zones_needs_some_of_them() -> None:
    """One zone may be enough, half of them may be needed."""
    profile = {
        "storageProfile": {
            "osDisk": {"osType": "Linux", "managedDisk": {"storageAccountType": "Premium_LRS"}}
        }
    }
    found = read_all(body(SET, "web", zones=["1", "2", "3"], properties={"virtualMachineProfile": profile}))[
        "web"
    ]
    assert found.placement.zones == ("koreacentral-az1", "koreacentral-az2", "koreacentral-az3")
    assert need(found, "zone").k == (1, 2)
    assert facts(found)["disk.skus"] == ("Premium_LRS",)
    assert facts(found)["zone_redundant"] is True


def test_a_flexible_scale_set_needs_its_running_machines() -> None:
    """Machines that name the set are its members; a stopped one does not count."""
    belongs = {"virtualMachineScaleSet": {"id": arm_id(SET, "web").upper()}}
    found = read_all(
        body(SET, "web", zones=["1", "2", "3"], properties={"virtualMachineProfile": {}}),
        machine("a", zones=["1"], state="running", properties=belongs),
        machine("b", zones=["2"], state="running", properties=belongs),
        machine("c", zones=["3"], state="deallocated", properties=belongs),
    )["web"]
    assert refs(found, "members") == ["a", "b"]
    assert need(found, "members").k == (1, 1)
    assert found.placement.zones == ()
    assert facts(found)["capacity"] == 2


@pytest.mark.parametrize("size", [0, 3])
def test_a_scale_set_tells_how_many_machines_it_runs(size: int) -> None:
    """A set of none is told as such: it is no spare."""
    found = read_all(
        body(
            SET,
            "web",
            sku={"name": "Standard_B1s", "capacity": size},
            properties={"virtualMachineProfile": {}},
        )
    )["web"]
    assert facts(found)["capacity"] == size


@pytest.mark.parametrize(
    ("sku", "zones", "expected", "spread"),
    [
        ("Premium_ZRS", [], (), True),
        ("Premium_LRS", ["3"], ("koreacentral-az3",), False),
        ("StandardSSD_LRS", [], None, False),
    ],
)
def test_a_disk_is_spread_only_as_zrs(
    sku: str, zones: list[str], expected: tuple[str, ...] | None, *, spread: bool
) -> None:
    """ZRS is in no single zone, LRS in one, pinned or not."""
    found = read_all(disk("data", sku, zones=zones))["data"]
    assert found.placement.zones == expected
    assert facts(found) == {
        "disk.sku": sku,
        "zone_redundant": spread,
        "resource_group": "shop",
        "support": True,
    }


def test_node_pools_of_a_cluster_are_the_hosts() -> None:
    """Zones, systems and versions are judged per pool; the cluster needs one of them or each that runs."""
    pools = [
        {
            "name": "system",
            "osType": "Linux",
            "osSKU": "Ubuntu",
            "nodeImageVersion": "AKSUbuntu-1804gen2containerd-2022.08.23",
            "availabilityZones": ["1", "2", "3"],
        },
        {"name": "win", "osType": "Windows", "osSKU": "Windows2022"},
        {"name": "old", "osType": "Linux", "powerState": {"code": "Stopped"}},
    ]
    found = read_all(
        body("Microsoft.ContainerService/managedClusters", "aks", properties={"agentPoolProfiles": pools})
    )
    assert refs(found["aks"], "node pool") == ["system", "win"]
    assert need(found["aks"], "node pool").k == (1, 2)
    assert facts(found["aks"])["host"] is False
    assert "os" not in facts(found["aks"]), "two systems are none"
    system, windows = found["system"], found["win"]
    assert need(system, "zone").k == (1, 2)
    assert facts(system)["os_version"] == "18.04"
    assert (facts(windows)["os"], facts(windows)["os_distribution"]) == ("windows", "windows-server")
    assert windows.placement.zones is None


def test_a_pool_whose_scale_set_is_seen_leaves_the_hosts_to_it() -> None:
    """Nodes are not counted twice: the scale set in the node group is the host, the pool needs it."""
    nodes = body(SET, "aks-pool-vmss", tags={"aks-managed-poolName": "pool"}, properties={})
    nodes["id"] = nodes["id"].replace("/Shop/", "/MC_shop/")
    cluster = body(
        "Microsoft.ContainerService/managedClusters",
        "aks",
        properties={
            "nodeResourceGroup": "mc_Shop",
            "agentPoolProfiles": [{"name": "pool", "osType": "Linux"}],
        },
    )
    found = read_all(cluster, nodes)
    assert refs(found["pool"], "nodes") == ["aks-pool-vmss"]
    assert facts(found["pool"])["host"] is False
    assert facts(found["aks-pool-vmss"])["host"] is True
