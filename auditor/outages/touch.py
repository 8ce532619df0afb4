"""What an impact touches in an inventory: domain nodes, matching resources, and those it may have touched."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from auditor.inventory import Inventory
from auditor.outages.columns import FALSE, TRUE, UNKNOWN, Columns, Truth, columns
from auditor.outages.nodes import resolved
from auditor.outages.online import offline
from auditor.outages.predicate import (
    CANDIDATE,
    AllOf,
    AnyOf,
    Atom,
    Column,
    FactAtom,
    Not,
    PlaceAtom,
    Predicate,
)
from auditor.outages.schema import Impact
from auditor.outages.vendors import hit_vendors

Bools: TypeAlias = NDArray[np.bool_]

PLACE_FACTS = {Column.REGION: "region", Column.ZONE: "zone"}
"""Names under which an unknown placement is reported among the missing facts."""

VENDOR_FACT = "vendor-services"
"""Reported where a vendor stands in the place, and nobody said what it uses there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Touch:
    """What one impact touches.

    Attributes:
        nodes: domain ids out for certain (the impact's own, resolved), sorted.
        maybe_nodes: vendors that stand where the impact happened without saying what they use there.
        yes: bool [resources], those that met the condition. For an impact on the control plane alone these
            do not go out: they are the ones that could not be changed.
        maybe: bool [resources], those of which a missing fact would decide.
        facts: the missing facts behind ``maybe`` and ``maybe_nodes``, sorted.
        facts_by: fact to bool [resources]: for whom it would decide.
    """

    nodes: tuple[str, ...]
    yes: Bools
    maybe: Bools
    facts: tuple[str, ...]
    facts_by: dict[str, Bools]
    maybe_nodes: tuple[str, ...] = ()


def touched(impact: Impact, inventory: Inventory, *, zone: str | None = None) -> Touch:
    """Return what an impact touches; pure, and vectorised over the resources.

    ``zone`` is the candidate (a physical zone id) for an impact in a zone nobody named; without one, its
    zone nodes are left out and zonal resources of the region are unknown.
    """
    view = columns(inventory)
    condition = None if impact.where is None else with_candidate(impact.where, impact, zone)
    found = np.full(len(view), FALSE, np.int8)
    facts_by: dict[str, Bools] = {}
    if condition is not None:
        found = evaluate(condition, view)
        if impact.online is not None:
            found = np.where(offline(view, impact.online), FALSE, found)
        facts_by = _missing(condition, view, found == UNKNOWN)
    nodes = resolved(impact, inventory, zone)
    vendors = hit_vendors(impact, condition, inventory)
    certain = {vendor for vendor, sure in vendors.items() if sure}
    possible = set(vendors) - certain
    return Touch(
        nodes=tuple(sorted({*nodes, *certain})),
        maybe_nodes=tuple(sorted(possible - set(nodes))),
        yes=found == TRUE,
        maybe=found == UNKNOWN,
        facts=tuple(sorted({*facts_by, *([VENDOR_FACT] if possible else [])})),
        facts_by=facts_by,
    )


def evaluate(predicate: Predicate, view: Columns) -> Truth:
    """Return the truth of a predicate for every resource."""
    match predicate:
        case AllOf(parts=parts):
            return reduce(np.minimum, (evaluate(part, view) for part in parts))
        case AnyOf(parts=parts):
            return reduce(np.maximum, (evaluate(part, view) for part in parts))
        case Not(part=part):
            return TRUE - evaluate(part, view)
        case _:
            return view.atom(predicate)


def with_candidate(predicate: Predicate, impact: Impact, zone: str | None) -> Predicate:
    """Return the predicate with the open zone filled in; without a candidate it stays open."""
    match predicate:
        case AllOf(parts=parts):
            return AllOf(parts=tuple(with_candidate(part, impact, zone) for part in parts))
        case AnyOf(parts=parts):
            return AnyOf(parts=tuple(with_candidate(part, impact, zone) for part in parts))
        case Not(part=part):
            return Not(part=with_candidate(part, impact, zone))
        case PlaceAtom(column=Column.ZONE, values=values) if any(CANDIDATE in each for each in values):
            if zone is None and impact.one_zone_of is not None:
                home = PlaceAtom(column=Column.REGION, values=("/".join(impact.one_zone_of),))
                return AllOf(parts=(home, predicate))
            filled = tuple(value.replace(CANDIDATE, zone or CANDIDATE) for value in values)
            return PlaceAtom(column=Column.ZONE, values=filled)
        case _:
            return predicate


def _missing(predicate: Predicate, view: Columns, undecided: Bools) -> dict[str, Bools]:
    # A missing fact would decide only where its atom and everything above it are unknown.
    found: dict[str, Bools] = {}

    def descend(part: Predicate, open_above: Bools) -> None:
        if not open_above.any():
            return
        still_open = open_above & (evaluate(part, view) == UNKNOWN)
        if isinstance(part, AllOf | AnyOf):
            for inner in part.parts:
                descend(inner, still_open)
        elif isinstance(part, Not):
            descend(part.part, still_open)
        elif still_open.any():
            name = _fact_of(part)
            found[name] = found[name] | still_open if name in found else still_open

    descend(predicate, undecided)
    return dict(sorted(found.items()))


def _fact_of(atom: Atom) -> str:
    return atom.fact if isinstance(atom, FactAtom) else PLACE_FACTS.get(atom.column, atom.column.value)
