"""Losses that stop nothing that runs: with a place go the keys, registries and gateways that stand in it.

Each is a place of the graph together with all that could not start, or reach anything, without what stands
there. Whether that leaves a redundancy with too few members is for the kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from auditor.analyses._redundancy.claims import Pool
from auditor.analyses._redundancy.egress import Exits, exits
from auditor.analyses._redundancy.found import Claimed, Link, Sort
from auditor.analyses._redundancy.sorts import WIDE
from auditor.analyses._redundancy.values import SORTS, Home, homes, values
from auditor.estate.graph import Estate, NodeKind
from auditor.model.domain import account_id, provider_id, region_id, zone_id

Ends = Callable[[int], tuple[Link, ...]]
"""The steps from a node to what it cannot do without, none where it is not taken along."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hang:
    """One such loss.

    Attributes:
        sort: of what stands there.
        place: domain id, or what is one for all who use it.
        head: node of the place, None where the graph has none.
        nodes: what is taken along, ascending.
        ends: the steps from one of them.
        asked: numbers of the claims that should survive the loss of the place.
    """

    sort: Sort
    place: str
    head: int | None
    nodes: tuple[int, ...]
    ends: Ends
    asked: tuple[int, ...]

    @property
    def loss(self) -> tuple[int, ...]:
        """Nodes out together."""
        return (*(() if self.head is None else (self.head,)), *self.nodes)


def hangs(estate: Estate, pools: Sequence[Pool]) -> tuple[Hang, ...]:
    """Return every such loss that a claim should survive, narrower places before wider ones."""
    found = [*_of_values(estate, pools), *_of_exits(estate, pools)]
    return tuple(each for each in found if each.asked and each.nodes)


def _of_values(estate: Estate, pools: Sequence[Pool]) -> Iterator[Hang]:
    wide = tuple(at for at, pool in enumerate(pools) if pool.claimed in WIDE and len(pool.regions) != 1)
    if not wide:
        return
    named = values(estate)
    where = homes(estate, named["value"].unique().sort().to_list())
    frame = named.join(_frame(where), on="value").join(_own(estate), on="node").sort("node", "value")
    across = tuple(at for at in wide if len(pools[at].accounts) > 1)
    clouds = tuple(at for at in wide if pools[at].claimed is Claimed.PROVIDER)
    outside = pl.col("own_provider").ne_missing(pl.col("provider"))
    abroad = outside | pl.col("own_region").ne_missing(pl.col("region"))
    # Images of the provider's own come from accounts nobody here could lose alone.
    ours = pl.col("account").is_in(estate.inventory.resources["account"].unique().to_list())
    apart = ours & (outside | pl.col("own_account").ne_missing(pl.col("account")))
    for key, away, asked in (
        ("region", abroad, wide),
        ("account", apart, across),
        ("provider", outside, clouds),
    ):
        if asked:
            yield from _placed(estate, frame.filter(pl.col(key).is_not_null() & away), key, asked)
    for (name, value), part in _parts(frame.filter("lone"), "name", "value"):
        yield Hang(
            sort=SORTS[name],
            place=value,
            head=None,
            nodes=_nodes(part),
            ends=_ends(estate, part),
            asked=wide,
        )


def _placed(estate: Estate, frame: pl.DataFrame, key: str, asked: tuple[int, ...]) -> Iterator[Hang]:
    for (name, provider, at), part in _parts(frame, "name", "provider", key):
        ids = {"region": region_id, "account": account_id}
        place = provider_id(provider) if key == "provider" else ids[key](provider, at)
        yield Hang(
            sort=SORTS[name],
            place=place,
            head=estate.index.get(place),
            nodes=_nodes(part),
            ends=_ends(estate, part),
            asked=asked,
        )


def _parts(frame: pl.DataFrame, *keys: str) -> Iterator[tuple[tuple[str, ...], pl.DataFrame]]:
    for part in frame.partition_by(list(dict.fromkeys(keys)), maintain_order=True) if frame.height else ():
        yield tuple(str(part[key][0]) for key in keys), part


def _nodes(part: pl.DataFrame) -> tuple[int, ...]:
    return tuple(part["node"].unique().sort().to_list())


def _ends(estate: Estate, part: pl.DataFrame) -> Ends:
    """Return how to find the step to a value; few of many are ever told."""
    nodes = part["node"].to_numpy()  # ascending, as the frame it is part of

    def steps(node: int) -> tuple[Link, ...]:
        at = int(np.searchsorted(nodes, node))
        if at == nodes.size or nodes[at] != node:
            return ()
        name, value, evidence, origin = part.select("name", "value", "evidence", "origin").row(at)
        return (Link(node=estate.names[node], on=value, role=name, evidence=evidence, origin=origin),)

    return steps


def _steps(ends: Mapping[int, tuple[Link, ...]], node: int) -> tuple[Link, ...]:
    return ends.get(node, ())


def _frame(where: Mapping[str, Home]) -> pl.DataFrame:
    """Return value, provider, region, account, lone."""
    none = (None, None)
    rows = [
        (value, (home.region or home.account or none)[0], (home.region or none)[1], (home.account or none)[1])
        for value, home in where.items()
    ]
    schema = dict.fromkeys(("value", "provider", "region", "account"), pl.String)
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(lone=pl.Series([home.lone for home in where.values()], dtype=pl.Boolean))


def _own(estate: Estate) -> pl.DataFrame:
    table = estate.inventory.resources.with_row_index("node")
    own = [pl.col(name).alias(f"own_{name}") for name in ("provider", "region", "account")]
    return table.select(pl.col("node").cast(pl.Int64), *own)


def _of_exits(estate: Estate, pools: Sequence[Pool]) -> Iterator[Hang]:
    """Yield each zone with the machines elsewhere that leave through it, and with their subnets."""
    zonal = [at for at, pool in enumerate(pools) if pool.claimed is Claimed.ZONE]
    if not zonal:
        return
    for out in exits(estate):
        place = zone_id(out.provider, out.zone)
        asked = [at for at in zonal if (out.provider, out.region) in pools[at].regions]
        subnets = {at for at in asked if _spread(estate, pools[at], out)}
        for ends, numbers in ((out.machines, set(asked) - subnets), (out.subnets, subnets)):
            yield Hang(
                sort=Sort.NAT,
                place=place,
                head=estate.index.get(place),
                nodes=tuple(sorted(ends)),
                ends=partial(_steps, ends),
                asked=tuple(sorted(numbers)),
            )


def _spread(estate: Estate, pool: Pool, out: Exits) -> bool:
    """Return whether a claim is that of machines spread over subnets by their service."""
    if not any(node in out.subnets for node in pool.members):
        return False
    owners = [node for node in pool.owners if estate.kinds[node] == NodeKind.RESOURCE]
    return bool(np.isin(owners, out.runners).any())
