"""What else may fail, by trying every further loss straight from the definition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from auditor.analyses._survey_system import Given
from auditor.estate.graph import CompiledPlan, Estate
from tests.oracles.needs import Need, closure_of, lost_nodes


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What every case together says of one further loss, shares rounded."""

    lost_share: tuple[float, float]
    joint_share: tuple[float, float]
    beyond: tuple[float, float]
    workloads: tuple[str, ...]
    certain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _World:
    """One case: its needs for each limit, and what is out."""

    compiled: CompiledPlan
    out: frozenset[int]
    worst: bool


class Further:
    """Answers about one estate, slow and plain."""

    def __init__(self, estate: Estate, given: Sequence[Given], minutes: float) -> None:
        self.estate = estate
        self.minutes = minutes
        self.weight = [workload.weight for workload in estate.workloads]
        self.worlds = [
            _World(compiled, frozenset(nodes.tolist()), worst)
            for each in given
            for compiled, nodes, worst in (
                (estate.best, each.best, False),
                (estate.worst, each.worst, True),
            )
        ]
        self.gone = cache(self._gone)
        self.needs = cache(self._needs)

    def limit(self, workload: int) -> float:
        rto = self.estate.workloads[workload].rto_minutes
        return 60.0 if rto is None else rto

    def _needs(self, world: int, limit: float) -> list[Need]:
        plan = self.worlds[world].compiled.plan
        return [
            Need(
                owner=int(plan.owner[row]),
                k=int(plan.k[row]),
                members=tuple(
                    (int(plan.member[at]), 0.0)
                    for at in range(plan.start[row], plan.start[row + 1])
                    if plan.delay[at] <= limit
                ),
            )
            for row in range(plan.owner.size)
        ]

    def _gone(self, world: int, limit: float, more: frozenset[int]) -> frozenset[int]:
        failed = set(self.worlds[world].out | more)
        return frozenset(lost_nodes(len(self.estate.names), self.needs(world, limit), failed))

    def lost(self, world: int, more: frozenset[int]) -> frozenset[int]:
        """Return the workloads lost in one case."""
        return frozenset(
            row
            for row, node in enumerate(self.estate.workload_nodes.tolist())
            if self.limit(row) < self.minutes and node in self.gone(world, self.limit(row), more)
        )

    def standing(self, nodes: Sequence[int]) -> list[int]:
        """Return the nodes that some case leaves standing for some workload."""
        asked = {self.limit(row) for row in range(len(self.weight)) if self.limit(row) < self.minutes}
        return [
            node
            for node in nodes
            if not asked
            or any(
                node not in self.gone(world, limit, frozenset())
                for world in range(len(self.worlds))
                for limit in asked
            )
        ]

    def share(self, rows: frozenset[int]) -> float:
        return sum(self.weight[row] for row in rows) / sum(self.weight)

    def told(self, elements: tuple[int, ...]) -> Told | None:
        """Return what losing some nodes together takes, None if their loss together takes nothing more."""
        stopped, total, beyond = [], [], []
        for world in range(len(self.worlds)):
            already = self.lost(world, frozenset())
            alone = [self.lost(world, frozenset({node})) - already for node in elements]
            together = self.lost(world, frozenset(elements)) - already
            several = len(elements) > 1
            stopped.append(together - frozenset().union(*alone) if several else together)
            total.append(self.share(together))
            beyond.append(self.share(together) - (max(map(self.share, alone)) if several else 0.0))
        if not any(stopped):
            return None

        def bounds(values: list[float]) -> tuple[float, float]:
            return round(min(values), 9) + 0.0, round(max(values), 9) + 0.0

        return Told(
            lost_share=bounds(total),
            joint_share=bounds([self.share(rows) for rows in stopped]),
            beyond=bounds(beyond),
            workloads=self.names(frozenset().union(*stopped)),
            certain=self.names(frozenset.intersection(*stopped)),
        )

    def weakened(self, elements: tuple[int, ...]) -> frozenset[int]:
        """Return the workloads not lost yet that need one of some nodes in a worst case."""
        found = set()
        for number, world in enumerate(self.worlds):
            for row, top in enumerate(self.estate.workload_nodes.tolist()):
                limit = self.limit(row)
                gone = self.gone(number, limit, frozenset())
                if not world.worst or limit >= self.minutes or top in gone:
                    continue
                left = [
                    Need(
                        owner=each.owner,
                        k=each.k,
                        members=tuple(pair for pair in each.members if pair[0] not in gone),
                    )
                    for each in self.needs(number, limit)
                    if each.owner not in gone
                ]
                if not closure_of(left, top).isdisjoint(elements):
                    found.add(row)
        return frozenset(found)

    def pairs(self, domains: list[int]) -> tuple[dict[tuple[int, ...], Told], int]:
        """Return the pairs that no narrower one implies, and how many others there are."""
        found: dict[tuple[int, ...], Told] = {
            pair: told for pair in combinations(domains, 2) if (told := self.told(pair)) is not None
        }
        return (kept := {pair: told for pair, told in found.items() if not self._implied(pair, found)}), len(
            found
        ) - len(kept)

    def _implied(self, pair: tuple[int, ...], found: dict[tuple[int, ...], Told]) -> bool:
        for kept, replaced in (pair, pair[::-1]):
            for other, told in found.items():
                if kept in other and other != pair:
                    (narrow,) = set(other) - {kept}
                    mine = found[pair]
                    if (
                        self.narrower(narrow, replaced)
                        and set(mine.workloads) <= set(told.workloads)
                        and set(mine.certain) <= set(told.certain)
                    ):
                        return True
        return False

    def narrower(self, one: int, other: int) -> bool:
        """Return whether the first worst case's loss of ``other`` takes ``one`` along, not the reverse."""
        world = next(number for number, each in enumerate(self.worlds) if each.worst)
        limits = {self.limit(row) for row in range(len(self.weight)) if self.limit(row) < self.minutes}

        def takes(a: int, b: int) -> bool:
            return all(
                b in self.gone(world, limit, frozenset({a})) and b not in self.gone(world, limit, frozenset())
                for limit in limits
            )

        return takes(other, one) and not takes(one, other)

    def names(self, rows: frozenset[int]) -> tuple[str, ...]:
        return tuple(sorted(self.estate.workloads[row].name for row in rows))
