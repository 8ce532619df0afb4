"""Why: the shortest chains from what failed to a workload, with the evidence of each step."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._replays.effects import Effect
from auditor.analyses._replays.lens import Lens
from auditor.analyses._replays.timeline import Course
from auditor.estate.graph import NodeKind
from auditor.kernels.plan import Bools, Floats
from auditor.model.audit import ReasonChain

VISITS = 20_000
"""Nodes looked at per workload and onset before the search for further causes ends."""

Step = tuple[int, int]
"""A member and the row of the need it was found in."""

Steps = Callable[[int], Iterator[Step]]


@dataclass(frozen=True, slots=True, kw_only=True)
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
    effects: Sequence[tuple[Effect, NDArray[np.int64]]]
    hit: Bools

    def chains(self, workload: int) -> tuple[ReasonChain, ...]:
        """Return one chain per effect that took part, in the order of the effects; empty if spared."""
        found: dict[int, ReasonChain] = {}
        for steps, own in self._ways(workload):
            for number, path in self._search(workload, steps, own):
                found.setdefault(number, self._told(number, path))
        return tuple(dict.fromkeys(found[number] for number in sorted(found)))

    def _ways(self, workload: int) -> Iterator[tuple[Steps, NDArray[np.bool_]]]:
        """Yield how to walk from the workload: by outage, else by impairment, else by mere touch."""
        course = self.course
        down = np.flatnonzero(course.out[workload] > 0)
        grey = np.flatnonzero(course.grey[workload] > 0)
        for column in down:
            yield self._failing(course.out[:, column], course.delay[column]), course.own[:, column] > 0
        for column in np.setdiff1d(grey, down):
            yield self._failing(course.grey[:, column], course.delay[column]), course.own_grey[:, column] > 0
        if not grey.size and self.hit[workload]:
            yield self._touched, self.hit

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

    def _search(
        self, workload: int, steps: Steps, own: NDArray[np.bool_]
    ) -> Iterator[tuple[int, list[Step]]]:
        """Yield (effect, path from the workload to what it touched), the nearest one of each effect."""
        open_effects = {
            number: nodes for number, (_, nodes) in enumerate(self.effects) if nodes.size and own[nodes].any()
        }
        came: dict[int, Step] = {workload: (-1, -1)}
        queue = deque([workload])
        while queue and open_effects and len(came) < VISITS:
            node = queue.popleft()
            if own[node]:
                for number in [each for each, nodes in open_effects.items() if _holds(nodes, node)]:
                    del open_effects[number]
                    yield number, _path(came, node)
            for member, row in steps(node):
                if member not in came:
                    came[member] = (node, row)
                    queue.append(member)

    def _told(self, number: int, path: list[Step]) -> ReasonChain:
        """Return the chain as ids, led by the effect's cause; activations are steps, not stations."""
        estate, effect = self.lens.estate, self.effects[number][0]
        head, condition = list[Step](), list[str]()
        cause = estate.index.get(effect.cause or "", -1)
        if cause != path[0][0]:
            head = self._from_cause(cause, path[0][0])
            condition = [] if head or effect.cause is None else [effect.cause]
        shown = [step for step in head + path if estate.kinds[step[0]] != NodeKind.ACTIVATION]
        return ReasonChain(
            chain=(*condition, *(estate.names[node] for node, _ in shown)),
            evidence=(
                *(f"condition: {effect.what}" for _ in condition),
                *(self.lens.evidence(row) for _, row in shown[:-1]),
            ),
        )

    def _from_cause(self, cause: int, node: int) -> list[Step]:
        """Return the shortest way a struck node needs the cause: cause first, the node left out."""
        plan = self.lens.compiled.plan
        came: dict[int, Step] = {node: (-1, -1)}
        queue = deque([node])
        while queue and cause not in came and len(came) < VISITS:
            at = queue.popleft()
            for row, part in self.lens.rows(at):
                for member in plan.member[part]:
                    if int(member) not in came:
                        came[int(member)] = (at, row)
                        queue.append(int(member))
        return _path(came, cause)[:-1] if cause in came else []


def _holds(nodes: NDArray[np.int64], node: int) -> bool:
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
