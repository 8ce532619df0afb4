"""Where things are in Azure: location names, and logical zones turned into physical ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.connectors.extract import items, text
from auditor.model import places
from auditor.model.resource import Zone

GLOBAL = "global"
_STAMP = re.compile(r"\(.*?\)")


def region_code(location: str | None) -> str | None:
    """Return ``eastus`` for ``East US``, ``eastus2`` for ``eastus2(stage)``, None for nothing."""
    code = re.sub(r"[^a-z0-9]", "", _STAMP.sub("", location or "").lower())
    return code or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """One subscription's locations; logical zone numbers mean different buildings in another one.

    Attributes:
        physical: region to logical zone to physical zone.
        listed: regions the subscription may use, with zones or without; empty when they were not read.
    """

    physical: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    listed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, locations: Iterable[Mapping[str, Any]]) -> Places:
        """Read the answer of the locations call."""
        physical: dict[str, dict[str, str]] = {}
        listed: set[str] = set()
        for location in locations:
            region = region_code(text("name", location))
            mapped = {
                logical: zone
                for item in items("availabilityZoneMappings", location)
                if (logical := text("logicalZone", item)) and (zone := text("physicalZone", item))
            }
            if region:
                listed.add(region)
                physical |= {region: mapped} if mapped else {}
        # Without a single mapping the answer comes from an old API version: that is no knowledge of zones.
        return cls(physical=physical, listed=frozenset(listed) if physical else frozenset())

    def zonal(self, region: str | None) -> bool:
        """Return whether a region has zones, as far as anyone knows."""
        if region is None or region == GLOBAL:
            return False
        if region in self.listed:
            return region in self.physical
        described = places.region("azure", region)
        return described is None or described.zone_count > 1

    def zones(self, region: str | None, logical: Iterable[str]) -> tuple[str, ...] | None:
        """Return physical zones for logical ones, None when one cannot be mapped."""
        table = self.physical.get(region or "", {})
        found = [table.get(zone) for zone in logical]
        known = sorted({zone for zone in found if zone})
        return tuple(known) if None not in found else None

    def inventory_zones(self) -> tuple[Zone, ...]:
        """Return every physical zone seen, sorted."""
        return tuple(
            Zone(provider="azure", region=region, zone=zone)
            for region, table in sorted(self.physical.items())
            for zone in sorted(set(table.values()))
        )
