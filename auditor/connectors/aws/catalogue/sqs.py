"""SQS queues."""

from __future__ import annotations

import json

from auditor.connectors.aws.catalogue._common import key_arn, with_aliases, with_fact, with_needs
from auditor.connectors.aws.spec import VALUE, AwsSpec, Call, Detail, Draft
from auditor.connectors.extract import text
from auditor.model.need import requires
from auditor.model.resource import Resource


def _queue(draft: Draft) -> Resource:
    """Programs name queues by their address; a dead-letter queue belongs to its source."""
    resource, item, where = draft.resource, draft.item, draft.where
    path = f"{where.account}/{resource.name}"
    made = with_aliases(
        resource, f"sqs.{where.region}.{where.dns_suffix}/{path}", f"queue.{where.dns_suffix}/{path}"
    )
    key = text("Attributes.KmsMasterKeyId", item)
    if key:
        made = with_fact(made, "encryption_key", key_arn(where, key), origin="sqs:GetQueueAttributes")
    try:
        target = text("deadLetterTargetArn", json.loads(text("Attributes.RedrivePolicy", item) or "{}"))
    except ValueError:
        target = None
    return (
        with_needs(made, *requires("dead-letter", target, origin="sqs:GetQueueAttributes"))
        if target
        else made
    )


SPECS = AwsSpec(
    kind="aws.sqs.queue",
    title="queue",
    service="sqs",
    call=Call(operation="ListQueues", items="QueueUrls", page_size=1000),
    id=VALUE,
    arn_of="arn:{partition}:sqs:{region}:{account}:{id}",
    details=(
        Detail(
            call=Call(
                operation="GetQueueAttributes",
                items="Attributes",
                args=(("AttributeNames", ["RedrivePolicy", "KmsMasterKeyId"]),),
                paged=False,
                ignore=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
            ),
            into="Attributes",
            args=(("QueueUrl", VALUE),),
        ),
        Detail(
            call=Call(
                operation="ListQueueTags",
                items="Tags",
                paged=False,
                ignore=("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"),
            ),
            into="Tags",
            args=(("QueueUrl", VALUE),),
        ),
    ),
    refine=_queue,
)
