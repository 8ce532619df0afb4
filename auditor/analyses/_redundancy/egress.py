"""Machines that leave their network through a gateway in another zone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.analyses._redundancy.found import Link
from auditor.analyses._redundancy.values import unfolded
from auditor.estate.graph import Estate
from auditor.kernels.plan import Bools
from auditor.model.evidence import Evidence

EGRESS, STANDS_IN = "egress", "egress.subnets"
_RUNNERS = ("aws.ecs.service", "aws.eks.nodegroup", "aws.lambda.function")
"""Kinds that run programs of yours in a subnet and are no machine."""
_SUBNET = "subnet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exits:
    """One zone that others leave through.

    Attributes:
        provider, region, zone: of the gateways.
        subnets: nodes of the subnets in other zones, with the step to the gateway.
        machines: nodes of what runs in them with no other subnet to be in, with the steps to the gateway.
        runners: nodes of all that runs programs in a subnet.
    """

    provider: str
    region: str
    zone: str
    subnets: Mapping[int, tuple[Link, ...]]
    machines: Mapping[int, tuple[Link, ...]]
    runners: NDArray[np.int64]


def exits(estate: Estate) -> Iterator[Exits]:
    """Yield every zone with gateways that subnets of other zones leave through, by zone."""
    facts = unfolded(estate.inventory.facts.filter(pl.col("name").is_in([EGRESS, STANDS_IN])))
    if not facts.height:
        return
    zones = _zones(estate)
    homes = _homes(estate, facts, zones)
    runners = _runners(estate)
    table = facts.filter(pl.col("name") == EGRESS).join(homes, on="node").sort("node", "value")
    for part in table.partition_by("zone", maintain_order=True):
        zone = str(part["zone"][0])
        away = {
            node: (_link(estate, node, value, evidence, origin),)
            for node, value, evidence, origin in part.select(
                "node", "value", "evidence", "origin"
            ).iter_rows()
            if zones.get(node, zone) != zone
        }
        if not away:
            continue
        provider, region = estate.inventory.resources.select("provider", "region").row(next(iter(away)))
        inside = np.array([node for node, where in zones.items() if where == zone], np.int64)
        yield Exits(
            provider=provider,
            region=region or "",
            zone=zone,
            subnets=away,
            machines=_machines(estate, away, inside, runners),
            runners=runners,
        )


def _zones(estate: Estate) -> dict[int, str]:
    """Return the one zone of each resource that others may be in or leave through."""
    single = estate.inventory.resources.with_row_index("node").filter(
        (pl.col("zones").list.len() == 1) & pl.col("kind").str.contains("subnet|natgateway")
    )
    pairs = single.select("node", pl.col("zones").list.first()).iter_rows()
    return {int(node): str(zone) for node, zone in pairs}


def _homes(estate: Estate, facts: pl.DataFrame, zones: Mapping[int, str]) -> pl.DataFrame:
    """Return node, zone of the subnets all of whose gateways stand in one zone."""
    told = facts.filter(pl.col("name") == STANDS_IN)
    bare = facts.filter(pl.col("name") == EGRESS).join(told, on="node", how="anti")
    refs = pl.concat([told, bare]).select("node", alias=pl.col("value").str.to_lowercase())
    known = estate.inventory.aliases.join(refs, on="alias", how="semi").select("alias", at="resource")
    own = [(ref, at) for ref in refs["alias"].unique() if (at := estate.index.get(ref)) is not None]
    both = pl.concat([known, pl.DataFrame(own, schema=known.schema, orient="row")]).unique("alias")
    placed = [(at, zone) for at in both["at"].unique() if (zone := zones.get(at)) is not None]
    where = pl.DataFrame(placed, schema={"at": pl.UInt32, "zone": pl.String}, orient="row")
    found = refs.join(both, on="alias", how="left").join(where, on="at", how="left")
    single = found.group_by("node").agg(pl.col("zone").first(), count=pl.col("zone").n_unique())
    return single.filter((pl.col("count") == 1) & pl.col("zone").is_not_null()).select("node", "zone")


def _runners(estate: Estate) -> NDArray[np.int64]:
    hosts = estate.inventory.fact_frame("host").filter(pl.col("value") == "true")["resource"]
    others = estate.inventory.resources.with_row_index("row").filter(pl.col("kind").is_in(_RUNNERS))["row"]
    return np.union1d(hosts.to_numpy(), others.to_numpy()).astype(np.int64)


def _machines(
    estate: Estate,
    away: Mapping[int, tuple[Link, ...]],
    inside: NDArray[np.int64],
    runners: NDArray[np.int64],
) -> dict[int, tuple[Link, ...]]:
    """Return what runs in subnets of which too few are left once the zone takes its own and their gateway."""
    graph = estate.graph
    owner = np.repeat(np.arange(graph.owner.size), np.diff(graph.start))
    through: Bools = np.isin(graph.member, list(away))
    taken = np.bincount(owner[through | np.isin(graph.member, inside)], minlength=graph.owner.size)
    short = np.diff(graph.start) - taken < graph.k_best
    role = graph.texts.index(_SUBNET) if _SUBNET in graph.texts else -1
    hit = through & (short & (graph.role == role) & np.isin(graph.owner, runners))[owner]
    found: dict[int, tuple[Link, ...]] = {}
    for at in np.flatnonzero(hit).tolist():
        need, subnet = int(owner[at]), int(graph.member[at])
        step = Link(
            node=estate.names[graph.owner[need]],
            on=estate.names[subnet],
            role=_SUBNET,
            evidence=list(Evidence)[int(graph.evidence[need])].value,
            origin=graph.texts[graph.origin[need]],
        )
        found.setdefault(int(graph.owner[need]), (step, *away[subnet]))
    return found


def _link(estate: Estate, node: int, value: str, evidence: str, origin: str) -> Link:
    return Link(node=estate.names[node], on=value, role=EGRESS, evidence=evidence, origin=origin)
