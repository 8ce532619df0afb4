"""A plan reduced to what known outages can tell apart: solved small, read as the whole.

Nodes that the same strikes hit and whose needs read the same are out for the same minutes, and alike standbys
are brought in at the same moments. So outages are played on classes of nodes, and what is found of a class
holds for each of its nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._replays.standby import Standbys
from auditor.analyses._replays.timeline import Course, Machine, Outage, Strike
from auditor.kernels import Bools, Prepared
from auditor.kernels.mixing import scattered
from auditor.kernels.plan import Floats, Ints, Words
from auditor.kernels.quotient import condense


@dataclass(frozen=True, slots=True, kw_only=True)
class Reduced:
    """Classes of the n nodes of a plan, and a machine that plays outages on them.

    Attributes:
        whole: the plan.
        machine: plays what ``strikes`` returns.
        of: int32 [n], the class of each node.
        late: the standbys of the whole plan.
        like: int64 [r], the member of the machine's standbys that each member of ``late`` is like, -1 where
            no outage can call it in.
    """

    whole: Prepared
    machine: Machine
    of: Ints
    late: Standbys
    like: NDArray[np.int64]

    @classmethod
    def made_for(cls, whole: Prepared, outages: Sequence[Outage]) -> Reduced:
        """Reduce a plan for just these outages."""
        mark = np.zeros(whole.plan.nodes, np.uint64)
        strikes = [strike for outage in outages for strike in outage]
        for image, strike in zip(scattered(np.arange(len(strikes), dtype=np.uint64)), strikes, strict=True):
            mark[strike.nodes] += image
        found = condense(whole, mark, rounds=1)
        machine, late = Machine.of(found.plan), Standbys.of(whole.plan)
        classes = np.arange(found.plan.nodes, dtype=np.int32)
        like = _matched(_images(late, found.of), _images(machine.standbys, classes))
        return cls(whole=whole, machine=machine, of=found.of, late=late, like=like)

    def strikes(self, outage: Outage) -> tuple[Strike, ...]:
        """Return an outage it was made for as one of classes."""
        return tuple(
            Strike(
                start=each.start,
                minutes=each.minutes,
                nodes=self._classes(each.nodes),
                grey=each.grey,
            )
            for each in outage
        )

    def _classes(self, nodes: NDArray[np.int64]) -> NDArray[np.int64]:
        found = np.zeros(self.machine.prepared.plan.nodes, np.bool_)
        found[self.of[nodes]] = True
        return np.flatnonzero(found).astype(np.int64)

    def delay(self, course: Course, column: int) -> Floats:
        """Return the minutes [m] each member of the whole plan took to serve at one onset."""
        found = self.whole.plan.delay.copy()
        found[self.late.rows] = (
            np.where(self.like >= 0, course.late[column][self.like], self.late.base)
            if course.late[column].size
            else self.late.base
        )
        return found

    def brought(self, course: Course) -> Bools:
        """Return bool [r], which members of ``late`` were brought in at any onset."""
        if not course.brought.any():
            return np.zeros(self.like.size, np.bool_)
        return np.asarray((self.like >= 0) & course.brought[self.like])


def _images(standbys: Standbys, of: Ints) -> Words:
    """Return a number per member: equal for those that serve alike in needs alike of owners alike.

    A member that is always up and never late is as good as gone with one of the k.
    """
    if not standbys:
        return np.zeros(0, np.uint64)
    member, need = of[standbys.member], standbys.need
    told = scattered(scattered(member.astype(np.uint64)) ^ (standbys.base + 0.0).view(np.uint64))
    spent = (member == 0) & (standbys.base == 0)
    told[spent] = 0
    wanted = standbys.k - np.add.reduceat(spent.astype(np.int64), standbys.start)
    owner = scattered(scattered(of[standbys.owner].astype(np.uint64)) + wanted.astype(np.uint64))
    whole = scattered(np.add.reduceat(told, standbys.start) ^ owner)
    return scattered(whole[need] ^ told)


def _matched(wanted: Words, known: Words) -> NDArray[np.int64]:
    """Return for each of ``wanted`` a place in ``known`` that holds it, -1 where none does."""
    if not known.size:
        return np.full(wanted.size, -1, np.int64)
    turn = np.argsort(known, kind="stable")
    at = np.minimum(np.searchsorted(known[turn], wanted), known.size - 1)
    return np.where(known[turn][at] == wanted, turn[at], -1).astype(np.int64)
