"""A smaller system with the same answers: nodes that can never differ become one.

Two nodes are out for the same minutes in every scenario if the same events strike them and their needs read
the same, on cycles too. A node that only passes on what another one suffers is that other one, and what
nothing can strike is always up. A million resources on a few hundred failure domains leave some thousands of
nodes, and the cost of each further scenario follows those.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.mixing import GOLDEN, stirred
from auditor.kernels.order import Index, distinct, ranges
from auditor.kernels.plan import Bools, Ints, Plan, Words
from auditor.kernels.prepared import Bucket, Prepared, Stage, prepare
from auditor.kernels.reasons import below

_ROUNDS = 6  # of merging; nearly all is gained in the first
_WORTH = 0.9  # a round that leaves more than this share of the nodes is the last, unless ...
_SMALL = 5_000  # ... so few are left that another costs nothing
_TURNS = 32  # of telling the rows of a cyclic stage apart; where they do not rest, each stays itself

_COMPONENT = np.uint64(0x94D049BB133111EB)
_SALT = np.array([0xD1B54A32D192ED03, 0x8CB92BA72F3D8DD7], np.uint64)
_ONE = np.uint64(1)
_HALF = 32  # bits of a number that hold a node


@dataclass(frozen=True, slots=True, kw_only=True)
class Condensed:
    """A smaller plan over c classes of the n nodes of a larger one; class 0 is always up.

    Attributes:
        plan: over the classes.
        of: int32 [n], the class of each node; 0 also for nodes that nothing watched needs.
        node: int32 [c], the node each class speaks for; -1 for class 0.
        place: int64 [members of ``plan``], the member of the larger plan behind each; -1 for one never late.
    """

    plan: Plan
    of: Ints
    node: Ints
    place: NDArray[np.int64]

    def own(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return for the classes what ``values`` [n, ...] says of the nodes: failed words, own minutes."""
        return _picked(values, self.node)

    def members(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return for the smaller plan's members what ``values`` [m] says of the larger's: delays, absence."""
        return _picked(values, self.place)


def marks(nodes: int, struck: Sequence[NDArray[np.integer]]) -> Words:
    """Return uint64 [nodes], equal for nodes in the same sets of ``struck`` (node ids), 0 for those in none.

    Each set goes out as one, alone or with others. The numbers are hashes of 64 bits.
    """
    found = np.zeros(nodes, np.uint64)
    for number, inside in enumerate(struck, start=1):
        found[np.unique(inside)] += stirred(np.full(1, number, np.uint64) * GOLDEN)
    return found


def condense(
    prepared: Prepared,
    mark: Words,
    *,
    watched: Bools | None = None,
    timing: Words | None = None,
    rounds: int = _ROUNDS,
) -> Condensed:
    """Return a smaller system that tells the same.

    Exact, for ``lost`` and ``minutes`` alike: with ``small = prepare(found.plan)``, ``minutes(prepared, own,
    delay=d)[v]`` is ``minutes(small, found.own(own), delay=found.members(d))[found.of[v]]`` for each watched
    node v and all it needs, and ``lost`` the same with ``found.members(absent)``, provided that

    - nodes of equal ``mark`` have equal rows in ``own`` (or ``failed``), those of mark 0 rows of 0;
    - members of equal ``timing`` have equal delays (are absent alike), those of timing 0 delay 0 (are never
      absent).

    Mark what may fail by itself with a number of its own, what fails only together with equal numbers
    (``marks``), what cannot fail by itself with 0. For yes/no answers in which no member is absent, a
    ``timing`` of zeros merges most. Which nodes are alike is told by hashes of 128 bits. Not every two nodes
    that could be one are found where they lie on cycles of different components.

    Args:
        prepared: the system of n nodes and m members.
        mark: uint64 [n].
        watched: bool [n], nodes whose answers are wanted; all by default.
        timing: uint64 [m]; by default, members are late as the plan says.
        rounds: of merging, at most; for a few scenarios those after the first cost more than they save.

    Raises:
        ValueError: an array has the wrong dtype or shape.
    """
    plan = prepared.plan
    timing = np.ascontiguousarray(plan.delay + 0.0).view(np.uint64) if timing is None else timing
    inside = np.ones(plan.nodes, np.bool_) if watched is None else watched
    _check(plan, mark, inside, timing)
    if watched is not None:
        inside = below(prepared, np.flatnonzero(watched))
    found = _once(prepared, mark, inside, timing)
    before, rested = int(np.count_nonzero(inside)), False
    for _ in range(rounds - 1):
        if rested or found.plan.nodes > max(_WORTH * before, _SMALL):
            break
        there = np.arange(found.plan.nodes) > 0
        again = _once(prepare(found.plan), found.own(mark), there, found.members(timing))
        before = found.plan.nodes
        rested = (again.plan.nodes, again.plan.member.size) == (before, found.plan.member.size)
        found = _chained(found, again)
    return found


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
        delay=plan.delay[place],
    )


def _check(plan: Plan, mark: Words, inside: Bools, timing: Words) -> None:
    expected = {
        "mark": (mark, np.uint64, plan.nodes),
        "watched": (inside, np.bool_, plan.nodes),
        "timing": (timing, np.uint64, plan.member.size),
    }
    for name, (array, dtype, size) in expected.items():
        if array.dtype != dtype or array.shape != (size,):
            raise ValueError(f"{name} must be {np.dtype(dtype)} {(size,)}, is {array.dtype} {array.shape}")


def _starts(counts: NDArray[np.integer]) -> NDArray[np.int64]:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)])


def _picked(values: NDArray[Any], where: NDArray[np.integer]) -> NDArray[Any]:
    found = np.zeros((where.size, *values.shape[1:]), values.dtype)
    there = where >= 0
    found[there] = values[where[there]]
    return found


def _chained(first: Condensed, then: Condensed) -> Condensed:
    """Return one step for two; classes of the first that lead nowhere stay always up."""
    node, place = first.node[then.node], then.place.copy()
    node[then.node < 0] = -1
    place[then.place >= 0] = first.place[then.place[then.place >= 0]]
    return Condensed(plan=then.plan, of=then.of[first.of], node=node, place=place)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Colors:
    """What tells rows apart while they are told apart: uint64 [rows + 2, 2], 0 for always up.

    ``never`` is the row of what never serves, ``timing`` [m + 1] ends with that of padding.
    """

    color: Words
    own: Words
    timing: Words
    never: int

    def stage(self, number: int, stage: Stage) -> None:
        """Colour the rows of ``stage``, whose members below are coloured."""
        if not stage.heads.size:
            for bucket in stage.buckets:
                self.color[bucket.first : bucket.last] = self._bucket(bucket, plain=True)
            return
        # All rows start alike, unlike anything else, and are told apart until that tells no more apart.
        color = self.color[stage.first : stage.last]
        color[...] = stirred(_SALT + np.full(1, 2 * number + 1, np.uint64) * _COMPONENT)
        before = 1
        for _ in range(_TURNS):
            found = [self._bucket(bucket, plain=False) for bucket in stage.buckets]
            np.concatenate(found, out=color)
            kinds = _grouped(color)[1].size
            if kinds == before:
                return
            before = kinds
        color[...] = (
            stirred(np.arange(stage.first, stage.last, dtype=np.uint64)[:, None] * GOLDEN + _SALT) | _ONE
        )

    def _bucket(self, bucket: Bucket, *, plain: bool) -> Words:
        """Return the colours of ``bucket``; ``plain`` rows, on no cycle, may turn out to be another row."""
        held = np.take(self.color, bucket.member, axis=0)
        return self._gates(bucket, held, plain=plain) if bucket.k else self._joins(bucket, held, plain=plain)

    def _joins(self, bucket: Bucket, held: Words, *, plain: bool) -> Words:
        own = self.own[bucket.first : bucket.last]
        total = _fold(np.add, bucket, held)
        there = total != 0 if plain else np.ones(total.shape, np.bool_)
        found = np.where(there | (own != 0), stirred(own + stirred(total)) | _ONE, 0)
        if plain:
            high = _fold(np.maximum, bucket, held)
            low = _fold(np.minimum, bucket, held - _ONE) + _ONE  # 0, always up, does not count
            single = ((low == high) & (own == 0)).all(axis=1)
            found[single] = high[single]
        return found

    def _gates(self, bucket: Bucket, held: Words, *, plain: bool) -> Words:
        timing = self.timing[bucket.place]
        serving = bucket.member != self.never
        up = (held[..., 0] == 0) & (timing == 0) & serving
        left = bucket.k - _fold(np.add, bucket, up.astype(np.int64))
        late = stirred(held + stirred(timing[..., None] + GOLDEN) + _SALT)
        late[up | ~serving] = 0
        found = stirred(_fold(np.add, bucket, late) + left[:, None].astype(np.uint64) * GOLDEN) | _ONE
        if plain:
            found[left <= 0] = 0
            # One that is up but late is as good as none of the others.
            held[(held[..., 0] == 0) & (timing != 0)] = _ONE
            high = _fold(np.maximum, bucket, held)
            low = _fold(np.minimum, bucket, held - _ONE) + _ONE
            prompt = _fold(np.logical_or, bucket, (timing == 0) & ~up & serving)
            single = (low == high).all(axis=1) & prompt & (left > 0)
            found[single] = high[single]
        return found


def _fold(ufunc: np.ufunc, bucket: Bucket, values: NDArray[Any]) -> NDArray[Any]:
    """Fold what the members of each row of ``bucket`` hold into one value per row."""
    found: NDArray[Any] = (
        ufunc.reduce(values, axis=0) if bucket.width else ufunc.reduceat(values, bucket.start, axis=0)
    )
    return found


def _grouped(color: Words) -> tuple[Index, Index]:
    """Return an order in which equal rows of ``color`` [r, 2] are neighbours, and where each group starts."""
    turn = np.argsort(color[:, 0])
    fresh = np.ones(turn.size, np.bool_)
    fresh[1:] = (color[turn[1:]] != color[turn[:-1]]).any(axis=1)
    return turn, np.flatnonzero(fresh)


def _once(prepared: Prepared, mark: Words, inside: Bools, timing: Words) -> Condensed:
    own = np.zeros((prepared.rows + 2, 2), np.uint64)
    struck = np.flatnonzero(mark)
    own[prepared.row[struck]] = stirred(mark[struck, None] + _SALT) | _ONE
    padded = np.append(timing, np.uint64(0))
    colors = _Colors(color=own.copy(), own=own, timing=padded, never=prepared.never)
    for number, stage in enumerate(prepared.stages):
        colors.stage(number, stage)
    of, node = _numbered(prepared, colors.color, inside)
    return _rebuilt(prepared, of, node, timing)


def _numbered(prepared: Prepared, color: Words, inside: Bools) -> tuple[Ints, Ints]:
    """Return the class of each node, numbered by lowest node, and the node first solved of each class."""
    node_of = np.full(prepared.rows + 2, -1, np.int32)
    node_of[prepared.row] = np.arange(prepared.plan.nodes, dtype=np.int32)
    rows = np.flatnonzero((node_of >= 0) & (color[:, 0] != 0))
    rows = rows[inside[node_of[rows]]]
    solved = node_of[rows]
    turn, start = _grouped(color[rows])
    if not start.size:
        return np.zeros(prepared.plan.nodes, np.int32), np.full(1, -1, np.int32)
    by_lowest = np.argsort(np.minimum.reduceat(solved[turn], start))
    number = np.empty(start.size, np.int32)
    number[by_lowest] = np.arange(1, start.size + 1, dtype=np.int32)
    of = np.zeros(prepared.plan.nodes, np.int32)
    of[solved[turn]] = np.repeat(number, np.diff(start, append=turn.size))
    first = solved[np.minimum.reduceat(turn, start)[by_lowest]]
    return of, np.concatenate([np.full(1, -1, np.int32), first])


def _rebuilt(prepared: Prepared, of: Ints, node: Ints, timing: Words) -> Condensed:
    """Return the plan over classes: what all is needed becomes one need, without repetition."""
    plan = prepared.plan
    begin, end = prepared.owned_start[node[1:]], prepared.owned_start[node[1:] + 1]
    need = prepared.owned[ranges(begin, end)]
    owner = np.repeat(np.arange(1, node.size), end - begin)
    size = plan.start[need + 1] - plan.start[need]
    place = ranges(plan.start[need], plan.start[need + 1])
    turn = np.repeat(np.arange(need.size), size)
    member = of[plan.member[place]]
    # What is always up and never late counts once and for all.
    spent = (member == 0) & (timing[place] == 0)
    k = plan.k[need] - np.bincount(turn[spent], minlength=need.size)
    size = size - np.bincount(turn[spent], minlength=need.size)
    plain = (k == size) | _alike(turn, member, timing[place] == 0, spent, need.size)
    kept = ~spent & (k > 0)[turn]
    joined = np.flatnonzero(kept & plain[turn] & (member != owner[turn]) & (member != 0))
    pairs = distinct(owner[turn[joined]] << _HALF | member[joined])
    sizes = np.bincount(pairs >> _HALF, minlength=node.size)
    all_owner = np.flatnonzero(sizes)
    all_member, all_size = pairs & ((1 << _HALF) - 1), sizes[all_owner]
    gates = np.flatnonzero((k > 0) & ~plain)
    gated = kept & ~plain[turn]
    members = np.concatenate([all_member, member[gated]]).astype(np.int32)
    places = np.concatenate([np.full(all_member.size, -1, np.int64), place[gated]])
    return Condensed(
        plan=Plan(
            nodes=node.size,
            owner=np.concatenate([all_owner, owner[gates]]).astype(np.int32),
            k=np.concatenate([all_size, k[gates]]).astype(np.int32),
            start=_starts(np.concatenate([all_size, size[gates]])),
            member=members,
            delay=_picked(plan.delay, places),
        ),
        of=of,
        node=node,
        place=places,
    )


def _alike(turn: Index, member: Ints, prompt: Bools, spent: Bools, needs: int) -> Bools:
    """Return which needs have one class of members only, those spent aside, and one of them never late."""
    low, high = np.full(needs, np.iinfo(np.int32).max, np.int32), np.full(needs, -1, np.int32)
    left = np.flatnonzero(~spent)
    np.minimum.at(low, turn[left], member[left])
    np.maximum.at(high, turn[left], member[left])
    anchored = np.zeros(needs, np.bool_)
    anchored[turn[left[prompt[left]]]] = True
    found: Bools = anchored & (low == high)
    return found
