"""Columns that hold only what is not 0 read as whole ones do."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from auditor.estate.sparse import Sparse, extended, take


def _column(seed: int) -> tuple[Sparse, NDArray[np.float64]]:
    """Return a column of up to 30 rows, sparse and whole; some rows are told to be 0, some are NaN."""
    rng = np.random.default_rng(seed)
    whole = np.zeros(rng.integers(1, 30))
    row = rng.permutation(whole.size)[: rng.integers(0, whole.size + 1)]
    whole[row] = rng.choice([0.0, 0.5, 60.0, np.nan], row.size)
    return Sparse.of(whole.size, row, whole[row]), whole


@pytest.mark.parametrize("seed", range(30))
def test_a_sparse_column_reads_as_the_whole_one(seed: int) -> None:
    """Rows in any order and twice, slices, all of it, and which are not 0."""
    column, whole = _column(seed)
    asked = np.random.default_rng(seed).integers(0, whole.size, (3, 8))
    assert np.array_equal(column[asked], whole[asked], equal_nan=True)
    assert np.array_equal(column[2:9], whole[2:9], equal_nan=True)
    assert np.array_equal(column.dense(), whole, equal_nan=True)
    assert column.nonzero().tolist() == (whole != 0).tolist()
    assert (np.diff(column.row) > 0).all()
    assert column.value.all()


@pytest.mark.parametrize("seed", range(30))
def test_rows_are_taken_and_put_behind_as_in_a_whole_column(seed: int) -> None:
    """Taking and extending a sparse column and a whole one give the same."""
    column, whole = _column(seed)
    asked = np.random.default_rng(seed).integers(0, whole.size, 12)
    for some, like in (
        (take(column, asked), whole[asked]),
        (extended(column, np.array([0.0, 3.0])), [*whole, 0.0, 3.0]),
    ):
        assert isinstance(some, Sparse)
        assert some.size == len(like)
        assert np.array_equal(some.dense(), like, equal_nan=True)
        assert some.row.size == np.count_nonzero(like)


def test_whole_columns_keep_their_type() -> None:
    """What is no sparse column is taken and extended in its own type."""
    column = np.array([4, 5, 6], np.int32)
    for found, expected in (
        (take(column, np.array([2, 0])), [6, 4]),
        (extended(column, np.array([7], column.dtype)), [4, 5, 6, 7]),
    ):
        assert isinstance(found, np.ndarray)
        assert found.dtype == np.int32
        assert found.tolist() == expected
