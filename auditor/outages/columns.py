"""An inventory as arrays of truth: one atom over all resources at once.

Truth is int8: 0 false, 1 unknown, 2 true, so Kleene's "and" is the minimum, "or" the maximum and "not"
2 - x. Each atom is decided once per distinct value and then spread over the rows that hold it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.inventory.tables import Inventory, decode_value
from auditor.model.evidence import FactValue
from auditor.model.facts import fact_spec
from auditor.model.same import Same
from auditor.outages.holds import (
    fact_holds,
    kind_holds,
    missing_holds,
    region_holds,
    service_holds,
    zone_holds,
)
from auditor.outages.predicate import Atom, Column, FactAtom, PlaceAtom

Truth = NDArray[np.int8]
FALSE, UNKNOWN, TRUE = np.int8(0), np.int8(1), np.int8(2)

_SEPARATOR = "\x1f"
_NO_REGION = "\x1e"
_NO_ZONES = "\x1e"


@dataclass(frozen=True, slots=True)
class Place:
    """One distinct placement."""

    provider: str
    region: str | None
    zones: tuple[str, ...] | None


def truth(value: bool | None) -> np.int8:  # noqa: FBT001 -- a three-valued truth is the subject itself
    """Return a three-valued truth as its number."""
    return UNKNOWN if value is None else (TRUE if value else FALSE)


def any_truth(values: Sequence[bool | None]) -> np.int8:
    """Return Kleene's "or"."""
    return max((truth(value) for value in values), default=FALSE)


class Columns:
    """Distinct places, kinds and fact values of one inventory, read once and kept."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self._facts: dict[str, tuple[NDArray[np.int64], NDArray[np.uint32], list[FactValue]]] = {}
        self._truths: dict[PlaceAtom, Truth] = {}

    def __len__(self) -> int:
        return len(self.inventory)

    @cached_property
    def places(self) -> tuple[NDArray[np.uint32], list[Place]]:
        """Return per resource the index into the distinct places, and those."""
        key = self.inventory.resources.select(
            pl.concat_str(
                "provider",
                pl.col("region").fill_null(_NO_REGION),
                pl.col("zones").list.join(_SEPARATOR).fill_null(_NO_ZONES),
                separator="\x1d",
            )
        ).to_series()
        codes, distinct = _coded(key)
        return codes, [_place(each) for each in distinct]

    @cached_property
    def kinds(self) -> tuple[NDArray[np.uint32], list[str]]:
        """Return per resource the index into the distinct kinds, and those."""
        return _coded(self.inventory.resources["kind"])

    def fact(self, name: str) -> tuple[NDArray[np.int64], NDArray[np.uint32], list[FactValue]]:
        """Return the rows that know a fact, per such row the index into its distinct values, and those."""
        if name not in self._facts:
            frame = self.inventory.fact_frame(name)
            codes, distinct = _coded(frame["value"])
            rows = frame["resource"].to_numpy().astype(np.int64)
            self._facts[name] = (rows, codes, [decode_value(each) for each in distinct])
        return self._facts[name]

    def where_fact(self, name: str, test: Callable[[FactValue], bool]) -> NDArray[np.bool_]:
        """Return per resource whether it knows the fact and its value passes the test."""
        rows, codes, values = self.fact(name)
        found = np.zeros(len(self), np.bool_)
        found[rows] = np.array([test(value) for value in values], np.bool_)[codes]
        return found

    def atom(self, atom: Atom) -> Truth:
        """Return the truth of one atom for every resource."""
        if isinstance(atom, FactAtom):
            return self._fact_atom(atom)
        of_kind = atom.column in {Column.KIND, Column.SERVICE}
        codes = (self.kinds if of_kind else self.places)[0]
        if atom not in self._truths:
            told = self._of_kinds(atom) if of_kind else self._of_places(atom)
            self._truths[atom] = np.array(told, np.int8)
        return self._truths[atom][codes]

    def _of_kinds(self, atom: PlaceAtom) -> list[np.int8]:
        test = kind_holds if atom.column is Column.KIND else service_holds
        return [any_truth([test(each, kind) for each in atom.values]) for kind in self.kinds[1]]

    def _of_places(self, atom: PlaceAtom) -> list[np.int8]:
        return [place_truth(atom.column, atom.values, place) for place in self.places[1]]

    def _fact_atom(self, atom: FactAtom) -> Truth:
        spec = fact_spec(atom.fact)
        missing = missing_holds(atom, closed=spec is not None and spec.closed)
        found = np.full(len(self), truth(missing), np.int8)
        rows, codes, values = self.fact(atom.fact)
        found[rows] = _spread([truth(fact_holds(atom, value)) for value in values], codes)
        return found


def place_truth(column: Column, values: tuple[str, ...], place: Place) -> np.int8:
    """Return the truth of a place atom (provider, region or zone) at one place."""
    if column is Column.PROVIDER:
        return any_truth([place.provider == each for each in values])
    if column is Column.REGION:
        return any_truth([region_holds(each, place.provider, place.region) for each in values])
    return any_truth([zone_holds(each, place.provider, place.region, place.zones) for each in values])


def _coded(column: pl.Series) -> tuple[NDArray[np.uint32], list[str]]:
    distinct = column.unique(maintain_order=True)
    codes = column.replace_strict(distinct, pl.int_range(len(distinct), eager=True), return_dtype=pl.UInt32)
    return codes.to_numpy().astype(np.uint32), distinct.to_list()


def _place(key: str) -> Place:
    provider, region, zones = key.split("\x1d")
    return Place(
        provider=provider,
        region=None if region == _NO_REGION else region,
        zones=None if zones == _NO_ZONES else tuple(zones.split(_SEPARATOR)) if zones else (),
    )


def _spread(by_code: list[np.int8], codes: NDArray[np.uint32]) -> Truth:
    return np.array(by_code, np.int8)[codes]


@lru_cache(maxsize=2)
def _columns(key: Same[Inventory]) -> Columns:
    return Columns(key.value)


def columns(inventory: Inventory) -> Columns:
    """Return the columns of an inventory; those of the two last asked are kept."""
    return _columns(Same(inventory))
