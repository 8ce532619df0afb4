"""Copies that take over only by hand: standbys wherever their source is needed."""

from __future__ import annotations

import polars as pl

from auditor.estate.activation import activations
from auditor.estate.draft import CERTAIN, Draft
from auditor.estate.graph import NodeKind
from auditor.estate.link import link
from auditor.inventory import Inventory
from auditor.inventory.tables import decode_value
from auditor.model.domain import control_plane_id, service_of
from auditor.model.evidence import Evidence

_BY_HAND = (60.0, 240.0)
"""Minutes until people have promoted a copy, assumed where its owner declares nothing."""


def copies_of(draft: Draft, inventory: Inventory) -> pl.DataFrame:
    """Return copy, source (nodes) of every resource that says what it is a copy of, where that is known."""
    stated = inventory.fact_frame("replica_of").select(
        owner=pl.col("resource").cast(pl.Int32),
        ref=pl.col("value").str.strip_chars('"'),
        evidence=pl.lit(Evidence.CONFIGURED.value),
    )
    found = stated.with_columns(source=link(stated, draft.nodes, inventory).node)
    found = found.filter(pl.col("source").is_not_null() & (pl.col("source") != pl.col("owner")))
    return found.select(copy="owner", source="source").sort("source", "copy")


def add_copies(draft: Draft, inventory: Inventory, copies: pl.DataFrame) -> None:
    """Let each copy stand by, by hand, in every need that its source alone can meet now.

    Promoting it needs the control plane where it is. How long that takes is the owner's ``failover_minutes``,
    else a rule of thumb; how much is lost on the way nobody knows.
    """
    members = draft.members
    wanted = (draft.needs["k_worst"] == 1).gather(members["need"])
    uses = members.filter(wanted).join(copies, left_on="node", right_on="source", how="inner")
    # A need that names the copy already says how it takes over.
    uses = uses.join(members, left_on=["need", "copy"], right_on=["need", "node"], how="anti")
    uses = uses.select("need", "copy", "unknown").unique(["need", "copy"]).sort("need", "copy")
    if uses.is_empty():
        return
    roads = _roads(draft, inventory, uses["copy"].unique().sort())
    standbys = uses.join(roads, on="copy", how="left", maintain_order="left")
    made = standbys.select(
        "need",
        "delay_low",
        "delay_high",
        node=activations(draft, standbys.select("roads", replica="copy")),
        manual=pl.lit(True),
        unknown=pl.lit(CERTAIN),
        loss_low=pl.lit(None, dtype=pl.Float64),
        loss_high=pl.lit(None, dtype=pl.Float64),
    )
    draft.extend_members(made)
    assumed = roads.filter("assumed").height
    draft.assume(
        "copies are taken to be promoted by hand within one to four hours, as nobody measured it here",
        assumed,
        "declare failover_minutes and tested_on on them",
    )


def _roads(draft: Draft, inventory: Inventory, copies: pl.Series) -> pl.DataFrame:
    """Return copy, roads, delay_low, delay_high, assumed: what promoting each copy takes."""
    declared = {
        row: float(str(decode_value(value)))
        for row, value, _ in inventory.fact_frame("failover_minutes").iter_rows()
    }
    rows = []
    for copy in copies:
        planes = [draft.nodes.add(name, NodeKind.DOMAIN) for name in _plane(inventory, copy)]
        minutes = declared.get(copy)
        low, high = _BY_HAND if minutes is None else (minutes, minutes)
        rows.append((copy, planes, low, high, minutes is None))
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "copy": pl.Int32,
        "roads": pl.List(pl.Int32),
        "delay_low": pl.Float64,
        "delay_high": pl.Float64,
        "assumed": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _plane(inventory: Inventory, copy: int) -> list[str]:
    place = inventory.resources.row(copy, named=True)
    service = service_of(place["kind"])
    if service is None or place["region"] is None:
        return []
    return [control_plane_id(place["provider"], place["region"], service)]
