"""What each workload's resources need, component by component: pairs as integers, one array per round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.estate.arrays import offsets

Keys = NDArray[np.int64]


def keys_of(component: NDArray[np.int32], workload: NDArray[np.int32], workloads: int) -> Keys:
    """Return one number per pair of a component and a workload."""
    return component.astype(np.int64) * max(workloads, 1) + workload


def distinct(keys: Keys) -> Keys:
    """Return the keys ascending, each once."""
    # Sorting is several times faster here than the hash table numpy's unique() builds.
    ordered = np.sort(keys)
    again = np.zeros(keys.size, np.bool_)
    np.equal(ordered[1:], ordered[:-1], out=again[1:])
    return ordered[~again]


def among(keys: Keys, ordered: Keys) -> NDArray[np.bool_]:
    """Return which keys are in ``ordered`` (ascending)."""
    if not ordered.size:
        return np.zeros(keys.size, np.bool_)
    at = np.searchsorted(ordered, keys)
    at[at == ordered.size] = 0
    return np.asarray(ordered[at] == keys, np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Which component needs which directly.

    Attributes:
        start: int64 [components + 1]; component c needs below[start[c]:start[c + 1]].
        below: int32, some perhaps more than once.
        workloads: how many there are, at least 1.
    """

    start: NDArray[np.int64]
    below: NDArray[np.int32]
    workloads: int

    @staticmethod
    def of(owner: NDArray[np.int32], below: NDArray[np.int32], workloads: int) -> Steps:
        """Return the steps from links between components; those within one are none."""
        other = owner != below
        owner, below = owner[other], below[other]
        size = int(max(owner.max(initial=-1), below.max(initial=-1))) + 1
        order = np.argsort(owner, kind="stable")
        return Steps(
            start=offsets(np.bincount(owner, minlength=size)), below=below[order], workloads=workloads
        )

    def reached(self, seeds: Keys, own: Keys) -> Keys:
        """Return the keys, ascending, of what the seeds of each workload need.

        Ways lead through the workload's own components and through those of no workload, never through
        another's.

        Args:
            seeds: where each workload begins.
            own: all a workload has.
        """
        mine, frontier = distinct(own), distinct(seeds)
        taken = distinct(mine // self.workloads)
        done, seen = frontier, frontier[:0]
        while frontier.size:
            found = self._below(frontier)
            found = found[~among(found, seen)]
            seen = np.sort(np.concatenate([seen, found]), kind="stable")
            ahead = found[~among(found, done)]
            frontier = ahead[~among(ahead // self.workloads, taken) | among(ahead, mine)]
            done = np.sort(np.concatenate([done, frontier]), kind="stable")
        return seen

    def _below(self, keys: Keys) -> Keys:
        """Return what the components of these keys need, for the same workloads, each once."""
        component, workload = np.divmod(keys, self.workloads)
        needing = component < self.start.size - 1
        component, workload = component[needing], workload[needing]
        first, last = self.start[component], self.start[component + 1]
        counts = last - first
        ends = np.cumsum(counts)
        picked = np.repeat(first - (ends - counts), counts) + np.arange(ends[-1] if ends.size else 0)
        return distinct(self.below[picked].astype(np.int64) * self.workloads + np.repeat(workload, counts))
