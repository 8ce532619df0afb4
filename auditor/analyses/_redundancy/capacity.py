"""Standbys that nothing runs in: taken out together, they leave a redundancy without a spare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from auditor.analyses._redundancy.claims import Pool
from auditor.analyses._redundancy.losses import Claims
from auditor.analyses._redundancy.reasons import Path, Reasons
from auditor.analyses._redundancy.sorts import WIDE
from auditor.estate.graph import Estate
from auditor.inventory.tables import encode_value

CAPACITY = "capacity"
_OFF = ("stopped", "stopping", "deallocated", "deallocating", "terminated", "shutting-down", "paused")
_SETS = ("aws.autoscaling.group", "aws.ecs.service", "azure.compute.virtualmachinescalesets")
"""Kinds that hold capacity and may hold none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hollow:
    """One claim without a spare.

    Attributes:
        pool: number of the claim.
        members: those without capacity.
        paths: the way from each, at most two, to what runs nothing.
        sure: in the best case too, and nobody would have to start it by hand.
        known: false where it is not known whether anything runs.
        manual: people switch, and may start something first.
    """

    pool: int
    members: tuple[int, ...]
    paths: tuple[Path, ...]
    sure: bool
    known: bool
    manual: bool


def hollow(estate: Estate, pools: Sequence[Pool]) -> tuple[Hollow, ...]:
    """Return every claim over regions, providers or with a standby whose spare members run nothing."""
    idle, doubtful = _idle(estate)
    asked = [number for number, pool in enumerate(pools) if pool.claimed in WIDE or pool.late]
    if not asked or not (idle or doubtful):
        return ()
    spare = [replace(pools[number], needed=pools[number].needed + 1) for number in asked]
    best = Claims.of(estate.best, spare)
    worst = Claims.of(estate.worst, spare)
    found: dict[int, Hollow] = {}
    for nodes, case, known in ((idle, best, True), (idle, worst, True), ((*idle, *doubtful), worst, False)):
        if not nodes:
            continue
        reasons = Reasons.of(estate, case, [nodes])
        for at, number in enumerate(asked):
            if number not in found and reasons.gone(0, case.nodes + at):
                told = _told(estate, number, pools[number], reasons, sure=case is best, known=known)
                if told is not None:
                    found[number] = told
    return tuple(found[number] for number in sorted(found))


def _told(
    estate: Estate, number: int, pool: Pool, reasons: Reasons, *, sure: bool, known: bool
) -> Hollow | None:
    """Return what is hollow, None where the primary is what runs nothing, or all of it."""
    gone = tuple(node for node in pool.members if reasons.gone(0, node))
    if len(gone) == len(pool.members) or (pool.late and not pool.late.intersection(gone)):
        return None
    manual = _by_hand(estate, pool, gone)
    return Hollow(
        pool=number,
        members=gone,
        paths=reasons.paths(reasons.state(0), gone[:2]),
        sure=sure and not manual,
        known=known,
        manual=manual,
    )


def _by_hand(estate: Estate, pool: Pool, gone: Sequence[int]) -> bool:
    graph = estate.graph
    rows = [
        row for need in pool.needs[:1] for row in range(int(graph.start[need]), int(graph.start[need + 1]))
    ]
    return any(graph.manual[row] and graph.member[row] in gone for row in rows)


def _idle(estate: Estate) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the resources that run nothing, and those of which nobody knows."""
    inventory = estate.inventory
    off = [encode_value(word) for word in _OFF]
    state = inventory.fact_frame("state").filter(pl.col("value").str.to_lowercase().is_in(off))
    capacity = inventory.fact_frame(CAPACITY)
    empty = capacity.filter(pl.col("value").cast(pl.Float64, strict=False) == 0)
    idle = {*state["resource"].to_list(), *empty["resource"].to_list()}
    sets = inventory.resources.with_row_index("row").filter(pl.col("kind").is_in(_SETS))["row"]
    silent = np.setdiff1d(sets.to_numpy(), capacity["resource"].to_numpy())
    graph = estate.graph
    several = graph.owner[np.diff(graph.start) > 1]
    return tuple(sorted(idle)), tuple(np.setdiff1d(silent, several).tolist())
