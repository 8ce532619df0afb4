"""What stands above a change and is not changed itself: solved for those losses only that came to differ."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from auditor.estate.graph import CompiledPlan
from auditor.kernels import Bools, Prepared, lost, pack, prepare, unpack
from auditor.kernels.order import ranges
from auditor.kernels.plan import Plan, Words

Nodes = NDArray[np.int64]
KEPT = 3_000_000
"""Nodes of upper parts that are kept prepared: many changes are made under the same ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upper:
    """Some nodes of a plan with their needs, and at the edge the nodes that those need.

    Attributes:
        nodes: int64, ascending, of the whole; ``inside`` bool, those not at the edge.
        prepared: their plan.
    """

    nodes: Nodes
    inside: Bools
    prepared: Prepared

    @classmethod
    def of(cls, case: CompiledPlan, chosen: Bools) -> Upper:
        """Return the part of these nodes (bool per node)."""
        plan = case.plan
        need = np.flatnonzero(chosen[plan.owner])
        size = plan.start[need + 1] - plan.start[need]
        rows = ranges(plan.start[need], plan.start[need + 1])
        there = chosen.copy()
        there[plan.member[rows]] = True
        number = np.cumsum(there, dtype=np.int32) - 1
        nodes = np.flatnonzero(there)
        part = Plan(
            nodes=nodes.size,
            owner=number[plan.owner[need]],
            k=plan.k[need],
            start=np.concatenate([np.zeros(1, np.int64), np.cumsum(size, dtype=np.int64)]),
            member=number[plan.member[rows]],
            delay=plan.delay[rows],
        )
        return cls(nodes=nodes, inside=chosen[nodes], prepared=prepare(part))

    def solved(self, out: Bools, wanted: NDArray[np.integer], limit: float) -> Bools:
        """Return bool [wanted, losses], which nodes are lost.

        Args:
            out: bool [nodes, losses], lost at the edge, out themselves inside.
            wanted: nodes of the whole.
            limit: minutes, within which a member must serve.
        """
        late = self.prepared.plan.delay > limit
        words = lost(self.prepared, pack(out), scenarios=out.shape[1], absent=late)
        return unpack(words[np.searchsorted(self.nodes, wanted)], out.shape[1])


@dataclass(slots=True, kw_only=True)
class Uppers:
    """Upper parts of one plan that were asked for, the latest of them kept."""

    case: CompiledPlan
    _known: dict[bytes, Upper] = field(default_factory=dict)

    def of(self, chosen: Bools) -> Upper:
        """Return the part of these nodes (bool per node)."""
        key = np.packbits(chosen).tobytes()
        found = self._known.get(key)
        if found is None:
            found = Upper.of(self.case, chosen)
            while self._known and sum(each.nodes.size for each in self._known.values()) > KEPT:
                del self._known[next(iter(self._known))]
            self._known[key] = found
        return found


def columns(words: Words, chosen: NDArray[np.integer]) -> Bools:
    """Return bool [rows, chosen], these bits of each row."""
    at = chosen.astype(np.intp)
    bits = words[:, at // 64] >> (at % 64).astype(np.uint64)
    found: Bools = (bits & np.uint64(1)).astype(np.bool_)
    return found
