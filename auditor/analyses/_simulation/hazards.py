"""What can strike this estate: each class of the record at each place of this estate, as sets of nodes.

An event is drawn from a *hazard*: one outage of the record at one place, or a declared lesser outage at one
domain. What it puts out are *levels*: nodes out for a part of the event's duration from a part of it on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

import numpy as np

from auditor.analyses._replays.effects import NONE, Nodes, known
from auditor.analyses._simulation.durations import (
    Lognormal,
    Spell,
    between,
    fits,
    headline,
    length,
    lognormal,
)
from auditor.analyses._simulation.places import Places
from auditor.analyses._simulation.record import SHAPE, Home, Window, population
from auditor.analyses._simulation.relocate import relocate
from auditor.config.settings import LesserOutages
from auditor.estate.graph import Estate
from auditor.model.domain import Axis, axis_of
from auditor.model.risk import DurationFit
from auditor.outages import touched
from auditor.outages.schema import Impact, Outage, Plane, Severity

STRIKING = frozenset({Severity.DOWN, Severity.BLOCKED})
MOST_DRAWS = 8
"""Parts of one event whose hits are drawn one by one; further ones share the last draw."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Nodes out from ``offset`` x duration for ``length`` x duration.

    ``sure`` are struck for certain, ``possible`` when missing facts go against us. ``draw`` numbers the coin
    that decides whether this estate's part was hit at all; -1 = always.
    """

    offset: float
    length: float
    sure: Nodes
    possible: Nodes
    draw: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazard:
    """One failure at one place.

    Attributes:
        group: index of its class.
        place: domain id.
        outage: what it is modelled on; empty for a domain that simply fails.
        weight: how many of its group's events at this place take this form, in [0, 1].
        levels: what it puts out.
        shares: probability of each coin.
        siblings: hazards, any one of which may come along: the same failure in another zone of the region.
        across: sites of other providers in the metro, as indices into ``Hazards.sites``.
    """

    group: int
    place: str
    outage: str
    weight: float
    levels: tuple[Level, ...]
    shares: tuple[float, ...] = ()
    siblings: tuple[int, ...] = ()
    across: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One class of outages: what it strikes, how often, and for how long.

    ``shape`` is the Gamma posterior's, 0 where the rate is declared and taken as known; ``domain_years`` its
    inverse scale; ``per_year`` its mean. ``places`` are domains of this estate it strikes.
    """

    fault_class: str
    axis: Axis
    provider: str
    outages: int
    domains: int
    domain_years: float
    per_year: float
    shape: float
    minutes: Lognormal
    places: int = 0

    @property
    def name(self) -> str:
        """Unique and stable: what its random numbers are seeded with."""
        return f"{self.fault_class}/{self.axis.value}/{self.provider}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hazards:
    """All that can strike."""

    groups: tuple[Group, ...]
    hazards: tuple[Hazard, ...]
    sites: tuple[Nodes, ...] = ()
    fits: tuple[DurationFit, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Draft:
    hazards: list[Hazard] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)


def hazards(
    estate: Estate,
    found: Sequence[Home],
    seen: Window | None,
    lesser: Sequence[LesserOutages] = (),
) -> Hazards:
    """Return what the record and the declared assumptions make possible on an estate."""
    spells = _spells(found)
    fitted = fits(spells)
    places = Places.of(estate)
    striker = Striker(estate)
    draft = _Draft()
    years = seen.years if seen is not None else 1.0
    for (fault_class, axis, provider), group in _grouped(found).items():
        domains = population(axis, provider, found, estate)
        shape, exposure = len(group) + SHAPE, domains * years
        number = len(draft.groups)
        added = list(_at_places(number, group, estate, places, striker, first=len(draft.hazards)))
        draft.hazards += added
        draft.groups.append(
            Group(
                fault_class=fault_class,
                axis=axis,
                provider=provider,
                outages=len(group),
                domains=domains,
                domain_years=exposure,
                per_year=shape / exposure,
                shape=shape,
                minutes=lognormal(fitted[fault_class]),
                places=len({each.place for each in added if each.levels}),
            )
        )
    for number, declared in enumerate(lesser):
        _declare(draft, declared, number, estate)
    return Hazards(
        groups=tuple(draft.groups),
        hazards=tuple(draft.hazards),
        sites=tuple(known(estate, names) for names in places.sites),
        fits=tuple(fitted.values()),
    )


def _grouped(found: Sequence[Home]) -> dict[tuple[str, Axis, str], list[Home]]:
    groups: dict[tuple[str, Axis, str], list[Home]] = {}
    for home in found:
        groups.setdefault((home.outage.fault_class.value, home.axis, home.provider), []).append(home)
    return dict(sorted(groups.items()))


def _spells(found: Sequence[Home]) -> Mapping[str, list[Spell]]:
    spells: dict[str, list[Spell]] = {}
    for outage in {home.outage.id: home.outage for home in found}.values():
        known_spell = headline(outage)
        spells.setdefault(outage.fault_class.value, []).extend([known_spell] if known_spell else [])
    return spells


def _declare(draft: _Draft, declared: LesserOutages, number: int, estate: Estate) -> None:
    names = [
        name for name in estate.names if axis_of(name) is declared.axis and fnmatchcase(name, declared.domain)
    ]
    group = len(draft.groups)
    drawn = declared.share < 1
    for name in names:
        nodes = known(estate, [name])
        level = Level(offset=0.0, length=1.0, sure=nodes, possible=nodes, draw=0 if drawn else -1)
        draft.hazards.append(
            Hazard(
                group=group,
                place=name,
                outage="",
                weight=1.0,
                levels=(level,),
                shares=(declared.share,) if drawn else (),
            )
        )
    draft.groups.append(
        Group(
            fault_class=f"declared {number + 1}",
            axis=declared.axis,
            provider="" if declared.domain == "*" else declared.domain,
            outages=0,
            domains=len(names),
            domain_years=0.0,
            per_year=declared.per_year,
            shape=0.0,
            minutes=between(*declared.minutes),
            places=len(names),
        )
    )


