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
        known: the mapping was read; without it a zone number says nothing.
    """

    physical: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    known: bool = True

    @classmethod
    def of(cls, locations: Iterable[Mapping[str, Any]]) -> Places:
        """Read the answer of the locations call."""
        physical: dict[str, dict[str, str]] = {}
        for location in locations:
            region = region_code(text("name", location))
            mapped = {
                logical: zone
                for item in items("availabilityZoneMappings", location)
                if (logical := text("logicalZone", item)) and (zone := text("physicalZone", item))
            }
            if region and mapped:
                physical[region] = mapped
        # A subscription without a single mapping was answered by an old API version: that is not knowledge.
        return cls(physical=physical, known=bool(physical))

    def zonal(self, region: str | None) -> bool:
        """Return whether a region has zones, as far as anyone knows."""
        if region is None or region == GLOBAL:
            return False
        if self.known:
            return region in self.physical
        listed = places.region("azure", region)
        return listed is None or listed.zone_count > 1

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
