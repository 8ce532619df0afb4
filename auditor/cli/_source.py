"""Where an inventory comes from without a network: a snapshot, or what the settings declare."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import ConfigError

if TYPE_CHECKING:
    from auditor.config import Settings
    from auditor.inventory import Inventory


def from_snapshot(snapshot: Path, settings: Settings) -> tuple[Inventory, str]:
    """Return the inventory of a snapshot and the file's digest.

    What settings declare takes the place of what was declared when the snapshot was taken; without a settings
    file that stays.
    """
    from auditor.api import load
    from auditor.inventory.snapshot import digest

    inventory = load(snapshot, settings if settings.source is not None else None)
    return inventory, digest(snapshot)


def given(snapshot: Path | None, settings: Settings) -> tuple[Inventory, str | None]:
    """Return a snapshot's inventory, or the declared one where no snapshot is given.

    Raises:
        ConfigError: there is neither.
    """
    if snapshot is not None:
        return from_snapshot(snapshot, settings)
    if not settings.workloads and not settings.resources:
        raise ConfigError(
            "there is no inventory to look at",
            hint="give a snapshot of `auditor collect` with --from, or declare resources in auditor.toml",
        )
    from auditor.connectors.manifest import declare
    from auditor.inventory import empty

    return declare(empty(now()), settings), None


def now() -> str:
    """Return the time as inventories keep it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
