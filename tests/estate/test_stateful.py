"""What holds data is known by its kind's description, by an engine, or because somebody says so."""

from __future__ import annotations

from auditor.estate.stateful import is_stateful
from auditor.inventory import InventoryBuilder
from auditor.model.evidence import Evidence, Fact, FactValue
from auditor.model.resource import Placement, Resource


def _resource(name: str, kind: str, **facts: FactValue) -> Resource:
    return Resource(
        id=name,
        kind=kind,
        name=name,
        placement=Placement(provider="aws"),
        facts=tuple(Fact(name=key, value=value, evidence=Evidence.DECLARED) for key, value in facts.items()),
    )


def test_a_statement_goes_before_an_engine_and_an_engine_before_nothing() -> None:
    """A declared kind with an engine holds data; what only serves others does not; a statement decides."""
    builder = InventoryBuilder("2026-01-02T03:04:05Z")
    builder.add(
        (
            _resource("plain", "onprem.server"),
            _resource("engine", "onprem.database", engine="oracle"),
            _resource("said", "onprem.share", stateful=True),
            _resource("denied", "onprem.proxy", engine="redis", stateful=False),
            _resource("group", "aws.rds.subnetgroup", engine="mysql"),
        ),
        source="test",
    )
    inventory = builder.build()
    told = dict(zip(inventory.resources["id"], is_stateful(inventory), strict=True))
    assert told == {"plain": False, "engine": True, "said": True, "denied": False, "group": False}
