"""The main road: Resource Graph, which answers for many subscriptions at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auditor.connectors.azure.failure import ArmError, Deadline
from auditor.connectors.extract import text
from auditor.model.gap import Gap, GapReason

if TYPE_CHECKING:
    from auditor.connectors.azure.session import Session

# Sorted by subscription, so that one is complete when the next begins and may leave memory; then by id,
# without which pages may repeat or miss rows.
QUERY = (
    "resources | project id, name, type, kind, location, zones, sku, identity, managedBy, tags, properties, "
    "subscriptionId | order by subscriptionId asc, id asc"
)
OPERATION = "Microsoft.ResourceGraph/resources/read"
BATCH = 1000
"""Subscriptions Resource Graph takes in one query."""


@dataclass(slots=True)
class Reading:
    """What one batch gave: how far it came and why it stopped.

    Attributes:
        subscriptions: asked for.
        failure: why it stopped early, None when it did not.
        rows, total: read, and told.
        truncated: Azure said that rows are missing.
    """

    subscriptions: tuple[str, ...]
    failure: ArmError | None = None
    rows: int = 0
    total: int = 0
    truncated: bool = False
    finished: set[str] = field(default_factory=set)

    def gaps(self) -> Iterator[Gap]:
        """Yield what the batch could not see though it was answered."""
        if self.failure is not None or not (self.truncated or self.rows < self.total):
            return
        yield Gap(
            provider="azure",
            account=self.subscriptions[0] if len(self.subscriptions) == 1 else "",
            service="microsoft.resourcegraph",
            operation=OPERATION,
            reason=GapReason.ERROR,
            detail=f"Resource Graph gave {self.rows} of {self.total} rows"
            + (" and said that the answer was cut short" if self.truncated else ""),
            remedy="run again; if it stays, set [azure] subscriptions to read fewer at once",
        )


def by_subscription(
    session: Session, reading: Reading, deadline: Deadline
) -> Iterator[tuple[str, list[Mapping[str, Any]]]]:
    """Yield each subscription that has rows with all its rows; ``reading`` tells afterwards how it went.

    A subscription whose rows were still coming when a page failed is not finished; it is yielded all the
    same when the time is up, since then nobody asks for it again.
    """
    token: str | None = None
    current, rows = "", list[Mapping[str, Any]]()
    while True:
        try:
            page = session.query(QUERY, subscriptions=reading.subscriptions, token=token, deadline=deadline)
        except ArmError as failure:
            reading.failure = failure
            if rows and failure.reason is GapReason.TIMEOUT:  # nothing else will be tried: keep what came
                yield current, rows
            return
        reading.total, reading.truncated = page.total, reading.truncated or page.truncated
        for row in page.rows:
            owner = (text("subscriptionId", row) or "").lower()
            if owner != current:
                if rows:
                    reading.finished.add(current)
                    yield current, rows
                current, rows = owner, []
            rows.append(row)
            reading.rows += 1
        token = page.token
        if token is None:
            break
    if rows:
        reading.finished.add(current)
        yield current, rows
