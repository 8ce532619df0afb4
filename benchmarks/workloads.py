"""How large the workloads of the generated company are, and in which cloud, region, account and network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

SMALLEST, LARGEST, TAIL = 5, 5_000, 0.44
"""Sizes of workloads, and the exponent that makes 200 of it on average."""

REGIONS = {
    "aws": (
        *("us-east-1", "us-west-2", "eu-west-1", "eu-central-1", "ap-northeast-2", "ap-northeast-1"),
        *("ap-southeast-1", "ap-southeast-2", "us-east-2", "eu-west-2", "ap-south-1", "sa-east-1"),
    ),
    "azure": (
        *("koreacentral", "eastus", "westeurope", "northeurope", "centralus", "japaneast"),
        *("southeastasia", "australiaeast", "uksouth", "brazilsouth"),
    ),
}
"""By weight: the first ones hold most."""

ZONES = 3
PER_WORKLOAD = 200
PER_ACCOUNT = 5
SHARED = ("identity", "logging", "registry", "shared-database")
PER_GROUP = 160
"""Workloads for which there is one of each shared service."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workloads:
    """All workloads, as arrays; ``size`` counts what is theirs alone, networks are shared.

    Attributes:
        size: resources.
        cloud, home, other: 0 AWS or 1 Azure, its region, another region (index into ``REGIONS``).
        account: number of its account.
        network: of its account and region, numbered over the company.
    """

    size: Ints
    cloud: Ints
    home: Ints
    other: Ints
    account: Ints
    network: Ints

    @staticmethod
    def drawn(resources: int, rng: np.random.Generator) -> Workloads:
        """Return workloads that together with their networks are so many resources."""
        count = max(resources // PER_WORKLOAD, 2)
        account = rng.integers(0, max(count // PER_ACCOUNT, 2), count)
        account[:2] = (0, 1)
        cloud = account % 2
        most = np.array([len(codes) for codes in REGIONS.values()])[cloud]
        home = (most * rng.random(count) ** 2).astype(np.int64)
        other = (home + 1 + (rng.random(count) * (most - 1)).astype(np.int64)) % most
        _, network = np.unique(account * 100 + home, return_inverse=True)
        left = resources - (network.max() + 1) * (2 + ZONES)
        return Workloads(
            size=_sizes(count, int(left), rng),
            cloud=cloud,
            home=home,
            other=other,
            account=account,
            network=network.astype(np.int64),
        )


def _sizes(count: int, total: int, rng: np.random.Generator) -> Ints:
    """Return sizes between the bounds by the power law, that sum to the total."""
    low, high = SMALLEST**-TAIL, LARGEST**-TAIL
    drawn = (low - rng.random(count) * (low - high)) ** (-1 / TAIL)
    # What all others need is not the smallest of all.
    drawn[: hubs(count)] += 10 * SMALLEST
    sizes: Ints = np.maximum(drawn * total / drawn.sum(), SMALLEST).astype(np.int64)
    ranked = np.argsort(-sizes, kind="stable")
    while (rest := total - int(sizes.sum())) != 0:
        # The largest give or take what rounding and the smallest size left over.
        step = rest // count if abs(rest) > count else int(np.sign(rest))
        able = ranked if step > 0 else ranked[sizes[ranked] > SMALLEST - step]
        sizes[able[: abs(rest) if abs(step) == 1 else able.size]] += step
    return sizes


def hubs(workloads: int) -> int:
    """Return how many workloads, the first ones, serve all others."""
    return min(max(workloads // PER_GROUP, 1) * len(SHARED), workloads)


def numbered(counts: Ints) -> tuple[Ints, Ints]:
    """Return whose each of so many things is, and its number among them."""
    of = np.repeat(np.arange(counts.size), counts)
    return of, np.arange(of.size) - np.repeat(np.cumsum(counts) - counts, counts)
