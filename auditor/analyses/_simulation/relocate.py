"""The same failure somewhere else: an impact of an outage carried over to another region or zone.

What was bound to the place moves with it; what belongs to the whole provider (global services and their
control planes) stays behind, since those failed because of where their home is.
"""

from __future__ import annotations

from dataclasses import replace

from auditor.model.domain import Axis, axis_of
from auditor.outages.predicate import CANDIDATE, AllOf, AnyOf, Column, Not, PlaceAtom, Predicate
from auditor.outages.schema import EVERY_REGION, Impact


class NotThereError(Exception):
    """What the predicate asks for belongs to another of the outage's places."""


def relocate(
    impact: Impact, *, provider: str, home: str, region: str, zones: frozenset[str], zone: str | None
) -> Impact | None:
    """Return an impact as it would be in ``region`` (and ``zone``), None if nothing of it is bound there.

    ``home`` is the region it is taken from, ``zones`` the physical zones a source named there.
    """
    moved = _Move(provider=provider, home=home, region=region, zones=zones, zone=zone)
    nodes = tuple(dict.fromkeys(found for node in impact.nodes if (found := moved.node(node)) is not None))
    cause = None if impact.cause is None else moved.node(impact.cause)
    try:
        where = None if impact.where is None else moved.predicate(impact.where)
    except NotThereError:
        where = None
    if not nodes and where is None:
        return None
    return replace(impact, nodes=nodes, where=where, cause=cause, one_zone_of=None)


class _Move:
    """One way from a home to a place; at home nothing is lost."""

    def __init__(
        self, *, provider: str, home: str, region: str, zones: frozenset[str], zone: str | None
    ) -> None:
        self.old, self.new = f"{provider}/{home}", f"{provider}/{region}"
        self.zones = {f"{provider}/{each}" for each in zones} | {f"{provider}/{CANDIDATE}"}
        self.zone = None if zone is None else f"{provider}/{zone}"

    def node(self, node: str) -> str | None:
        """Return the domain id at the place, None where it has none there."""
        axis, rest = axis_of(node), node.partition(":")[2]
        if axis is Axis.ZONE:
            return f"zone:{self.zone}" if rest in self.zones and self.zone is not None else None
        if rest == self.old or rest.startswith(self.old + "/"):
            return f"{node.partition(':')[0]}:{self.new}{rest[len(self.old) :]}"
        if axis in {Axis.REGION, Axis.SERVICE, Axis.CONTROL_PLANE}:
            return node if self.old == self.new and _of_provider(rest) else None
        return node

    def predicate(self, predicate: Predicate) -> Predicate:
        """Return the condition at the place.

        Raises:
            NotThereError: it asks for another of the outage's places alone.
        """
        match predicate:
            case AllOf(parts=parts):
                return AllOf(parts=tuple(self.predicate(part) for part in parts))
            case AnyOf(parts=parts):
                return AnyOf(parts=self._any(parts))
            case Not(part=part):
                return Not(part=self.predicate(part))
            case PlaceAtom(column=Column.REGION, values=values):
                return PlaceAtom(column=Column.REGION, values=self._places(values, {self.old}, self.new))
            case PlaceAtom(column=Column.ZONE, values=values):
                return PlaceAtom(column=Column.ZONE, values=self._places(values, self.zones, self.zone))
            case _:
                return predicate

    def _any(self, parts: tuple[Predicate, ...]) -> tuple[Predicate, ...]:
        found = []
        for part in parts:
            try:
                found.append(self.predicate(part))
            except NotThereError:
                continue
        if not found:
            raise NotThereError
        return tuple(found)

    @staticmethod
    def _places(values: tuple[str, ...], old: set[str], new: str | None) -> tuple[str, ...]:
        if new is None or not old.intersection(values):
            raise NotThereError
        return (new,)


def _of_provider(rest: str) -> bool:
    """Return whether what follows the kind of a domain id names no region: ``aws/iam``, ``aws/global/x``."""
    parts = rest.split("/")
    return len(parts) == 2 or parts[1] in {"global", EVERY_REGION}  # noqa: PLR2004 - provider and service
