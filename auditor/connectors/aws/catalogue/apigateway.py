"""API Gateway v1: REST APIs and what their methods call."""

from __future__ import annotations

from auditor.connectors.aws.catalogue._apis import exposed, integrated
from auditor.connectors.aws.spec import AwsSpec, Call, Detail, Draft, Lookup
from auditor.connectors.extract import items, text, texts
from auditor.model.resource import Resource


def _api(draft: Draft) -> Resource:
    resource, item, where = draft.resource, draft.item, draft.where
    links = {text("id", link): texts("targetArns", link) for link in items("Links", item)}
    # a path without methods, as the root nearly always is, lacks the key, and values() takes no null
    calls = items("Methods[?resourceMethods].resourceMethods.values(@)[].methodIntegration", item)
    refs: list[str] = []
    for call in calls:
        link = text("connectionId", call)
        refs.extend(links.get(link, ()) if link else ())
        if not link and text("type", call) != "MOCK":
            refs.extend(texts("uri", call))
    private = "PRIVATE" in texts("endpointConfiguration.types", item)
    return exposed(integrated(resource, refs, origin="apigateway:GetResources"), where, public=not private)


SPECS = AwsSpec(
    kind="aws.apigateway.restapi",
    title="REST API",
    service="apigateway",
    call=Call(
        operation="GetRestApis",
        items="items",
        page_size=500,
        permission="apigateway:GET",
        resource="arn:{partition}:apigateway:*::/restapis",
    ),
    id="id",
    arn_of="arn:{partition}:apigateway:{region}::/restapis/{id}",
    name="name",
    details=(
        Detail(
            call=Call(
                operation="GetResources",
                items="items",
                args=(("embed", ["methods"]),),
                page_size=500,
                permission="apigateway:GET",
                resource="arn:{partition}:apigateway:*::/restapis/*/resources",
                ignore=("NotFoundException",),
            ),
            into="Methods",
            args=(("restApiId", "id"),),
        ),
    ),
    lookups=(
        Lookup(
            call=Call(
                operation="GetVpcLinks",
                items="items",
                page_size=500,
                permission="apigateway:GET",
                resource="arn:{partition}:apigateway:*::/vpclinks",
            ),
            into="Links",
            match=("'all'", "'all'"),
        ),
    ),
    tags="tags",
    refine=_api,
)
