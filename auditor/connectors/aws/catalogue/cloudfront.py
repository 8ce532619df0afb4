"""CloudFront distributions, their origins and origin groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.connectors.aws.catalogue._common import PATHS, with_fact, with_needs
from auditor.connectors.aws.spec import AwsSpec, Call, Detail, Draft, FactField, Scope
from auditor.connectors.extract import host_of, items, read, text, texts
from auditor.model.need import Member, Need
from auditor.model.resource import Resource

DISTRIBUTIONS = "cloudfront:ListDistributions"
ORIGIN_FAILOVER = (0.0, 0.5)
"""Minutes: each request tries the second origin after at most three connection attempts of ten seconds."""


def _distribution(draft: Draft) -> Resource:
    """The default path is needed; others are in the worst case."""
    resource, item = draft.resource, draft.item
    default = text("DefaultCacheBehavior.TargetOriginId", item)
    others = [name for name in texts("CacheBehaviors.Items[].TargetOriginId", item) if name != default]
    needs = [
        _need(name, item, unknown=None if name == default else PATHS) for name in (default, *others) if name
    ]
    made = with_needs(resource, *(need for need in needs if need is not None))
    if read("Enabled", item) is not True:
        return made
    for name in ("entry_point", "internet_facing"):
        made = with_fact(made, name, True, origin=DISTRIBUTIONS)
    return made


def _need(target: str, item: Mapping[str, Any], *, unknown: str | None) -> Need | None:
    groups = {text("Id", group): group for group in items("OriginGroups.Items", item)}
    hosts = {
        text("Id", origin): host_of(text("DomainName", origin)) for origin in items("Origins.Items", item)
    }
    names = texts("Members.Items[].OriginId", groups[target]) if target in groups else (target,)
    found = tuple(dict.fromkeys(host for name in names if (host := hosts.get(name))))
    if not found:
        return None
    members = tuple(
        Member(ref=host, delay=ORIGIN_FAILOVER if at else (0.0, 0.0)) for at, host in enumerate(found)
    )
    return Need(role="origin", members=members, origin=DISTRIBUTIONS, unknown=unknown)


SPECS = AwsSpec(
    kind="aws.cloudfront.distribution",
    title="content delivery network",
    service="cloudfront",
    scope=Scope.GLOBAL,
    call=Call(operation="ListDistributions", items="DistributionList.Items"),
    id="Id",
    arn="ARN",
    name="Aliases.Items[0] || DomainName",
    details=(
        Detail(
            call=Call(
                operation="ListTagsForResource", items="Tags.Items", paged=False, ignore=("NoSuchResource",)
            ),
            into="Tags",
            args=(("Resource", "ARN"),),
        ),
    ),
    facts=(FactField(name="state", path="Status"),),
    aliases=("Id", "DomainName", "Aliases.Items"),
    refine=_distribution,
)
