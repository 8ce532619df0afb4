"""Conditions over placement and facts of resources, as values.

They are three-valued (Kleene): true, false, or unknown where a fact is missing. ``all`` is false as soon as
one part is false, ``any`` is true as soon as one part is true, else a missing part makes them unknown;
``not`` leaves unknown unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from auditor.model.evidence import FactValue

CANDIDATE = "?"
"""Stands for the zone nobody named: in ``nodes`` (``zone:azure/?``) and in zone conditions (``azure/?``)."""


class Ask(StrEnum):
    """How a fact's value is asked about; strings compare without letter case."""

    IS = "is"
    IN = "in"
    NOT_IN = "not_in"
    ANY_IN = "any_in"
    ANY_NOT_IN = "any_not_in"
    VERSION = "version"
    PRESENT = "present"


class Column(StrEnum):
    """What can be asked of a resource's place and kind."""

    PROVIDER = "provider"
    REGION = "region"
    ZONE = "zone"
    SERVICE = "service"
    KIND = "kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactAtom:
    """Asks one fact; ``values`` are the operands (one for ``is``, ``version`` and ``present``)."""

    fact: str
    ask: Ask
    values: tuple[FactValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceAtom:
    """Asks where a resource is or what it is; any of ``values`` will do.

    Regions and zones are ``<provider>/<code>``, services as in domain ids, kinds shell patterns.
    """

    column: Column
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """True when all parts are."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """True when any part is."""

    parts: tuple[Predicate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """True when the part is false."""

    part: Predicate


Atom = FactAtom | PlaceAtom
Predicate = AllOf | AnyOf | Not | FactAtom | PlaceAtom


def atoms(predicate: Predicate) -> Iterator[Atom]:
    """Yield the atoms in reading order, repeats included."""
    if isinstance(predicate, AllOf | AnyOf):
        for part in predicate.parts:
            yield from atoms(part)
    elif isinstance(predicate, Not):
        yield from atoms(predicate.part)
    else:
        yield predicate


def fact_names(predicate: Predicate) -> tuple[str, ...]:
    """Return the facts asked, sorted, each once."""
    return tuple(sorted({atom.fact for atom in atoms(predicate) if isinstance(atom, FactAtom)}))
