"""Which resources a declaration means: the conditions of a ``Join`` over whole columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.inventory.tables import Inventory, encode_value
from auditor.model.workload import Join

_WILD = re.compile(r"[*?]")


def matching(inventory: Inventory, join: Join) -> NDArray[np.bool_]:
    """Return bool [resources]: true where all given conditions hold; a join without any holds everywhere.

    Patterns know ``*`` and ``?`` and take no notice of letter case; a tag's value and a stack's name may be
    patterns too, and are compared exactly otherwise.
    """
    found = np.ones(len(inventory), dtype=np.bool_)
    columns = [*_placed(join)]
    if columns:
        found &= inventory.resources.select(pl.all_horizontal(columns)).to_series().to_numpy()
    for key, value in join.tags:
        named = inventory.tags.filter(
            pl.col("key").str.to_lowercase() == key.lower(), _is(pl.col("value"), value)
        )
        found &= _rows(inventory, named)
    if join.resource_groups:
        groups = [encode_value(each.lower()) for each in join.resource_groups]
        found &= _having(inventory, "resource_group", pl.col("value").str.to_lowercase().is_in(groups))
    if join.stacks:
        name = pl.col("value").str.strip_chars('"')
        found &= _having(inventory, "stack", pl.any_horizontal([_is(name, each) for each in join.stacks]))
    return found


def _placed(join: Join) -> Iterator[pl.Expr]:
    """Yield the conditions on the resources' own columns; an unknown place matches none."""
    if join.accounts:
        yield pl.col("account").is_in(join.accounts).fill_null(False)
    if join.regions:
        regions = [each.lower() for each in join.regions]
        yield pl.col("region").str.to_lowercase().is_in(regions).fill_null(False)
    for column, patterns in (("name", join.names), ("id", join.ids), ("kind", join.kinds)):
        if patterns:
            whole = "|".join(_pattern(each) for each in patterns)
            yield pl.col(column).str.contains(rf"^(?is:{whole})$")


def _having(inventory: Inventory, fact: str, holds: pl.Expr) -> NDArray[np.bool_]:
    return _rows(inventory, inventory.facts.filter(pl.col("name") == fact, holds))


def _rows(inventory: Inventory, named: pl.DataFrame) -> NDArray[np.bool_]:
    """Return bool [resources]: true where some row of a table names the resource."""
    found = np.zeros(len(inventory), dtype=np.bool_)
    found[named["resource"].to_numpy()] = True
    return found


def _is(text: pl.Expr, wanted: str) -> pl.Expr:
    return text.str.contains(rf"^(?is:{_pattern(wanted)})$") if _WILD.search(wanted) else text == wanted


def _pattern(shell: str) -> str:
    """Return a shell pattern as a regular expression in the dialect of polars."""
    words = {"*": ".*", "?": "."}
    return "".join(words.get(sign, re.escape(sign)) for sign in shell)
