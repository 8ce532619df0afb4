"""Put rows gathered in any order into the tables' one order, each resource once; vectorised.

Within one gathered resource the rows are in order already, so most of the work is one stable sort per table
by the resource's final number. Only resources gathered more than once take the slow road.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.inventory.tables import SCHEMAS
from auditor.model.evidence import Evidence

LAST_SOURCE = "manifest"
"""What a user declares about a resource that a provider also lists never moves it."""

STRENGTH = {evidence.value: rank for rank, evidence in enumerate(Evidence)}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    """Where gathered rows go.

    Attributes:
        number: int64 [rows], final number of each gathered resource, -1 where it is gone.
        turn: int64 [rows], 0 for the first of one id, then 1, 2, ...; the same for those that say the same.
        twice: final numbers of the resources gathered more than once.
    """

    number: NDArray[np.int64]
    turn: NDArray[np.int64]
    twice: pl.Series


def assembled(gathered: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """Return the tables of ``SCHEMAS`` from gathered rows; takes them out of ``gathered`` as it goes.

    Args:
        gathered: the tables, ``resources`` with a column ``row`` and ``needs`` with a column ``need`` that
            the others refer to. Rows that refer to no resource are dropped.
    """
    rows, resources = _rows(gathered)
    members = gathered.pop("members")
    needs = _arranged(gathered.pop("needs"), rows, lambda shared: _distinct_needs(shared, members))
    tables = {
        "resources": resources,
        "needs": needs,
        "members": _of_needs(members, needs["need"]),
        "facts": _arranged(gathered.pop("facts"), rows, _strongest),
        "overridden": _arranged(gathered.pop("overridden"), rows, _strongest),
        "tags": _arranged(gathered.pop("tags"), rows, _distinct),
        "aliases": _arranged(gathered.pop("aliases"), rows, _distinct),
    }
    return {
        name: tables[name].select(list(schema)).cast(pl.Schema(schema)) for name, schema in SCHEMAS.items()
    }


def _rows(gathered: dict[str, pl.DataFrame]) -> tuple[_Index, pl.DataFrame]:
    """Return where rows go, and the resources in their final order."""
    resources = gathered.pop("resources")
    by_id = resources.select("id", position=pl.int_range(pl.len())).sort("id", maintain_order=True)
    by_id = by_id.select("position", number=pl.col("id").rle_id().cast(pl.Int64), turn=pl.lit(0, pl.Int64))
    twice = by_id.filter(pl.col("number").is_duplicated())
    if twice.height:
        by_id = by_id.update(_turns(resources, twice), on="position")
    order = by_id.sort("position")
    gathered_rows = resources["row"].to_numpy()
    size = int(gathered_rows.max()) + 1 if gathered_rows.size else 0
    number, turn = np.full(size, -1, np.int64), np.zeros(size, np.int64)
    number[gathered_rows], turn[gathered_rows] = order["number"].to_numpy(), order["turn"].to_numpy()
    firsts = by_id.filter(pl.col("turn") == 0).filter(pl.col("number").is_first_distinct())
    kept = firsts.sort("number")["position"]
    index = _Index(number=number, turn=turn, twice=twice["number"].unique())
    return index, resources[kept]


def _turns(resources: pl.DataFrame, twice: pl.DataFrame) -> pl.DataFrame:
    """Return the turn of each row of an id that is there twice, by source and place, not by arrival.

    Rows that say the same have the same turn.
    """
    place = ["source", "provider", "account", "region", "kind", "name"]
    zones = pl.struct("zones").struct.json_encode()  # known ones first, then none, then unknown
    rows = resources[twice["position"]].with_columns(
        twice["position"], twice["number"], said=pl.struct(*place, zones.alias("zones")).struct.json_encode()
    )
    ordered = rows.sort("number", pl.col("source") == LAST_SOURCE, *place, zones, nulls_last=True)
    return ordered.select("position", turn=pl.col("said").rle_id().over("number").cast(pl.Int64))


def _arranged(
    frame: pl.DataFrame, index: _Index, distinct: Callable[[pl.DataFrame], pl.DataFrame]
) -> pl.DataFrame:
    """Return the rows under their final resource and in its order.

    Args:
        frame: gathered rows with a column ``resource``.
        index: where rows go.
        distinct: brings those of resources gathered twice (with a column ``turn``) into order, each once.
    """
    rows = frame["resource"].to_numpy()
    gone = rows >= index.number.size
    rows = np.where(gone, 0, rows)
    number = np.where(gone, -1, index.number[rows]) if index.number.size else np.full(rows.size, -1)
    placed = frame.with_columns(resource=pl.Series(number)).filter(pl.col("resource") >= 0)
    if index.twice.len():
        turn = pl.Series("turn", index.turn[rows]).filter(pl.Series(number >= 0))
        several = placed["resource"].is_in(index.twice.implode())
        shared = placed.with_columns(turn).filter(several)
        placed = pl.concat([placed.filter(~several), distinct(shared).select(placed.columns)])
    return placed.sort("resource", maintain_order=True)


def _strongest(facts: pl.DataFrame) -> pl.DataFrame:
    """Return each fact once, the one with the strongest evidence."""
    rank = pl.col("evidence").replace_strict(STRENGTH, return_dtype=pl.UInt8)
    ordered = facts.sort("resource", "name", rank, "turn", "value", "origin")
    return ordered.unique(["resource", "name"], keep="first", maintain_order=True)


def _distinct(frame: pl.DataFrame) -> pl.DataFrame:
    rows = frame.drop("turn").unique()
    return rows.sort("resource", *(name for name in rows.columns if name != "resource"))


def _distinct_needs(needs: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Return the needs of each resource, those that say the same only once."""
    said = members.filter(pl.col("need").is_in(needs["need"].implode())).select(
        "need", said=pl.struct(pl.exclude("need")).struct.json_encode()
    )
    whole = said.group_by("need", maintain_order=True).agg(pl.col("said").str.join("\n"))
    words = [name for name in SCHEMAS["needs"] if name != "resource"]
    joined = needs.sort("resource", "turn", "need").join(whole, on="need", how="left", maintain_order="left")
    return joined.unique(["resource", *words, "said"], keep="first", maintain_order=True)


def _of_needs(members: pl.DataFrame, needs: pl.Series) -> pl.DataFrame:
    """Return the members under the final numbers of ``needs``, in their order."""
    final, named = needs.to_numpy(), members["need"].to_numpy()
    number = np.full(1 + max(int(final.max(initial=0)), int(named.max(initial=0))), -1, np.int64)
    number[final] = np.arange(final.size)
    placed = members.with_columns(need=pl.Series(number[named]))
    return placed.filter(pl.col("need") >= 0).sort("need", maintain_order=True)
