"""Route 53: hosted zones, address records with their routing, health checks.

Switching by health checks is data plane: it needs the checkers only. One record stands for all variants of a
name. Where traffic is split, each variant serves users of its own, so each is needed, with the others as its
standby where health checks can move its users.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from auditor.connectors.aws.catalogue._common import with_aliases, with_fact
from auditor.connectors.aws.spec import (
    PARENT,
    SHORT,
    SIBLINGS,
    AwsSpec,
    Call,
    Detail,
    Draft,
    FactField,
    Lookup,
    Scope,
    Within,
)
from auditor.connectors.aws.where import GLOBAL, PROVIDER
from auditor.connectors.extract import host_of, items, read, text, texts
from auditor.model.domain import service_id
from auditor.model.evidence import Range
from auditor.model.need import Member, Need
from auditor.model.resource import Resource

RECORDS = "route53:ListResourceRecordSets"
CHECKERS = service_id(PROVIDER, GLOBAL, "route53")
TYPES = ("A", "AAAA", "CNAME")
ALIAS_TTL = 60
"""Seconds an alias answer is kept; alias records have no TTL of their own."""
CHECK_INTERVAL, CHECK_THRESHOLD = 30, 3
"""Route 53's defaults, for checks whose settings could not be seen."""


@dataclasses.dataclass(frozen=True, slots=True)
class Variant:
    """One record set of a name."""

    refs: tuple[str, ...]
    checked: bool
    delay: Range
    first: bool
    used: bool


def _variant(record: Mapping[str, Any]) -> Variant:
    alias = text("AliasTarget.DNSName", record)
    names = (alias,) if alias else texts("ResourceRecords[].Value", record)
    hosts = (host_of(name.removeprefix("dualstack.")) for name in names)
    interval = read("Checks[0].HealthCheckConfig.RequestInterval", record) or CHECK_INTERVAL
    threshold = read("Checks[0].HealthCheckConfig.FailureThreshold", record) or CHECK_THRESHOLD
    ttl = ALIAS_TTL if alias else (read("TTL", record) or 0)
    minutes = (interval * threshold + ttl) / 60
    weight = read("Weight", record)
    return Variant(
        refs=tuple(dict.fromkeys(host for host in hosts if host)),
        checked=bool(text("HealthCheckId", record))
        or read("AliasTarget.EvaluateTargetHealth", record) is True,
        delay=(minutes, minutes),
        first=text("Failover", record) != "SECONDARY",
        used=weight is None or weight > 0,
    )


def _record(draft: Draft) -> Resource | None:
    resource, item = draft.resource, draft.item
    name = (text("Name", item) or "").rstrip(".").replace("\\052", "*").lower()
    if name.startswith("_") or "._domainkey" in name:  # proofs of ownership, nobody connects to them
        return None
    siblings = items(SIBLINGS, item)
    kind = min((text("Type", record) or "" for record in siblings), key=TYPES.index)
    needs = routed(tuple(_variant(record) for record in siblings if text("Type", record) == kind))
    made = with_aliases(dataclasses.replace(resource, name=name, needs=needs), name)
    if read(f"{PARENT}.Config.PrivateZone", item) is True:
        return made
    return with_fact(made, "entry_point", True, origin=RECORDS)


def _zone(draft: Draft) -> Resource:
    return dataclasses.replace(draft.resource, name=draft.resource.name.rstrip("."))


def routed(variants: tuple[Variant, ...]) -> tuple[Need, ...]:
    """Return what the variants of one name need."""
    variants = tuple(variant for variant in variants if variant.refs)
    serving = [variant for variant in variants if variant.first and variant.used] or list(variants)
    single = len(variants) == 1
    needs = []
    for variant in serving:
        others = [other for other in variants if other is not variant] if variant.checked else []
        low = 0.0 if len(serving) > 1 else 1.0  # of split traffic only a part has to be moved
        members = {ref: Member(ref=ref) for ref in variant.refs}
        for other in others:
            delay = (variant.delay[0] * low, variant.delay[1])
            for ref in other.refs:
                members.setdefault(ref, Member(ref=ref, delay=delay, via=(CHECKERS,)))
        own = len(variant.refs)
        k = (1, own) if single or not others else (1, 1)
        needs.append(Need(role="answers", members=tuple(members.values()), k=k, origin=RECORDS))
    return tuple(needs)


SPECS = (
    AwsSpec(
        kind="aws.route53.zone",
        title="DNS zone",
        support=True,
        service="route53",
        scope=Scope.GLOBAL,
        call=Call(operation="ListHostedZones", items="HostedZones"),
        id="Id",
        arn_of="arn:{partition}:route53:::hostedzone/{id}",
        name="Name",
        aliases=(SHORT,),
        details=(
            Detail(
                call=Call(
                    operation="ListTagsForResources",
                    items="ResourceTagSets",
                    args=(("ResourceType", "hostedzone"),),
                    paged=False,
                ),
                into="Tagging",
                args=(("ResourceIds", SHORT),),
                batch=10,
                match=(SHORT, "ResourceId"),
            ),
        ),
        tags="Tagging.Tags",
        facts=(FactField(name="internet_facing", path="Config.PrivateZone == `false` && `true`"),),
        refine=_zone,
    ),
    AwsSpec(
        kind="aws.route53.record",
        title="DNS name",
        service="route53",
        scope=Scope.GLOBAL,
        call=Call(
            operation="ListResourceRecordSets",
            items="ResourceRecordSets[?Type=='A' || Type=='AAAA' || Type=='CNAME']",
        ),
        within=Within(kind="aws.route53.zone", args=(("HostedZoneId", "Id"),)),
        group=f"[{PARENT}.Id, Name]",
        id="Name",
        arn_of="arn:{partition}:route53:::hostedzone/{parent}/recordset/{id}",
        lookups=(
            Lookup(
                call=Call(operation="ListHealthChecks", items="HealthChecks"),
                into="Checks",
                match=("HealthCheckId", "Id"),
            ),
        ),
        tags=f"{PARENT}.Tagging.Tags",
        refine=_record,
    ),
    AwsSpec(
        kind="aws.route53.healthcheck",
        title="DNS health check",
        support=True,
        service="route53",
        scope=Scope.GLOBAL,
        call=Call(operation="ListHealthChecks", items="HealthChecks"),
        id="Id",
        arn_of="arn:{partition}:route53:::healthcheck/{id}",
        aliases=("Id",),
        details=(
            Detail(
                call=Call(
                    operation="ListTagsForResources",
                    items="ResourceTagSets",
                    args=(("ResourceType", "healthcheck"),),
                    paged=False,
                ),
                into="Tagging",
                args=(("ResourceIds", "Id"),),
                batch=10,
                match=("Id", "ResourceId"),
            ),
        ),
        tags="Tagging.Tags",
    ),
)
