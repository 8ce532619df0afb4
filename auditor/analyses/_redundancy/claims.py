"""Which redundancies an estate claims: each once, with where its members stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from auditor.analyses._neighbours import Place, Stand
from auditor.analyses._redundancy.found import Claimed
from auditor.estate import needs_of
from auditor.estate.graph import Estate, NodeKind
from auditor.model.domain import Axis, axis_of
from auditor.model.evidence import Evidence

ALIKE = "machines alike in image, template or name"
"""Origin of a claim that nobody stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where one member stands; None where it stands in none or several, or nobody knows."""

    provider: str | None
    region: Place | None
    zone: str | None
    account: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """One claim as nodes.

    Attributes:
        needed: members needed in the best case, fewer than there are.
        members: nodes, ascending; ``late`` those that serve only after a switch.
        needs: rows of the graph that state it, the first one speaks for all; none for look-alikes.
        owners: nodes that lean on it.
        spots: where the members stand, in their order.
        claimed: what it claims to survive.
    """

    needed: int
    members: tuple[int, ...]
    late: frozenset[int]
    needs: tuple[int, ...]
    owners: tuple[int, ...]
    spots: tuple[Spot, ...]
    claimed: Claimed

    @property
    def regions(self) -> frozenset[Place]:
        """Regions of the members that stand in one."""
        return frozenset(spot.region for spot in self.spots if spot.region is not None)

    @property
    def accounts(self) -> frozenset[str]:
        """Accounts of the members."""
        return frozenset(spot.account for spot in self.spots if spot.account is not None)


def pools(estate: Estate) -> tuple[Pool, ...]:
    """Return every distinct redundancy: needs that can lose a member, and machines that look alike."""
    stated = _stated(estate)
    alike = _alike(estate)
    nodes = sorted({node for each in (*stated, *alike) for node in each.members})
    spots = _spots(estate, nodes)
    return tuple(_pool(estate, each, spots) for each in (*stated, *alike))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bare:
    needed: int
    members: tuple[int, ...]
    late: frozenset[int]
    needs: tuple[int, ...]
    owners: tuple[int, ...]


def _stated(estate: Estate) -> list[_Bare]:
    """Return needs with a member to spare, those over the same members as one."""
    graph = estate.graph
    counts = np.diff(graph.start)
    # An inferred workload is down when all its roots are: nobody claims that they replace each other.
    rooted = np.isin(graph.owner, estate.workload_nodes[estate.roots_only])
    spare = np.flatnonzero((counts > graph.k_best) & ~rooted)
    if not spare.size:
        return []
    sizes = counts[spare]
    rows = np.repeat(graph.start[spare] - (np.cumsum(sizes) - sizes), sizes) + np.arange(sizes.sum())
    members = pl.DataFrame(
        {
            "need": np.repeat(spare, sizes),
            "member": graph.member[rows],
            "late": graph.delay_high[rows] > 0,
        }
    ).sort("need", "member")
    lists = members.group_by("need", maintain_order=True).agg("member", "late")
    lists = lists.with_columns(
        needed=pl.Series(graph.k_best[spare]), owner=pl.Series(graph.owner[spare]).cast(pl.Int64)
    )
    joined = lists.group_by("member", "late", "needed", maintain_order=True).agg("need", "owner")
    return [
        _Bare(
            needed=needed,
            members=tuple(member),
            late=frozenset(m for m, waits in zip(member, late, strict=True) if waits),
            needs=tuple(need),
            owners=tuple(dict.fromkeys(owner)),
        )
        for member, late, needed, need, owner in joined.iter_rows()
        if len(set(member)) > needed
    ]


def _alike(estate: Estate) -> list[_Bare]:
    """Return machines taken for replicas of each other in the best case, one of which is then enough."""
    grouped: dict[int, list[int]] = {}
    for node in np.flatnonzero(estate.replica >= 0).tolist():
        grouped.setdefault(int(estate.replica[node]), []).append(node)
    return [
        _Bare(needed=1, members=tuple(nodes), late=frozenset(), needs=(), owners=tuple(nodes))
        for _, nodes in sorted(grouped.items())
        if len(nodes) > 1
    ]


def _pool(estate: Estate, bare: _Bare, spots: Mapping[int, Spot]) -> Pool:
    standing = tuple(spots[node] for node in bare.members)
    return Pool(
        needed=bare.needed,
        members=bare.members,
        late=bare.late,
        needs=bare.needs,
        owners=bare.owners,
        spots=standing,
        claimed=_claimed(standing, turned=bool(bare.late) and _turned(estate, bare)),
    )


def _claimed(spots: Sequence[Spot], *, turned: bool) -> Claimed:
    if len({spot.provider for spot in spots} - {None}) > 1:
        return Claimed.PROVIDER
    if len({spot.region for spot in spots} - {None}) > 1:
        return Claimed.REGION
    if len({spot.zone for spot in spots} - {None}) > 1:
        return Claimed.ZONE
    return Claimed.REGION if turned else Claimed.COPY


def _turned(estate: Estate, bare: _Bare) -> bool:
    """Return whether people wrote the standby down, or a switch that stands in no region turns to it."""
    # A standby that a database keeps in its own region claims zones, whoever promotes it.
    regions = estate.inventory.resources["region"]
    for need, owner in zip(bare.needs, bare.owners, strict=False):
        declared = list(Evidence)[int(estate.graph.evidence[need])] is Evidence.DECLARED
        stated = declared or int(estate.kinds[owner]) == NodeKind.WORKLOAD
        if stated or (owner < len(regions) and regions[owner] == "global"):
            return True
    return False


def _spots(estate: Estate, nodes: Sequence[int]) -> dict[int, Spot]:
    """Return where each node stands; resources that stand alike share one value."""
    count = len(estate.inventory)
    stand = Stand(estate)
    base = {node: node if node < count else behind(estate, node) for node in nodes}
    rows = sorted({node for node in base.values() if node < count})
    known = _of_rows(estate, stand, rows)
    return {node: known.get(at) or _elsewhere(estate, stand, at) for node, at in base.items()}


def _of_rows(estate: Estate, stand: Stand, rows: Sequence[int]) -> dict[int, Spot]:
    if not rows:
        return {}
    zones = pl.col("zones")
    single = pl.when(zones.list.len() == 1).then(zones.list.first())
    table = estate.inventory.resources[rows].select("provider", "account", "region", zone=single)
    alike = table.with_columns(row=pl.Series(rows, dtype=pl.Int64)).group_by(
        "provider", "account", "region", "zone", maintain_order=True
    )
    found: dict[int, Spot] = {}
    for provider, account, region, zone, members in alike.agg("row").iter_rows():
        if region not in {None, "global"}:
            place = (provider, region)
            found |= dict.fromkeys(members, Spot(provider=provider, region=place, zone=zone, account=account))
            continue
        for row in members:
            found[row] = Spot(provider=provider, region=stand.place(row), zone=zone, account=account)
    return found


def behind(estate: Estate, node: int) -> int:
    """Return the copy that an activation brings in; any other node is itself."""
    if estate.kinds[node] != NodeKind.ACTIVATION:
        return node
    graph = estate.graph
    for row in needs_of(graph, node):
        if graph.texts[graph.role[row]] == "replica":
            return int(graph.member[graph.start[row]])
    return node


def _elsewhere(estate: Estate, stand: Stand, node: int) -> Spot:
    """Return where a domain, a workload or something unseen stands."""
    place = stand.place(node)
    name = estate.names[node]
    axis = axis_of(name)
    rest = name.partition(":")[2]
    if axis is Axis.VENDOR:
        return Spot(provider=name, region=None, zone=None, account=None)
    within = rest.partition("/")[2] if axis is Axis.ZONE else None
    above = place[0] if place is not None else None
    owner = rest.partition("/")[0] if axis is not None else above
    return Spot(provider=owner, region=place, zone=within, account=None)


def two_of(pool: Pool) -> tuple[int, ...]:
    """Return a member in service and a standby if there are both, else the first two."""
    serving = [node for node in pool.members if node not in pool.late]
    waiting = [node for node in pool.members if node in pool.late]
    return (*serving[:1], *waiting[:1]) if serving and waiting else pool.members[:2]
