"""Which nodes stand on which others, for any number of questions at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._replays.effects import Nodes
from auditor.analyses._replays.lens import Lens
from auditor.kernels import Bools, Words, touched, unpack
from auditor.kernels.plan import Floats

WORD = 64
"""Questions in a word of the kernels."""

CELLS = 8_000_000
"""Nodes x words asked at once; bounds memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """What stands on each of a few sets of nodes.

    Attributes:
        words: uint64 [n, words], a bit per set and node: the node is in the set, or needs one that is.
        bit: the bit of each set, -1 for an empty one.
    """

    words: Words
    bit: NDArray[np.intp]

    def at(self, nodes: NDArray[np.integer]) -> Bools:
        """Return bool [nodes, sets]."""
        found = np.zeros((nodes.size, self.bit.size), np.bool_)
        there = np.flatnonzero(self.bit >= 0)
        word, place = np.divmod(self.bit[there], WORD)
        found[:, there] = (self.words[np.ix_(nodes, word)] >> place.astype(np.uint64) & np.uint64(1)) != 0
        return found

    def any(self) -> Bools:
        """Return bool [n]: the node stands on one of the sets at least."""
        found = np.zeros(self.words.shape[0], np.bool_)
        bits = self.bit[self.bit >= 0]
        for word in np.unique(bits // WORD):
            inside = bits[bits // WORD == word] % WORD
            mask = np.bitwise_or.reduce(np.uint64(1) << inside.astype(np.uint64))
            found |= (self.words[:, word] & mask) != 0
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Asks one plan what stands on what."""

    lens: Lens

    def on(self, seeds: Sequence[Nodes]) -> Bools:
        """Return bool [workloads, questions]: the workload is among the question's nodes or needs one."""
        return unpack(self.words(seeds), len(seeds))

    def words(self, seeds: Sequence[Nodes]) -> Words:
        """Return the same as words: question i is bit i % 64 of word i // 64."""
        nodes, most = self.lens.estate.workload_nodes, self._most()
        parts = [self._touched(seeds[first : first + most], nodes) for first in range(0, len(seeds), most)]
        return np.concatenate([np.zeros((nodes.size, 0), np.uint64), *parts], axis=1)

    def most(self, values: Sequence[tuple[Nodes, Floats]]) -> Floats:
        """Return float64 [workloads, questions]: the largest value of what each workload stands on, else 0.

        ``values`` are the nodes of each question and what they hold, > 0.
        """
        levels = [np.unique(held) for _, held in values]
        turn = np.repeat(np.arange(len(values)), [each.size for each in levels])
        height = np.concatenate([np.zeros(0), *levels])
        found = np.zeros((self.lens.estate.workload_nodes.size, len(values)))
        most = self._most()
        for first in range(0, turn.size, most):
            part = slice(first, first + most)
            pairs = list(zip(turn[part].tolist(), height[part].tolist(), strict=True))
            standing = self.on([values[at][0][values[at][1] == level] for at, level in pairs])
            for (at, level), column in zip(pairs, standing.T, strict=True):
                found[column, at] = np.maximum(found[column, at], level)
        return found

    def above(self, groups: Sequence[Sequence[Nodes]]) -> Iterator[Above]:
        """Yield what stands on the sets of each group; a set that several groups hold is asked about once."""
        most, first = self._most(), 0
        while first < len(groups):
            bits: dict[int, int] = {}
            sets: list[Nodes] = []
            last = first
            while last < len(groups) and (last == first or len(sets) < most):
                for each in groups[last]:
                    if each.size and bits.setdefault(id(each), len(sets)) == len(sets):
                        sets.append(each)
                last += 1
            words = self._touched(sets)
            for group in groups[first:last]:
                bit = [bits[id(each)] if each.size else -1 for each in group]
                yield Above(words=words, bit=np.array(bit, np.intp))
            first = last

    def _most(self) -> int:
        return max(CELLS // max(len(self.lens.estate.names), 1), 1) * WORD

    def _touched(self, sets: Sequence[Nodes], wanted: NDArray[np.integer] | None = None) -> Words:
        seeds = np.zeros((len(self.lens.estate.names), -(-len(sets) // WORD)), np.uint64)
        for number, inside in enumerate(sets):
            seeds[inside, number // WORD] |= np.uint64(1) << np.uint64(number % WORD)
        return touched(self.lens.prepared, seeds, scenarios=len(sets), wanted=wanted)
