"""Why: the shortest ways from what failed to a workload."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from auditor.analyses._replays.effects import Effect, Nodes
from auditor.analyses._replays.lens import Lens
from auditor.analyses._replays.timeline import Course
from auditor.kernels.plan import Bools, Floats

VISITS = 20_000
"""Nodes looked at per workload and onset before the search for further causes ends."""

CAUSE_VISITS = 200
"""Nodes looked at to show how a struck resource hangs on the cause; it rarely takes more than two steps."""

Step = tuple[int, int]
"""A member and the row of the need it was found in."""

Steps = Callable[[int], Iterator[Step]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """One way from what an effect struck to a workload.

    Attributes:
        effect: what struck.
        cause: domain id that made it strike, where the way does not begin there.
        steps: from the first node to the workload: a node, and the row in the plan of the need it was found
            in, which the next step has.
    """

    effect: Effect
    cause: str | None
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How to walk from workloads to what failed at one moment.

    Attributes:
        steps: from a node to the members that let it down.
        own: [n], above 0 for nodes that failed themselves.
        ends: the failed nodes of each effect, by its number.
    """

    steps: Steps
    own: Floats
    ends: Mapping[int, Nodes]


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """Explains one outage's course on one plan.

    Attributes:
        lens: the plan.
        course: how the outage went.
        effects: what struck, with the nodes each effect touched.
        hit: bool [n], nodes with something touched in what they need.
    """

    lens: Lens
    course: Course
    effects: Sequence[tuple[Effect, Nodes]]
    hit: Bools

    def paths(self, workload: int, touching: Iterable[int]) -> tuple[Path, ...]:
        """Return one path per effect that took part, in the order of the effects; empty if spared.

        ``touching`` are the numbers of the effects that touch something the workload needs.
        """
        found: dict[int, Path] = {}
        wanted = frozenset(touching)
        for way in self._ways(workload):
            for number, path in _search(way, workload, wanted - found.keys()):
                found[number] = self._whole(number, path)
        return tuple(found[number] for number in sorted(found))

    def _ways(self, workload: int) -> Iterator[Way]:
        """Yield how to walk from the workload: by outage, else by impairment, else by mere touch."""
        down = np.flatnonzero(self.course.out[workload] > 0)
        grey = np.flatnonzero(self.course.grey[workload] > 0)
        yield from (self._by_outage[column] for column in down)
        yield from (self._by_impairment[column] for column in np.setdiff1d(grey, down))
        if not grey.size and self.hit[workload]:
            yield self._by_touch

    @cached_property
    def _by_outage(self) -> tuple[Way, ...]:
        return self._moments(self.course.out, self.course.own)

    @cached_property
    def _by_impairment(self) -> tuple[Way, ...]:
        return self._moments(self.course.grey, self.course.own_grey)

    @cached_property
    def _by_touch(self) -> Way:
        own = np.zeros(self.hit.size)
        for _, nodes in self.effects:
            own[nodes] = 1.0
        return Way(steps=self._touched, own=own, ends=self._ends(own))

    def _moments(self, value: Floats, own: Floats) -> tuple[Way, ...]:
        return tuple(
            Way(
                steps=self._failing(value[:, column], self.course.delay[column]),
                own=own[:, column],
                ends=self._ends(own[:, column]),
            )
            for column in range(self.course.onsets.size)
        )

    def _ends(self, own: Floats) -> dict[int, Nodes]:
        failed = {number: nodes[own[nodes] > 0] for number, (_, nodes) in enumerate(self.effects)}
        return {number: nodes for number, nodes in failed.items() if nodes.size}

    def _failing(self, value: Floats, delay: Floats) -> Steps:
        """Walk needs that are short of members in service, into the members that are out."""
        plan = self.lens.compiled.plan

        def steps(node: int) -> Iterator[Step]:
            for row, part in self.lens.rows(node):
                member, serving = plan.member[part], delay[part] == 0
                out = value[member]
                if np.count_nonzero(serving & (out <= 0)) >= plan.k[row]:
                    continue
                order = np.argsort(out, kind="stable")
                yield from ((int(member[at]), row) for at in order if serving[at] and out[at] > 0)

        return steps

    def _touched(self, node: int) -> Iterator[Step]:
        plan = self.lens.compiled.plan
        for row, part in self.lens.rows(node):
            yield from ((int(member), row) for member in plan.member[part] if self.hit[member])

    def _whole(self, number: int, path: list[Step]) -> Path:
        """Return the path led by the effect's cause, if what was struck hangs on it."""
        effect = self.effects[number][0]
        cause = self.lens.estate.index.get(effect.cause or "", -1)
        if cause == path[0][0]:
            return Path(effect=effect, cause=None, steps=tuple(path))
        head = self._from_cause(cause, path[0][0])
        return Path(effect=effect, cause=None if head else effect.cause, steps=(*head, *path))

    def _from_cause(self, cause: int, node: int) -> list[Step]:
        """Return the shortest way a struck node needs the cause: cause first, the node left out."""
        plan = self.lens.compiled.plan
        came: dict[int, Step] = {node: (-1, -1)}
        queue = deque([node])
        while queue and cause not in came and len(came) < CAUSE_VISITS:
            at = queue.popleft()
            for row, part in self.lens.rows(at):
                for member in plan.member[part]:
                    if int(member) not in came:
                        came[int(member)] = (at, row)
                        queue.append(int(member))
        return _path(came, cause)[:-1] if cause in came else []


def _search(way: Way, workload: int, effects: AbstractSet[int]) -> Iterator[tuple[int, list[Step]]]:
    """Yield (effect, path from what it struck to the workload), the nearest one of each of the effects."""
    wanted = {number: nodes for number, nodes in way.ends.items() if number in effects}
    came: dict[int, Step] = {workload: (-1, -1)}
    queue = deque([workload])
    while queue and wanted and len(came) < VISITS:
        node = queue.popleft()
        if way.own[node] > 0:
            for number in [each for each, nodes in wanted.items() if _holds(nodes, node)]:
                del wanted[number]
                yield number, _path(came, node)
        for member, row in way.steps(node):
            if member not in came:
                came[member] = (node, row)
                queue.append(member)


def _holds(nodes: Nodes, node: int) -> bool:
    at = int(np.searchsorted(nodes, node))
    return at < nodes.size and nodes[at] == node


def _path(came: dict[int, Step], node: int) -> list[Step]:
    """Return the way back to where the search began: each node with the need that takes it further."""
    path = []
    while node != -1:
        parent, row = came[node]
        path.append((node, row))
        node = parent
    return path
