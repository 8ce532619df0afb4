"""A digest of all that a node needs, whatever the numbers of the nodes are.

The digest of a node is made from its own mark and, bottom up, from what it needs: equal digests mean the same
marks in the same needs all the way down, on cycles too. It does not depend on how nodes are numbered or needs
ordered, nor on anything the node does not need.

Digests have 128 bits, in two lanes mixed apart: that any two of 10 million unlike nodes share one has a
probability below 1e-24.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from auditor.kernels.mixing import stirred
from auditor.kernels.order import Index, order, ranges
from auditor.kernels.plan import Bools, Ints, Plan, Words

LANES = 2
_SALT = np.array([0x9E3779B97F4A7C15, 0xD1B54A32D192ED03], np.uint64)
_NEED = np.array([0x8CB92BA72F3D8DD7, 0xF1357AEA2E62A9C5], np.uint64)


def mixed(value: Words) -> Words:
    """Return a well-scattered image of each number in each lane: sums of images tell sets apart.

    Args:
        value: uint64 [..., 2].
    """
    return stirred(value + _SALT)


def digests(plan: Plan, own: Words, *, need: Words | None = None, member: Words | None = None) -> Words:
    """Return uint64 [n, 2], the digest of each node.

    Args:
        plan: the system; each need has a member at least. Delays count only as ``member`` tells them.
        own: uint64 [n, 2], what each node is by itself.
        need: uint64 [g, 2], what to tell needs apart by besides k and their members.
        member: uint64 [m, 2], what to tell members of a need apart by besides the node.
    """
    counts = np.diff(plan.start)
    source = np.repeat(plan.owner, counts)
    itself = source == plan.member
    if itself.any():  # who needs himself cannot be told by his members alone: by a mark
        mark = np.where(itself[:, None], mixed(_NEED), np.uint64(0))
        member = mark if member is None else mark + member
    arcs = source[~itself].astype(np.intp), plan.member[~itself].astype(np.intp)
    when = order(plan.nodes, *arcs)
    content = mixed((plan.k.astype(np.uint64) << np.uint64(32) | counts.astype(np.uint64))[:, None] ^ _NEED)
    if need is not None:
        content = mixed(content + need)
    # Strong components of one level have no arcs between them: within it, what hangs together is one.
    knot = _knots(plan, source, when.outer, when.cyclic)
    found = mixed(own)
    for chunk in _chunks(plan, 2 * when.outer + when.cyclic, content, member):
        if when.cyclic[chunk.owners[0]]:
            found[chunk.owners] = _untied(chunk, own[chunk.owners], knot[chunk.owners], found)
        else:
            found[chunk.owners] = mixed(own[chunk.owners] + chunk.sums(found))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chunk:
    """The needs of nodes that are solved together.

    Attributes:
        owners: intp [o], ascending; ``first`` intp [o], the first need of each.
        content: uint64 [h, 2], what each need is by itself; ``begin`` intp [h], its first member.
        member: int32 [p], nodes; ``mark`` uint64 [p, 2], what tells members apart, if anything does.
    """

    owners: Index
    first: Index
    content: Words
    begin: Index
    member: Ints
    mark: Words | None

    def sums(self, color: Words) -> Words:
        """Return uint64 [o, 2], what each owner needs, given what is known of the members."""
        held = np.take(color, self.member, axis=0)
        held = mixed(held if self.mark is None else held + self.mark)
        needs = mixed(np.add.reduceat(held, self.begin, axis=0) + self.content)
        summed: Words = np.add.reduceat(needs, self.first, axis=0)
        return summed


def _chunks(plan: Plan, turn: Index, content: Words, mark: Words | None) -> Iterator[_Chunk]:
    """Yield the needs of each turn, ascending; turns are those of the owners."""
    by_turn = np.lexsort((plan.owner, turn[plan.owner]))
    owner = plan.owner[by_turn].astype(np.intp)
    edges = np.flatnonzero(np.diff(turn[owner], prepend=-1, append=-1))
    for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        needs = by_turn[low:high]
        place = ranges(plan.start[needs], plan.start[needs + 1])
        size = plan.start[needs + 1] - plan.start[needs]
        first = np.flatnonzero(np.diff(owner[low:high], prepend=-1))
        yield _Chunk(
            owners=owner[low:high][first],
            first=first,
            content=content[needs],
            begin=(np.cumsum(size) - size).astype(np.intp),
            member=plan.member[place],
            mark=None if mark is None else mark[place],
        )


def _knots(plan: Plan, source: Ints, level: Index, cyclic: Bools) -> Index:
    """Return intp [n], the number of the cycle-bound component of each node that is in one."""
    inside = cyclic[source] & cyclic[plan.member] & (level[source] == level[plan.member])
    arcs = (np.ones(np.count_nonzero(inside), np.bool_), (source[inside], plan.member[inside]))
    graph = sparse.coo_array(arcs, shape=(plan.nodes, plan.nodes)).tocsr()
    return csgraph.connected_components(graph, directed=False)[1].astype(np.intp)


def _untied(chunk: _Chunk, own: Words, knot: Index, known: Words) -> Words:
    """Return the digests of nodes on cycles: told apart by what they need until that tells no more apart.

    Each component rests by itself, so that others leave no trace in it, after as many turns as it has nodes
    at the most. At rest the whole component goes into the digest of each of its nodes. ``known`` is written
    over for these nodes.
    """
    number = np.unique(knot, return_inverse=True)[1]
    count = int(number.max()) + 1
    resting = np.zeros(count, np.bool_)
    color = final = mixed(own)
    classes = _classes(color, number, count)
    while not resting.all():
        known[chunk.owners] = color
        color = mixed(own + chunk.sums(known))
        now = _classes(color, number, count)
        fresh = (now == classes) & ~resting
        final = np.where(fresh[number][:, None], color, final)
        resting |= fresh
        classes = now
    whole = np.zeros((count, LANES), np.uint64)
    np.add.at(whole, number, mixed(final))
    return mixed(final + mixed(whole[number]))


def _classes(color: Words, number: Index, count: int) -> NDArray[np.intp]:
    """Return how many colours there are in each component."""
    turn = np.lexsort((color[:, 1], color[:, 0], number))
    fresh = np.ones(turn.size, np.bool_)
    fresh[1:] = (color[turn[1:]] != color[turn[:-1]]).any(axis=1) | (np.diff(number[turn]) != 0)
    return np.bincount(number[turn[fresh]], minlength=count)
