"""What changes do in one case: their parts solved beside each other, then all that stands above them.

Parts are solved for all single losses. Where something in the part of a change came to differ, and for those
losses only, the estate is solved again with the part as given: losses of many changes at once, in columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from auditor.analyses._advice_parts import Parts, Reach
from auditor.analyses._advice_states import Nodes, States, Table
from auditor.analyses._ready import ready
from auditor.estate.graph import CompiledPlan, Estate
from auditor.kernels import Floats, Given, lost, pack, prepare, unpack
from auditor.kernels.order import distinct
from auditor.kernels.plan import Words
from auditor.kernels.words import put, taken, width


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
        estate: as it is; ``states`` what single losses take of it, ``before`` of its workloads.
        limit: minutes that each workload may be out.
        reaches: what each change reaches; ``affected`` the workloads (index) that it can touch.
        parts: of the changes; ``case`` their plan.
    """

    estate: Estate
    states: States
    before: Table
    limit: Floats
    reaches: Sequence[Reach]
    affected: Sequence[Nodes]
    parts: Parts
    case: CompiledPlan

    def effects(self) -> list[Effect]:
        """Return what each change does."""
        prepared, delay = prepare(self.case.plan), self.case.plan.delay
        # Limits between which no delay lies are one.
        group = np.searchsorted(np.union1d(self.states.delays, delay), self.limit, side="right")
        found: list[list[tuple[Nodes, Nodes, Table]]] = [[] for _ in self.reaches]
        for number in np.unique(group).tolist():
            value = float(self.limit[np.flatnonzero(group == number)[0]])
            known = self.states.within(value)
            words = lost(prepared, self._own(known), scenarios=self._losses, absent=delay > value)
            pairs = self._differing(words, known)
            above = self._above(pairs, words, value)
            for change, rows in enumerate(self.affected):
                here, mine = pairs.of(change), np.flatnonzero(group[rows] == number)
                found[change].append((mine, pairs.loss[here], above[rows[mine], here]))
        return [self._effect(rows, each) for rows, each in zip(self.affected, found, strict=True)]

    def _effect(self, rows: Nodes, found: list[tuple[Nodes, Nodes, Table]]) -> Effect:
        """Return what was found by limit as one, with what did not come to differ for some of the limits."""
        losses = distinct(np.concatenate([np.zeros(0, np.int64), *(each for _, each, _ in found)]))
        old = losses < self.states.nodes.size
        table = np.zeros((rows.size, losses.size), np.bool_)
        table[:, old] = self.before[np.ix_(rows, losses[old])]
        for mine, each, lost_then in found:
            table[np.ix_(mine, np.searchsorted(losses, each))] = lost_then
        return Effect(losses=losses, lost=table)

    @property
    def _losses(self) -> int:
        """How many losses there are, with those of domains that changes bring in (of all, the same ones)."""
        return self.states.nodes.size + max(each.fresh.size for each in self.reaches)

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
            there = parts.place(change, len(self.estate.names) + reach.fresh)
            put(own, there, nodes.size + np.arange(there.size))
        return own

    def _differing(self, words: Words, known: Words) -> _Differing:
        """Return for which losses some node of a change's core came to differ."""
        core = np.flatnonzero(self.parts.core)
        differs = words[core]
        differs[:, : known.shape[1]] ^= known[self.parts.node[core]]
        change = self.parts.change[core]
        first = np.flatnonzero(np.diff(change, prepend=-1))
        row, loss = np.nonzero(unpack(np.bitwise_or.reduceat(differs, first, axis=0), self._losses))
        return _Differing(change=change[first][row], loss=loss)

    def _above(self, pairs: _Differing, words: Words, limit: float) -> Table:
        """Return bool [workloads, pairs], which are lost where the core of the pair's change is as solved."""
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
            at = self.parts.place(change, core)
            where[rows, here] = True
            value[rows, here] = taken(words[at], pairs.loss[here])
        return Given(nodes=nodes, where=pack(where), value=pack(value))
