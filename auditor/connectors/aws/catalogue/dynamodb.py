"""DynamoDB tables. Each replica of a global table is a table of its own in its region."""

from __future__ import annotations

from auditor.connectors.aws.spec import VALUE, AwsSpec, Call, Detail, FactField

SPECS = AwsSpec(
    kind="aws.dynamodb.table",
    title="key-value table",
    stateful=True,
    service="dynamodb",
    call=Call(operation="ListTables", items="TableNames"),
    id=VALUE,
    arn_of="arn:{partition}:dynamodb:{region}:{account}:table/{id}",
    details=(
        Detail(
            call=Call(
                operation="DescribeTable", items="Table", paged=False, ignore=("ResourceNotFoundException",)
            ),
            into="",
            args=(("TableName", VALUE),),
        ),
        Detail(
            call=Call(operation="ListTagsOfResource", items="Tags"),
            into="Tags",
            args=(("ResourceArn", "TableArn"),),
        ),
    ),
    facts=(
        FactField(name="state", path="TableStatus"),
        FactField(name="encryption_key", path="SSEDescription.KMSMasterKeyArn"),
        FactField(name="replicas", path="sort(Replicas[?ReplicaStatus=='ACTIVE'].RegionName || `[]`)"),
    ),
)
