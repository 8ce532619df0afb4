"""Which sets stop which tops, where each top is asked about sets of its own: what each needs as a copy.

A block of scenarios costs the whole system. Where tops need different small parts of it, the parts are put
side by side, and the first scenario of each is solved in the same column; then the second, and so on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from auditor.kernels import Plan, Prepared, closure, lost, prepare, unpack
from auditor.kernels.order import Index
from auditor.kernels.plan import Bools
from auditor.kernels.quotient import restrict
from auditor.kernels.words import width

_WORDS = 1 << 22  # of state held at a time


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A node, what it needs (``inside``, ascending), and the sets [c, s] of nodes inside that may be out."""

    top: int
    inside: Index
    sets: Index


def cone(prepared: Prepared, top: int) -> Index:
    """Return the node and all it needs, ascending."""
    return np.flatnonzero(closure(prepared, top))


def cost(questions: Sequence[Question]) -> int:
    """Return about how many nodes are solved, over all scenarios."""
    return sum(each.inside.size * (len(each.sets) + 64) for each in questions)


def stopped(plan: Plan, questions: Sequence[Question]) -> list[Bools]:
    """Return for each question bool [c], whether its top is lost when the nodes of each set are out."""
    found = [np.zeros(0, np.bool_)] * len(questions)
    for block in _blocks(questions):
        for at, answer in zip(block, _solved(plan, [questions[at] for at in block]), strict=True):
            found[at] = answer
    return found


def _blocks(questions: Sequence[Question]) -> Iterator[list[int]]:
    """Yield positions of questions to solve side by side: of like numbers of sets, within bounded memory."""
    block: list[int] = []
    nodes = wide = 0
    for at in sorted(range(len(questions)), key=lambda at: -len(questions[at].sets)):
        size = questions[at].inside.size
        if block and (nodes + size) * wide > _WORDS:
            yield block
            block, nodes = [], 0
        if not block:
            wide = width(len(questions[at].sets))
        block.append(at)
        nodes += size
    if block:
        yield block


def _solved(plan: Plan, questions: Sequence[Question]) -> Iterator[Bools]:
    whole, starts = _side_by_side(plan, [each.inside for each in questions])
    count = len(questions[0].sets)
    failed = np.zeros(whole.nodes * width(count), np.uint64)
    for start, each in zip(starts, questions, strict=True):
        column = np.arange(len(each.sets))
        bit = np.uint64(1) << (column % 64).astype(np.uint64)
        for nodes in each.sets.T:
            spot = (start + np.searchsorted(each.inside, nodes)) * width(count) + column // 64
            np.bitwise_or.at(failed, spot, bit)
    out = lost(prepare(whole), failed.reshape(whole.nodes, width(count)), scenarios=count)
    for start, each in zip(starts, questions, strict=True):
        row = start + int(np.searchsorted(each.inside, each.top))
        yield unpack(out[[row]], count)[0, : len(each.sets)]


def _side_by_side(plan: Plan, insides: Sequence[Index]) -> tuple[Plan, list[int]]:
    """Return copies of parts of a plan as one plan, and the first node of each."""
    parts = []
    for inside in insides:
        chosen = np.zeros(plan.nodes, np.bool_)
        chosen[inside] = True
        parts.append(restrict(plan, chosen))
    starts = np.cumsum([0, *(part.nodes for part in parts)]).tolist()
    members = np.cumsum([0, *(part.member.size for part in parts)])
    joined = Plan(
        nodes=starts[-1],
        owner=np.concatenate([part.owner + start for part, start in zip(parts, starts, strict=False)]).astype(
            np.int32
        ),
        k=np.concatenate([part.k for part in parts]),
        start=np.concatenate(
            [np.zeros(1, np.int64)]
            + [part.start[1:] + first for part, first in zip(parts, members, strict=False)]
        ),
        member=np.concatenate(
            [part.member + start for part, start in zip(parts, starts, strict=False)]
        ).astype(np.int32),
        delay=np.zeros(int(members[-1])),
    )
    return joined, starts[:-1]
