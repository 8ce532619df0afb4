"""Needs that somebody stated: connectors on resources, the user on vendors and workloads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.errors import EstateError
from auditor.estate.draft import EVIDENCE_BY_NAME, EVIDENCE_CODE, Draft
from auditor.estate.link import Linked, link
from auditor.inventory import Inventory
from auditor.inventory.tables import SCHEMAS
from auditor.model.evidence import Evidence
from auditor.model.need import Member, Need

_INFERRED = EVIDENCE_CODE[Evidence.INFERRED]

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
    needs, members = _tables(inventory, others)
    _refuse_short(draft, needs, members)
    members = members.with_row_index("row").with_columns(
        owner=needs["owner"].gather(members["need"]), evidence=needs["evidence"].gather(members["need"])
    )
    vias = members.filter(pl.col("via").list.len() > 0).explode("via")
    vias = vias.select("row", "owner", "evidence", ref="via")
    uses = pl.concat([members.select("ref", "owner", "evidence"), vias.select("ref", "owner", "evidence")])
    linked = link(uses, draft.nodes, inventory)
    count = members.height
    members = members.with_columns(node=linked.node.head(count), by_host=linked.by_host.head(count))
    kept = members.drop("ref", "via", "owner", "evidence")
    kept = kept.filter(pl.col("node").is_not_null()).with_row_index("kept")
    vias = vias.with_columns(node=linked.node.slice(count))
    _add_kept(draft, needs, members, kept)
    _note_standbys(draft, kept)
    resolved_vias = vias.filter(pl.col("node").is_not_null()).join(kept.select("row", "kept"), on="row")
    unresolved, references = _references(draft, uses, linked)
    return Stated(
        via=resolved_vias.select(member=pl.col("kept").cast(pl.Int64), node="node"),
        unresolved=unresolved,
        references=references,
    )


def _tables(inventory: Inventory, others: Sequence[tuple[int, Need]]) -> tuple[pl.DataFrame, pl.DataFrame]:
    needs = inventory.needs.with_row_index("need").rename({"resource": "owner"}).cast({"owner": pl.Int32})
    members = inventory.members
    if not members["need"].is_sorted():
        members = members.sort("need", maintain_order=True)
    if not others:
        return needs, members
    first = needs.height
    more = [
        (first + place, owner, n.role, *n.k, n.evidence.value, n.origin, n.quorum, n.unknown)
        for place, (owner, n) in enumerate(others)
    ]
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


def _refuse_short(draft: Draft, needs: pl.DataFrame, members: pl.DataFrame) -> None:
    declared = needs.filter(pl.col("evidence") == Evidence.DECLARED.value)
    if declared.is_empty():
        return
    serving = _per_need(members["need"].filter(members["delay_high"] == 0), needs)
    counted = declared.with_columns(serving=serving[declared["need"].to_numpy()])
    short = counted.filter(pl.col("serving") < pl.col("k_worst")).sort("need").head(1)
    for row in short.iter_rows(named=True):
        raise EstateError(
            too_few(draft.nodes.name_of()(row["owner"]), row["role"], row["k_worst"], row["serving"]),
            hint=TOO_FEW_HINT,
        )


def _add_kept(draft: Draft, needs: pl.DataFrame, members: pl.DataFrame, kept: pl.DataFrame) -> None:
    """Add the needs that have members left, k clipped to how many."""
    left, total = _per_need(kept["need"], needs), _per_need(members["need"], needs)
    by_host = _per_need(kept["need"].filter(kept["by_host"]), needs) > 0
    found = left > 0
    draft.assume(
        "needs of which no member was found are left out",
        int((~found).sum()),
        "collect or declare what they refer to",
    )
    draft.assume(
        "needs with some members not found are taken to rest on those found",
        int((found & (left < total)).sum()),
        "collect or declare what they refer to",
    )
    draft.assume(
        "needs wanting more members than are known are taken to want all known ones",
        int((found & (left < needs["k_worst"].to_numpy())).sum()),
    )
    evidence = needs["evidence"].replace_strict(EVIDENCE_BY_NAME, return_dtype=pl.UInt8).to_numpy()
    stated = needs.with_columns(
        k_best=np.minimum(needs["k_best"].to_numpy(), left),
        k_worst=np.minimum(needs["k_worst"].to_numpy(), left),
        evidence=np.where(by_host, np.maximum(evidence, _INFERRED), evidence),
        role=draft.texts.codes(needs["role"]),
        origin=draft.texts.codes(needs["origin"]),
        unknown=draft.facts.codes(needs["unknown"]),
    )
    place = np.cumsum(found) - 1
    draft.add(
        stated.filter(pl.Series(found)),
        kept.with_columns(
            need=place[kept["need"].to_numpy()],
            unknown=draft.facts.codes(kept["unknown"]),
        ),
    )


def _per_need(need: pl.Series, needs: pl.DataFrame) -> NDArray[np.int32]:
    """Return how many members each need has."""
    return np.bincount(need.to_numpy(), minlength=needs.height).astype(np.int32)


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


def _references(draft: Draft, uses: pl.DataFrame, linked: Linked) -> tuple[pl.DataFrame, int]:
    """Return the unresolved references, and how many there were."""
    missing = linked.node.is_null()
    # Host names found in configuration count only where they lead somewhere; they are never reported.
    silent = missing & (uses["evidence"] == Evidence.INFERRED.value)
    draft.assume(
        "host names in configuration that match no known resource or vendor are left out",
        int(silent.sum()),
        "declare vendors with their host patterns",
    )
    counted = ~(linked.prefixed & ~missing) & ~silent
    unresolved = uses.filter(missing & ~silent).select("owner", "ref").unique().sort("owner", "ref")
    return unresolved, int(counted.sum())
