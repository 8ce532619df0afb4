"""The yes/no kernel: which nodes are lost in each of many scenarios."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from auditor.kernels import words as packing
from auditor.kernels.plan import Bools, Words
from auditor.kernels.prepared import Prepared
from auditor.kernels.sweep import Fixed, Given, Lattice, Sweep, Values, delays, members, over_blocks


def _count(stack: Values, k: int) -> Values:
    """Return the k-th smallest of each bit: set iff width - k + 1 members have it, by binary counters."""
    most = stack.shape[0] - k
    planes = [stack]
    while planes[0].shape[0] > 1:
        planes = _halved(planes)
    above: Values = np.zeros_like(planes[0][0])
    for at, plane in enumerate(planes):
        above = plane[0] & above if most >> at & 1 else plane[0] | above
    return above


def _halved(planes: list[Values]) -> list[Values]:
    """Add the numbers of the lower half to those of the upper; plane i holds bit i of each number."""
    half = planes[0].shape[0] // 2
    odd = planes[0].shape[0] % 2
    sums: list[Values] = []
    carry: Values = np.zeros_like(planes[0][:half])
    for plane in planes:
        low, high, rest = plane[:half], plane[half : 2 * half], plane[2 * half :]
        either = low ^ high
        digit = either ^ carry
        carry = (low & high) | (either & carry)
        sums.append(np.concatenate([digit, rest]) if odd else digit)
    return [*sums, np.concatenate([carry, np.zeros_like(planes[0][:odd])]) if odd else carry]


_BITS = Lattice(join=np.bitwise_or, meet=np.bitwise_and, select=_count, narrow=3)


def lost(
    prepared: Prepared,
    failed: Words,
    *,
    scenarios: int,
    absent: Bools | None = None,
    wanted: NDArray[np.integer] | None = None,
    given: Given | None = None,
) -> Words:
    """Return which nodes are lost when the nodes in ``failed`` are out: the least such set, exact on cycles.

    A node is lost iff it has failed or one of its needs has fewer than k members that are not lost. Every
    member counts as present whatever its delay, except those in ``absent``.

    Args:
        prepared: the system of n nodes and m members.
        failed: uint64 [n, ceil(scenarios / 64)], bit i % 64 of word i // 64 for scenario i.
        scenarios: how many of the bits count.
        absent: bool [m], members that do not count.
        wanted: nodes [q] asked about; all by default.
        given: nodes that are lost or not in some scenarios whatever they need, words as wide as ``failed``
            and made as it is: bits past ``scenarios`` are 0.

    Returns:
        uint64, shaped as ``failed``, or [q, ceil(scenarios / 64)]; bits past ``scenarios`` are 0.

    Raises:
        ValueError: a dtype or shape is wrong, or a need has fewer than k members that are not absent.
    """
    if absent is not None:
        prepared.plan.check_served(absent, "are not absent")
    return _solve(prepared, failed, scenarios, absent, wanted, given)


def touched(
    prepared: Prepared, seeds: Words, *, scenarios: int, wanted: NDArray[np.integer] | None = None
) -> Words:
    """Return the nodes that are in ``seeds`` or need one that is, at any remove; shaped as for ``lost``."""
    return _solve(prepared.strict(), seeds, scenarios, None, wanted)


def reach(prepared: Prepared, seeds: Bools) -> Bools:
    """Return bool [n], the nodes that are in ``seeds`` [n] or need, at any remove, a member that is."""
    return packing.unpack(touched(prepared, packing.pack(seeds[:, None]), scenarios=1), 1)[:, 0]


def _solve(
    prepared: Prepared,
    failed: Words,
    scenarios: int,
    absent: Bools | None,
    wanted: NDArray[np.integer] | None,
    given: Given | None = None,
) -> Words:
    packing.check(failed, prepared.plan.nodes, scenarios)
    if given is not None:
        packing.check(given.where, given.nodes.size, scenarios)
        packing.check(given.value, given.nodes.size, scenarios)
    if not failed.size:
        return failed.copy() if wanted is None else failed[wanted]
    member = members(prepared, absent)
    delay = delays(prepared, None, failed.dtype)

    def solve(block: slice, state: Values) -> None:
        if block.stop == failed.shape[1]:
            state[:, -1] &= packing.tail(scenarios)
        state[prepared.never] = ~np.uint64(0)
        fixed = None if given is None else Fixed.of(prepared, given, block)
        if fixed is not None:
            fixed.put(state, 0, prepared.rows)
        sweep = Sweep(lattice=_BITS, state=state, delay=delay, member=member, fixed=fixed)
        for stage in prepared.stages:
            if stage.heads.size:
                sweep.settle(stage)
            else:
                sweep.run(stage)

    return over_blocks(prepared, failed, solve, wanted)
