"""What an outage's impacts put out at a place of an estate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from auditor.analyses._replays.effects import NONE, Nodes
from auditor.analyses._replays.ground import nodes_of
from auditor.analyses._simulation.durations import headline, length
from auditor.analyses._simulation.record import Home
from auditor.analyses._simulation.relocate import relocate
from auditor.analyses._simulation.truths import Truths
from auditor.estate.graph import Estate
from auditor.kernels import Bools
from auditor.model.domain import Axis, axis_of
from auditor.outages.columns import TRUE, UNKNOWN, columns
from auditor.outages.nodes import resolved
from auditor.outages.online import offline
from auditor.outages.schema import Impact, Plane, Severity
from auditor.outages.vendors import hit_vendors

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


class Striker:
    """Finds what an outage's impacts put out at a place; equal impacts are looked up once."""

    def __init__(self, estate: Estate, domains: Sequence[str]) -> None:
        self._estate = estate
        self.domains = domains
        self._view = columns(estate.inventory)
        self._truths = Truths(self._view)
        self._offline: dict[tuple[datetime, datetime], Bools] = {}
        self._known: dict[object, tuple[Nodes, Nodes]] = {}

    def known(self, ids: Iterable[str]) -> Nodes:
        """Return the nodes of those domain ids that this estate has."""
        return nodes_of(self._estate, ids)

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
        if acting:
            nodes = self.known(node for node in impact.nodes if axis_of(node) is Axis.CONTROL_PLANE)
            return nodes, nodes
        inventory = self._estate.inventory
        vendors = hit_vendors(impact, impact.where, inventory)
        certain = (vendor for vendor, sure in vendors.items() if sure)
        yes, maybe_rows = self._rows(impact)
        sure = np.union1d(self.known((*resolved(impact, inventory, None), *certain)), yes).astype(np.int64)
        maybe = np.union1d(self.known(vendors), maybe_rows)
        return sure, np.union1d(sure, maybe).astype(np.int64) if maybe.size else sure

    def _rows(self, impact: Impact) -> tuple[Nodes, Nodes]:
        """Return the resources that meet an impact's condition, and those that may, as ``touched`` does."""
        if impact.where is None:
            return NONE, NONE
        found = self._truths.of(impact.where)
        touched = np.flatnonzero(found)
        if impact.online is not None and touched.size:
            if impact.online not in self._offline:
                self._offline[impact.online] = offline(self._view, impact.online)
            touched = touched[~self._offline[impact.online][touched]]
        return touched[found[touched] == TRUE], touched[found[touched] == UNKNOWN]


def _moved(impact: Impact, home: Home, region: str, zone: str | None) -> Impact | None:
    return relocate(
        impact, provider=home.provider, home=home.name, region=region, zones=home.zones, zone=zone
    )
