"""Rows that say the same: against tuples."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from auditor.estate.alike import alike


@pytest.mark.parametrize("width", [3, 5_000])
@pytest.mark.parametrize("seed", range(10))
def test_groups(seed: int, width: int) -> None:
    """Rows share a group if and only if all columns are the same, null and -1 being values of their own."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(0, 200))
    texts = [None if number == 0 else str(number) for number in rng.integers(0, width, count)]
    numbers, flags = rng.integers(-1, width, count), rng.random(count) < 0.5
    found = alike(pl.Series(texts, dtype=pl.String), numbers, pl.Series(flags))
    rows = list(zip(texts, numbers.tolist(), flags.tolist(), strict=True))
    assert len(found.first) == len(set(rows))
    assert [rows[found.first[group]] for group in found.group] == rows


def test_spread() -> None:
    """What is worked out for a group is there for each of its rows."""
    found = alike(pl.Series(["b", "a", "b", None]))
    lengths = np.arange(found.first.size)
    assert found.spread(lengths).tolist() == [lengths[group] for group in found.group]
