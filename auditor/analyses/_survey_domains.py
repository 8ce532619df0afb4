"""Further losses of failure domains, alone and in pairs: the bit-parallel kernel on merged plans.

A pair can matter only to a workload that needs both and that neither stops alone; all other pairs are left
out unseen. ``docs/whatif.md`` says what is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from auditor.analyses import _survey_cones as cones
from auditor.analyses._survey_cones import Question
from auditor.analyses._survey_found import Found, Keys, Outcome, chosen, combined, joint_share, union, weighed
from auditor.analyses._survey_system import Case
from auditor.estate.graph import Estate, NodeKind
from auditor.kernels import Prepared, lost, touched, unpack
from auditor.kernels.cutsets import System, system
from auditor.kernels.order import Index, ranges
from auditor.kernels.plan import Bools, Floats, Words
from auditor.kernels.rows import among
from auditor.kernels.words import width

BLOCK = 1 << 13
"""Scenarios solved at a time."""

MOST = 200_000
"""Pairs tried; with more, those that could take most come first and the others are counted."""

MOST_ASKED = 20_000_000
"""Pairs asked about, summed over workloads; with more, all workloads are asked about all pairs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """One plan with alike nodes merged; ``event`` are the domains, ``top`` one node per class of ``rows``."""

    prepared: Prepared
    event: Index
    top: Index
    classes: Index

    @property
    def size(self) -> int:
        """How much there is to solve in each scenario."""
        return self.prepared.plan.nodes

    @classmethod
    def of(cls, merged: System, nodes: Index, top: Index, classes: Index) -> _Part:
        event = np.array([merged.same(node) for node in nodes.tolist()], np.intp)
        return cls(prepared=merged.prepared, event=event, top=top, classes=classes)

    def failed(self, sets: Index) -> Words:
        """Return which nodes are out when the domains at each row of ``sets`` [c, s] are."""
        nodes, count = self.prepared.plan.nodes, len(sets)
        words = np.zeros(nodes * width(count), np.uint64)
        column = np.arange(count)
        bit = np.uint64(1) << (column % 64).astype(np.uint64)
        for each in sets.T:
            np.bitwise_or.at(words, self.event[each] * width(count) + column // 64, bit)
        return words.reshape(nodes, width(count))

    def lost(self, sets: Index) -> Words:
        """Return which nodes are lost then, as words."""
        return lost(self.prepared, self.failed(sets), scenarios=len(sets))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One case made ready.

    Attributes:
        parts: its plans.
        alone: bool [classes, domains], which workloads each domain takes alone.
        needed: bool [classes, domains], to which it can matter at all.
        takes: bool [domains, domains], whether the domain of the row takes that of the column along.
    """

    parts: tuple[_Part, ...]
    alone: Bools
    needed: Bools
    takes: Bools
    worst: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Domains:
    """All cases made ready to lose the domains at ``nodes`` [d], with classes of workloads that fare alike.

    ``members`` are the workloads of each class, ``share`` its part of the criticality weight.
    """

    nodes: Index
    members: tuple[Index, ...]
    share: Floats
    cases: tuple[_Case, ...]

    def alone(self) -> Found:
        """Return what each domain takes alone."""
        items, classes = self.nodes.size, len(self.members)
        outcomes = []
        for case in self.cases:
            taken = _keys(case.alone, np.arange(items))
            total = joint_share(taken, max(classes, 1), self.share, items)
            outcomes.append(Outcome(taken=taken, total=total, beyond=total))
        return combined(self.nodes[:, None], self.members, self.share, outcomes)

    def pairs(self, most: int = MOST) -> Found:
        """Return what pairs take that neither takes alone, but not those that a narrower pair implies."""
        open_to = [case.needed & ~case.alone for case in self.cases]
        relevant = _any([each.T.astype(np.float32) @ each > 0 for each in open_to])
        first, second = np.nonzero(np.triu(relevant, 1))
        open_in_some = _any(open_to)
        worth = (open_in_some.T * self.share) @ open_in_some
        order = np.argsort(-worth[first, second], kind="stable")
        rest = order[most:]
        tried = np.sort(order[:most])
        sets = np.stack([first[tried], second[tried]], axis=1)
        found = combined(
            sets,
            self.members,
            self.share,
            [self._outcome(case, sets) for case in self.cases],
            untried=rest.size,
            most=float(worth[first[rest], second[rest]].max(initial=0.0)),
        )
        found = self._narrowest(found)
        return replace(found, elements=self.nodes[found.elements])

    def _outcome(self, case: _Case, sets: Index) -> Outcome:
        taken = union([self._taken(case, part, sets) for part in case.parts])
        alone = self.share @ case.alone
        both = (case.alone.T * self.share) @ case.alone
        one, other = sets.T
        total = alone[one] + alone[other] - both[one, other]
        total += joint_share(taken, max(len(self.members), 1), self.share, len(sets))
        return Outcome(taken=taken, total=total, beyond=total - np.maximum(alone[one], alone[other]))

    def _taken(self, case: _Case, part: _Part, sets: Index) -> Keys:
        """Return what the pairs ``sets`` take of one part's workloads, neither taking it alone."""
        open_to = case.needed & ~case.alone
        asked = self._questions(open_to, part, sets)
        if asked is not None and cones.cost([each for each, _ in asked]) < part.size * len(sets):
            answers = cones.stopped(part.prepared.plan, [each for each, _ in asked])
            found = [which[answer] for answer, (_, which) in zip(answers, asked, strict=True)]
            return union(found)
        keys = [np.zeros(0, np.int64)]
        for first in range(0, len(sets), BLOCK):
            block = sets[first : first + BLOCK]
            both_open = open_to[part.classes][:, block].all(axis=2)
            out = unpack(part.lost(block)[part.top], len(block)) & both_open
            row, item = np.nonzero(out)
            keys.append((first + item) * len(self.members) + part.classes[row])
        return np.concatenate(keys)

    def _questions(self, open_to: Bools, part: _Part, sets: Index) -> list[tuple[Question, Keys]] | None:
        """Return for each workload the pairs that can matter to it, with keys; None if they are many."""
        counts = np.count_nonzero(open_to[part.classes], axis=1)
        if int((counts * (counts - 1) // 2).sum()) > MOST_ASKED:
            return None
        base = self.nodes.size
        known = sets[:, 0] * base + sets[:, 1]
        asked = []
        for which, top in zip(part.classes.tolist(), part.top.tolist(), strict=True):
            domains = np.flatnonzero(open_to[which])
            one, other = np.triu_indices(domains.size, 1)
            wanted = domains[one] * base + domains[other]
            at = np.flatnonzero(among(wanted, known))
            if at.size:
                pairs = np.stack([domains[one[at]], domains[other[at]]], axis=1)
                question = Question(top=top, inside=cones.cone(part.prepared, top), sets=part.event[pairs])
                items = np.searchsorted(known, wanted[at])
                asked.append((question, items * len(self.members) + which))
        return asked

    def _narrowest(self, found: Found) -> Found:
        """Drop pairs that take no more than one with a narrower domain in place of one of the two."""
        takes = next(case.takes for case in self.cases if case.worst)
        narrower = takes & ~takes.T
        start = np.concatenate([np.zeros(1, np.intp), np.cumsum(narrower.sum(axis=1))])
        narrow = np.nonzero(narrower)[1]
        bits = np.hstack([_rows(found, keys) for keys in (found.possible, found.certain)])
        base = max(self.nodes.size, 1)
        known = found.elements[:, 0] * base + found.elements[:, 1]
        kept = np.ones(len(known), np.bool_)
        for first in range(0, len(known), BLOCK):
            rows = np.arange(first, min(first + BLOCK, len(known)))
            for column in (0, 1):
                mine, other = found.elements[rows, column], found.elements[rows, 1 - column]
                low, high = start[mine], start[mine + 1]
                which = np.repeat(rows, high - low)
                replaced = np.stack([narrow[ranges(low, high)], np.repeat(other, high - low)])
                key = replaced.min(axis=0) * base + replaced.max(axis=0)
                at = np.minimum(np.searchsorted(known, key), known.size - 1)
                there = known[at] == key
                which, at = which[there], at[there]
                kept[which[~(bits[which] & ~bits[at]).any(axis=1)]] = False
        return chosen(found, np.flatnonzero(kept), broader=int(np.count_nonzero(~kept)))


def ready(estate: Estate, cases: Sequence[Case]) -> Domains:
    """Make every failure domain that some case leaves standing ready to be lost."""
    kept = estate.kinds == NodeKind.DOMAIN
    gone = [part.gone for case in cases for part in case.parts]
    nodes = np.flatnonzero(kept & ~np.all(gone, axis=0) if gone else kept).astype(np.intp)
    systems = [[system(part.plan, nodes) for part in case.parts] for case in cases]
    label = np.full((len(estate.workloads), 2 * len(cases)), -1)
    for column, (case, made) in enumerate(zip(cases, systems, strict=True)):
        for number, (part, merged) in enumerate(zip(case.parts, made, strict=True)):
            label[part.rows, 2 * column] = number
            tops = estate.workload_nodes[part.rows].tolist()
            label[part.rows, 2 * column + 1] = [merged.same(top) for top in tops]
    _, first, group = np.unique(label, axis=0, return_index=True, return_inverse=True)
    group = group.reshape(-1)
    solved = []
    for column, (case, made) in enumerate(zip(cases, systems, strict=True)):
        parts = []
        for number, merged in enumerate(made):
            classes = np.flatnonzero(label[first, 2 * column] == number)
            parts.append(_Part.of(merged, nodes, label[first[classes], 2 * column + 1], classes))
        solved.append(_case(parts, shape=(first.size, nodes.size), worst=case.worst))
    return Domains(
        nodes=nodes,
        members=tuple(np.flatnonzero(group == each) for each in range(first.size)),
        share=weighed(group, shares(estate), first.size),
        cases=tuple(solved),
    )


def weakened(estate: Estate, cases: Sequence[Case], nodes: Index) -> Bools:
    """Return bool [workloads, domains]: in some worst case the workload needs it; any member counts."""
    found = np.zeros((len(estate.workloads), nodes.size), np.bool_)
    for part in (part for case in cases if case.worst for part in case.parts):
        merged = system(replace(part.plan, k=np.diff(part.plan.start).astype(np.int32)), nodes)
        tops = [merged.same(top) for top in estate.workload_nodes[part.rows].tolist()]
        each = _Part.of(merged, nodes, np.array(tops, np.intp), part.rows)
        for block in _blocks(nodes.size):
            out = each.lost(block[:, None])
            found[part.rows[:, None], block] |= unpack(out[each.top], block.size)
    return found


def shares(estate: Estate) -> Floats:
    """Return each workload's share of the criticality weight."""
    weight = np.array([workload.weight for workload in estate.workloads], np.float64)
    return weight / weight.sum() if weight.size else weight


def _case(parts: list[_Part], *, shape: tuple[int, int], worst: bool) -> _Case:
    alone, needed = np.zeros((2, *shape), np.bool_)
    takes = np.ones((shape[1], shape[1]), np.bool_)
    for part in parts:
        for block in _blocks(shape[1]):
            failed = part.failed(block[:, None])
            out = lost(part.prepared, failed, scenarios=block.size)
            reached = touched(part.prepared, failed, scenarios=block.size)
            alone[part.classes[:, None], block] = unpack(out[part.top], block.size)
            needed[part.classes[:, None], block] = unpack(reached[part.top], block.size)
            takes[block] &= unpack(out[part.event], block.size).T
    return _Case(parts=tuple(parts), alone=alone, needed=needed, takes=takes, worst=worst)


def _blocks(count: int) -> Iterator[Index]:
    for first in range(0, count, BLOCK):
        yield np.arange(first, min(first + BLOCK, count))


def _keys(taken: Bools, items: Index) -> Keys:
    """Return what the columns of ``taken`` [classes, items] hold, as ascending keys."""
    item, which = np.nonzero(taken.T)
    return items[item].astype(np.int64) * len(taken) + which


def _any(tables: Sequence[Bools]) -> Bools:
    found: Bools = np.logical_or.reduce(tables)
    return found


def _rows(found: Found, keys: Keys) -> Words:
    """Return uint64 [items, w], the classes that ``keys`` hold of each item as bits."""
    count = max(len(found.members), 1)
    wide = width(count)
    words = np.zeros(len(found.elements) * wide, np.uint64)
    item, which = np.divmod(keys, count)
    np.bitwise_or.at(words, item * wide + which // 64, np.uint64(1) << (which % 64).astype(np.uint64))
    return words.reshape(-1, wide)
