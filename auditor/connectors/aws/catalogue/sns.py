"""SNS topics and whom they deliver to."""

from __future__ import annotations

from auditor.connectors.aws.catalogue._common import with_needs
from auditor.connectors.aws.shape import needs
from auditor.connectors.aws.spec import AwsSpec, Call, Detail, Draft, Lookup, Of
from auditor.connectors.extract import host_of, items, text
from auditor.model.resource import Resource

BY_ARN = frozenset({"sqs", "lambda", "firehose", "application"})


def _topic(draft: Draft) -> Resource:
    """One of the subscribers is enough in the best case, all are needed in the worst; people are left out."""
    resource, item = draft.resource, draft.item
    refs = []
    for subscription in items("Subscriptions", item):
        protocol, endpoint = text("Protocol", subscription), text("Endpoint", subscription)
        if not (text("SubscriptionArn", subscription) or "").startswith("arn:"):
            continue  # pending or deleted
        refs.append(
            endpoint if protocol in BY_ARN else host_of(endpoint) if protocol in {"http", "https"} else None
        )
    known = tuple(sorted({ref for ref in refs if ref}))
    return with_needs(resource, *needs("subscriber", known, Of.SOME, origin="sns:ListSubscriptions"))


SPECS = AwsSpec(
    kind="aws.sns.topic",
    title="topic",
    service="sns",
    call=Call(operation="ListTopics", items="Topics"),
    id="TopicArn",
    arn="TopicArn",
    details=(
        Detail(
            call=Call(
                operation="ListTagsForResource",
                items="Tags",
                paged=False,
                ignore=("ResourceNotFound", "NotFound"),
            ),
            into="Tags",
            args=(("ResourceArn", "TopicArn"),),
        ),
    ),
    lookups=(
        Lookup(
            call=Call(operation="ListSubscriptions", items="Subscriptions"),
            into="Subscriptions",
            match=("TopicArn", "TopicArn"),
        ),
    ),
    refine=_topic,
)
