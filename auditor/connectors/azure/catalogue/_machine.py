"""What single machines and scale sets say alike: disks, images, agents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from auditor.connectors.azure.catalogue._images import distribution, image_name, of_image
from auditor.connectors.azure.spec import Shelf
from auditor.connectors.extract import items, read, text
from auditor.model.evidence import FactValue

EPHEMERAL = "ephemeral"
PRESENT = "present"
# Publisher and the beginning of the type of a VM extension, both lower case. A version given there is the
# extension's, not the sensor's, so an agent is only known to be present.
AGENTS: tuple[tuple[str, str, str], ...] = (
    ("crowdstrike.falcon", "falconsensor", "agent.crowdstrike-falcon"),
    ("microsoft.azure.azuredefenderforservers", "mde.", "agent.microsoft-defender"),
    ("sentinelone.windowsextension", "windowsextension", "agent.sentinelone"),
    ("sentinelone.linuxextension", "linuxextension", "agent.sentinelone"),
    ("trendmicro.deepsecurity", "trendmicrodsa", "agent.trend-micro"),
)
_UNSURE = {"failed", "deleting", "canceled"}


def agent_facts(extensions: Iterable[Mapping[str, Any]]) -> dict[str, FactValue]:
    """Return agents whose extension is installed; none found says nothing, images may carry one."""
    found: dict[str, FactValue] = {}
    for extension in extensions:
        publisher = (text("properties.publisher", extension) or "").lower()
        name = (text("properties.type", extension) or "").lower()
        if (text("properties.provisioningState", extension) or "").lower() in _UNSURE:
            continue
        for known, beginning, fact in AGENTS:
            if publisher == known and name.startswith(beginning):
                found[fact] = PRESENT
    return found


def disk_skus(profile: Mapping[str, Any], shelf: Shelf) -> tuple[str, ...] | None:
    """Return the storage types of all disks of a machine, None when one of them cannot be told."""
    system = read("osDisk", profile)
    if not isinstance(system, Mapping):
        return None
    local = (text("diffDiskSettings.option", system) or "").lower() == "local"
    found = [EPHEMERAL if local else _disk_sku(system, shelf)]
    found += [_disk_sku(disk, shelf) for disk in items("dataDisks", profile)]
    known = sorted({sku for sku in found if sku})
    return tuple(known) if None not in found else None


def _disk_sku(disk: Mapping[str, Any], shelf: Shelf) -> str | None:
    own = shelf.get(text("managedDisk.id", disk))
    return (text("sku.name", own.body) if own else None) or text("managedDisk.storageAccountType", disk)


def system_facts(profile: Mapping[str, Any], view: Mapping[str, Any]) -> dict[str, FactValue | None]:
    """Return operating system facts from a storage profile, and from the running system where it reports.

    The system's own word on its distribution wins over the image's: images are upgraded in place.
    """
    image = read("imageReference", profile)
    named, version = of_image(image if isinstance(image, Mapping) else None)
    reported = text("osName", view)
    if reported:
        said, _ = distribution(reported)
        release = text("osVersion", view) if said and said != "windows-server" else None
        if said:
            named = said
            version = _release(said, release) or distribution(reported)[1] or version
    system = (text("osDisk.osType", profile) or text("osType", view) or "").lower() or None
    return {
        "os": system,
        "os_distribution": named,
        "os_version": version,
        "image": image_name(image if isinstance(image, Mapping) else None),
    }


def _release(name: str, version: str | None) -> str | None:
    """Return ``18.04`` of Ubuntu's ``18.04.6``; other systems' versions as reported."""
    if not version or name in {"windows", "windows-server"}:
        return None
    return ".".join(version.split(".")[:2]) if name == "ubuntu" else version
