"""Outages over time, minute by minute: what is up, which switches run, which standbys were brought in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.oracles.needs import Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Nodes out from ``start`` for ``minutes`` whole minutes."""

    start: int
    minutes: int
    nodes: frozenset[int]


@dataclass(slots=True, kw_only=True)
class Clock:
    """The state of a system of needs as minutes pass; a member is (need, place in it)."""

    nodes: int
    needs: Sequence[Need]
    serving: set[tuple[int, int]] = field(default_factory=set)
    progress: dict[tuple[int, int], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.serving = {
            (at, place)
            for at, each in enumerate(self.needs)
            for place, (_, delay) in enumerate(each.members)
            if delay == 0
        }

    def up(self, failed: set[int]) -> set[int]:
        """Return the nodes that are up: take out what cannot be, until the rest holds."""
        found = set(range(self.nodes)) - failed
        while short := {
            n.owner for at, n in enumerate(self.needs) if n.owner in found and self.short(at, found)
        }:
            found -= short
        return found

    def short(self, at: int, up: set[int]) -> bool:
        """Return whether a need has fewer than k members that are up and serve."""
        each = self.needs[at]
        return (
            sum((at, i) in self.serving and node in up for i, (node, _) in enumerate(each.members)) < each.k
        )

    def minute(self, failed: set[int]) -> set[int]:
        """Pass one minute and return who is up during it; switches done by its end serve from the next."""
        up = self.up(failed)
        for at, each in enumerate(self.needs):
            short = self.short(at, up)
            for place, (node, _) in enumerate(each.members):
                member = (at, place)
                if not short:
                    self.progress.pop(member, None)
                elif member not in self.serving and node in up:
                    self.progress[member] = self.progress.get(member, 0) + 1
        self.serving |= {
            (at, i) for (at, i), done in self.progress.items() if done >= self.needs[at].members[i][1]
        }
        return up


def minutes_out(nodes: int, needs: Sequence[Need], failures: Sequence[Failure]) -> list[int]:
    """Return how many minutes each node is out, until everything is back."""
    clock = Clock(nodes=nodes, needs=needs)
    out = [0] * nodes
    for now in range(max((each.start + each.minutes for each in failures), default=0)):
        failed = {n for each in failures if each.start <= now < each.start + each.minutes for n in each.nodes}
        up = clock.minute(failed)
        out = [total + (node not in up) for node, total in enumerate(out)]
    return out
