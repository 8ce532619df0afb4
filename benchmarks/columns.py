"""Tables of an inventory gathered in whole columns: what the builder does, for a million at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.inventory import Inventory
from auditor.inventory.assembly import assembled
from auditor.inventory.tables import SCHEMAS, empty_table, encode_value
from auditor.model.evidence import Evidence
from auditor.model.resource import Zone
from auditor.model.workload import Vendor

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]
SOURCE = "benchmark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A fact of many resources.

    Attributes:
        value: the one all have (any fact value), or JSON per resource, null where unknown.
        evidence: how it is known.
    """

    value: str | bool | pl.Series
    evidence: Evidence = Evidence.CONFIGURED


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """A second member of a need.

    Attributes:
        refs: per need, null where it has none.
        delay: minutes, low and high.
        manual: people must switch to it.
        via: per need, what the switch needs, null for nothing.
    """

    refs: pl.Series
    delay: tuple[float, float]
    manual: bool = False
    via: pl.Series | None = None


class Columns:
    """Tables that grow by whole columns; rows are resources in the order they were added."""

    def __init__(self) -> None:
        self._frames: dict[str, list[pl.DataFrame]] = {name: [] for name in SCHEMAS}
        self._resources = 0
        self._needs = 0

    def add(self, resources: pl.DataFrame, facts: Mapping[str, Known], tag: pl.Series | None = None) -> Rows:
        """Add resources (columns of the table but ``source``); return their rows.

        Args:
            resources: one row each.
            facts: by name.
            tag: the workload each is tagged with.
        """
        first, count = self._resources, resources.height
        self._resources += count
        rows = pl.int_range(first, first + count, dtype=pl.UInt32, eager=True).alias("row")
        self._put("resources", resources.with_columns(rows, source=pl.lit(SOURCE)), "row")
        for name in sorted(facts):
            value, evidence = facts[name].value, facts[name].evidence.value
            told = value if isinstance(value, pl.Series) else pl.lit(encode_value(value))
            frame = pl.DataFrame({"resource": rows}).with_columns(value=told, name=pl.lit(name))
            frame = frame.with_columns(evidence=pl.lit(evidence), origin=pl.lit("generated"))
            self._put("facts", frame.filter(pl.col("value").is_not_null()))
        if tag is not None:
            self._put("tags", pl.DataFrame({"resource": rows, "key": "workload", "value": tag}))
        return np.arange(first, first + count)

    def alias(self, rows: Rows, aliases: pl.Series) -> None:
        """Give resources another name each."""
        self._put("aliases", pl.DataFrame({"resource": rows, "alias": aliases}))

    def need(
        self,
        rows: Rows,
        role: str,
        refs: pl.Series,
        *,
        standby: Standby | None = None,
        evidence: Evidence = Evidence.CONFIGURED,
    ) -> None:
        """Give each of these rows one need of one reference, with a standby where there is one."""
        first = self._open(rows, role, np.ones((rows.size, 2), np.int32), evidence)
        numbers = pl.int_range(first, first + rows.size, dtype=pl.UInt32, eager=True)
        members = _members(numbers, refs)
        if standby is not None:
            low, high = standby.delay
            via = pl.repeat(None, rows.size, dtype=pl.String, eager=True)
            later = _members(numbers, standby.refs).with_columns(
                via=pl.concat_list(via if standby.via is None else standby.via).list.drop_nulls(),
                delay_low=pl.lit(low),
                delay_high=pl.lit(high),
                manual=pl.lit(standby.manual),
                assumed=pl.lit(value=True),
            )
            loss = pl.lit(None, pl.Float64) if standby.manual else pl.lit(0.0)
            later = later.with_columns(loss_low=loss, loss_high=loss)
            later = later.filter(pl.col("ref").is_not_null())
            members = pl.concat([members, later])
        self._put("members", members)

    def group(self, rows: Rows, role: str, of: Rows, refs: pl.Series, k: NDArray[np.int32]) -> None:
        """Give each of these rows one need of k of several references.

        Args:
            rows: owners.
            role: of the need.
            of: per reference, which of ``rows`` needs it.
            refs: references.
            k: [rows, 2], how many are needed in the best and in the worst case.
        """
        first = self._open(rows, role, k, Evidence.CONFIGURED)
        self._put("members", _members(pl.Series(of + first), refs))

    def inventory(self, taken_at: str, *, zones: tuple[Zone, ...], vendors: tuple[Vendor, ...]) -> Inventory:
        """Return all that was added, in the order every inventory has; nothing is kept here."""
        gathered: dict[str, pl.DataFrame] = {}
        for name, frames in self._frames.items():
            gathered[name] = pl.concat(frames, rechunk=True) if frames else _empty(name)
            frames.clear()
        tables: dict[str, Any] = assembled(gathered)
        return Inventory(taken_at=taken_at, zones=zones, vendors=vendors, **tables)

    def _open(self, rows: Rows, role: str, k: NDArray[np.int32], evidence: Evidence) -> int:
        first = self._needs
        self._needs += rows.size
        frame = pl.DataFrame(
            {"need": np.arange(first, self._needs), "resource": rows, "k_best": k[:, 0], "k_worst": k[:, 1]}
        )
        words = {"role": role, "evidence": evidence.value, "origin": "generated"}
        frame = frame.with_columns(pl.lit(value).alias(name) for name, value in words.items())
        blank = pl.lit(None, pl.String)
        self._put("needs", frame.with_columns(quorum=pl.lit(value=False), unknown=blank), "need")
        return first

    def _put(self, name: str, frame: pl.DataFrame, *own: str) -> None:
        schema = {**dict.fromkeys(own, pl.UInt32), **SCHEMAS[name]}
        self._frames[name].append(frame.select(pl.col(each).cast(kind) for each, kind in schema.items()))


def _empty(name: str) -> pl.DataFrame:
    own = {"resources": ["row"], "needs": ["need"]}.get(name, [])
    return pl.DataFrame(schema={**dict.fromkeys(own, pl.UInt32), **SCHEMAS[name]})


def _members(need: pl.Series, refs: pl.Series) -> pl.DataFrame:
    """Return members in service, certain, of the given needs."""
    frame = pl.DataFrame({"need": need.cast(pl.UInt32), "ref": refs})
    return frame.with_columns(
        delay_low=pl.lit(0.0),
        delay_high=pl.lit(0.0),
        manual=pl.lit(value=False),
        via=pl.lit([], pl.List(pl.String)),
        loss_low=pl.lit(0.0),
        loss_high=pl.lit(0.0),
        assumed=pl.lit(value=False),
        tested_on=pl.lit(None, pl.String),
        unknown=pl.lit(None, pl.String),
    ).select(list(empty_table("members").columns))
