"""What a workload needs when nobody says so: its entry points, else its roots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.estate.circular import components
from auditor.estate.draft import EVIDENCE_CODE, Draft
from auditor.estate.graph import NodeKind
from auditor.estate.membership import UNASSIGNED, Membership
from auditor.estate.steps import Reached, Steps
from auditor.estate.support import is_support
from auditor.inventory import Inventory
from auditor.inventory.tables import encode_value
from auditor.kernels.order import distinct
from auditor.kernels.rows import among
from auditor.model.domain import workload_id
from auditor.model.evidence import Evidence

_STOPPED = [
    encode_value(state)
    for state in ("stopped", "stopping", "terminated", "shutting-down", "deallocated", "deallocating")
]
_INFERRED = EVIDENCE_CODE[Evidence.INFERRED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """How workloads were tied to their resources.

    Attributes:
        of: int32 per resource, the membership without support resources that merely lie in the same account.
        roots_only: bool per workload: inferred, and its need is one of its roots.
    """

    of: NDArray[np.int32]
    roots_only: NDArray[np.bool_]


def add_entries(draft: Draft, inventory: Inventory, membership: Membership, copies: pl.DataFrame) -> Entries:
    """Give every workload without declared needs its entry points, else its roots.

    Expects the stated needs and activations in the draft, and nothing implied yet. ``copies`` (copy, source)
    are no roots beside their source.
    """
    links = _links(draft)
    component = components(links.owner, links.node, len(draft.nodes))
    own = _own(inventory, membership, component, copies)
    steps = Steps.of(
        (component[links.owner], component[links.node]), (own.component, own.workload), component.size
    )
    entered, reached = (
        steps.reached(own.component[which], own.workload[which]) for which in (own.entry, ~own.aside)
    )
    chosen = _chosen(own, entered, reached, _held(links, component))
    chosen = chosen.join(_roles(inventory), on="row", how="left", maintain_order="left")
    asked = [place for place, each in enumerate(membership.workloads) if not each.needs]
    chosen = chosen.filter(pl.col("workload").is_in(asked))
    assumed = np.array([each.evidence is Evidence.ASSUMED for each in membership.workloads], np.bool_)
    with_entries = np.zeros(assumed.size, np.bool_)
    with_entries[chosen.filter(pl.col("entry"))["workload"].unique().to_numpy()] = True
    roots_only = assumed & ~with_entries
    _add(draft, chosen, membership, roots_only)
    known = np.zeros(assumed.size, np.bool_)
    known[chosen["workload"].unique().to_numpy()] = True
    draft.assume(
        "resources beside others of their workload hold nothing up: support, stopped machines, copies",
        int(own.aside.sum()),
        "declare the workload's needs",
    )
    draft.assume(
        "declared workloads of which no resource and no need is known: nothing can be said of them",
        sum(not known[place] and not assumed[place] for place in asked),
        "check their rules, or declare their needs",
    )
    idle = _idle(own, reached, membership)
    return Entries(of=np.where(idle, UNASSIGNED, membership.of).astype(np.int32), roots_only=roots_only)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Links:
    """Needs among resources and activations, one row per member: owner, node, evidence code."""

    owner: NDArray[np.int32]
    node: NDArray[np.int32]
    evidence: NDArray[np.uint8]


def _links(draft: Draft) -> _Links:
    """Return the links among resources and activations, those of a node to itself left out."""
    inner = np.zeros(len(draft.nodes), np.bool_)
    inner[: len(draft.nodes.resources)] = True
    inner[list(draft.nodes.others(NodeKind.ACTIVATION).values())] = True
    found = [(none := np.zeros(0, np.int32), none, np.zeros(0, np.uint8))]
    for part in draft.parts:
        owner, node = part.owners, part.node
        kept = np.flatnonzero(inner[owner] & inner[node] & (owner != node))
        evidence = part.evidence
        told = (
            np.full(kept.size, evidence, np.uint8)
            if isinstance(evidence, int)
            else evidence[part.need_of(kept)]
        )
        found.append((owner[kept], node[kept], told))
    owners, nodes, evidences = zip(*found, strict=True)
    return _Links(
        owner=np.concatenate(owners), node=np.concatenate(nodes), evidence=np.concatenate(evidences)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Own:
    """Resources in workloads, a row for each workload one is in.

    Attributes:
        row, workload: which resource, in which workload.
        component: what it is in a cycle with.
        entry: users come in here.
        support, loose: only serves others; only lies in the workload's account, stack or group.
        aside: what a workload does not rest on: support resources, stopped machines, copies of others,
            unless it has nothing else.
    """

    row: NDArray[np.int32]
    workload: NDArray[np.int32]
    component: NDArray[np.int32]
    entry: NDArray[np.bool_]
    support: NDArray[np.bool_]
    loose: NDArray[np.bool_]
    aside: NDArray[np.bool_]


def _own(
    inventory: Inventory, membership: Membership, component: NDArray[np.int32], copies: pl.DataFrame
) -> _Own:
    """Return the resources of workloads, those declared rules claim twice included."""
    assigned = np.flatnonzero(membership.of != UNASSIGNED)
    claimed = membership.claimed
    row = np.concatenate([assigned, *claimed.values()]).astype(np.int32)
    workload = np.concatenate(
        [membership.of[assigned], *(np.full(rows.size, place, np.int32) for place, rows in claimed.items())]
    )
    entries = inventory.fact_frame("entry_point").filter(pl.col("value") == "true")["resource"]
    states = inventory.fact_frame("state").filter(pl.col("value").str.to_lowercase().is_in(_STOPPED))
    entry, off = _flags(inventory, entries)[row], _flags(inventory, states["resource"])[row]
    support = is_support(inventory).to_numpy()[row]
    off |= _spare(row, workload, copies)
    aside = (support | off) & ~entry
    alone = np.bincount(workload) == np.bincount(workload[aside], minlength=int(workload.max(initial=-1)) + 1)
    return _Own(
        row=row,
        workload=workload,
        component=component[row],
        entry=entry,
        support=support,
        loose=membership.loose[row],
        aside=aside & ~alone[workload],
    )


def _flags(inventory: Inventory, rows: pl.Series) -> NDArray[np.bool_]:
    """Return bool [resources]: true in these rows."""
    flags = np.zeros(len(inventory), np.bool_)
    flags[rows.to_numpy()] = True
    return flags


def _spare(row: NDArray[np.int32], workload: NDArray[np.int32], copies: pl.DataFrame) -> NDArray[np.bool_]:
    """Return which rows are copies of what is in the same workload."""
    home = pl.DataFrame({"source": row, "workload": workload})
    home = home.filter(pl.col("source").is_in(copies["source"].unique().implode()))
    spare = copies.join(home, on="source").select(row="copy", workload="workload").unique()
    found = np.zeros(row.size, np.bool_)
    at = np.flatnonzero(np.isin(row, spare["row"].to_numpy()))
    asked = pl.DataFrame({"at": at, "row": row[at], "workload": workload[at]})
    found[asked.join(spare, on=["row", "workload"], how="semi")["at"].to_numpy()] = True
    return found


def _roles(inventory: Inventory) -> pl.DataFrame:
    return inventory.fact_frame("role").select(
        row=pl.col("resource").cast(pl.Int32), role=pl.col("value").str.strip_chars('"')
    )


def _held(links: _Links, component: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Return which nodes something of their own cycle needs by configuration, not by inference.

    A machine whose settings name the load balancer in front of it is still behind it.
    """
    same = (links.evidence < _INFERRED) & (component[links.owner] == component[links.node])
    held = np.zeros(component.size, np.bool_)
    held[links.node[same]] = True
    return held


