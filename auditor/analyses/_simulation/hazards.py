"""What can strike this estate: each class of the record at each place of this estate, as sets of nodes.

An event is drawn from a *hazard*: one outage of the record at one place, or a declared lesser outage at one
domain. What it puts out are *levels*: nodes out for a part of the event's duration from a part of it on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

import numpy as np

from auditor.analyses._replays.effects import Nodes
from auditor.analyses._simulation.durations import (
    Lognormal,
    Spell,
    between,
    fits,
    headline,
    lognormal,
)
from auditor.analyses._simulation.places import Places
from auditor.analyses._simulation.record import SHAPE, Home, Window, population
from auditor.analyses._simulation.strike import Level, Striker
from auditor.config.settings import LesserOutages
from auditor.estate.graph import Estate, NodeKind
from auditor.model.domain import Axis, axis_of, provider_id, region_id, zone_id
from auditor.model.risk import DurationFit
from auditor.outages.schema import Outage


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
    domains = tuple(estate.names[node] for node in np.flatnonzero(estate.kinds == NodeKind.DOMAIN))
    places = Places.of(domains)
    striker = Striker(estate, domains)
    draft = _Draft()
    years = seen.years if seen is not None else 1.0
    for (fault_class, axis, provider), group in _grouped(found).items():
        size = population(axis, provider, found, domains)
        shape, exposure = len(group) + SHAPE, size * years
        number = len(draft.groups)
        added = list(_at_places(number, group, places, striker, first=len(draft.hazards)))
        draft.hazards += added
        draft.groups.append(
            Group(
                fault_class=fault_class,
                axis=axis,
                provider=provider,
                outages=len(group),
                domains=size,
                domain_years=exposure,
                per_year=shape / exposure,
                shape=shape,
                minutes=lognormal(fitted[fault_class]),
                places=len({each.place for each in added if each.levels}),
            )
        )
    for number, declared in enumerate(lesser):
        _declare(draft, declared, number, striker)
    return Hazards(
        groups=tuple(draft.groups),
        hazards=tuple(draft.hazards),
        sites=tuple(striker.known(names) for names in places.sites),
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


def _declare(draft: _Draft, declared: LesserOutages, number: int, striker: Striker) -> None:
    names = [
        name
        for name in striker.domains
        if axis_of(name) is declared.axis and fnmatchcase(name, declared.domain)
    ]
    group = len(draft.groups)
    drawn = declared.share < 1
    for name in names:
        nodes = striker.known([name])
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
    number: int, group: Sequence[Home], places: Places, striker: Striker, *, first: int
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
                        place=region_id(provider, code),
                        outage=home.outage.id,
                        weight=1 / len(group),
                        levels=levels,
                        shares=shares,
                    )
    else:
        yield from _own(number, group, striker)


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
                place=zone_id(home.provider, zone),
                outage=home.outage.id,
                weight=1 / width,
                levels=levels,
                shares=shares,
                siblings=tuple(first + (at + step) * width + form for step in siblings),
                across=across,
            )


def _own(number: int, group: Sequence[Home], striker: Striker) -> Iterator[Hazard]:
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
                    place=name or provider_id(home.provider),
                    outage=home.outage.id,
                    weight=1 / len(mine),
                    levels=levels,
                    shares=shares,
                )
    if axis is Axis.PROVIDER:
        return
    for name in striker.domains:
        if axis_of(name) is axis and name not in claimed:
            nodes = striker.known([name])
            level = Level(offset=0.0, length=1.0, sure=nodes, possible=nodes)
            yield Hazard(group=number, place=name, outage="", weight=1.0, levels=(level,))


def _vendors(outage: Outage) -> set[str]:
    return {node for impact in outage.impacts for node in impact.nodes if axis_of(node) is Axis.VENDOR}
