"""API Gateway v2: HTTP and WebSocket APIs and what they call."""

from __future__ import annotations

from auditor.connectors.aws.catalogue._apis import exposed, integrated
from auditor.connectors.aws.spec import AwsSpec, Call, Detail, Draft
from auditor.connectors.extract import texts
from auditor.model.resource import Resource


def _api(draft: Draft) -> Resource:
    resource, item, where = draft.resource, draft.item, draft.where
    refs = texts("Integrations[?IntegrationType!='MOCK'].IntegrationUri", item)
    return exposed(integrated(resource, refs, origin="apigateway:GetIntegrations"), where, public=True)


SPECS = AwsSpec(
    kind="aws.apigatewayv2.api",
    title="HTTP or WebSocket API",
    service="apigatewayv2",
    iam="apigateway",
    call=Call(
        operation="GetApis",
        items="Items",
        page_size=500,
        permission="apigateway:GET",
        resource="arn:{partition}:apigateway:*::/apis",
    ),
    id="ApiId",
    arn_of="arn:{partition}:apigateway:{region}::/apis/{id}",
    name="Name",
    details=(
        Detail(
            call=Call(
                operation="GetIntegrations",
                items="Items",
                page_size=500,
                permission="apigateway:GET",
                resource="arn:{partition}:apigateway:*::/apis/*/integrations",
                ignore=("NotFoundException",),
            ),
            into="Integrations",
            args=(("ApiId", "ApiId"),),
        ),
    ),
    refine=_api,
)
