"""A standby together with what must be up to bring it in: one node that needs both."""

from __future__ import annotations

import polars as pl

from auditor.estate.draft import Draft
from auditor.estate.graph import NodeKind
from auditor.model.evidence import Evidence


def add_activations(draft: Draft, via: pl.DataFrame) -> None:
    """Put an activation node in place of every delayed member that something must switch to.

    Args:
        draft: whose members are replaced; two needs of one standby by one road share the node.
        via: member (row of the draft's members), node: what the switch needs.
    """
    if via.is_empty():
        return
    roads = via.unique().sort("member", "node").group_by("member", maintain_order=True).agg(roads="node")
    standbys = draft.standbys().rename({"node": "replica"})
    switched = standbys.join(roads, on="member", how="inner").sort("member")
    if switched.is_empty():
        return
    draft.replace_nodes(switched["member"].to_numpy(), activations(draft, switched).to_numpy())


def activations(draft: Draft, switched: pl.DataFrame) -> pl.Series:
    """Return the activation node of each row of ``switched`` (replica, roads), made where not there."""
    distinct = switched.select("replica", "roads").unique().sort("replica", "roads")
    known = draft.nodes.others(NodeKind.ACTIVATION)
    name = draft.nodes.name_of()
    names = [
        f"activation:{name(replica)}+{'+'.join(name(road) for road in roads)}"
        for replica, roads in distinct.iter_rows()
    ]
    nodes = [draft.nodes.add(each, NodeKind.ACTIVATION) for each in names]
    made = distinct.with_columns(activation=pl.Series(nodes, dtype=pl.Int32))
    new = made.filter(pl.Series([each not in known for each in names], dtype=pl.Boolean))
    origin = "switching to a standby"
    replicas = new.select(owner="activation", node="replica")
    draft.add_each(replicas, "replica", evidence=Evidence.CONFIGURED, origin=origin)
    needed = new.select("activation", "roads").explode("roads").select(owner="activation", node="roads")
    draft.add_each(needed, "switch", evidence=Evidence.CONFIGURED, origin=origin)
    joined = switched.join(made, on=["replica", "roads"], how="left", maintain_order="left")
    return joined["activation"]
