"""Why: the shortest ways from what failed to a workload."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np

from auditor.analyses._replays.effects import Effect, Nodes
from auditor.analyses._replays.lens import Lens
from auditor.analyses._replays.reduced import Reduced
from auditor.analyses._replays.timeline import Course
from auditor.analyses._replays.trails import Rows, Trails
from auditor.kernels.order import ranges
from auditor.kernels.plan import Bools, Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Ways from workloads down to what one effect struck.

    Attributes:
        effect: what struck.
        number: its place among the effects of its scenario.
        workload: [p], index of the workload each way starts from.
        node: [steps, p], the node that each step leads to, -1 past the end.
        need: [steps, p], the need of the plan it is in.
        bare: bool [p], the way does not lead on to the effect's cause, which stands for itself.
    """

    effect: Effect
    number: int
    workload: Rows
    node: Rows
    need: Rows
    bare: Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """Workloads [q], their nodes, and bool [q, e]: the effects to which each still looks for a way."""

    workloads: Rows
    nodes: Rows
    left: Bools


@dataclass(frozen=True, kw_only=True)
class Reasons:
    """Explains one outage's course on one plan.

    Attributes:
        lens: the plan.
        reduced: the same, reduced to classes.
        course: how the outage went, told of the classes.
        effects: what struck, with the nodes each effect touched.
        hit: bool [n], nodes with something touched in what they need.
    """

    lens: Lens
    reduced: Reduced
    course: Course
    effects: Sequence[tuple[Effect, Nodes]]
    hit: Bools
    _kept: dict[tuple[bool, int], Trails] = field(default_factory=dict)

    def ways(self, workloads: Rows, touching: Bools) -> list[Ways]:
        """Return one way per workload and effect that took part.

        They lead by outage, else by impairment, else by mere touch, the first moment first.

        Args:
            workloads: indices [q] of workloads.
            touching: bool [q, e], the effects that touch something each needs.
        """
        nodes = self.lens.estate.workload_nodes[workloads].astype(np.int64)
        classes = self.reduced.of[nodes]
        down, grey = self.course.out[classes] > 0, self.course.grey[classes] > 0
        search = _Search(workloads=workloads, nodes=nodes, left=touching.copy())
        found: list[Ways] = []
        for column in np.flatnonzero(down.any(axis=0)).tolist():
            found += self._taken(search, down[:, column], partial(self._by_outage, column))
        slow = grey & ~down
        for column in np.flatnonzero(slow.any(axis=0)).tolist():
            found += self._taken(search, slow[:, column], partial(self._by_impairment, column))
        merely = ~grey.any(axis=1) & self.hit[nodes]
        return found + self._taken(search, merely, lambda: self._by_touch)

    def _taken(self, search: _Search, concerned: Bools, made: Callable[[], Trails]) -> list[Ways]:
        """Return the ways that trails lead, of those still looked for by the workloads concerned."""
        rows = np.flatnonzero(concerned & search.left.any(axis=1))
        if not rows.size:
            return []
        trails, found = made(), []
        for number in np.flatnonzero(search.left[rows].any(axis=0)).tolist():
            asking = rows[search.left[rows, number]]
            asking = asking[trails.reaching(search.nodes[asking], number)]
            if asking.size:
                search.left[asking, number] = False
                node, need = trails.walk(search.nodes[asking], number)
                found.append(self._whole(number, search.workloads[asking], search.nodes[asking], node, need))
        return found

    def _by_outage(self, column: int) -> Trails:
        return self._moment(self.course.out, self.course.own, column, grey=False)

    def _by_impairment(self, column: int) -> Trails:
        return self._moment(self.course.grey, self.course.own_grey, column, grey=True)

    @cached_property
    def _by_touch(self) -> Trails:
        ends = [nodes for _, nodes in self.effects]
        member = self.lens.compiled.plan.member
        return Trails.of(self.lens, self.hit[member], ends)

    def _moment(self, value: Floats, own: Floats, column: int, *, grey: bool) -> Trails:
        found = self._kept.get((grey, column))
        if found is None:
            of = self.reduced.of
            struck = own[:, column] > 0
            ends = [nodes[struck[of[nodes]]] for _, nodes in self.effects]
            failing = self._failing((value[:, column] > 0)[of], self.reduced.delay(self.course, column))
            found = self._kept[grey, column] = Trails.of(self.lens, failing, ends)
        return found

    def _failing(self, failed: Bools, delay: Floats) -> Bools:
        """Return which members are in service and out, of needs that are short of members in service."""
        plan = self.lens.compiled.plan
        out = np.flatnonzero(failed[plan.member])
        need = self.lens.need[out]  # ascending, as members stand need by need
        need = need[np.flatnonzero(np.diff(need, prepend=-1))]
        begin, end = plan.start[need], plan.start[need + 1]
        rows = ranges(begin, end)
        up = (delay[rows] == 0) & ~failed[plan.member[rows]]
        serving = np.add.reduceat(up, np.cumsum(end - begin) - (end - begin)) if need.size else need
        short = np.zeros(plan.k.size, np.bool_)
        short[need] = serving < plan.k[need]
        found = np.zeros(plan.member.size, np.bool_)
        found[out] = short[self.lens.need[out]] & (delay[out] == 0)
        return found

    def _whole(self, number: int, workloads: Rows, top: Rows, node: Rows, need: Rows) -> Ways:
        """Return ways led on to the effect's cause, where what was struck hangs on it."""
        effect = self.effects[number][0]
        cause = self.lens.estate.index.get(effect.cause or "", -1)
        steps = (node >= 0).sum(axis=0)
        last = np.concatenate([top[None], node])[steps, np.arange(top.size)]
        ends, which = np.unique(last, return_inverse=True)
        heads = [() if end == cause else self.lens.way_down(end, cause)[::-1] for end in ends.tolist()]
        longer = np.array([len(head) for head in heads])[which]
        more = np.full((2, int((steps + longer).max(initial=0)) - node.shape[0], top.size), -1, np.int64)
        node, need = np.concatenate([np.stack([node, need]), more], axis=1)
        for at, head in enumerate(heads):
            inside = np.flatnonzero(which == at) if head else ()
            for step, (station, row) in enumerate(head):
                node[steps[inside] + step, inside] = station
                need[steps[inside] + step, inside] = row
        bare = np.array([not head and end != cause for end, head in zip(ends.tolist(), heads, strict=True)])
        return Ways(effect=effect, number=number, workload=workloads, node=node, need=need, bare=bare[which])
