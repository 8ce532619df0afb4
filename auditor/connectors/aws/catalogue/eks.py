"""EKS: clusters and their managed node groups."""

from __future__ import annotations

from auditor.connectors.aws.catalogue._common import with_needs
from auditor.connectors.aws.catalogue.autoscaling import group_name
from auditor.connectors.aws.shape import needs
from auditor.connectors.aws.spec import (
    PARENT,
    VALUE,
    AwsSpec,
    Call,
    Detail,
    Draft,
    FactField,
    NeedField,
    Of,
    Serves,
    Within,
)
from auditor.connectors.extract import texts
from auditor.model.resource import Resource


def _nodegroup(draft: Draft) -> Resource:
    resource, item, where = draft.resource, draft.item, draft.where
    groups = tuple(group_name(where, name) for name in texts("resources.autoScalingGroups[].name", item))
    return with_needs(resource, *needs("machines", groups, Of.ALL, origin="eks:DescribeNodegroup"))


SPECS = (
    AwsSpec(
        kind="aws.eks.cluster",
        title="Kubernetes cluster",
        service="eks",
        call=Call(operation="ListClusters", items="clusters"),
        id=VALUE,
        arn_of="arn:{partition}:eks:{region}:{account}:cluster/{id}",
        details=(
            Detail(
                call=Call(operation="DescribeCluster", items="cluster", paged=False),
                into="",
                args=(("name", VALUE),),
            ),
        ),
        tags="tags",
        facts=(
            FactField(name="engine_version", path="version"),
            FactField(name="state", path="status"),
            FactField(name="encryption_key", path="encryptionConfig[].provider.keyArn | [0]"),
            FactField(name="identity", path="[roleArn]"),
        ),
        aliases=("endpoint",),
        needs=(
            NeedField(role="vpc", path="resourcesVpcConfig.vpcId"),
            NeedField(role="subnet", path="resourcesVpcConfig.subnetIds", of=Of.ANY),
        ),
    ),
    AwsSpec(
        kind="aws.eks.nodegroup",
        title="Kubernetes node group",
        assumed=(("resolver", "vpc"),),
        service="eks",
        call=Call(operation="ListNodegroups", items="nodegroups"),
        within=Within(kind="aws.eks.cluster", args=(("clusterName", VALUE),)),
        id=VALUE,
        arn="nodegroupArn",
        details=(
            Detail(
                call=Call(operation="DescribeNodegroup", items="nodegroup", paged=False),
                into="",
                args=(("clusterName", f"{PARENT}.{VALUE}"), ("nodegroupName", VALUE)),
            ),
        ),
        tags="tags",
        facts=(
            FactField(name="state", path="status"),
            FactField(name="capacity", path="scalingConfig.desiredSize"),
            FactField(name="sku", path="instanceTypes[0]"),
            FactField(name="launch_template", path="launchTemplate.id"),
            FactField(name="identity", path="[nodeRole]"),
        ),
        needs=(NeedField(role="subnet", path="subnets", of=Of.ANY),),
        serves=(Serves(role="nodes", to=f"nodegroupArn && {PARENT}.arn"),),
        refine=_nodegroup,
    ),
)
