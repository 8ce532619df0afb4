"""Where the members of a redundancy stand, and what two places have in common."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from auditor.estate import needs_of
from auditor.estate.graph import Estate
from auditor.model import places
from auditor.model.domain import Axis, axis_of, control_plane_id
from auditor.outages.insides import Once, insides
from auditor.outages.nodes import parts_of

Place = tuple[str, str]
"""Provider and region code."""

DEPTH = 3
"""Steps down from a member without a region, such as a DNS record, to what has one."""

FOR_ALL = frozenset({"iam", "microsoft.aadiam", "microsoft.resources"})
"""Services of which there is one and everybody uses: identity and management."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What two places share: kind, the thing, one sentence, where that is from."""

    kind: str
    shared: str
    what: str
    outage: str | None = None
    source: str = ""


@dataclass(frozen=True)
class Stand:
    """Places of an estate's nodes."""

    estate: Estate

    @cached_property
    def _resources(self) -> tuple[list[str], list[str | None]]:
        table = self.estate.inventory.resources
        return table["provider"].to_list(), table["region"].to_list()

    def redundant(self, nodes: NDArray[np.int64]) -> Iterator[frozenset[Place]]:
        """Yield the places of each need of the nodes that can lose a member and has members in several."""
        graph = self.estate.graph
        inside = np.zeros(len(self.estate.names), np.bool_)
        inside[nodes] = True
        spare = np.diff(graph.start) > graph.k_best
        for row in np.flatnonzero(inside[graph.owner] & spare):
            members = graph.member[int(graph.start[row]) : int(graph.start[row + 1])]
            found = frozenset(place for node in members if (place := self.place(int(node))) is not None)
            if len(found) > 1:
                yield found

    def place(self, node: int, depth: int = DEPTH) -> Place | None:
        """Return where a node stands, or all it needs where it is nowhere itself; None for several places."""
        providers, regions = self._resources
        if node < len(providers):
            region = regions[node]
            if region not in {None, "global"}:
                return providers[node], str(region)
        elif (domain := _domain(self.estate.names[node])) is not None:
            return domain
        if depth == 0:
            return None
        graph = self.estate.graph
        below = {
            place
            for row in needs_of(graph, node)
            for member in graph.member[int(graph.start[row]) : int(graph.start[row + 1])]
            if axis_of(self.estate.names[int(member)]) is not Axis.CONTROL_PLANE
            and (place := self.place(int(member), depth - 1)) is not None
        }
        return below.pop() if len(below) == 1 else None


def _domain(name: str) -> Place | None:
    axis, parts = axis_of(name), parts_of(name)[1]
    if axis is Axis.ZONE and (home := places.region_of_zone(parts[0], parts[1])) is not None:
        return parts[0], home.code
    if axis in {Axis.REGION, Axis.SERVICE} and parts[1] != "global":
        return parts[0], parts[1]
    return None


def common(first: Place, second: Place, used: frozenset[str]) -> Iterator[Common]:
    """Yield what two places share that could take both, or the way from one to the other."""
    one, two = places.region(*first), places.region(*second)
    if one is not None and two is not None:
        yield from _near(one, two)
    if first[0] != second[0]:
        return
    known = insides().get(first[0])
    for line in known.once if known is not None else ():
        if line.service in FOR_ALL or line.service in used:
            yield from _once(line, first, second)


def _near(one: places.Region, two: places.Region) -> Iterator[Common]:
    kilometres = round(places.distance_km(one, two))
    city = places.metro(one.metro)
    if one.metro == two.metro:
        yield Common(
            kind="one metro",
            shared=f"metro:{one.metro}",
            what=f"Both are in or near {city.name if city else one.metro}: one grid, one weather",
            outage=city.evidence[0] if city and city.evidence else None,
            source=places.source(one.provider),
        )
    elif one.country_code == two.country_code:
        yield Common(
            kind="one country",
            shared=one.country_code,
            what=f"Both are in {one.country_code}, {kilometres:,} km apart: law and authorities are shared",
            source=places.source(one.provider),
        )
    pairs = insides()["azure"].pairs
    if one.provider == two.provider == "azure" and two.code in one.paired and pairs is not None:
        yield Common(kind="a pair", shared=f"{one.code} + {two.code}", what=pairs[0], source=pairs[1])


def _once(line: Once, first: Place, second: Place) -> Iterator[Common]:
    shared = control_plane_id(line.provider, "global", line.service)
    if line.home in {first[1], second[1]}:
        other = second[1] if line.home == first[1] else first[1]
        yield Common(
            kind="changed in one of them",
            shared=shared,
            what=f"{line.what}. With {line.home} out, nobody can change it for {other} either",
            outage=line.outage,
            source=line.source,
        )
    elif line.home is None:
        yield Common(
            kind="one for both", shared=shared, what=line.what, outage=line.outage, source=line.source
        )
