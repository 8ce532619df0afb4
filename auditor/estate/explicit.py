"""Needs that somebody stated: connectors on resources, the user on vendors and workloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.errors import EstateError
from auditor.estate.draft import EVIDENCE_CODE, Draft, evidence_codes
from auditor.estate.link import Linked, Uses, link
from auditor.estate.parts import Rows, Several, odd_of
from auditor.inventory import Inventory
from auditor.inventory.tables import SCHEMAS
from auditor.model.evidence import Evidence
from auditor.model.need import Member, Need

_INFERRED = EVIDENCE_CODE[Evidence.INFERRED]
_DECLARED = EVIDENCE_CODE[Evidence.DECLARED]

_UNUSUAL = (
    pl.col("delay_low", "delay_high", "loss_low", "loss_high") != 0,
    pl.col("loss_low", "loss_high").is_null(),
    pl.col("manual"),
    pl.col("unknown").is_not_null(),
    pl.col("via").list.len() > 0,
)
"""What says that a member is more than in service."""

TOO_FEW_HINT = "name at least as many members with delay 0 as are needed; others are standbys"


def too_few(owner: str, role: str, wanted: int, serving: int) -> str:
    """Return the message about a declared need that can never be met."""
    return f"{owner}: need {role!r} wants {wanted} members in service and has {serving}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What became of the stated needs.

    Attributes:
        via: member (row of the draft's members), node: what must be up to bring that member in.
        unresolved: owner, ref of references that no node was found for.
        references: how many references to resources there were.
    """

    via: pl.DataFrame
    unresolved: pl.DataFrame
    references: int


