"""Domain ids and conditions of one place, rewritten for another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from auditor.model.domain import Axis, axis_of, service_of
from auditor.outages.counterparts import fact_there, kinds_there, service_there
from auditor.outages.nodes import parts_of
from auditor.outages.predicate import (
    CANDIDATE,
    AllOf,
    AnyOf,
    Column,
    FactAtom,
    Not,
    PlaceAtom,
    Predicate,
    atoms,
)
from auditor.outages.schema import EVERY_REGION

WHOLE = "belongs to the whole provider"
OTHER = "another place of the same outage"
NONE_THERE = "no counterpart there"
VENDOR = "a vendor is no place"

_ALL_REGIONS = frozenset({"global", EVERY_REGION})
_NO_REGION = 2
"""Parts of a domain id that names provider and service alone: ``aws/iam``."""


class _BehindError(Exception):
    """A domain id does not come along; why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotThereError(Exception):
    """What a condition asks for cannot be at the other place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What did not come along: domain ids by reason, facts that cannot be asked, whole effects."""

    nodes: dict[str, set[str]] = field(default_factory=dict)
    facts: list[str] = field(default_factory=list)
    impacts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One way from a place to another.

    Attributes:
        old, new: provider and region; region None where a global outage goes to another provider.
        old_zones: zones the outage was bound to, ``?`` for the one nobody named.
        new_zone: what takes their place; None where the region has none and stands for them itself.
        left: filled on the way.
        services: (service, its counterpart), filled on the way.
    """

    old: tuple[str, str | None]
    new: tuple[str, str | None]
    old_zones: frozenset[str]
    new_zone: str | None
    left: Left
    services: set[tuple[str, str]] = field(default_factory=set)

    def node(self, node: str) -> str | None:
        """Return the domain id at the new place, None where it has none there; then it is noted as left."""
        try:
            return self._there(node)
        except _BehindError as behind:
            self.left.nodes.setdefault(behind.reason, set()).add(node)
            return None

    def cause(self, cause: str | None, where: Predicate) -> str:
        """Return the domain id at the head of reason chains.

        At another provider the service of what meets the condition: where one provider's machines hang on its
        storage, another's do not. The place itself where there is none.
        """
        if cause is not None and self.old[0] != self.new[0] and self.new[1] is not None:
            kinds = (
                atom for atom in atoms(where) if isinstance(atom, PlaceAtom) and atom.column is Column.KIND
            )
            if service := next((found for atom in kinds if (found := service_of(atom.values[0]))), None):
                return f"service:{self.new[0]}/{self.new[1]}/{service}"
        try:
            if cause is not None:
                return self._there(cause)
        except _BehindError:
            pass
        return f"provider:{self.new[0]}" if self.new[1] is None else self._region()

    def opens(self, nodes: tuple[str, ...], where: Predicate | None) -> bool:
        """Return whether the zone is left open in what was moved."""
        asked = [atom for atom in (atoms(where) if where is not None else ()) if isinstance(atom, PlaceAtom)]
        zones = [value for atom in asked if atom.column is Column.ZONE for value in atom.values]
        return any(name.endswith(f"/{CANDIDATE}") for name in (*nodes, *zones))

    def _there(self, node: str) -> str:
        axis, parts = axis_of(node), parts_of(node)[1]
        if axis in {Axis.AGENT, Axis.OS}:
            return node
        if axis is Axis.VENDOR:
            raise _BehindError(VENDOR)
        if axis is Axis.PROVIDER:
            raise _BehindError(WHOLE)
        if parts[0] != self.old[0]:
            raise _BehindError(OTHER)
        if axis in {Axis.ZONE, Axis.REGION}:
            return self._place_node(axis, parts[1])
        return self._service(node.partition(":")[0], parts)

    def _region(self) -> str:
        return f"region:{self.new[0]}/{self.new[1]}"

    def _place_node(self, axis: Axis | None, code: str) -> str:
        ours = self.old_zones if axis is Axis.ZONE else {self.old[1]}
        if code not in ours or self.new[1] is None:
            raise _BehindError(OTHER)
        zonal = axis is Axis.ZONE and self.new_zone is not None
        return f"zone:{self.new[0]}/{self.new_zone}" if zonal else self._region()

    def _service(self, kind: str, parts: tuple[str, ...]) -> str:
        once, service = len(parts) == _NO_REGION, parts[-1]
        where = "global" if once else parts[1]
        if where in _ALL_REGIONS and self.new[1] is not None:
            raise _BehindError(WHOLE)
        if where not in _ALL_REGIONS and where != self.old[1]:
            raise _BehindError(OTHER)
        there = service_there(service, self.old[0], self.new[0], everywhere=where == "global")
        if there is None:
            raise _BehindError(NONE_THERE)
        self.services.add((service, there))
        middle = () if once else (where if self.new[1] is None else self.new[1],)
        return f"{kind}:{'/'.join((self.new[0], *middle, there))}"

    def predicate(self, predicate: Predicate) -> Predicate | None:
        """Return the condition at the new place, None where nothing of it can be asked there.

        Raises:
            NotThereError: nothing there can meet it.
        """
        match predicate:
            case AllOf(parts=parts):
                asked = tuple(found for part in parts if (found := self.predicate(part)) is not None)
                return AllOf(parts=asked) if asked else None
            case AnyOf(parts=parts):
                return self._any(parts)
            case Not(part=part):
                return self._not(part)
            case FactAtom():
                return self._fact(predicate)
            case PlaceAtom():
                return self._place(predicate)

    def _any(self, parts: tuple[Predicate, ...]) -> Predicate | None:
        found: list[Predicate] = []
        unasked = False
        for part in parts:
            try:
                moved = self.predicate(part)
            except NotThereError:
                continue
            if moved is None:
                unasked = True
            else:
                found.append(moved)
        if unasked:  # one of the ways to meet it is open, so it decides nothing
            return None
        if not found:
            raise NotThereError
        return AnyOf(parts=tuple(found))

    def _not(self, part: Predicate) -> Predicate | None:
        try:
            moved = self.predicate(part)
        except NotThereError:  # what cannot be there is not there
            return None
        return None if moved is None else Not(part=moved)

    def _fact(self, atom: FactAtom) -> FactAtom | None:
        there = atom.fact if self.old[0] == self.new[0] else fact_there(atom.fact, self.new[0])
        if there is None:
            self.left.facts.append(atom.fact)
            return None
        return replace(atom, fact=there)

    def _place(self, atom: PlaceAtom) -> PlaceAtom:
        column, values = atom.column, self._values(atom)
        if column is Column.ZONE and self.new_zone is None:
            column = Column.REGION
        if not values:
            raise NotThereError
        return PlaceAtom(column=column, values=values)

    def _values(self, atom: PlaceAtom) -> tuple[str, ...]:
        (old, home), (new, place) = self.old, self.new
        match atom.column:
            case Column.PROVIDER:
                return (new,) if old in atom.values else ()
            case Column.REGION:
                return (f"{new}/{place}",) if place is not None and f"{old}/{home}" in atom.values else ()
            case Column.ZONE:
                zones = {f"{old}/{zone}" for zone in self.old_zones}
                return (f"{new}/{self.new_zone or place}",) if zones.intersection(atom.values) else ()
            case Column.SERVICE:
                return self._services(atom.values)
            case Column.KIND:
                kinds = (kind for value in atom.values for kind in kinds_there(value, old, new))
                return tuple(dict.fromkeys(kinds))

    def _services(self, names: tuple[str, ...]) -> tuple[str, ...]:
        found = {name: service_there(name, self.old[0], self.new[0]) for name in names}
        pairs = {(name, there) for name, there in found.items() if there is not None}
        self.services.update(pairs)
        return tuple(sorted({there for _, there in pairs}))
