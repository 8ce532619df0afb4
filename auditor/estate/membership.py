"""Which workload each resource belongs to: declared rules first, then what can be inferred."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.estate.alike import Alike
from auditor.estate.draft import Draft
from auditor.estate.inferred import Inferred, infer
from auditor.inventory import Inventory
from auditor.inventory.joining import matching
from auditor.model.evidence import Evidence
from auditor.model.workload import Criticality, Workload

UNASSIGNED = -1
_CRITICALITIES = tuple(Criticality)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Workloads and their resources.

    Attributes:
        workloads: declared and inferred, by name.
        of: int32 per resource, index into ``workloads`` or ``UNASSIGNED``.
        loose: bool per resource: only a stack, group or account told, no rule and no tag.
        claimed: per declared workload that is left without resources, those its rules match.
    """

    workloads: tuple[Workload, ...]
    of: NDArray[np.int32]
    loose: NDArray[np.bool_]
    claimed: dict[int, NDArray[np.int64]]


def join_workloads(draft: Draft, inventory: Inventory, places: Alike) -> Membership:
    """Return every workload with its resources; declared rules in order, the first that matches wins.

    ``places`` are resources of one provider and account each.
    """
    of = np.full(len(inventory), UNASSIGNED, np.int32)
    claims: dict[str, NDArray[np.int64]] = {}
    declared = inventory.workloads
    for index, workload in enumerate(declared):
        matched = np.zeros(len(inventory), np.bool_)
        for join in workload.joins:
            matched |= np.asarray(matching(inventory, join), dtype=np.bool_)
        claims[workload.name] = np.flatnonzero(matched)
        of[matched & (of == UNASSIGNED)] = index
    inferred = infer(inventory, places, tags_only=bool(declared))
    workloads, of = _with_inferred(declared, of, inferred)
    order = sorted(range(len(workloads)), key=lambda index: workloads[index].name)
    place = np.empty(len(order) + 1, np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    place[UNASSIGNED] = UNASSIGNED
    of = place[of]
    ordered = tuple(workloads[index] for index in order)
    rated = _rated(draft, ordered, of, inventory)
    _note(draft, rated, of, inferred)
    empty = np.flatnonzero(np.bincount(of[of >= 0], minlength=len(rated)) == 0).tolist()
    return Membership(
        workloads=rated,
        of=of,
        loose=~inferred.by_tag & _assumed(rated)[of],
        claimed={i: claims[rated[i].name] for i in empty if claims.get(rated[i].name, of[:0]).size},
    )


def _assumed(workloads: tuple[Workload, ...]) -> NDArray[np.bool_]:
    """Return which workloads are inferred; one more, for ``UNASSIGNED``, is not."""
    return np.array([*(each.evidence is Evidence.ASSUMED for each in workloads), False], np.bool_)


def _with_inferred(
    declared: tuple[Workload, ...], of: NDArray[np.int32], inferred: Inferred
) -> tuple[list[Workload], NDArray[np.int32]]:
    """Return declared and inferred workloads; a tag may fill a declared workload that has no rules."""
    asked = np.zeros(len(inferred.names), np.bool_)
    asked[inferred.group[of == UNASSIGNED]] = True
    names = inferred.names.filter(pl.Series(asked))
    index = {each.name: place for place, each in enumerate(declared)}
    workloads = list(declared)
    target: dict[str, int] = {}
    for name in names.drop_nulls().unique().sort():
        if name not in index:
            target[name] = len(workloads)
            workloads.append(Workload(name=name, evidence=Evidence.ASSUMED))
        elif not declared[index[name]].joins:
            target[name] = index[name]
    if not target:
        return workloads, of
    found = np.array([target.get(name, UNASSIGNED) for name in inferred.names.to_list()], np.int32)
    return workloads, np.where(of == UNASSIGNED, found[inferred.group], of).astype(np.int32)


def _rated(
    draft: Draft, workloads: tuple[Workload, ...], of: NDArray[np.int32], inventory: Inventory
) -> tuple[Workload, ...]:
    """Return the workloads with criticality from their resources' tags where none is declared."""
    wished = inventory.fact_frame("criticality").select(
        "resource", rank=pl.col("value").str.strip_chars('"').str.to_lowercase()
    )
    codes = {criticality.value: rank for rank, criticality in enumerate(_CRITICALITIES)}
    strongest: dict[int, int] = {}
    for row, word in wished.filter(pl.col("rank").is_in(list(codes))).iter_rows():
        workload = int(of[row])
        strongest[workload] = min(codes[word], strongest.get(workload, len(codes)))
    rated = tuple(
        dataclasses.replace(each, criticality=_CRITICALITIES[strongest[place]])
        if each.criticality is None and place in strongest
        else each
        for place, each in enumerate(workloads)
    )
    draft.assume(
        "workloads of unstated criticality count as medium",
        sum(each.criticality is None for each in rated),
        "declare criticality, or tag auditor:criticality=critical|high|medium|low",
    )
    return rated


def _note(draft: Draft, workloads: tuple[Workload, ...], of: NDArray[np.int32], inferred: Inferred) -> None:
    guessed = sum(each.evidence is Evidence.ASSUMED for each in workloads)
    only_tags = bool(len(workloads) - guessed)
    basis = "tags" if only_tags else "tags, stacks, resource groups or accounts"
    draft.assume(f"workloads are inferred from {basis}", guessed, "declare workloads in auditor.toml")
    draft.assume(
        "resources belong to no workload: no rule matches and no tag tells",
        int((of == UNASSIGNED).sum()),
        "add a rule to a declared workload, or tag them app=<name>",
    )
    draft.assume(
        "resources joined a workload by a tag nobody declared a rule for",
        int((inferred.by_tag & _assumed(workloads)[of]).sum()) if only_tags else 0,
        "declare workloads in auditor.toml",
    )
