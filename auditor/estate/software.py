"""Implied needs of machines: the operating system and the agents they run, known or not."""

from __future__ import annotations

import polars as pl

from auditor.estate.draft import EVIDENCE_BY_NAME, Draft
from auditor.estate.graph import NodeKind
from auditor.estate.spelled import spelled
from auditor.inventory import Inventory
from auditor.inventory.tables import encode_value
from auditor.model.evidence import Evidence
from auditor.model.facts import AGENT_PREFIX

_ABSENT = [encode_value("none"), encode_value(False)]
_FAMILIES = ("linux", "windows")
"""What a machine of unknown system may run when no system is known at all."""


def add_software(draft: Draft, inventory: Inventory) -> None:
    """Give every machine its system and agents.

    What is not known of a machine ranges over what is seen or declared in this inventory: an agent nobody
    looked for may be there, so it is needed in the worst case.
    """
    hosts = _hosts(inventory)
    agents = _agents(inventory, hosts)
    _add_systems(draft, hosts)
    scheduled = inventory.fact_frame("offline_utc")["resource"].cast(pl.Int32)
    draft.assume(
        "machines are taken to be online at all hours",
        hosts.filter(~pl.col("owner").is_in(scheduled.implode())).height,
        "declare offline_utc where they are not",
    )
    present = agents.filter(~pl.col("value").is_in(_ABSENT))
    known = present.filter(pl.col("family").is_not_null())
    _add(draft, known, "agents")
    families = _families(hosts)
    pairs = known.select("product", "family").unique()
    pairs = pl.concat([pairs, _guessed_pairs(present, pairs, families)]).unique().sort("product", "family")
    unplaced = present.filter(pl.col("family").is_null()).drop("family").join(pairs, on="product", how="left")
    _add(draft, unplaced.sort("owner", "product", "family"), "agents", unknown="os")
    for product in pairs["product"].unique().sort():
        _add_unknown_agent(draft, hosts, agents, pairs.filter(pl.col("product") == product))


def _hosts(inventory: Inventory) -> pl.DataFrame:
    """Return owner, family (null: unknown), evidence code of every machine."""
    machines = inventory.fact_frame("host").filter(pl.col("value") == "true")
    systems = inventory.fact_frame("os").select(
        "resource", family=pl.col("value").str.strip_chars('"').str.to_lowercase(), known="evidence"
    )
    joined = machines.join(systems, on="resource", how="left").sort("resource")
    return joined.select(
        pl.col("resource").cast(pl.Int32).alias("owner"), "family", evidence=_evidence("known")
    )


def _agents(inventory: Inventory, hosts: pl.DataFrame) -> pl.DataFrame:
    """Return owner, product, value, evidence code, family of every agent fact on a machine."""
    stated = inventory.facts.filter(pl.col("name").str.starts_with(AGENT_PREFIX)).select(
        owner=pl.col("resource").cast(pl.Int32),
        product=pl.col("name").str.strip_prefix(AGENT_PREFIX),
        value="value",
        evidence=_evidence("evidence"),
    )
    return stated.join(hosts.select("owner", "family"), on="owner", how="inner").sort("owner", "product")


def _evidence(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(EVIDENCE_BY_NAME, default=None, return_dtype=pl.UInt8)


def _families(hosts: pl.DataFrame) -> list[str]:
    return sorted(hosts["family"].drop_nulls().unique()) or list(_FAMILIES)


def _guessed_pairs(present: pl.DataFrame, pairs: pl.DataFrame, families: list[str]) -> pl.DataFrame:
    """Return product, family for products never seen on a machine of known system."""
    lost = present.select("product").unique().join(pairs, on="product", how="anti")
    return lost.join(pl.DataFrame({"family": families}, schema={"family": pl.String}), how="cross")


def _add_systems(draft: Draft, hosts: pl.DataFrame) -> None:
    known = hosts.filter(pl.col("family").is_not_null())
    _place(draft, known, spelled("os:{}", "family"), "os", "the machine's system", None)
    lost = hosts.filter(pl.col("family").is_null()).drop("family")
    if lost.is_empty():
        return
    families = pl.DataFrame({"family": _families(hosts)})
    spread = lost.join(families, how="cross").drop("evidence")
    _place(draft, spread, spelled("os:{}", "family"), "os", "any system seen here", "os")
    draft.assume(
        "machines of unknown operating system may run any system seen here",
        lost.height,
        "tag auditor:os=windows|linux, or declare it on a fleet",
    )


def _add(draft: Draft, rows: pl.DataFrame, role: str, *, unknown: str | None = None) -> None:
    _place(draft, rows, spelled("agent:{}/{}", "product", "family"), role, "an agent on the machine", unknown)


def _add_unknown_agent(draft: Draft, hosts: pl.DataFrame, agents: pl.DataFrame, pairs: pl.DataFrame) -> None:
    """Add an agent that runs somewhere here to the machines of which nobody knows whether it does."""
    product = str(pairs["product"][0])
    asked = agents.filter(pl.col("product") == product).select("owner")
    open_ = hosts.join(asked, on="owner", how="anti").drop("evidence")
    matching = open_.join(pairs, on="family", how="inner", maintain_order="left_right")
    anywhere = open_.filter(pl.col("family").is_null()).drop("family").join(pairs, how="cross")
    spread = pl.concat(
        [matching.select("owner", "product", "family"), anywhere.select("owner", "product", "family")]
    )
    name = f"{AGENT_PREFIX}{product}"
    _add(draft, spread.sort("owner", "family"), "agents", unknown=name)
    draft.assume(
        f"machines of which nobody knows whether they run {product} may run it",
        spread["owner"].n_unique(),
        f"tag auditor:{name}=<version>|present|none, or declare it on a fleet",
    )


def _place(
    draft: Draft, rows: pl.DataFrame, name: pl.Expr, role: str, origin: str, unknown: str | None
) -> None:
    if rows.is_empty():
        return
    names = rows.select(name.alias("name"))["name"]
    pairs = rows.with_columns(node=draft.nodes.place(names, NodeKind.DOMAIN))
    columns = ["owner", "node", *(["evidence"] if "evidence" in pairs.columns else [])]
    draft.add_each(pairs.select(columns), role, evidence=Evidence.ASSUMED, origin=origin, unknown=unknown)
