"""Which regions are read, and how an account names the zones of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.connectors.aws.spec import Call
from auditor.connectors.aws.where import PROVIDER
from auditor.connectors.extract import text
from auditor.model.resource import Zone

REGIONS = Call(operation="DescribeRegions", items="Regions", args=(("AllRegions", False),), paged=False)
ZONES = Call(operation="DescribeAvailabilityZones", items="AvailabilityZones", paged=False)
BASE_CALLS = (REGIONS, ZONES)
"""EC2 operations asked besides the specs; STS GetCallerIdentity needs no permission."""


def zone_names(zones: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """Return zone name to zone id; names are relative to the account, ids are not."""
    pairs = ((text("ZoneName", zone), text("ZoneId", zone)) for zone in zones)
    return {name: id_ for name, id_ in pairs if name and id_}


def zones_of(region: str, zones: Iterable[Mapping[str, object]]) -> tuple[Zone, ...]:
    """Return the Availability Zones of a region; Local and Wavelength Zones are no peers of theirs."""
    real = [zone for zone in zones if text("ZoneType", zone) in {None, "availability-zone"}]
    return tuple(
        Zone(provider=PROVIDER, region=region, zone=zone) for zone in sorted(zone_names(real).values())
    )
