"""Resources that hold data: a copy of one has to be fed, and stands by until it takes over.

Kinds that are described say so themselves, as the fact ``stateful``; anybody may declare it.
"""

from __future__ import annotations

import polars as pl

from auditor.estate.support import is_support
from auditor.inventory import Inventory


def is_stateful(inventory: Inventory) -> pl.Series:
    """Return per resource whether it holds data: as it states, else whether it has an engine of its own."""
    stated = inventory.fact_frame("stateful").select("resource", says=pl.col("value") == "true")
    engines = inventory.fact_frame("engine").select("resource", engine=pl.lit(value=True)).unique()
    rows = pl.DataFrame({"resource": pl.int_range(len(inventory), dtype=pl.UInt32, eager=True)})
    told = rows.join(stated, on="resource", how="left", maintain_order="left").join(
        engines, on="resource", how="left", maintain_order="left"
    )
    serving = is_support(inventory)
    return told.select(stateful=pl.coalesce("says", pl.col("engine") & ~serving, pl.lit(value=False)))[
        "stateful"
    ]
