"""Machines at several providers that one agent's update channel can take together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from auditor.estate.graph import Estate, NodeKind
from auditor.model.domain import Axis, axis_of
from auditor.outages.nodes import parts_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """An agent on all machines of one system at two providers or more.

    Attributes:
        node: of the agent.
        family: operating system.
        hosts: nodes of the machines, ascending.
        providers: sorted.
        rows: of the graph, one need of a machine per provider that says it has the agent.
        sure: false where some are not known to have it.
    """

    node: int
    family: str
    hosts: tuple[int, ...]
    providers: tuple[str, ...]
    rows: tuple[int, ...]
    sure: bool


def channels(estate: Estate) -> Iterator[Channel]:
    """Yield every such agent, by node; each provider has a machine that is known to have it."""
    hosts = _hosts(estate)
    graph = estate.graph
    need = np.repeat(np.arange(graph.owner.size), np.diff(graph.start))
    for node in np.flatnonzero(estate.kinds == NodeKind.DOMAIN).tolist():
        if axis_of(estate.names[node]) is not Axis.AGENT:
            continue
        family = parts_of(estate.names[node])[1][-1]
        machines = hosts.filter(pl.col("os") == family)
        rows = need[graph.member == node]
        known = pl.DataFrame(
            {"host": graph.owner[rows].astype(np.int64), "row": rows, "sure": graph.unknown[rows] < 0}
        )
        having = machines.join(known, on="host", how="inner").sort("host", "row")
        told = having.filter("sure").group_by("provider").agg(pl.col("row").first()).sort("provider")
        several = machines["provider"].n_unique() > 1
        if not several or having["host"].n_unique() < machines.height:
            continue
        if told.height == machines["provider"].n_unique():
            yield Channel(
                node=node,
                family=family,
                hosts=tuple(machines["host"].to_list()),
                providers=tuple(told["provider"].to_list()),
                rows=tuple(told["row"].to_list()),
                sure=having.filter("sure")["host"].n_unique() == machines.height,
            )


def _hosts(estate: Estate) -> pl.DataFrame:
    """Return host (node), provider, os of every machine whose system is known, by node."""
    inventory = estate.inventory
    hosts = inventory.fact_frame("host").filter(pl.col("value") == "true").select("resource")
    systems = inventory.fact_frame("os").select("resource", os=pl.col("value").str.strip_chars('"'))
    where = inventory.resources.select("provider").with_row_index("resource")
    joined = hosts.join(systems, on="resource").join(where, on="resource").sort("resource")
    return joined.select(pl.col("resource").cast(pl.Int64).alias("host"), "provider", "os")
