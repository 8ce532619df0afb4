"""What could break a single loss: changes as edits of the graph, by the kind of domain that is lost.

Every builder copies what is lost, without the part the loss takes: a twin. A twin of a machine keeps the
machine's other needs; a twin of a whole path in another region needs that region, the same services there,
and whatever of the path does not hang on the lost domain. What each kind of change asks for is data
(``model/data/efforts.toml``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from auditor.analyses._advice_failover import promoted, rerouted
from auditor.analyses._advice_ground import Ground
from auditor.analyses._advice_paths import (
    FAILOVER_DELAY,
    NAMED,
    WORKLOAD,
    Move,
    cautions,
    home,
    nearest,
    other_provider,
    second_path,
    told,
)
from auditor.analyses._advice_twins import ORIGIN, twins
from auditor.analyses._losses import domains
from auditor.analyses._text import named
from auditor.estate.edit import Edits, NewMember, NewNode
from auditor.model.domain import Axis, agent_id, axis_of, os_id, zone_id
from auditor.model.efforts import kinds
from auditor.model.evidence import EXACT_ZERO, Evidence
from auditor.model.need import Member, requires
from auditor.model.places import region as place_of
from auditor.model.places import region_of_zone

DNS = ("route53",)
"""Global services whose second source is a DNS provider."""

OTHER_OS = {"linux": "windows", "windows": "linux", "macos": "linux"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A change for one workload against one domain, as edits.

    Attributes:
        kind: name in ``model.efforts.kinds``; ``effort`` its class.
        copied: resources (node) that it runs a copy of.
        beyond: what the edits take for granted, for the reader; ``cautions`` what they may break.
    """

    text: str
    domain: str
    workload: str
    kind: str
    effort: str
    edits: Edits
    copied: tuple[int, ...] = ()
    beyond: str = ""
    cautions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a builder makes; ``WORKLOAD`` in the text stands for the name."""

    kind: str
    text: str
    edits: Edits
    copied: tuple[int, ...] = ()
    cautions: tuple[str, ...] = ()


def proposals(ground: Ground, domain: str, workload: int) -> Iterator[Proposal]:
    """Yield the changes that could keep a workload (index) alive without a domain."""
    axis = axis_of(domain)
    name = ground.estate.workloads[workload].name
    for builder in _BUILDERS.get(axis, ()) if axis is not None else ():
        draft = builder(ground, domain, workload)
        if draft is None or not draft.edits:
            continue
        kind = kinds()[draft.kind]
        yield Proposal(
            text=draft.text.replace(WORKLOAD, name),
            domain=domain,
            workload=name,
            kind=kind.name,
            effort=kind.effort,
            edits=draft.edits,
            copied=draft.copied,
            beyond=kind.granted,
            cautions=(*draft.cautions, *kind.cautions),
        )


def _second_zone(ground: Ground, domain: str, workload: int) -> Draft | None:
    provider, _, zone = domain.removeprefix(f"{Axis.ZONE.value}:").partition("/")
    other = _other_zone(ground, provider, zone)
    if other is None:
        return None
    place = requires("zone", zone_id(provider, other), evidence=Evidence.ASSUMED, origin=ORIGIN)
    edits, copied = twins(ground, ground.estate.index[domain], workload, other, extra=place)
    text = f"run {WORKLOAD} in a second zone too ({other})"
    return Draft(kind="zone", text=text, edits=tuple(edits), copied=copied)


def _other_zone(ground: Ground, provider: str, zone: str) -> str | None:
    known = [each for each in ground.estate.inventory.zones if each.provider == provider]
    place = region_of_zone(provider, zone)
    region = next((each.region for each in known if each.zone == zone), place.code if place else None)
    if region is None:
        return None
    place = place_of(provider, region)
    listed = {each.zone for each in known if each.region == region} | set(place.zone_ids if place else ())
    return min(listed - {zone}, key=lambda z: (z not in ground.zones, z), default=None)


def _second_ring(ground: Ground, domain: str, workload: int) -> Draft:
    edits, _ = twins(ground, ground.estate.index[domain], workload, "other-ring")
    product = domain.partition(":")[2]
    text = f"keep part of {WORKLOAD}'s machines off the update channel of {product} (other ring or agent)"
    return Draft(kind="ring", text=text, edits=tuple(edits))


def _other_os(ground: Ground, domain: str, workload: int) -> Draft | None:
    """Return machines on another system, with the same agents: their updates come by another channel."""
    family = domain.rpartition("/")[2] if axis_of(domain) is Axis.AGENT else domain.partition(":")[2]
    if (family, workload) not in ground.memo:
        ground.memo[family, workload] = _on_other_os(ground, family, workload)
    draft: Draft | None = ground.memo[family, workload]
    return draft


def _on_other_os(ground: Ground, family: str, workload: int) -> Draft | None:
    lost, other = ground.estate.index.get(os_id(family)), OTHER_OS.get(family)
    if lost is None or other is None:
        return None
    edits, _ = twins(ground, lost, workload, f"on-{other}", instead=_channels(ground, family, other))
    text = f"run part of {WORKLOAD}'s machines on {other} instead of {family}"
    return Draft(kind="os", text=text, edits=tuple(edits))


def _channels(ground: Ground, family: str, other: str) -> dict[int, str]:
    """Return by channel (node) of agents on one system that of the same agent on another."""
    if ("channels", family) not in ground.memo:
        names = ground.estate.names
        channels = ((node, names[node]) for node in domains(ground.estate).tolist())
        ground.memo["channels", family] = {
            node: agent_id(product, other)
            for node, name in channels
            for product, _, at in [name.partition(":")[2].rpartition("/")]
            if axis_of(name) is Axis.AGENT and at == family
        }
    found: dict[int, str] = ground.memo["channels", family]
    return found


def _second_vendor(ground: Ground, domain: str, workload: int) -> Draft:
    text = f"contract a second source for {domain.partition(':')[2]} that {WORKLOAD} can switch to"
    return Draft(kind="vendor", text=text, edits=_second_source(ground, domain, workload, FAILOVER_DELAY))


def _second_source(ground: Ground, domain: str, workload: int, delay: tuple[float, float]) -> Edits:
    users = ground.users_in(ground.estate.index[domain], workload).tolist()
    other = ground.free(f"{domain}-second-source")
    member = Member(ref=other, delay=delay)
    return (NewNode(name=other), *(NewMember(need=g, member=member) for g in users)) if users else ()


def _beside_service(ground: Ground, domain: str, workload: int) -> Draft | None:
    provider, region, service = domain.partition(":")[2].split("/", 2)
    if region != "global":
        return _second_region(ground, domain, workload)
    if service in DNS:
        text = f"serve {WORKLOAD}'s names from a second DNS provider beside {provider}'s {service}"
        return Draft(kind="dns", text=text, edits=_second_source(ground, domain, workload, EXACT_ZERO))
    text = f"put a second source beside {provider}'s global {service} that {WORKLOAD} can switch to"
    return Draft(kind="source", text=text, edits=_second_source(ground, domain, workload, FAILOVER_DELAY))


def _second_region(ground: Ground, domain: str, workload: int) -> Draft | None:
    provider, _, rest = domain.partition(":")[2].partition("/")
    here = place_of(provider, rest.partition("/")[0])
    there = None if here is None else nearest(ground, here, provider)
    if here is None or there is None:
        return None
    return _stood_by(ground, domain, workload, Move(here=here, there=there))


def _second_provider(ground: Ground, domain: str, workload: int) -> Draft | None:
    provider = domain.partition(":")[2]
    here, other = home(ground, provider, workload), other_provider(ground, provider)
    there = None if here is None or other is None else nearest(ground, here, other)
    if here is None or there is None:
        return None
    return _stood_by(ground, domain, workload, Move(here=here, there=there))


def _stood_by(ground: Ground, domain: str, workload: int, move: Move) -> Draft:
    path = second_path(ground, ground.estate.index[domain], workload, move)
    place = f"{move.there.provider}/{move.there.code}"
    return Draft(
        kind="provider" if move.abroad else "region",
        text=f"stand {told(ground, path)} by in {place}, warm, behind health-checked failover",
        edits=path.edits,
        copied=tuple(path.copied.tolist()),
        cautions=cautions(ground, path, move),
    )


def _rerouted(ground: Ground, domain: str, workload: int) -> Draft:
    edits = rerouted(ground, ground.estate.index[domain], workload)
    text = f"send {WORKLOAD}'s users by health checks to the places that are there already"
    return Draft(kind="failover", text=text, edits=edits)


def _promoted(ground: Ground, domain: str, workload: int) -> Draft:
    edits, names = promoted(ground, ground.estate.index[domain], workload)
    text = f"let {named(names, NAMED)} take over for {WORKLOAD} by itself, on failed health checks"
    return Draft(kind="failover", text=text, edits=edits)


_BUILDERS: dict[Axis, tuple[Callable[[Ground, str, int], Draft | None], ...]] = {
    Axis.ZONE: (_second_zone, _rerouted, _promoted),
    Axis.AGENT: (_second_ring, _other_os),
    Axis.OS: (_other_os,),
    Axis.VENDOR: (_second_vendor,),
    Axis.SERVICE: (_beside_service, _rerouted, _promoted),
    Axis.REGION: (_second_region, _rerouted, _promoted),
    Axis.PROVIDER: (_second_provider,),
}
