"""A second path in another region or cloud, beside each that a loss takes from a workload."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from auditor.analyses._advice_ground import Ground
from auditor.analyses._advice_states import Nodes
from auditor.analyses._advice_twins import ORIGIN, Change
from auditor.analyses._text import named
from auditor.estate import closure
from auditor.estate.edit import NewMember, NewNode
from auditor.estate.graph import NodeKind
from auditor.model.domain import Axis, axis_of, provider_id, region_id, service_id
from auditor.model.evidence import Evidence, Range
from auditor.model.need import Member, Need, requires
from auditor.model.places import Region, distance_km, providers, regions
from auditor.model.places import region as place_of

FAILOVER_DELAY: Range = (2.0, 5.0)
"""Minutes for health-checked DNS failover: interval x threshold + time to live, usual settings."""

CHECKERS = {
    "aws": service_id("aws", "global", "route53"),
    "azure": service_id("azure", "global", "microsoft.network"),
}
"""What checks health and sends users elsewhere, by provider."""

NAMED = 2
"""Names that a sentence tells one by one."""

WORKLOAD = "{workload}"
"""Stands for the workload's name in texts of changes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """From one region to another, of the same provider or not."""

    here: Region
    there: Region

    @property
    def abroad(self) -> bool:
        """Whether it leaves the provider."""
        return self.here.provider != self.there.provider

    def of(self, name: str) -> str | None:
        """Return what a domain of the path becomes there; None where it stays behind."""
        here, there = self.here, self.there
        axis = axis_of(name)
        if axis in {Axis.ZONE, Axis.CONTROL_PLANE}:
            return None  # the copy picks zones of its own, and is not changed to serve
        if name == region_id(here.provider, here.code):
            return region_id(there.provider, there.code)
        if self.abroad:
            place = name.partition(":")[2]
            gone = axis is not Axis.VENDOR and place.partition("/")[0] == here.provider
            return None if gone else name
        if axis is Axis.SERVICE and name.startswith(f"{axis.value}:{here.provider}/{here.code}/"):
            return name.replace(f"{here.provider}/{here.code}", f"{there.provider}/{there.code}", 1)
        return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Second paths of a workload.

    Attributes:
        edits: the nodes and members to add.
        copied: resources that are copied.
        beside: what gets a second path, of all that the workload needs; ``whole`` if that is everything.
    """

    edits: tuple[Change, ...]
    copied: Nodes
    beside: tuple[int, ...]
    whole: bool


def second_path(ground: Ground, lost: int, workload: int, move: Move) -> Path:
    """Return a second path beside each member of the workload's needs that the loss takes."""
    estate, graph = ground.estate, ground.estate.graph
    hanging = ground.hanging(lost)
    edits: list[Change] = []
    made: set[str] = set()
    copied, beside, others = [np.zeros(0, np.int64)], dict[int, None](), 0
    roads = (CHECKERS[move.here.provider],) if not move.abroad and move.here.provider in CHECKERS else ()
    for need in ground.needs(int(estate.workload_nodes[workload])):
        for member in graph.member[graph.start[need] : graph.start[need + 1]].tolist():
            if not hanging[member]:
                others += 1
                continue
            below = np.union1d(closure(estate, member), [member]).astype(np.int64)
            copied.append(below[hanging[below] & (estate.kinds[below] == NodeKind.RESOURCE)])
            beside[member] = None
            twin = ground.free(f"twin:{move.there.provider}/{move.there.code}:{estate.names[member]}")
            edits += _places(ground, below, move, made)
            edits.append(NewNode(name=twin, needs=_needs(ground, below, move)))
            standby = Member(ref=twin, delay=FAILOVER_DELAY, via=roads)
            edits.append(NewMember(need=need, member=standby))
    return Path(
        edits=tuple(dict.fromkeys(edits)),
        copied=np.unique(np.concatenate(copied)),
        beside=tuple(beside),
        whole=not others,
    )


