"""What takes a redundancy at once, as nodes: the losses to try, and the narrowest that hit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._neighbours import Place
from auditor.analyses._redundancy.claims import Pool
from auditor.analyses._redundancy.found import Claimed
from auditor.analyses._redundancy.losses import Claims, narrowest
from auditor.analyses._redundancy.sorts import AGAINST, WIDE, against
from auditor.estate import closure, needs_of
from auditor.estate.graph import CompiledPlan, Estate, NodeKind
from auditor.kernels.plan import Bools
from auditor.model.domain import Axis, axis_of, control_plane_id
from auditor.outages.insides import Once, insides
from auditor.outages.nodes import parts_of

MOST_CLOSURES = 4_000
"""Members whose needs are followed in search of shared resources."""
MOST_RESOURCES = 2_048
"""Shared resources tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The losses tried.

    Attributes:
        losses: nodes out together; the first one is what is told.
        axes: axis of the first node, None for a resource.
        homes: region of a zone, None for all others.
        known: what is known of a control plane that goes with its region, None where the loss is one node.
        candidates: per claim, resources that enough of its members need; the only ones asked about.
        unexamined: claims whose resources were not looked for.
    """

    losses: tuple[tuple[int, ...], ...]
    axes: tuple[Axis | None, ...]
    homes: tuple[Place | None, ...]
    known: tuple[tuple[Once, ...], ...]
    candidates: tuple[frozenset[int], ...]
    unexamined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One claim that one loss takes, by number; ``broader`` losses that need no telling."""

    pool: int
    loss: int
    sure: bool
    broader: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Struck:
    """What was hit, and the best case over the claims hit in ascending order; the worst if none was."""

    hits: tuple[Hit, ...]
    best: Claims


def trial(estate: Estate, pools: Sequence[Pool]) -> Trial:
    """Return what to try: the domains on the axes that matter, shared resources, homes of control planes."""
    wanted = frozenset[Axis]().union(*(AGAINST[pool.claimed] for pool in pools))
    domains = [
        (node, axis)
        for node in np.flatnonzero(estate.kinds == NodeKind.DOMAIN).tolist()
        if (axis := axis_of(estate.names[node])) in wanted
    ]
    candidates, unexamined = _candidates(estate, pools)
    resources = sorted(frozenset[int]().union(*candidates))
    homes = _homes(estate) if any(pool.claimed in WIDE for pool in pools) else ()
    return Trial(
        losses=(
            *((node,) for node, _ in domains),
            *((node,) for node in resources),
            *((region, *planes) for region, planes, _ in homes),
        ),
        homes=(
            *(_home(estate, node) if axis is Axis.ZONE else None for node, axis in domains),
            *(None for _ in resources),
            *(None for _ in homes),
        ),
        axes=(*(axis for _, axis in domains), *(None for _ in resources), *(Axis.REGION for _ in homes)),
        known=(*(() for _ in domains), *(() for _ in resources), *(known for _, _, known in homes)),
        candidates=tuple(candidates),
        unexamined=unexamined,
    )


def hits(pools: Sequence[Pool], tried: Trial, worst: Claims, best: CompiledPlan) -> Struck:
    """Return which loss takes which claim that should have survived it; the narrowest only.

    The best case loses no more than the worst, so it is asked only about what the worst case loses.
    """
    taken = worst.taken(tried.losses)
    asked = np.zeros(taken.pools.shape, np.bool_)
    kinds: dict[tuple[frozenset[Axis], frozenset[Place], frozenset[int]], list[int]] = {}
    for number, pool in enumerate(pools):
        places = frozenset[Place]() if pool.claimed in WIDE else pool.regions
        kinds.setdefault((against(pool), places, tried.candidates[number]), []).append(number)
    for (axes, places, candidates), numbers in kinds.items():
        asked[numbers] = _asked(tried, axes, places, candidates)
    either = taken.pools & asked
    numbers = np.flatnonzero(either.any(axis=1)).tolist()
    if not numbers:
        return Struck(hits=(), best=worst)
    case = Claims.of(best, [pools[number] for number in numbers])
    sure = case.taken(tried.losses).pools
    sure &= np.array([not known for known in tried.known], np.bool_)
    found = [
        hit
        for at, number in enumerate(numbers)
        for hit in _of_pool(number, tried, taken.heads, either[number], sure[at])
    ]
    return Struck(hits=tuple(found), best=case)


