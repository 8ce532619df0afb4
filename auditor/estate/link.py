"""Find the node each reference means: by id, alias, domain id, host pattern or declared name."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.estate.draft import EVIDENCE_CODE, Nodes
from auditor.estate.graph import NodeKind
from auditor.estate.lookup import exactly
from auditor.estate.unseen import ID_PATTERN
from auditor.inventory import Inventory
from auditor.model.domain import Axis, vendor_id
from auditor.model.evidence import Evidence
from auditor.model.workload import Vendor

_AXES = "|".join(axis.value for axis in Axis)
_PREFIXED = f"^(?:{_AXES}|workload):"
_DOMAIN = "^(?:" + "|".join(axis.value for axis in Axis if axis is not Axis.METRO) + "):."
_HOST = r"^[a-z0-9*_-]+(?:\.[a-z0-9_-]+)+$"
_MANY = 8
"""Where references are this many times fewer than what they may mean, only what they name is joined."""

_DECLARED = EVIDENCE_CODE[Evidence.DECLARED]
_PLACEMENT = ("provider", "account", "region")


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """Uses of references by needs.

    Attributes:
        ref: string [u], one for each use.
        by: int [u], the need that uses it.
        owner: int32 [g], node that has the need.
        evidence: uint8 [g], code of the evidence for the need.
    """

    ref: pl.Series
    by: NDArray[np.integer]
    owner: NDArray[np.int32]
    evidence: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What references mean.

    Attributes:
        node: int32 [u], -1 where nothing was found.
        by_host: int64, uses where a vendor's host pattern matched, which is an inference.
        domains: how many uses found something and are spelled like a domain or a workload.
    """

    node: NDArray[np.int32]
    by_host: NDArray[np.int64]
    domains: int


def link(uses: Uses, nodes: Nodes, inventory: Inventory) -> Linked:
    """Link references; nodes of domains and of unseen resources are made on demand."""
    # Most references are the id of a resource or one of its names; only the others are looked at any closer.
    node = _at_sight(uses.ref, inventory)
    rest = np.flatnonzero(node < 0)
    node[rest] = _by_id(uses.ref.gather(rest), inventory)
    like_domains = np.array(nodes.resources_like(_PREFIXED), np.int32)
    named = np.flatnonzero(np.isin(node, like_domains)) if like_domains.size else like_domains
    domains = int(uses.ref.gather(named).str.contains(_PREFIXED).sum())
    rest = rest[node[rest] < 0]
    refs = uses.ref.gather(rest)
    prefixed = refs.str.contains(_PREFIXED).to_numpy()
    node[rest[~prefixed]] = _by_name(refs.filter(pl.Series(~prefixed)), inventory)
    left = node[rest] < 0
    rest, prefixed = rest[left], prefixed[left]
    need = uses.by[rest]
    found = _closer(
        pl.DataFrame(
            {
                "ref": refs.filter(pl.Series(left)),
                "owner": uses.owner[need],
                "declared": uses.evidence[need] == _DECLARED,
            }
        ),
        nodes,
        inventory,
    )
    node[rest] = found["node"].fill_null(-1).to_numpy()
    domains += int((prefixed & (node[rest] >= 0)).sum())
    return Linked(node=node, by_host=rest[found["by_host"].to_numpy()], domains=domains)


def _at_sight(refs: pl.Series, inventory: Inventory) -> NDArray[np.int32]:
    """Return the resource of references spelled exactly like its id or like an alias of no other, else -1.

    More may mean one, as letter case does not always count. Of few references nothing is found here.
    """
    ids = inventory.resources["id"]
    if len(refs) * _MANY < len(ids) or ids.is_empty():
        return np.full(len(refs), -1, np.int32)
    aliases = _carriers(inventory, refs).filter(pl.col("carriers") == 1)
    aliases = aliases.filter(aliases["alias"] == _keys(aliases["alias"]))
    aliases = aliases.filter(~pl.col("alias").str.contains(f"^/|{_PREFIXED}"))
    # Of an id that is an alias too the id counts, which stands first.
    row = np.concatenate([np.arange(len(ids), dtype=np.int32), aliases["row"].to_numpy()])
    found = exactly(refs, pl.concat([ids, aliases["alias"].alias("id")], rechunk=True))
    slashed = ids.str.starts_with("/")
    arm = ids.filter(slashed)
    # No reference is looked up like that where letter case does not count.
    strange = ((arm.str.to_lowercase() != arm) | arm.str.ends_with(".")).to_numpy()
    row[np.flatnonzero(slashed.to_numpy())[strange]] = -1
    return np.where(found < 0, np.int32(-1), row.take(found, mode="clip"))


