"""Drawn systems of needs that shrink to few nodes, few needs and few members."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from auditor.kernels import Bools, Floats, Plan
from tests.oracles.needs import Need, compile_plan

DELAYS = [0.0, 1.0, 2.5, 60.0, float("inf")]
LENGTHS = [0.0, 1.0, 5.0, 84.0, 1440.0]
COPIES = 17  # of one system side by side: enough rows of one shape to be solved in a dense bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A system, in one or several copies that do not touch, and what strikes it.

    Attributes:
        nodes, needs: of one copy.
        copies: how many there are side by side.
        struck: sets of nodes of one copy that go out together, each in the scenarios and for the time given.
        lengths: per scenario the minutes each set is out.
        scenarios: how many columns these are spread over, again and again.
    """

    nodes: int
    needs: tuple[Need, ...]
    copies: int
    struck: tuple[tuple[int, ...], ...]
    lengths: tuple[tuple[float, ...], ...]
    scenarios: int

    @property
    def plan(self) -> Plan:
        """All copies as one plan."""
        return compile_plan(
            self.nodes * self.copies, [self._moved(n, c) for c in range(self.copies) for n in self.needs]
        )

    def _moved(self, each: Need, copy: int) -> Need:
        by = copy * self.nodes
        return Need(owner=each.owner + by, k=each.k, members=tuple((n + by, d) for n, d in each.members))

    def own(self) -> Floats:
        """Return minutes [nodes, kinds of scenario] that each node of one copy is itself out."""
        found = np.zeros((self.nodes, len(self.lengths)))
        for column, lengths in enumerate(self.lengths):
            for nodes, length in zip(self.struck, lengths, strict=True):
                found[list(nodes), column] = np.maximum(found[list(nodes), column], length)
        return found

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Return ``values`` [nodes, kinds] of one copy for all copies and scenarios."""
        return np.tile(values[:, np.arange(self.scenarios) % values.shape[1]], (self.copies, 1))

    def everywhere(self) -> list[np.ndarray]:
        """Return the struck sets, in all copies at once."""
        shift = np.arange(self.copies)[:, None] * self.nodes
        return [(np.array(nodes, np.intp) + shift).ravel() for nodes in self.struck]


@st.composite
def needs_among(draw: st.DrawFn, nodes: int) -> Need:
    """Draw a need; at least k of its members have no delay."""
    node = st.integers(0, nodes - 1)
    first = draw(node)
    others = draw(st.lists(st.tuples(node, st.sampled_from(DELAYS)), max_size=4))
    members = ((first, 0.0), *others)
    k = draw(st.integers(1, sum(delay == 0 for _, delay in members)))
    return Need(owner=draw(node), k=k, members=members)


@st.composite
def drawn_systems(draw: st.DrawFn) -> Drawn:
    """Draw a system of up to 8 nodes with cycles, k-of-n, late and repeated members, and what strikes it."""
    nodes = draw(st.integers(1, 8))
    struck = draw(
        st.lists(st.sets(st.integers(0, nodes - 1), min_size=1, max_size=3), min_size=1, max_size=4)
    )
    length = st.sampled_from(LENGTHS)
    lengths = st.tuples(*[length] * len(struck))
    return Drawn(
        nodes=nodes,
        needs=tuple(draw(st.lists(needs_among(nodes), max_size=10))),
        copies=draw(st.sampled_from([1, COPIES])),
        struck=tuple(tuple(sorted(each)) for each in struck),
        lengths=tuple(draw(st.lists(lengths, min_size=1, max_size=3))),
        scenarios=draw(st.sampled_from([1, 3, 64, 65, 130])),
    )


def late_beyond(plan: Plan, limit: float) -> Bools:
    """Return which members are later than ``limit``."""
    late: Bools = plan.delay > limit
    return late


def without_late(needs: Sequence[Need], limit: float) -> list[Need]:
    """Return ``needs`` without the members later than ``limit``."""
    return [
        Need(owner=n.owner, k=n.k, members=tuple((m, d) for m, d in n.members if d <= limit)) for n in needs
    ]