def _of_pool(number: int, tried: Trial, heads: Bools, either: Bools, sure: Bools) -> list[Hit]:
    """Return the narrowest of all losses, and the narrowest of those that are sure."""
    # A region that takes it by itself says no more together with its control planes.
    known = np.flatnonzero(either).tolist()
    plain = {tried.losses[each][0] for each in known if not tried.known[each]}
    every = np.array(
        [each for each in known if not tried.known[each] or tried.losses[each][0] not in plain], np.intp
    )
    told = np.union1d(narrowest(heads, every), narrowest(heads, np.flatnonzero(either & sure)))
    rest = np.setdiff1d(every, told)
    return [
        Hit(pool=number, loss=each, sure=bool(sure[each]), broader=_broader(heads, each, rest))
        for each in told.tolist()
    ]


def _broader(heads: Bools, loss: int, others: NDArray[np.intp]) -> tuple[int, ...]:
    return tuple(others[heads[loss, others]].tolist())


def _asked(
    tried: Trial, axes: frozenset[Axis], places: frozenset[Place], candidates: frozenset[int]
) -> Bools:
    """Return bool [losses], whether a claim has to survive it; of zones those in ``places``, if any."""
    asked = np.array(
        [
            axis in axes and (not places or home is None or home in places)
            for axis, home in zip(tried.axes, tried.homes, strict=True)
        ],
        np.bool_,
    )
    for at in np.flatnonzero([axis is None for axis in tried.axes]).tolist() if candidates else ():
        asked[at] = tried.losses[at][0] in candidates
    return asked


def _candidates(estate: Estate, pools: Sequence[Pool]) -> tuple[list[frozenset[int]], int]:
    """Return per claim over regions or providers the resources that enough of its members need."""
    found: list[frozenset[int]] = []
    left, unexamined, seen = MOST_CLOSURES, 0, set[int]()
    for pool in pools:
        enough = len(pool.members) - pool.needed + 1
        if pool.claimed not in WIDE or (pool.claimed is Claimed.REGION and len(pool.regions) == 1):
            found.append(frozenset())
        elif len(pool.members) > left or len(seen) > MOST_RESOURCES:
            found.append(frozenset())
            unexamined += 1
        else:
            left -= len(pool.members)
            found.append(_common(estate, pool, enough))
            seen |= found[-1]
    return found, unexamined


def _common(estate: Estate, pool: Pool, enough: int) -> frozenset[int]:
    below = [np.union1d(closure(estate, node), [node]) for node in pool.members]
    nodes, counts = np.unique(np.concatenate(below), return_counts=True)
    kinds = estate.kinds[nodes]
    things = (kinds == NodeKind.RESOURCE) | (kinds == NodeKind.UNSEEN)
    return frozenset(nodes[(counts >= enough) & things].tolist())


def _home(estate: Estate, zone: int) -> Place | None:
    """Return the region that a zone needs, None where nobody knows it."""
    graph = estate.graph
    for row in needs_of(graph, zone):
        name = estate.names[int(graph.member[graph.start[row]])]
        if axis_of(name) is Axis.REGION:
            provider, code = parts_of(name)[1]
            return provider, code
    return None


def _homes(estate: Estate) -> tuple[tuple[int, tuple[int, ...], tuple[Once, ...]], ...]:
    """Return region, control planes that are changed there and serve all regions, what is known of them."""
    homed: dict[int, list[tuple[int, Once]]] = {}
    for node in np.flatnonzero(estate.kinds == NodeKind.DOMAIN).tolist():
        name = estate.names[node]
        if axis_of(name) is not Axis.REGION:
            continue
        provider, code = parts_of(name)[1]
        known = insides().get(provider)
        for line in known.once if known is not None else ():
            plane = estate.index.get(control_plane_id(provider, "global", line.service))
            if line.home == code and plane is not None:
                homed.setdefault(node, []).append((plane, line))
    return tuple(
        (region, tuple(plane for plane, _ in pairs), tuple(line for _, line in pairs))
        for region, pairs in sorted(homed.items())
    )
