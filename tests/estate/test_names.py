"""Ids of nodes read from a column are those of a tuple."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from auditor.estate.names import Names, names_of

IDS = pl.Series(["a", "b", "\u00e9"])
ALL: tuple[str, ...] = ("a", "b", "\u00e9", "region:x", "zone:y")


@pytest.fixture(params=[3, 4])
def names(request: pytest.FixtureRequest) -> tuple[str, ...] | Names:
    """Return the same names with three resources counted as many, and as few."""
    return names_of(IDS, ALL[3:], many=request.param)


def test_few_are_a_tuple() -> None:
    """Only from so many resources on are their ids left in the column."""
    assert isinstance(names_of(IDS, ALL[3:], many=4), tuple)
    assert isinstance(names_of(IDS, ALL[3:], many=3), Names)


def test_names_read_as_a_tuple_does(names: tuple[str, ...] | Names) -> None:
    """All in order, one by one from either end, by numbers of numpy, twice, and in slices."""
    assert len(names) == len(ALL)
    assert tuple(names) == ALL
    for place in (*range(-5, 5), *range(5)):
        assert names[place] == ALL[place]
        assert names[np.int64(place)] == ALL[place]
    for part in (slice(None), slice(1, 4), slice(3, None), slice(None, None, -2)):
        assert names[part] == ALL[part]
    assert names[1] is names[1]


@pytest.mark.parametrize("place", [5, -6])
def test_there_are_no_others(names: tuple[str, ...] | Names, place: int) -> None:
    """A node that is not there has no name."""
    with pytest.raises(IndexError):
        names[place]
