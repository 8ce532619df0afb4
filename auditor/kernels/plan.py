"""A system of needs as arrays: what every kernel reads.

Node ``v`` is met iff it is not itself out and each of its needs has at least k members met. Kernels know no
domain word; names live elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int32]
Floats = NDArray[np.float64]
Words = NDArray[np.uint64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Needs in compressed form.

    Attributes:
        nodes: number of nodes n; nodes are 0..n-1.
        owner: int32 [g], the node that has need i.
        k: int32 [g], members needed, 1 <= k <= number of members with delay 0.
        start: int64 [g + 1], members of need i are start[i]:start[i+1].
        member: int32 [m], node of each member.
        delay: float64 [m], minutes until a member serves, 0 in service.
    """

    nodes: int
    owner: Ints
    k: Ints
    start: NDArray[np.int64]
    member: Ints
    delay: Floats

    def without(self, drop: Bools) -> Plan:
        """Return the plan with the members where ``drop`` [m] is true removed; k stays."""
        keep = ~drop
        kept = np.concatenate([np.zeros(1, np.int64), np.cumsum(keep, dtype=np.int64)])
        start = kept[self.start]
        return Plan(
            nodes=self.nodes,
            owner=self.owner,
            k=self.k,
            start=start,
            member=self.member[keep],
            delay=self.delay[keep],
        )

    def check(self) -> None:
        """Raise ``ValueError``, naming the offending need, unless the arrays make a sound system."""
        self._check_arrays()
        counts = np.diff(self.start)
        _refuse(counts < 0, "start must not fall")
        _refuse((self.owner < 0) | (self.owner >= self.nodes), f"the owner is not a node below {self.nodes}")
        _refuse(self.k < 1, "k must be at least 1")
        _refuse(self.k > counts, "k is larger than the number of members")
        if self.member.size and not (self.member.min() >= 0 and self.member.max() < self.nodes):
            strange = (self.member < 0) | (self.member >= self.nodes)
            _refuse(self._any_member(strange), f"a member is not a node below {self.nodes}")
        self.check_delay(self.delay)

    def check_delay(self, delay: Floats) -> None:
        """Raise ``ValueError`` unless ``delay`` is float64 [m], each >= 0; infinite is allowed."""
        if delay.dtype != np.float64 or delay.shape != self.member.shape:
            raise ValueError(f"delay must be float64 {self.member.shape}, is {delay.dtype} {delay.shape}")
        if not delay.min(initial=0.0) >= 0:  # nor is it if one is no number
            _refuse(self._any_member(~(delay >= 0)), "a delay is negative or not a number")

    def check_served(self, drop: Bools, what: str) -> None:
        """Raise ``ValueError`` where a need has fewer than k members besides those in ``drop`` [m]."""
        need, dropped = self._of_needs(drop)
        few = np.zeros(self.owner.size, np.bool_)
        few[need] = self.start[need + 1] - self.start[need] - dropped < self.k[need]
        _refuse(few, f"fewer than k members {what}")

    def _check_arrays(self) -> None:
        needs, members = self.owner.shape, self.member.shape
        expected: dict[str, tuple[NDArray[np.integer], str, tuple[int, ...]]] = {
            "owner": (self.owner, "int32", needs),
            "k": (self.k, "int32", needs),
            "start": (self.start, "int64", (self.owner.size + 1,)),
            "member": (self.member, "int32", members),
        }
        for name, (array, dtype, shape) in expected.items():
            if array.dtype != dtype or array.shape != shape or array.ndim != 1:
                raise ValueError(f"{name} must be {dtype} {shape}, is {array.dtype} {array.shape}")
        if self.nodes < 0 or self.start[0] != 0 or self.start[-1] != self.member.size:
            raise ValueError(f"start must run from 0 to {self.member.size} and nodes be at least 0")

    def _any_member(self, bad: Bools) -> Bools:
        found = np.zeros(self.owner.size, np.bool_)
        found[self._of_needs(bad)[0]] = True
        return found

    def _of_needs(self, chosen: Bools) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the needs that have one of the ``chosen`` members [m], and how many of them."""
        need = np.searchsorted(self.start, np.flatnonzero(chosen), side="right") - 1
        first = np.flatnonzero(np.diff(need, prepend=-1))
        return need[first], np.diff(first, append=need.size)


def _refuse(bad: Bools, why: str) -> None:
    offenders = np.flatnonzero(bad)
    if offenders.size:
        raise ValueError(f"need {offenders[0]}: {why} ({offenders.size} such needs)")
