"""Sets of workloads that each of many losses takes, as one sorted array; what several cases make of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.order import Index
from auditor.kernels.plan import Floats

Keys = NDArray[np.int64]
"""Ascending ``item * classes + class``: the item takes the workloads of the class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one case says of each item.

    Attributes:
        taken: what no element of the item takes by itself.
        total, beyond: float64 [items], share of criticality weight lost, and what of it the worse element
            alone does not take.
    """

    taken: Keys
    total: Floats
    beyond: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What all cases say of the items that stop something more.

    Attributes:
        elements: intp [items, 1 or 2] nodes.
        members: workloads of each class.
        possible, certain: taken in some case, in all.
        total, joint, beyond: float64 [2, items], lowest and highest share over all cases.
        tried: elements or pairs looked at; ``untried`` those left out, each of them at most ``most``.
        broader: pairs left out because a narrower one takes as many.
    """

    elements: Index
    members: tuple[Index, ...]
    possible: Keys
    certain: Keys
    total: Floats
    joint: Floats
    beyond: Floats
    tried: int
    untried: int = 0
    most: float = 0.0
    broader: int = 0

    def classes(self, item: int, keys: Keys) -> list[int]:
        """Return the classes that ``keys`` hold of an item."""
        count = len(self.members)
        low, high = np.searchsorted(keys, [item * count, (item + 1) * count])
        found: list[int] = (keys[low:high] % count).tolist()
        return found

    def workloads(self, item: int, keys: Keys) -> Index:
        """Return the workloads that ``keys`` hold of an item, ascending."""
        chosen = [self.members[each] for each in self.classes(item, keys)]
        return np.sort(np.concatenate([np.zeros(0, np.intp), *chosen]))


def combined(
    elements: Index,
    members: tuple[Index, ...],
    share: Floats,
    outcomes: Sequence[Outcome],
    *,
    untried: int = 0,
    most: float = 0.0,
) -> Found:
    """Return what several cases say together, of the items that take something in one of them."""
    count = max(len(members), 1)
    possible = union([each.taken for each in outcomes])
    certain = possible
    for each in outcomes:
        certain = np.intersect1d(certain, each.taken, assume_unique=True)
    items = np.unique(possible // count)
    joint = [joint_share(each.taken, count, share, len(elements)) for each in outcomes]

    def bounds(values: list[Floats]) -> Floats:
        low, high = np.min(values, axis=0), np.max(values, axis=0)
        return np.round(np.stack([low, high])[:, items], 12) + 0.0

    return Found(
        elements=elements[items],
        members=members,
        possible=_renumbered(possible, items, count),
        certain=_renumbered(certain, items, count),
        total=bounds([each.total for each in outcomes]),
        joint=bounds(joint),
        beyond=bounds([each.beyond for each in outcomes]),
        tried=len(elements),
        untried=untried,
        most=most,
    )


def union(parts: Sequence[Keys]) -> Keys:
    """Return the distinct keys of all parts, ascending."""
    keys = np.sort(np.concatenate([np.zeros(0, np.int64), *parts]))
    return keys[np.flatnonzero(np.diff(keys, prepend=-1))]


def joint_share(keys: Keys, classes: int, share: Floats, items: int) -> Floats:
    """Return float64 [items], the share of weight of the classes that ``keys`` hold of each."""
    if not keys.size:
        return np.zeros(items)
    return weighed(keys // classes, share[keys % classes], items)


def weighed(group: NDArray[np.integer], weight: Floats, count: int) -> Floats:
    """Return float64 [count], the sum of weights in each group."""
    found: Floats = np.bincount(group, weights=weight, minlength=count).astype(np.float64)
    return found


def chosen(found: Found, items: Index, *, broader: int = 0) -> Found:
    """Return only some items, in the order given by ascending ``items``."""
    count = max(len(found.members), 1)
    return Found(
        elements=found.elements[items],
        members=found.members,
        possible=_renumbered(found.possible, items, count),
        certain=_renumbered(found.certain, items, count),
        total=found.total[:, items],
        joint=found.joint[:, items],
        beyond=found.beyond[:, items],
        tried=found.tried,
        untried=found.untried,
        most=found.most,
        broader=found.broader + broader,
    )


def _renumbered(keys: Keys, items: Index, count: int) -> Keys:
    """Return the keys of ``items``, ascending, under their positions."""
    if not items.size or not keys.size:
        return np.zeros(0, np.int64)
    item = keys // count
    at = np.minimum(np.searchsorted(items, item), items.size - 1)
    kept = items[at] == item
    renumbered: Keys = at[kept] * count + keys[kept] % count
    return renumbered
