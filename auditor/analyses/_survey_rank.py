"""In which order further losses are told, and which of them say the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from auditor.analyses._losses import AXES
from auditor.analyses._survey_found import Found, Keys
from auditor.estate.graph import Estate
from auditor.kernels.mixing import GOLDEN, stirred
from auditor.kernels.order import Index
from auditor.kernels.plan import Bools, Words
from auditor.model.domain import BOUND_AXES, axis_of

NAMED = 16
"""Items of a group that are kept; the others are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Items that take just the same: the first ones in order, and how many there are."""

    items: tuple[int, ...]
    size: int


def grouped(estate: Estate, found: Found, *, most: int, merge: bool) -> tuple[list[Group], int]:
    """Return the first groups in order and how many items are in no group; not merged, each is one."""
    count = len(found.elements)
    if not count:
        return [], 0
    order, bound = _order(estate, found)
    label = _labels(found, bound) if merge else np.arange(count)
    ranked = label[order]
    _, first, sizes = np.unique(ranked, return_index=True, return_counts=True)
    leads = np.argsort(first, kind="stable")[:most]
    by_label = np.argsort(ranked, kind="stable")
    begin = np.cumsum(sizes) - sizes
    groups = [
        Group(
            items=tuple(order[by_label[begin[lead] : begin[lead] + min(sizes[lead], NAMED)]].tolist()),
            size=int(sizes[lead]),
        )
        for lead in leads.tolist()
    ]
    return groups, count - sum(group.size for group in groups)


def _order(estate: Estate, found: Found) -> tuple[Index, Bools]:
    """Return the items worst first, bounds last, narrow domains before wide ones; and which are bounds."""
    nodes, where = np.unique(found.elements, return_inverse=True)
    where = where.reshape(found.elements.shape)
    names = [estate.names[node] for node in nodes.tolist()]
    rank = np.empty(nodes.size, np.intp)
    rank[sorted(range(nodes.size), key=names.__getitem__)] = np.arange(nodes.size)
    axes = [
        axis_of(name) if node >= len(estate.inventory) else None
        for node, name in zip(nodes, names, strict=True)
    ]
    place = np.array([AXES.index(axis) if axis in AXES else 0 for axis in axes])[where].sum(axis=1)
    bound = np.array([axis in BOUND_AXES for axis in axes], np.bool_)[where].max(axis=1)
    by_name = np.sort(rank[where], axis=1)
    keys = (
        *by_name.T[::-1],
        place,
        *(-each for each in (found.total[0], found.total[1], found.joint[0], found.joint[1])),
        bound,
    )
    return np.lexsort(keys), bound


def _labels(found: Found, bound: Bools) -> Index:
    """Return a number equal for items of equal shares that take the same workloads."""
    parts = [
        _mark(found, found.possible),
        _mark(found, found.certain),
        bound.astype(np.uint64),
        *(row.view(np.uint64) for table in (found.total, found.joint, found.beyond) for row in table),
    ]
    order = np.lexsort(parts)
    table = np.stack(parts)[:, order]
    change = (table[:, 1:] != table[:, :-1]).any(axis=0)
    label = np.empty(order.size, np.intp)
    label[order] = np.concatenate([np.zeros(1, np.intp), np.cumsum(change)])
    return label


def _mark(found: Found, keys: Keys) -> Words:
    """Return uint64 [items], equal for items for which ``keys`` hold the same classes."""
    count = max(len(found.members), 1)
    item, which = np.divmod(keys, count)
    image = stirred(np.arange(1, count + 1, dtype=np.uint64) * GOLDEN)
    mark = np.zeros(len(found.elements), np.uint64)
    np.add.at(mark, item, image[which])
    return mark