def _by_id(refs: pl.Series, inventory: Inventory) -> NDArray[np.int32]:
    """Return the resource of each id, -1 where none is called so."""
    # Only what begins with a slash can be an ARM id; whole columns are not spelled anew for nothing.
    slashed = refs.str.starts_with("/")
    places = pl.Series(np.flatnonzero(slashed.to_numpy()))
    wanted = refs.clone().scatter(places, _ids(refs.filter(slashed))) if len(places) else refs
    ids = inventory.resources.select(id="id").with_row_index("row").cast({"row": pl.Int32})
    if len(wanted) * _MANY < ids.height:
        ids = ids.filter(pl.col("id").is_in(wanted.implode()))
    found = wanted.alias("id").to_frame().join(ids, on="id", how="left", maintain_order="left")["row"]
    return found.fill_null(-1).to_numpy().copy()


def _ids(refs: pl.Series) -> pl.Series:
    """Return the ids references mean if they are any: those of ARM take no notice of letter case."""
    keys = _keys(refs)
    return pl.select(pl.when(keys.str.starts_with("/subscriptions/")).then(keys).otherwise(refs).alias("id"))[
        "id"
    ]


def _keys(refs: pl.Series) -> pl.Series:
    return refs.str.to_lowercase().str.strip_chars_end(".").alias("key")


def _by_name(refs: pl.Series, inventory: Inventory) -> NDArray[np.int32]:
    """Return the resource of each reference that is an alias of one and of no other, else -1."""
    asked = _keys(refs).to_frame()
    single = _carriers(inventory, asked["key"]).filter(pl.col("carriers") == 1)
    joined = asked.join(single, left_on="key", right_on="alias", how="left", maintain_order="left")
    return joined["row"].fill_null(-1).to_numpy()


def _carriers(inventory: Inventory, keys: pl.Series) -> pl.DataFrame:
    """Return alias, row, carriers of aliases among ``keys`` at least: the first so called, and how many."""
    aliases = inventory.aliases
    if len(keys) * _MANY < aliases.height:
        aliases = aliases.filter(pl.col("alias").is_in(keys.implode()))
    if aliases["alias"].n_unique() == aliases.height:
        return aliases.select("alias", row=pl.col("resource").cast(pl.Int32), carriers=pl.lit(1, pl.UInt32))
    return aliases.group_by("alias").agg(
        row=pl.col("resource").min().cast(pl.Int32), carriers=pl.col("resource").n_unique()
    )


def _closer(uses: pl.DataFrame, nodes: Nodes, inventory: Inventory) -> pl.DataFrame:
    """Return node, by_host of uses (ref, owner, declared) whose references are no plain id or name."""
    by_user = uses.filter("declared")["ref"].unique()
    refs = uses["ref"].unique().sort()
    found = pl.DataFrame([refs, _keys(refs), _ids(refs)]).with_columns(
        declared=pl.col("ref").is_in(by_user.implode()), node=_domains(refs, nodes)
    )
    found = _aliases(found, inventory)
    found = _hosts(found, nodes, inventory.vendors)
    found = _unseen(found, nodes)
    found = _declared_names(found, inventory)
    linked = uses.select("ref", "owner").join(
        found.select("ref", "node", "by_host", "ambiguous"), on="ref", how="left", maintain_order="left"
    )
    return linked.select(_near(linked, inventory), "by_host")


def _domains(refs: pl.Series, nodes: Nodes) -> pl.Series:
    shown = refs.to_frame("ref")
    domains = shown.select(pl.when(pl.col("ref").str.contains(_DOMAIN)).then("ref"))["ref"]
    placed = nodes.place(domains, NodeKind.DOMAIN)
    workloads = nodes.others(NodeKind.WORKLOAD)
    named = refs.replace_strict(
        list(workloads), list(workloads.values()), default=None, return_dtype=pl.Int32
    )
    return placed.to_frame("a").select(pl.coalesce("a", named.rename("b")))["a"]


def _aliases(found: pl.DataFrame, inventory: Inventory) -> pl.DataFrame:
    joined = found.join(
        _carriers(inventory, found["key"]), left_on="key", right_on="alias", how="left", maintain_order="left"
    )
    free = pl.col("node").is_null()
    return joined.with_columns(
        node=pl.when(free & (pl.col("carriers") == 1)).then("row").otherwise("node"),
        ambiguous=(free & (pl.col("carriers") > 1)).fill_null(value=False),
    ).drop("row", "carriers")


