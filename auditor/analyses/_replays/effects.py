"""From an outage of the catalogue to what it would put out in one estate.

An impact touches domain nodes and resources; three-valued conditions split the resources into those touched
for certain and those possibly touched. Where a zone was hit that nobody named, every physical zone of the
region gives one scenario: one unknown shared by all, never one per resource.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import product
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._replays.ground import Ground, nodes_of
from auditor.analyses._replays.timeline import OPEN, Strike
from auditor.model.audit import OpenRange
from auditor.model.domain import Axis, axis_of
from auditor.outages import touched
from auditor.outages.nodes import candidates
from auditor.outages.schema import Impact, Outage, Plane, Severity
from auditor.outages.touch import VENDOR_FACT, Touch

Nodes = NDArray[np.int64]
NONE: Nodes = np.zeros(0, np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One impact on one estate.

    Attributes:
        outage: id of the outage it belongs to.
        what: one sentence for the reader.
        start, until: aware; until None when no end is known.
        minutes: low and high each node stays out, None where nobody knows.
        sure, possible: nodes touched for certain, and with them those a missing fact leaves open.
        grey: up, but slow or erring.
        acting: only means to change things were hit, nothing that runs.
        control: ids of touched control planes, whether they are nodes of the estate or not.
        only: resources an ``acting`` effect is confined to, None = no condition.
        cause: domain id kept at the head of reason chains, whether it is a node of the estate or not.
        partial, share: only a part of the population was hit; how large a part.
        facts: missing fact to the nodes it leaves open.
    """

    outage: str
    what: str
    start: datetime
    until: datetime | None
    minutes: OpenRange
    sure: Nodes = field(default_factory=lambda: NONE)
    possible: Nodes = field(default_factory=lambda: NONE)
    grey: bool = False
    acting: bool = False
    control: tuple[str, ...] = ()
    only: Nodes | None = None
    cause: str | None = None
    partial: bool = False
    share: float | None = None
    facts: Mapping[str, Nodes] = field(default_factory=lambda: MappingProxyType({}))

    def nodes(self, *, worst: bool) -> Nodes:
        """Return what it touches in one case; a partial effect touches nothing in the best."""
        if worst:
            return self.possible
        return NONE if self.partial else self.sure


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What one outage (or several together) would do, with every shared unknown settled one way."""

    effects: tuple[Effect, ...]
    zones: tuple[str, ...] = ()

    def strikes(self, *, worst: bool) -> tuple[Strike, ...]:
        """Return the scenario on the clock, in minutes since its first effect."""
        if not self.effects:
            return ()
        origin = min(effect.start for effect in self.effects)
        found = []
        for effect in self.effects:
            nodes, known = effect.nodes(worst=worst), effect.minutes[1 if worst else 0]
            length = OPEN if known is None else known
            if nodes.size and length > 0:
                start = (effect.start - origin).total_seconds() / 60
                found.append(Strike(start=start, minutes=length, nodes=nodes, grey=effect.grey))
        return tuple(found)


def scenarios(outage: Outage, ground: Ground) -> tuple[Scenario, ...]:
    """Return one scenario, or one per candidate of every zone that nobody named."""
    open_zones = {
        impact.one_zone_of: candidates(impact, ground.samples)
        for impact in outage.impacts
        if impact.one_zone_of is not None
    }
    choices = [[(key, zone) for zone in zones or (None,)] for key, zones in open_zones.items()]
    # Impacts that no open zone changes are one value in all scenarios.
    effect = cache(lambda number, zone: _effect(outage, outage.impacts[number], ground, zone))
    found = []
    for choice in product(*choices):
        zones = {key: zone for key, zone in choice if zone is not None}
        effects = (effect(number, zone) for number, zone in _struck(outage, zones))
        touching = tuple(each for each in effects if each.possible.size or each.control)
        found.append(Scenario(effects=touching, zones=tuple(zones.values())))
    return tuple(found)


def _struck(outage: Outage, zones: Mapping[tuple[str, str], str]) -> Iterator[tuple[int, str | None]]:
    """Yield each impact's number with its zone; one in a region of which no zone is known strikes nothing."""
    for number, impact in enumerate(outage.impacts):
        if impact.one_zone_of is None:
            yield number, None
        elif impact.one_zone_of in zones:
            yield number, zones[impact.one_zone_of]


def together(first: Sequence[Scenario], second: Sequence[Scenario]) -> tuple[Scenario, ...]:
    """Return both outages as one, for every pair of what is open in each."""
    return tuple(
        Scenario(effects=a.effects + b.effects, zones=a.zones + b.zones) for a, b in product(first, second)
    )


def _effect(outage: Outage, impact: Impact, ground: Ground, zone: str | None) -> Effect:
    touch = touched(impact, ground.samples, zone=zone)
    acting = impact.plane is Plane.CONTROL or impact.severity is Severity.BLOCKED
    control = tuple(node for node in touch.nodes if axis_of(node) is Axis.CONTROL_PLANE)
    return Effect(
        outage=outage.id,
        what=impact.what,
        start=impact.start,
        until=impact.until,
        minutes=impact.duration,
        grey=impact.severity in {Severity.DEGRADED, Severity.DELAYED},
        acting=acting,
        control=control,
        cause=impact.cause,
        partial=impact.partial,
        share=impact.share,
        **(_means(ground, impact, touch, control) if acting else _running(ground, touch)),
    )


def _means(ground: Ground, impact: Impact, touch: Touch, control: tuple[str, ...]) -> dict[str, Any]:
    """Return what is touched where only means to act were hit, and whom that concerns."""
    concerned = None if impact.where is None else ground.rows(touch.yes | touch.maybe)
    nodes = nodes_of(ground.estate, control)
    return {"sure": nodes, "possible": nodes, "only": concerned}


def _running(ground: Ground, touch: Touch) -> dict[str, Any]:
    """Return what is touched where running things were hit, and the facts that leave some of it open."""
    vendors = nodes_of(ground.estate, touch.maybe_nodes)
    facts = {name: ground.rows(sorts) for name, sorts in touch.facts_by.items()}
    return {
        "sure": ground.nodes(touch.nodes, touch.yes),
        "possible": ground.nodes((*touch.nodes, *touch.maybe_nodes), touch.yes | touch.maybe),
        "facts": facts | ({VENDOR_FACT: vendors} if vendors.size else {}),
    }
