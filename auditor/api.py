"""The public functions: collect an inventory, load one, audit it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from auditor.analyses.runner import run_audit
from auditor.config import Settings
from auditor.connectors import aws, azure, manifest
from auditor.errors import AuditorError, CollectError, CredentialsError, CredentialsRefusedError
from auditor.inventory import Inventory, InventoryBuilder
from auditor.inventory.snapshot import load as read_snapshot
from auditor.model.audit import Audit
from auditor.model.gap import Gap, GapReason
from auditor.outages import Outage, catalogue
from auditor.progress import Progress, SilentProgress

__all__ = ["Audit", "Inventory", "audit", "collect", "load"]

Note = Callable[[str], None]

NOTHING = (
    "nothing to audit: no credentials for AWS or Azure were found, and nothing is declared in the settings"
)
NOTHING_HINT = (
    "sign in with `aws configure` or `az login` (read-only access is enough), or declare workloads in "
    "auditor.toml; `auditor demo` needs neither"
)


@dataclass(slots=True)
class _Reading:
    """One provider being read on its own thread, with what came of it."""

    provider: str
    enabled: bool | None
    read: Callable[[InventoryBuilder, Progress], bool]
    answered: bool = False
    refused: CredentialsError | None = None
    failure: BaseException | None = field(default=None)

    def run(self, builder: InventoryBuilder, progress: Progress) -> None:
        """Read; whatever is raised is kept for the thread that waits."""
        try:
            self.answered = self.read(builder, progress)
        except CredentialsError as error:
            self.refused = error
        except BaseException as error:  # noqa: BLE001 - raised again by the waiting thread, nothing is lost
            self.failure = error


def collect(
    settings: Settings | None = None,
    *,
    progress: Progress | None = None,
    note: Note | None = None,
    now: datetime | None = None,
) -> Inventory:
    """Read every provider there are credentials for, and add what the settings declare.

    Args:
        settings: None = defaults.
        progress: told what is being read.
        note: told, in one line each, of providers left out for want of credentials.
        now: when collecting began; None = the clock.

    Raises:
        CredentialsError: there are no credentials at all and nothing is declared.
        CollectError: nothing could be read and nothing is declared.
    """
    settings = settings or Settings()
    taken_at = (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    builder = InventoryBuilder(taken_at)
    readings = [each for each in _providers(settings) if each.enabled is not False]
    _read_all(readings, builder, progress or SilentProgress())
    builder.add_gaps(_asked_in_vain(readings))
    inventory = manifest.declare(builder.build(), settings)
    if not len(inventory) and not inventory.workloads and not any(each.answered for each in readings):
        raise _nothing(readings, inventory)
    for reading in readings:
        if note is not None and reading.refused is not None and not reading.enabled:
            note(f"{reading.provider} left out: {reading.refused}")
    return inventory


def _providers(settings: Settings) -> tuple[_Reading, ...]:
    return (
        _Reading("aws", settings.aws.enabled, lambda builder, told: aws.collect(settings.aws, builder, told)),
        _Reading(
            "azure",
            settings.azure.enabled,
            lambda builder, told: azure.collect(settings.azure, builder, told),
        ),
    )


def _read_all(readings: list[_Reading], builder: InventoryBuilder, progress: Progress) -> None:
    """Read all at once; threads are daemons, so an interrupt does not wait for a slow provider."""
    threads = [
        threading.Thread(target=reading.run, args=(builder, progress), daemon=True) for reading in readings
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)  # a join without end would not see Ctrl-C on every system
    for reading in readings:
        if reading.failure is not None:
            raise reading.failure


def _asked_in_vain(readings: list[_Reading]) -> tuple[Gap, ...]:
    """Return a gap for each provider whose credentials do not work, or that was asked for and has none."""
    return tuple(
        Gap(
            provider=reading.provider,
            reason=GapReason.DENIED,
            detail=str(reading.refused),
            remedy=reading.refused.hint,
        )
        for reading in readings
        if reading.refused is not None and _meant(reading)
    )


def _meant(reading: _Reading) -> bool:
    """Tell whether somebody wanted the provider read; credentials that are there say so too."""
    return bool(reading.enabled) or isinstance(reading.refused, CredentialsRefusedError)


def _nothing(readings: list[_Reading], inventory: Inventory) -> AuditorError:
    for reading in readings:
        if isinstance(reading.refused, CredentialsRefusedError):
            return reading.refused
    if all(reading.refused for reading in readings):
        return CredentialsError(NOTHING, hint=NOTHING_HINT)
    first = inventory.gaps[0] if inventory.gaps else Gap(provider="no provider")
    why = ", ".join(part for part in (first.operation, first.detail or first.reason.value) if part)
    return CollectError(
        f"nothing could be read: {first.provider}: {why}",
        hint=first.remedy or "`auditor doctor` tells what works and what to do",
    )


def load(path: str | Path, settings: Settings | None = None) -> Inventory:
    """Return the inventory of a snapshot file; settings, when given, replace what was declared then.

    Raises:
        SnapshotError: the file is no snapshot, damaged, or from a newer version.
    """
    inventory = read_snapshot(Path(path))
    return inventory if settings is None else manifest.declare(inventory, settings)


def audit(
    inventory: Inventory,
    settings: Settings | None = None,
    *,
    outages: Mapping[str, Outage] | None = None,
    snapshot_sha256: str | None = None,
    progress: Progress | None = None,
    since: Audit | None = None,
) -> Audit:
    """Return everything the analyses find; pure: the same inventory and settings give the same audit.

    Args:
        inventory: what ``collect`` or ``load`` gave.
        settings: None = defaults.
        outages: to replay; None = the whole catalogue with the settings' own folders.
        snapshot_sha256: digest of the file the inventory came from, for the record.
        progress: told what is being analysed.
        since: a former audit, in this process or by ``auditor.formats.json.read``: what it found is taken
            over where it would be found again (docs/incremental.md); the result is the same without it.
    """
    settings = settings or Settings()
    if outages is None:
        outages = catalogue(settings.outages.folders)
    return run_audit(
        inventory, settings, outages, snapshot_sha256=snapshot_sha256, progress=progress, since=since
    )
