"""The places near an estate: its regions, their zones, and sites of other providers in the same metros."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.model import places as atlas
from auditor.model.domain import region_id, zone_id

Zone = tuple[str, str, tuple[int, ...], tuple[int, ...]]
"""Region code, zone, steps to the positions of its region's other zones, sites across (indices)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the estate stands, by provider.

    Attributes:
        codes: provider to region codes, sorted.
        near: (provider, region) to its zones: the estate's regions and all others in their metros.
        across: metro to the numbers of sites in it, by provider.
        sites: domain ids that stand for each site; in a region without zones the region itself.
    """

    codes: dict[str, tuple[str, ...]]
    near: dict[tuple[str, str], tuple[str, ...]]
    across: dict[str, dict[str, tuple[int, ...]]]
    sites: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, domains: Sequence[str]) -> Places:
        """Read the places off the domain ids of an estate."""
        codes: dict[str, set[str]] = {}
        for name in domains:
            if name.startswith("region:"):
                provider, _, code = name.removeprefix("region:").partition("/")
                codes.setdefault(provider, set()).add(code)
        used = {(provider, code) for provider, found in codes.items() for code in found}
        metros = {home for place in used if (home := _metro(*place))}
        beside = {
            (provider, each.code)
            for provider in atlas.providers()
            for each in atlas.regions(provider)
            if each.metro in metros
        }
        near = {place: _zones(domains, *place) for place in sorted(used | beside)}
        across, sites = _sites(near)
        return cls(
            codes={provider: tuple(sorted(found)) for provider, found in sorted(codes.items())},
            near=near,
            across=across,
            sites=sites,
        )

    def regions(self, provider: str) -> tuple[str, ...]:
        """Return the codes of a provider's regions in the estate."""
        return self.codes.get(provider, ())

    def zones(self, provider: str) -> list[Zone]:
        """Return a provider's zones near the estate."""
        found: list[Zone] = []
        for (owner, code), zones in self.near.items():
            if owner != provider:
                continue
            here = self.across.get(_metro(provider, code) or "", {})
            others = tuple(site for name, sites in sorted(here.items()) if name != provider for site in sites)
            for at, zone in enumerate(zones):
                steps = tuple(other - at for other in range(len(zones)) if other != at)
                found.append((code, zone, steps, others))
        return found


def _sites(
    near: dict[tuple[str, str], tuple[str, ...]],
) -> tuple[dict[str, dict[str, tuple[int, ...]]], tuple[tuple[str, ...], ...]]:
    sites: list[tuple[str, ...]] = []
    across: dict[str, dict[str, tuple[int, ...]]] = {}
    for (provider, code), zones in near.items():
        metro = _metro(provider, code)
        if metro is None:
            continue
        names = [zone_id(provider, zone) for zone in zones] or [region_id(provider, code)]
        numbers = tuple(range(len(sites), len(sites) + len(names)))
        sites += [(name,) for name in names]
        inside = across.setdefault(metro, {})
        inside[provider] = inside.get(provider, ()) + numbers
    return across, tuple(sites)


def _metro(provider: str, code: str) -> str | None:
    known = atlas.region(provider, code)
    if known is not None:
        return known.metro
    return next((each.id for each in atlas.metros() if provider == "gcp" and code in each.gcp), None)


def _zones(domains: Sequence[str], provider: str, code: str) -> tuple[str, ...]:
    known = atlas.region(provider, code)
    prefix = zone_id(provider, "")
    here = {name.removeprefix(prefix) for name in domains if name.startswith(prefix)}
    if known is not None:
        return tuple(sorted({*known.zone_ids, *(zone for zone in here if known.has_zone(zone))}))
    # Providers whose zones nobody lists name a zone after its region: europe-west9-a.
    return tuple(sorted(zone for zone in here if zone.startswith(f"{code}-")))
