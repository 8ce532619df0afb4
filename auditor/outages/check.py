"""What the shape of a file alone cannot say: rules between keys, and names that must exist."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from auditor.model.domain import Axis, axis_of
from auditor.outages.nodes import fault_in, parts_of, region_in
from auditor.outages.parse import Fault, region_fault, zone_fault
from auditor.outages.predicate import CANDIDATE, Column, PlaceAtom, atoms
from auditor.outages.schema import Impact, Outage, Plane

_EVERYWHERE = "global"


def check(outage: Outage, stem: str) -> None:
    """Hold an outage against the rules.

    Raises:
        Fault: the first rule broken, in the order of the file.
    """
    if outage.id != stem:
        raise Fault("id", f"{outage.id!r} must be the file's name, {stem!r}")
    _ordered("time.end", outage.start, outage.end)
    _ordered("time.recovered", outage.start, outage.recovered)
    for code in outage.reach.regions:
        if wrong := region_fault(outage.provider, code):
            raise Fault("scope.regions", wrong)
    for zone in outage.reach.zones:
        if wrong := zone_fault(outage.provider, zone):
            raise Fault("scope.zones", wrong)
    for number, impact in enumerate(outage.impacts, start=1):
        for key, wrong in _impact_faults(impact):
            raise Fault(f"impacts[{number}].{key}", wrong)


def _ordered(path: str, start: datetime, end: datetime | None) -> None:
    if end is not None and end <= start:
        raise Fault(path, f"{_written(end)} is not after the start, {_written(start)}")


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _impact_faults(impact: Impact) -> Iterator[tuple[str, str]]:
    if impact.end is not None and impact.end <= impact.start:
        yield "end", f"{_written(impact.end)} is not after the start, {_written(impact.start)}"
    yield from _duration_faults(impact)
    yield from _node_faults(impact)
    yield from _target_faults(impact)
    yield from _open_zone_faults(impact)


def _duration_faults(impact: Impact) -> Iterator[tuple[str, str]]:
    if impact.minutes is not None and impact.minutes[0] > impact.minutes[1]:
        yield "minutes", f"low {impact.minutes[0]:g} is above high {impact.minutes[1]:g}"
    if impact.at_least is not None and (impact.end is not None or impact.minutes is not None):
        yield "at_least", "is only for an impact with neither end nor minutes"
    if impact.share is not None and not impact.partial:
        yield "share", "needs partial = true"
    if impact.online is not None:
        since, until = impact.online
        if until <= since:
            yield "online.until", f"{_written(until)} is not after since, {_written(since)}"
        if (until - since).total_seconds() >= 24 * 3600:
            yield "online", "must be shorter than a day: hosts' offline hours repeat daily"
        if impact.where is None:
            yield "online", "is about resources, and there is no where"


def _node_faults(impact: Impact) -> Iterator[tuple[str, str]]:
    named = [("nodes", node) for node in impact.nodes]
    named += [("cause", impact.cause)] if impact.cause is not None else []
    for key, node in named:
        if wrong := fault_in(node) or _place_fault(node):
            yield key, wrong


def _place_fault(node: str) -> str | None:
    if place := region_in(node):
        return region_fault(*place)
    parts = parts_of(node)[1]
    return zone_fault(parts[0], parts[1]) if axis_of(node) is Axis.ZONE else None


def _target_faults(impact: Impact) -> Iterator[tuple[str, str]]:
    if not impact.nodes and impact.where is None:
        yield "nodes", "an impact needs nodes, where, or both: what did it put out?"
    if impact.where is not None and impact.cause is None:
        yield "cause", "is missing: the reason chain of matching resources begins with a domain id"
    control = [node for node in impact.nodes if axis_of(node) is Axis.CONTROL_PLANE]
    if impact.plane is Plane.DATA and control:
        yield "nodes", f"{control[0]!r} is a control plane, and the plane is data"
    if impact.plane is Plane.CONTROL and len(control) != len(impact.nodes):
        wrong = next(node for node in impact.nodes if node not in control)
        yield "nodes", f"{wrong!r} is no control plane, and the plane is control"
    if impact.plane is Plane.CONTROL and not control:
        yield "nodes", "an impact on the control plane names the control planes it took"


def _open_zone_faults(impact: Impact) -> Iterator[tuple[str, str]]:
    zones = [
        value
        for atom in (atoms(impact.where) if impact.where is not None else ())
        if isinstance(atom, PlaceAtom) and atom.column is Column.ZONE
        for value in atom.values
    ]
    is_open = any(name.endswith(f"/{CANDIDATE}") for name in (*impact.nodes, *zones))
    if is_open and impact.one_zone_of is None:
        yield "one_zone_of", f"is missing: a zone is written {CANDIDATE!r}, and of which region?"
    if impact.one_zone_of is not None:
        if not is_open:
            yield "one_zone_of", f"is given, but no node or condition has the zone {CANDIDATE!r}"
        if wrong := region_fault(*impact.one_zone_of):
            yield "one_zone_of", wrong
