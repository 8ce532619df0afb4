"""Workloads nobody declared: told from tags, stacks, resource groups, at last accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.estate.spelled import spelled
from auditor.estate.support import is_support
from auditor.inventory import Inventory

TAG_KEYS = ("workload", "app", "application", "service", "project")
"""Tag keys that name a workload, in any letter case, the first one a resource carries winning."""

_NAME_END = r"(?:[-_. ]?(?:az)?[-_. ]?\d+[a-z]?|[-_. ][a-f])$"
"""What counts machines of one name: web-1, web_02, web-a, web-2b."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inferred:
    """Names of inferred workloads by resource.

    Attributes:
        name: string per resource, null where nothing tells.
        by_tag: true where a tag tells.
    """

    name: pl.Series
    by_tag: pl.Series


def infer(inventory: Inventory, *, tags_only: bool) -> Inferred:
    """Return the workload each resource seems to belong to.

    The same tag value is the same workload in every account and cloud. A stack or group of nothing but
    support resources is no workload.
    """
    by_tag = _by_tag(inventory)
    if tags_only:
        return Inferred(name=by_tag, by_tag=by_tag.is_not_null())
    frame = inventory.resources.select("kind", "provider", "account").with_columns(
        tag=by_tag, stack=_text(inventory, "stack"), group=_text(inventory, "resource_group")
    )
    value = pl.coalesce("stack", "group")
    frame = frame.with_columns(place=pl.coalesce("account", "provider"), value=value)
    # Stacks of one name in two accounts (production, development) are two workloads.
    accounts = frame.filter(pl.col("tag").is_null()).group_by("value").agg(n=pl.col("place").n_unique())
    frame = frame.join(accounts, on="value", how="left", maintain_order="left")
    by_account = (
        pl.when(pl.col("account").is_null())
        .then("provider")
        .otherwise(spelled("{}/{}", "provider", "account"))
    )
    fallback = (
        pl.when(pl.col("value").is_null())
        .then(by_account)
        .when(pl.col("n") > 1)
        .then(spelled("{} ({})", "value", "place"))
        .otherwise("value")
    )
    frame = frame.with_columns(name=pl.coalesce("tag", fallback), support=is_support(inventory))
    idle = frame.group_by("name").agg(idle=(pl.col("support") & pl.col("tag").is_null()).all())
    frame = frame.join(idle, on="name", how="left", maintain_order="left")
    named = frame.select(pl.when(~pl.col("idle")).then("name").alias("name"))["name"]
    return Inferred(name=named, by_tag=by_tag.is_not_null())


def _by_tag(inventory: Inventory) -> pl.Series:
    tags = inventory.tags.with_columns(
        key=pl.col("key").str.to_lowercase(), value=pl.col("value").str.strip_chars(), spelled="key"
    )
    ranks = pl.DataFrame({"key": TAG_KEYS, "rank": range(len(TAG_KEYS))})
    chosen = tags.filter(pl.col("value") != "").join(ranks, on="key", how="inner")
    first = chosen.sort("resource", "rank", "spelled").group_by("resource", maintain_order=True).first()
    return _by_row(inventory, first.select("resource", "value"))


def _text(inventory: Inventory, fact: str) -> pl.Series:
    values = inventory.fact_frame(fact).select("resource", pl.col("value").str.strip_chars('"'))
    return _by_row(inventory, values)


def _by_row(inventory: Inventory, values: pl.DataFrame) -> pl.Series:
    rows = pl.DataFrame({"resource": pl.int_range(len(inventory), dtype=pl.UInt32, eager=True)})
    return rows.join(values, on="resource", how="left", maintain_order="left")["value"]


def replicas(inventory: Inventory, workload: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return a group number per resource, -1 for none: machines of one workload that look alike.

    Alike are machines of one launch template, name stem or image, in two zones at least. They may be
    replicas; nobody said so.
    """
    hosts = inventory.fact_frame("host").filter(pl.col("value") == "true")["resource"]
    chosen = np.zeros(len(inventory), np.bool_)
    chosen[hosts.to_numpy()] = True
    rows = pl.Series(np.flatnonzero(chosen & (workload >= 0)))
    frame = inventory.resources.select("name", "zones").with_row_index("row")[rows]
    frame = frame.with_columns(
        workload=pl.Series(workload).gather(rows),
        stem=pl.col("name").str.to_lowercase().str.replace(_NAME_END, ""),
        template=_text(inventory, "launch_template").gather(rows),
        image=_text(inventory, "image").gather(rows),
        zone=pl.col("zones").list.first(),
    ).filter(pl.col("zone").is_not_null())
    group = pl.lit(None, dtype=pl.String)
    for key in ("image", "stem", "template"):
        spread = pl.col("zone").n_unique().over("workload", key) > 1
        named = spelled(key + "\n{}\n{}", "workload", key)
        group = pl.when(pl.col(key).is_not_null() & (pl.col(key) != "") & spread).then(named).otherwise(group)
    grouped = frame.select("row", group=group).drop_nulls()
    number = np.full(len(inventory), -1, np.int32)
    number[grouped["row"].to_numpy()] = grouped["group"].rank("dense").to_numpy().astype(np.int32) - 1
    return number
