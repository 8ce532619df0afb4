"""Needs while they are being gathered: coded columns, and the names they are coded by."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.estate.graph import NodeKind
from auditor.model.audit import Assumption
from auditor.model.domain import Axis
from auditor.model.evidence import Evidence

EVIDENCE_CODE: dict[Evidence, int] = {evidence: code for code, evidence in enumerate(Evidence)}
EVIDENCE_BY_NAME: dict[str, int] = {evidence.value: code for evidence, code in EVIDENCE_CODE.items()}

NEEDS: dict[str, type[pl.DataType]] = {
    "owner": pl.Int32,
    "k_best": pl.Int32,
    "k_worst": pl.Int32,
    "role": pl.Int32,
    "origin": pl.Int32,
    "evidence": pl.UInt8,
    "unknown": pl.Int32,
    "quorum": pl.Boolean,
}
MEMBERS: dict[str, type[pl.DataType]] = {
    "need": pl.UInt32,
    "node": pl.Int32,
    "delay_low": pl.Float64,
    "delay_high": pl.Float64,
    "manual": pl.Boolean,
    "unknown": pl.Int32,
    "loss_low": pl.Float64,
    "loss_high": pl.Float64,
}
CERTAIN = -1
"""Code of no missing fact."""

_OWN_PREFIX = "|".join([*(axis.value for axis in Axis), "workload", "activation"])


class Texts:
    """Strings to codes and back; a code is the place of first use."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._codes: dict[str, int] = {value: code for code, value in enumerate(values)}

    def code(self, text: str) -> int:
        """Return the code of one string."""
        return self._codes.setdefault(text, len(self._codes))

    def codes(self, texts: pl.Series) -> pl.Series:
        """Return the code of each string as int32; null becomes ``CERTAIN``."""
        distinct = texts.drop_nulls().unique().sort()
        if distinct.is_empty():
            return pl.repeat(CERTAIN, len(texts), dtype=pl.Int32, eager=True)
        codes = pl.Series([self.code(text) for text in distinct], dtype=pl.Int32)
        return texts.replace_strict(distinct, codes, default=CERTAIN, return_dtype=pl.Int32)

    @property
    def values(self) -> tuple[str, ...]:
        """All strings in the order of their codes."""
        return tuple(self._codes)


class Nodes:
    """Node ids to node numbers: resources in row order, then others as they come up."""

    def __init__(self, resources: pl.Series) -> None:
        self.resources = resources
        self._others: dict[str, int] = {}
        self._kinds: list[NodeKind] = []
        # A declared resource may be called like a domain; then the resource is that domain.
        named = resources.to_frame("id").with_row_index("row")
        named = named.filter(pl.col("id").str.contains(f"^(?:{_OWN_PREFIX}):"))
        self._named_like_domains: dict[str, int] = dict(zip(named["id"], named["row"], strict=True))

    def __len__(self) -> int:
        return len(self.resources) + len(self._others)

    def add(self, name: str, kind: NodeKind) -> int:
        """Return the node of a name, made when it is not there."""
        if name in self._named_like_domains:
            return self._named_like_domains[name]
        if name not in self._others:
            self._others[name] = len(self)
            self._kinds.append(kind)
        return self._others[name]

    def place(self, names: pl.Series, kind: NodeKind) -> pl.Series:
        """Return the node of each name as int32, made where not there; null stays null."""
        distinct = names.drop_nulls().unique().sort()
        if distinct.is_empty():
            return pl.repeat(None, len(names), dtype=pl.Int32, eager=True)
        nodes = pl.Series([self.add(name, kind) for name in distinct], dtype=pl.Int32)
        return names.replace_strict(distinct, nodes, default=None, return_dtype=pl.Int32)

    def name_of(self) -> Callable[[int], str]:
        """Return a function from node to its id, good until a node is added."""
        others = list(self._others)
        first = len(self.resources)
        return lambda node: str(self.resources[node]) if node < first else others[node - first]

    def others(self, kind: NodeKind) -> dict[str, int]:
        """Return names and nodes that are no resources, of one kind."""
        return {
            name: node
            for (name, node), own in zip(self._others.items(), self._kinds, strict=True)
            if own is kind
        }

    def settle(self) -> tuple[tuple[str, ...], NDArray[np.uint8], NDArray[np.int32]]:
        """Return names and kinds in final order, and the final number of each node.

        Others are ordered by kind and name, so the order they came up in leaves no trace.
        """
        first = len(self.resources)
        ordered = sorted(zip(self._kinds, self._others.items(), strict=True))
        renumber = np.arange(len(self), dtype=np.int32)
        for position, (_, (_, node)) in enumerate(ordered):
            renumber[node] = first + position
        kinds = np.zeros(len(self), np.uint8)
        kinds[first:] = [kind for kind, _ in ordered]
        names = (*self.resources.to_list(), *(name for _, (name, _) in ordered))
        return names, kinds, renumber


