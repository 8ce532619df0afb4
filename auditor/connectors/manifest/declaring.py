"""Put what the settings declare into an inventory, and take out what was declared before."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping

import polars as pl

from auditor.config import Settings
from auditor.connectors.manifest.facts import (
    ENTRY_ORIGIN,
    FLEET_ORIGIN,
    SERVICE,
    TAG_ORIGIN,
    by_name,
    covered,
    of_fleet,
    of_tags,
    uncovered,
)
from auditor.connectors.spec import known_kinds, with_assumed
from auditor.inventory import Inventory, InventoryBuilder
from auditor.inventory.tables import SCHEMAS, encode_value
from auditor.model.evidence import Evidence
from auditor.model.facts import AGENT_PREFIX
from auditor.model.gap import Gap, GapReason
from auditor.model.need import Need
from auditor.model.resource import Resource
from auditor.model.workload import Fleet

SOURCE = "manifest"

HOST_KINDS = ("gcp.compute.instance", "onprem.server", "onprem.vm")
"""Kinds outside every catalogue that are machines with an operating system of yours."""


def declare(inventory: Inventory, settings: Settings) -> Inventory:
    """Return the inventory with everything the settings declare, instead of what was declared before.

    Settings that declare nothing and come from no file leave an inventory's own declarations as they are.
    Facts by ``auditor:`` tags and fleets are laid over collected ones in any case. Doing it twice is the
    same as once.
    """
    if settings.source is None and not _declares(settings):
        own = uncovered(inventory, (TAG_ORIGIN, FLEET_ORIGIN))
        return _with_facts(own, (), own.fleets)
    collected = _collected(inventory)
    ids = set(collected.resources.filter(pl.col("id").is_in([r.id for r in settings.resources]))["id"])
    names = {
        alias: resource.id
        for resource in settings.resources
        if resource.id in ids
        for alias in resource.aliases
    }
    builder = InventoryBuilder(inventory.taken_at)
    builder.extend(collected)
    builder.add((_declared(each, each.id in ids, names) for each in settings.resources), source=SOURCE)
    builder.add_gaps(_ignored(settings.resources, ids))
    builder.declare(
        workloads=tuple(dataclasses.replace(w, needs=_named(w.needs, names)) for w in settings.workloads),
        vendors=tuple(dataclasses.replace(v, needs=_named(v.needs, names)) for v in settings.vendors),
        fleets=settings.fleets,
        settled=tuple(sorted(settings.not_applicable.items())),
    )
    return _with_facts(builder.build(), (r for r in settings.resources if r.id in ids), settings.fleets)


def _declares(settings: Settings) -> bool:
    return bool(
        settings.workloads
        or settings.vendors
        or settings.resources
        or settings.fleets
        or settings.not_applicable
    )


def _collected(inventory: Inventory) -> Inventory:
    """Return the inventory as the other connectors left it; rows of dropped resources go when it is built."""
    bare = uncovered(inventory, (TAG_ORIGIN, FLEET_ORIGIN, ENTRY_ORIGIN))
    if not _ever_declared(bare):
        return bare
    builder = InventoryBuilder(inventory.taken_at)
    builder.extend(bare, keep=pl.col("source") != SOURCE, keep_needs=~_DECLARED)
    return builder.build()


_DECLARED = pl.col("evidence") == Evidence.DECLARED.value


def _ever_declared(inventory: Inventory) -> bool:
    return (
        inventory.resources.filter(pl.col("source") == SOURCE).height > 0
        or inventory.needs.filter(_DECLARED).height > 0
    )


def _declared(resource: Resource, known: bool, names: Mapping[str, str]) -> Resource:  # noqa: FBT001 - said once
    """Return what to add: all of a new resource; of one that was collected only its needs."""
    needs = _named(resource.needs, names)
    if known:
        return dataclasses.replace(resource, facts=(), tags=(), aliases=(), needs=needs)
    return with_assumed(dataclasses.replace(resource, needs=needs))


def _named(needs: tuple[Need, ...], names: Mapping[str, str]) -> tuple[Need, ...]:
    """Return the needs with declared names of collected resources replaced by their ids."""
    if not names:
        return needs
    return tuple(
        dataclasses.replace(
            need,
            members=tuple(
                dataclasses.replace(member, ref=names.get(member.ref.lower(), member.ref))
                for member in need.members
            ),
        )
        for need in needs
    )


def _ignored(resources: Iterable[Resource], known: set[str]) -> Iterable[Gap]:
    """Return a gap for each collected resource to which tags are declared: its tags are the provider's."""
    for resource in resources:
        if resource.id in known and resource.tags:
            yield Gap(
                provider=resource.placement.provider,
                service=SERVICE,
                operation=f"resource {resource.name}",
                reason=GapReason.UNSUPPORTED,
                detail="was collected, so its declared tags are not taken",
                remedy="tag it at the provider, or match it by id",
            )


def _with_facts(inventory: Inventory, entries: Iterable[Resource], fleets: tuple[Fleet, ...]) -> Inventory:
    """Return the inventory with declared facts laid over: of entries first, then tags, then fleets."""
    tagged, gaps = of_tags(inventory)
    frames = [_of_entries(inventory, entries), tagged]
    for fleet in fleets:
        facts, more = of_fleet(inventory, fleet)
        frames.append(facts)
        gaps += more
    whole = covered(inventory, frames)
    hosts = _hosts(whole)
    return dataclasses.replace(
        whole,
        facts=by_name(pl.concat([whole.facts, hosts])) if hosts.height else whole.facts,
        gaps=tuple(sorted({*whole.gaps, *gaps})),
    )


def _of_entries(inventory: Inventory, entries: Iterable[Resource]) -> pl.DataFrame:
    rows = [
        (each.id, fact.name, encode_value(fact.value), fact.evidence.value, ENTRY_ORIGIN + fact.origin)
        for each in entries
        for fact in each.facts
    ]
    stated = pl.DataFrame(
        rows,
        schema={"id": pl.String, **{k: pl.String for k in SCHEMAS["facts"] if k != "resource"}},
        orient="row",
    )
    where = inventory.resources.select("id").with_row_index("resource")
    return stated.join(where, on="id").select(list(SCHEMAS["facts"]))


def _hosts(inventory: Inventory) -> pl.DataFrame:
    """Return ``host`` facts for declared machines of no catalogue: by kind, or by having an OS or agent."""
    own = inventory.resources.with_row_index("resource").filter(
        (pl.col("source") == SOURCE) & ~pl.col("kind").is_in(list(known_kinds()))
    )
    facts = inventory.facts.join(own, on="resource", how="semi")
    software = (pl.col("name") == "os") | pl.col("name").str.starts_with(AGENT_PREFIX)
    with_software = facts.filter(software)["resource"].unique()
    said = facts.filter(pl.col("name") == "host")["resource"]
    rows = own.filter(
        ~pl.col("resource").is_in(said.implode())
        & (pl.col("kind").is_in(HOST_KINDS) | pl.col("resource").is_in(with_software.implode()))
    )
    return rows.select(
        "resource",
        name=pl.lit("host"),
        value=pl.lit(encode_value(True)),
        evidence=pl.lit(Evidence.ASSUMED.value),
        origin=pl.lit("a declared machine"),
    )