def _at_places(
    number: int, group: Sequence[Home], estate: Estate, places: Places, striker: Striker, *, first: int
) -> Iterator[Hazard]:
    axis, provider = group[0].axis, group[0].provider
    if axis is Axis.ZONE:
        yield from _zones(number, group, places, striker, first=first)
    elif axis is Axis.REGION:
        for code in places.regions(provider):
            for home in group:
                levels, shares = striker.levels(home, region=code, zone=None)
                if levels:
                    yield Hazard(
                        group=number,
                        place=f"region:{provider}/{code}",
                        outage=home.outage.id,
                        weight=1 / len(group),
                        levels=levels,
                        shares=shares,
                    )
    else:
        yield from _own(number, group, estate, striker)


def _zones(
    number: int, group: Sequence[Home], places: Places, striker: Striker, *, first: int
) -> Iterator[Hazard]:
    """Yield every zone near this estate, those it does not use as well: another may come along with it."""
    zones = places.zones(group[0].provider)
    width = len(group)
    for at, (code, zone, siblings, across) in enumerate(zones):
        for form, home in enumerate(group):
            levels, shares = striker.levels(home, region=code, zone=zone)
            yield Hazard(
                group=number,
                place=f"zone:{home.provider}/{zone}",
                outage=home.outage.id,
                weight=1 / width,
                levels=levels,
                shares=shares,
                siblings=tuple(first + (at + step) * width + form for step in siblings),
                across=across,
            )


def _own(number: int, group: Sequence[Home], estate: Estate, striker: Striker) -> Iterator[Hazard]:
    """Yield providers, agents and vendors: as they failed before, or simply out where it was another one."""
    axis = group[0].axis
    claimed: set[str] = set()
    for name in sorted({home.name for home in group}):
        mine = [home for home in group if home.name == name]
        claimed |= {name, *(node for home in mine for node in _vendors(home.outage))}
        for home in mine:
            levels, shares = striker.levels(home, region=None, zone=None)
            if levels:
                yield Hazard(
                    group=number,
                    place=name or f"provider:{home.provider}",
                    outage=home.outage.id,
                    weight=1 / len(mine),
                    levels=levels,
                    shares=shares,
                )
    if axis is Axis.PROVIDER:
        return
    for name in estate.names:
        if axis_of(name) is axis and name not in claimed:
            nodes = known(estate, [name])
            level = Level(offset=0.0, length=1.0, sure=nodes, possible=nodes)
            yield Hazard(group=number, place=name, outage="", weight=1.0, levels=(level,))


def _vendors(outage: Outage) -> set[str]:
    return {node for impact in outage.impacts for node in impact.nodes if axis_of(node) is Axis.VENDOR}


class Striker:
    """Finds what an outage's impacts put out at a place; equal impacts are looked up once."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._known: dict[object, tuple[Nodes, Nodes]] = {}

    def levels(
        self, home: Home, *, region: str | None, zone: str | None
    ) -> tuple[tuple[Level, ...], tuple[float, ...]]:
        """Return what ``home``'s outage puts out at the place (None: where it was), and its coins."""
        spell = headline(home.outage)
        unit = spell.minutes if spell is not None else 1.0
        found: list[Level] = []
        shares: list[float] = []
        striking = [impact for impact in home.outage.impacts if impact.severity in STRIKING]
        begin = min((impact.start for impact in striking), default=home.outage.start)
        for impact in striking:
            moved = impact if region is None else _moved(impact, home, region, zone)
            if moved is None:
                continue
            sure, possible = self._nodes(moved)
            if not possible.size:
                continue
            draw = -1
            if impact.partial:
                draw = min(len(shares), MOST_DRAWS - 1)
                # Beta(1/2, 1/2) where nobody knows: one coin of it falls either way alike.
                shares[draw:] = [0.5 if impact.share is None else impact.share]
            found.append(
                Level(
                    offset=round((impact.start - begin).total_seconds() / 60 / unit, 9),
                    length=round((length(impact) or unit) / unit, 9),
                    sure=sure,
                    possible=possible,
                    draw=draw,
                )
            )
        return tuple(found), tuple(shares)

    def _nodes(self, impact: Impact) -> tuple[Nodes, Nodes]:
        acting = impact.plane is Plane.CONTROL or impact.severity is Severity.BLOCKED
        key = (impact.nodes, impact.where, impact.cause, impact.online, impact.plane, acting)
        if key not in self._known:
            self._known[key] = self._looked_up(impact, acting=acting)
        return self._known[key]

    def _looked_up(self, impact: Impact, *, acting: bool) -> tuple[Nodes, Nodes]:
        estate = self._estate
        if acting:
            nodes = known(estate, (node for node in impact.nodes if axis_of(node) is Axis.CONTROL_PLANE))
            return nodes, nodes
        touch = touched(impact, estate.inventory)
        sure = np.union1d(known(estate, touch.nodes), np.flatnonzero(touch.yes)).astype(np.int64)
        maybe = np.union1d(known(estate, touch.maybe_nodes), np.flatnonzero(touch.maybe))
        return sure, np.union1d(sure, maybe).astype(np.int64) if maybe.size else sure


def _moved(impact: Impact, home: Home, region: str, zone: str | None) -> Impact | None:
    return relocate(
        impact, provider=home.provider, home=home.name, region=region, zones=home.zones, zone=zone
    )


__all__ = ["NONE", "Group", "Hazard", "Hazards", "Level", "Striker", "hazards"]
