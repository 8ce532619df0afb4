"""How it is known that a member needs what is shared: the shortest way, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from auditor.analyses._redundancy.claims import behind
from auditor.analyses._redundancy.found import Link
from auditor.analyses._redundancy.losses import Claims, Losses
from auditor.estate import needs_of
from auditor.estate.graph import Estate, NodeKind
from auditor.kernels import because
from auditor.kernels.plan import Floats, Words
from auditor.model.evidence import Evidence

Path = tuple[int, ...]
"""Nodes from a member down to what failed."""

State = tuple[Floats, Floats]
"""Per node 1 where it is out itself, and 1 where it is lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Explains one block of losses on one plan."""

    estate: Estate
    claims: Claims
    losses: Losses
    words: Words
    still: Floats

    @classmethod
    def of(cls, estate: Estate, claims: Claims, losses: Losses) -> Reasons:
        """Solve the losses, at most a block of them."""
        still = np.zeros(claims.prepared.plan.member.size)
        return cls(estate=estate, claims=claims, losses=losses, words=claims.solve(losses), still=still)

    def gone(self, loss: int, node: int) -> bool:
        """Return whether a loss takes a node."""
        return bool(self.words[node, loss // 64] >> np.uint64(loss % 64) & np.uint64(1))

    def state(self, loss: int) -> State:
        """Return what a loss takes, as ``paths`` reads it; worth keeping for all who ask of that loss."""
        total = (self.words[:, loss // 64] >> np.uint64(loss % 64) & np.uint64(1)).astype(np.float64)
        own = np.zeros_like(total)
        own[list(self.losses[loss])] = 1.0
        return own, total

    def paths(self, state: State, members: Sequence[int]) -> tuple[Path, ...]:
        """Return for each member that a loss takes the shortest way down to it."""
        own, total = state
        ways = (because(self.claims.prepared, own, total, each, delay=self.still) for each in members)
        return tuple(tuple(way[0]) for way in ways if way)


def links(estate: Estate, path: Path) -> tuple[Link, ...]:
    """Return the steps of a way with the evidence of each; an activation is told as the copy it brings in."""
    stations = [behind(estate, node) for node in path]
    steps = zip(path, path[1:], stations, stations[1:], strict=False)
    return tuple(
        replace(_link(estate, node, on), node=estate.names[here], on=estate.names[there])
        for node, on, here, there in steps
        if here != there
    )


def _link(estate: Estate, node: int, on: int) -> Link:
    graph = estate.graph
    rows = [
        row
        for row in needs_of(graph, node)
        if (graph.member[graph.start[row] : graph.start[row + 1]] == on).any()
    ]
    row = min(rows, key=lambda each: (graph.unknown[each] >= 0, each))
    unknown = int(graph.unknown[row])
    return Link(
        node=estate.names[node],
        on=estate.names[on],
        role=graph.texts[graph.role[row]],
        evidence=list(Evidence)[int(graph.evidence[row])].value,
        origin=graph.texts[graph.origin[row]],
        unknown=None if unknown < 0 else graph.fact_names[unknown],
    )


def switched(estate: Estate, path: Path) -> bool:
    """Return whether the way leaves a standby by what must switch to it, not by the standby itself."""
    for node, on in pairwise(path):
        if estate.kinds[node] == NodeKind.ACTIVATION:
            return _link(estate, node, on).role == "switch"
    return False
