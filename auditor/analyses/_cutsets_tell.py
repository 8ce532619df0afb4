"""From nodes and arrays to what the audit says about a workload's cut sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._cutsets_search import Found
from auditor.estate.graph import Estate, NodeKind
from auditor.estate.names import Ids
from auditor.kernels.plan import Bools, Floats
from auditor.model.cuts import CutSet, Importance, WorkloadCuts
from auditor.model.domain import BOUND_AXES, axis_of

LISTED = 100
"""Sets listed per workload, and as many broader ones; the rest is counted."""
MATTERING = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """What names and rates the nodes of an estate have, as arrays over nodes.

    Attributes:
        names: of the nodes.
        rank: intp [n], place of each name in alphabetical order.
        bound: bool [n], a whole provider, account or operating system.
        chance: float64 [n], share of time out, NaN where nobody knows.
    """

    names: Ids
    rank: NDArray[np.intp]
    bound: Bools
    chance: Floats

    @classmethod
    def of(cls, estate: Estate, rates: Mapping[str, float]) -> Teller:
        """Return the teller of an estate, given the rates of some of its nodes."""
        count = len(estate.names)
        rank = np.empty(count, np.intp)
        rank[sorted(range(count), key=estate.names.__getitem__)] = np.arange(count)
        bound, chance = np.zeros(count, np.bool_), np.full(count, np.nan)
        for node in np.flatnonzero(estate.kinds == NodeKind.DOMAIN).tolist():
            bound[node] = axis_of(estate.names[node]) in BOUND_AXES
            chance[node] = rates.get(estate.names[node], np.nan)
        return cls(names=estate.names, rank=rank, bound=bound, chance=chance)

    def told(self, workload: str, found: Found) -> WorkloadCuts:
        """Return what the audit keeps of one workload's cut sets."""
        shown, broader = (self._listed(found, keep=keep) for keep in (True, False))
        unrated = sorted(
            self.names[n] for n in found.likely.events[np.isnan(self.chance[found.likely.events])]
        )
        return WorkloadCuts(
            workload=workload,
            order=found.cuts.order,
            exhausted=found.cuts.exhausted,
            counts=found.cuts.counts,
            sets=shown,
            broader=broader,
            omitted=len(found.cuts) - len(shown) - len(broader),
            probability=_probability(found, known=not unrated),
            unrated=tuple(unrated),
            importance=self._importance(found),
            method=found.method,
        )

    def _listed(self, found: Found, *, keep: bool) -> tuple[CutSet, ...]:
        """Return the most telling sets: small ones first, then those that are no bound, certain, probable."""
        picked: list[CutSet] = []
        for rows, shown, certain in zip(found.cuts.sets, found.shown, found.certain, strict=True):
            inside = shown if keep else ~shown
            picked += self._told(rows[inside], certain[inside], LISTED - len(picked))
        return tuple(picked)

    def _told(self, rows: NDArray[np.int32], certain: Bools, room: int) -> Iterator[CutSet]:
        chance = self.chance[rows].prod(axis=1)
        by_name = np.take_along_axis(rows, np.argsort(self.rank[rows], axis=1), axis=1)
        keys = (*self.rank[by_name].T[::-1], -np.nan_to_num(chance), ~certain, self.bound[rows].any(axis=1))
        for at in np.lexsort(keys)[:room].tolist():
            yield CutSet(
                of=tuple(self.names[node] for node in by_name[at].tolist()),
                certain=bool(certain[at]),
                probability=None if np.isnan(chance[at]) else rounded(float(chance[at])),
            )

    def _importance(self, found: Found) -> tuple[Importance, ...]:
        of = found.likely
        share = np.nan_to_num(of.fussell_vesely)
        keys = (self.rank[of.events], -np.round(of.birnbaum, 15), -np.round(share, 12))
        return tuple(self._mattering(found, at) for at in np.lexsort(keys)[:MATTERING].tolist())

    def _mattering(self, found: Found, at: int) -> Importance:
        of, node = found.likely, int(found.likely.events[at])
        known = not np.isnan(self.chance[node]) and of.high > 0
        return Importance(
            element=self.names[node],
            birnbaum=rounded(float(of.birnbaum[at])),
            fussell_vesely=rounded(float(of.fussell_vesely[at])) if known else None,
            achievement=rounded(float(of.achievement[at])) if known else None,
        )


def rounded(value: float) -> float:
    """Return six digits of a probability: what a record of famous outages can carry at the very most."""
    return float(f"{value:.6g}")


def is_bound(item: CutSet) -> bool:
    """Return whether it takes a whole provider, account or operating system: a bound, never a headline."""
    return any(axis_of(name) in BOUND_AXES for name in item.of)


def _probability(found: Found, *, known: bool) -> tuple[float | None, float | None]:
    if not len(found.cuts) and found.cuts.exhausted:
        return 0.0, 0.0
    if not found.likely.high:
        return None, None
    low, high = rounded(min(found.least, found.likely.high)), rounded(found.likely.high)
    return low, high if known else None
