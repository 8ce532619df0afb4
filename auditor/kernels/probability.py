"""How probable a stop is, and which event matters: from minimal cut sets, events independent.

Cut sets of one event, and groups of sets that share no event, are independent of each other, so their
probabilities multiply. A group of few events is solved by its truth table, exactly; of a larger one lower and
upper bounds are kept: the union of pairwise disjoint sets and Bonferroni's second sum from below, the
Esary-Proschan product from above. Where larger cut sets were not looked for, the upper bound adds the
probability that so many events meet at all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from auditor.kernels.plan import Bools, Floats

_TABLE = 12  # events of a group that is solved by its truth table
_PAIRED = 300  # most probable sets whose pairs Bonferroni's sum takes in


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Probability of the top, and what each event means for it.

    Attributes:
        low, high: bounds; equal where the value is exact.
        events: intp [e], the events in some cut set, ascending.
        birnbaum: float64 [e], P(top | event) - P(top | not event).
        fussell_vesely: float64 [e], the share of P(top) that goes if the event never happens.
        achievement: float64 [e], risk achievement worth: P(top | event) / P(top).
    """

    low: float
    high: float
    events: NDArray[np.intp]
    birnbaum: Floats
    fussell_vesely: Floats
    achievement: Floats


def assess(
    sets: Sequence[NDArray[np.integer]],
    probability: Floats,
    *,
    beyond: NDArray[np.integer] | None = None,
) -> Assessment:
    """Return bounds of the probability that some set happens in full, and the importance of each event.

    Importance is that of the upper bound; exact where the bounds meet.

    Args:
        sets: per size [count, size], minimal; events index ``probability``.
        probability: float64 [n] in [0, 1]; events are independent.
        beyond: events that may form further cut sets, larger than the largest in ``sets``; None if there
            are none.
    """
    events = np.unique(np.concatenate([np.zeros(0, np.intp), *(rows.ravel() for rows in sets)])).astype(
        np.intp
    )
    slope = np.zeros(events.size)
    groups = [_solved(rows, probability) for rows in _groups(sets)]
    high = np.array([group.high for group in groups])
    for at, group in enumerate(groups):
        slope[np.searchsorted(events, group.events)] = (1 - np.delete(high, at)).prod() * group.slope
    missed = 0.0 if beyond is None else _at_least(probability[_undecided(sets, beyond)], len(sets) + 1)
    bounds = _any([group.low for group in groups]), _any([*high.tolist(), missed])
    return described(bounds, events, birnbaum=slope, probability=probability[events])


def described(
    bounds: tuple[float, float], events: NDArray[np.intp], *, birnbaum: Floats, probability: Floats
) -> Assessment:
    """Return the assessment that follows from the bounds and the slope of P(top) in each event [e]."""
    top = max(bounds[1], np.finfo(np.float64).tiny)
    return Assessment(
        low=min(bounds),
        high=max(bounds),
        events=events,
        birnbaum=birnbaum,
        fussell_vesely=np.minimum(probability * birnbaum / top, 1.0),
        achievement=1.0 + (1.0 - probability) * birnbaum / top,
    )


def set_probability(sets: NDArray[np.integer], probability: Floats) -> Floats:
    """Return float64 [c], how probable each row of ``sets`` [c, size] is."""
    product: Floats = probability[sets].prod(axis=1)
    return product


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    low: float
    high: float
    events: NDArray[np.intp]
    slope: Floats


def _any(chances: list[float]) -> float:
    """Return the probability of any of independent things, exact to the last digit for small ones."""
    with np.errstate(divide="ignore"):  # certain: log(0), and the result is 1
        return -float(np.expm1(np.log1p(-np.array(chances, np.float64)).sum()))


def _undecided(sets: Sequence[NDArray[np.integer]], beyond: NDArray[np.integer]) -> NDArray[np.integer]:
    """Return the events that larger sets can hold: none that stops the top by itself."""
    singles = sets[0].ravel() if len(sets) else np.zeros(0, np.intp)
    return np.setdiff1d(beyond, singles)


