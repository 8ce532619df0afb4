"""Rules as they stand in a file, read into values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeGuard

from auditor.model.duties import FACTS
from auditor.model.spelling import closest, one_of
from auditor.obligations.interruption import Kind
from auditor.obligations.schema import Ask, AtLeast, Fact, Lasting, Met, Rule, Totalling

MAX_DEPTH = 8
"""Rules nested deeper than this are a mistake."""

_MINUTES = {"at_least": False, "over": True}
_KINDS = ("counts", "may_count")


class Fault(Exception):  # noqa: N818 -- never leaves this package: loading turns it into CatalogueError
    """Something wrong at a key path of a file."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.path = path
        self.message = message


def parse(value: object, path: str, *, thresholds: frozenset[str] = frozenset(), depth: int = 0) -> Rule:
    """Return the rule a value states; a text names one of ``thresholds``.

    Raises:
        Fault: it states none; says at which key and why.
    """
    if depth > MAX_DEPTH:
        raise Fault(path, f"rules are nested more than {MAX_DEPTH} deep")
    if isinstance(value, str):
        return _met(value, path, thresholds)
    if not isinstance(value, Mapping):
        raise Fault(path, f"must be a rule such as {{ stop = {{ at_least = 10 }} }}, not {value!r}")
    heads = [key for key in (*_SEVERAL, *_LEAVES) if key in value]
    if len(heads) != 1:
        raise Fault(path, f"must have exactly one of {one_of((*_SEVERAL, *_LEAVES))}")
    head = heads[0]
    if head not in _SEVERAL:
        return _LEAVES[head](value, path)
    parts = tuple(
        parse(part, f"{path}.{head}[{number}]", thresholds=thresholds, depth=depth + 1)
        for number, part in enumerate(_listed(value[head], f"{path}.{head}"), start=1)
    )
    return AtLeast(count=_count(head, value, path, most=len(parts)), parts=parts)


def _met(name: str, path: str, thresholds: frozenset[str]) -> Met:
    if name not in thresholds:
        near = closest(name, thresholds)
        raise Fault(path, f"there is no threshold {name!r}" + (f"; did you mean {near!r}?" if near else ""))
    return Met(threshold=name)


def _listed(value: object, path: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise Fault(path, "must be a list with at least one entry")
    return value


def _count(head: str, table: Mapping[str, Any], path: str, *, most: int) -> int:
    _only(table, {head, "count"} if head == "of" else {head}, path)
    if head != "of":
        return most if head == "all" else 1
    count = table.get("count")
    if not _whole(count) or not 1 <= count <= most:
        raise Fault(f"{path}.count", f"must be a whole number from 1 to {most}")
    return count


def _fact(table: Mapping[str, Any], path: str) -> Fact:
    name = table["fact"]
    if name not in FACTS:
        near = closest(str(name), FACTS)
        raise Fault(
            f"{path}.fact", f"there is no fact {name!r}" + (f"; did you mean {near!r}?" if near else "")
        )
    _only(table, {"fact", *Ask}, path)
    asks = [ask for ask in Ask if ask in table]
    if len(asks) != 1:
        raise Fault(path, f"must ask the fact {name!r} with exactly one of {one_of(Ask)}")
    ask, value = asks[0], table[asks[0]]
    flag = FACTS[name][0] is bool
    if flag is not (ask is Ask.IS and isinstance(value, bool)) or not isinstance(value, bool | int | float):
        wanted = "is = true" if flag else "over or at_least with a number"
        raise Fault(path, f"the fact {name!r} is asked with {wanted}")
    return Fact(name=name, ask=ask, value=value)


def _lasting(table: Mapping[str, Any], path: str) -> Lasting:
    _only(table, {"stop"}, path)
    inner, path = _table(table["stop"], f"{path}.stop")
    _only(inner, {*_MINUTES, *_KINDS}, path)
    minutes, over = _limit(inner, path)
    return Lasting(minutes=minutes, over=over, **_kinds(inner, path))


def _totalling(table: Mapping[str, Any], path: str) -> Totalling:
    _only(table, {"stops"}, path)
    inner, path = _table(table["stops"], f"{path}.stops")
    _only(inner, {"count", "within_hours", *_MINUTES, *_KINDS}, path)
    count, hours = inner.get("count"), inner.get("within_hours")
    if not _whole(count) or count < 1:
        raise Fault(f"{path}.count", "must be a whole number of at least 1")
    if not _positive(hours):
        raise Fault(f"{path}.within_hours", "must be a positive number of hours")
    minutes, over = _limit(inner, path)
    return Totalling(stops=count, hours=hours, minutes=minutes, over=over, **_kinds(inner, path))


def _table(value: object, path: str) -> tuple[Mapping[str, Any], str]:
    if not isinstance(value, Mapping):
        raise Fault(path, f"must be a table such as {{ at_least = 10 }}, not {value!r}")
    return value, path


def _limit(table: Mapping[str, Any], path: str) -> tuple[float, bool]:
    given = [key for key in _MINUTES if key in table]
    if len(given) != 1:
        raise Fault(path, f"must have exactly one of {one_of(_MINUTES)}, in minutes")
    minutes = table[given[0]]
    if not _positive(minutes) and not (given[0] == "over" and minutes == 0):
        raise Fault(f"{path}.{given[0]}", f"{minutes!r} is no number of minutes")
    return float(minutes), _MINUTES[given[0]]


def _kinds(table: Mapping[str, Any], path: str) -> dict[str, tuple[Kind, ...]]:
    found = {}
    for key in _KINDS:
        if key in table:
            try:
                found[key] = tuple(Kind(each) for each in table[key])
            except (TypeError, ValueError):
                raise Fault(f"{path}.{key}", f"must be a list of {one_of(Kind)}") from None
    return found


def _only(table: Mapping[str, Any], known: set[str], path: str) -> None:
    for key in table:
        if key not in known:
            near = closest(key, known)
            raise Fault(
                f"{path}.{key}", "there is no such key" + (f"; did you mean {near!r}?" if near else "")
            )


def _whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _positive(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < float("inf")


_SEVERAL = ("all", "any", "of")
_LEAVES: dict[str, Callable[[Mapping[str, Any], str], Rule]] = {
    "stop": _lasting,
    "stops": _totalling,
    "fact": _fact,
}
