"""ElastiCache replication groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    shards = (
        need for shard in items("NodeGroups", item) for need in _shard(shard, where, automatic=automatic)
    )
    return with_needs(resource, *dict.fromkeys(shards))


def _shard(shard: Mapping[str, Any], where: Where, *, automatic: bool) -> Iterator[Need]:
    """Yield what a shard needs: the zone of its primary, or after a failover that of a replica.

    With cluster mode on the API does not tell which node is primary: any zone may be that of a replica,
    whose loss nobody notices, or that of the primary.
    """
    nodes = sorted(
        items("NodeGroupMembers", shard),
        key=lambda node: (text("CurrentRole", node) != "primary", text("CacheClusterId", node) or ""),
    )
    zones = where.zone_refs(zone for node in nodes if (zone := text("PreferredAvailabilityZone", node)))
    if not zones:
        return
    origin = f"{GROUPS} NodeGroups"
    delay = FAILOVER if automatic else BY_HAND
    plane = () if automatic else (control_plane_id(PROVIDER, where.region, "elasticache"),)

    def after(primary: str) -> tuple[Member, ...]:
        standby = (
            Member(ref=zone, delay=delay, manual=not automatic, via=plane, loss=None)
            for zone in zones
            if zone != primary
        )
        return (Member(ref=primary), *standby)

    if len(zones) == 1 or any(text("CurrentRole", node) == "primary" for node in nodes):
        yield Need(role="zone", members=after(zones[0]), origin=origin)
        return
    yield Need(role="zone", members=tuple(Member(ref=zone) for zone in zones), origin=origin)
    for zone in zones:
        yield Need(role="zone", members=after(zone), origin=origin, unknown="primary")


SPECS = AwsSpec(
    kind="aws.elasticache.replicationgroup",
    title="cache",
    stateful=True,
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
        FactField(name="encryption_key", path="KmsKeyId"),
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
