"""Which standbys an outage brings in, and how far the others have come when the next onset strikes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.plan import Bools, Floats, Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """What one onset did to the delayed members; all [m] of the plan.

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
        base: delay of every member of the plan [m].
        rows: rows of the members of these needs.
        member: their nodes.
        start: first member of each need.
        k: members needed.
    """

    base: Floats
    rows: NDArray[np.int64]
    member: NDArray[np.int32]
    start: NDArray[np.int64]
    k: NDArray[np.int64]

    @classmethod
    def of(cls, plan: Plan) -> Standbys:
        """Pick the needs with delayed members out of a plan."""
        size = np.diff(plan.start)
        need = np.repeat(np.arange(size.size), size)
        chosen = np.unique(need[plan.delay > 0])
        rows = np.flatnonzero(np.isin(need, chosen))
        return cls(
            base=plan.delay,
            rows=rows,
            member=plan.member[rows],
            start=np.concatenate([np.zeros(1, np.int64), np.cumsum(size[chosen])])[:-1].astype(np.int64),
            k=plan.k[chosen].astype(np.int64),
        )

    def __bool__(self) -> bool:
        return bool(self.rows.size)

    def called(self, bare: Floats) -> Bools:
        """Return bool [c], moments at which some need is short of members in service.

        ``bare`` [n, c] are the minutes every node is out when nothing stands by.
        """
        if not self:
            return np.zeros(bare.shape[1], np.bool_)
        up = (self.base[self.rows] == 0)[:, None] & (bare[self.member] <= 0)
        serving = np.add.reduceat(up, self.start, axis=0, dtype=np.int32)
        return np.asarray((serving < self.k[:, None]).any(axis=0))

    def switch(self, out: Floats, delay: Floats, gap: float) -> Switch:
        """Return what happens within ``gap`` minutes, given every node's minutes out [n] and the delays [m].

        A switch begins when its need is short of members in service and its member is up; it stops when the
        need is met again without it. A member once brought in stays.
        """
        then = delay.copy()
        brought = np.zeros(self.base.size, np.bool_)
        if self:
            left, away = delay[self.rows], out[self.member]
            ready = away + left
            firm = self._kth(np.where(left > 0, np.inf, away))
            met = self._kth(ready)
            short = firm > 0
            inside = short & (left > 0) & (ready <= met) & (ready <= firm) & (ready <= gap)
            pending = short & (left > 0) & ~inside & (met >= gap)
            brought[self.rows] = inside
            begun = np.clip(gap - away, 0.0, left) if np.isfinite(gap) else np.zeros_like(left)
            kept = np.where(left > 0, self.base[self.rows], 0.0)
            then[self.rows] = np.where(inside, 0.0, np.where(pending, left - begun, kept))
        return Switch(brought=brought, then=then)

    def _kth(self, values: Floats) -> Floats:
        """Return the k-th smallest value of each need, repeated for each of its members."""
        size = np.diff(np.append(self.start, self.rows.size))
        need = np.repeat(np.arange(size.size), size)
        ordered = values[np.lexsort((values, need))]
        return np.repeat(ordered[self.start + self.k - 1], size)
