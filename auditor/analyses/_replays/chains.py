"""Why: the shortest ways from what failed to a workload."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from auditor.analyses._replays.effects import Effect, Nodes
from auditor.analyses._replays.lens import Lens, Step
from auditor.analyses._replays.reduced import Reduced
from auditor.analyses._replays.timeline import Course
from auditor.analyses._replays.trails import Rows, Trails
from auditor.kernels.order import ranges
from auditor.kernels.plan import Bools, Floats


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

    def paths(self, workload: int, touching: Iterable[int]) -> tuple[Path, ...]:
        """Return one path per effect that took part, in the order of the effects; empty if spared.

        ``touching`` are the numbers of the effects that touch something the workload needs.
        """
        found: dict[int, Path] = {}
        wanted = set(touching)
        for trails in self._ways(workload):
            for number in sorted(wanted):
                path = trails.path(workload, number)
                if path:
                    found[number] = self._whole(number, path)
                    wanted.discard(number)
            if not wanted:
                break
        return tuple(found[number] for number in sorted(found))

    def _ways(self, workload: int) -> Iterator[Trails]:
        """Yield how to get to the workload: by outage, else by impairment, else by mere touch."""
        standing = self.reduced.of[workload]
        down = self.course.out[standing] > 0
        grey = self.course.grey[standing] > 0
        yield from (self._by_outage(int(column)) for column in np.flatnonzero(down))
        yield from (self._by_impairment(int(column)) for column in np.flatnonzero(grey & ~down))
        if not grey.any() and self.hit[workload]:
            yield self._by_touch

    def _by_outage(self, column: int) -> Trails:
        return self._moment(self.course.out, self.course.own, column, grey=False)

    def _by_impairment(self, column: int) -> Trails:
        return self._moment(self.course.grey, self.course.own_grey, column, grey=True)

    @cached_property
    def _by_touch(self) -> Trails:
        ends = [nodes for _, nodes in self.effects]
        member = self.lens.compiled.plan.member
        return Trails.of(self.lens, np.flatnonzero(self.hit[member]), ends)

    def _moment(self, value: Floats, own: Floats, column: int, *, grey: bool) -> Trails:
        found = self._kept.get((grey, column))
        if found is None:
            of = self.reduced.of
            struck = own[:, column] > 0
            ends = [nodes[struck[of[nodes]]] for _, nodes in self.effects]
            rows = self._failing((value[:, column] > 0)[of], self.reduced.delay(self.course, column))
            found = self._kept[grey, column] = Trails.of(self.lens, rows, ends)
        return found

    def _failing(self, failed: Bools, delay: Floats) -> Rows:
        """Return the members in service that are out, of needs that are short of members in service."""
        plan = self.lens.compiled.plan
        out = np.flatnonzero(failed[plan.member])
        need = np.unique(self.lens.need[out])
        begin, end = plan.start[need], plan.start[need + 1]
        rows = ranges(begin, end)
        up = (delay[rows] == 0) & ~failed[plan.member[rows]]
        serving = np.add.reduceat(up, np.cumsum(end - begin) - (end - begin)) if need.size else need
        short = np.zeros(plan.k.size, np.bool_)
        short[need] = serving < plan.k[need]
        chosen: Rows = out[short[self.lens.need[out]] & (delay[out] == 0)]
        return chosen

    def _whole(self, number: int, path: list[Step]) -> Path:
        """Return the path led by the effect's cause, if what was struck hangs on it."""
        effect = self.effects[number][0]
        cause = self.lens.estate.index.get(effect.cause or "", -1)
        if cause == path[0][0]:
            return Path(effect=effect, cause=None, steps=tuple(path))
        head = self.lens.way_down(path[0][0], cause)
        return Path(effect=effect, cause=None if head else effect.cause, steps=(*head, *path))
