"""The minimal sets of two and three events that stop a need which can spare members.

At such a gate only this matters of an event: which members it takes. Events that take the same ones are one
*pattern*; patterns are combined, and what suffices is written out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditor.kernels.order import Index, distinct, ranges
from auditor.kernels.plan import Bools
from auditor.kernels.rows import among
from auditor.kernels.sets import Keys, events_of, holds, holds_pair, keyed

_MOST = 2_000_000  # sets or combinations looked at for one gate; with more it has no answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A need that can spare members; alike members are one class.

    Attributes:
        short: members lost that it does not stand; ``weight`` intp [c] members of each class.
        takes: bool [c, e], the events that take each class alone; ``alone`` bool [e] that stop the gate.
        passed: per gate below, ascending: its sets, and bool [c], the classes that pass them on.
    """

    base: int
    short: int
    weight: Index
    takes: Bools
    alone: Bools
    passed: list[tuple[tuple[Keys, ...], Bools]]

    def enough(self, taken: Bools) -> Bools:
        """Return bool [x], whether the classes ``taken`` [x, c] are too many."""
        found: Bools = taken @ self.weight >= self.short
        return found

    def pool(self, size: int) -> tuple[Keys, Bools]:
        """Return the sets of one size that take some class as they are, ascending, and which [x, c]."""
        parts = [each[size - 2] for each, _ in self.passed]
        keys = np.concatenate([np.zeros(0, np.int64), *parts])
        masks = [
            np.broadcast_to(mask, (part.size, mask.size))
            for part, (_, mask) in zip(parts, self.passed, strict=True)
        ]
        taken = np.concatenate([np.zeros((0, self.weight.size), np.bool_), *masks])
        left = ~holds(keys, size, self.base, self.alone)
        keys, taken = keys[left], taken[left]
        turn = np.argsort(keys, kind="stable")
        keys, taken = keys[turn], taken[turn]
        first = np.flatnonzero(np.diff(keys, prepend=-1))
        return keys[first], np.logical_or.reduceat(taken, first, axis=0) if first.size else taken


def solved(gate: Gate, order: int) -> tuple[Keys, ...] | None:
    """Return the minimal sets of 2, 3, ... events that stop a gate alone, None where they are too many."""
    pairs, rest = _by_patterns(gate, order)
    if pairs is None or rest is None:
        return None
    given, taken = gate.pool(2)
    taken = taken | _taken(gate, given, 2)
    both = gate.enough(taken)
    pairs = distinct(np.concatenate([pairs, given[both]]))
    if order == 2:  # noqa: PLR2004 - pairs
        return None if pairs.size > _MOST else (pairs,)
    more = _with_pools(gate, given[~both], taken[~both])
    if more is None:
        return None
    triples = distinct(np.concatenate([rest, more]))
    triples = triples[~holds_pair(triples, gate.base, pairs)]
    return None if pairs.size + triples.size > _MOST else (pairs, triples)


def _by_patterns(gate: Gate, order: int) -> tuple[Keys | None, Keys | None]:
    """Return the pairs and triples of events that stop a gate by what each of them takes alone."""
    none = np.zeros(0, np.int64)
    event = np.flatnonzero(gate.takes.any(axis=0) & ~gate.alone)
    label, pattern = _patterns(gate.takes[:, event].T)
    event = event[np.argsort(label, kind="stable")]
    count = np.bincount(label, minlength=len(pattern))
    if not gate.enough(np.logical_or.reduce(pattern, axis=0, keepdims=True))[0]:
        return none, none
    one, other = np.triu_indices(len(pattern), 1)
    if one.size * gate.weight.size > 8 * _MOST:
        return None, None
    either = pattern[one] | pattern[other]
    full = gate.enough(either)
    pairs = _written(event, count, (one[full], other[full]), gate.base)
    if order == 2 or pairs is None:  # noqa: PLR2004 - pairs
        return pairs, none
    closed = np.zeros((len(pattern),) * 2, np.bool_)
    closed[one[full], other[full]] = True
    one, other, either = one[~full], other[~full], either[~full]
    if one.size * len(pattern) * gate.weight.size > 8 * _MOST:
        return None, None
    third = np.arange(len(pattern))
    fits = (third[None] > other[:, None]) & ~closed[one] & ~closed[other]
    at, third = np.nonzero(fits)
    stops = gate.enough(either[at] | pattern[third])
    at, third = at[stops], third[stops]
    return pairs, _written(event, count, (one[at], other[at], third), gate.base)


