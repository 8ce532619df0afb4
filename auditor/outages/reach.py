"""Whether an outage could reach an estate at all: the places, products and software it used.

For zones the place is the region: which of its zones one stands in is an accident, not geography.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import polars as pl

from auditor.inventory import Inventory
from auditor.inventory.tables import encode_value
from auditor.model.domain import Axis, axis_of, service_of, vendor_id
from auditor.model.facts import AGENT_PREFIX
from auditor.model.places import region_of_zone
from auditor.outages.columns import FALSE, Columns, columns
from auditor.outages.holds import ABSENT_AGENT
from auditor.outages.nodes import parts_of, references, resolved
from auditor.outages.predicate import AllOf, AnyOf, Column, Not, PlaceAtom, Predicate
from auditor.outages.schema import Impact, Outage
from auditor.outages.touch import evaluate
from auditor.outages.vendors import hit_vendors

SHARED_BY_ALL = frozenset(
    {
        "iam",
        "sts",
        "signin",
        "organizations",
        "microsoft.resources",
        "microsoft.aadiam",
        "servicecontrol",
        "oauth2",
        "console",
    }
)
"""Services that everybody who uses a provider uses, listed or not: identity and management."""


@dataclass(frozen=True, slots=True)
class _Used:
    """What an estate uses, as small sets."""

    providers: frozenset[str]
    regions: frozenset[tuple[str, str | None]]
    zones: frozenset[tuple[str, str]]
    services: frozenset[tuple[str, str | None, str | None]]
    resolvers: frozenset[tuple[str, str | None]]
    agents: frozenset[str]
    references: frozenset[str]


def in_reach(outage: Outage, inventory: Inventory) -> bool:
    """Return whether any of the outage's impacts could reach something this estate uses."""
    used = _used(columns(inventory))
    return any(_reaches(impact, inventory, used) for impact in outage.impacts)


def _reaches(impact: Impact, inventory: Inventory, used: _Used) -> bool:
    if any(_uses(node, used) for node in (*resolved(impact, inventory, None), *_open_zone(impact))):
        return True
    if impact.where is None:
        return bool(hit_vendors(impact, None, inventory))
    relaxed = _without_zones(impact.where)
    if bool((evaluate(relaxed, columns(inventory)) > FALSE).any()):
        return True
    return bool(hit_vendors(impact, relaxed, inventory))


def _open_zone(impact: Impact) -> tuple[str, ...]:
    return () if impact.one_zone_of is None else ("region:" + "/".join(impact.one_zone_of),)


def _uses(node: str, used: _Used) -> bool:
    if node in used.references:
        return True
    parts = parts_of(node)[1]
    test = _TESTS.get(axis_of(node) or Axis.METRO)
    return test is not None and test(parts, used)


def _used_region(parts: tuple[str, ...], used: _Used) -> bool:
    return (parts[0], parts[1]) in used.regions or (parts[0], None) in used.regions


def _used_zone(parts: tuple[str, ...], used: _Used) -> bool:
    provider, zone = parts[0], parts[1]
    home = region_of_zone(provider, zone)
    if home is not None:
        return _used_region((provider, home.code), used)
    # Providers whose zones nobody lists name a zone after its region: europe-west9-a.
    return (provider, zone) in used.zones or any(
        provider == where and zone.startswith(f"{code}-") for where, code in used.regions
    )


def _used_service(parts: tuple[str, ...], used: _Used) -> bool:
    provider, region, service = parts if len(parts) == 3 else (parts[0], "global", parts[1])  # noqa: PLR2004 -- provider/region/service
    if service in SHARED_BY_ALL:
        return provider in used.providers if region == "global" else _used_region((provider, region), used)
    if service == "vpc-resolver":
        return (provider, region) in used.resolvers or (provider, None) in used.resolvers
    return (provider, region, service) in used.services or (provider, None, service) in used.services


def _used_global(parts: tuple[str, ...], used: _Used) -> bool:
    # A global control plane serves what its service lists anywhere; a vendor's, whoever uses the vendor.
    if vendor_id(parts[0]) in used.references:
        return True
    if len(parts) == 2 and parts[1] not in SHARED_BY_ALL:  # noqa: PLR2004 -- provider/service
        return any((provider, service) == parts for provider, _, service in used.services)
    return _used_service(parts, used)


_TESTS: dict[Axis, Callable[[tuple[str, ...], _Used], bool]] = {
    Axis.PROVIDER: lambda parts, used: parts[0] in used.providers,
    Axis.REGION: _used_region,
    Axis.ZONE: _used_zone,
    Axis.SERVICE: _used_service,
    Axis.CONTROL_PLANE: _used_global,
    Axis.AGENT: lambda parts, used: parts[0] in used.agents,
}


def _without_zones(predicate: Predicate) -> Predicate:
    match predicate:
        case AllOf(parts=parts):
            return AllOf(parts=tuple(_without_zones(part) for part in parts))
        case AnyOf(parts=parts):
            return AnyOf(parts=tuple(_without_zones(part) for part in parts))
        case Not(part=part):
            return Not(part=_without_zones(part))
        case PlaceAtom(column=Column.ZONE, values=values):
            return AnyOf(parts=tuple(_home_of(value) for value in values))
        case _:
            return predicate


def _home_of(zone: str) -> Predicate:
    provider, _, code = zone.partition("/")
    home = region_of_zone(provider, code)
    if home is None:
        return PlaceAtom(column=Column.PROVIDER, values=(provider,))
    return PlaceAtom(column=Column.REGION, values=(f"{provider}/{home.code}",))


@lru_cache(maxsize=2)
def _used(view: Columns) -> _Used:
    inventory = view.inventory
    place_codes, places = view.places
    kind_codes, kinds = view.kinds
    pairs = np.unique(place_codes.astype(np.int64) * max(len(kinds), 1) + kind_codes)
    answered = view.where_fact("resolver", lambda value: value != "outside")
    return _Used(
        providers=frozenset(place.provider for place in places),
        regions=frozenset((place.provider, place.region) for place in places),
        zones=frozenset((place.provider, zone) for place in places for zone in place.zones or ()),
        services=frozenset(
            (places[place].provider, places[place].region, service_of(kinds[kind]))
            for place, kind in (divmod(int(pair), len(kinds)) for pair in pairs)
        ),
        resolvers=frozenset(
            (places[code].provider, places[code].region) for code in np.unique(place_codes[answered])
        ),
        agents=_agents(inventory),
        references=references(inventory),
    )


def _agents(inventory: Inventory) -> frozenset[str]:
    known = inventory.facts.filter(
        pl.col("name").str.starts_with(AGENT_PREFIX), pl.col("value") != encode_value(ABSENT_AGENT)
    )
    return frozenset(name.removeprefix(AGENT_PREFIX) for name in known["name"].unique().to_list())
