"""Moments as people write them: an offset is honoured, a time without one needs a time zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_of(name: str) -> ZoneInfo:
    """Return the time zone of an IANA name.

    Raises:
        ValueError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # nobody has it, no key at all, or a folder
        raise ValueError(f"there is no time zone {name!r}; write it like Asia/Seoul") from None


def moment(value: object, zone: ZoneInfo | None) -> datetime:
    """Return a moment in UTC; ``zone`` is for times that carry no offset.

    Raises:
        ValueError: it is no date and time, has neither offset nor zone, or its clock skipped or repeated it.
    """
    if isinstance(value, str):
        value = _read(value)
    if not isinstance(value, datetime):
        raise ValueError(f"{value} is no date with a time, such as 2018-11-22T08:19:00+09:00")  # noqa: TRY004 -- pydantic and the log turn only ValueError into their errors
    if value.tzinfo is not None:
        return value.astimezone(UTC)
    if zone is None:
        raise ValueError(
            f"{value.isoformat()} has no offset: write one, such as +09:00, or give the timezone"
        )
    return _placed(value, zone)


def _read(text: str) -> datetime:
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"{text!r} is no date with a time, such as 2018-11-22T08:19:00+09:00") from None
    if len(text.strip()) <= len("2018-11-22"):
        raise ValueError(f"{text!r} has no time of day, such as 2018-11-22T08:19:00+09:00")
    return read


def _placed(naive: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment a local clock showed; one it never or twice showed is refused."""
    first, second = (naive.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first == second:
        return first
    back = first.astimezone(zone).replace(tzinfo=None)
    how = (
        "shows it twice: write it with its offset"
        if back == naive
        else "never shows it: clocks were put forward"
    )
    raise ValueError(f"{naive.isoformat()} in {zone.key}: the clock {how}")
