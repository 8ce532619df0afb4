"""Change a copy of an estate: what advice proposes is re-evaluated, never guessed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from auditor.errors import EstateError
from auditor.estate.arrays import MEMBER_ARRAYS, NEED_ARRAYS, drop_repeated, need_of, offsets, take_needs
from auditor.estate.circular import drop_circular
from auditor.estate.compile import Plans
from auditor.estate.draft import CERTAIN, EVIDENCE_CODE, Texts
from auditor.estate.explicit import TOO_FEW_HINT, too_few
from auditor.estate.graph import Estate, Graph, Index, NodeKind
from auditor.estate.hierarchy import ZoneRegions, parent, zone_regions
from auditor.estate.reach import closure
from auditor.estate.sparse import extended, take
from auditor.model.domain import axis_of
from auditor.model.evidence import Evidence
from auditor.model.need import Member, Need, requires

__all__ = ["DropNeed", "Edit", "NewMember", "NewNeed", "NewNode", "apply", "closure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNode:
    """A node that is not there yet; all its needs are given, none is implied."""

    name: str
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """A further member of a need; ``need`` is its row in the estate's graph."""

    need: int
    member: Member


@dataclass(frozen=True, slots=True, kw_only=True)
class DropNeed:
    """A need that goes away; ``need`` is its row in the estate's graph."""

    need: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNeed:
    """A need that a node gets."""

    owner: str
    need: Need


Edit = NewNode | NewMember | DropNeed | NewNeed


def apply(estate: Estate, edits: Iterable[Edit]) -> Estate:
    """Return a changed copy, compiled again; rows in edits are those of the estate given.

    References are node ids, aliases of one resource, or domain ids; domains that are not there are made,
    with what they need themselves.

    Raises:
        EstateError: a reference leads nowhere, a name is taken, or a declared need cannot be met.
    """
    listed = list(edits)
    changes = _Changes(estate)
    for edit in listed:
        if isinstance(edit, NewNode):
            changes.add_node(edit.name)
    for edit in listed:
        changes.take(edit)
    graph = changes.graph()
    nodes = len(changes.names)
    straight = drop_circular(drop_repeated(graph), nodes)
    names = tuple(changes.names)
    dropped = {(names[o], names[m]) for o, m in zip(straight.owner, straight.member, strict=True)}
    return dataclasses.replace(
        estate,
        names=names,
        kinds=np.array(changes.kinds, np.uint8),
        index=changes.index,
        graph=straight.graph,
        plans=Plans(straight.graph, nodes),
        replica=np.pad(estate.replica, (0, nodes - estate.replica.size), constant_values=-1),
        circular=tuple(sorted({*estate.circular, *dropped})),
    )


