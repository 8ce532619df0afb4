"""The rigorous part: which single loss leaves a redundancy with too few members.

Every claim becomes a node of its own that needs as many of the members as the claim does, so the yes/no
kernel answers for all claims at once. A loss is one domain, one resource, or a region together with the
control planes that are known to be changed there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._redundancy.claims import Pool
from auditor.estate.graph import CompiledPlan
from auditor.kernels import Plan, Prepared, lost, prepare, touched, unpack
from auditor.kernels.plan import Bools, Words

BLOCK = 512
"""Losses solved at once; bounds memory."""

Losses = Sequence[tuple[int, ...]]
"""Nodes out together, per scenario."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What each loss takes.

    Attributes:
        pools: bool [claims, losses], too few members are left.
        heads: bool [losses, losses], row's first node is lost in the column's scenario.
    """

    pools: Bools
    heads: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Claims:
    """A plan with a node per claim behind its own nodes."""

    prepared: Prepared
    nodes: int
    count: int

    @classmethod
    def of(cls, case: CompiledPlan, pools: Sequence[Pool]) -> Claims:
        """Add a node per claim; delays do not count, as a slow standby is one too."""
        plan = case.plan
        sizes = [len(pool.members) for pool in pools]
        members = np.array([node for pool in pools for node in pool.members], np.int32)
        joined = Plan(
            nodes=plan.nodes + len(pools),
            owner=np.concatenate(
                [plan.owner, np.arange(plan.nodes, plan.nodes + len(pools), dtype=np.int32)]
            ),
            k=np.concatenate([plan.k, np.array([pool.needed for pool in pools], np.int32)]),
            start=np.concatenate([plan.start, plan.start[-1] + np.cumsum(sizes, dtype=np.int64)]),
            member=np.concatenate([plan.member, members]),
            delay=np.concatenate([plan.delay, np.zeros(members.size)]),
        )
        return cls(prepared=prepare(joined), nodes=plan.nodes, count=len(pools))

    def taken(self, losses: Losses) -> Taken:
        """Return what each of ``losses`` takes."""
        heads = np.array([each[0] for each in losses], np.intp)
        found = np.zeros((self.count, len(losses)), np.bool_)
        between = np.zeros((len(losses), len(losses)), np.bool_)
        for first in range(0, len(losses), BLOCK):
            part = losses[first : first + BLOCK]
            words = self.solve(part)
            found[:, first : first + len(part)] = unpack(words[self.nodes :], len(part))
            between[:, first : first + len(part)] = unpack(words[heads], len(part))
        return Taken(pools=found, heads=between)

    def solve(self, losses: Losses) -> Words:
        """Return uint64 [n, w], the nodes lost in each scenario."""
        words = _failed(self.prepared.plan.nodes, losses)
        return lost(self.prepared, words, scenarios=len(losses))

    def leaning(self, seeds: Losses, rows: NDArray[np.integer]) -> Bools:
        """Return bool [rows, seeds], whether the node of a row needs one of the seeds, at any remove."""
        found = np.zeros((rows.size, len(seeds)), np.bool_)
        for first in range(0, len(seeds), BLOCK):
            part = seeds[first : first + BLOCK]
            words = touched(self.prepared, _failed(self.prepared.plan.nodes, part), scenarios=len(part))
            found[:, first : first + len(part)] = unpack(words[rows], len(part))
        return found


def _failed(nodes: int, losses: Losses) -> Words:
    words = np.zeros((nodes, -(-len(losses) // 64)), np.uint64)
    for number, together in enumerate(losses):
        words[list(together), number // 64] |= np.uint64(1) << np.uint64(number % 64)
    return words


def narrowest(heads: Bools, hits: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the losses of ``hits`` that no other of them is narrower than.

    One is narrower when the other takes it along and not the other way round.
    """
    takes = heads[np.ix_(hits, hits)].T
    narrower = takes & ~takes.T
    kept: NDArray[np.intp] = hits[~narrower.any(axis=1)]
    return kept
