"""Lambda functions."""

from __future__ import annotations

from auditor.connectors.aws.catalogue._common import uses, with_needs
from auditor.connectors.aws.spec import AwsSpec, Call, Detail, Draft, FactField, Lookup, NeedField, Of
from auditor.connectors.extract import read
from auditor.model.evidence import Evidence
from auditor.model.resource import Resource


def _function(draft: Draft) -> Resource:
    resource, item, where = draft.resource, draft.item, draft.where
    variables = read("Environment.Variables", item) or {}
    settings = [(str(key), str(value)) for key, value in sorted(variables.items())]
    return with_needs(resource, *uses(settings, where, origin="lambda:ListFunctions Environment"))


SPECS = AwsSpec(
    kind="aws.lambda.function",
    title="function",
    service="lambda",
    call=Call(operation="ListFunctions", items="Functions"),
    id="FunctionName",
    arn="FunctionArn",
    details=(
        Detail(
            call=Call(operation="ListTags", items="Tags", paged=False, ignore=("ResourceNotFoundException",)),
            into="Tags",
            args=(("Resource", "FunctionArn"),),
        ),
    ),
    lookups=(
        Lookup(
            call=Call(operation="ListEventSourceMappings", items="EventSourceMappings[?State=='Enabled']"),
            into="Sources",
            match=("FunctionArn", "FunctionArn"),
        ),
    ),
    facts=(
        FactField(name="state", path="State"),
        FactField(name="encryption_key", path="KMSKeyArn"),
        FactField(name="identity", path="[Role]"),
        FactField(name="resolver", path="VpcConfig.VpcId && 'vpc'", evidence=Evidence.ASSUMED),
    ),
    needs=(
        NeedField(role="vpc", path="VpcConfig.VpcId"),
        NeedField(role="subnet", path="VpcConfig.SubnetIds", of=Of.ANY),
        NeedField(role="trigger", path="Sources[].EventSourceArn"),
    ),
    refine=_function,
)
