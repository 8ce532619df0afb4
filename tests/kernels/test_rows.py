"""Rows as numbers: told apart in their order, found among others, refused where they do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.kernels.rows import among, distinct, keys


def test_rows_are_told_apart_in_their_order() -> None:
    """Rows that are there twice are told once, the row of zeros first."""
    rows = np.array([[2, 1], [0, 0], [1, 2], [0, 2], [2, 1], [0, 0]])
    assert distinct(rows, 3).tolist() == [[0, 0], [0, 2], [1, 2], [2, 1]]
    assert keys(rows, 3).tolist() == [7, 0, 5, 2, 7, 0]


def test_rows_are_found_among_those_known() -> None:
    """Numbers below, between, equal to and above those known."""
    known = np.array([2, 5], np.int64)
    assert among(np.arange(7), known).tolist() == [False, False, True, False, False, True, False]
    assert not among(np.arange(3), known[:0]).any()


def test_rows_that_do_not_fit_a_number_are_refused() -> None:
    """Four of 2 to the 15th are 60 bits, of 2 to the 16th more than a number has."""
    rows = np.array([[0, 0, 0, 1]])
    assert keys(rows, 1 << 15).tolist() == [1]
    with pytest.raises(ValueError, match="sets of 4 of 65536"):
        keys(rows, 1 << 16)
