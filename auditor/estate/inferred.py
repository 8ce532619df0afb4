"""Workloads nobody declared: told from tags, stacks, resource groups, at last accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.estate.alike import Alike, alike
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
        names: string per group of resources, null where nothing tells.
        group: int32 per resource.
        by_tag: bool per resource, true where a tag tells.
    """

    names: pl.Series
    group: NDArray[np.int32]
    by_tag: NDArray[np.bool_]


def infer(inventory: Inventory, places: Alike, *, tags_only: bool) -> Inferred:
    """Return the workload each resource seems to belong to.

    The same tag value is the same workload in every account and cloud. A stack or group of nothing but
    support resources is no workload. ``places`` are resources of one provider and account each.
    """
    values, tag = _by_tag(inventory)
    if tags_only:
        alone = alike(tag)
        return Inferred(names=_picked(values, tag[alone.first]), group=alone.group, by_tag=tag >= 0)
    stacks, stack = _text(inventory, "stack")
    groups, group = _text(inventory, "resource_group")
    resources, support = inventory.resources, is_support(inventory)
    # What is the same in all that counts is looked at once.
    same = alike(tag, stack, group, support, places.group)
    frame = resources.select("provider", "account")[same.first].with_columns(
        tag=_picked(values, tag[same.first]),
        value=pl.coalesce(
            _picked(stacks, stack[same.first]).alias("value"), _picked(groups, group[same.first])
        ),
        support=support.gather(same.first),
    )
    return Inferred(names=_names(frame), group=same.group, by_tag=tag >= 0)


def _picked(values: pl.Series, rows: NDArray[np.int32]) -> pl.Series:
    """Return the value of each row, null where it is -1."""
    return values.gather(pl.Series(rows).replace(-1, None))


def _names(frame: pl.DataFrame) -> pl.Series:
    """Return the workload of each row of provider, account, tag, value (stack or group), support."""
    frame = frame.with_columns(place=pl.coalesce("account", "provider"))
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
    frame = frame.with_columns(name=pl.coalesce("tag", fallback))
    idle = frame.group_by("name").agg(idle=(pl.col("support") & pl.col("tag").is_null()).all())
    frame = frame.join(idle, on="name", how="left", maintain_order="left")
    return frame.select(pl.when(~pl.col("idle")).then("name").alias("name"))["name"]


def _by_tag(inventory: Inventory) -> tuple[pl.Series, NDArray[np.int32]]:
    """Return the values of tags that name workloads, and which one tells of each resource, -1 none."""
    tags = inventory.tags
    keys, said = alike(tags["key"]), alike(tags["value"])
    values = tags["value"].gather(said.first).str.strip_chars()
    spelled_so = tags["key"].gather(keys.first).to_list()
    # Of several spellings of one key the first in order wins.
    ranks = {key: rank for rank, key in enumerate(TAG_KEYS)}
    telling = sorted((ranks[key.lower()], key) for key in spelled_so if key.lower() in ranks)
    rank = {key: place for place, (_, key) in enumerate(telling)}
    order = np.array([rank.get(key, len(rank)) for key in spelled_so], np.int32)[keys.group]
    at = np.flatnonzero((order < len(rank)) & (values != "").to_numpy()[said.group])
    resource, order = tags["resource"].to_numpy()[at], order[at]
    if not (resource[1:] > resource[:-1]).all():
        at = at[np.lexsort((order, resource))][::-1]
        resource = tags["resource"].to_numpy()[at]
    found = np.full(len(inventory), -1, np.int32)
    # Of what is written to one place twice, the last stays: the first in order.
    found[resource] = said.group[at]
    return values, found


def _text(inventory: Inventory, fact: str) -> tuple[pl.Series, NDArray[np.int32]]:
    """Return the values of a fact, and which one each resource has, -1 none."""
    rows = inventory.fact_frame(fact)
    same = alike(rows["value"])
    found = np.full(len(inventory), -1, np.int32)
    found[rows["resource"].to_numpy()] = same.group
    return rows["value"].gather(same.first).str.strip_chars('"'), found


def replicas(inventory: Inventory, workload: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return a group number per resource, -1 for none: machines of one workload that look alike.

    Alike are machines of one launch template, name stem or image, in two zones at least. They may be
    replicas; nobody said so.
    """
    hosts = inventory.fact_frame("host").filter(pl.col("value") == "true")["resource"]
    chosen = np.zeros(len(inventory), np.bool_)
    chosen[hosts.to_numpy()] = True
    rows = np.flatnonzero(chosen & (workload >= 0))
    (templates, template), (images, image) = (_text(inventory, name) for name in ("launch_template", "image"))
    frame = inventory.resources.select("name", "zones").with_row_index("row")[rows]
    frame = frame.with_columns(
        workload=pl.Series(workload[rows]),
        stem=pl.col("name").str.to_lowercase().str.replace(_NAME_END, ""),
        template=_picked(templates, template[rows]),
        image=_picked(images, image[rows]),
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
