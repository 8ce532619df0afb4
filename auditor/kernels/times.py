"""The minutes kernel: how long each node is out in each of several scenarios."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.plan import Floats, Plan
from auditor.kernels.prepared import Prepared, Stage
from auditor.kernels.sweep import Late, Lattice, Sweep, Values, delays, members, over_blocks

Real = TypeVar("Real", np.float32, np.float64)

# Delays inside a cycle may let values creep up by one delay per turn; after this many turns the stage is
# solved along the clock instead, which takes one step per distinct instant.
_PATIENCE = 32


def _partition(stack: Values, k: int) -> Values:
    """Return the k-th smallest; most often k members are not out at all, and nothing need be ordered."""
    kth: Values = np.zeros_like(stack[0])
    short = np.add.reduce(stack == 0, axis=0, dtype=np.int32) < k
    left = stack[:, short]
    if left.size:
        left.partition(k - 1, axis=0)
        kth[short] = left[k - 1]
    return kth


_MINUTES = Lattice(join=np.maximum, meet=np.minimum, select=_partition, narrow=8)


def minutes(
    prepared: Prepared, own: NDArray[Real], *, delay: Floats | None = None, late: Late | None = None
) -> NDArray[Real]:
    """Return how long each node is out: the least T with T = max(own, every need).

    A need is worth the k-th smallest over its members of (their T + their delay). Exact on cycles. No node
    is out longer than the longest ``own`` of its scenario.

    Args:
        prepared: the system of n nodes and m members.
        own: float64 or float32 [n, s], minutes each node is itself out, finite and >= 0.
        delay: float64 [m], minutes until each member serves instead of the plan's; infinite for never.
        late: the same of those members alone that do not serve at once, in each scenario.

    Returns:
        shaped and typed as ``own``.

    Raises:
        ValueError: dtype, shape or values are wrong, or a need has fewer than k members without delay.
    """
    plan = prepared.plan
    if late is None:
        waiting = plan.delay if delay is None else delay
        plan.check_delay(waiting)
        late = Late.of(waiting)
    _check(own, plan.nodes)
    _check_late(plan, late, own.shape[1])
    if not own.size:
        return own.copy()
    wait = delays(prepared, late, own.dtype)
    member = members(prepared, None)
    single = late.delay.shape[1] == 1

    def solve(part: slice, state: Values) -> None:
        state[prepared.never] = np.inf
        here = (
            wait if single else {at: None if all_ is None else all_[..., part] for at, all_ in wait.items()}
        )
        sweep = Sweep(lattice=_MINUTES, state=state, delay=here, member=member)
        for stage in prepared.stages:
            _solve(sweep, stage)

    result = over_blocks(prepared, own, solve)
    if (result.max(axis=0) > own.max(axis=0)).any():
        raise ArithmeticError("a node is out longer than anything is itself out")
    return result


def _check(own: NDArray[Any], nodes: int) -> None:
    if own.dtype not in (np.float32, np.float64) or own.ndim != 2 or own.shape[0] != nodes:  # noqa: PLR2004 - rows, columns
        raise ValueError(f"own must be float64 or float32 [{nodes}, s], is {own.dtype} {own.shape}")
    if own.min(initial=0.0) >= 0 and own.max(initial=0.0) < np.inf:  # neither is so if one is no number
        return
    bad = np.flatnonzero(~((own >= 0) & (own < np.inf)).all(axis=1))
    if bad.size:
        raise ValueError(f"node {bad[0]}: own must be finite and >= 0 ({bad.size} such nodes)")


def _check_late(plan: Plan, late: Late, columns: int) -> None:
    rows, delay = late.rows, late.delay
    if delay.dtype != np.float64 or delay.shape not in {(rows.size, 1), (rows.size, columns)}:
        raise ValueError(
            f"delay must be float64 [{rows.size}, 1 or {columns}], is {delay.dtype} {delay.shape}"
        )
    if not delay.min(initial=0.0) >= 0:
        raise ValueError("a delay is negative or not a number")
    absent = np.zeros(plan.member.size, np.bool_)
    absent[rows] = (delay > 0).any(axis=1)
    plan.check_served(absent, "have delay 0")


def _solve(sweep: Sweep, stage: Stage) -> None:
    if not stage.heads.size:
        sweep.run(stage)
    elif all(sweep.delay[bucket.first] is None for bucket in stage.buckets):
        sweep.settle(stage)
    else:
        own = sweep.state[stage.first : stage.last].copy()
        if not sweep.settle(stage, turns=_PATIENCE):
            _by_the_clock(sweep, stage, own)


def _by_the_clock(sweep: Sweep, stage: Stage, own: Values) -> None:
    """Solve a cyclic stage instant by instant, from the first on.

    At each instant the rows not yet back are all supposed back and those that cannot be are taken out until
    the rest holds (the greatest such set, so mutual support counts, as in the least solution). Only at
    instants where something of a row's own ends or a member arrives can anything change.
    """
    out = sweep.state[stage.first : stage.last]
    back = np.full_like(own, np.inf)
    now = np.zeros(own.shape[1], own.dtype)
    while True:
        np.minimum(back, np.maximum(own, now), out=out)
        out[out > now] = np.inf
        _take_out(sweep, stage, now)
        np.minimum(back, out, out=back)
        waiting = np.isinf(back)
        if not waiting.any():
            break
        out[...] = back
        following = _next_instant(sweep, stage, np.where(waiting & (own > now), own, np.inf), now)
        if np.isinf(following[waiting.any(axis=0)]).any():
            raise ArithmeticError("a node is out for ever")
        now = np.where(np.isinf(following), now, following)


def _take_out(sweep: Sweep, stage: Stage, now: Values) -> None:
    out = sweep.state[stage.first : stage.last]
    resting = False
    while not resting:
        before = sweep.state[stage.heads]
        sweep.run(stage)
        out[out > now] = np.inf
        resting = np.array_equal(before, sweep.state[stage.heads])


def _next_instant(sweep: Sweep, stage: Stage, own: Values, now: Values) -> Values:
    """Return per column the first instant after ``now`` at which an own value ends or a member arrives."""
    following: Values = own.min(axis=0)
    for bucket in stage.buckets:
        arrival = sweep.held(bucket, slice(None))
        arrival[arrival <= now] = np.inf
        np.minimum(following, arrival.min(axis=tuple(range(arrival.ndim - 1))), out=following)
    return following
