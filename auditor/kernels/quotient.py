"""A smaller system that loses the same: nodes that cannot differ become one.

Two nodes that are not *kept* apart are alike when they have the same needs over alike nodes (the coarsest
stable partition, found by refinement from "all alike"). Alike nodes are lost in the same scenarios as long as
only kept nodes fail, on cycles too. A hundred thousand resources on a few hundred failure domains leave a few
thousand nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.order import Index, ranges
from auditor.kernels.plan import Bools, Plan, Words

_ROUNDS = 4  # of merging and simplifying; nearly all is gained in the first
_SALT = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1B54A32D192ED03))


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotient:
    """A merged plan; ``label`` intp [n] is the node that each became, ``kept`` which stayed themselves."""

    plan: Plan
    label: Index
    kept: Bools


def merge(plan: Plan, kept: Bools) -> Quotient:
    """Return ``plan`` with alike nodes merged; those in ``kept`` [n] stay themselves. Delays are dropped."""
    label = np.arange(plan.nodes)
    for _ in range(_ROUNDS):
        found = _alike(plan, kept)
        smaller = _rebuilt(plan, found)
        label = found[label]
        before, plan = plan, smaller
        kept = _moved(kept, found, plan.nodes)
        if plan.nodes == before.nodes and plan.member.size == before.member.size:
            break
    return Quotient(plan=plan, label=label, kept=kept)


def restrict(plan: Plan, inside: Bools) -> Plan:
    """Return the plan of the nodes ``inside`` [n], which need no others, numbered in their order."""
    new = (np.cumsum(inside) - 1).astype(np.int32)
    need = np.flatnonzero(inside[plan.owner])
    begin, end = plan.start[need], plan.start[need + 1]
    place = ranges(begin, end)
    return Plan(
        nodes=int(np.count_nonzero(inside)),
        owner=new[plan.owner[need]],
        k=plan.k[need],
        start=_starts(end - begin),
        member=new[plan.member[place]],
        delay=np.zeros(place.size),
    )


def _starts(counts: NDArray[np.integer]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def _moved(kept: Bools, label: Index, nodes: int) -> Bools:
    moved = np.zeros(nodes, np.bool_)
    moved[label[kept]] = True
    return moved


def _alike(plan: Plan, kept: Bools) -> Index:
    """Return the class of each node, numbered by first node."""
    counts = np.diff(plan.start)
    by_owner = np.argsort(plan.owner, kind="stable")
    owners, first = np.unique(plan.owner[by_owner], return_index=True)
    own = np.where(kept, np.arange(1, plan.nodes + 1), 0).astype(np.uint64)
    shape = plan.k.astype(np.uint64) << np.uint64(32) | counts.astype(np.uint64)
    mark = [_mixed(own + salt) for salt in _SALT]
    classes = 0
    while True:
        following = []
        for salt, each in zip(_SALT, mark, strict=True):
            value = _mixed(own + salt)
            if plan.k.size:
                need = _mixed(np.add.reduceat(each[plan.member], plan.start[:-1]) ^ _mixed(shape + salt))
                value[owners] += np.add.reduceat(need[by_owner], first)
            following.append(_mixed(value))
        mark = following
        found = int(np.count_nonzero(np.diff(np.sort(mark[0])))) + 1
        if found == classes:
            return _numbered(mark)
        classes = found


def _mixed(value: Words) -> Words:
    """Return a well-scattered image of each number (splitmix64), so that sums of images tell sets apart."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def _numbered(mark: list[Words]) -> Index:
    both = np.empty(mark[0].size, np.dtype([("a", np.uint64), ("b", np.uint64)]))
    both["a"], both["b"] = mark
    _, first, inverse = np.unique(both, return_index=True, return_inverse=True)
    turn = np.empty(first.size, np.intp)
    turn[np.argsort(first, kind="stable")] = np.arange(first.size)
    numbered: Index = turn[inverse]
    return numbered


def _rebuilt(plan: Plan, label: Index) -> Plan:
    """Return the plan over classes: needs of all become one need without repetition, the rest stay gates."""
    nodes = int(label.max(initial=-1)) + 1
    spokesman = np.zeros(plan.nodes, np.bool_)
    spokesman[np.unique(label, return_index=True)[1]] = True
    counts = np.diff(plan.start)
    member = label[plan.member]
    low = np.minimum.reduceat(member, plan.start[:-1]) if counts.size else member
    high = np.maximum.reduceat(member, plan.start[:-1]) if counts.size else member
    speaks = spokesman[plan.owner]
    joined = speaks & ((plan.k == counts) | (low == high))
    gates = np.flatnonzero(speaks & ~joined)
    need = np.repeat(np.arange(counts.size), counts)
    owner = label[plan.owner[need]]
    chosen = joined[need] & (owner != member)
    pairs = np.unique(owner[chosen] * np.int64(max(nodes, 1)) + member[chosen])
    all_owner, all_member = np.divmod(pairs, max(nodes, 1))
    owners, sizes = np.unique(all_owner, return_counts=True)
    place = ranges(plan.start[gates], plan.start[gates + 1])
    members = np.concatenate([all_member, member[place]])
    return Plan(
        nodes=nodes,
        owner=np.concatenate([owners, label[plan.owner[gates]]]).astype(np.int32),
        k=np.concatenate([sizes, plan.k[gates]]).astype(np.int32),
        start=_starts(np.concatenate([sizes, counts[gates]])),
        member=members.astype(np.int32),
        delay=np.zeros(members.size),
    )
