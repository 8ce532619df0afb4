"""Incidents as the providers' own health services give them, in JSON: turned into rows of a log.

AWS Health's ``describe-events`` and Azure's ``servicehealthresources``, told apart by content. Neither says
whether a service was down or only erring: such an incident is degraded, hence no stop for certain, until
somebody writes ``kind`` beside it.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from auditor.config.refusal import first_line
from auditor.model.places import region, regions
from auditor.obligations.interruption import Kind
from auditor.obligations.moments import moment

Given = tuple[str, dict[str, object]]
"""A row's place in the file, and its values by the log's columns."""

AZURE_TYPE = "microsoft.resourcehealth/events"
UNNAMED = "service not named"
SHAPES = (
    "is neither AWS Health (events, each with an eventTypeCategory) "
    "nor Azure Service Health (rows with properties and an eventType, bare or under data or value)"
)
NEXT_PAGE = ("nexttoken", "nextlink", "skip_token", "skiptoken", "$skiptoken")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECONDS, MILLISECONDS = 1e11, 1e14
"""Numbers below are seconds, then milliseconds, since 1970; beyond them ticks of 100 ns since the year 1."""


@dataclass(slots=True, kw_only=True)
class Incidents:
    """What a file holds: rows, and how many entries became none or lost something, by reason."""

    rows: list[Given] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)
    partial: bool = False

    def notes(self) -> tuple[str, ...]:
        """Return what a reader must know of entries that are no rows, or not as they were written."""
        told = [f"{reason}: {count}" for reason, count in sorted(self.counted.items())]
        more = ["there is a next page, which this file does not hold"] if self.partial else []
        return (*told, *more)


def incidents(text: str, zone: ZoneInfo | None) -> Incidents:
    """Return the interruptions of a health service's answer; ``zone`` is for times without offset.

    Raises:
        ValueError: it is no such answer, or a key holds what it cannot; one line naming the key.
    """
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is no valid JSON: {first_line(error)}") from error
    found = Incidents()
    name, entries = _entries(raw)
    if isinstance(raw, dict):
        found.partial = any(_lower(raw).get(key) for key in NEXT_PAGE)
    read = _aws if _is_aws(entries, name) else _azure
    seen = set()
    for number, entry in enumerate(entries, start=1):
        place = f"{name}[{number}]"
        if not isinstance(entry, dict):
            raise _fault(f"{place}: {_short(entry)} must be an object")
        values = _Values(place=place, values=_lower(entry), zone=zone)
        for row in read(values, found):
            same = tuple(sorted(row.items(), key=str))
            if same in seen:
                found.counted["told twice, counted once"] += 1
            else:
                found.rows.append((place, row))
            seen.add(same)
    return found


def _entries(raw: object) -> tuple[str, list[object]]:
    """Return the list of entries and the key it stands under."""
    if isinstance(raw, list):
        name, entries = "", raw
    elif isinstance(raw, dict):
        keys = [key for key in ("events", "data", "value") if key in raw]
        if len(keys) != 1:
            raise _fault(SHAPES)
        name, entries = keys[0], raw[keys[0]]
        if not isinstance(entries, list):
            raise _fault(f"{name}: {_short(entries)} must be a list")
    else:
        raise _fault(SHAPES)
    if name == "events" or any(_has(each, "eventtypecategory", "properties") for each in entries):
        return name, entries
    raise ValueError(SHAPES if entries else "holds no interruption")


def _is_aws(entries: list[object], name: str) -> bool:
    return name == "events" or any(_has(each, "eventtypecategory") for each in entries)


def _has(entry: object, *keys: str) -> bool:
    return isinstance(entry, dict) and any(key in _lower(entry) for key in keys)


def _lower(values: Mapping[str, object]) -> dict[str, object]:
    """Return values by keys in lower case: Resource Graph writes both eventType and EventType."""
    return {key.lower(): value for key, value in values.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Values:
    """One object of the file, keys in lower case, and where it stands."""

    place: str
    values: Mapping[str, object]
    zone: ZoneInfo | None

    def text(self, key: str, *, needed: bool = False) -> str:
        value = self.values.get(key.lower())
        if value is None and not needed:
            return ""
        if not isinstance(value, str) or (needed and not value.strip()):
            raise self.fault(key, "is missing" if value is None else f"{_short(value)} must be a text")
        return value.strip()

    def time(self, key: str) -> datetime | None:
        value = self.values.get(key.lower())
        if value is None or value == "":
            return None
        try:
            at = _moment(value, self.zone)
        except (ValueError, OverflowError) as error:
            raise self.fault(key, first_line(error)) from error
        return None if at.year == 1 else at  # .NET's way to write no time

    def inner(self, key: str) -> _Values:
        value = self.values.get(key.lower())
        if not isinstance(value, dict):
            raise self.fault(key, "is missing" if value is None else f"{_short(value)} must be an object")
        return _Values(place=f"{self.place}: {key}", values=_lower(value), zone=self.zone)

    def each(self, key: str) -> list[object]:
        value = self.values.get(key.lower())
        if value is not None and not isinstance(value, list):
            raise self.fault(key, f"{_short(value)} must be a list")
        return value or []

    def fault(self, key: str, what: str) -> ValueError:
        return ValueError(f"{self.place}: {key}: {what}")


def _aws(event: _Values, found: Incidents) -> Iterator[dict[str, object]]:
    category = event.text("eventTypeCategory", needed=True)
    if category != "issue":
        found.counted[f"no interruption ({category})"] += 1
        return
    status = event.text("statusCode").lower()
    if status == "upcoming":
        found.counted["no interruption (not begun)"] += 1
        return
    service = event.text("service", needed=True).lower()
    times = _times(event, found, ("startTime", "endTime"), still_open=status == "open")
    if times is None:
        return
    named = event.text("arn") or event.text("eventTypeCode")
    learned = f"AWS Health, {named}" if named else "AWS Health"
    where = _where("aws", service, event.text("region"), found)
    yield {**times, **_kind(event), **where, "learned": learned}


def _azure(row: _Values, found: Incidents) -> Iterator[dict[str, object]]:
    kind = row.text("type").lower()
    if kind and not kind.endswith(AZURE_TYPE):
        found.counted[f"no interruption (a row of type {kind})"] += 1
        return
    event = row.inner("properties")
    category = event.text("eventType", needed=True)
    if category.lower() != "serviceissue":
        found.counted[f"no interruption ({category})"] += 1
        return
    active = event.text("status").lower() == "active"
    times = _times(event, found, ("impactStartTime", "impactMitigationTime"), still_open=active)
    if times is None:
        return
    named = " ".join(
        part for part in (event.text("trackingId") or row.text("name"), event.text("title")) if part
    )
    learned = f"Azure Service Health, {named}" if named else "Azure Service Health"
    for service, place in _impact(event):
        where = _where("azure", service, place, found)
        yield {**times, **_kind(row), **where, "learned": learned}


def _impact(event: _Values) -> Iterator[tuple[str, str]]:
    """Yield every service with every region it failed in; an event that names none is one all the same."""
    impact = event.each("impact")
    if not impact:
        yield UNNAMED, ""
    for number, entry in enumerate(impact, start=1):
        place = f"{event.place}: impact[{number}]"
        if not isinstance(entry, dict):
            raise _fault(f"{place}: {_short(entry)} must be an object")
        one = _Values(place=place, values=_lower(entry), zone=event.zone)
        service = one.text("impactedService") or UNNAMED
        for count, area in enumerate(one.each("impactedRegions") or [""], start=1):
            given = area if isinstance(area, dict) else {"impactedRegion": area}
            where = f"{place}: impactedRegions[{count}]"
            yield service, _Values(place=where, values=_lower(given), zone=event.zone).text("impactedRegion")


def _times(
    event: _Values, found: Incidents, keys: tuple[str, str], *, still_open: bool
) -> dict[str, object] | None:
    """Return start and end by the log's columns; None, and counted, where no time passed between them."""
    start, end = event.time(keys[0]), event.time(keys[1])
    if start is None:
        raise event.fault(keys[0], "is missing")
    if still_open and end is not None:
        found.counted[f"still open though {keys[1]} is given: its end is taken as unknown"] += 1
        end = None
    if end is not None and end < start:
        raise event.fault(keys[1], f"is before {keys[0]}")
    if end == start:
        found.counted[f"no interruption ({keys[0]} and {keys[1]} are the same)"] += 1
        return None
    return {"start": start, "end": end} if end else {"start": start}


