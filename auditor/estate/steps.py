"""What each workload's resources need, component by component: flags where a component is in one workload."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.order import Index, distinct, grouped, ranges
from auditor.kernels.rows import among

Keys = NDArray[np.int64]
Numbers = NDArray[np.int32]
Mask = NDArray[np.bool_]

_NOBODY, _SEVERAL = -1, -2
_MANY = 4
"""From one in this many components on, the links of all are looked through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Which pairs of a component and a workload something of the workload needs.

    Attributes:
        alone: int32 [components], the workload that a component is in, negative if it is in none or several.
        hit: bool [components], true where that workload needs it.
        keys: ascending, pairs of the other components.
        workloads: how many there are, at least 1.
    """

    alone: Numbers
    hit: Mask
    keys: Keys
    workloads: int

    def holds(self, component: Numbers, workload: Numbers) -> Mask:
        """Return which pairs are reached; the workload has something of the component."""
        found = self.hit[component]
        others = np.flatnonzero(self.alone[component] < 0)
        keys = component[others].astype(np.int64) * self.workloads + workload[others]
        found[others] = among(keys, self.keys)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Which component needs which directly, and whose they are.

    Attributes:
        start: int [components + 1]; component c needs below[start[c]:start[c + 1]].
        source, below: int32, ascending by source; some perhaps more than once.
        alone: int32 [components], the workload that a component is in, negative if it is in none or several.
        shared: ascending keys of the pairs of components that are in several workloads.
        workloads: how many there are, at least 1.
    """

    start: Index
    source: Numbers
    below: Numbers
    alone: Numbers
    shared: Keys
    workloads: int

    @staticmethod
    def of(links: tuple[Numbers, Numbers], own: tuple[Numbers, Numbers], components: int) -> Steps:
        """Return the steps.

        Args:
            links: components that need something, and what; links within one are no steps.
            own: component and workload of everything that is in a workload.
            components: how many there are.
        """
        other = np.flatnonzero(links[0] != links[1])
        source, below = links[0][other], links[1][other]
        start, turn = grouped(source, components)
        component, workload = own
        alone = np.full(components, _NOBODY, np.int32)
        alone[component] = workload
        alone[component[alone[component] != workload]] = _SEVERAL
        several = np.flatnonzero(alone[component] == _SEVERAL)
        workloads = int(workload.max(initial=0)) + 1
        shared = component[several].astype(np.int64) * workloads + workload[several]
        return Steps(
            start=start,
            source=source[turn],
            below=below[turn],
            alone=alone,
            shared=distinct(shared),
            workloads=workloads,
        )

    def reached(self, component: Numbers, workload: Numbers) -> Reached:
        """Return what the seeds of each workload need.

        Ways lead through the workload's own components and through those of no workload, never through
        another's.

        Args:
            component: where each workload begins, of what it has.
            workload: of each of these.
        """
        alone = self.alone[component] >= 0
        begun, hit = np.zeros(self.alone.size, np.bool_), np.zeros(self.alone.size, np.bool_)
        begun[component[alone]] = True
        single = np.flatnonzero(begun)
        several = distinct(component[~alone].astype(np.int64) * self.workloads + workload[~alone])
        done, seen = several, several[:0]
        while single.size or several.size:
            found, keys = self._below(single, several)
            hit[found] = True
            single = distinct(found[~begun[found]].astype(np.intp))
            begun[single] = True
            seen = np.sort(np.concatenate([seen, keys[~among(keys, seen)]]), kind="stable")
            several = keys[~among(keys, done)]
            done = np.sort(np.concatenate([done, several]), kind="stable")
        return Reached(alone=self.alone, hit=hit, keys=seen, workloads=self.workloads)

    def _below(self, single: Index, several: Keys) -> tuple[Numbers, Keys]:
        """Return what components need: those in one workload alone, and keys of the others, each once.

        Args:
            single: components in one workload each, ascending.
            several: keys of others.
        """
        below, workload = self._links_of(single)
        component, of = np.divmod(several, self.workloads)
        low, high = self.start[component], self.start[component + 1]
        below = np.concatenate([below, self.below[ranges(low, high)]])
        workload = np.concatenate([workload, np.repeat(of, high - low).astype(np.int32)])
        whose = self.alone[below]
        open_ = np.flatnonzero(whose < 0)
        keys = distinct(below[open_].astype(np.int64) * self.workloads + workload[open_])
        # What several workloads have is another's unless the workload is one of them.
        shared = self.alone[keys // self.workloads] == _SEVERAL
        keys = keys[~shared | among(keys, self.shared)]
        return below[whose == workload], keys

    def _links_of(self, single: Index) -> tuple[Numbers, Numbers]:
        """Return what components need that are in one workload each, and which that is."""
        if single.size * _MANY < self.alone.size:
            low, high = self.start[single], self.start[single + 1]
            return self.below[ranges(low, high)], np.repeat(self.alone[single], high - low)
        chosen = np.zeros(self.alone.size, np.bool_)
        chosen[single] = True
        at = np.flatnonzero(chosen[self.source])
        return self.below[at], self.alone[self.source[at]]
