"""Strings found by number: against a dictionary."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from auditor.estate.lookup import exactly, positions


@pytest.mark.parametrize("seed", range(20))
def test_positions(seed: int) -> None:
    """The first place counts, however many numbers share a slot or are there twice."""
    rng = np.random.default_rng(seed)
    numbers = rng.integers(0, 40, 120).astype(np.uint64) << np.uint64(58 if seed % 2 else 24)
    known, asked = numbers[: int(rng.integers(0, 60))], numbers[60:]
    first: dict[int, int] = {}
    for place, number in enumerate(known.tolist()):
        first.setdefault(number, place)
    assert positions(asked, known).tolist() == [first.get(number, -1) for number in asked.tolist()]


def test_more_than_a_block() -> None:
    """Blocks join without a seam."""
    known = np.random.default_rng(1).permutation(200_000).astype(np.uint64) << np.uint64(46)
    assert (known[positions(np.sort(known), known)] == np.sort(known)).all()


def test_exactly() -> None:
    """A string is found where it stands first; another letter case or nothing is another string."""
    found = exactly(pl.Series(["b", "B", "", None, "a"]), pl.Series(["a", "b", "b"]))
    assert found.tolist() == [1, -1, -1, -1, 0]


def test_nothing_known() -> None:
    """Nothing is found among nothing."""
    assert exactly(pl.Series(["a"]), pl.Series([], dtype=pl.String)).tolist() == [-1]