def _hosts(found: pl.DataFrame, nodes: Nodes, vendors: tuple[Vendor, ...]) -> pl.DataFrame:
    vendor = pl.lit(None, dtype=pl.Int32)
    patterns = [(pattern, each.name) for each in vendors for pattern in each.hosts]
    # The longest pattern is the most telling one, so it is asked first.
    for pattern, name in sorted(patterns, key=lambda pair: (len(pair[0]), pair)):
        node = nodes.add(vendor_id(name), NodeKind.DOMAIN)
        matches = pl.col("key").str.contains(host_regex(pattern))
        vendor = pl.when(matches).then(pl.lit(node, dtype=pl.Int32)).otherwise(vendor)
    host = pl.col("key").str.contains(_HOST)
    open_ = pl.col("node").is_null() & ~pl.col("ambiguous") & host
    return found.with_columns(
        vendor=pl.when(open_).then(vendor),
    ).with_columns(node=pl.coalesce("node", "vendor"), by_host=pl.col("vendor").is_not_null())


def host_regex(pattern: str) -> str:
    """Return a shell pattern over host names as a regular expression polars understands."""
    # Python closes with \Z (or \z from 3.14 on), which this engine spells differently.
    inner = fnmatch.translate(pattern.lower()).removesuffix(r"\Z").removesuffix(r"\z")
    return f"^{inner}$"


def _unseen(found: pl.DataFrame, nodes: Nodes) -> pl.DataFrame:
    open_ = pl.col("node").is_null() & ~pl.col("ambiguous") & pl.col("ref").str.contains(ID_PATTERN)
    ids = found.select(pl.when(open_).then("id"))["id"]
    placed = nodes.place(ids, NodeKind.UNSEEN)
    return found.with_columns(node=pl.coalesce("node", placed))


def _declared_names(found: pl.DataFrame, inventory: Inventory) -> pl.DataFrame:
    """What the user wrote down may be a name; configuration never is."""
    free = pl.col("node").is_null() & ~pl.col("ambiguous") & pl.col("declared")
    asked = found.filter(free)["key"]
    if asked.is_empty():
        return found
    rows = inventory.resources.select(key=pl.col("name").str.to_lowercase()).with_row_index("row")
    rows = rows.filter(pl.col("key").is_in(asked.implode()))
    single = rows.group_by("key").agg(row=pl.col("row").first().cast(pl.Int32), carriers=pl.len())
    joined = found.join(single.filter(pl.col("carriers") == 1), on="key", how="left", maintain_order="left")
    return joined.with_columns(node=pl.when(free).then("row").otherwise("node")).drop("row", "carriers")


def _near(linked: pl.DataFrame, inventory: Inventory) -> pl.Series:
    """Return the nodes, ambiguous aliases settled by the account and region of the one who refers."""
    if not linked["ambiguous"].any():
        return linked["node"]
    placed = inventory.resources.select(_PLACEMENT).with_row_index("row").cast({"row": pl.Int32})
    carriers = inventory.aliases.select("alias", row=pl.col("resource").cast(pl.Int32))
    carriers = carriers.join(placed, on="row", how="left")
    asked = linked.with_row_index("use").filter(pl.col("ambiguous"))
    asked = asked.with_columns(alias=pl.col("ref").str.to_lowercase().str.strip_chars_end("."))
    asked = asked.join(placed, left_on="owner", right_on="row", how="left", maintain_order="left")
    for depth, name in ((3, "same_region"), (2, "same_account")):
        keys = ["alias", *_PLACEMENT[:depth]]
        single = carriers.group_by(keys).agg(**{name: pl.col("row").min(), "n": pl.col("row").n_unique()})
        asked = asked.join(single, on=keys, how="left", maintain_order="left")
        # Two in the nearer place stay ambiguous, whatever the wider place holds.
        asked = asked.rename({"n": f"n_{name}"})
    near = (
        pl.when(pl.col("n_same_region").is_null())
        .then(pl.when(pl.col("n_same_account") == 1).then("same_account"))
        .otherwise(pl.when(pl.col("n_same_region") == 1).then("same_region"))
    )
    settled = asked.select("use", near=near)
    merged = linked.with_row_index("use").join(settled, on="use", how="left", maintain_order="left")
    return merged.select(pl.coalesce("node", "near").alias("node"))["node"]
