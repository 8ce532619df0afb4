"""What changes do, alone and together: re-evaluated on the part of the estate they reach."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._advice_ground import Ground, Nodes
from auditor.analyses._changes import Edits, Proposal
from auditor.analyses._gauge import Gauge, Places, Shares
from auditor.analyses._losses import domains, lost_in, same_plan
from auditor.estate.edit import NewMember, NewNode, apply
from auditor.estate.graph import Estate
from auditor.model.audit import ScoreAxis
from auditor.model.domain import axis_of
from auditor.model.evidence import Range

Table = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of the workloads that a change (or several together) can touch.

    Attributes:
        edits: what was changed.
        owners, nodes: the nodes changed, and all that matter to it.
        affected: workloads (index) that it can touch; the rows of the tables.
        best, worst: whether each of the estate's domains alone takes them, by case.
        fresh: domains that were not there; ``fresh_best``, ``fresh_worst`` are their tables.
    """

    edits: Edits
    owners: Nodes
    nodes: Nodes
    affected: Nodes
    best: Table
    worst: Table
    fresh: tuple[str, ...]
    fresh_best: Table
    fresh_worst: Table

    def apart(self, other: Outcome) -> bool:
        """Return whether neither change touches anything that matters to the other."""
        return not (np.isin(self.owners, other.nodes).any() or np.isin(other.owners, self.nodes).any())


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the estate stands after changes: shares of weight that each domain takes, and the score."""

    best: Shares
    worst: Shares
    score: Range | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scales:
    """An estate as it is, with all that is needed to weigh changes of it.

    Attributes:
        ground: the estate.
        nodes: its domains; ``best`` and ``worst`` bool [workloads, domains] whether each alone takes each.
        weight: each workload's share of all weight; ``share_best``, ``share_worst`` what each domain takes.
        gauge: the score, None where none is known; ``places`` of the domains on it.
    """

    ground: Ground
    nodes: Nodes
    best: Table
    worst: Table
    weight: Shares
    share_best: Shares
    share_worst: Shares
    gauge: Gauge | None
    places: Places
    _before: list[Standing] = field(default_factory=list)

    @property
    def now(self) -> Standing:
        """Where the estate stands without any change."""
        if not self._before:
            self._before.append(self.standing())
        return self._before[0]

    @classmethod
    def of(cls, estate: Estate, axes: tuple[ScoreAxis, ...] = ()) -> Scales:
        """Return the scales for an estate; ``axes`` are those of its score."""
        nodes = domains(estate)
        gauge = Gauge(axes=axes) if axes else None
        best, worst = (lost_in(estate, case, nodes) for case in (estate.best, estate.worst))
        weight = weights(estate)
        return cls(
            ground=Ground.of(estate),
            nodes=nodes,
            best=best,
            worst=worst,
            weight=weight,
            share_best=weight @ best,
            share_worst=weight @ worst,
            gauge=gauge,
            places=gauge.places([estate.names[node] for node in nodes]) if gauge else np.zeros(0, np.intp),
        )

    def weigh(self, edits: Edits) -> Outcome:
        """Return what these edits do, from the part of the estate that they reach."""
        owners = self.ground.owners(edits)
        return self.weigh_for(edits, owners, self.ground.affected(owners))

    def weigh_for(self, edits: Edits, owners: Nodes, workloads: Nodes) -> Outcome:
        """Return what these edits do to some workloads (index)."""
        cone = self.ground.cone(workloads, edits)
        changed = apply(cone.estate, cone.moved(edits))
        inside = domains(changed)
        at_best = lost_in(changed, changed.best, inside)
        alike = same_plan(changed.best, changed.worst)
        tables = [at_best, at_best if alike else lost_in(changed, changed.worst, inside)]
        old = inside < cone.nodes.size
        column = np.searchsorted(self.nodes, cone.nodes[inside[old]])
        best, worst = (np.zeros((workloads.size, self.nodes.size), np.bool_) for _ in tables)
        best[:, column], worst[:, column] = (table[:, old] for table in tables)
        return Outcome(
            edits=edits,
            owners=owners,
            nodes=cone.nodes,
            affected=workloads,
            best=best,
            worst=worst,
            fresh=tuple(changed.names[node] for node in inside[~old]),
            fresh_best=tables[0][:, ~old],
            fresh_worst=tables[1][:, ~old],
        )

    def standing(self, outcomes: Sequence[Outcome] = ()) -> Standing:
        """Return where the estate stands after changes that are apart from each other."""
        best, worst = self.share_best.copy(), self.share_worst.copy()
        fresh: dict[str, NDArray[np.float64]] = {}
        for each in outcomes:
            weight = self.weight[each.affected]
            best += weight @ each.best - weight @ self.best[each.affected]
            worst += weight @ each.worst - weight @ self.worst[each.affected]
            takes = np.stack([weight @ each.fresh_best, weight @ each.fresh_worst], axis=1)
            for name, share in zip(each.fresh, takes, strict=True):
                fresh[name] = fresh.get(name, np.zeros(2)) + share
        return Standing(best=best, worst=worst, score=self._score(best, worst, fresh))

    def _score(self, best: Shares, worst: Shares, fresh: dict[str, NDArray[np.float64]]) -> Range | None:
        if self.gauge is None:
            return None
        names = sorted(fresh)
        more = np.array([fresh[name] for name in names]).reshape(-1, 2)
        return self.gauge.score(
            np.concatenate([self.places, self.gauge.places(names)]),
            np.concatenate([best, more[:, 0]]),
            np.concatenate([worst, more[:, 1]]),
        )


def weights(estate: Estate) -> Shares:
    """Return each workload's share of all weight."""
    weight = np.array([w.weight for w in estate.workloads], np.float64)
    return weight / weight.sum() if weight.size else weight


def together(proposals: Iterable[Proposal]) -> Edits:
    """Return the edits of several proposals as one: what two make alike is made once, no name twice."""
    made: dict[str, NewNode] = {}
    members: dict[NewMember, None] = {}
    for proposal in proposals:
        nodes = [edit for edit in proposal.edits if isinstance(edit, NewNode)]
        clash = any(axis_of(n.name) is None and made.get(n.name, n) != n for n in nodes)
        names = {n.name: _free(n.name, made) for n in nodes if axis_of(n.name) is None} if clash else {}
        for node in nodes:
            new = _renamed(node, names)
            made.setdefault(new.name, new)
        for edit in proposal.edits:
            if isinstance(edit, NewMember):
                ref = names.get(edit.member.ref, edit.member.ref)
                members[dataclasses.replace(edit, member=dataclasses.replace(edit.member, ref=ref))] = None
    return (*made.values(), *members)


def _free(name: str, taken: dict[str, NewNode]) -> str:
    number = 2
    while f"{name}#{number}" in taken:
        number += 1
    return f"{name}#{number}"


def _renamed(node: NewNode, names: dict[str, str]) -> NewNode:
    if not names:
        return node
    needs = tuple(
        dataclasses.replace(
            need,
            members=tuple(dataclasses.replace(m, ref=names.get(m.ref, m.ref)) for m in need.members),
        )
        for need in node.needs
    )
    return NewNode(name=names.get(node.name, node.name), needs=needs)
