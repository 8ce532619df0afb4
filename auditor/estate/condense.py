"""A small estate that stands for a large one: resources that cannot differ become one.

Two machines of one place, kind and software, with alike needs over alike things, are out in the same
scenarios for the same minutes, as long as nothing strikes one and not the other. So a million resources on a
few hundred domains leave some thousand classes, and whatever is found of a class holds for each of its nodes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.estate.arrays import take_needs
from auditor.estate.compile import Plans
from auditor.estate.draft import CERTAIN
from auditor.estate.graph import Estate, Graph, NodeKind
from auditor.estate.graph import Index as Names
from auditor.estate.names import names_of
from auditor.estate.sparse import Column, Sparse
from auditor.inventory import Inventory
from auditor.inventory.tables import empty_table, tables_of
from auditor.kernels.mixing import GOLDEN, scattered
from auditor.kernels.plan import Bools, Words
from auditor.kernels.refine import Classes, Marked, Said, classes, numbered
from auditor.model.domain import axis_of
from auditor.model.facts import AGENT_PREFIX
from auditor.model.same import Same

Index = NDArray[np.intp]

ALWAYS = ("host", "offline_utc", "resolver", "state", "support")
"""Facts that decide who is struck, whatever an outage asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condensed:
    """A large estate and the small one that stands for it.

    Attributes:
        whole: n nodes, w workloads.
        small: one node per class, named as the first of the class; its workloads are the first of theirs, and
            its inventory has no needs, as the graph has them.
        label: intp [n], class of each node.
        first: intp [classes], first node of each class.
        need: int64, row in the graph of ``whole`` of each need of ``small``.
        marks: uint64 [needs of ``whole``], equal for needs that cannot differ.
        workload: intp [w], which workload of ``small`` stands for each.
        spoken: intp, which workload of ``whole`` each workload of ``small`` is.
        sort: intp [resources of ``small``], number of what each is by kind, place, use and asked facts.
        sample: intp [sorts], first resource of ``small`` of each sort, ascending.
    """

    whole: Estate
    small: Estate
    label: Index
    first: Index
    need: NDArray[np.int64]
    marks: Words
    workload: Index
    spoken: Index
    sort: Index
    sample: Index


def condense(
    estate: Estate, *, facts: Collection[str] = (), apart: NDArray[np.integer] | None = None
) -> Condensed:
    """Return an estate condensed for scenarios that strike domains, and resources by place, kind and facts.

    The last one made without ``apart`` is kept, as all analyses of an audit ask for the same.

    Args:
        estate: to condense.
        facts: names of facts that decide whom a scenario strikes; those of agents always count.
        apart: nodes that a scenario may strike one by one.
    """
    asked = frozenset({*facts, *ALWAYS})
    return _kept_last(Same(estate), asked) if apart is None else _condensed(estate, asked, apart)


@lru_cache(maxsize=1)
def _kept_last(key: Same[Estate], facts: frozenset[str]) -> Condensed:
    return _condensed(key.value, facts, None)


def _condensed(estate: Estate, facts: frozenset[str], apart: NDArray[np.integer] | None) -> Condensed:
    kind = _resources(estate, facts)
    found = classes(_marked(estate, kind, apart))
    sort, sample = numbered(kind[found.first[found.first < kind.size]])
    keep = np.zeros(len(estate.names), np.bool_)
    keep[found.first] = True
    need = np.flatnonzero(keep[estate.graph.owner])
    picked = take_needs(estate.graph, need)
    label = found.label.astype(np.int32)
    graph = dataclasses.replace(picked, owner=label[picked.owner], member=label[picked.member])
    standing = found.label[estate.workload_nodes]
    _, spoken, workload = np.unique(standing, return_index=True, return_inverse=True)
    by_place = np.argsort(spoken, kind="stable")
    turn = np.empty(spoken.size, np.intp)
    turn[by_place] = np.arange(spoken.size)
    return Condensed(
        whole=estate,
        small=_small(estate, found, graph, spoken[by_place]),
        label=found.label,
        first=found.first,
        need=need,
        marks=found.need,
        workload=turn[workload],
        spoken=spoken[by_place],
        sort=sort,
        sample=sample,
    )


