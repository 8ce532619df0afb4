"""ECS: clusters, services and the task definitions that services run."""

from __future__ import annotations

from auditor.connectors.aws.catalogue._common import uses, with_fact, with_needs
from auditor.connectors.aws.link import TARGETS
from auditor.connectors.aws.shape import bounds
from auditor.connectors.aws.spec import (
    PARENT,
    VALUE,
    AwsSpec,
    Bind,
    Call,
    Detail,
    Draft,
    FactField,
    Item,
    NeedField,
    Of,
    Serves,
    Within,
)
from auditor.connectors.extract import items, read, text, texts
from auditor.connectors.images import registries
from auditor.model.evidence import Evidence
from auditor.model.need import Member, Need
from auditor.model.resource import Resource

SERVICES = "ecs:DescribeServices"


def _service(draft: Draft) -> Resource:
    """Its tasks are spread over subnets, and with EC2 they run on the cluster's machines."""
    resource, item = draft.resource, draft.item
    needs = []
    subnets = texts("networkConfiguration.awsvpcConfiguration.subnets", item)
    if subnets:
        # which subnets hold the tasks is not told: fewer tasks than subnets may miss the one that is left
        tasks = min(read("runningCount", item) or read("desiredCount", item) or 1, len(subnets))
        worst = max(len(subnets) - tasks + 1, bounds(Of.HALF, len(subnets))[1])
        members = tuple(Member(ref=ref) for ref in subnets)
        needs.append(Need(role="subnet", members=members, k=(1, worst), origin=SERVICES))
    machines = texts(f"{PARENT}.Machines[?status=='ACTIVE' && agentConnected].ec2InstanceId", item)
    if machines and (text("launchType", item) or "EC2") == "EC2" and not _fargate(item):
        members = tuple(Member(ref=ref) for ref in sorted(machines))
        needs.append(Need(role="machines", members=members, k=bounds(Of.HALF, len(members)), origin=SERVICES))
    return with_needs(resource, *needs)


def _fargate(item: Item) -> bool:
    return any(
        name.startswith("FARGATE") for name in texts("capacityProviderStrategy[].capacityProvider", item)
    )


def _taskdefinition(draft: Draft) -> Resource:
    resource, item, where = draft.resource, draft.item, draft.where
    settings = [
        (text("name", pair) or "", text("value", pair) or "")
        for pair in items("containerDefinitions[].environment[]", item)
    ]
    hosts = registries(texts("containerDefinitions[].image", item))
    if hosts:
        resource = with_fact(resource, "image_registry", hosts, origin="ecs:DescribeTaskDefinition image")
    return with_needs(resource, *uses(settings, where, origin="ecs:DescribeTaskDefinition environment"))


SPECS = (
    AwsSpec(
        kind="aws.ecs.cluster",
        title="container cluster",
        support=True,
        service="ecs",
        call=Call(operation="ListClusters", items="clusterArns"),
        id=VALUE,
        arn=VALUE,
        details=(
            Detail(
                call=Call(
                    operation="DescribeClusters", items="clusters", args=(("include", ["TAGS"]),), paged=False
                ),
                into="",
                args=(("clusters", VALUE),),
                batch=100,
                match=(VALUE, "clusterArn"),
            ),
            Detail(
                call=Call(operation="ListContainerInstances", items="containerInstanceArns"),
                into="MachineArns",
                args=(("cluster", VALUE),),
            ),
            Detail(
                call=Call(operation="DescribeContainerInstances", items="containerInstances", paged=False),
                into="Machines",
                args=(("cluster", VALUE), ("containerInstances", "MachineArns")),
                chunk=100,
            ),
        ),
        tags="tags",
        facts=(FactField(name="state", path="status"),),
    ),
    AwsSpec(
        kind="aws.ecs.service",
        title="container service",
        service="ecs",
        call=Call(operation="ListServices", items="serviceArns"),
        within=Within(kind="aws.ecs.cluster", args=(("cluster", VALUE),)),
        id=VALUE,
        arn=VALUE,
        details=(
            Detail(
                call=Call(
                    operation="DescribeServices", items="services", args=(("include", ["TAGS"]),), paged=False
                ),
                into="",
                args=(("cluster", f"{PARENT}.{VALUE}"), ("services", VALUE)),
                batch=10,
                match=(VALUE, "serviceArn"),
            ),
        ),
        tags="tags",
        facts=(
            FactField(name="state", path="status"),
            FactField(name="capacity", path="desiredCount"),
            FactField(
                name="resolver",
                path="networkConfiguration.awsvpcConfiguration.subnets && 'vpc'",
                evidence=Evidence.ASSUMED,
            ),
        ),
        needs=(
            NeedField(role="cluster", path=f"{PARENT}.{VALUE}"),
            NeedField(role="task", path="taskDefinition"),
        ),
        serves=(
            Serves(
                role=TARGETS, to="desiredCount != `0` && loadBalancers[].targetGroupArn", bind=Bind.REPLACES
            ),
        ),
        refine=_service,
    ),
    AwsSpec(
        kind="aws.ecs.taskdefinition",
        title="task definition",
        support=True,
        service="ecs",
        call=Call(operation="DescribeTaskDefinition", items="taskDefinition", paged=False),
        within=Within(kind="aws.ecs.service", args=(("taskDefinition", "taskDefinition"),)),
        id="taskDefinitionArn",
        arn="taskDefinitionArn",
        tags=f"{PARENT}.tags",
        facts=(FactField(name="identity", path="[taskRoleArn, executionRoleArn]"),),
        refine=_taskdefinition,
    ),
)
