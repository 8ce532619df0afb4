"""S3 buckets, each placed in its own region.

Where a bucket is replicated to is a fact; as nobody is sent there, the estate makes it a standby by hand.
"""

from __future__ import annotations

from auditor.connectors.aws.catalogue._common import with_aliases
from auditor.connectors.aws.spec import AwsSpec, Call, Detail, Draft, FactField, Scope
from auditor.model.resource import Resource


def _bucket(draft: Draft) -> Resource:
    resource, where = draft.resource, draft.where
    name, suffix = resource.name, where.dns_suffix
    region = resource.placement.region
    return with_aliases(
        resource,
        f"{name}.s3.{suffix}",
        f"{name}.s3.{region}.{suffix}",
        f"{name}.s3-{region}.{suffix}",
        f"{name}.s3-website-{region}.{suffix}",
        f"{name}.s3-website.{region}.{suffix}",
    )


SPECS = AwsSpec(
    kind="aws.s3.bucket",
    title="object bucket",
    stateful=True,
    service="s3",
    call=Call(operation="ListBuckets", items="Buckets", page_size=1000, permission="s3:ListAllMyBuckets"),
    scope=Scope.GLOBAL,
    id="Name",
    arn_of="arn:{partition}:s3:::{id}",
    region="Region",
    details=(
        Detail(
            call=Call(
                operation="GetBucketLocation",
                # no location means us-east-1; EU is the old name of eu-west-1
                items="{Region: LocationConstraint"
                " && (LocationConstraint=='EU' && 'eu-west-1' || LocationConstraint) || 'us-east-1'}",
                paged=False,
                ignore=("NoSuchBucket",),
            ),
            into="",
            args=(("Bucket", "Name"),),
        ),
        Detail(
            call=Call(
                operation="GetBucketReplication",
                items="ReplicationConfiguration.Rules[?Status=='Enabled'].Destination.Bucket",
                paged=False,
                permission="s3:GetReplicationConfiguration",
                ignore=("ReplicationConfigurationNotFoundError", "NoSuchBucket"),
            ),
            into="Copies",
            args=(("Bucket", "Name"),),
            region="Region",
        ),
        Detail(
            call=Call(
                operation="GetBucketTagging",
                items="TagSet",
                paged=False,
                ignore=("NoSuchTagSet", "NoSuchBucket"),
            ),
            into="Tags",
            args=(("Bucket", "Name"),),
            region="Region",
        ),
    ),
    facts=(FactField(name="replicas", path="Copies && sort(Copies)"),),
    refine=_bucket,
)