def uncondensed(estate: Estate) -> Condensed:
    """Return an estate that stands for itself, for scenarios that strike single resources."""
    nodes, workloads = np.arange(len(estate.names)), np.arange(len(estate.workloads))
    rows = np.arange(len(estate.inventory))
    return Condensed(
        whole=estate,
        small=estate,
        label=nodes,
        first=nodes,
        need=np.arange(estate.graph.owner.size),
        marks=np.zeros(estate.graph.owner.size, np.uint64),
        workload=workloads,
        spoken=workloads,
        sort=rows,
        sample=rows,
    )


def _small(estate: Estate, found: Classes, graph: Graph, spoken: Index) -> Estate:
    rows = found.first[found.first < len(estate.inventory)]
    inventory = part(_without_needs(estate.inventory), rows)
    others = [estate.names[node] for node in found.first[rows.size :].tolist()]
    names = names_of(inventory.resources["id"], others)
    member_of = estate.resource_workload[rows]
    place = np.full(len(estate.workloads) + 1, -1, np.int32)
    place[spoken] = np.arange(spoken.size)
    return dataclasses.replace(
        estate,
        inventory=inventory,
        names=names,
        kinds=estate.kinds[found.first],
        index=Names(names, rows.size, {name: node for node, name in enumerate(others, rows.size)}),
        graph=graph,
        plans=Plans(graph, len(names)),
        workloads=tuple(estate.workloads[w] for w in spoken.tolist()),
        workload_nodes=found.label[estate.workload_nodes[spoken]].astype(np.int32),
        resource_workload=np.where(member_of < 0, -1, np.maximum(place[member_of], 0)).astype(np.int32),
        roots_only=estate.roots_only[spoken],
        replica=estate.replica[found.first],
    )


def _without_needs(inventory: Inventory) -> Inventory:
    """Return an inventory without needs: a graph made of them says all there is to say."""
    return dataclasses.replace(inventory, needs=empty_table("needs"), members=empty_table("members"))


