"""What several services' specs share: small rules that data cannot say."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable

from auditor.connectors.aws.where import PROVIDER, Where
from auditor.connectors.extract import parse_arn
from auditor.connectors.hosts import references
from auditor.model.domain import service_id
from auditor.model.evidence import Evidence, Fact, FactValue
from auditor.model.need import Member, Need, requires
from auditor.model.resource import Resource

TAKEOVER = (1.0, 2.0)
"""Minutes until a managed standby serves; AWS says 60 to 120 s for RDS Multi-AZ, less for Aurora."""

BY_HAND = (60.0, 240.0)
"""Minutes until people have switched to a copy that does not take over by itself; untested."""

PATHS = "paths"
"""The fact that would tell which URL paths a service cannot live without."""


def with_needs(resource: Resource, *needs: Need) -> Resource:
    """Return the resource with further needs."""
    return dataclasses.replace(resource, needs=(*resource.needs, *needs)) if needs else resource


def with_fact(resource: Resource, name: str, value: FactValue, *, origin: str) -> Resource:
    """Return the resource with one more configured fact."""
    fact = Fact(name=name, value=value, evidence=Evidence.CONFIGURED, origin=origin)
    return dataclasses.replace(resource, facts=(*resource.facts, fact))


def key_arn(where: Where, name: str) -> str:
    """Return the ARN of a KMS key of this region that is named by its ARN, its id or an alias."""
    if parse_arn(name):
        return name
    return where.arn("kms", name if "/" in name else f"key/{name}")


def with_aliases(resource: Resource, *aliases: str) -> Resource:
    """Return the resource with further aliases, in lower case."""
    names = {alias.lower().rstrip(".") for alias in aliases if alias}
    return dataclasses.replace(resource, aliases=tuple(sorted({*resource.aliases, *names})))


def uses(settings: Iterable[tuple[str, str]], where: Where, *, origin: str) -> tuple[Need, ...]:
    """Return inferred needs for whatever the settings name; the values are dropped."""
    refs = sorted({_endpoint(name, where) or name for name in references(settings)})
    return requires("uses", *refs, evidence=Evidence.INFERRED, origin=origin)


def _endpoint(name: str, where: Where) -> str | None:
    """Return the service behind an AWS endpoint such as ``dynamodb.us-east-1.amazonaws.com``."""
    suffix = re.escape(where.dns_suffix)
    found = re.fullmatch(rf"(dynamodb|sqs|sns|s3|lambda|rds)\.([a-z]{{2}}(?:-[a-z]+)+-\d)\.{suffix}", name)
    return service_id(PROVIDER, found[2], found[1]) if found else None


def zone_need(where: Where, primary: Iterable[str], standby: Iterable[str], *, origin: str) -> Need | None:
    """Return the need for the primary's zone or, after a takeover, a standby's; None if it is unknown."""
    serving = where.zone_refs(primary)
    waiting = tuple(ref for ref in where.zone_refs(standby) if ref not in serving)
    if not serving:
        return None
    members = (
        *(Member(ref=ref) for ref in serving),
        *(Member(ref=ref, delay=TAKEOVER) for ref in waiting),
    )
    return Need(role="zone", members=members, origin=origin)


def any_zone(where: Where, names: Iterable[str], *, origin: str) -> tuple[Need, ...]:
    """Return the need for one of the zones a thing is spread over, none if no zone is known."""
    members = tuple(Member(ref=ref) for ref in where.zone_refs(names))
    return (Need(role="zone", members=members, origin=origin),) if members else ()
