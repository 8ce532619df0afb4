"""The user's own interruption log, in CSV, TOML or a health service's JSON: checked, one line per mistake."""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from auditor.config.refusal import first_line
from auditor.errors import ConfigError
from auditor.model.duties import checked_facts
from auditor.model.places import providers, region, regions
from auditor.model.spelling import closest, one_of
from auditor.obligations.health import incidents
from auditor.obligations.interruption import Kind
from auditor.obligations.moments import moment, zone_of

COLUMNS = (
    *("start", "end", "service", "workload", "provider", "kind", "region", "timezone"),
    *("aware", "classified", "learned"),
)
HINT = "docs/obligations.md says how a log is written"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One stop of the log; times in UTC, ``end`` None where nobody knows yet."""

    start: datetime
    end: datetime | None
    service: str = ""
    workload: str = ""
    provider: str = ""
    region: str = ""
    kind: Kind = Kind.DOWN
    aware: datetime | None = None
    classified: datetime | None = None
    learned: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """A whole log: the file's name, rows in order of time, facts declared, and the zone to tell times in.

    ``notes`` say what of the file is no row, or not as it was written.
    """

    name: str
    rows: tuple[Row, ...]
    facts: Mapping[str, object]
    timezone: ZoneInfo
    notes: tuple[str, ...] = ()


def read(path: Path, *, timezone: str | None = None, facts: Mapping[str, object] | None = None) -> Log:
    """Return the log a file holds; ``timezone`` is for times without offset in a file that names none.

    ``facts`` go before those of the file.

    Raises:
        ConfigError: the file cannot be read, or a row or fact is wrong; one line with file and row.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {first_line(error)}", hint=HINT) from error
    try:
        return _log(path, text, timezone, facts or {})
    except RowFaultError as fault:
        raise ConfigError(f"{path}: {fault}", hint=HINT) from fault


class RowFaultError(Exception):
    """A mistake, with its place; reading turns it into ``ConfigError``."""


def _log(path: Path, text: str, timezone: str | None, facts: Mapping[str, object]) -> Log:
    health = path.suffix.lower() == ".json"
    raw: list[tuple[str, dict[str, object]]] = []
    declared: dict[str, object] = {}
    own = None
    if path.suffix.lower() == ".toml":
        raw, declared, own = _toml(text)
    elif path.suffix.lower() == ".csv":
        raw = list(_csv(text))
    elif not health:
        raise RowFaultError("is none of .csv, .toml and .json")
    try:
        named = own or timezone
        zone = zone_of(named) if named else None
        known = checked_facts({**declared, **facts})
        told = incidents(text, zone) if health else None
    except ValueError as error:
        raise RowFaultError(str(error)) from error
    raw, notes = (told.rows, told.notes()) if told else (raw, ())
    rows = sorted((_row(values, place, zone) for place, values in raw), key=_when)
    if not rows:
        raise RowFaultError("; ".join(("holds no interruption", *notes)))
    return Log(name=path.name, rows=tuple(rows), facts=known, timezone=zone or ZoneInfo("UTC"), notes=notes)


def _when(row: Row) -> tuple[datetime, str, str, str]:
    return row.start, row.workload, row.provider, row.service


def _csv(text: str) -> Iterator[tuple[str, dict[str, object]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), skipinitialspace=True, strict=True)
    try:
        header = [(name or "").strip().lower() for name in reader.fieldnames or ()]
        _known_columns(header, "line 1")
        reader.fieldnames = header
        for values in reader:
            place = f"line {reader.line_num}"
            if None in values or None in values.values():
                raise RowFaultError(f"{place}: has another number of columns than the first line")
            given = {key: text.strip() for key, text in values.items() if text.strip()}
            if given:
                yield place, dict(given)
    except csv.Error as error:
        raise RowFaultError(f"line {reader.line_num}: {error}") from error


