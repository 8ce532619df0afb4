"""What could break a single loss: changes as edits of the graph, one builder per axis.

Every builder copies what is lost, without the part the loss takes: a twin. A twin of a machine keeps the
machine's other needs; a twin of a whole path in another region needs that region, the same services there,
and whatever of the path does not hang on the lost domain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from auditor.analyses._advice_ground import Ground
from auditor.estate import closure
from auditor.estate.edit import NewMember, NewNode
from auditor.estate.graph import Estate, Graph, NodeKind
from auditor.model.domain import Axis, axis_of, provider_id, region_id, zone_id
from auditor.model.evidence import EXACT_ZERO, Evidence, Range
from auditor.model.need import Member, Need, requires
from auditor.model.places import region as place_of
from auditor.model.places import regions

ORIGIN = "proposed change"
STANDBY_DELAY: Range = (1.0, 2.0)
"""Minutes for a managed standby in another zone, as the providers document for theirs."""

FAILOVER_DELAY: Range = (2.0, 5.0)
"""Minutes for health-checked DNS failover: interval x threshold + time to live, usual settings."""

EFFORT = {
    Axis.ZONE: "low",
    Axis.AGENT: "low",
    Axis.OS: "high",
    Axis.ACCOUNT: "medium",
    Axis.SERVICE: "high",
    Axis.REGION: "high",
    Axis.VENDOR: "high",
    Axis.PROVIDER: "very high",
}
EFFORT_COST = {"low": 1.0, "medium": 2.0, "high": 4.0, "very high": 8.0}
"""Relative cost of an effort class; only ranks, never money."""


Edits = tuple[NewNode | NewMember, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change for one workload against one domain, as edits."""

    text: str
    domain: str
    workload: str
    effort: str
    edits: Edits
    beyond: str = ""
    """What the edits take for granted, for the reader."""


def proposals(ground: Ground, domain: str, workload: int) -> Iterator[Proposal]:
    """Yield the changes that could keep a workload (index) alive without a domain."""
    axis = axis_of(domain)
    builder = _BUILDERS.get(axis) if axis is not None else None
    if builder is None or axis is None:
        return
    made = builder(ground, domain, workload)
    if made is None:
        return
    text, edits, beyond = made
    if edits:
        name = ground.estate.workloads[workload].name
        yield Proposal(
            text=text.format(workload=name),
            domain=domain,
            workload=name,
            effort=EFFORT[axis],
            edits=tuple(edits),
            beyond=beyond,
        )


Made = tuple[str, list[NewNode | NewMember], str]


def _members(estate: Estate, need: int) -> Iterable[int]:
    graph = estate.graph
    return (int(m) for m in graph.member[graph.start[need] : graph.start[need + 1]])


def _kept(ground: Ground, node: int, *, without: int, twins: Mapping[int, str]) -> tuple[Need, ...]:
    """Return a node's needs as values, without those that name ``without``, and with twins for what has one.

    A machine's copy in another zone stands on the copies of its subnet and disks, not on those left behind.
    """
    estate, graph = ground.estate, ground.estate.graph
    found = []
    for need in ground.needs(node):
        rows = range(int(graph.start[need]), int(graph.start[need + 1]))
        if without in graph.member[rows.start : rows.stop]:
            continue
        found.append(
            Need(
                role=graph.texts[graph.role[need]],
                members=tuple(_member(estate, row, twins) for row in rows),
                k=(int(graph.k_best[need]), int(graph.k_worst[need])),
                evidence=Evidence.ASSUMED,
                origin=ORIGIN,
                quorum=bool(graph.quorum[need]),
                unknown=_fact(graph, graph.unknown[need]),
            )
        )
    return tuple(found)


def _member(estate: Estate, row: int, twins: Mapping[int, str]) -> Member:
    graph = estate.graph
    node, loss = int(graph.member[row]), (float(graph.loss_low[row]), float(graph.loss_high[row]))
    return Member(
        ref=twins.get(node, estate.names[node]),
        delay=(float(graph.delay_low[row]), float(graph.delay_high[row])),
        manual=bool(graph.manual[row]),
        loss=None if np.isnan(loss).any() else loss,
        unknown=_fact(graph, graph.member_unknown[row]),
    )


def _fact(graph: Graph, code: int) -> str | None:
    return None if code < 0 else graph.fact_names[code]


def _twins(
    ground: Ground, domain: str, workload: int, label: str, extra: Callable[[int], tuple[Need, ...]]
) -> list[NewNode | NewMember]:
    """Return a twin beside every resource of the workload that needs the domain directly, without it."""
    estate = ground.estate
    lost = estate.index[domain]
    reached = ground.reached(workload)
    direct = np.unique(estate.graph.owner[ground.users_in(lost, reached)])
    twins = {
        node: f"twin:{label}:{estate.names[node]}"
        for node in direct.tolist()
        if estate.kinds[node] == NodeKind.RESOURCE
    }
    edits: list[NewNode | NewMember] = []
    for node, twin in twins.items():
        edits.append(NewNode(name=twin, needs=_kept(ground, node, without=lost, twins=twins) + extra(node)))
        delay = STANDBY_DELAY if ground.stateful[node] else EXACT_ZERO
        member = Member(ref=twin, delay=delay)
        edits.extend(NewMember(need=g, member=member) for g in ground.users_in(node, reached).tolist())
    return edits


