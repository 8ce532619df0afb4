"""When a notice is due: periods after a moment, in the law's time zone."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.obligations.schema import Notice, Period, Unit

SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class From:
    """A moment deadlines are counted from; ``assumed`` = the earliest it can have been."""

    at: datetime
    words: str
    assumed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """When one notice is due, counted from where."""

    notice: Notice
    at: datetime | None
    counted: From | None


def deadlines(notices: Sequence[Notice], anchors: Mapping[str, From], zone: ZoneInfo) -> tuple[Due, ...]:
    """Return when each notice is due; one that counts from another follows its due moment."""
    known = dict(anchors)
    found = []
    for notice in notices:
        ends = [
            (end(known[period.after].at, period, zone), known[period.after])
            for period in notice.periods
            if period.after in known
        ]
        at, counted = min(ends, key=lambda each: each[0]) if ends else (None, None)
        found.append(Due(notice=notice, at=at, counted=counted))
        if at is not None:
            known[notice.what] = From(at=at, words=f"the last moment for the {notice.what}", assumed=True)
    return tuple(found)


def end(start: datetime, period: Period, zone: ZoneInfo) -> datetime:
    """Return the end of a period in UTC; days and months keep the local time of day, clock changes included.

    Working days are Monday to Friday: public holidays are not known here.
    """
    match period.unit:
        case Unit.HOURS:
            return start + timedelta(hours=period.amount)
        case Unit.DAYS:
            return _local(start, zone, timedelta(days=period.amount))
        case Unit.WORKING_DAYS:
            return _local(start, zone, _working(start.astimezone(zone), period.amount))
        case Unit.MONTHS:
            return _months(start.astimezone(zone), period.amount).astimezone(UTC)


def _local(start: datetime, zone: ZoneInfo, added: timedelta) -> datetime:
    return (start.astimezone(zone) + added).astimezone(UTC)


def _working(start: datetime, amount: int) -> timedelta:
    days, left = 0, amount
    while left:
        days += 1
        left -= (start + timedelta(days=days)).weekday() < SATURDAY
    return timedelta(days=days)


def _months(start: datetime, amount: int) -> datetime:
    year, month = divmod(start.year * 12 + start.month - 1 + amount, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return start.replace(year=year, month=month + 1, day=min(start.day, last))