def _patterns(rows: Bools) -> tuple[Index, Bools]:
    """Return the label of each row, and the distinct rows."""
    numbers: dict[bytes, int] = {}
    first: list[int] = []
    label = np.empty(len(rows), np.intp)
    for at, row in enumerate(np.packbits(rows, axis=1)):
        number = numbers.setdefault(row.tobytes(), len(first))
        if number == len(first):
            first.append(at)
        label[at] = number
    return label, rows[first]


def _written(event: Index, count: Index, chosen: tuple[Index, ...], base: int) -> Keys | None:
    """Return all sets of one event of each chosen pattern; events are grouped by pattern."""
    begin = np.cumsum(count) - count
    total = np.ones(chosen[0].size, np.intp)
    for each in chosen:
        total = total * count[each]
    if total.sum() > _MOST:
        return None
    at = np.arange(total.sum()) - np.repeat(np.cumsum(total) - total, total)
    columns = []
    for each in chosen:
        size = np.repeat(count[each], total)
        columns.append(event[np.repeat(begin[each], total) + at % size])
        at = at // size
    return keyed(columns, base)


def _with_pools(gate: Gate, given: Keys, taken: Bools) -> Keys | None:
    """Return the triples that stop a gate of which a part, or the whole, takes members only together.

    ``given`` are pairs that do not stop the gate, ``taken`` bool [x, c] what each takes.
    """
    wider = _widened(gate, given, taken)
    joined = _joined(gate, given, taken)
    if wider is None or joined is None:
        return None
    whole, passing = gate.pool(3)
    candidates = distinct(np.concatenate([joined, whole]))
    mask = _taken(gate, candidates, 3)
    first, second, third = events_of(candidates, 3, gate.base)
    for pair in ((first, second), (first, third), (second, third)):
        mask |= _looked_up(given, taken, keyed(pair, gate.base))
    mask |= _looked_up(whole, passing, candidates)
    return np.concatenate([wider, candidates[gate.enough(mask)]])


def _widened(gate: Gate, given: Keys, taken: Bools) -> Keys | None:
    """Return the triples of a pair and an event that stop the gate by what both take."""
    event = np.flatnonzero(gate.takes.any(axis=0) & ~gate.alone)
    label, pattern = _patterns(gate.takes[:, event].T)
    group, of_pairs = _patterns(taken)
    if len(pattern) * len(of_pairs) * gate.weight.size > 8 * _MOST:
        return None
    stops = gate.enough((of_pairs[:, None] | pattern[None]).reshape(-1, gate.weight.size))
    stops = stops.reshape(len(of_pairs), len(pattern))
    found = [np.zeros(0, np.int64)]
    total = 0
    for at in np.flatnonzero(stops.any(axis=1)).tolist():
        pairs, others = given[group == at], event[stops[at][label]]
        total += pairs.size * others.size
        if total > _MOST:
            return None
        first, second = events_of(np.repeat(pairs, others.size), 2, gate.base)
        # An event of the pair itself adds nothing to what does not stop the gate, so it is never among them.
        found.append(keyed((first, second, np.tile(others, pairs.size)), gate.base))
    return np.concatenate(found)


def _joined(gate: Gate, given: Keys, taken: Bools) -> Keys | None:
    """Return the triples that hold two of the pairs, taken differently: a third may be taken with both."""
    first, second = events_of(given, 2, gate.base)
    alike = (taken == taken[:1]).all() if given.size else True
    if alike or not gate.enough(np.logical_or.reduce(taken, axis=0, keepdims=True))[0]:
        return np.zeros(0, np.int64)
    shared, other = np.concatenate([first, second]), np.concatenate([second, first])
    turn = np.argsort(shared, kind="stable")
    shared, other = shared[turn], other[turn]
    size = np.bincount(shared, minlength=gate.base)
    begin = np.cumsum(size) - size
    total = size[shared]
    if total.sum() > _MOST:
        return None
    one = np.repeat(np.arange(shared.size), total)
    two = ranges(begin[shared], begin[shared] + total)
    apart = other[one] < other[two]
    one, two = one[apart], two[apart]
    return distinct(keyed((shared[one], other[one], other[two]), gate.base))


def _taken(gate: Gate, keys: Keys, size: int) -> Bools:
    """Return bool [x, c], the classes that some event of each set takes alone."""
    found = np.zeros((keys.size, gate.weight.size), np.bool_)
    for event in events_of(keys, size, gate.base):
        found |= gate.takes[:, event].T
    return found


def _looked_up(known: Keys, values: Bools, keys: Keys) -> Bools:
    """Return the row of ``values`` of each key among ``known``, rows of nothing for the others."""
    found = np.zeros((keys.size, values.shape[1]), np.bool_)
    inside = among(keys, known)
    found[inside] = values[np.searchsorted(known, keys[inside])]
    return found