def _second_zone(ground: Ground, domain: str, workload: int) -> Made | None:
    estate = ground.estate
    provider, _, zone = domain.removeprefix(f"{Axis.ZONE.value}:").partition("/")
    region = _region_of_zone(estate, provider, zone)
    other = _other_zone(ground, provider, region, zone)
    if other is None:
        return None
    place = requires("zone", zone_id(provider, other), evidence=Evidence.ASSUMED, origin=ORIGIN)
    edits = _twins(ground, domain, workload, other, lambda _: place)
    return f"run {{workload}} in a second zone too ({other})", edits, "data is copied to the second zone"


def _region_of_zone(estate: Estate, provider: str, zone: str) -> str | None:
    for known in estate.inventory.zones:
        if (known.provider, known.zone) == (provider, zone):
            return known.region
    return next((r.code for r in regions(provider) if zone in r.zone_ids), None)


def _other_zone(ground: Ground, provider: str, region: str | None, zone: str) -> str | None:
    if region is None:
        return None
    seen = {z.zone for z in ground.estate.inventory.zones if (z.provider, z.region) == (provider, region)}
    place = place_of(provider, region)
    known = seen | set(place.zone_ids if place else ())
    return min(known - {zone}, key=lambda z: (z not in ground.zones, z), default=None)


def _second_ring(ground: Ground, domain: str, workload: int) -> Made:
    edits = _twins(ground, domain, workload, "other-ring", lambda _: ())
    product = domain.partition(":")[2]
    text = f"keep part of {{workload}}'s machines off the update channel of {product} (other ring or agent)"
    return text, edits, "the two halves never take an update in the same hours"


def _second_vendor(ground: Ground, domain: str, workload: int) -> Made:
    users = ground.users_in(ground.estate.index[domain], ground.reached(workload)).tolist()
    other = f"{domain}-second-source"
    edits: list[NewNode | NewMember] = [NewNode(name=other, needs=())]
    edits += [NewMember(need=g, member=Member(ref=other, delay=FAILOVER_DELAY)) for g in users]
    text = f"contract a second source for {domain.partition(':')[2]} that {{workload}} can switch to"
    return text, edits if users else [], "the second vendor runs elsewhere"


def _second_region(ground: Ground, domain: str, workload: int) -> Made | None:
    provider, _, rest = domain.partition(":")[2].partition("/")
    region = rest.partition("/")[0]
    other = _nearest(ground, provider, region)
    if other is None:
        return None
    edits = _standby_path(ground, domain, workload, provider, region, other)
    text = f"stand {{workload}} by in {provider}/{other}, warm, behind health-checked failover"
    return text, edits, "data is replicated there, capacity is reserved, the switch is rehearsed"


def _standby_path(
    ground: Ground, domain: str, workload: int, provider: str, region: str, other: str
) -> list[NewNode | NewMember]:
    """Return a second path beside each member of the workload's needs that the loss takes."""
    estate = ground.estate
    lost = estate.index[domain]
    edits: list[NewNode | NewMember] = []
    made: set[str] = set()
    for need in ground.needs(int(estate.workload_nodes[workload])):
        for member in _members(estate, need):
            below = {int(v) for v in closure(estate, member)} | {member}
            if lost not in below:
                continue
            needs: tuple[Need, ...] = ()
            for name in sorted(estate.names[v] for v in below if estate.kinds[v] == NodeKind.DOMAIN):
                moved = _moved(name, provider, region, other)
                if moved is None:
                    continue
                if moved not in estate.index and moved not in made:
                    made.add(moved)
                    edits.append(NewNode(name=moved, needs=_place_needs(moved, provider, other)))
                needs += requires("proposed", moved, evidence=Evidence.ASSUMED, origin=ORIGIN)
            twin = f"twin:{other}:{estate.names[member]}"
            edits.append(NewNode(name=twin, needs=needs))
            edits.append(NewMember(need=need, member=Member(ref=twin, delay=FAILOVER_DELAY)))
    return edits


def _moved(name: str, provider: str, region: str, other: str) -> str | None:
    """Return what a domain of the path becomes in the other region; None where it stays behind."""
    here = f"{provider}/{region}"
    if name == region_id(provider, region):
        return region_id(provider, other)
    axis = axis_of(name)
    if axis is Axis.ZONE:
        return None  # the copy picks zones of its own
    if axis is Axis.SERVICE and name.startswith(f"{axis.value}:{here}/"):
        return name.replace(here, f"{provider}/{other}", 1)
    if axis is Axis.CONTROL_PLANE:
        return None
    return name


def _place_needs(name: str, provider: str, other: str) -> tuple[Need, ...]:
    parent = provider_id(provider) if axis_of(name) is Axis.REGION else region_id(provider, other)
    return requires("place", parent, evidence=Evidence.ASSUMED, origin=ORIGIN)


def _nearest(ground: Ground, provider: str, region: str) -> str | None:
    """Return the region to go to: one in use before any other, the nearest of another city first."""
    here = place_of(provider, region)
    if here is None:
        return None
    others = [r for r in regions(provider) if r.code != region and r.metro != here.metro]
    if not others:
        return None
    return min(
        others,
        key=lambda r: (
            r.code not in ground.regions,
            (r.latitude - here.latitude) ** 2 + (r.longitude - here.longitude) ** 2,
            r.code,
        ),
    ).code


_BUILDERS: dict[Axis, Callable[[Ground, str, int], Made | None]] = {
    Axis.ZONE: _second_zone,
    Axis.AGENT: _second_ring,
    Axis.VENDOR: _second_vendor,
    Axis.SERVICE: _second_region,
    Axis.REGION: _second_region,
}