def part(inventory: Inventory, rows: Index) -> Inventory:
    """Return the inventory of these ascending rows alone, renumbered."""
    keep = _Kept.of(rows, len(inventory))
    keep_need = keep.where(inventory.needs, "resource")
    tables: dict[str, Any] = {
        name: keep.part(frame, "resource")
        for name, frame in tables_of(inventory).items()
        if name not in {"resources", "members"}
    }
    return dataclasses.replace(
        inventory,
        resources=inventory.resources.filter(pl.Series(keep.row)),
        members=_Kept.of(np.flatnonzero(keep_need), keep_need.size).part(inventory.members, "need"),
        **tables,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """Rows of a table that are kept, by their old and new numbers.

    Attributes:
        row: bool, whether each is kept.
        number: uint32, how many kept ones are before each.
    """

    row: Bools
    number: NDArray[np.uint32]

    @classmethod
    def of(cls, rows: Index, size: int) -> _Kept:
        """Keep these rows of so many."""
        row = np.zeros(size, np.bool_)
        row[rows] = True
        return cls(row=row, number=np.cumsum(row, dtype=np.uint32) - row)

    def where(self, frame: pl.DataFrame, column: str) -> Bools:
        """Return which rows of a table are about kept ones."""
        found: Bools = self.row[frame[column].to_numpy()]
        return found

    def part(self, frame: pl.DataFrame, column: str) -> pl.DataFrame:
        """Return the rows of a table that are about kept ones, with their new numbers."""
        found = frame.filter(pl.Series(self.where(frame, column)))
        return found.with_columns(pl.Series(column, self.number[found[column].to_numpy()]))


def _marked(estate: Estate, resource: Words, apart: NDArray[np.integer] | None) -> Marked:
    graph = estate.graph
    node = scattered(estate.kinds.astype(np.uint64))
    node[: len(estate.inventory)] += resource
    node[estate.workload_nodes] += _workloads(estate)
    return Marked(
        node=node,
        apart=_apart(estate, apart),
        owner=graph.owner,
        need=_mixed((graph.k_best, 1), (graph.k_worst, 1), (graph.unknown, CERTAIN), (graph.quorum, False)),
        start=graph.start,
        member=graph.member,
        link=_mixed(
            (graph.delay_low, 0),
            (graph.delay_high, 0),
            (graph.manual, False),
            (graph.member_unknown, CERTAIN),
            (graph.loss_low, 0),
            (graph.loss_high, 0),
        ),
    )


def _apart(estate: Estate, more: NDArray[np.integer] | None) -> Bools:
    """Return the nodes that a scenario may strike by name, and workloads judged by their many roots."""
    apart: Bools = estate.kinds == NodeKind.DOMAIN
    unseen = np.flatnonzero(estate.kinds == NodeKind.UNSEEN)
    apart[[node for node in unseen.tolist() if axis_of(estate.names[node]) is not None]] = True
    apart[estate.workload_nodes[estate.roots_only]] = True
    if more is not None:
        apart[more] = True
    return apart


def _mixed(*columns: tuple[Column, float]) -> Said:
    """Return a number that tells rows apart for each row with a value that is not the usual one; few have."""
    strange = np.zeros(columns[0][0].size, np.bool_)
    for column, usual in columns:
        if isinstance(column, Sparse):
            strange[column.row] = True
        else:
            strange |= column != usual
    rows = np.flatnonzero(strange)
    image = np.zeros(rows.size, np.uint64)
    for column, _ in columns:
        part = column[rows]
        bits = part.view(np.uint64) if part.dtype == np.float64 else part.astype(np.uint64)
        image = scattered(image ^ bits)
    return Said(row=rows, mark=image)


def _resources(estate: Estate, facts: frozenset[str]) -> Words:
    """Return a number per resource, equal for those of one kind, place, use and software."""
    inventory = estate.inventory
    if not len(inventory):
        return np.zeros(0, np.uint64)
    image = inventory.resources.select(
        pl.col(each).hash(seed=1) for each in ("kind", "provider", "region", "zones")
    )
    found = (estate.resource_workload >= 0).astype(np.uint64)
    for column in image:
        found *= GOLDEN
        found += column.to_numpy()
    rows = inventory.facts["resource"].to_numpy()
    if rows.size:
        told = _facts(inventory.facts, facts)
        first = np.flatnonzero(np.concatenate([np.ones(1, np.bool_), rows[1:] != rows[:-1]]))
        found[rows[first]] += np.add.reduceat(told, first)
    return found


def _facts(frame: pl.DataFrame, facts: frozenset[str]) -> Words:
    """Return a number per fact, 0 for one that nobody asks for."""
    said = frame.select(
        asked=pl.col("name").is_in(sorted(facts)) | pl.col("name").str.starts_with(AGENT_PREFIX),
        name=pl.col("name").hash(seed=1),
        value=pl.col("value").hash(seed=2),
    )
    told = said["name"].to_numpy() * GOLDEN
    told += said["value"].to_numpy()
    told = scattered(told)
    told *= said["asked"].to_numpy()
    return told


def _workloads(estate: Estate) -> Words:
    """Return a number per workload, equal for those with the same limit that are judged alike."""
    limits = {
        limit: code for code, limit in enumerate(dict.fromkeys(w.rto_minutes for w in estate.workloads))
    }
    codes = np.array([limits[w.rto_minutes] for w in estate.workloads], np.uint64)
    return scattered(codes * np.uint64(2) + estate.roots_only.astype(np.uint64))
