"""What single losses take of an estate as it is, node by node."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._losses import limits
from auditor.analyses._ready import ready
from auditor.estate.graph import CompiledPlan, Estate
from auditor.kernels import Bools, lost, unpack
from auditor.kernels.families import one_each
from auditor.kernels.plan import Words

Nodes = NDArray[np.int64]
Table = NDArray[np.bool_]

WORD = 64
BLOCK = 512  # losses solved at once: whole words, bounded memory


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """What single losses take in one case.

    Attributes:
        case: the plan of the case.
        nodes: what is lost, a scenario each.
        lost: by limit in minutes uint64 [nodes of the plan, words], a bit per loss.
    """

    case: CompiledPlan
    nodes: Nodes
    lost: Mapping[float, Words]

    @classmethod
    def of(cls, estate: Estate, case: CompiledPlan, nodes: Nodes) -> States:
        """Return what the loss of each of ``nodes`` takes."""
        prepared = ready(case)
        found = {}
        for value in np.unique(limits(estate)).tolist():
            late = case.plan.delay > value
            blocks = [nodes[first : first + BLOCK] for first in range(0, nodes.size, BLOCK)]
            parts = [
                lost(prepared, one_each(case.plan.nodes, block), scenarios=block.size, absent=late)
                for block in blocks
            ]
            found[value] = np.concatenate([np.zeros((case.plan.nodes, 0), np.uint64), *parts], axis=1)
        return cls(case=case, nodes=nodes, lost=found)

    def of_workloads(self, estate: Estate) -> Table:
        """Return bool [workloads, losses], each by its own limit."""
        found = np.zeros((len(estate.workloads), self.nodes.size), np.bool_)
        limit = limits(estate)
        for value, words in self.lost.items():
            rows = np.flatnonzero(limit == value)
            found[rows] = unpack(words[estate.workload_nodes[rows]], self.nodes.size)
        return found


def bits(words: Words, chosen: NDArray[np.integer]) -> Bools:
    """Return bool [rows, chosen], these bits of each row."""
    at = chosen.astype(np.intp)
    found: Bools = (words[:, at // WORD] >> (at % WORD).astype(np.uint64) & np.uint64(1)).astype(np.bool_)
    return found


def put(words: Words, rows: NDArray[np.integer], at: NDArray[np.integer]) -> None:
    """Set bit ``at[i]`` of row ``rows[i]``."""
    np.bitwise_or.at(words, (rows, at // WORD), np.uint64(1) << (at % WORD).astype(np.uint64))