def add_stated(draft: Draft, inventory: Inventory, others: Sequence[tuple[int, Need]]) -> Stated:
    """Link and add the needs of resources and of ``others`` (node, need) to a draft that has none yet.

    Raises:
        EstateError: a declared need wants more members in service than it has.
    """
    read = _read(*_tables(inventory, others))
    _refuse_short(draft, read)
    need, unusual = read.need, read.unusual
    vias = unusual.filter(pl.col("via").list.len() > 0).select("row", "via").explode("via")
    switched = vias["row"].to_numpy()
    uses = Uses(
        ref=pl.concat([read.ref, vias["via"]], rechunk=True),
        by=np.concatenate([need, need[switched]]),
        owner=read.owner,
        evidence=read.evidence,
    )
    linked = link(uses, draft.nodes, inventory)
    node, via = linked.node[: need.size], linked.node[need.size :]
    kept = unusual.filter(pl.Series(node[unusual["row"].to_numpy()] >= 0))
    hosts = need[linked.by_host[linked.by_host < need.size]]
    lost = np.flatnonzero(node < 0)
    _note_lost(draft, read, lost)
    draft.add(_part(draft, read, node, hosts, kept).without(lost))
    _note_standbys(draft, kept)
    unresolved, references = _references(draft, uses, linked)
    found = (via >= 0) & (node[switched] >= 0)
    member = switched[found] - np.searchsorted(lost, switched[found])
    return Stated(
        via=pl.DataFrame({"member": member, "node": via[found]}),
        unresolved=unresolved,
        references=references,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """Stated needs and their members.

    Attributes:
        needs: table of needs.
        owner, evidence: int32, uint8 [g], of each.
        total: int64 [g], how many members each has.
        need, ref: int32, string [m], of each member.
        unusual: table of members with their row, where they are more than in service.
    """

    needs: pl.DataFrame
    owner: NDArray[np.int32]
    evidence: NDArray[np.uint8]
    total: Rows
    need: NDArray[np.int32]
    ref: pl.Series
    unusual: pl.DataFrame


def _read(needs: pl.DataFrame, members: pl.DataFrame) -> _Read:
    owner = needs["resource"].cast(pl.Int32).to_numpy()
    need = members["need"].cast(pl.Int32).to_numpy()
    # Almost all members serve, for certain, and lose nothing; more is asked of the others alone.
    which = members.select(pl.any_horizontal(_UNUSUAL)).to_series()
    row = pl.Series(np.flatnonzero(which.to_numpy()), dtype=pl.Int64)
    return _Read(
        needs=needs,
        owner=owner,
        evidence=evidence_codes(needs["evidence"]),
        total=np.bincount(need, minlength=owner.size),
        need=need,
        ref=members["ref"],
        unusual=members.drop("ref", "need").filter(which).with_columns(row=row),
    )


def _part(
    draft: Draft, read: _Read, node: NDArray[np.int32], hosts: NDArray[np.int32], unusual: pl.DataFrame
) -> Several:
    """Return the needs with all their members; those that a host pattern linked (``hosts``) are inferred."""
    needs = read.needs
    evidence = read.evidence.copy()
    evidence[hosts] = np.maximum(evidence[hosts], _INFERRED)
    return Several(
        owner=read.owner,
        k_best=needs["k_best"].to_numpy(),
        k_worst=needs["k_worst"].to_numpy(),
        role=draft.texts.codes(needs["role"]),
        origin=draft.texts.codes(needs["origin"]),
        evidence=evidence,
        unknown=draft.facts.codes(needs["unknown"]),
        quorum=needs["quorum"].to_numpy(),
        need=read.need,
        node=node,
        odd=odd_of(unusual.with_columns(unknown=draft.facts.series(unusual["unknown"]))),
    )


def _tables(inventory: Inventory, others: Sequence[tuple[int, Need]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    needs, members = inventory.needs, inventory.members
    if not members["need"].is_sorted():
        members = members.sort("need", maintain_order=True)
    if not others:
        return needs, members
    first = needs.height
    more = [(owner, n.role, *n.k, n.evidence.value, n.origin, n.quorum, n.unknown) for owner, n in others]
    shown = [
        _member_row(first + place, member)
        for place, (_, need) in enumerate(others)
        for member in need.members
    ]
    return (
        pl.concat([needs, pl.DataFrame(more, schema=needs.schema, orient="row")]),
        pl.concat([members, pl.DataFrame(shown, schema=SCHEMAS["members"])]),
    )


def _member_row(need: int, member: Member) -> dict[str, object]:
    low, high = (None, None) if member.loss is None else member.loss
    return {
        "need": need,
        "ref": member.ref,
        "delay_low": member.delay[0],
        "delay_high": member.delay[1],
        "manual": member.manual,
        "via": list(member.via),
        "loss_low": low,
        "loss_high": high,
        "assumed": member.assumed,
        "tested_on": member.tested_on,
        "unknown": member.unknown,
    }


def _refuse_short(draft: Draft, read: _Read) -> None:
    declared = np.flatnonzero(read.evidence == _DECLARED)
    if not declared.size:
        return
    late = read.unusual.filter(pl.col("delay_high") != 0)["row"].to_numpy()
    serving = read.total.copy()
    np.subtract.at(serving, read.need[late], 1)
    short = declared[serving[declared] < read.needs["k_worst"].to_numpy()[declared]]
    for need in short[:1].tolist():
        row = read.needs.row(need, named=True)
        owner = draft.nodes.name_of()(row["resource"])
        raise EstateError(too_few(owner, row["role"], row["k_worst"], int(serving[need])), hint=TOO_FEW_HINT)


def _note_lost(draft: Draft, read: _Read, lost: Rows) -> None:
    """Note needs that members are not found of, and those that want more than there are."""
    left = read.total - np.bincount(read.need[lost], minlength=read.total.size)
    found = left > 0
    draft.assume(
        "needs of which no member was found are left out",
        int((~found).sum()),
        "collect or declare what they refer to",
    )
    draft.assume(
        "needs with some members not found are taken to rest on those found",
        int((found & (left < read.total)).sum()),
        "collect or declare what they refer to",
    )
    draft.assume(
        "needs wanting more members than are known are taken to want all known ones",
        int((found & (left < read.needs["k_worst"].to_numpy())).sum()),
    )


def _note_standbys(draft: Draft, members: pl.DataFrame) -> None:
    standbys = members.filter(pl.col("delay_high") > 0)
    draft.assume(
        "standbys are taken to switch within the usual time, as nobody measured it here",
        int(standbys["assumed"].sum()),
        "declare failover_minutes and tested_on",
    )
    untested = standbys.filter(pl.col("manual") & pl.col("tested_on").is_null())
    draft.assume(
        "standbys that people must switch to are taken to work, though no rehearsal is on record",
        untested.height,
        "rehearse them and declare tested_on",
    )


def _references(draft: Draft, uses: Uses, linked: Linked) -> tuple[pl.DataFrame, int]:
    """Return the unresolved references, and how many there were."""
    missing = np.flatnonzero(linked.node < 0)
    # Host names found in configuration count only where they lead somewhere; they are never reported.
    silent = uses.evidence[uses.by[missing]] == _INFERRED
    draft.assume(
        "host names in configuration that match no known resource or vendor are left out",
        int(silent.sum()),
        "declare vendors with their host patterns",
    )
    asked = missing[~silent]
    open_ = pl.DataFrame({"owner": uses.owner[uses.by[asked]], "ref": uses.ref.gather(asked)})
    references = uses.by.size - linked.domains - int(silent.sum())
    return open_.unique().sort("owner", "ref"), references
