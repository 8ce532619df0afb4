"""The stages of building an estate, in order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.estate.activation import add_activations
from auditor.estate.alike import places_of
from auditor.estate.arrays import freeze
from auditor.estate.circular import Straightened, drop_circular
from auditor.estate.compile import Bent, Plans, bent
from auditor.estate.copies import add_copies, copies_of, stored_elsewhere
from auditor.estate.draft import Draft
from auditor.estate.entry import add_entries, workload_nodes
from auditor.estate.explicit import add_stated
from auditor.estate.graph import Estate, Index, NodeKind
from auditor.estate.hierarchy import add_hierarchy, zone_regions
from auditor.estate.inferred import replicas
from auditor.estate.membership import UNASSIGNED, Membership, join_workloads
from auditor.estate.placement import add_placement
from auditor.estate.resolver import add_resolver
from auditor.estate.software import add_software
from auditor.estate.unseen import place_unseen
from auditor.inventory import Inventory
from auditor.model.audit import Assumption
from auditor.model.domain import vendor_id
from auditor.model.need import Need, requires
from auditor.model.workload import Vendor


def build(inventory: Inventory) -> Estate:
    """Return the dependency graph of an inventory: linked, completed by what is implied, compiled.

    Raises:
        EstateError: a declared need wants more members in service than it names.
    """
    draft = Draft(inventory.resources["id"])
    places = places_of(inventory.resources)
    membership = join_workloads(draft, inventory, places)
    workloads = workload_nodes(draft, membership)
    others = [*_vendor_needs(draft, inventory.vendors), *_workload_needs(membership, workloads)]
    stated = add_stated(draft, inventory, others)
    add_activations(draft, stated.via)
    copies = copies_of(draft, inventory)
    entries = add_entries(draft, inventory, membership, copies)
    add_copies(draft, inventory, pl.concat([copies, stored_elsewhere(draft, inventory)]))
    add_resolver(draft, inventory, places)
    zones = zone_regions(inventory)
    add_placement(draft, inventory, places, zones)
    add_software(draft, inventory)
    place_unseen(draft)
    add_hierarchy(draft, zones)
    names, kinds, renumber = draft.nodes.settle()
    first = len(inventory)
    draft.drop_repeated()
    straight = drop_circular(freeze(draft, renumber), len(names))
    lone = np.append(entries.roots_only, False)
    alike = replicas(inventory, np.where(lone[entries.of], entries.of, UNASSIGNED).astype(np.int32))
    owners = renumber[stated.unresolved["owner"].to_numpy()]
    return Estate(
        inventory=inventory,
        names=names,
        kinds=kinds,
        index=Index(names, first, {name: first + at for at, name in enumerate(names[first:])}),
        graph=straight.graph,
        plans=Plans(straight.graph, len(names)),
        workloads=membership.workloads,
        workload_nodes=renumber[workloads],
        resource_workload=entries.of,
        roots_only=entries.roots_only,
        replica=np.pad(alike, (0, len(names) - alike.size), constant_values=-1),
        circular=tuple((names[o], names[m]) for o, m in zip(straight.owner, straight.member, strict=True)),
        unresolved=tuple(
            sorted((names[o], ref) for o, ref in zip(owners, stated.unresolved["ref"], strict=True))
        ),
        references=stated.references,
        assumptions=(*draft.assumptions, *_bent(straight, bent(straight.graph))),
    )


def _vendor_needs(draft: Draft, vendors: tuple[Vendor, ...]) -> Iterator[tuple[int, Need]]:
    for vendor in vendors:
        node = draft.nodes.add(vendor_id(vendor.name), NodeKind.DOMAIN)
        hosted = requires("hosted on", *vendor.hosted_on, evidence=vendor.evidence, origin="hosted_on")
        for need in (*hosted, *vendor.needs):
            yield node, need
    unhosted = sum(not vendor.hosted_on and not vendor.needs for vendor in vendors)
    draft.assume(
        "vendors of which nobody knows what they run on are taken to depend on nothing else",
        unhosted,
        "declare hosted_on",
    )


def _workload_needs(membership: Membership, nodes: NDArray[np.int32]) -> Iterator[tuple[int, Need]]:
    for node, workload in zip(nodes, membership.workloads, strict=True):
        for need in workload.needs:
            yield int(node), need


def _bent(straight: Straightened, compiling: Bent) -> Iterator[Assumption]:
    """Return what straightening and compiling have to take for granted."""
    notes = (
        (
            "members that themselves need what they should hold up do not count as redundancy",
            straight.owner.size,
            "declare a quorum where they truly hold each other up",
        ),
        ("needs want fewer members, as circular ones do not count", straight.clipped, ""),
        (
            "needs of which no member is known to be in service are left out of the worst case",
            compiling.unserved,
            "let target health and states be read",
        ),
        ("needs want only as many members as are in service", compiling.clipped, ""),
    )
    for text, count, narrowed_by in notes:
        if count:
            yield Assumption(text=text, count=int(count), narrowed_by=narrowed_by)