class _Changes:
    """New nodes, needs and members gathered beside an estate's own."""

    def __init__(self, estate: Estate) -> None:
        self.names = list(estate.names)
        self.kinds: list[int] = estate.kinds.tolist()
        self.index = Index.of(estate.index)
        self._estate = estate
        self._texts = Texts(estate.graph.texts)
        self._facts = Texts(estate.graph.fact_names)
        self._needs: list[tuple[object, ...]] = []
        self._members: list[tuple[object, ...]] = []
        self._member_need: list[int] = []
        self._dropped: list[int] = []
        self._zones: ZoneRegions | None = None

    def add_node(self, name: str) -> int:
        """Add a node that must not be there yet."""
        if name in self.index:
            raise EstateError(f"{name}: is in the estate already", hint="give the new node a name of its own")
        kind = NodeKind.UNSEEN if axis_of(name) is None else NodeKind.DOMAIN
        return self._append(name, kind)

    def take(self, edit: Edit) -> None:
        """Add one edit; its new node, if it is one, is there already."""
        if isinstance(edit, NewNode):
            for need in edit.needs:
                self._add_need(self.index[edit.name], need)
        elif isinstance(edit, NewNeed):
            self._add_need(self._node(edit.owner), edit.need)
        elif isinstance(edit, NewMember):
            self._add_member(self._row(edit.need), edit.member)
        else:
            self._dropped.append(self._row(edit.need))

    def graph(self) -> Graph:
        """Return the changed graph, needs ordered by owner."""
        graph = self._estate.graph
        needs = _joined(graph, NEED_ARRAYS, self._needs)
        member_need = np.concatenate([need_of(graph), np.array(self._member_need, np.int64)])
        order = np.argsort(member_need, kind="stable")
        members: dict[str, Any] = {
            name: take(values, order) for name, values in _joined(graph, MEMBER_ARRAYS, self._members).items()
        }
        counts = np.bincount(member_need, minlength=needs["owner"].size)
        joined = dataclasses.replace(graph, start=offsets(counts), texts=self._texts.values)
        joined = dataclasses.replace(joined, fact_names=self._facts.values, **needs, **members)
        kept = np.ones(joined.owner.size, np.bool_)
        kept[self._dropped] = False
        rows = np.flatnonzero(kept)
        return take_needs(joined, rows[np.argsort(joined.owner[rows], kind="stable")])

    def _append(self, name: str, kind: NodeKind) -> int:
        self.index.add(name, len(self.names))
        self.names.append(name)
        self.kinds.append(int(kind))
        return self.index[name]

    def _row(self, need: int) -> int:
        if not 0 <= need < self._estate.graph.owner.size:
            raise EstateError(f"there is no need {need}", hint="take rows from the graph that is changed")
        return need

    def _node(self, ref: str) -> int:
        node = self.index.get(ref)
        if node is not None:
            return node
        if axis_of(ref) is not None:
            return self._domain(ref)
        aliases = self._estate.inventory.aliases
        carriers = aliases.filter(pl.col("alias") == ref.lower())["resource"].unique()
        if len(carriers) != 1:
            raise EstateError(f"{ref}: no such node", hint="use a node id, an alias or a domain id")
        return int(carriers[0])

    def _domain(self, name: str) -> int:
        node = self._append(name, NodeKind.DOMAIN)
        if self._zones is None:
            self._zones = zone_regions(self._estate.inventory)
        above = parent(name, self._zones)
        if above is not None:
            (need,) = requires("inside", above, evidence=Evidence.ASSUMED, origin="how failure domains nest")
            self._add_need(node, need)
        return node

    def _add_need(self, owner: int, need: Need) -> None:
        serving = sum(member.delay[1] == 0 for member in need.members)
        if need.evidence is Evidence.DECLARED and serving < need.k[1]:
            raise EstateError(too_few(self.names[owner], need.role, need.k[1], serving), hint=TOO_FEW_HINT)
        place = self._estate.graph.owner.size + len(self._needs)
        self._needs.append(
            (
                owner,
                *need.k,
                self._texts.code(need.role),
                self._texts.code(need.origin),
                EVIDENCE_CODE[need.evidence],
                CERTAIN if need.unknown is None else self._facts.code(need.unknown),
                need.quorum,
            )
        )
        for member in need.members:
            self._add_member(place, member)

    def _add_member(self, need: int, member: Member) -> None:
        loss = (np.nan, np.nan) if member.loss is None else member.loss
        unknown = CERTAIN if member.unknown is None else self._facts.code(member.unknown)
        node = self._activation(member) if member.via and member.delay[1] > 0 else self._node(member.ref)
        self._member_need.append(need)
        self._members.append((node, *member.delay, member.manual, unknown, *loss))

    def _activation(self, member: Member) -> int:
        replica, roads = self._node(member.ref), sorted({self._node(ref) for ref in member.via})
        name = f"activation:{self.names[replica]}+{'+'.join(self.names[road] for road in roads)}"
        if name in self.index:
            return self.index[name]
        node = self._append(name, NodeKind.ACTIVATION)
        origin = "switching to a standby"
        for need in (
            *requires("replica", self.names[replica], origin=origin),
            *requires("switch", *(self.names[road] for road in roads), origin=origin),
        ):
            self._add_need(node, need)
        return node


def _joined(graph: Graph, names: tuple[str, ...], rows: list[tuple[object, ...]]) -> dict[str, Any]:
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return {name: extended(getattr(graph, name), column) for name, column in zip(names, columns, strict=True)}
