"""Conditions as they stand in a file, read into predicates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from auditor.model.evidence import FactValue
from auditor.model.facts import FACTS, FactSpec, Holds, fact_spec
from auditor.model.places import providers as known_providers
from auditor.model.places import region, region_of_zone, regions
from auditor.model.spelling import closest, one_of
from auditor.outages.predicate import (
    CANDIDATE,
    AllOf,
    AnyOf,
    Ask,
    Column,
    FactAtom,
    Not,
    PlaceAtom,
    Predicate,
)
from auditor.outages.versions import bounds

MAX_DEPTH = 12
"""Conditions nested deeper than this are a mistake, not a condition."""

UNLISTED = {
    "azure": frozenset(
        {"chinaeast", "chinaeast2", "chinaeast3", "chinanorth", "chinanorth2", "chinanorth3"}
        | {"usdodcentral", "usdodeast", "usgovarizona", "usgovtexas", "usgovvirginia"}
    )
}
"""Regions of sovereign clouds that exist, though the data on places leave them out."""

_VALUES = frozenset({Ask.IS, Ask.IN, Ask.NOT_IN, Ask.ANY_IN, Ask.ANY_NOT_IN})
_ASKS = tuple(str(ask) for ask in Ask)
_COLUMNS = tuple(str(column) for column in Column)
_HEADS = ("all", "any", "not", "fact", *_COLUMNS)


class Fault(Exception):  # noqa: N818 -- never leaves this package: loading turns it into CatalogueError
    """Something wrong at a key path of a file."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def parse(table: object, path: str, *, depth: int = 0) -> Predicate:
    """Return the predicate a table states.

    Raises:
        Fault: it states none; says at which key and why.
    """
    if depth > MAX_DEPTH:
        raise Fault(path, f"conditions are nested more than {MAX_DEPTH} deep")
    if not isinstance(table, Mapping):
        raise Fault(path, f"must be a condition such as {{ fact = 'os', is = 'windows' }}, not {table!r}")
    heads = [key for key in _HEADS if key in table]
    if len(heads) != 1:
        raise Fault(path, f"must have exactly one of {one_of(_HEADS)}")
    head = heads[0]
    if head == "fact":
        return _fact(table, path)
    if extra := sorted(set(table) - {head}):
        raise Fault(f"{path}.{extra[0]}", f"does not go together with {head}")
    if head in _COLUMNS:
        return _place(Column(head), table[head], f"{path}.{head}")
    if head == "not":
        return Not(part=parse(table["not"], f"{path}.not", depth=depth + 1))
    parts = _list(table[head], f"{path}.{head}")
    parsed = tuple(
        parse(part, f"{path}.{head}[{number}]", depth=depth + 1) for number, part in enumerate(parts, start=1)
    )
    return AllOf(parts=parsed) if head == "all" else AnyOf(parts=parsed)


def _list(value: object, path: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise Fault(path, "must be a list with at least one entry")
    return value


def _fact(table: Mapping[str, Any], path: str) -> FactAtom:
    name = table["fact"]
    spec = fact_spec(name) if isinstance(name, str) else None
    if spec is None:
        near = closest(name, FACTS) if isinstance(name, str) else None
        meant = f"; did you mean {near!r}?" if near else "; agents are written 'agent.<product>'"
        raise Fault(f"{path}.fact", f"there is no fact {name!r}{meant}")
    asks = sorted(set(table) - {"fact"})
    if len(asks) != 1 or asks[0] not in _ASKS:
        raise Fault(path, f"must ask the fact {name!r} with exactly one of {one_of(_ASKS)}")
    ask = Ask(asks[0])
    values = _operands(ask, table[ask], f"{path}.{ask}")
    for value in values if ask in _VALUES else ():
        if wrong := _value_fault(spec, value):
            raise Fault(f"{path}.{ask}", wrong)
    return FactAtom(fact=name, ask=ask, values=values)


def _value_fault(spec: FactSpec, value: FactValue) -> str | None:
    if spec.holds is Holds.FLAG and not isinstance(value, bool):
        return f"{value!r} can never be: {spec.name} is true or false"
    if spec.choices and value not in spec.choices:
        return f"{value!r} can never be: {spec.name} is one of {one_of(spec.choices)}"
    return None


def _operands(ask: Ask, value: object, path: str) -> tuple[FactValue, ...]:
    if ask is Ask.PRESENT:
        if not isinstance(value, bool):
            raise Fault(path, f"must be true or false, not {value!r}")
        return (value,)
    if ask is Ask.VERSION:
        try:
            bounds(str(value))
        except ValueError as error:
            raise Fault(path, str(error)) from error
        return (str(value),)
    values = [value] if ask is Ask.IS else _list(value, path)
    for each in values:
        if not isinstance(each, str | int | float | bool):
            raise Fault(path, f"{each!r} is no text, number, true or false")
    return tuple(values)


def _place(column: Column, value: object, path: str) -> PlaceAtom:
    listed = value if isinstance(value, list) else [value]
    values = tuple(each for each in listed if isinstance(each, str) and each and each == each.lower())
    if not values or len(values) != len(listed):
        raise Fault(path, "must be a text in lower case, or a list of such")
    for each in values:
        if wrong := _CHECKS[column](each):
            raise Fault(path, wrong)
    return PlaceAtom(column=column, values=values)


def region_fault(provider: str, code: str) -> str | None:
    """Return what is wrong with a region of AWS or Azure, None if it is known or nobody can know."""
    if provider not in known_providers() or code == "global" or region(provider, code) is not None:
        return None
    if code in UNLISTED.get(provider, ()):
        return None
    near = closest(code, (each.code for each in regions(provider)))
    return f"there is no region {code!r} of {provider}" + (f"; did you mean {near!r}?" if near else "")


def zone_fault(provider: str, zone: str) -> str | None:
    """Return what is wrong with a physical zone of AWS or Azure, None if it may exist."""
    if provider not in known_providers() or zone == CANDIDATE or region_of_zone(provider, zone) is not None:
        return None
    return f"{zone!r} is no physical zone of {provider}, such as apne2-az1 (AWS) or koreacentral-az2 (Azure)"


def _region(text: str) -> str | None:
    provider, slash, code = text.partition("/")
    if not slash or not code:
        return f"{text!r} must be written <provider>/<region>, such as aws/us-east-1"
    return region_fault(provider, code)


def _zone(text: str) -> str | None:
    provider, slash, zone = text.partition("/")
    if not slash or not zone:
        return f"{text!r} must be written <provider>/<physical zone>, such as aws/apne2-az1"
    return zone_fault(provider, zone)


def _any_text(_: str) -> str | None:
    return None


_CHECKS: dict[Column, Callable[[str], str | None]] = {
    Column.PROVIDER: _any_text,
    Column.REGION: _region,
    Column.ZONE: _zone,
    Column.SERVICE: _any_text,
    Column.KIND: _any_text,
}
