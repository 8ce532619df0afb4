"""From nodes and arrays to what the audit says about a workload's cut sets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from auditor.analyses._cutsets_search import Found
from auditor.estate.graph import Estate
from auditor.kernels.cutsets import CutSets
from auditor.model.cuts import CutSet, Importance, WorkloadCuts
from auditor.model.domain import BOUND_AXES, axis_of

LISTED = 100
"""Sets listed per workload, and as many broader ones; the rest is counted."""
MATTERING = 10


def told(workload: str, found: Found, estate: Estate, rates: Mapping[str, float]) -> WorkloadCuts:
    """Return what the audit keeps of one workload's cut sets."""
    every = _members(found.cuts, estate)
    shown, broader = (_listed(found, every, rates, keep=keep) for keep in (True, False))
    return WorkloadCuts(
        workload=workload,
        order=found.cuts.order,
        exhausted=found.cuts.exhausted,
        counts=found.cuts.counts,
        sets=shown,
        broader=broader,
        omitted=len(found.cuts) - len(shown) - len(broader),
        probability=_probability(found, unrated := _unrated(found, estate, rates)),
        unrated=unrated,
        importance=_importance(found, estate, rates),
        method=found.method,
    )


def rounded(value: float) -> float:
    """Return six digits of a probability: what a record of famous outages can carry at the very most."""
    return float(f"{value:.6g}")


def _members(cuts: CutSets, estate: Estate) -> list[list[tuple[str, ...]]]:
    names = np.array(estate.names, np.object_)
    return [[tuple(sorted(each)) for each in names[rows].tolist()] for rows in cuts.sets]


def _listed(
    found: Found, every: list[list[tuple[str, ...]]], rates: Mapping[str, float], *, keep: bool
) -> tuple[CutSet, ...]:
    """Return the most telling sets: small ones first, then those that are no bound, certain, probable."""
    picked: list[CutSet] = []
    for members, shown, certain in zip(every, found.shown, found.certain, strict=True):
        of_size = [
            CutSet(of=members[at], certain=bool(certain[at]), probability=_product(members[at], rates))
            for at in np.flatnonzero(shown if keep else ~shown).tolist()
        ]
        picked += sorted(of_size, key=_telling)[: LISTED - len(picked)]
    return tuple(picked)


def _telling(item: CutSet) -> tuple[bool, bool, float, tuple[str, ...]]:
    probable = 0.0 if item.probability is None else -item.probability
    return is_bound(item), not item.certain, probable, item.of


def is_bound(item: CutSet) -> bool:
    """Return whether it takes a whole provider, account or operating system: a bound, never a headline."""
    return any(axis_of(name) in BOUND_AXES for name in item.of)


def _product(members: tuple[str, ...], rates: Mapping[str, float]) -> float | None:
    product = 1.0
    for member in members:
        if member not in rates:
            return None
        product *= rates[member]
    return rounded(product)


def _unrated(found: Found, estate: Estate, rates: Mapping[str, float]) -> tuple[str, ...]:
    inside = {estate.names[node] for node in found.likely.events.tolist()}
    return tuple(sorted(inside - rates.keys()))


def _probability(found: Found, unrated: tuple[str, ...]) -> tuple[float | None, float | None]:
    if not len(found.cuts) and found.cuts.exhausted:
        return 0.0, 0.0
    low, high = rounded(min(found.least, found.likely.high)), rounded(found.likely.high)
    known = high > 0
    return low if known else None, high if known and not unrated else None


def _importance(found: Found, estate: Estate, rates: Mapping[str, float]) -> tuple[Importance, ...]:
    of = found.likely
    items = []
    for at, node in enumerate(of.events.tolist()):
        name = estate.names[node]
        known = name in rates and of.high > 0
        items.append(
            Importance(
                element=name,
                birnbaum=rounded(float(of.birnbaum[at])),
                fussell_vesely=rounded(float(of.fussell_vesely[at])) if known else None,
                achievement=rounded(float(of.achievement[at])) if known else None,
            )
        )
    return tuple(sorted(items, key=_mattering)[:MATTERING])


def _mattering(item: Importance) -> tuple[float, float, str]:
    return -(item.fussell_vesely or 0.0), -item.birnbaum, item.element
