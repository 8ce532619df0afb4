"""Flags of described kinds reach the resources as facts, and no kind that should carry one lacks it."""

from __future__ import annotations

import pytest

from auditor.connectors.aws.spec import AwsSpec
from auditor.connectors.azure.spec import AzureSpec
from auditor.connectors.spec import KindSpec, known_kinds, with_assumed
from auditor.model.resource import Placement, Resource

KINDS = [pytest.param(spec, id=kind) for kind, spec in known_kinds().items()]
DATA = (
    "aws.rds.instance",
    "aws.dynamodb.table",
    "aws.s3.bucket",
    "aws.elasticache.replicationgroup",
    "azure.sql.servers.databases",
    "azure.dbforpostgresql.flexibleservers",
    "azure.documentdb.databaseaccounts",
    "azure.cache.redis",
    "azure.storage.storageaccounts",
)


def _engine(spec: KindSpec) -> bool:
    read: tuple[str, ...] = ()
    if isinstance(spec, AwsSpec):
        read = tuple(field.name for field in spec.facts)
    if isinstance(spec, AzureSpec):
        read = tuple(name for name, _ in spec.facts)
    return "engine" in (*read, *(name for name, _ in spec.assumed))


@pytest.mark.parametrize("spec", KINDS)
def test_a_kind_with_an_engine_is_stateful_or_serves_others(spec: KindSpec) -> None:
    """Whoever describes a database says that it holds data; nothing both holds data and only serves."""
    assert not _engine(spec) or spec.stateful != spec.support
    assert not (spec.stateful and spec.support)


@pytest.mark.parametrize("kind", DATA)
def test_what_holds_data_says_so(kind: str) -> None:
    """The flag becomes a fact of every resource of the kind, one that it may state otherwise."""
    placement = Placement(provider=kind.partition(".")[0], account=None, region=None, zones=None)
    made = with_assumed(Resource(id="x", kind=kind, name="x", placement=placement))
    assert {fact.name: fact.value for fact in made.facts}["stateful"] is True