class Draft:
    """Nodes, needs and assumptions of an estate being built; stages add, nothing is taken away."""

    def __init__(self, resources: pl.Series) -> None:
        self.nodes = Nodes(resources)
        self.texts = Texts()
        self.facts = Texts()
        self.assumptions: list[Assumption] = []
        self._needs: list[pl.DataFrame] = []
        self._members: list[pl.DataFrame] = []
        self._count = 0

    def assume(self, text: str, count: int, narrowed_by: str = "") -> None:
        """Note something taken for granted, unless it never happened."""
        if count:
            self.assumptions.append(Assumption(text=text, count=count, narrowed_by=narrowed_by))

    def add(self, needs: pl.DataFrame, members: pl.DataFrame) -> None:
        """Add needs and members, in tables of ``NEEDS`` and ``MEMBERS``; members by row of ``needs``."""
        self._needs.append(needs.select(pl.col(name).cast(kind) for name, kind in NEEDS.items()))
        shifted = members.with_columns(pl.col("need").cast(pl.UInt32) + self._count)
        self._members.append(shifted.select(pl.col(name).cast(kind) for name, kind in MEMBERS.items()))
        self._count += needs.height

    def add_each(
        self, pairs: pl.DataFrame, role: str, *, evidence: Evidence, origin: str, unknown: str | None = None
    ) -> None:
        """Add one need of one member per row of ``pairs`` (owner, node[, evidence code]); all are needed."""
        if pairs.is_empty():
            return
        given = pl.col("evidence") if "evidence" in pairs.columns else pl.lit(EVIDENCE_CODE[evidence])
        missing = CERTAIN if unknown is None else self.facts.code(unknown)
        needs = pairs.select(
            "owner",
            given.cast(pl.UInt8).alias("evidence"),
            k_best=pl.lit(1),
            k_worst=pl.lit(1),
            role=pl.lit(self.texts.code(role)),
            origin=pl.lit(self.texts.code(origin)),
            unknown=pl.lit(missing),
            quorum=pl.lit(False),
        )
        self.add(needs, plain_members(pl.int_range(pairs.height, dtype=pl.UInt32, eager=True), pairs["node"]))

    def add_any(self, rows: pl.DataFrame, *, evidence: Evidence, origin: str) -> None:
        """Add one need per distinct owner and role of ``rows`` (owner, role, node): any of its nodes."""
        if rows.is_empty():
            return
        rows = rows.sort("owner", "role", "node")
        first = (pl.struct("owner", "role") != pl.struct("owner", "role").shift()).fill_null(value=True)
        rows = rows.with_columns(first=first)
        heads = rows.filter("first")
        needs = heads.select(
            "owner",
            k_best=pl.lit(1),
            k_worst=pl.lit(1),
            role=self.texts.codes(heads["role"]),
            origin=pl.lit(self.texts.code(origin)),
            evidence=pl.lit(EVIDENCE_CODE[evidence]),
            unknown=pl.lit(CERTAIN),
            quorum=pl.lit(False),
        )
        self.add(needs, plain_members(rows["first"].cast(pl.UInt32).cum_sum() - 1, rows["node"]))

    @property
    def needs(self) -> pl.DataFrame:
        """All needs so far."""
        self._needs = [pl.concat([pl.DataFrame(schema=NEEDS), *self._needs], rechunk=True)]
        return self._needs[0]

    @property
    def members(self) -> pl.DataFrame:
        """All members so far, those of one need together."""
        self._members = [pl.concat([pl.DataFrame(schema=MEMBERS), *self._members], rechunk=True)]
        return self._members[0]

    def replace_members(self, members: pl.DataFrame) -> None:
        """Put other members in place of all so far."""
        self._members = [members.select(pl.col(name).cast(kind) for name, kind in MEMBERS.items())]

    def extend_members(self, members: pl.DataFrame) -> None:
        """Add members to needs that are there already, by their row."""
        more = members.select(pl.col(name).cast(kind) for name, kind in MEMBERS.items())
        joined = pl.concat([self.members, more])
        self._members = [joined.sort("need", maintain_order=True)]


def plain_members(need: pl.Series, node: pl.Series) -> pl.DataFrame:
    """Return members in service, certain, of the given needs."""
    return pl.DataFrame({"need": need, "node": node}).with_columns(
        delay_low=pl.lit(0.0),
        delay_high=pl.lit(0.0),
        manual=pl.lit(False),
        unknown=pl.lit(CERTAIN, dtype=pl.Int32),
        loss_low=pl.lit(0.0),
        loss_high=pl.lit(0.0),
    )
