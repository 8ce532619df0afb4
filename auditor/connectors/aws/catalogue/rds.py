"""RDS and Aurora: instances, clusters and global clusters.

A read replica serves reads without its source and takes over only by hand, so it neither needs its source nor
stands in for it here: what a workload falls back to is for the manifest or for DNS to say. A
secondary cluster of a global one is such a replica too: people start its failover.
"""

from __future__ import annotations

from auditor.connectors.aws.catalogue._common import TAKEOVER, with_fact, with_needs, zone_need
from auditor.connectors.aws.spec import AwsSpec, Call, Draft, FactField, Lookup, NeedField
from auditor.connectors.aws.where import GLOBAL, Where
from auditor.connectors.extract import items, parse_arn, read, text, texts
from auditor.model.need import Member, Need
from auditor.model.resource import Resource

INSTANCES = "rds:DescribeDBInstances"
CLUSTERS = "rds:DescribeDBClusters"
GLOBAL_CLUSTERS = "rds:DescribeGlobalClusters"
WRITER = "GlobalClusterMembers[?IsWriter].DBClusterArn"
_LIST_GLOBAL = Call(operation="DescribeGlobalClusters", items="GlobalClusters", page_size=100)


def instance_arn(where: Where, name: str) -> str:
    """Return the ARN of a database instance of this account and region."""
    return where.arn("rds", f"db:{name}")


def _instance(draft: Draft) -> Resource:
    resource, item, where = draft.resource, draft.item, draft.where
    made = resource
    source = text("ReadReplicaSourceDBInstanceIdentifier", item)
    if source:
        full = source if parse_arn(source) else instance_arn(where, source)
        made = with_fact(made, "replica_of", full, origin=INSTANCES)
    if read("MultiAZ", item) is not True or text("DBClusterIdentifier", item):
        return made
    primary = texts("AvailabilityZone", item)
    # moto and instances being made tell no standby zone: then any other zone of the subnets may hold it
    standby = texts("SecondaryAvailabilityZone", item) or texts(
        "DBSubnetGroup.Subnets[].SubnetAvailabilityZone.Name", item
    )
    need = zone_need(where, primary, standby or sorted(where.zones), origin=f"{INSTANCES} MultiAZ")
    return with_needs(made, need) if need else made


def _cluster(draft: Draft) -> Resource:
    """The writer serves; a reader takes its place in a minute or two."""
    resource, item, where = draft.resource, draft.item, draft.where
    members = sorted(
        items("DBClusterMembers", item),
        key=lambda member: (
            member.get("IsClusterWriter") is not True,
            text("DBInstanceIdentifier", member) or "",
        ),
    )
    named = [
        (text("DBInstanceIdentifier", member), member.get("IsClusterWriter") is True) for member in members
    ]
    made = tuple(
        Member(ref=instance_arn(where, name), delay=(0.0, 0.0) if writer or at == 0 else TAKEOVER)
        for at, (name, writer) in enumerate(named)
        if name
    )
    for primary in texts(f"Global[].{WRITER}", item):
        if primary != resource.id:
            resource = with_fact(resource, "replica_of", primary, origin=GLOBAL_CLUSTERS)
    return with_needs(resource, Need(role="members", members=made, origin=CLUSTERS)) if made else resource


SPECS = (
    AwsSpec(
        kind="aws.rds.instance",
        title="database instance",
        stateful=True,
        service="rds",
        call=Call(operation="DescribeDBInstances", items="DBInstances", page_size=100),
        id="DBInstanceIdentifier",
        arn="DBInstanceArn",
        arn_of="arn:{partition}:rds:{region}:{account}:db:{id}",
        zones="[AvailabilityZone, SecondaryAvailabilityZone]",
        tags="TagList",
        facts=(
            FactField(name="engine", path="Engine"),
            FactField(name="engine_version", path="EngineVersion"),
            FactField(name="multi_az", path="MultiAZ"),
            FactField(name="sku", path="DBInstanceClass"),
            FactField(name="state", path="DBInstanceStatus"),
            FactField(name="encryption_key", path="KmsKeyId"),
        ),
        aliases=("Endpoint.Address", "ListenerEndpoint.Address"),
        needs=(NeedField(role="vpc", path="DBSubnetGroup.VpcId"),),
        refine=_instance,
    ),
    AwsSpec(
        kind="aws.rds.cluster",
        title="database cluster",
        stateful=True,
        service="rds",
        call=Call(operation="DescribeDBClusters", items="DBClusters", page_size=100),
        id="DBClusterIdentifier",
        arn="DBClusterArn",
        arn_of="arn:{partition}:rds:{region}:{account}:cluster:{id}",
        zones="AvailabilityZones",
        tags="TagList",
        facts=(
            FactField(name="engine", path="Engine"),
            FactField(name="engine_version", path="EngineVersion"),
            FactField(name="multi_az", path="MultiAZ"),
            FactField(name="state", path="Status"),
            FactField(name="encryption_key", path="KmsKeyId"),
        ),
        aliases=("Endpoint", "ReaderEndpoint", "CustomEndpoints"),
        lookups=(
            Lookup(
                call=_LIST_GLOBAL,
                into="Global",
                match=("DBClusterArn", "GlobalClusterMembers[].DBClusterArn"),
            ),
        ),
        refine=_cluster,
    ),
    AwsSpec(
        kind="aws.rds.globalcluster",
        title="global database cluster",
        stateful=True,
        service="rds",
        call=_LIST_GLOBAL,  # every region of the account answers the same
        id="GlobalClusterIdentifier",
        arn="GlobalClusterArn",
        region=f"'{GLOBAL}'",
        tags="TagList",
        facts=(
            FactField(name="engine", path="Engine"),
            FactField(name="engine_version", path="EngineVersion"),
            FactField(name="state", path="Status"),
        ),
        aliases=("Endpoint",),
        needs=(NeedField(role="writer", path=WRITER),),
    ),
)
