"""Resources as they come, value by value, in lists that become columns.

A list per column, not a tuple per row: nothing the garbage collector would have to look at again and again.
"""

from __future__ import annotations

from collections.abc import Iterable
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any

import polars as pl

from auditor.inventory.assembly import STRENGTH
from auditor.inventory.tables import SCHEMAS, encode_value
from auditor.model.evidence import EXACT_ZERO, Fact, FactValue
from auditor.model.need import Member, Need
from auditor.model.resource import Resource

# Rows carry the number they were added under; ``assembled`` puts the final one in its place.
ROW_SCHEMAS: dict[str, dict[str, Any]] = {
    **SCHEMAS,
    "resources": {"row": pl.UInt32, **SCHEMAS["resources"]},
    "needs": {"need": pl.UInt32, **SCHEMAS["needs"]},
}

_BY_NAME = attrgetter("name")
_MEMBER_DEFAULTS = (0.0, 0.0, False, "[]", 0.0, 0.0, False, None, None)
"""Of the columns of members behind ``need`` and ``ref``; almost all members are so."""


class Gathering:
    """Columns that grow resource by resource.

    Attributes:
        resources, needs: how many were numbered so far; set them further on to leave numbers out.
    """

    def __init__(self) -> None:
        self.resources = 0
        self.needs = 0
        self._columns: dict[str, list[list[Any]]] = {}
        self._unusual: list[tuple[Any, ...]] = []
        self._clear()

    def __len__(self) -> int:
        """Return how many resources wait to become columns."""
        return len(self._columns["resources"][0])

    def append(self, resource: Resource, source: str) -> None:
        """Add a resource collected by one connector."""
        row, place = self.resources, resource.placement
        self.resources += 1
        zones = None if place.zones is None else _texts(place.zones)
        values = (
            *(row, resource.id, resource.kind, resource.name),
            *(place.provider, place.account, place.region, zones, source),
        )
        for column, value in zip(self._columns["resources"], values, strict=True):
            column.append(value)
        if resource.facts:
            self._append_facts(row, resource.facts)
        if resource.tags:
            self._append_all("tags", row, sorted(set(resource.tags)))
        if resource.aliases:
            self._append_all(
                "aliases", row, [(each,) for each in sorted({a.lower() for a in resource.aliases})]
            )
        for need in resource.needs:
            self._append_need(row, need)

    def flush(self) -> dict[str, pl.DataFrame]:
        """Return what was added since the last time, in tables of ``ROW_SCHEMAS``."""
        frames = {
            name: pl.DataFrame(
                [
                    _column(column, kind, values)
                    for (column, kind), values in zip(ROW_SCHEMAS[name].items(), columns, strict=True)
                ]
            )
            for name, columns in self._columns.items()
        }
        frames["members"] = self._members()
        self._clear()
        return frames

    def _clear(self) -> None:
        self._columns = {
            name: [[] for _ in schema] for name, schema in ROW_SCHEMAS.items() if name != "members"
        }
        self._member_need: list[int] = []
        self._member_ref: list[str] = []
        self._unusual = []

    def _append_facts(self, row: int, facts: tuple[Fact, ...]) -> None:
        rows, names, values, evidences, origins = self._columns["facts"]
        for fact in _ordered(facts):
            rows.append(row)
            names.append(fact.name)
            values.append(_encoded(fact.value))
            evidences.append(fact.evidence)
            origins.append(fact.origin)

    def _append_all(self, name: str, row: int, listed: Iterable[tuple[str, ...]]) -> None:
        rows, *columns = self._columns[name]
        for values in listed:
            rows.append(row)
            for column, value in zip(columns, values, strict=True):
                column.append(value)

    def _append_need(self, row: int, need: Need) -> None:
        number = self.needs
        self.needs += 1
        values = (number, row, need.role, *need.k, need.evidence, need.origin, need.quorum, need.unknown)
        for column, value in zip(self._columns["needs"], values, strict=True):
            column.append(value)
        for member in need.members:
            self._member_need.append(number)
            self._member_ref.append(member.ref)
            if not _usual(member):
                self._append_unusual(member)

    def _append_unusual(self, member: Member) -> None:
        self._unusual.append(
            (
                len(self._member_ref) - 1,
                *member.delay,
                member.manual,
                _texts(member.via),
                *(member.loss or (None, None)),
                member.assumed,
                member.tested_on,
                member.unknown,
            )
        )

    def _members(self) -> pl.DataFrame:
        (need, need_kind), (ref, ref_kind), *others = SCHEMAS["members"].items()
        made = [_column(need, need_kind, self._member_need), _column(ref, ref_kind, self._member_ref)]
        places, *columns = list(zip(*self._unusual, strict=True)) or [()] * (1 + len(others))
        where = pl.Series(places, dtype=pl.UInt32)
        for (name, kind), usual, values in zip(others, _MEMBER_DEFAULTS, columns, strict=True):
            spelled = pl.String if kind == pl.List(pl.String) else kind
            column = pl.repeat(usual, len(self._member_ref), dtype=spelled, eager=True).alias(name)
            if values:
                column = column.scatter(where, pl.Series(name, values, spelled, strict=True))
            made.append(column.str.json_decode(kind) if spelled != kind else column)
        return pl.DataFrame(made)


def _usual(member: Member) -> bool:
    """Return whether nothing is to be said of a member but what it is."""
    return (
        member.delay == EXACT_ZERO
        and member.loss == EXACT_ZERO
        and not member.manual
        and not member.via
        and not member.assumed
        and member.tested_on is None
        and member.unknown is None
    )


def _ordered(facts: tuple[Fact, ...]) -> list[Fact]:
    """Return the facts by name; of two that disagree the one with the stronger evidence."""
    ordered = sorted(facts, key=_BY_NAME)
    if all(ordered[place].name != ordered[place - 1].name for place in range(1, len(ordered))):
        return ordered
    ordered.sort(key=lambda fact: (fact.name, STRENGTH[fact.evidence.value]))
    return [
        fact for number, fact in enumerate(ordered) if not number or ordered[number - 1].name != fact.name
    ]


def _encoded(value: FactValue) -> str:
    """Return what ``encode_value`` does, sooner for what most facts are."""
    return encode_basestring(value) if type(value) is str else encode_value(value)


def _texts(values: tuple[str, ...]) -> str:
    return encode_value(values) if values else "[]"


def _column(name: str, kind: Any, values: list[Any]) -> pl.Series:  # noqa: ANN401 - polars' types
    """Return a column; lists come as JSON, which polars reads many times faster than Python lists."""
    if kind == pl.List(pl.String):
        return pl.Series(name, values, pl.String).str.json_decode(kind)
    return pl.Series(name, values, kind, strict=True)
