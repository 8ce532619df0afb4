"""The shortest ways from what failed to everything above it, found for all nodes at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._replays.effects import Nodes
from auditor.analyses._replays.lens import Lens
from auditor.kernels import Bools
from auditor.kernels.order import distinct, ranges

Rows = NDArray[np.int64]
_END, _NOWHERE = -1, -2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trails:
    """Per effect and node the next step of a shortest way down to what the effect struck.

    Among shortest ways it is the one that takes the first need, and in it the first member, at each step.

    Attributes:
        lens: the plan.
        following: int32 [e, n], row of the member to go to; -1 where the effect struck, -2 where no way is.
    """

    lens: Lens
    following: NDArray[np.int32]

    @classmethod
    def of(cls, lens: Lens, allowed: Bools, ends: Sequence[Nodes]) -> Trails:
        """Walk up from the ``ends`` of each effect along the ``allowed`` of the plan's members."""
        following = np.full((len(ends), lens.compiled.plan.nodes), _NOWHERE, np.int32)
        for number, nodes in enumerate(ends):
            _climb(following[number], lens, allowed, nodes)
        return cls(lens=lens, following=following)

    def reaching(self, nodes: Rows, number: int) -> Bools:
        """Return which nodes have a way to what effect ``number`` struck."""
        return np.asarray(self.following[number][nodes] != _NOWHERE)

    def walk(self, nodes: Rows, number: int) -> tuple[Rows, Rows]:
        """Return the ways from ``nodes`` [p], which have one, down to what effect ``number`` struck.

        Returns:
            [steps, p] the node that each step leads to and the need (of the plan) it is in, -1 past the end.
        """
        following, plan = self.following[number], self.lens.compiled.plan
        at, row = nodes, following[nodes]
        stations, needs = [], []
        while (row >= 0).any():
            on = row >= 0
            at = np.where(on, plan.member[row], _END)
            stations.append(at)
            needs.append(np.where(on, self.lens.need[row], _END))
            row = np.where(on, following[at], _END)
        empty = np.zeros((0, nodes.size), np.int64)
        return (
            np.concatenate([empty, *(each[None] for each in stations)]),
            np.concatenate([empty, *(each[None] for each in needs)]),
        )


def _climb(following: NDArray[np.int32], lens: Lens, allowed: Bools, ends: Nodes) -> None:
    """Fill in ``following`` level by level; of the steps that lead on, each node takes the first."""
    following[ends] = _END
    plan, users = lens.compiled.plan, lens.users
    reached: NDArray[np.integer] = ends
    while reached.size:
        rows = users.rows[ranges(users.start[reached], users.start[reached + 1])]
        rows = rows[allowed[rows]]
        rows = rows[following[plan.owner[lens.need[rows]]] == _NOWHERE]
        rows = np.sort(rows)[::-1]  # of several values for one place the last one written stays
        owner = plan.owner[lens.need[rows]]
        following[owner] = rows
        reached = distinct(owner)
