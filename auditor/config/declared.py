"""Entries of the settings file to the model's own values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.config.entries import (
    FleetEntry,
    JoinEntry,
    MemberEntry,
    NeedEntry,
    ResourceEntry,
    VendorEntry,
    WorkloadEntry,
)
from auditor.config.file import provider_of
from auditor.model import places
from auditor.model.evidence import EXACT_ZERO, Evidence, Fact, FactValue, Range
from auditor.model.need import Member, Need
from auditor.model.resource import Placement, Resource
from auditor.model.workload import Fleet, Join, Vendor, Workload


def workload(entry: WorkloadEntry, *, currency: str | None, origin: str) -> Workload:
    """Return a declared workload; ``currency`` is that of the report, for money that names none."""
    money = entry.revenue_per_hour
    return Workload(
        name=entry.name,
        criticality=entry.criticality,
        owner=entry.owner,
        revenue_per_hour=money,
        currency=None if money is None else entry.currency or currency,
        rto_minutes=entry.rto_minutes,
        rpo_minutes=entry.rpo_minutes,
        joins=tuple(_join(each) for each in entry.match),
        needs=_needs(entry.needs, origin),
    )


def vendor(entry: VendorEntry, *, origin: str) -> Vendor:
    """Return a declared vendor."""
    return Vendor(
        name=entry.name,
        hosted_on=entry.hosted_on,
        needs=_needs(entry.needs, origin),
        hosts=tuple(host.lower() for host in entry.hosts),
        substitutability=entry.substitutability,
    )


def resource(entry: ResourceEntry, *, origin: str) -> Resource:
    """Return a declared resource; its name is an alias, so that needs may call it by name."""
    provider = provider_of(entry)
    name = entry.name or entry.id or ""
    names = {alias.lower() for alias in (*entry.aliases, name)}
    return Resource(
        id=entry.id or f"declared:{name}",
        kind=entry.kind,
        name=name,
        placement=Placement(
            provider=provider, account=entry.account, region=_region(entry, provider), zones=entry.zones
        ),
        facts=_facts(entry.facts, origin),
        tags=tuple(sorted(entry.tags.items())),
        aliases=tuple(sorted(names)),
        needs=_needs(entry.needs, origin),
    )


def fleets(entry: FleetEntry) -> tuple[Fleet, ...]:
    """Return a declared fleet, once per match."""
    facts = tuple((name, value) for name, value in entry.facts.items())
    return tuple(Fleet(name=entry.name, join=_join(each), facts=facts) for each in entry.match)


def _region(entry: ResourceEntry, provider: str) -> str | None:
    if entry.region is None and entry.zones:
        found = places.region_of_zone(provider, entry.zones[0])
        return found.code if found else None
    known = places.region(provider, entry.region or "")
    return known.code if known else entry.region


def _facts(facts: Mapping[str, FactValue], origin: str) -> tuple[Fact, ...]:
    return tuple(
        Fact(name=name, value=value, evidence=Evidence.DECLARED, origin=origin)
        for name, value in facts.items()
    )


def _join(entry: JoinEntry) -> Join:
    return Join(
        tags=tuple(sorted(entry.tags.items())),
        accounts=entry.accounts,
        resource_groups=tuple(each.lower() for each in entry.resource_groups),
        stacks=entry.stacks,
        names=entry.names,
        ids=entry.ids,
        kinds=tuple(each.lower() for each in entry.kinds),
        regions=tuple(each.lower() for each in entry.regions),
    )


def _needs(entries: Iterable[NeedEntry], origin: str) -> tuple[Need, ...]:
    return tuple(
        Need(
            role=entry.role,
            members=tuple(_member(each) for each in entry.members),
            k=entry.wanted,
            evidence=Evidence.DECLARED,
            origin=origin,
            quorum=entry.quorum,
        )
        for entry in entries
    )


def _member(entry: MemberEntry) -> Member:
    return Member(
        ref=entry.ref,
        delay=entry.minutes,
        manual=entry.manual,
        via=entry.via,
        loss=_loss(entry),
        assumed=entry.stated is None and entry.manual,
        tested_on=entry.tested_on.isoformat() if entry.tested_on else None,
    )


def _loss(entry: MemberEntry) -> Range | None:
    """Return the writes lost: as stated; else unknown for a manual standby, nothing for the rest."""
    if entry.loss == "unknown" or (entry.loss is None and entry.manual):
        return None
    return entry.loss if isinstance(entry.loss, tuple) else EXACT_ZERO
