"""Which standbys an outage brings in, and how far the others have come when the next onset strikes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.order import ranges
from auditor.kernels.plan import Bools, Floats, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """What one onset did to the members of needs with standbys; all [r], in the order of ``Standbys.rows``.

    Attributes:
        brought: brought in before the next onset, because the need was short without them.
        then: minutes each member needs at the next onset.
    """

    brought: Bools
    then: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Standbys:
    """The needs of a plan that have a delayed member, in compressed form; false when there are none.

    Attributes:
        base: delay [r] of each member of these needs.
        rows: rows in the plan of these members.
        member: their nodes.
        start: first member of each need.
        k: members needed.
        owner: the node that has each need.
    """

    base: Floats
    rows: NDArray[np.int64]
    member: NDArray[np.int32]
    start: NDArray[np.int64]
    k: NDArray[np.int64]
    owner: NDArray[np.int32]

    @classmethod
    def of(cls, plan: Plan) -> Standbys:
        """Pick the needs with delayed members out of a plan."""
        late = np.flatnonzero(plan.delay > 0)
        chosen = np.unique(np.searchsorted(plan.start, late, side="right") - 1)
        begin, end = plan.start[chosen], plan.start[chosen + 1]
        rows = ranges(begin, end).astype(np.int64)
        return cls(
            base=plan.delay[rows],
            rows=rows,
            member=plan.member[rows],
            start=(np.cumsum(end - begin) - (end - begin)).astype(np.int64),
            k=plan.k[chosen].astype(np.int64),
            owner=plan.owner[chosen],
        )

    def __bool__(self) -> bool:
        return bool(self.rows.size)

    @property
    def need(self) -> NDArray[np.int64]:
        """The need of each member [r]."""
        return np.repeat(np.arange(self.k.size), np.diff(self.start, append=self.rows.size))

    def called(self, bare: Floats) -> Bools:
        """Return bool [c], moments at which some need is short of members in service.

        ``bare`` [n, c] are the minutes every node is out when nothing stands by.
        """
        if not self:
            return np.zeros(bare.shape[1], np.bool_)
        up = (self.base == 0)[:, None] & (bare[self.member] <= 0)
        serving = np.add.reduceat(up, self.start, axis=0, dtype=np.int32)
        return np.asarray((serving < self.k[:, None]).any(axis=0))

    def switch(self, out: Floats, delay: Floats, gap: float) -> Switch:
        """Return what happens within ``gap`` minutes, given every node's minutes out [n] and the delays [r].

        A switch begins when its need is short of members in service and its member is up; it stops when the
        need is met again without it. A member once brought in stays.
        """
        then = np.where(delay > 0, self.base, 0.0)
        brought = np.zeros(self.rows.size, np.bool_)
        serving = np.add.reduceat((delay == 0) & (out[self.member] <= 0), self.start, dtype=np.int32)
        short = np.flatnonzero(serving < self.k)
        if not short.size:
            return Switch(brought=brought, then=then)
        ends = np.append(self.start, self.rows.size)
        size = ends[short + 1] - ends[short]
        at = ranges(ends[short], ends[short + 1])
        left, away = delay[at], out[self.member[at]]
        ready = away + left
        firm = _kth(np.where(left > 0, np.inf, away), size, self.k[short])
        met = _kth(ready, size, self.k[short])
        inside = (left > 0) & (ready <= met) & (ready <= firm) & (ready <= gap)
        pending = (left > 0) & ~inside & (met >= gap)
        brought[at] = inside
        begun = np.clip(gap - away, 0.0, left) if np.isfinite(gap) else np.zeros_like(left)
        then[at] = np.where(inside, 0.0, np.where(pending, left - begun, then[at]))
        return Switch(brought=brought, then=then)


def _kth(values: Floats, size: NDArray[np.int64], k: NDArray[np.int64]) -> Floats:
    """Return the k-th smallest value of each need of ``size`` members, repeated for each of its members."""
    need = np.repeat(np.arange(size.size), size)
    ordered = values[np.lexsort((values, need))]
    return np.repeat(ordered[np.cumsum(size) - size + k - 1], size)
