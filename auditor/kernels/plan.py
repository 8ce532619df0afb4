"""A system of needs as arrays: what every kernel reads.

Node ``v`` is met iff it is not itself out and each of its needs has at least k members met. Kernels know no
domain word; names live elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Words = NDArray[np.uint64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Needs in compressed form.

    Attributes:
        nodes: number of nodes n; nodes are 0..n-1.
        owner: int32 [g], the node that has need i.
        k: int32 [g], members needed, 1 <= k <= number of members with delay 0.
        start: int64 [g + 1], members of need i are start[i]:start[i+1].
        member: int32 [m], node of each member.
        delay: float64 [m], minutes until a member serves, 0 in service.
    """

    nodes: int
    owner: Ints
    k: Ints
    start: NDArray[np.int64]
    member: Ints
    delay: Floats

    def without(self, drop: Bools) -> Plan:
        """Return the plan with the members where ``drop`` [m] is true removed; k stays."""
        keep = ~drop
        counts = np.add.reduceat(keep, self.start[:-1]) if self.k.size else np.zeros(0, np.int64)
        start = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])
        return Plan(
            nodes=self.nodes,
            owner=self.owner,
            k=self.k,
            start=start,
            member=self.member[keep],
            delay=self.delay[keep],
        )

    def with_delay(self, delay: Floats) -> Plan:
        """Return the plan with other delays [m]."""
        return Plan(
            nodes=self.nodes, owner=self.owner, k=self.k, start=self.start, member=self.member, delay=delay
        )
