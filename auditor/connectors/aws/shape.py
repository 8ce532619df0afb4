"""One item of an answer, read by its spec, as a ``Resource`` and what it serves. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auditor.connectors.aws.spec import PARENT, SHORT, AwsSpec, Bind, Draft, Item, NeedField, Of, Scope
from auditor.connectors.aws.where import GLOBAL, PROVIDER, Where
from auditor.connectors.extract import host_of, read, tag_pairs, text, texts
from auditor.connectors.spec import with_assumed
from auditor.model.evidence import Evidence, Fact, FactValue
from auditor.model.need import Member, Need
from auditor.model.resource import Placement, Resource

STACK_TAG = "aws:cloudformation:stack-name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """``provider`` serves ``consumer`` (an id or alias) in ``role``; ``minimum`` with ``Bind.BOUNDS``."""

    consumer: str
    role: str
    provider: str
    bind: Bind
    minimum: int | None = None


def shape(spec: AwsSpec, item: Item, where: Where) -> tuple[Resource, tuple[Served, ...]] | None:
    """Return the resource an item stands for, None where it stands for none."""
    id_ = _id(spec, item, where)
    if id_ is None:
        return None
    tags = tag_pairs(read(spec.tags, item)) if spec.tags else ()
    placement = _placement(spec, item, where)
    resource = Resource(
        id=id_,
        kind=spec.kind,
        name=dict(tags).get("Name")
        or (text(spec.name, item) if spec.name else None)
        or text(SHORT, item)
        or id_,
        placement=placement,
        facts=_facts(spec, item, tags),
        tags=tags,
        aliases=_aliases(spec, item),
        needs=tuple(need for field in spec.needs for need in needs_of(field, item, spec.origin)),
    )
    draft = Draft(resource=resource, item=item, where=_at(where, placement))
    refined = spec.refine(draft) if spec.refine else resource
    if refined is None:
        return None
    return with_assumed(refined, spec), _served(spec, item, id_)


def _id(spec: AwsSpec, item: Item, where: Where) -> str | None:
    given = text(spec.arn, item) if spec.arn else None
    short = text(SHORT, item)
    if given or not spec.arn_of or short is None:
        return given
    return spec.arn_of.format(
        partition=where.partition,
        region=where.region,
        account=where.account,
        id=short,
        parent=text(f"{PARENT}.{SHORT}", item),
    )


def _placement(spec: AwsSpec, item: Item, where: Where) -> Placement:
    region = GLOBAL if spec.scope is Scope.GLOBAL else where.region
    if spec.region is not None:
        region = text(spec.region, item) or region
    zones: tuple[str, ...] | None = ()
    if spec.zones is not None:
        zones = where.zone_ids(texts(spec.zones, item))
    return Placement(provider=PROVIDER, account=where.account, region=region, zones=zones)


def _at(where: Where, placement: Placement) -> Where:
    return (
        where
        if placement.region in {where.region, None}
        else dataclasses.replace(where, region=placement.region)
    )


def _facts(spec: AwsSpec, item: Item, tags: tuple[tuple[str, str], ...]) -> tuple[Fact, ...]:
    facts = []
    for field in spec.facts:
        value = _value(read(field.path, item))
        if value is not None:
            facts.append(Fact(name=field.name, value=value, evidence=field.evidence, origin=spec.origin))
    stack = dict(tags).get(STACK_TAG)
    if stack:
        facts.append(Fact(name="stack", value=stack, evidence=Evidence.CONFIGURED, origin=f"tag {STACK_TAG}"))
    return tuple(facts)


def _value(found: Any) -> FactValue | None:  # noqa: ANN401 - what the provider answered
    if isinstance(found, bool | int | float):
        return found
    if isinstance(found, str):
        return found or None
    if isinstance(found, list | tuple):
        return texts("@", found) or None
    return None


def _aliases(spec: AwsSpec, item: Item) -> tuple[str, ...]:
    names = (name for path in spec.aliases for name in texts(path, item))
    hosts = (host_of(name) or name if "://" in name else name for name in names)
    return tuple(sorted({name.lower().rstrip(".") for name in hosts}))


def needs_of(field: NeedField, item: Mapping[str, Any], origin: str) -> tuple[Need, ...]:
    """Return the needs a field of a spec states about an item."""
    return needs(field.role, texts(field.path, item), field.of, origin=origin)


def needs(role: str, refs: tuple[str, ...], of: Of, *, origin: str) -> tuple[Need, ...]:
    """Return the needs for members of which ``of`` are needed; none for no members."""
    members = tuple(Member(ref=ref) for ref in dict.fromkeys(refs))
    if not members:
        return ()
    if of is Of.ALL:
        return tuple(Need(role=role, members=(member,), origin=origin) for member in members)
    return (Need(role=role, members=members, k=bounds(of, len(members)), origin=origin),)


def bounds(of: Of, count: int, *, minimum: int | None = None) -> tuple[int, int]:
    """Return how many of ``count`` members are needed in the best and in the worst case."""
    if of is Of.ALL:
        return (count, count)
    worst = {Of.ANY: 1, Of.SOME: count, Of.HALF: -(-count // 2)}[of]
    if minimum is not None:
        worst = minimum
    return (1, max(1, min(worst, count)))


def _served(spec: AwsSpec, item: Item, id_: str) -> tuple[Served, ...]:
    served: list[Served] = []
    for field in spec.serves:
        found = read(field.minimum, item) if field.minimum else None
        minimum = found if isinstance(found, int) else None
        served.extend(
            Served(consumer=ref, role=field.role, provider=id_, bind=field.bind, minimum=minimum)
            for ref in texts(field.to, item)
        )
    return tuple(served)
