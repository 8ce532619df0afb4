"""Load balancers (application, network, gateway), their listeners and target groups."""

from __future__ import annotations

from auditor.connectors.aws.catalogue._common import PATHS, any_zone, with_fact, with_needs
from auditor.connectors.aws.link import TARGET_ZONES, TARGETS, address
from auditor.connectors.aws.shape import bounds
from auditor.connectors.aws.spec import (
    AwsSpec,
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
from auditor.connectors.extract import items, text, texts
from auditor.model.need import Member, Need
from auditor.model.resource import Resource

IAM = "elasticloadbalancing"
IN_SERVICE = frozenset({"healthy"})
UNDECIDED = frozenset({"initial", "unavailable"})
"""Being checked, or not checked at all: may serve."""
UNHEALTHY = "unhealthy"
HEALTH = "elasticloadbalancing:DescribeTargetHealth"

_FORWARD = "[?Type=='forward'].[TargetGroupArn, ForwardConfig.TargetGroups[?Weight!=`0`].TargetGroupArn]"
FORWARDS = f"[DefaultActions{_FORWARD}, Rules[].Actions{_FORWARD}]"


def _tags(arn: str) -> Detail:
    return Detail(
        call=Call(operation="DescribeTags", items="TagDescriptions", paged=False),
        into="Tagging",
        args=(("ResourceArns", arn),),
        batch=20,
        match=(arn, "ResourceArn"),
    )


def _balancer(draft: Draft) -> Resource:
    resource, item, where = draft.resource, draft.item, draft.where
    made = resource
    if text("Scheme", item) == "internet-facing":
        for name in ("internet_facing", "entry_point"):
            made = with_fact(made, name, True, origin="elasticloadbalancing:DescribeLoadBalancers Scheme")
    zones = texts("AvailabilityZones[].ZoneName", item)
    return with_needs(made, *any_zone(where, zones, origin="elasticloadbalancing:DescribeLoadBalancers"))


def _listener(draft: Draft) -> Resource:
    """What is forwarded by default is needed; paths of their own are needed in the worst case."""
    resource, item = draft.resource, draft.item
    default = texts(f"DefaultActions{_FORWARD}", item)
    others = tuple(arn for arn in texts(FORWARDS, item) if arn not in default)
    origin = "elasticloadbalancing:DescribeRules"
    if not default:  # everything goes by rules
        members = tuple(Member(ref=arn) for arn in others)
        some = Need(role="forwards", members=members, k=(1, len(members)), origin=origin) if members else None
        return with_needs(resource, some) if some else resource
    return with_needs(
        resource,
        *(Need(role="forwards", members=(Member(ref=arn),), origin=origin) for arn in default),
        *(Need(role="forwards", members=(Member(ref=arn),), origin=origin, unknown=PATHS) for arn in others),
    )


def _targets(draft: Draft) -> Resource:
    resource, item, where = draft.resource, draft.item, draft.where
    members: dict[str, Member] = {}
    zones: list[str] = []
    for health in _serving(items("Health", item)):
        target = text("Target.Id", health)
        checked = text("TargetType", item) != "lambda" and text("TargetHealth.State", health) in UNDECIDED
        if target is None:
            continue
        if text("TargetType", item) == "ip":
            target = address(text("VpcId", item) or "", target)
            zones.extend(texts("Target.AvailabilityZone", health))
        members[target] = Member(ref=target, unknown="target_health" if checked else None)
    if "Health" in item:
        resource = with_fact(resource, "capacity", len(members), origin=HEALTH)
    return with_needs(
        resource, *_pool(tuple(members[ref] for ref in sorted(members)), where.zone_refs(sorted(zones)))
    )


def _serving(targets: tuple[Item, ...]) -> list[Item]:
    """Return the targets that get traffic; where none is healthy, balancers send to the unhealthy ones."""
    stated = [(text("TargetHealth.State", target), target) for target in targets]
    serving = [target for state, target in stated if state in IN_SERVICE | UNDECIDED]
    return serving or [target for state, target in stated if state == UNHEALTHY]


def _pool(members: tuple[Member, ...], zones: tuple[str, ...]) -> tuple[Need, ...]:
    known = sum(member.unknown is None for member in members)
    if not known:  # no worst case could be met: take them as serving
        members = tuple(Member(ref=member.ref) for member in members)
    needs = []
    if members:
        needs.append(
            Need(role=TARGETS, members=members, k=bounds(Of.HALF, known or len(members)), origin=HEALTH)
        )
    if zones:
        spread = tuple(Member(ref=zone) for zone in zones)
        needs.append(Need(role=TARGET_ZONES, members=spread, k=bounds(Of.HALF, len(zones)), origin=HEALTH))
    return tuple(needs)


SPECS = (
    AwsSpec(
        kind="aws.elbv2.loadbalancer",
        title="load balancer",
        service="elbv2",
        iam=IAM,
        call=Call(operation="DescribeLoadBalancers", items="LoadBalancers", page_size=400),
        id="LoadBalancerArn",
        arn="LoadBalancerArn",
        name="LoadBalancerName",
        details=(_tags("LoadBalancerArn"),),
        tags="Tagging.Tags",
        zones="AvailabilityZones[].ZoneName",
        facts=(FactField(name="lb_type", path="Type"), FactField(name="state", path="State.Code")),
        aliases=("DNSName",),
        needs=(NeedField(role="vpc", path="VpcId"),),
        refine=_balancer,
    ),
    AwsSpec(
        kind="aws.elbv2.listener",
        title="listener",
        support=True,
        service="elbv2",
        iam=IAM,
        call=Call(operation="DescribeListeners", items="Listeners", page_size=400),
        within=Within(kind="aws.elbv2.loadbalancer", args=(("LoadBalancerArn", "LoadBalancerArn"),)),
        id="ListenerArn",
        arn="ListenerArn",
        name="join(':', [Protocol || 'any', to_string(Port || `0`)])",
        details=(
            Detail(
                call=Call(operation="DescribeRules", items="Rules", page_size=400),
                into="Rules",
                args=(("ListenerArn", "ListenerArn"),),
            ),
            _tags("ListenerArn"),
        ),
        tags="Tagging.Tags || Parent.Tagging.Tags",
        # a listener that only redirects or answers by itself can neither hold up nor bring down its balancer
        serves=(Serves(role="listener", to=f"{FORWARDS}[][][][] && LoadBalancerArn"),),
        refine=_listener,
    ),
    AwsSpec(
        kind="aws.elbv2.targetgroup",
        title="target group",
        support=True,
        service="elbv2",
        iam=IAM,
        call=Call(operation="DescribeTargetGroups", items="TargetGroups", page_size=400),
        id="TargetGroupArn",
        arn="TargetGroupArn",
        name="TargetGroupName",
        details=(
            Detail(
                call=Call(
                    operation="DescribeTargetHealth",
                    items="TargetHealthDescriptions",
                    paged=False,
                    ignore=("TargetGroupNotFound",),
                ),
                into="Health",
                args=(("TargetGroupArn", "TargetGroupArn"),),
            ),
            _tags("TargetGroupArn"),
        ),
        tags="Tagging.Tags",
        refine=_targets,
    ),
)
