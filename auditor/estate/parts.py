"""Needs on their way into a graph: batches of columns, of which most say what is usual."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Codes = NDArray[np.int32] | int
"""A code each, or the code of all."""

COLUMNS = ("owner", "k_best", "k_worst", "role", "origin", "evidence", "unknown", "quorum")
"""What is said of each need."""

ODD: dict[str, type[pl.DataType]] = {
    "row": pl.Int64,
    "delay_low": pl.Float64,
    "delay_high": pl.Float64,
    "manual": pl.Boolean,
    "unknown": pl.Int32,
    "loss_low": pl.Float64,
    "loss_high": pl.Float64,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Each:
    """Needs of one certain member in service each, all for the same reason.

    Attributes:
        owner, node: int32 [g].
        evidence: uint8 [g], or the code of all.
        role, origin, unknown: codes of all.
    """

    owner: NDArray[np.int32]
    node: NDArray[np.int32]
    evidence: NDArray[np.uint8] | int
    role: int
    origin: int
    unknown: int

    @property
    def owners(self) -> NDArray[np.int32]:
        """The owner of each member's need."""
        return self.owner

    def need_of(self, rows: Rows) -> NDArray[np.integer]:
        """Return the needs of these members."""
        return rows

    def several(self) -> Several:
        """Return the same in the form that can hold more."""
        return Several(
            owner=self.owner,
            k_best=1,
            k_worst=1,
            role=self.role,
            origin=self.origin,
            evidence=self.evidence,
            unknown=self.unknown,
            quorum=False,
            need=np.arange(self.owner.size, dtype=np.int32),
            node=self.node,
            odd=pl.DataFrame(schema=ODD),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Needs with their members.

    Attributes:
        owner: int32 [g].
        k_best, k_worst, role, origin, unknown: int32 [g], or that of all.
        evidence: uint8 [g], or the code of all.
        quorum: bool [g], or that of all.
        need: int32 [m], whose member it is; ascending.
        node: int32 [m].
        odd: table of ``ODD``, ascending by row: members (rows of ``node``) that are standbys, uncertain,
            switched to by people or lose anything; losses are NaN where unknown. The others serve.
    """

    owner: NDArray[np.int32]
    k_best: Codes
    k_worst: Codes
    role: Codes
    origin: Codes
    evidence: NDArray[np.uint8] | int
    unknown: Codes
    quorum: NDArray[np.bool_] | bool
    need: NDArray[np.int32]
    node: NDArray[np.int32]
    odd: pl.DataFrame

    @property
    def owners(self) -> NDArray[np.int32]:
        """The owner of each member's need."""
        return self.owner.take(self.need, mode="clip")

    def need_of(self, rows: Rows) -> NDArray[np.integer]:
        """Return the needs of these members."""
        return self.need[rows]

    def extended(self, more: pl.DataFrame) -> Several:
        """Return the same with further members behind those of their needs.

        Args:
            more: need, node and the columns of ``ODD`` but row; ascending by need.
        """
        need = more["need"].to_numpy().astype(np.int32)
        at = np.searchsorted(self.need, need, side="right")
        old = self.odd["row"].to_numpy()
        moved = old + np.searchsorted(at, old, side="right")
        kept = self.odd.with_columns(row=pl.Series(moved, dtype=pl.Int64))
        new = more.with_columns(row=pl.Series(at + np.arange(at.size), dtype=pl.Int64))
        return dataclasses.replace(
            self,
            need=np.insert(self.need, at, need),
            node=np.insert(self.node, at, more["node"].to_numpy()),
            odd=pl.concat([kept, odd_of(new)]).sort("row"),
        )

    def distinct(self) -> Several:
        """Return the same with each node once in a need, the one soonest in service; k only what is left."""
        again = np.flatnonzero(self.need[1:] == self.need[:-1])
        if not again.size:
            return self
        many = np.zeros(self.need.size, np.bool_)
        many[again], many[again + 1] = True, True
        rows = np.flatnonzero(many)
        low, high = np.zeros(many.size), np.zeros(many.size)
        odd = self.odd["row"].to_numpy()
        low[odd], high[odd] = self.odd["delay_low"].to_numpy(), self.odd["delay_high"].to_numpy()
        drop = rows[repeated(self.need[rows], self.node[rows], low[rows], high[rows])]
        return self.without(np.sort(drop)) if drop.size else self

    def without(self, drop: Rows) -> Several:
        """Return the same without these members, k no more than are left; needs left without any go too."""
        kept = np.ones(self.need.size, np.bool_)
        kept[drop] = False
        need = self.need[kept] if drop.size else self.need
        sizes = np.bincount(need, minlength=self.owner.size).astype(np.int32)
        left = dataclasses.replace(
            self,
            k_best=np.minimum(self.k_best, sizes),
            k_worst=np.minimum(self.k_worst, sizes),
            need=need,
            node=self.node[kept] if drop.size else self.node,
            odd=self._odd_among(kept) if drop.size else self.odd,
        )
        return left if sizes.all() else left.taken(sizes > 0)

    def _odd_among(self, kept: NDArray[np.bool_]) -> pl.DataFrame:
        row = self.odd["row"].to_numpy()
        place = np.cumsum(kept)[row] - 1
        return self.odd.with_columns(row=pl.Series(place, dtype=pl.Int64)).filter(pl.Series(kept[row]))

    def taken(self, which: NDArray[np.bool_]) -> Several:
        """Return the same without the other needs, which have no members."""
        number = np.cumsum(which, dtype=np.int32) - np.int32(1)
        changed: dict[str, Any] = {
            name: value if isinstance(value := getattr(self, name), int) else value[which] for name in COLUMNS
        }
        return dataclasses.replace(self, need=number[self.need], **changed)


Part = Each | Several


def odd_of(members: pl.DataFrame) -> pl.DataFrame:
    """Return a table of ``ODD`` from its columns, where null is a loss nobody knows."""
    told = members.select(pl.col(name).cast(kind) for name, kind in ODD.items())
    return told.with_columns(pl.col("loss_low", "loss_high").fill_null(float("nan")))


def repeated(
    need: NDArray[np.integer],
    node: NDArray[np.int32],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> Rows:
    """Return which members name a node that one of the same need names that is in service sooner, or first.

    Args:
        need: ascending.
        node: of each member.
        low: minutes until it serves, at best.
        high: minutes until it serves, at worst.
    """
    none = np.zeros(0, np.int64)
    if not need.size:
        return none
    pair: Rows = need.astype(np.int64) * (int(node.max()) + 1) + node
    turn = np.argsort(pair, kind="stable")
    same = pair[turn[1:]] == pair[turn[:-1]]
    if not same.any():
        return none
    among = np.zeros(pair.size, np.bool_)
    among[turn[1:][same]], among[turn[:-1][same]] = True, True
    rows = np.flatnonzero(among)
    order = rows[np.lexsort((low[rows], high[rows], pair[rows]))]
    return np.asarray(order[1:][pair[order[1:]] == pair[order[:-1]]], np.int64)
