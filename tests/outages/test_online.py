"""Whether a host was running in the hours that mattered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.outages.columns import columns
from auditor.outages.online import covers, offline
from tests.outages.small import host, stock

FALCON = (datetime(2024, 7, 19, 4, 9, tzinfo=UTC), datetime(2024, 7, 19, 5, 27, tzinfo=UTC))
OVER_MIDNIGHT = (datetime(2024, 7, 18, 23, 30, tzinfo=UTC), datetime(2024, 7, 19, 0, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    "hours",
    [
        "04:00-06:00",
        "04:09-05:27",
        ("04:00-05:00", "05:00-06:00"),
        "22:00-06:00",
        "00:00-24:00",
        ("x", "4:00-6:00"),
    ],
)
def test_hours_that_cover_the_window_count(hours: str | tuple[str, ...]) -> None:
    """Windows may touch each other, pass midnight, or be the whole day."""
    assert covers(hours, FALCON)


@pytest.mark.parametrize(
    "hours", ["04:10-06:00", "04:00-05:26", ("04:00-04:30", "04:31-06:00"), "nights", (), True]
)
def test_hours_that_leave_a_minute_open_do_not(hours: str | tuple[str, ...] | bool) -> None:  # noqa: FBT001 -- a fact's value
    """One minute online was enough to be hit; what is no window counts for nothing."""
    assert not covers(hours, FALCON)


@pytest.mark.parametrize(
    ("hours", "met"), [("23:00-01:00", True), ("23:00-24:00", False), ("00:00-01:00", False)]
)
def test_a_window_over_midnight_needs_hours_over_midnight(hours: str, met: bool) -> None:  # noqa: FBT001 -- a table
    """The day's end does not cut a window in two."""
    assert covers(hours, OVER_MIDNIGHT) is met


def test_stopped_machines_were_off() -> None:
    """Running now means online then, stopped now means off then, and no state means online."""
    inventory = stock(
        host("a", state="running"), host("b", state="stopped"), host("c", state="Deallocated"), host("d")
    )
    assert offline(columns(inventory), FALCON).tolist() == [False, True, True, False]
