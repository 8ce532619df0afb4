"""What single losses take of an estate as it is, node by node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._losses import WORD, limits
from auditor.analyses._ready import ready
from auditor.estate.graph import CompiledPlan, Estate
from auditor.kernels import Bools, Floats, lost, unpack
from auditor.kernels.families import one_each
from auditor.kernels.plan import Words
from auditor.kernels.words import width

Nodes = NDArray[np.int64]
Table = NDArray[np.bool_]

BLOCK = 512
"""Losses solved at once: whole words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """What single losses take in one case.

    Attributes:
        case: the plan of the case; ``delays`` those of its members, each once, ascending.
        nodes: what is lost, a scenario each.
        lost: uint64 [nodes of the plan, words], a bit per loss: by how many of ``delays`` are in time.
    """

    case: CompiledPlan
    delays: Floats
    nodes: Nodes
    lost: Mapping[int, Words]

    @classmethod
    def of(cls, estate: Estate, case: CompiledPlan, nodes: Nodes) -> States:
        """Return what the loss of each of ``nodes`` takes, within the limits of the estate's workloads."""
        delays = np.unique(case.plan.delay)
        limit = np.unique(limits(estate))
        in_time = np.searchsorted(delays, limit, side="right")
        found = {
            number: _lost(case, nodes, case.plan.delay > value)
            for number, value in dict(zip(in_time.tolist(), limit.tolist(), strict=True)).items()
        }
        return cls(case=case, delays=delays, nodes=nodes, lost=found)

    def within(self, limit: float) -> Words:
        """Return uint64 [nodes of the plan, words], what is lost where standbys have so many minutes."""
        return self.lost[int(np.searchsorted(self.delays, limit, side="right"))]

    def of_workloads(self, estate: Estate) -> Table:
        """Return bool [workloads, losses], each by its own limit."""
        found = np.zeros((len(estate.workloads), self.nodes.size), np.bool_)
        limit = limits(estate)
        for value in np.unique(limit).tolist():
            rows = np.flatnonzero(limit == value)
            found[rows] = unpack(self.within(value)[estate.workload_nodes[rows]], self.nodes.size)
        return found


def _lost(case: CompiledPlan, nodes: Nodes, late: Bools) -> Words:
    prepared = ready(case)
    found = np.zeros((case.plan.nodes, width(nodes.size)), np.uint64)
    for first in range(0, nodes.size, BLOCK):
        block = nodes[first : first + BLOCK]
        words = lost(prepared, one_each(case.plan.nodes, block), scenarios=block.size, absent=late)
        found[:, first // WORD : first // WORD + words.shape[1]] = words
    return found
