"""A smaller system that loses the same, and of which every part looks the same wherever it is met.

Nodes of one digest (``digest``) are lost in the same scenarios, so they become one. Classes, needs and
members are put in an order that rests on digests and on the order of events alone. So what a node needs
(``Folded.cone``) is the same system, number for number, in whatever larger one it stands, and what is
computed from it is a function of the node's digest and of nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.cutsets import Cone
from auditor.kernels.digest import LANES, digests, mixed
from auditor.kernels.order import Index, ranges
from auditor.kernels.plan import Bools, Plan, Words
from auditor.kernels.prepared import Prepared, prepare
from auditor.kernels.quotient import restrict
from auditor.kernels.reasons import closure


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """A plan over c classes of the n nodes of a larger one; ``fold`` makes it.

    Attributes:
        prepared: the smaller plan, made ready.
        of: intp [n], the class of each node.
        digest: uint64 [n, 2], of each node of the larger plan.
        events: intp [e], the nodes that may fail, ascending, in the larger plan.
    """

    prepared: Prepared
    of: Index
    digest: Words
    events: Index

    def cone(self, top: int) -> Cone:
        """Return what ``top``, a node of the larger plan, needs: the same for every node of its digest."""
        needed = closure(self.prepared, int(self.of[top]))
        event = self.of[self.events]
        inside = needed[event]
        where = np.cumsum(needed) - 1
        return Cone(
            prepared=prepare(restrict(self.prepared.plan, needed)),
            needed=np.ones(np.count_nonzero(needed), np.bool_),
            top=int(where[self.of[top]]),
            event=where[event[inside]],
            names=self.events[inside],
        )


def fold(plan: Plan, events: NDArray[np.integer], marks: Words) -> Folded:
    """Return ``plan`` folded; members count whatever their delay.

    Args:
        plan: the system.
        events: the nodes that may fail, ascending.
        marks: uint64 [e, 2], no two alike: what each event is called, in the same way everywhere.
    """
    own = np.zeros((plan.nodes, LANES), np.uint64)
    own[events] = marks
    digest = digests(plan, own)
    label, speaker = _classes(digest)
    place = np.full(plan.nodes, -1, np.intp)
    place[events] = np.arange(events.size)
    turn = np.lexsort((digest[speaker, 1], digest[speaker, 0], _lead(plan, speaker, place)))
    number = np.empty(turn.size, np.intp)
    number[turn] = np.arange(turn.size)
    of = number[label]
    return Folded(
        prepared=prepare(_rebuilt(plan, of, speaker[turn], digest)),
        of=of,
        digest=digest,
        events=events.astype(np.intp),
    )


def _classes(digest: Words) -> tuple[Index, Index]:
    """Return the class of each node, and a node of each class."""
    turn = np.lexsort((digest[:, 1], digest[:, 0]))
    fresh = np.ones(turn.size, np.bool_)
    fresh[1:] = (digest[turn[1:]] != digest[turn[:-1]]).any(axis=1)
    label = np.empty(turn.size, np.intp)
    label[turn] = np.cumsum(fresh) - 1
    return label, turn[fresh]


def _lead(plan: Plan, speaker: Index, place: Index) -> Index:
    """Return the last of the events each speaker is or needs itself: machines of one zone stand together.

    Whatever order is kept, some members are taken before others when either would do; taking those of one
    zone everywhere is what keeps the search for cut sets small.
    """
    found = place.copy()
    need = np.flatnonzero(_speaks(plan, speaker)[plan.owner])
    begin, end = plan.start[need], plan.start[need + 1]
    np.maximum.at(found, np.repeat(plan.owner[need], end - begin), place[plan.member[ranges(begin, end)]])
    return np.where(place[speaker] >= 0, place[speaker], found[speaker])


def _speaks(plan: Plan, speaker: Index) -> Bools:
    found = np.zeros(plan.nodes, np.bool_)
    found[speaker] = True
    return found


def _rebuilt(plan: Plan, of: Index, speaker: Index, digest: Words) -> Plan:
    """Return the plan over classes: needs of all become one need without repetition, the rest stay gates."""
    need = np.flatnonzero(_speaks(plan, speaker)[plan.owner])
    size = plan.start[need + 1] - plan.start[need]
    begin = np.cumsum(size) - size
    member = of[plan.member[ranges(plan.start[need], plan.start[need + 1])]]
    turn = np.repeat(np.arange(need.size), size)
    owner = of[plan.owner[need]]
    plain = plan.k[need] == size
    if need.size:
        plain |= np.minimum.reduceat(member, begin) == np.maximum.reduceat(member, begin)
    chosen = plain[turn] & (owner[turn] != member)
    pairs = np.unique(owner[turn[chosen]] * np.int64(speaker.size) + member[chosen])
    owners, joined = np.divmod(pairs, max(speaker.size, 1))
    all_owner, all_size = np.unique(owners, return_counts=True)
    gates = _in_order(np.flatnonzero(~plain), (owner, plan.k[need]), begin, mixed(digest[speaker])[member])
    gated = _sorted_members(gates, begin, size, member)
    sizes = np.concatenate([all_size, size[gates]])
    members = np.concatenate([joined, gated])
    return Plan(
        nodes=speaker.size,
        owner=np.concatenate([all_owner, owner[gates]]).astype(np.int32),
        k=np.concatenate([all_size, plan.k[need][gates]]).astype(np.int32),
        start=np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes, dtype=np.int64)]),
        member=members.astype(np.int32),
        delay=np.zeros(members.size),
    )


def _in_order(
    gates: Index, told: tuple[NDArray[np.integer], NDArray[np.integer]], begin: Index, held: Words
) -> Index:
    """Return gates by owner, k and what their members are."""
    if not gates.size:
        return gates
    owner, k = told
    sums = np.add.reduceat(held, begin, axis=0)[gates]
    ordered: Index = gates[np.lexsort((sums[:, 1], sums[:, 0], k[gates], owner[gates]))]
    return ordered


def _sorted_members(gates: Index, begin: Index, size: Index, member: Index) -> Index:
    """Return the members of gates, gate by gate, ascending in each."""
    found = member[ranges(begin[gates], begin[gates] + size[gates])]
    turn = np.repeat(np.arange(gates.size), size[gates])
    ordered: Index = found[np.lexsort((found, turn))]
    return ordered