def _toml(text: str) -> tuple[list[tuple[str, dict[str, object]]], dict[str, object], str | None]:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RowFaultError(f"is no valid TOML: {first_line(error)}") from error
    wanted = {"timezone": str, "facts": dict, "interruptions": list}
    for key, value in table.items():
        if key not in wanted:
            near = closest(key, wanted)
            raise RowFaultError(
                f"{key}: there is no such key" + (f"; did you mean {near!r}?" if near else "")
            )
        if not isinstance(value, wanted[key]):
            raise RowFaultError(f"{key}: {value!r} is not what belongs there")
    rows = []
    for number, row in enumerate(table.get("interruptions", ()), start=1):
        place = f"interruptions[{number}]"
        if not isinstance(row, dict):
            raise RowFaultError(f"{place}: must be a table")
        _known_columns(row, place)
        rows.append((place, row))
    return rows, table.get("facts", {}), table.get("timezone")


def _known_columns(names: Iterable[str], place: str) -> None:
    seen = list(names)
    for name in seen:
        if name not in COLUMNS:
            near = closest(name, COLUMNS)
            raise RowFaultError(
                f"{place}: there is no column {name!r}"
                + (f"; did you mean {near!r}?" if near else f"; they are {', '.join(COLUMNS)}")
            )
        if seen.count(name) > 1:
            raise RowFaultError(f"{place}: the column {name!r} comes twice")


def _row(values: Mapping[str, object], place: str, zone: ZoneInfo | None) -> Row:
    try:
        return _checked(values, zone)
    except ValueError as error:
        raise RowFaultError(f"{place}: {error}") from error


def _checked(values: Mapping[str, object], zone: ZoneInfo | None) -> Row:
    own = _text(values, "timezone")
    zone = zone_of(own) if own else zone
    if "start" not in values:
        raise ValueError("start: is missing")
    times = {key: _moment(values, key, zone) for key in ("start", "end", "aware", "classified")}
    start, end = times["start"], times["end"]
    assert start is not None  # noqa: S101 - asked for above
    if end is not None and end <= start:
        raise ValueError("end: is not after the start")
    service, provider, place = _place(values)
    workload = _text(values, "workload")
    if not (service or workload):
        raise ValueError("names neither a service nor a workload")
    return Row(
        start=start,
        end=end,
        service=service,
        workload=workload,
        provider=provider,
        region=place,
        kind=_kind(_text(values, "kind") or "down"),
        aware=times["aware"],
        classified=times["classified"],
        learned=_text(values, "learned"),
    )


def _text(values: Mapping[str, object], key: str) -> str:
    value = values.get(key, "")
    if not isinstance(value, str):
        raise ValueError(f"{key}: {value!r} must be a text")  # noqa: TRY004 -- one kind of mistake for rows
    return value.strip()


def _moment(values: Mapping[str, object], key: str, zone: ZoneInfo | None) -> datetime | None:
    if key not in values:
        return None
    try:
        return moment(values[key], zone)
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from error


def _kind(text: str) -> Kind:
    try:
        return Kind(text.lower())
    except ValueError:
        raise ValueError(f"kind: {text!r} must be {one_of(Kind)}") from None


def _place(values: Mapping[str, object]) -> tuple[str, str, str]:
    """Return service, provider and region; a domain id or ``aws/ap-northeast-2`` says several at once."""
    service, provider = _text(values, "service"), _text(values, "provider").lower()
    place = _text(values, "region").lower()
    if service.startswith("service:") and service.count("/") == 2:  # noqa: PLR2004 - provider/region/service
        named, code, _ = service.removeprefix("service:").split("/")
        provider, place = provider or named, place or ("" if code == "global" else code)
    if "/" in place:
        named, place = place.split("/", 1)
        provider = provider or named
    if place and provider in providers() and region(provider, place) is None:
        near = closest(place, (each.code for each in regions(provider)))
        raise ValueError(
            f"region: there is no region {place!r} of {provider}"
            + (f"; did you mean {near!r}?" if near else "")
        )
    return service, provider, place
