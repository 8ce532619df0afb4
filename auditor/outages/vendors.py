"""Vendors as black boxes: what they stand on may be declared, what they use there never is.

A vendor on ``region:azure/centralus`` may or may not have had its machines on the storage that failed there:
it is possibly hit, whatever the condition says about machines.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, partial

from auditor.inventory import Inventory
from auditor.model.domain import Axis, axis_of
from auditor.model.places import region_of_zone
from auditor.outages.columns import FALSE, UNKNOWN, Place, place_truth
from auditor.outages.nodes import parts_of, vendor_refs
from auditor.outages.predicate import AllOf, AnyOf, Column, Not, PlaceAtom, Predicate, atoms
from auditor.outages.schema import EVERY_REGION, Impact, Plane

_Node = tuple[Axis | None, tuple[str, ...]]
"""A domain id, cut."""

_PLACES = frozenset({Column.PROVIDER, Column.REGION, Column.ZONE})


def hit_vendors(impact: Impact, condition: Predicate | None, inventory: Inventory) -> dict[str, bool]:
    """Return vendor nodes an impact on running things hits: True certainly, False possibly.

    Certainly: the vendor is declared to need the very agent that failed. What is out by the graph anyway
    (the vendor needs a node that is out) is not repeated here.
    """
    if impact.plane is Plane.CONTROL:
        return {}
    found: dict[str, bool] = {}
    bound = condition if condition is not None and _bound_to_place(condition) else None
    nodes = tuple((axis_of(node), parts_of(node)[1]) for node in impact.nodes)
    possibly = cache(partial(_possibly, impact, nodes, bound))
    for vendor, refs in vendor_refs(inventory).items():
        if impact.cause in refs and axis_of(impact.cause or "") is Axis.AGENT:
            found[vendor] = True
        elif any(possibly(place) for place in _places(refs)):
            found[vendor] = False
    return found


@cache
def _places(refs: frozenset[str]) -> tuple[Place, ...]:
    found = []
    for ref in sorted(refs):
        axis, parts = axis_of(ref), parts_of(ref)[1]
        if axis is Axis.PROVIDER:
            found.append(Place(parts[0], None, None))
        elif axis is Axis.REGION:
            found.append(Place(parts[0], parts[1], None))
        elif axis is Axis.ZONE:
            home = region_of_zone(parts[0], parts[1])
            found.append(Place(parts[0], home.code if home else None, (parts[1],)))
    return tuple(found)


def _possibly(impact: Impact, nodes: Sequence[_Node], condition: Predicate | None, place: Place) -> bool:
    if any(_may_use(node, impact, place) for node in nodes):
        return True
    return condition is not None and _bounds(condition, place)[1]


def _may_use(node: _Node, impact: Impact, place: Place) -> bool:
    axis, parts = node
    if parts[0] != place.provider:
        return False
    if axis is Axis.ZONE:
        home = impact.one_zone_of or _home(parts[0], parts[1])
        return place.zones is None and (place.region is None or home == (place.provider, place.region))
    if axis is not Axis.SERVICE:
        return False
    return place.region is None or parts[1] in {place.region, EVERY_REGION, "global"}


def _home(provider: str, zone: str) -> tuple[str, str] | None:
    region = region_of_zone(provider, zone)
    return None if region is None else (provider, region.code)


def _bound_to_place(condition: Predicate) -> bool:
    return any(isinstance(atom, PlaceAtom) and atom.column in _PLACES for atom in atoms(condition))


def _bounds(predicate: Predicate, place: Place) -> tuple[bool, bool]:
    # (may be false, may be true): whatever is not placement may be either.
    match predicate:
        case AllOf(parts=parts):
            inner = [_bounds(part, place) for part in parts]
            return any(each[0] for each in inner), all(each[1] for each in inner)
        case AnyOf(parts=parts):
            inner = [_bounds(part, place) for part in parts]
            return all(each[0] for each in inner), any(each[1] for each in inner)
        case Not(part=part):
            may_fail, may_hold = _bounds(part, place)
            return may_hold, may_fail
        case PlaceAtom(column=column, values=values) if column in _PLACES:
            found = place_truth(column, values, place)
            return bool(found <= UNKNOWN), bool(found > FALSE)
        case _:
            return True, True