def _groups(sets: Sequence[NDArray[np.integer]]) -> Iterator[list[NDArray[np.integer]]]:
    """Yield the sets in groups that share no event, each group by size."""
    if not sum(len(rows) for rows in sets):
        return
    nodes = int(max(rows.max(initial=0) for rows in sets)) + 1
    first = np.concatenate([np.repeat(rows[:, 0], rows.shape[1] - 1) for rows in sets])
    other = np.concatenate([rows[:, 1:].ravel() for rows in sets])
    graph = sparse.coo_array((np.ones(first.size, np.bool_), (first, other)), shape=(nodes, nodes))
    label = csgraph.connected_components(graph, directed=False)[1]
    by_size = [rows[np.argsort(label[rows[:, 0]], kind="stable")] for rows in sets]
    marks = [label[rows[:, 0]] for rows in by_size]
    for group in np.unique(np.concatenate(marks)):
        spans = [np.searchsorted(mark, [group, group + 1]) for mark in marks]
        yield [rows[low:high] for rows, (low, high) in zip(by_size, spans, strict=True) if high > low]


def _solved(rows: list[NDArray[np.integer]], probability: Floats) -> _Group:
    events = np.unique(np.concatenate([each.ravel() for each in rows])).astype(np.intp)
    local = [np.searchsorted(events, each) for each in rows]
    chance = probability[events]
    if events.size == 1:
        return _Group(low=float(chance[0]), high=float(chance[0]), events=events, slope=np.ones(1))
    if events.size <= _TABLE:
        return _by_table(events, local, chance)
    return _bounded(events, local, chance)


def _by_table(events: NDArray[np.intp], local: list[NDArray[np.intp]], chance: Floats) -> _Group:
    """Solve a group exactly by going through every combination of its events."""
    states = np.arange(1 << events.size)
    stopped = np.zeros(states.size, np.bool_)
    for rows in local:
        for mask in (1 << rows).sum(axis=1):
            stopped |= (states & mask) == mask
    out = (states[:, None] >> np.arange(events.size) & 1).astype(np.bool_)
    total = float(_weights(out, chance)[stopped].sum())
    slope = np.empty(events.size)
    for event in range(events.size):
        weight = _weights(np.delete(out, event, axis=1), np.delete(chance, event))
        slope[event] = weight[stopped & out[:, event]].sum() - weight[stopped & ~out[:, event]].sum()
    return _Group(low=total, high=total, events=events, slope=slope)


def _weights(out: Bools, chance: Floats) -> Floats:
    weights: Floats = np.where(out, chance, 1 - chance).prod(axis=1)
    return weights


def _bounded(events: NDArray[np.intp], local: list[NDArray[np.intp]], chance: Floats) -> _Group:
    worth = [set_probability(rows, chance) for rows in local]
    every = np.concatenate(worth)
    # log(1 - P) of a set that is certain is infinite; the product is 0 all the same.
    with np.errstate(divide="ignore"):
        stay = np.log1p(-every)
    high = -float(np.expm1(stay.sum()))
    slope = np.zeros(events.size)
    for rows, value in zip(local, worth, strict=True):
        for column in range(rows.shape[1]):
            others = np.delete(rows, column, axis=1)
            rate = set_probability(others, chance) / np.maximum(1 - value, np.finfo(np.float64).tiny)
            np.add.at(slope, rows[:, column], rate)
    return _Group(
        low=min(_from_below(events.size, local, every, chance), high),
        high=high,
        events=events,
        slope=np.minimum(slope * (1 - high), 1.0),
    )


def _from_below(count: int, local: list[NDArray[np.intp]], worth: Floats, chance: Floats) -> float:
    """Return a lower bound of the union: the better of disjoint sets and of single less paired sums."""
    chosen = np.argsort(-worth, kind="stable")[:_PAIRED]
    inside = np.zeros((worth.size, count), np.bool_)
    first = 0
    for rows in local:
        inside[first + np.arange(len(rows))[:, None], rows] = True
        first += len(rows)
    inside, worth = inside[chosen], worth[chosen]
    used, stay = np.zeros(count, np.bool_), 1.0
    for row, value in zip(inside, worth.tolist(), strict=True):
        if not (used & row).any():
            used |= row
            stay *= 1 - value
    sound = worth > 0
    inside, worth = inside[sound], worth[sound]
    logs = np.log(np.maximum(chance, np.finfo(np.float64).tiny))
    common = (inside * logs) @ inside.T.astype(np.float64)
    pairs = np.tril(worth[:, None] * worth[None, :] / np.exp(common), -1).sum(axis=1)
    return max(1 - stay, float(np.cumsum(worth - pairs).max(initial=0.0)))


def _at_least(chance: Floats, count: int) -> float:
    """Return the probability that at least ``count`` of independent events happen."""
    fewer = np.zeros(count)
    fewer[0] = 1.0
    above = 0.0
    for each in chance.tolist():
        above += fewer[-1] * each
        fewer[1:] = fewer[1:] * (1 - each) + fewer[:-1] * each
        fewer[0] *= 1 - each
    return min(above, 1.0)
