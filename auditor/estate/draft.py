"""Nodes, needs and names while they are being gathered."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.estate.alike import alike
from auditor.estate.graph import NodeKind
from auditor.estate.names import Ids, names_of
from auditor.estate.parts import ODD, Codes, Each, Part, Rows, Several
from auditor.model.audit import Assumption
from auditor.model.domain import Axis
from auditor.model.evidence import Evidence

EVIDENCE_CODE: dict[Evidence, int] = {evidence: code for code, evidence in enumerate(Evidence)}
EVIDENCE_BY_NAME: dict[str, int] = {evidence.value: code for evidence, code in EVIDENCE_CODE.items()}

CERTAIN = -1
"""Code of no missing fact."""

_OWN_PREFIX = "|".join([*(axis.value for axis in Axis), "workload", "activation"])


def evidence_codes(names: pl.Series) -> NDArray[np.uint8]:
    """Return the code of each evidence."""
    groups = alike(names)
    codes = np.array([EVIDENCE_BY_NAME[name] for name in names.gather(groups.first)], np.uint8)
    return codes[groups.group]


class Texts:
    """Strings to codes and back; a code is the place of first use."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._codes: dict[str, int] = {value: code for code, value in enumerate(values)}

    def code(self, text: str) -> int:
        """Return the code of one string."""
        return self._codes.setdefault(text, len(self._codes))

    def codes(self, texts: pl.Series) -> Codes:
        """Return the code of each string, null being ``CERTAIN``; one number if they are all the same."""
        groups = alike(texts)
        shown = texts.gather(groups.first)
        for text in shown.drop_nulls().sort():
            self.code(text)
        codes = np.array([CERTAIN if text is None else self.code(text) for text in shown], np.int32)
        return codes.take(groups.group, mode="clip") if codes.size > 1 else int(codes.max(initial=CERTAIN))

    def series(self, texts: pl.Series) -> pl.Series:
        """Return the code of each string as int32; null becomes ``CERTAIN``."""
        codes = self.codes(texts)
        many = np.full(len(texts), codes, np.int32) if isinstance(codes, int) else codes
        return pl.Series(many, dtype=pl.Int32)

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

    def resources_like(self, pattern: str) -> list[int]:
        """Return the resources that are called like a domain and as a pattern says."""
        return [row for name, row in self._named_like_domains.items() if re.match(pattern, name)]

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

    def settle(self) -> tuple[Ids, NDArray[np.uint8], NDArray[np.int32]]:
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
        return names_of(self.resources, [name for _, (name, _) in ordered]), kinds, renumber


class Draft:
    """Nodes, needs and assumptions of an estate being built; stages add, nothing is taken away.

    Needs are counted through all parts in the order they were added, and so are members.
    """

    def __init__(self, resources: pl.Series) -> None:
        self.nodes = Nodes(resources)
        self.texts = Texts()
        self.facts = Texts()
        self.assumptions: list[Assumption] = []
        self.parts: list[Part] = []

    def assume(self, text: str, count: int, narrowed_by: str = "") -> None:
        """Note something taken for granted, unless it never happened."""
        if count:
            self.assumptions.append(Assumption(text=text, count=count, narrowed_by=narrowed_by))

    def add(self, part: Several) -> None:
        """Add needs with their members."""
        self.parts.append(part)

    def add_each(
        self, pairs: pl.DataFrame, role: str, *, evidence: Evidence, origin: str, unknown: str | None = None
    ) -> None:
        """Add one need of one member per row of ``pairs`` (owner, node[, evidence code]); all are needed."""
        if pairs.is_empty():
            return
        own = pairs["evidence"].cast(pl.UInt8).to_numpy() if "evidence" in pairs.columns else None
        self.parts.append(
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
        self.add(
            Several(
                owner=heads["owner"].cast(pl.Int32).to_numpy(),
                k_best=1,
                k_worst=1,
                role=self.texts.codes(heads["role"]),
                origin=self.texts.code(origin),
                evidence=EVIDENCE_CODE[evidence],
                unknown=CERTAIN,
                quorum=False,
                need=(rows["first"].cast(pl.Int32).cum_sum() - 1).to_numpy(),
                node=rows["node"].cast(pl.Int32).to_numpy(),
                odd=pl.DataFrame(schema=ODD),
            )
        )

    def links(self) -> Iterator[tuple[Part, Rows]]:
        """Yield every part that says something, and where its needs and its members begin."""
        first = np.zeros(2, np.int64)
        for part in self.parts:
            yield part, first.copy()
            first += (part.owner.size, part.node.size)

    def members_of(self, nodes: NDArray[np.bool_]) -> pl.DataFrame:
        """Return need, node, k_worst of all members that are among ``nodes`` (bool per node)."""
        found = [pl.DataFrame(schema={"need": pl.Int64, "node": pl.Int32, "k_worst": pl.Int32})]
        for part, (first, _) in self.links():
            rows = np.flatnonzero(nodes.take(part.node, mode="clip"))
            need = part.need_of(rows)
            k = 1 if isinstance(part, Each) else part.k_worst
            wanted = np.full(need.size, k, np.int32) if isinstance(k, int) else k[need]
            found.append(pl.DataFrame({"need": first + need, "node": part.node[rows], "k_worst": wanted}))
        return pl.concat(found)

    def standbys(self) -> pl.DataFrame:
        """Return member, node of all members that take any time until they serve."""
        found = [pl.DataFrame(schema={"member": pl.Int64, "node": pl.Int32})]
        for part, (_, first) in self.links():
            if isinstance(part, Several):
                rows = part.odd.filter(pl.col("delay_high") > 0)["row"].to_numpy()
                found.append(pl.DataFrame({"member": first + rows, "node": part.node[rows]}))
        return pl.concat(found)

    def targets(self, role: str) -> pl.DataFrame:
        """Return owner, node of every member of a need of one role, sorted."""
        code = self.texts.code(role)
        found = [pl.DataFrame(schema={"owner": pl.Int32, "node": pl.Int32})]
        for part in self.parts:
            if isinstance(part.role, int):
                rows = slice(None) if part.role == code else slice(0)
                found.append(pl.DataFrame({"owner": part.owners[rows], "node": part.node[rows]}))
            else:
                at = np.flatnonzero((part.role == code)[part.need])
                found.append(pl.DataFrame({"owner": part.owner[part.need[at]], "node": part.node[at]}))
        return pl.concat(found).sort("owner", "node")

    def replace_nodes(self, rows: Rows, nodes: NDArray[np.int32]) -> None:
        """Put other nodes in place of those of some members, given in ascending order."""
        for place, (part, (_, first)) in enumerate(list(self.links())):
            low, high = np.searchsorted(rows, (first, first + part.node.size))
            if low < high:
                node = part.node.copy()
                node[rows[low:high] - first] = nodes[low:high]
                self.parts[place] = dataclasses.replace(part, node=node)

    def extend_members(self, more: pl.DataFrame) -> None:
        """Add members behind those of needs that are there already.

        Args:
            more: need, node and the columns of ``ODD`` but row; ascending by need.
        """
        need = more["need"].to_numpy()
        for place, (part, (first, _)) in enumerate(list(self.links())):
            low, high = np.searchsorted(need, (first, first + part.owner.size))
            if low < high:
                whole = part.several() if isinstance(part, Each) else part
                self.parts[place] = whole.extended(
                    more[low:high].with_columns(need=pl.Series(need[low:high] - first))
                )

    def drop_repeated(self) -> None:
        """Leave each node once in a need, the one soonest in service; k no more than are left."""
        self.parts = [part.distinct() if isinstance(part, Several) else part for part in self.parts]
