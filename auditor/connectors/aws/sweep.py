"""Read every region side by side, within bounds of threads and time."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field

from auditor.config import AwsSettings
from auditor.connectors.aws.harvest import Clock, Harvest
from auditor.connectors.aws.places import ZONES, zone_names, zones_of
from auditor.connectors.aws.pool import DaemonExecutor
from auditor.connectors.aws.scan import Scan, place_of
from auditor.connectors.aws.session import PROBE_ATTEMPTS, AwsSession
from auditor.connectors.aws.spec import AwsSpec, Scope, by_service
from auditor.connectors.aws.unread import UnreadError
from auditor.connectors.aws.where import GLOBAL, PROVIDER, Where
from auditor.connectors.extract import items
from auditor.errors import CredentialsError
from auditor.model.gap import Gap, GapReason
from auditor.model.resource import Zone
from auditor.progress import Progress

STAGE = "Reading AWS"
TICK_SECONDS = 0.2
"""How long the main thread sleeps at most, so that Ctrl-C and deadlines act at once."""
GRACE_SECONDS = 1.0
"""How long a service may take to notice its deadline before it is left behind."""


@dataclass(slots=True)
class Region:
    """One region being read; ``global`` stands for the services that have none."""

    where: Where
    clock: Clock
    zones: tuple[Zone, ...] = ()
    gaps: list[Gap] = field(default_factory=list)
    harvests: dict[str, Harvest] = field(default_factory=dict)
    reached: bool = False


class Sweep:
    """Reads the regions of one account; ``run`` once."""

    def __init__(self, session: AwsSession, settings: AwsSettings, progress: Progress) -> None:
        self._session = session
        self._settings = settings
        self._progress = progress
        self._calls = DaemonExecutor(settings.workers, "aws-call")
        self._jobs = DaemonExecutor(settings.workers, "aws-scan")
        self._running: dict[Future[None], tuple[Region, str]] = {}

    def run(self, places: tuple[Where, ...]) -> tuple[Region, ...]:
        """Return the regions read, in the order given. On an exception threads are left behind."""
        regions = tuple(Region(where=where, clock=self._clock()) for where in places)
        regional = {name: specs for name, specs in by_service().items() if specs[0].scope is Scope.REGIONAL}
        worldwide = {name: specs for name, specs in by_service().items() if specs[0].scope is Scope.GLOBAL}
        total = sum(len(worldwide if region.where.region == GLOBAL else regional) for region in regions)
        self._progress.start(STAGE, total)
        try:
            for region in regions:
                if region.where.region == GLOBAL:
                    self._start(region, worldwide)
                else:
                    self._watch(self._jobs.submit(self._probe, region), region, "")
            self._attend(regional)
        finally:
            self._jobs.shutdown(wait=False, cancel_futures=True)
            self._calls.shutdown(wait=False, cancel_futures=True)
        self._progress.done(STAGE)
        return regions

    def _clock(self) -> Clock:
        return Clock(self._settings.region_deadline)

    def _watch(self, future: Future[None], region: Region, service: str) -> None:
        self._running[future] = (region, service)

    def _start(self, region: Region, services: Mapping[str, tuple[AwsSpec, ...]]) -> None:
        region.reached = True
        region.clock = self._clock()
        for service, specs in services.items():
            harvest = region.harvests[service] = Harvest()
            self._watch(self._jobs.submit(self._read, region, service, specs, harvest), region, service)

    def _attend(self, regional: Mapping[str, tuple[AwsSpec, ...]]) -> None:
        """Wait for all jobs, start the services of each region that answers, leave late jobs behind."""
        while self._running:
            done, _ = wait(self._running, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
            for future in done:
                region, service = self._running.pop(future)
                if service:
                    self._progress.step(STAGE, note=f"{region.where.region} {service}")
                elif region.reached:
                    self._start(region, regional)
                else:
                    self._progress.step(STAGE, len(regional), note=f"{region.where.region} not read")
            for future in [late for late, (region, _) in self._running.items() if self._overdue(region)]:
                self._abandon(future, steps=len(regional))

    def _overdue(self, region: Region) -> bool:
        return region.clock.left(grace=GRACE_SECONDS) <= 0

    def _abandon(self, future: Future[None], *, steps: int) -> None:
        """Leave a late job behind; a region whose first call is late takes all its services along."""
        region, service = self._running.pop(future)
        future.cancel()
        region.gaps.append(
            Gap(
                provider=PROVIDER,
                account=region.where.account,
                region=region.where.region,
                service=service,
                reason=GapReason.TIMEOUT,
                detail="not all read before the region's deadline",
                remedy="raise [aws] region_deadline",
            )
        )
        count = 1 if service else steps
        self._progress.step(STAGE, count, note=f"{region.where.region} {service} timed out")

    def _probe(self, region: Region) -> None:
        """Read the zones of a region; a region where nobody answers is not asked further."""
        region.clock.begin()
        where = region.where
        try:
            pages = self._session.pages(
                "ec2", where.region, ZONES, permission=f"ec2:{ZONES.operation}", attempts=PROBE_ATTEMPTS
            )
            zones = [zone for page in pages for zone in items("@", page)]
        except UnreadError as error:
            reason = error.gap.reason
            silent = reason in {GapReason.UNREACHABLE, GapReason.TIMEOUT}
            service = "" if silent else error.gap.service
            region.gaps.append(dataclasses.replace(error.gap, account=where.account, service=service))
            region.reached = not silent
            return
        region.where = dataclasses.replace(where, zones=zone_names(zones))
        region.zones = zones_of(where.region, zones)
        region.reached = True

    def _read(self, region: Region, service: str, specs: tuple[AwsSpec, ...], harvest: Harvest) -> None:
        scan = Scan(
            reader=self._session, pool=self._calls, where=region.where, clock=region.clock, harvest=harvest
        )
        try:
            scan.run(specs)
        except CredentialsError as error:
            harvest.add_gap(self._failed(region, service, GapReason.DENIED, str(error), error.hint))
        except Exception as error:  # noqa: BLE001 - the border: a defect in one service must not lose the others
            harvest.add_gap(self._failed(region, service, GapReason.ERROR, place_of(error), "report this"))
        finally:
            self._session.drop(service, None if region.where.region == GLOBAL else region.where.region)

    def _failed(self, region: Region, service: str, reason: GapReason, detail: str, remedy: str) -> Gap:
        where = region.where
        return Gap(
            provider=PROVIDER,
            account=where.account,
            region=where.region,
            service=service,
            reason=reason,
            detail=detail,
            remedy=remedy,
        )
