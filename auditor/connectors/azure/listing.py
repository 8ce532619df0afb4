"""The other road: generic listing, then every described resource by itself, and the lists below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from auditor.connectors.azure.failure import ArmError, Deadline
from auditor.connectors.azure.spec import AzureSpec, Child, specs
from auditor.connectors.extract import parse_arm_id, read, text
from auditor.model.gap import Gap

if TYPE_CHECKING:
    from auditor.connectors.azure.session import Session

Body = Mapping[str, Any]
LISTING = "Microsoft.Resources/subscriptions/resources/read"
_GONE = 404


@dataclass(slots=True)
class Failures:
    """Failures of one subscription, told once per operation and reason instead of once per resource."""

    subscription: str
    _counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    _first: dict[tuple[str, str], tuple[str, ArmError]] = field(default_factory=dict)

    def add(self, error: ArmError, *, type_: str) -> None:
        """Note one failure to read something of a type."""
        key = (type_, error.reason.value)
        self._counts[key] += 1
        self._first.setdefault(key, (type_, error))

    def gaps(self) -> Iterator[Gap]:
        """Yield one gap per type and reason."""
        for key, (type_, error) in sorted(self._first.items()):
            action = f"{type_}/read"
            found = ArmError(error.reason, f"{self._counts[key]} not read: {error.detail}")
            yield found.gap(
                account=self.subscription,
                service=type_.partition("/")[0].lower(),
                operation=action,
                remedy=f"grant {action}",
            )


def bodies(
    session: Session, subscription: str, *, pool: ThreadPoolExecutor, deadline: Deadline, failures: Failures
) -> list[Body]:
    """Return the bodies of a subscription's resources; those that could not be read stay as listed.

    Raises:
        ArmError: the listing itself failed.
    """
    listed = list(session.resources(subscription, deadline))

    def whole(body: Body) -> tuple[Body, ArmError | None]:
        spec = _spec_of(body)
        if spec is None or spec.made or spec.folded:  # folded ones come whole with their parent's list
            return body, None
        try:
            found = session.get(
                text("id", body) or "",
                api_version=spec.api_version,
                params=dict(spec.params),
                deadline=deadline,
            )
        except ArmError as error:
            return body, error
        return found, None

    found: list[Body] = []
    for body, error in pool.map(whole, listed):
        spec = _spec_of(body)
        if error is not None and spec is not None:
            if error.status == _GONE:
                continue  # deleted since it was listed
            failures.add(error, type_=spec.type)
        found.append(body)
    below = children(session, found, pool=pool, deadline=deadline, failures=failures, wanted=lambda _: True)
    return [*found, *below]


def children(
    session: Session,
    parents: Iterable[Body],
    *,
    pool: ThreadPoolExecutor,
    deadline: Deadline,
    failures: Failures,
    wanted: Callable[[Child], bool],
) -> list[Body]:
    """Return the items of the lists below resources, and of the lists below those."""

    def fetch(task: tuple[str, Child]) -> tuple[list[Body], ArmError | None]:
        parent, child = task
        path = f"{parent}/{child.path}"
        try:
            return list(session.children(path, api_version=child.api_version, deadline=deadline)), None
        except ArmError as error:
            return [], error

    found: list[Body] = []
    level = list(_tasks(parents, wanted))
    while level:
        below: list[Body] = []
        for (_, child), (items, error) in zip(level, pool.map(fetch, level), strict=True):
            if error is not None and error.status != _GONE:
                failures.add(error, type_=child.type)
            below += items
        found += below
        level = list(_tasks(below, wanted))
    return found


def _tasks(parents: Iterable[Body], wanted: Callable[[Child], bool]) -> Iterator[tuple[str, Child]]:
    for parent in parents:
        spec = _spec_of(parent)
        for child in spec.children if spec else ():
            if wanted(child) and (not child.when or read(child.when, parent)):
                yield (text("id", parent) or "").rstrip("/"), child


def _spec_of(body: Body) -> AzureSpec | None:
    arm = parse_arm_id(text("id", body) or "")
    return specs().get(arm.type) if arm else None
