"""What changes do, alone and together: re-evaluated on the part of the estate they reach."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._advice_ground import Ground, Nodes, Part
from auditor.analyses._advice_upper import Uppers, columns
from auditor.analyses._changes import Edits, Proposal
from auditor.analyses._gauge import Gauge, Places, Shares
from auditor.analyses._losses import domains, limits
from auditor.estate.edit import NewMember, NewNode, apply
from auditor.estate.graph import CompiledPlan, Estate
from auditor.kernels import lost, prepare, unpack
from auditor.kernels.families import one_each
from auditor.kernels.plan import Words
from auditor.kernels.words import width
from auditor.model.audit import ScoreAxis
from auditor.model.domain import axis_of
from auditor.model.evidence import Range

Table = NDArray[np.bool_]
WORD = 64
BLOCK = 512  # losses solved at once: whole words, bounded memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What becomes of the workloads that a change (or several together) can touch.

    Attributes:
        edits: what was changed.
        owners: the nodes changed; ``above`` uint8, packed bits: all nodes that are or need one of them.
        seeds: nodes of the workloads that it can touch, and those that the edits refer to.
        affected: workloads (index) that it can touch; the rows of the tables.
        best, worst: whether each of the estate's domains alone takes them, by case.
        fresh: domains that were not there; ``fresh_best``, ``fresh_worst`` are their tables.
    """

    edits: Edits
    owners: Nodes
    above: NDArray[np.uint8]
    seeds: Nodes
    affected: Nodes
    best: Table
    worst: Table
    fresh: tuple[str, ...]
    fresh_best: Table
    fresh_worst: Table

    def apart(self, other: Outcome) -> bool:
        """Return whether neither change touches anything that matters to the other."""
        return not (self._matters_to(other) or other._matters_to(self))

    def _matters_to(self, other: Outcome) -> bool:
        bits = self.above[other.seeds >> 3] >> (7 - (other.seeds & 7)).astype(np.uint8)
        return bool((bits & 1).any())


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """What single losses take, node by node: by limit in minutes uint64 [nodes, words], a bit per loss.

    ``uppers`` are parts of the plan that this is so of.
    """

    lost: Mapping[float, Words]
    uppers: Uppers

    @classmethod
    def of(cls, estate: Estate, case: CompiledPlan, nodes: Nodes) -> States:
        """Return what the loss of each of ``nodes`` takes in one case."""
        prepared = prepare(case.plan)
        found = {}
        for value in np.unique(limits(estate)).tolist():
            late = case.plan.delay > value
            blocks = [nodes[first : first + BLOCK] for first in range(0, nodes.size, BLOCK)]
            parts = [
                lost(prepared, one_each(case.plan.nodes, block), scenarios=block.size, absent=late)
                for block in blocks
            ]
            found[value] = np.concatenate([np.zeros((case.plan.nodes, 0), np.uint64), *parts], axis=1)
        return cls(lost=found, uppers=Uppers(case=case))

    def of_workloads(self, estate: Estate, losses: int) -> Table:
        """Return bool [workloads, losses], each by its own limit."""
        found = np.zeros((len(estate.workloads), losses), np.bool_)
        limit = limits(estate)
        for value, words in self.lost.items():
            rows = np.flatnonzero(limit == value)
            found[rows] = unpack(words[estate.workload_nodes[rows]], losses)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the estate stands after changes: shares of weight that each domain takes, and the score."""

    best: Shares
    worst: Shares
    score: Range | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """A change made: the part with what it edits, and the nodes above that are as they were.

    Attributes:
        part: of the estate; ``changed`` is what became of it, ``fresh`` its new domains.
        affected: workloads (index) that are, or need, something of the part.
        upper: bool per node of the estate, those above the part.
    """

    part: Part
    changed: Estate
    fresh: Nodes
    affected: Nodes
    upper: NDArray[np.bool_]


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
    _states: tuple[States, States]
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
        states = States.of(estate, estate.best, nodes), States.of(estate, estate.worst, nodes)
        best, worst = (each.of_workloads(estate, nodes.size) for each in states)
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
            _states=states,
        )

    def weigh(self, edits: Edits) -> Outcome:
        """Return what these edits do, from the part of the estate that they reach."""
        ground = self.ground
        owners = ground.owners(edits)
        above = ground.above(owners)
        named = np.array(ground.named(edits), np.int64)
        # What is changed needs nothing above it, so it is solved first.
        core = ground.below_within(np.union1d(owners, named[above[named]]), above)
        part = ground.part(core, edits)
        changed = apply(part.estate, part.moved(edits))
        inside = domains(changed)
        fresh = inside[inside >= part.nodes.size]
        count = self.nodes.size
        affected = np.flatnonzero(above[ground.estate.workload_nodes])
        work = _Work(part=part, changed=changed, fresh=fresh, affected=affected, upper=above & ~core)
        best, worst = (
            self._table(work, case, states)
            for case, states in zip((changed.best, changed.worst), self._states, strict=True)
        )
        return Outcome(
            edits=edits,
            owners=owners,
            above=np.packbits(above),
            seeds=np.union1d(ground.estate.workload_nodes[affected].astype(np.int64), named),
            affected=affected,
            best=best[:, :count],
            worst=worst[:, :count],
            fresh=tuple(changed.names[node] for node in fresh),
            fresh_best=best[:, count:],
            fresh_worst=worst[:, count:],
        )

    def _table(self, work: _Work, case: CompiledPlan, states: States) -> Table:
        """Return bool [affected, domains and fresh ones], whether each alone takes each."""
        part, estate = work.part, self.ground.estate
        prepared, count = prepare(case.plan), self.nodes.size + work.fresh.size
        own = self._own(work, count)
        found = np.zeros((work.affected.size, count), np.bool_)
        nodes = estate.workload_nodes[work.affected]
        edge, limit = np.flatnonzero(part.edge), limits(estate)[work.affected]
        for value in np.unique(limit).tolist():
            known = states.lost[value]
            own[edge, : known.shape[1]] = known[part.nodes[edge]]
            words = lost(prepared, own, scenarios=count, absent=case.plan.delay > value)
            before = np.zeros((part.nodes.size, own.shape[1]), np.uint64)
            before[:, : known.shape[1]] = known[part.nodes]
            differs = np.bitwise_or.reduce(words[: part.nodes.size] ^ before, axis=0, keepdims=True)
            changed = np.flatnonzero(unpack(differs, count)[0])
            above = (limit == value) & work.upper[nodes]
            found[above, : self.nodes.size] = unpack(known[nodes[above]], self.nodes.size)
            if changed.size and above.any():
                rows = np.flatnonzero(above)
                found[np.ix_(rows, changed)] = self._above(work, states, words, changed, nodes[rows], value)
            within = (limit == value) & ~work.upper[nodes]
            at = np.searchsorted(part.nodes, nodes[within])
            found[within] = unpack(words[at], count)
        return found

    def _own(self, work: _Work, count: int) -> Words:
        """Return the words in which each domain of the part, and each fresh one, is out by itself."""
        nodes = work.part.nodes
        own = np.zeros((len(work.changed.names), width(count)), np.uint64)
        at = np.searchsorted(nodes, self.nodes)
        column = np.flatnonzero(nodes[np.minimum(at, nodes.size - 1)] == self.nodes)
        column = np.append(column, np.arange(self.nodes.size, count))
        node = np.concatenate([at, work.fresh])[column]
        own[node, column // WORD] = np.uint64(1) << (column % WORD).astype(np.uint64)
        return own

    def _above(
        self,
        work: _Work,
        states: States,
        words: Words,
        changed: Nodes,
        wanted: NDArray[np.int32],
        limit: float,
    ) -> Table:
        """Return bool [wanted, changed], whether nodes above the changed part are lost in these losses."""
        upper = states.uppers.of(work.upper)
        out = np.zeros((upper.nodes.size, changed.size), np.bool_)
        old = changed < self.nodes.size
        edge = np.flatnonzero(~upper.inside)
        out[np.ix_(edge, np.flatnonzero(old))] = columns(states.lost[limit][upper.nodes[edge]], changed[old])
        here = np.flatnonzero(np.isin(upper.nodes, work.part.nodes[~work.part.edge]))
        out[here] = columns(words[np.searchsorted(work.part.nodes, upper.nodes[here])], changed)
        domain = self.nodes[changed[old]]
        at = np.minimum(np.searchsorted(upper.nodes, domain), upper.nodes.size - 1)
        inside = (upper.nodes[at] == domain) & upper.inside[at]
        out[at[inside], np.flatnonzero(old)[inside]] = True
        return upper.solved(out, wanted, limit)

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
