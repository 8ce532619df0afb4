"""Regions, their physical zones and the cities they are in, from ``model/data``.

Metros are a correlation prior: two regions in one city share neither a building nor a feeder for certain.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

_DOCUMENTED_ZONES = 3
"""Zones AWS documents per region at least, and Azure per region with zones."""

_EARTH_RADIUS_KM = 6371.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Metro:
    """A city with cloud regions.

    Attributes:
        id: slug, such as ``seoul``.
        name: for people.
        latitude, longitude: degrees, of the city centre.
        gcp: Google regions said to be there, unverified.
        shared_confidence: how sure it is that AWS and Azure share it; empty where they do not.
        evidence: ids of outages in which a cause of the city took a site down.
        note: for the reader.
    """

    id: str
    name: str
    latitude: float
    longitude: float
    gcp: tuple[str, ...] = ()
    shared_confidence: str = ""
    evidence: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A region of a provider.

    Attributes:
        provider, code: ``aws``, ``ap-northeast-2``.
        name: as the provider calls it.
        city, country_code: where it is said to be; the country by ISO 3166.
        latitude, longitude: degrees, of its metro's centre.
        metro: id of the metro.
        partition: AWS partition (``aws``, ``aws-cn``, ...), ``azure`` for the public cloud.
        geography: the provider's own boundary of residence, such as ``Europe``; empty where it names none.
        paired: regions the provider replicates to.
        zone_ids: physical zones, best known; empty for a region without.
        zones_verified: false where the ids are made from the documented pattern, or support is unknown.
        zone_prefix: what physical zone ids begin with, up to ``-az``.
        note: for the reader.
    """

    provider: str
    code: str
    name: str
    city: str
    country_code: str
    latitude: float
    longitude: float
    metro: str
    partition: str
    geography: str = ""
    paired: tuple[str, ...] = ()
    zone_ids: tuple[str, ...] = ()
    zones_verified: bool = True
    zone_prefix: str
    note: str = ""

    @property
    def zone_count(self) -> int:
        """How many physical zones are known."""
        return len(self.zone_ids)

    def has_zone(self, zone: str) -> bool:
        """Return whether a physical zone id has this region's form; ids not listed may exist."""
        # Local Zones put their city between: usw2-lax1-az1.
        return re.fullmatch(rf"{re.escape(self.zone_prefix)}(-[a-z0-9]+)?-az\d+", zone) is not None


def region(provider: str, code: str) -> Region | None:
    """Return a region by code (any letter case), None when the data do not hold it."""
    return _regions(provider).get(code.lower())


def regions(provider: str) -> tuple[Region, ...]:
    """Return every known region of a provider, sorted by code; empty for providers without data."""
    return tuple(_regions(provider).values())


@lru_cache(maxsize=4096)
def region_of_zone(provider: str, zone: str) -> Region | None:
    """Return the region a physical zone id belongs to by its form, None when there is none."""
    return next((each for each in regions(provider) if each.has_zone(zone)), None)


def providers() -> tuple[str, ...]:
    """Return the providers whose regions are known."""
    return ("aws", "azure")


def as_of(provider: str) -> str:
    """Return when the list of a provider's regions was made, for the reader."""
    return str(_read(provider)["as_of"])


def source(provider: str) -> str:
    """Return the first address a provider's list of regions was made from."""
    return str(_read(provider)["sources"][0])


def metro(metro_id: str) -> Metro | None:
    """Return a metro by id, None when there is none."""
    return _metros().get(metro_id)


def metros() -> tuple[Metro, ...]:
    """Return every metro, sorted by id."""
    return tuple(_metros().values())


def distance_km(first: Region | Metro, second: Region | Metro) -> float:
    """Return the great-circle distance of two places in kilometres."""
    lat1, lat2 = math.radians(first.latitude), math.radians(second.latitude)
    turn = math.radians(second.longitude - first.longitude)
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin(turn / 2) ** 2
    return 2 * _EARTH_RADIUS_KM * math.asin(math.sqrt(half))


@cache
def _read(name: str) -> Mapping[str, Any]:
    text = resources.files("auditor.model").joinpath("data", f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def _metros() -> Mapping[str, Metro]:
    return {
        row["id"]: Metro(
            id=row["id"],
            name=row["name"],
            latitude=float(row["latitude"]),
            longitude=float(row["longitude"]),
            gcp=tuple(row.get("gcp", ())),
            shared_confidence=row.get("shared_confidence", ""),
            evidence=tuple(row.get("evidence", ())),
            note=row.get("note", ""),
        )
        for row in sorted(_read("metros")["metros"], key=lambda row: str(row["id"]))
    }


@cache
def _regions(provider: str) -> Mapping[str, Region]:
    if provider not in providers():
        return {}
    rows = sorted(_read(provider)["regions"], key=lambda row: str(row["code"]))
    return {row["code"]: _region(provider, row) for row in rows}


def _region(provider: str, row: Mapping[str, Any]) -> Region:
    city = _metros()[row["metro"]]
    prefix = row.get("zone_prefix", row["code"])
    by_pattern = tuple(f"{prefix}-az{number}" for number in range(1, _DOCUMENTED_ZONES + 1))
    zonal = row.get("zonal", "yes")
    return Region(
        provider=provider,
        code=row["code"],
        name=row["name"],
        city=row["city"],
        country_code=row["country_code"],
        latitude=city.latitude,
        longitude=city.longitude,
        metro=city.id,
        geography=row.get("geography", ""),
        partition=row.get("partition", provider),
        paired=tuple(row.get("paired", ())),
        zone_ids=tuple(row.get("zones", by_pattern)) if zonal == "yes" else (),
        zones_verified=row.get("zones_verified", zonal in {"yes", "no"}),
        zone_prefix=prefix,
        note=row.get("note", ""),
    )
