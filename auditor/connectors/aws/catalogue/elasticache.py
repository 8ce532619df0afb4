"""ElastiCache replication groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.connectors.aws.catalogue._common import BY_HAND, with_needs
from auditor.connectors.aws.spec import AwsSpec, Call, Detail, Draft, FactField
from auditor.connectors.aws.where import PROVIDER, Where
from auditor.connectors.extract import items, text
from auditor.model.domain import control_plane_id
from auditor.model.need import Member, Need
from auditor.model.resource import Resource

GROUPS = "elasticache:DescribeReplicationGroups"
FAILOVER = (0.5, 2.0)
"""Minutes of an automatic failover; "typically a few seconds" to a minute or two by AWS's own pages."""


def _group(draft: Draft) -> Resource:
    resource, item, where = draft.resource, draft.item, draft.where
    automatic = text("AutomaticFailover", item) in {"enabled", "enabling"}
    shards = (_shard(shard, where, automatic=automatic) for shard in items("NodeGroups", item))
    return with_needs(resource, *(need for need in dict.fromkeys(shards) if need is not None))


def _shard(shard: Mapping[str, Any], where: Where, *, automatic: bool) -> Need | None:
    """Each shard needs the zone of its primary, or after a failover that of a replica."""
    nodes = sorted(
        items("NodeGroupMembers", shard),
        key=lambda node: (text("CurrentRole", node) != "primary", text("CacheClusterId", node) or ""),
    )
    zones = where.zone_refs(zone for node in nodes if (zone := text("PreferredAvailabilityZone", node)))
    if not zones:
        return None
    # with cluster mode on the API does not tell which node is primary: the first one stands for it
    told = any(text("CurrentRole", node) == "primary" for node in nodes)
    delay = (FAILOVER if told else (0.0, FAILOVER[1])) if automatic else BY_HAND
    plane = () if automatic else (control_plane_id(PROVIDER, where.region, "elasticache"),)
    standby = (
        Member(ref=zone, delay=delay, manual=not automatic, via=plane, loss=None) for zone in zones[1:]
    )
    return Need(role="zone", members=(Member(ref=zones[0]), *standby), origin=f"{GROUPS} NodeGroups")


SPECS = AwsSpec(
    kind="aws.elasticache.replicationgroup",
    title="cache",
    service="elasticache",
    call=Call(operation="DescribeReplicationGroups", items="ReplicationGroups", page_size=100),
    id="ReplicationGroupId",
    arn="ARN",
    details=(
        Detail(
            call=Call(
                operation="ListTagsForResource",
                items="TagList",
                paged=False,
                ignore=("ReplicationGroupNotFoundFault", "InvalidReplicationGroupState"),
            ),
            into="Tags",
            args=(("ResourceName", "ARN"),),
        ),
    ),
    zones="NodeGroups[].NodeGroupMembers[].PreferredAvailabilityZone",
    facts=(
        FactField(name="engine", path="Engine"),
        FactField(name="state", path="Status"),
        FactField(name="sku", path="CacheNodeType"),
        FactField(name="multi_az", path="MultiAZ && MultiAZ=='enabled'"),
    ),
    aliases=(
        "ConfigurationEndpoint.Address",
        "NodeGroups[].[PrimaryEndpoint.Address, ReaderEndpoint.Address]",
        "NodeGroups[].NodeGroupMembers[].ReadEndpoint.Address",
    ),
    refine=_group,
)
