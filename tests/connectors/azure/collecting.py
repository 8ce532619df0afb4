"""Run the real connector with the real SDK clients against the stand-in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest

from auditor.config import AzureSettings
from auditor.connectors.azure import collect
from auditor.demo.arm import ArmServer, Behaviour, Subscription
from auditor.inventory import Inventory, InventoryBuilder
from auditor.progress import SilentProgress

TAKEN = "2026-01-01T00:00:00Z"


@contextmanager
def standing_in(
    monkeypatch: pytest.MonkeyPatch,
    subscriptions: Iterable[Subscription],
    behaviour: Behaviour | None = None,
) -> Iterator[ArmServer]:
    """Start a stand-in and sign the environment in to it."""
    with ArmServer(subscriptions=subscriptions, behaviour=behaviour) as arm:
        for name, value in arm.environment().items():
            monkeypatch.setenv(name, value)
        yield arm


def collected(arm: ArmServer, **settings: object) -> tuple[bool, Inventory]:
    """Return what the connector said and the inventory it filled."""
    builder = InventoryBuilder(TAKEN)
    told = AzureSettings.model_validate({"endpoint": arm.endpoint, "ca_file": arm.ca_file, **settings})
    read = collect(told, builder, SilentProgress())
    return read, builder.build()
