"""Exact arithmetic on stretches of time: when a stop, or several together, pass a limit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

Stretch = tuple[datetime, datetime]


def merged(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return the same time as stretches that neither overlap nor touch, in order; empty ones vanish."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if end <= start:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def passes(length: timedelta, limit: timedelta, *, over: bool) -> bool:
    """Return whether a length reaches a limit, or with ``over`` goes beyond it."""
    return length > limit if over else length >= limit


def lasting(stops: Sequence[Stretch], minutes: float, *, over: bool = False) -> datetime | None:
    """Return when the first single stop passes the limit, None when none does.

    ``over`` asks for more than the minutes; the moment is still the one they are full.
    """
    limit = timedelta(minutes=minutes)
    return min((start + limit for start, end in stops if passes(end - start, limit, over=over)), default=None)


def totalling(
    stops: Sequence[Stretch],
    *,
    count: int,
    hours: float,
    minutes: float,
    over: bool = False,
    since: datetime | None = None,
) -> datetime | None:
    """Return when stops first add up to the limit (``since`` a moment), None when they never do.

    Any stop can be the first. ``count`` stops must begin within ``hours`` of its beginning, that moment
    included; of what they last, only minutes inside the hours are added.
    """
    found = (
        _from(stops[index:], count=count, hours=hours, minutes=minutes, over=over)
        for index in range(len(stops))
    )
    later = (each for each in found if each is not None and (since is None or each >= since))
    return min(later, default=None)


def _from(
    stops: Sequence[Stretch], *, count: int, hours: float, minutes: float, over: bool
) -> datetime | None:
    close = stops[0][0] + timedelta(hours=hours)
    limit, total = timedelta(minutes=minutes), timedelta()
    for number, (start, end) in enumerate(stops, start=1):
        if start > close:
            return None
        added = min(end, close) - start
        if number >= count and passes(total + added, limit, over=over):
            return start + max(limit - total, timedelta())
        total += added
    return None


def total(stops: Sequence[Stretch]) -> timedelta:
    """Return how long stops last together."""
    return sum((end - start for start, end in stops), timedelta())