def _moved(ground: Ground, below: Nodes, move: Move) -> list[str]:
    estate = ground.estate
    names = sorted(estate.names[node] for node in below[estate.kinds[below] == NodeKind.DOMAIN].tolist())
    return [moved for name in names if (moved := move.of(name)) is not None]


def _places(ground: Ground, below: Nodes, move: Move, made: set[str]) -> list[Change]:
    """Return the domains there that the estate does not have yet."""
    found: list[Change] = []
    there = move.there
    for name in _moved(ground, below, move):
        if name in ground.estate.index or name in made:
            continue
        made.add(name)
        above = (
            provider_id(there.provider)
            if axis_of(name) is Axis.REGION
            else region_id(there.provider, there.code)
        )
        inside = requires("place", above, evidence=Evidence.ASSUMED, origin=ORIGIN)
        found.append(NewNode(name=name, needs=inside))
    return found


def _needs(ground: Ground, below: Nodes, move: Move) -> tuple[Need, ...]:
    names = dict.fromkeys(_moved(ground, below, move))
    names[region_id(move.there.provider, move.there.code)] = None
    return tuple(
        need
        for name in names
        for need in requires("proposed", name, evidence=Evidence.ASSUMED, origin=ORIGIN)
    )


def nearest(ground: Ground, here: Region, provider: str) -> Region | None:
    """Return the region to go to: one in use before any other, then the nearest.

    Within a provider it is one of another city; another provider's may stand in the same.
    """
    others = [
        each
        for each in regions(provider)
        if provider != here.provider or (each.metro != here.metro and each.partition == here.partition)
    ]
    used = ground.regions_of(provider)
    return min(others, key=lambda r: (r.code not in used, distance_km(here, r), r.code), default=None)


def other_provider(ground: Ground, provider: str) -> str | None:
    """Return another provider with regions: the one of which most are in use."""
    others = [each for each in providers() if each != provider]
    return min(others, key=lambda each: (-len(ground.regions_of(each)), each), default=None)


def home(ground: Ground, provider: str, workload: int) -> Region | None:
    """Return the region of the provider in which most of what the workload needs is."""
    estate = ground.estate
    reached = ground.reached(workload)
    rows = reached[estate.kinds[reached] == NodeKind.RESOURCE]
    used = estate.inventory.resources.select("provider", "region")[rows].drop_nulls()
    counts = Counter(code for owner, code in used.iter_rows() if owner == provider)
    most = sorted(counts, key=lambda code: (-counts[code], code))
    return next((found for code in most if (found := place_of(provider, code)) is not None), None)


def told(ground: Ground, path: Path) -> str:
    """Return what is stood by: the workload, or what of it; its name still to be put in."""
    return WORKLOAD if path.whole else f"{named(shown(ground, path.beside), NAMED)} of {WORKLOAD}"


def shown(ground: Ground, nodes: Iterable[int]) -> list[str]:
    """Return what people call these nodes, in their order."""
    estate = ground.estate
    names = estate.inventory.resources["name"]
    return [names[n] if estate.kinds[n] == NodeKind.RESOURCE else estate.names[n] for n in nodes]


def cautions(ground: Ground, path: Path, move: Move) -> tuple[str, ...]:
    """Return what a second path there may break, as far as the estate and the map tell."""
    found = []
    fed = shown(ground, path.copied[ground.stateful[path.copied]].tolist())
    if fed:
        found.append(f"copies of {named(sorted(fed), NAMED)} lag: the last writes may be lost in the switch")
    here, there = move.here, move.there
    if here.metro == there.metro:
        found.append(f"{here.city} holds both: what takes the city takes both")
    if here.country_code != there.country_code:
        away = f"{distance_km(here, there):,.0f} km"
        found.append(
            f"data leaves {here.country_code} for {there.country_code}, {away} away: ask what law and "
            "contracts allow"
        )
    return tuple(found)
