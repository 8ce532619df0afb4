"""Needs while they are being gathered: coded columns, and the names they are coded by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

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

    def tables(self) -> Several:
        """Return the same as tables."""
        needs = pl.DataFrame({"owner": self.owner}).with_columns(
            evidence=pl.lit(self.evidence) if isinstance(self.evidence, int) else pl.Series(self.evidence),
            k_best=pl.lit(1),
            k_worst=pl.lit(1),
            role=pl.lit(self.role),
            origin=pl.lit(self.origin),
            unknown=pl.lit(self.unknown),
            quorum=pl.lit(value=False),
        )
        numbers = pl.int_range(self.owner.size, dtype=pl.UInt32, eager=True)
        return Several.of(needs, plain_members(numbers, pl.Series(self.node)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Several:
    """Needs in tables of ``NEEDS`` and ``MEMBERS``; members by row of ``needs``, those of one together."""

    needs: pl.DataFrame
    members: pl.DataFrame

    @staticmethod
    def of(needs: pl.DataFrame, members: pl.DataFrame) -> Several:
        """Return needs and members with the columns and types the tables have."""
        return Several(
            needs=needs.select(pl.col(name).cast(kind) for name, kind in NEEDS.items()),
            members=members.select(pl.col(name).cast(kind) for name, kind in MEMBERS.items()),
        )


class Draft:
    """Nodes, needs and assumptions of an estate being built; stages add, nothing is taken away."""

    def __init__(self, resources: pl.Series) -> None:
        self.nodes = Nodes(resources)
        self.texts = Texts()
        self.facts = Texts()
        self.assumptions: list[Assumption] = []
        self._parts: list[Each | Several] = []

    def assume(self, text: str, count: int, narrowed_by: str = "") -> None:
        """Note something taken for granted, unless it never happened."""
        if count:
            self.assumptions.append(Assumption(text=text, count=count, narrowed_by=narrowed_by))

    def add(self, needs: pl.DataFrame, members: pl.DataFrame) -> None:
        """Add needs and members, in tables of ``NEEDS`` and ``MEMBERS``; members by row of ``needs``."""
        self._parts.append(Several.of(needs, members))

    def add_each(
        self, pairs: pl.DataFrame, role: str, *, evidence: Evidence, origin: str, unknown: str | None = None
    ) -> None:
        """Add one need of one member per row of ``pairs`` (owner, node[, evidence code]); all are needed."""
        if pairs.is_empty():
            return
        own = pairs["evidence"].cast(pl.UInt8).to_numpy() if "evidence" in pairs.columns else None
        self._parts.append(
            Each(
                owner=pairs["owner"].cast(pl.Int32).to_numpy(),
                node=pairs["node"].cast(pl.Int32).to_numpy(),
                evidence=EVIDENCE_CODE[evidence] if own is None else own,
                role=self.texts.code(role),
                origin=self.texts.code(origin),
                unknown=CERTAIN if unknown is None else self.facts.code(unknown),
            )
        )

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
    def parts(self) -> list[Each | Several]:
        """All needs so far, as they were added."""
        return self._parts

    @property
    def needs(self) -> pl.DataFrame:
        """All needs so far."""
        return self._whole().needs

    @property
    def members(self) -> pl.DataFrame:
        """All members so far, those of one need together."""
        return self._whole().members

    def replace_members(self, members: pl.DataFrame) -> None:
        """Put other members in place of all so far."""
        self._parts = [Several.of(self.needs, members)]

    def extend_members(self, members: pl.DataFrame) -> None:
        """Add members to needs that are there already, by their row."""
        more = members.select(pl.col(name).cast(kind) for name, kind in MEMBERS.items())
        self.replace_members(pl.concat([self.members, more]).sort("need", maintain_order=True))

    def _whole(self) -> Several:
        """Return all parts as one, which takes their place."""
        if len(self._parts) != 1 or not isinstance(self._parts[0], Several):
            tables = [Several.of(pl.DataFrame(schema=NEEDS), pl.DataFrame(schema=MEMBERS))]
            tables += [part.tables() if isinstance(part, Each) else part for part in self._parts]
            before = np.cumsum([0, *(part.needs.height for part in tables)]).tolist()
            members = [
                part.members.with_columns(pl.col("need") + pl.lit(first, pl.UInt32))
                for part, first in zip(tables, before, strict=False)
            ]
            needs = pl.concat([part.needs for part in tables], rechunk=True)
            self._parts = [Several(needs=needs, members=pl.concat(members, rechunk=True))]
        (whole,) = self._parts
        assert isinstance(whole, Several)  # noqa: S101 - made so above
        return whole


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