def _chosen(own: _Own, entered: Reached, reached: Reached, held: NDArray[np.bool_]) -> pl.DataFrame:
    """Return row, workload, entry of what workloads rest on: entry points, else roots."""
    with_entry = np.zeros(int(own.workload.max(initial=-1)) + 1, np.bool_)
    with_entry[own.workload[own.entry]] = True
    within = own.entry & ~entered.holds(own.component, own.workload)
    roots = ~own.aside & ~with_entry[own.workload]
    roots &= ~reached.holds(own.component, own.workload)
    at = np.flatnonzero(within | roots)
    # Where all of a cycle is held by the rest of it, any of it may be the way in.
    tied = held[own.row[at]]
    knots = np.zeros(held.size, np.bool_)
    knots[own.component[at[tied]]] = True
    free = at[~tied & knots[own.component[at]]]
    pairs = own.component.astype(np.int64) * with_entry.size + own.workload
    tied[tied] = among(pairs[at[tied]], distinct(pairs[free]))
    at = at[~tied]
    at = at[np.lexsort((own.row[at], own.workload[at]))]
    return pl.DataFrame({"row": own.row[at], "workload": own.workload[at], "entry": own.entry[at]})


def _add(draft: Draft, chosen: pl.DataFrame, membership: Membership, roots_only: NDArray[np.bool_]) -> None:
    nodes = pl.Series(workload_nodes(draft, membership))
    chosen = chosen.with_columns(owner=nodes.gather(chosen["workload"]), node="row")
    lone = pl.Series(roots_only).gather(chosen["workload"])
    grouped = chosen.filter(~lone & pl.col("role").is_not_null())
    single = chosen.filter(~lone & pl.col("role").is_null())
    for entry, role, evidence in (
        (True, "entry point", Evidence.INFERRED),
        (False, "root", Evidence.ASSUMED),
    ):
        rows = single.filter(pl.col("entry") == entry)
        draft.add_each(
            rows.select("owner", "node"), role, evidence=evidence, origin=f"each {role} of the workload"
        )
    draft.add_any(grouped, evidence=Evidence.DECLARED, origin="the same role in one workload")
    roots = chosen.filter(lone).with_columns(role=pl.lit("roots"))
    draft.add_any(roots, evidence=Evidence.ASSUMED, origin="any root of an inferred workload")
    draft.assume(
        "inferred workloads without entry points count as down only when all of their roots are out",
        int(roots_only.sum()),
        "declare workloads and what they need",
    )
    stated = chosen.filter(~lone & ~pl.col("entry"))
    draft.assume(
        "workloads without entry points are taken to need all of their roots",
        stated["workload"].n_unique(),
        "declare their needs, or tag replicas auditor:role=<name>",
    )


def workload_nodes(draft: Draft, membership: Membership) -> NDArray[np.int32]:
    """Return the node of each workload, made where not there."""
    add = draft.nodes.add
    names = [workload_id(each.name) for each in membership.workloads]
    return np.array([add(name, NodeKind.WORKLOAD) for name in names], np.int32)


def _idle(own: _Own, reached: Reached, membership: Membership) -> NDArray[np.bool_]:
    """Return support resources that only lie in an inferred workload's account, stack or group."""
    loose = own.support & own.loose
    loose[loose] = ~reached.holds(own.component[loose], own.workload[loose])
    mask = np.zeros(membership.of.size, np.bool_)
    mask[own.row[loose]] = True
    return mask
