"""What conditions of outages are read on: one resource of each sort that none of them can tell apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.estate import in_use
from auditor.estate.condense import Condensed, part, uncondensed
from auditor.estate.graph import Estate
from auditor.inventory import Inventory
from auditor.kernels import Bools


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """An estate as outages read it.

    Attributes:
        estate: what nodes are of.
        samples: one resource of each sort.
        sort: intp [resources of ``estate``], the sort of each.
        used: one resource of each sort that counts for reach (``estate.in_use``).
    """

    estate: Estate
    samples: Inventory
    sort: NDArray[np.intp]
    used: Inventory

    @classmethod
    def of(cls, view: Condensed) -> Ground:
        """Pick the resources that stand for all."""
        estate, inventory = view.small, view.whole.inventory
        used = in_use(estate)
        serving = np.flatnonzero(used)
        first = np.sort(serving[np.unique(view.sort[serving], return_index=True)[1]])
        return cls(
            estate=estate,
            samples=part(inventory, view.first[view.sample]),
            sort=view.sort,
            used=part(inventory, view.first[first]),
        )

    @classmethod
    def plain(cls, estate: Estate) -> Ground:
        """Return an estate in which every resource is a sort of its own."""
        return cls.of(uncondensed(estate))

    def rows(self, told: Bools) -> NDArray[np.intp]:
        """Return the resources of the sorts for which something was ``told`` [sorts]."""
        return np.flatnonzero(told[self.sort])

    def nodes(self, ids: Iterable[str], told: Bools) -> NDArray[np.int64]:
        """Return the nodes of the ``ids`` the estate has, and the resources of the sorts ``told`` [sorts]."""
        found = np.zeros(len(self.estate.names), np.bool_)
        found[: self.sort.size] = told[self.sort]
        found[nodes_of(self.estate, ids)] = True
        return np.flatnonzero(found).astype(np.int64)


def nodes_of(estate: Estate, ids: Iterable[str]) -> NDArray[np.int64]:
    """Return the nodes of those ids that an estate has, sorted."""
    found = (estate.index.get(node) for node in ids)
    return np.array(sorted({node for node in found if node is not None}), np.int64)


def places_in_use(estate: Estate) -> Inventory:
    """Return the part of the inventory that counts for reach; see ``estate.in_use``."""
    return part(estate.inventory, np.flatnonzero(in_use(estate)))
