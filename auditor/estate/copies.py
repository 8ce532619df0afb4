"""Copies that take over only by hand: standbys wherever their source is needed."""

from __future__ import annotations

import numpy as np
import polars as pl

from auditor.estate.activation import activations
from auditor.estate.draft import CERTAIN, EVIDENCE_CODE, Draft
from auditor.estate.graph import NodeKind
from auditor.estate.link import Uses, link
from auditor.inventory import Inventory
from auditor.inventory.tables import decode_value
from auditor.model.domain import Axis, control_plane_id, service_id, service_of
from auditor.model.evidence import Evidence

_BY_HAND = (60.0, 240.0)
"""Minutes until people have promoted a copy, assumed where its owner declares nothing."""


def copies_of(draft: Draft, inventory: Inventory) -> pl.DataFrame:
    """Return copy, source (nodes) of every resource that says what it is a copy of, where that is known."""
    stated = inventory.fact_frame("replica_of").select(
        owner=pl.col("resource").cast(pl.Int32), ref=pl.col("value").str.strip_chars('"')
    )
    uses = Uses(
        ref=stated["ref"],
        by=np.arange(stated.height),
        owner=stated["owner"].to_numpy(),
        evidence=np.full(stated.height, EVIDENCE_CODE[Evidence.CONFIGURED], np.uint8),
    )
    found = stated.with_columns(source=pl.Series(link(uses, draft.nodes, inventory).node))
    found = found.filter((pl.col("source") >= 0) & (pl.col("source") != pl.col("owner")))
    return found.select(copy="owner", source="source").sort("source", "copy")


def stored_elsewhere(draft: Draft, inventory: Inventory) -> pl.DataFrame:
    """Return copy, source (nodes) of data also kept elsewhere, where nobody is sent while all is well.

    A replica is another resource; a secondary region is that region's service, which serves after a failover.
    """
    replicas = inventory.fact_frame("replicas").select("resource", "value")
    stated = [
        (row, _replica_id(inventory, row, name)) for row, v in replicas.iter_rows() for name in _texts(v)
    ]
    ids = inventory.resources.select("id").with_row_index("row")
    known = dict(ids.filter(pl.col("id").is_in([id_ for _, id_ in stated])).select("id", "row").iter_rows())
    rows = [(known[id_], row) for row, id_ in stated if id_ in known and known[id_] != row]
    for row, value in inventory.fact_frame("secondary_region").select("resource", "value").iter_rows():
        place = inventory.resources.row(row, named=True)
        service = service_of(place["kind"])
        region = str(decode_value(value)).lower().replace(" ", "")
        if service is not None:
            name = service_id(place["provider"], region, service)
            rows.append((draft.nodes.add(name, NodeKind.DOMAIN), row))
    schema = {"copy": pl.Int32, "source": pl.Int32}
    return pl.DataFrame(sorted(set(rows)), schema=schema, orient="row")


def _texts(value: str) -> tuple[str, ...]:
    found = decode_value(value)
    return tuple(map(str, found)) if isinstance(found, tuple | list) else (str(found),)


def _replica_id(inventory: Inventory, row: int, name: str) -> str:
    """Return the id of a replica told by its id or by its region, where the rest of the id is the same."""
    place = inventory.resources.row(row, named=True)
    return name if ":" in name else str(place["id"]).replace(f":{place['region']}:", f":{name}:", 1)


def add_copies(draft: Draft, inventory: Inventory, copies: pl.DataFrame) -> None:
    """Let each copy stand by, by hand, in every need that its source alone can meet now.

    Promoting it needs the control plane where it is. How long that takes is the owner's ``failover_minutes``,
    else a rule of thumb; how much is lost on the way nobody knows.
    """
    uses = _uses(draft, copies)
    if uses.is_empty():
        return
    roads = _roads(draft, inventory, uses.select("copy", "source").unique().sort("copy", "source"))
    standbys = uses.join(roads, on=["copy", "source"], how="left", maintain_order="left")
    made = standbys.select(
        "need",
        "delay_low",
        "delay_high",
        node=activations(draft, standbys.select("roads", replica="copy")),
        manual=pl.lit(True),
        unknown=pl.lit(CERTAIN, dtype=pl.Int32),
        loss_low=pl.lit(None, dtype=pl.Float64),
        loss_high=pl.lit(None, dtype=pl.Float64),
    )
    draft.extend_members(made)
    draft.assume(
        "copies are taken to be promoted by hand within one to four hours, as nobody measured it here",
        roads.filter("assumed").height,
        "declare failover_minutes and tested_on on them",
    )


def _uses(draft: Draft, copies: pl.DataFrame) -> pl.DataFrame:
    """Return need, copy, source: needs that a source alone can meet, and the copies they do not name yet."""
    named = np.zeros(len(draft.nodes), np.bool_)
    named[copies["copy"].to_numpy()] = named[copies["source"].to_numpy()] = True
    members = draft.members_of(named)
    alone = members.filter(pl.col("k_worst") == 1)
    uses = alone.join(copies.rename({"source": "node"}), on="node", how="inner")
    # A need that names the copy already says how it takes over.
    uses = uses.join(members, left_on=["need", "copy"], right_on=["need", "node"], how="anti")
    return uses.select("need", "copy", source="node").unique(["need", "copy"]).sort("need", "copy")


def _roads(draft: Draft, inventory: Inventory, copies: pl.DataFrame) -> pl.DataFrame:
    """Return copy, source, roads, delay_low, delay_high, assumed: what promoting each copy takes."""
    declared = {
        row: float(str(decode_value(value)))
        for row, value, _ in inventory.fact_frame("failover_minutes").iter_rows()
    }
    rows = []
    for copy, source in copies.iter_rows():
        planes = [draft.nodes.add(name, NodeKind.DOMAIN) for name in _plane(draft, inventory, copy)]
        # A service of another region is nobody's resource: its source says how long a failover takes.
        minutes = declared.get(copy if copy < len(inventory) else source)
        low, high = _BY_HAND if minutes is None else (minutes, minutes)
        rows.append((copy, source, planes, low, high, minutes is None))
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "copy": pl.Int32,
        "source": pl.Int32,
        "roads": pl.List(pl.Int32),
        "delay_low": pl.Float64,
        "delay_high": pl.Float64,
        "assumed": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _plane(draft: Draft, inventory: Inventory, copy: int) -> list[str]:
    if copy >= len(inventory):
        return [draft.nodes.name_of()(copy).replace(Axis.SERVICE, Axis.CONTROL_PLANE, 1)]
    place = inventory.resources.row(copy, named=True)
    service = service_of(place["kind"])
    if service is None or place["region"] is None:
        return []
    return [control_plane_id(place["provider"], place["region"], service)]
