"""What changes do in one case: their parts solved beside each other, then all that stands above them.

Parts are solved for all single losses. Where something in the part of a change came to differ, and for those
losses only, the estate is solved again with the part as given: losses of many changes at once, in columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auditor.analyses._advice_parts import Parts, Reach
from auditor.analyses._advice_states import Nodes, States, Table, bits, put
from auditor.analyses._losses import limits
from auditor.analyses._ready import ready
from auditor.estate.graph import CompiledPlan, Estate
from auditor.kernels import Given, lost, pack, prepare, unpack
from auditor.kernels.order import distinct
from auditor.kernels.plan import Words
from auditor.kernels.words import width


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What a change does in one case.

    Attributes:
        losses: int64 [c], ascending, those that came to differ for some node: a place among the estate's
            domains, or behind them among those that the change brings in.
        lost: bool [workloads that it can touch, c], whether each takes each.
    """

    losses: Nodes
    lost: Table

    def before(self, table: Table, affected: Nodes) -> Table:
        """Return the part of a table [workloads, domains] of what was lost that this is instead of."""
        return table[np.ix_(affected, self.losses)]

    def among(self, domains: int) -> Effect:
        """Return what it is of the estate's own domains, the first so many."""
        old = self.losses < domains
        return Effect(losses=self.losses[old], lost=self.lost[:, old])

    def behind(self, domains: int, fresh: int) -> Table:
        """Return bool [workloads that it can touch, fresh], what the domains behind those take."""
        found = np.zeros((self.lost.shape[0], fresh), np.bool_)
        new = self.losses >= domains
        found[:, self.losses[new] - domains] = self.lost[:, new]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Differing:
    """Pairs of a change and a loss that came to differ in its part, by change; int64 [t] each."""

    change: Nodes
    loss: Nodes

    def of(self, change: int) -> slice:
        """Return the pairs of a change."""
        low, high = np.searchsorted(self.change, (change, change + 1))
        return slice(int(low), int(high))


@dataclass(frozen=True, slots=True, kw_only=True)
class Solver:
    """Changes to be solved in one case.

    Attributes:
        estate: as it is; ``states`` what single losses take of it.
        reaches: what each change reaches; ``affected`` the workloads (index) that it can touch.
        parts: of the changes; ``case`` their plan.
    """

    estate: Estate
    states: States
    reaches: Sequence[Reach]
    affected: Sequence[Nodes]
    parts: Parts
    case: CompiledPlan

    def effects(self) -> list[Effect]:
        """Return what each change does."""
        prepared, limit = prepare(self.case.plan), limits(self.estate)
        found: list[list[tuple[Nodes, Nodes, Table]]] = [[] for _ in self.reaches]
        for value, known in self.states.lost.items():
            late = self.case.plan.delay > value
            words = lost(prepared, self._own(known), scenarios=self._losses, absent=late)
            pairs = self._differing(words, known)
            above = self._above(pairs, words, value)
            for change, rows in enumerate(self.affected):
                here = pairs.of(change)
                mine = np.flatnonzero(limit[rows] == value)
                table = above[rows[mine], here]
                node = self.estate.workload_nodes[rows[mine]]
                inside = np.isin(node, self.reaches[change].core)
                at = self.parts.place(np.full(int(inside.sum()), change), node[inside])
                table[inside] = bits(words[at], pairs.loss[here])
                found[change].append((mine, pairs.loss[here], table))
        return [self._effect(change, each) for change, each in enumerate(found)]

    def _effect(self, change: int, found: list[tuple[Nodes, Nodes, Table]]) -> Effect:
        """Return what was found by limit as one, with what did not come to differ for some of the limits."""
        losses = distinct(np.concatenate([each for _, each, _ in found]))
        rows, old = self.affected[change], losses < self.states.nodes.size
        table = np.zeros((rows.size, losses.size), np.bool_)
        for value, known in self.states.lost.items():
            mine = np.flatnonzero(limits(self.estate)[rows] == value)
            before = bits(known[self.estate.workload_nodes[rows[mine]]], losses[old])
            table[np.ix_(mine, np.flatnonzero(old))] = before
        for mine, each, lost_then in found:
            table[np.ix_(mine, np.searchsorted(losses, each))] = lost_then
        return Effect(losses=losses, lost=table)

    @property
    def _losses(self) -> int:
        """How many losses there are, with those of domains that changes bring in (of all, the same ones)."""
        return self.states.nodes.size + max(len(each.fresh) for each in self.reaches)

    def _own(self, known: Words) -> Words:
        """Return the words in which edges are as they were, and each domain of a part is out by itself."""
        parts, nodes = self.parts, self.states.nodes
        own = np.zeros((parts.node.size, width(self._losses)), np.uint64)
        edge = np.flatnonzero(~parts.core & (parts.node < len(self.estate.names)))
        own[edge, : known.shape[1]] = known[parts.node[edge]]
        at = np.minimum(np.searchsorted(nodes, parts.node), nodes.size - 1)
        domain = np.flatnonzero(nodes[at] == parts.node) if nodes.size else np.zeros(0, np.int64)
        put(own, domain, at[domain])
        for change, reach in enumerate(self.reaches):
            fresh = np.array(reach.fresh, np.int64)
            there = parts.place(np.full(fresh.size, change), len(self.estate.names) + fresh)
            put(own, there, nodes.size + np.arange(fresh.size))
        return own

    def _differing(self, words: Words, known: Words) -> _Differing:
        """Return for which losses some node of a change's core came to differ."""
        core = np.flatnonzero(self.parts.core)
        differs = words[core]
        differs[:, : known.shape[1]] ^= known[self.parts.node[core]]
        change = self.parts.change[core]
        first = np.flatnonzero(np.diff(change, prepend=-1))
        if not first.size:
            return _Differing(change=first, loss=first)
        row, loss = np.nonzero(unpack(np.bitwise_or.reduceat(differs, first, axis=0), self._losses))
        return _Differing(change=change[first][row], loss=loss)

    def _above(self, pairs: _Differing, words: Words, limit: float) -> Table:
        """Return bool [workloads, pairs], which are lost where the part of the pair's change is as solved."""
        states = self.states
        if not pairs.change.size:
            return np.zeros((len(self.estate.workloads), 0), np.bool_)
        count = pairs.change.size
        out = np.zeros((len(self.estate.names), width(count)), np.uint64)
        old = np.flatnonzero(pairs.loss < states.nodes.size)
        put(out, states.nodes[pairs.loss[old]], old)
        return unpack(
            lost(
                ready(states.case),
                out,
                scenarios=count,
                absent=states.case.plan.delay > limit,
                wanted=self.estate.workload_nodes,
                given=self._given(pairs, words),
            ),
            count,
        )

    def _given(self, pairs: _Differing, words: Words) -> Given:
        """Return the cores, each as solved in the columns of its change."""
        changes = distinct(pairs.change).tolist()
        nodes = distinct(np.concatenate([self.reaches[change].core for change in changes]))
        where = np.zeros((nodes.size, pairs.change.size), np.bool_)
        value = np.zeros_like(where)
        for change in changes:
            core, here = self.reaches[change].core, pairs.of(change)
            rows = np.searchsorted(nodes, core)
            at = self.parts.place(np.full(core.size, change), core)
            where[rows, here] = True
            value[rows, here] = bits(words[at], pairs.loss[here])
        return Given(nodes=nodes, where=pack(where), value=pack(value))