def _kind(event: _Values) -> dict[str, object]:
    kind = (event.text("kind") or Kind.DEGRADED).lower()
    if kind not in {*Kind}:
        raise event.fault("kind", f"{kind!r} must be one of {', '.join(Kind)}")
    return {"kind": kind}


def _where(provider: str, service: str, given: str, found: Incidents) -> dict[str, object]:
    """Return provider, service and region; one the data do not hold stays with the service."""
    where: dict[str, object] = {"provider": provider, "service": service}
    if given.lower() in {"", "global"}:
        return where
    known = region(provider, given.replace(" ", "")) or next(
        (each for each in regions(provider) if each.name.lower() == given.lower()), None
    )
    if known is None:
        found.counted[f"in {given}, a region not known here: its country is not known"] += 1
        return where | {"service": f"{service} ({given})"}
    return where | {"region": known.code}


def _moment(value: object, zone: ZoneInfo | None) -> datetime:
    """Return a moment written as ISO 8601 or as a number, in UTC."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        if not isinstance(value, str):
            raise _fault(f"{_short(value)} is no date with a time")
        return moment(value, zone)
    if not math.isfinite(value) or value <= 0:
        raise ValueError(f"{value} is no time")
    if value < SECONDS:
        return EPOCH + timedelta(seconds=value)
    if value < MILLISECONDS:
        return EPOCH + timedelta(milliseconds=value)
    at = datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=value / 10)
    if at < EPOCH:
        raise ValueError(f"{value} is no time")
    return at


def _fault(line: str) -> ValueError:
    """Return the one kind of mistake a file makes, also where a type is wrong."""
    return ValueError(line)


def _short(value: object) -> str:
    shown = json.dumps(value, ensure_ascii=False)
    return shown if len(shown) <= 40 else f"{shown[:37]}..."  # noqa: PLR2004 - what a line has room for
