"""Read every subscription: Resource Graph first, the generic listing where that is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from auditor.config import AzureSettings
from auditor.connectors.azure import graph, listing
from auditor.connectors.azure.failure import READER, ArmError, Deadline
from auditor.connectors.azure.places import Places
from auditor.connectors.azure.read import resources, shelve
from auditor.connectors.extract import text
from auditor.inventory import InventoryBuilder
from auditor.model.gap import Gap, GapReason
from auditor.progress import Progress

if TYPE_CHECKING:
    from auditor.connectors.azure.session import Session

SOURCE = "azure"
STAGE = "Azure subscriptions"
SUBSCRIPTIONS = "Microsoft.Resources/subscriptions/read"
LOCATIONS = "Microsoft.Resources/subscriptions/locations/read"
Body = Mapping[str, Any]


class Scan:
    """One run over one endpoint: what it reads goes to the builder, what it cannot read becomes gaps."""

    def __init__(
        self, session: Session, settings: AzureSettings, builder: InventoryBuilder, progress: Progress
    ) -> None:
        self._session, self._settings, self._builder, self._progress = session, settings, builder, progress
        self._places: dict[str, Places] = {}
        self._read = 0

    def run(self) -> bool:
        """Read all subscriptions; return whether any could be read."""
        subscriptions = self._subscriptions()
        if not subscriptions:
            return False
        self._progress.start(STAGE, len(subscriptions))
        with ThreadPoolExecutor(self._settings.workers, thread_name_prefix="azure") as pool:
            self._locate(subscriptions, pool)
            for first in range(0, len(subscriptions), graph.BATCH):
                self._batch(subscriptions[first : first + graph.BATCH], pool)
        self._progress.done(STAGE)
        return self._read > 0

    def _deadline(self, subscriptions: int = 1) -> Deadline:
        return Deadline(self._settings.deadline * subscriptions)

    def _gap(self, error: ArmError, *, account: str, operation: str, remedy: str) -> None:
        gap = error.gap(account=account, service="microsoft.resources", operation=operation, remedy=remedy)
        self._builder.add_gaps([gap])

    def _subscriptions(self) -> tuple[str, ...]:
        """Return the subscriptions to read, sorted; those asked for and not visible become gaps."""
        asked = tuple(dict.fromkeys(wish.lower() for wish in self._settings.subscriptions))
        try:
            seen = {
                id_.lower()
                for body in self._session.subscriptions(self._deadline())
                if (id_ := text("subscriptionId", body)) and (text("state", body) or "").lower() != "deleted"
            }
        except ArmError as error:
            self._gap(error, account="", operation=SUBSCRIPTIONS, remedy=f"grant {SUBSCRIPTIONS} or {READER}")
            return tuple(sorted(asked)) if error.reason is GapReason.DENIED else ()
        if not seen and not asked:
            none = ArmError(GapReason.DENIED, "the credential sees no subscription")
            self._gap(none, account="", operation=SUBSCRIPTIONS, remedy=f"grant {READER} on a subscription")
        for missing in sorted(set(asked) - seen):
            unseen = ArmError(GapReason.DENIED, "the credential does not see this subscription")
            self._gap(unseen, account=missing, operation=SUBSCRIPTIONS, remedy=f"grant {READER} on it")
        return tuple(sorted(seen & set(asked) if asked else seen))

    def _locate(self, subscriptions: Sequence[str], pool: ThreadPoolExecutor) -> None:
        def fetch(subscription: str) -> Places | ArmError:
            try:
                return Places.of(self._session.locations(subscription, self._deadline()))
            except ArmError as error:
                return error

        for subscription, found in zip(subscriptions, pool.map(fetch, subscriptions), strict=True):
            if isinstance(found, ArmError):
                self._gap(found, account=subscription, operation=LOCATIONS, remedy=f"grant {LOCATIONS}")
            places = Places() if isinstance(found, ArmError) else found
            self._places[subscription] = places
            self._builder.add_zones(places.inventory_zones())

    def _batch(self, subscriptions: Sequence[str], pool: ThreadPoolExecutor) -> None:
        reading = graph.Reading(subscriptions=tuple(subscriptions))
        budget = self._deadline(len(subscriptions))
        for subscription, rows in graph.by_subscription(self._session, reading, budget):
            if subscription not in self._places:
                continue  # a row of a subscription nobody asked for
            failures = listing.Failures(subscription)
            below = listing.children(
                self._session,
                rows,
                pool=pool,
                deadline=self._deadline(),
                failures=failures,
                wanted=lambda child: not child.in_graph,
            )
            self._keep(subscription, [*rows, *below], failures)
        self._builder.add_gaps(reading.gaps())
        timed_out = reading.failure is not None and reading.failure.reason is GapReason.TIMEOUT
        # No row at all is what a subscription looks like that Resource Graph may not read.
        for subscription in sorted(set(subscriptions) - reading.finished):
            if timed_out and reading.failure is not None:
                self._gap(reading.failure, account=subscription, operation=graph.OPERATION, remedy="")
                self._progress.step(STAGE, note=subscription)
            else:
                if reading.failure is not None:
                    self._gap(
                        _second_best(reading.failure),
                        account=subscription,
                        operation=graph.OPERATION,
                        remedy=f"grant {graph.OPERATION} or {READER}",
                    )
                self._list(subscription, pool)

    def _list(self, subscription: str, pool: ThreadPoolExecutor) -> None:
        failures = listing.Failures(subscription)
        try:
            bodies = listing.bodies(
                self._session, subscription, pool=pool, deadline=self._deadline(), failures=failures
            )
        except ArmError as error:
            self._gap(error, account=subscription, operation=listing.LISTING, remedy=f"grant {READER} on it")
            self._progress.step(STAGE, note=subscription)
            return
        self._keep(subscription, bodies, failures)

    def _keep(self, subscription: str, bodies: Iterable[Body], failures: listing.Failures) -> None:
        shelf = shelve(subscription, bodies, self._places[subscription], cloud=self._session.endpoint)
        self._builder.add(resources(shelf), source=SOURCE)
        self._builder.add_gaps(failures.gaps())
        self._read += 1
        self._progress.step(STAGE, note=subscription)


def _second_best(error: ArmError) -> ArmError:
    """Return the failure of Resource Graph with what it costs: the listing knows no undescribed parts."""
    return ArmError(error.reason, f"{error.detail}; listed instead, without parts of types nobody described")


def unreachable(error: ArmError) -> Gap:
    """Return the gap of a run that could not even get a token."""
    return error.gap(account="", service="microsoft.aadiam", operation="sign-in")
