"""Seeded random systems of needs: cycles, k-of-n, repeated members, delays."""

from __future__ import annotations

import numpy as np

from tests.oracles.needs import Need, need


def random_needs(rng: np.random.Generator, *, nodes: int, needs: int, fan: int, delays: bool) -> list[Need]:
    """Return ``needs`` needs of up to ``fan`` members; k members of each have no delay."""
    made: list[Need] = []
    for _ in range(needs):
        owner, size = int(rng.integers(nodes)), int(rng.integers(1, fan + 1))
        k = size if rng.random() < 0.4 else int(rng.integers(1, size + 1))
        anywhere, below = rng.integers(0, nodes, size), owner + 1 + rng.integers(0, 5, size)
        members = anywhere if rng.random() < 0.5 else np.minimum(below, nodes - 1)
        delay = np.zeros(size)
        late = rng.permutation(size)[: int(rng.integers(0, size - k + 1))]
        if delays:
            delay[late] = rng.choice([1.0, 2.0, 5.0, 60.0, 240.0], late.size)
        made.append(need(owner, k, *zip(members.tolist(), delay.tolist(), strict=True)))
    return made
