"""What came of reading one service in one region, and the time it may take."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from auditor.connectors.aws.shape import Served
from auditor.model.gap import Gap, GapReason
from auditor.model.resource import Resource


class Clock:
    """The time a region may take, counted from the first call there."""

    def __init__(self, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._now = now
        self._start: float | None = None

    def begin(self) -> None:
        """Start counting; only the first call counts."""
        if self._start is None:
            self._start = self._now()

    def left(self, *, grace: float = 0.0) -> float:
        """Return the seconds left, with some grace if wanted; 0 when over."""
        passed = 0.0 if self._start is None else self._now() - self._start
        return max(0.0, self._seconds + grace - passed)


@dataclass(slots=True)
class Harvest:
    """Grows while a service is read, so what was read before a deadline is kept.

    Attributes:
        resources: in the order the API lists them.
        served: who serves whom.
        answered: at least one listing gave an answer, even an empty one.
    """

    resources: list[Resource] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)
    answered: bool = False
    _gaps: dict[tuple[str, str, GapReason], tuple[Gap, int]] = field(default_factory=dict)

    def add_gap(self, gap: Gap) -> None:
        """Keep a gap; further ones of the same call and reason are only counted."""
        key = (gap.region, gap.operation, gap.reason)
        first, count = self._gaps.get(key, (gap, 0))
        self._gaps[key] = (first, count + 1)

    def gaps(self) -> tuple[Gap, ...]:
        """Return one gap per call and reason, telling how often it came."""
        return tuple(
            gap
            if count == 1
            else dataclasses.replace(gap, detail=f"{gap.detail} (and {count - 1} more like it)")
            for gap, count in tuple(self._gaps.values())
        )
