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
from auditor.estate.support import is_support
from auditor.inventory import Inventory
from auditor.inventory.tables import encode_value
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
    labels = components(links["owner"].to_numpy(), links["node"].to_numpy(), len(draft.nodes))
    component = pl.Series("component", labels)
    own = _own(inventory, membership, component, copies)
    steps = _steps(links, component)
    reached = _reached(own.filter(~pl.col("aside")), own, steps)
    chosen = _chosen(own, steps, reached, _held(links, component))
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
        int(own["aside"].sum()),
        "declare the workload's needs",
    )
    draft.assume(
        "declared workloads of which no resource and no need is known: nothing can be said of them",
        sum(not known[place] and not assumed[place] for place in asked),
        "check their rules, or declare their needs",
    )
    idle = _idle(own, reached, membership)
    return Entries(of=np.where(idle, UNASSIGNED, membership.of).astype(np.int32), roots_only=roots_only)


def _links(draft: Draft) -> pl.DataFrame:
    """Return owner, node, evidence of needs among resources and activations."""
    needs, members = draft.needs, draft.members
    links = members.select(
        "node",
        owner=needs["owner"].gather(members["need"]),
        evidence=needs["evidence"].gather(members["need"]),
    )
    first = len(draft.nodes.resources)
    inner = pl.Series(sorted(draft.nodes.others(NodeKind.ACTIVATION).values()), dtype=pl.Int32).implode()
    for end in ("owner", "node"):
        links = links.filter((pl.col(end) < first) | pl.col(end).is_in(inner))
    return links.filter(pl.col("owner") != pl.col("node"))


def _own(
    inventory: Inventory, membership: Membership, component: pl.Series, copies: pl.DataFrame
) -> pl.DataFrame:
    """Return row, workload, component, entry, support, aside, role, loose of resources in workloads.

    Aside stands what a workload does not rest on: support resources, stopped machines, copies of others,
    unless it has nothing else.
    """
    pairs = pl.DataFrame({"row": np.arange(len(inventory), dtype=np.int32), "workload": membership.of})
    claimed = [
        pl.DataFrame({"row": rows.astype(np.int32), "workload": np.full(rows.size, place, np.int32)})
        for place, rows in membership.claimed.items()
    ]
    entry = inventory.fact_frame("entry_point").filter(pl.col("value") == "true")["resource"].cast(pl.Int32)
    role = inventory.fact_frame("role").select(
        row=pl.col("resource").cast(pl.Int32), role=pl.col("value").str.strip_chars('"')
    )
    facts = inventory.resources.select(support=is_support(inventory)).with_columns(
        row=pl.int_range(pl.len(), dtype=pl.Int32),
        component=component.head(len(inventory)),
        loose=pl.Series(membership.loose),
    )
    own = pl.concat([pairs.filter(pl.col("workload") != UNASSIGNED), *claimed]).join(
        facts, on="row", how="left"
    )
    own = own.join(role, on="row", how="left").with_columns(entry=pl.col("row").is_in(entry.implode()))
    return _with_aside(own, inventory, copies).sort("workload", "row")


def _with_aside(own: pl.DataFrame, inventory: Inventory, copies: pl.DataFrame) -> pl.DataFrame:
    states = inventory.fact_frame("state").filter(pl.col("value").str.to_lowercase().is_in(_STOPPED))
    stopped = states["resource"].cast(pl.Int32)
    sources = copies.select(row="copy", source="source")
    home = own.select(source="row", workload="workload")
    spare = sources.join(home, on="source").select("row", "workload", spare=pl.lit(True)).unique()
    own = own.join(spare, on=["row", "workload"], how="left")
    off = pl.col("spare").fill_null(value=False) | pl.col("row").is_in(stopped.implode())
    own = own.with_columns(aside=(pl.col("support") | off) & ~pl.col("entry"))
    alone = pl.col("aside").all().over("workload")
    return own.with_columns(aside=pl.col("aside") & ~alone).drop("spare")


def _steps(links: pl.DataFrame, component: pl.Series) -> pl.DataFrame:
    """Return component, below: which component needs which directly."""
    steps = pl.DataFrame(
        {"component": component.gather(links["owner"]), "below": component.gather(links["node"])}
    )
    return steps.filter(pl.col("component") != pl.col("below")).unique()


def _reached(seeds: pl.DataFrame, own: pl.DataFrame, steps: pl.DataFrame) -> pl.DataFrame:
    """Return component, workload: what the seeds of each workload need.

    Ways lead through the workload's own resources and through those of no workload, never through another's.
    """
    keys = ["component", "workload"]
    mine = own.select(keys).unique()
    taken = mine.select("component").unique()
    frontier = seeds.select(keys).unique()
    seen = frontier.clear()
    while not frontier.is_empty():
        found = frontier.join(steps, on="component").select(component="below", workload="workload").unique()
        found = found.join(seen, on=keys, how="anti")
        seen = pl.concat([seen, found])
        free = found.join(taken, on="component", how="anti")
        frontier = pl.concat([free, found.join(mine, on=keys, how="semi")])
    return seen


def _held(links: pl.DataFrame, component: pl.Series) -> pl.Series:
    """Return resources that something of their own cycle needs by configuration, not by inference.

    A machine whose settings name the load balancer in front of it is still behind it.
    """
    stated = links.filter(pl.col("evidence") < _INFERRED)
    same = component.gather(stated["owner"]) == component.gather(stated["node"])
    return stated.filter(same)["node"].unique()


def _chosen(own: pl.DataFrame, steps: pl.DataFrame, reached: pl.DataFrame, held: pl.Series) -> pl.DataFrame:
    """Return the rows of ``own`` that their workload rests on: entry points, else roots."""
    keys = ["component", "workload"]
    entries = own.filter(pl.col("entry"))
    tops = entries.join(_reached(entries, own, steps), on=keys, how="anti")
    others = own.filter(~pl.col("aside")).join(entries.select("workload").unique(), on="workload", how="anti")
    tops = pl.concat([tops, others.join(reached, on=keys, how="anti")])
    tops = tops.with_columns(held=pl.col("row").is_in(held.implode()))
    # Where all of a cycle is held by the rest of it, any of it may be the way in.
    return tops.filter(~pl.col("held") | pl.col("held").all().over(keys)).sort("workload", "row")


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


def _idle(own: pl.DataFrame, reached: pl.DataFrame, membership: Membership) -> NDArray[np.bool_]:
    """Return support resources that only lie in an inferred workload's account, stack or group."""
    loose = own.filter(pl.col("support") & pl.col("loose"))
    idle = loose.join(reached, on=["component", "workload"], how="anti")["row"]
    mask = np.zeros(membership.of.size, np.bool_)
    mask[idle.to_numpy()] = True
    return mask
