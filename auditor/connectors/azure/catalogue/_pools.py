"""What stands behind several rules of one entry point: which of its pools are needed for certain."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from auditor.connectors.azure.spec import Item, kind_of
from auditor.connectors.extract import items, text
from auditor.model.evidence import Evidence, Fact
from auditor.model.need import Member, Need
from auditor.model.resource import Placement, Resource

PATHS = "paths"
"""The fact that would tell which URL paths a service cannot live without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pool:
    """One pool of back ends: its id in lower case, its name, and what it needs to serve."""

    id: str
    name: str
    needs: tuple[Need, ...]


def listed_pools(path: str, item: Item) -> tuple[tuple[str, str, Mapping[str, Any]], ...]:
    """Return id, name and body of the pools a path finds; those without an id are told by their place."""
    kind = path.rpartition(".")[2].lower()
    return tuple(
        (
            (text("id", pool) or f"{item.id}/{kind}/{text('name', pool) or place}").lower(),
            text("name", pool) or (text("id", pool) or f"/{place}").rpartition("/")[2],
            pool,
        )
        for place, pool in enumerate(items(path, item.body))
    )


def behind(
    item: Item,
    pools: Iterable[Pool],
    *,
    account: str,
    region: str | None,
    always: Collection[str],
    on_paths: Collection[str] = (),
) -> tuple[tuple[Need, ...], tuple[Resource, ...]]:
    """Return what an entry point needs of its pools, and the pools that become resources for it.

    The pools of ``always`` take what no path takes elsewhere: a single one is needed. Of several, each behind
    a port or name of its own, one may be enough or each be needed. A pool of ``on_paths`` serves a part of
    the service, which may do without. Where no rule names a pool, any of them may be in use.
    """
    filled = [pool for pool in pools if pool.needs]
    first = [pool for pool in filled if pool.id in always]
    second = [pool for pool in filled if pool.id in on_paths and pool.id not in always]
    if not first:
        first, second = second or ([] if always or on_paths else filled), []
    extra = tuple(dataclasses.replace(need, unknown=PATHS) for pool in second for need in pool.needs)
    if len(first) < 2:  # noqa: PLR2004 - a single one is needed as it is
        return (*(need for pool in first for need in pool.needs), *extra), ()
    members = tuple(Member(ref=pool.id) for pool in first)
    some = Need(role="back-end pool", members=members, k=(1, len(members)), origin=_kind(item, first[0].id))
    return (some, *extra), tuple(_resource(item, pool, account, region) for pool in first)


def _kind(item: Item, pool: str) -> str:
    return kind_of(f"{item.type}/{pool.split('/')[-2]}")


def _resource(item: Item, pool: Pool, account: str, region: str | None) -> Resource:
    group = item.arm.resource_group
    return Resource(
        id=pool.id,
        kind=_kind(item, pool.id),
        name=f"{pool.name} of {item.arm.name}",
        placement=Placement(provider="azure", account=account, region=region, zones=()),
        facts=(
            (Fact(name="resource_group", value=group, evidence=Evidence.CONFIGURED, origin=item.type),)
            if group
            else ()
        ),
        tags=(),
        needs=pool.needs,
    )
