"""Auto Scaling groups."""

from __future__ import annotations

import dataclasses

from auditor.connectors.aws.catalogue._common import with_aliases, with_needs
from auditor.connectors.aws.link import TARGETS
from auditor.connectors.aws.shape import bounds
from auditor.connectors.aws.spec import AwsSpec, Bind, Call, Draft, FactField, Of, Serves
from auditor.connectors.aws.where import Where
from auditor.connectors.extract import read, texts
from auditor.model.need import Member, Need
from auditor.model.resource import Resource


def group_name(where: Where, name: str) -> str:
    """Return what others call a group by; its ARN holds a number that they do not know."""
    return f"{where.account}/{where.region}/autoscaling/{name}".lower()


def _group(draft: Draft) -> Resource:
    resource, item, where = draft.resource, draft.item, draft.where
    named = with_aliases(resource, group_name(where, resource.name))
    named = dataclasses.replace(named, name=str(read("AutoScalingGroupName", item) or resource.name))
    refs = texts("Instances[?LifecycleState=='InService' && HealthStatus=='Healthy'].InstanceId", item)
    if not refs:
        return named
    need = Need(
        role="members",
        members=tuple(Member(ref=ref) for ref in sorted(refs)),
        k=bounds(Of.HALF, len(refs), minimum=read("MinSize", item) or None),
        origin="autoscaling:DescribeAutoScalingGroups",
    )
    return with_needs(named, need)


SPECS = AwsSpec(
    kind="aws.autoscaling.group",
    title="Auto Scaling group",
    service="autoscaling",
    call=Call(operation="DescribeAutoScalingGroups", items="AutoScalingGroups", page_size=100),
    id="AutoScalingGroupName",
    arn="AutoScalingGroupARN",
    zones="AvailabilityZones",
    facts=(
        FactField(name="capacity", path="DesiredCapacity"),
        FactField(
            name="launch_template",
            path="LaunchTemplate.LaunchTemplateId"
            " || MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification.LaunchTemplateId"
            " || LaunchConfigurationName",
        ),
    ),
    serves=(
        Serves(
            role=TARGETS,
            to="[TargetGroupARNs, TrafficSources[?Type=='elbv2'].Identifier]",
            bind=Bind.BOUNDS,
            minimum="MinSize",
        ),
    ),
    refine=_group,
)
