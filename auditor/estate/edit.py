"""Change a copy of an estate: what advice proposes is re-evaluated, never guessed."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.errors import EstateError
from auditor.estate.arrays import MEMBER_ARRAYS, NEED_ARRAYS, drop_repeated, need_of, offsets, take_needs
from auditor.estate.circular import drop_circular
from auditor.estate.compile import Plans
from auditor.estate.draft import CERTAIN, EVIDENCE_CODE, Texts
from auditor.estate.explicit import TOO_FEW_HINT, too_few
from auditor.estate.graph import Estate, Graph, Index, NodeKind
from auditor.estate.hierarchy import ZoneRegions, parent, zone_regions
from auditor.estate.sparse import extended, take
from auditor.inventory import Inventory
from auditor.kernels.order import ranges
from auditor.model.domain import axis_of
from auditor.model.evidence import EXACT_ZERO, Evidence, Range
from auditor.model.need import Member, Need, requires
from auditor.model.same import Same

__all__ = [
    "DropNeed",
    "Edit",
    "Edited",
    "Edits",
    "NewCopy",
    "NewMember",
    "NewNeed",
    "NewNode",
    "apply",
    "edited",
    "joined",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNode:
    """A node that is not there yet; all its needs are given, none is implied."""

    name: str
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCopy:
    """A node that is not there yet, needs what another does, as far as told, and serves beside it.

    Attributes:
        name: its name; ``original`` the node (of the estate) that it is like.
        beside: needs (rows in the estate's graph) that it is a further member of, in service after ``delay``
            minutes.
        without: a node; needs that have it as a member are not copied.
        instead: members of the original's needs, ascending, and what stands there for them.
        extra: what it needs besides.
        origin: where this is known from; all that is copied is assumed.
    """

    name: str
    original: int
    without: int
    origin: str
    instead: tuple[tuple[int, str], ...] = ()
    extra: tuple[Need, ...] = ()
    beside: tuple[int, ...] = ()
    delay: Range = EXACT_ZERO


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


Edit = NewNode | NewCopy | NewMember | DropNeed | NewNeed
Edits = tuple[Edit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What edits come to: rows to add to an estate's arrays. New nodes and needs are numbered behind its own.

    Attributes:
        names, kinds: of the new nodes.
        needs: by column (``NEED_ARRAYS``), of the new needs.
        members: by column (``MEMBER_ARRAYS``), of the new members; ``need`` int64, whose they are.
        dropped: needs of the estate that go away.
        texts, fact_names: those of the estate, and new ones behind them.
    """

    names: tuple[str, ...]
    kinds: tuple[int, ...]
    needs: dict[str, NDArray[Any]]
    members: dict[str, NDArray[Any]]
    need: NDArray[np.int64]
    dropped: tuple[int, ...]
    texts: tuple[str, ...]
    fact_names: tuple[str, ...]


def apply(estate: Estate, edits: Iterable[Edit]) -> Estate:
    """Return a changed copy, compiled again; rows in edits are those of the estate given.

    References are node ids, aliases of one resource, or domain ids; domains that are not there are made,
    with what they need themselves.

    Raises:
        EstateError: a reference leads nowhere, a name is taken, or a declared need cannot be met.
    """
    found = edited(estate, edits)
    names = (*estate.names, *found.names)
    straight = drop_circular(drop_repeated(joined(estate.graph, found)), len(names))
    dropped = {(names[o], names[m]) for o, m in zip(straight.owner, straight.member, strict=True)}
    index = Index.of(estate.index)
    for node, name in enumerate(found.names, len(estate.names)):
        index.add(name, node)
    return dataclasses.replace(
        estate,
        names=names,
        kinds=np.append(estate.kinds, np.array(found.kinds, np.uint8)),
        index=index,
        graph=straight.graph,
        plans=Plans(straight.graph, len(names)),
        replica=np.pad(estate.replica, (0, len(found.names)), constant_values=-1),
        circular=tuple(sorted({*estate.circular, *dropped})),
    )


def edited(estate: Estate, edits: Iterable[Edit]) -> Edited:
    """Return what edits come to, without making the changed copy; raises as ``apply`` does."""
    listed = list(edits)
    changes = _Changes(estate)
    for edit in listed:
        if isinstance(edit, NewNode | NewCopy):
            changes.add_node(edit.name)
    for edit in listed:
        changes.take(edit)
    return changes.found([edit for edit in listed if isinstance(edit, NewCopy)])


def joined(graph: Graph, found: Edited) -> Graph:
    """Return a graph with edits made, needs ordered by owner; new needs are numbered behind its own."""
    need = np.concatenate([need_of(graph), found.need])
    order = np.argsort(need, kind="stable")
    needs: dict[str, Any] = {name: extended(getattr(graph, name), found.needs[name]) for name in NEED_ARRAYS}
    members: dict[str, Any] = {
        name: take(extended(getattr(graph, name), found.members[name]), order) for name in MEMBER_ARRAYS
    }
    whole = dataclasses.replace(
        graph,
        start=offsets(np.bincount(need, minlength=needs["owner"].size)),
        texts=found.texts,
        fact_names=found.fact_names,
        **needs,
        **members,
    )
    kept = np.ones(whole.owner.size, np.bool_)
    kept[list(found.dropped)] = False
    rows = np.flatnonzero(kept)
    return take_needs(whole, rows[np.argsort(whole.owner[rows], kind="stable")])


class _Changes:
    """New nodes, needs and members gathered beside an estate's own."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._new: dict[str, int] = {}
        self._names: list[str] = []
        self._kinds: list[int] = []
        self._texts = Texts(estate.graph.texts)
        self._facts = Texts(estate.graph.fact_names)
        self._needs: list[tuple[object, ...]] = []
        self._members: list[tuple[object, ...]] = []
        self._member_need: list[int] = []
        self._dropped: list[int] = []

    def add_node(self, name: str) -> int:
        """Add a node that must not be there yet."""
        if self._known(name) is not None:
            raise EstateError(f"{name}: is in the estate already", hint="give the new node a name of its own")
        kind = NodeKind.UNSEEN if axis_of(name) is None else NodeKind.DOMAIN
        return self._append(name, kind)

    def take(self, edit: Edit) -> None:
        """Add one edit; its new node, if it is one, is there already, and what it copies comes at the end."""
        if isinstance(edit, NewNode):
            for need in edit.needs:
                self._add_need(self._new[edit.name], need)
        elif isinstance(edit, NewCopy):
            for need in edit.extra:
                self._add_need(self._new[edit.name], need)
        elif isinstance(edit, NewNeed):
            self._add_need(self._node(edit.owner), edit.need)
        elif isinstance(edit, NewMember):
            self._add_member(self._row(edit.need), edit.member)
        else:
            self._dropped.append(self._row(edit.need))

    def found(self, copies: Sequence[NewCopy]) -> Edited:
        """Return all that was added, and the needs of copies."""
        taken = self._copied(copies)  # may make domains that copies stand on, so it comes first
        rows, serving = self._serving(copies)
        here = _columns(taken, NEED_ARRAYS, self._needs)
        there = _columns(taken, MEMBER_ARRAYS, self._members)
        first = self._estate.graph.owner.size + len(self._needs)
        return Edited(
            names=tuple(self._names),
            kinds=tuple(self._kinds),
            needs=here,
            members={name: np.concatenate([there[name], serving[name]]) for name in MEMBER_ARRAYS},
            need=np.concatenate([np.array(self._member_need, np.int64), first + need_of(taken), rows]),
            dropped=tuple(self._dropped),
            texts=self._texts.values,
            fact_names=self._facts.values,
        )

    def _serving(self, copies: Sequence[NewCopy]) -> tuple[NDArray[np.int64], dict[str, NDArray[Any]]]:
        """Return the needs that copies are members of, and by column how they are."""
        rows = np.array([self._row(need) for each in copies for need in each.beside], np.int64)
        copy = np.repeat(np.arange(len(copies)), [len(each.beside) for each in copies])
        delay = np.array([each.delay for each in copies], np.float64).reshape(-1, 2)[copy]
        usual = {"manual": False, "member_unknown": CERTAIN, "loss_low": np.nan, "loss_high": np.nan}
        graph = self._estate.graph
        found = {name: np.full(rows.size, value) for name, value in usual.items()}
        found["member_unknown"] = found["member_unknown"].astype(graph.member_unknown.dtype)
        nodes = np.array([self._new[each.name] for each in copies], graph.member.dtype)
        return rows, {**found, "member": nodes[copy], "delay_low": delay[:, 0], "delay_high": delay[:, 1]}

    def _copied(self, copies: Sequence[NewCopy]) -> Graph:
        """Return the needs of copies but the extra ones."""
        graph = self._estate.graph
        original = np.array([each.original for each in copies], graph.owner.dtype)
        first, last = (np.searchsorted(graph.owner, original, side=side) for side in ("left", "right"))
        rows, copy = ranges(first, last), np.repeat(np.arange(original.size), last - first)
        taken = take_needs(graph, rows)
        without = np.array([each.without for each in copies], np.int64)
        gone = np.zeros(rows.size, np.bool_)
        gone[need_of(taken)[taken.member == np.repeat(without[copy], np.diff(taken.start))]] = True
        taken, copy = take_needs(taken, np.flatnonzero(~gone)), copy[~gone]
        origins = np.array([self._texts.code(each.origin) for each in copies], np.int32)
        return dataclasses.replace(
            taken,
            owner=np.array([self._new[each.name] for each in copies], np.int32)[copy],
            origin=origins[copy],
            evidence=np.full(copy.size, EVIDENCE_CODE[Evidence.ASSUMED], np.uint8),
            member=self._replaced(copies, np.repeat(copy, np.diff(taken.start)), taken.member),
        )

    def _replaced(
        self, copies: Sequence[NewCopy], copy: NDArray[np.int64], member: NDArray[np.int32]
    ) -> NDArray[np.int32]:
        """Return members of needs of these copies, and what stands for some of them."""
        pairs = [(at, node, ref) for at, each in enumerate(copies) for node, ref in each.instead]
        if not pairs or not member.size:
            return member
        width = len(self._estate.names)
        key = np.array([at * width + node for at, node, _ in pairs], np.int64)  # ascending
        asked = copy * width + member
        at = np.minimum(np.searchsorted(key, asked), key.size - 1)
        there = np.flatnonzero(key[at] == asked)
        replaced = member.copy()
        replaced[there] = [self._node(pairs[pair][2]) for pair in at[there].tolist()]
        return replaced

    def _append(self, name: str, kind: NodeKind) -> int:
        self._new[name] = len(self._estate.names) + len(self._names)
        self._names.append(name)
        self._kinds.append(int(kind))
        return self._new[name]

    def _known(self, name: str) -> int | None:
        node = self._new.get(name)
        return self._estate.index.get(name) if node is None else node

    def _name(self, node: int) -> str:
        old = len(self._estate.names)
        return self._estate.names[node] if node < old else self._names[node - old]

    def _row(self, need: int) -> int:
        if not 0 <= need < self._estate.graph.owner.size:
            raise EstateError(f"there is no need {need}", hint="take rows from the graph that is changed")
        return need

    def _node(self, ref: str) -> int:
        node = self._known(ref)
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
        above = parent(name, _zones(Same(self._estate.inventory)))
        if above is not None:
            (need,) = requires("inside", above, evidence=Evidence.ASSUMED, origin="how failure domains nest")
            self._add_need(node, need)
        return node

    def _add_need(self, owner: int, need: Need) -> None:
        serving = sum(member.delay[1] == 0 for member in need.members)
        if need.evidence is Evidence.DECLARED and serving < need.k[1]:
            raise EstateError(too_few(self._name(owner), need.role, need.k[1], serving), hint=TOO_FEW_HINT)
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
        name = f"activation:{self._name(replica)}+{'+'.join(self._name(road) for road in roads)}"
        known = self._known(name)
        if known is not None:
            return known
        node = self._append(name, NodeKind.ACTIVATION)
        origin = "switching to a standby"
        for need in (
            *requires("replica", self._name(replica), origin=origin),
            *requires("switch", *(self._name(road) for road in roads), origin=origin),
        ):
            self._add_need(node, need)
        return node


@lru_cache(maxsize=1)
def _zones(key: Same[Inventory]) -> ZoneRegions:
    """Return where zones are; asked again and again of one inventory by changes that bring domains in."""
    return zone_regions(key.value)


def _columns(graph: Graph, names: tuple[str, ...], rows: list[tuple[object, ...]]) -> dict[str, NDArray[Any]]:
    """Return these rows and those of the graph behind them, by column."""
    found = {}
    for name, column in zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True):
        behind = getattr(graph, name)[:]
        found[name] = np.concatenate([np.array(column, behind.dtype), behind])
    return found
