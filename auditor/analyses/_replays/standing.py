"""Which workloads stand on which nodes, for any number of questions at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from auditor.analyses._replays.effects import Nodes
from auditor.analyses._replays.lens import Lens
from auditor.kernels import Bools, Words, minutes, touched, unpack
from auditor.kernels.plan import Floats

WORD = 64
"""Questions in a word of the kernels."""

CELLS = 4_000_000
"""Nodes x words asked at once; bounds memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Asks one plan what stands on what."""

    lens: Lens

    def on(self, seeds: Sequence[Nodes]) -> Bools:
        """Return bool [workloads, questions]: the workload is among the question's nodes or needs one."""
        nodes = self.lens.estate.workload_nodes
        found = np.zeros((nodes.size, len(seeds)), np.bool_)
        asked = [seeds[first : first + WORD] for first in range(0, len(seeds), WORD)]
        for number, above in enumerate(self.above(asked)):
            part = slice(number * WORD, min(number * WORD + WORD, len(seeds)))
            found[:, part] = unpack(above[nodes], part.stop - part.start)
        return found

    def most(self, values: Sequence[tuple[Nodes, Floats]]) -> Floats:
        """Return float64 [workloads, questions]: the largest value of what each workload stands on, else 0.

        ``values`` are the nodes of each question and what they hold, >= 0 and finite.
        """
        nodes = self.lens.estate.workload_nodes
        prepared = self.lens.prepared.strict()
        never = np.zeros(self.lens.compiled.plan.delay.size)
        found = np.zeros((nodes.size, len(values)))
        for first, last in _batches([1] * len(values), max(CELLS // max(len(self.lens.estate.names), 1), 1)):
            own = np.zeros((len(self.lens.estate.names), last - first))
            for column, (where, what) in enumerate(values[first:last]):
                np.maximum.at(own[:, column], where, what)
            found[:, first:last] = minutes(prepared, own, delay=never)[nodes]
        return found

    def above(self, groups: Sequence[Sequence[Nodes]]) -> Iterator[Words]:
        """Yield for each group of questions words [n, its words]: the node is among them, or needs one."""
        nodes = len(self.lens.estate.names)
        most = max(CELLS // max(nodes, 1), 1)
        widths = [-(-len(group) // WORD) for group in groups]
        for first, last in _batches(widths, most):
            bounds = np.cumsum([0, *widths[first:last]])
            seeds = np.zeros((nodes, int(bounds[-1])), np.uint64)
            for group, begin in zip(groups[first:last], bounds, strict=False):
                for number, struck in enumerate(group):
                    seeds[struck, begin + number // WORD] |= np.uint64(1) << np.uint64(number % WORD)
            words = touched(self.lens.prepared, seeds, scenarios=int(bounds[-1]) * WORD)
            yield from (words[:, begin:end] for begin, end in pairwise(bounds))


def _batches(widths: Sequence[int], most: int) -> Iterator[tuple[int, int]]:
    """Yield runs of widths that add up to ``most`` at most, or are a single one."""
    first = total = 0
    for last, width in enumerate(widths):
        if last > first and total + width > most:
            yield first, last
            first, total = last, 0
        total += width
    if first < len(widths):
        yield first, len(widths)
