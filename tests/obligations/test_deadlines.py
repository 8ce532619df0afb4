"""Periods: hours are hours, days keep the clock, months end with the month, weekends are no working days."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from auditor.obligations.deadlines import end
from auditor.obligations.schema import Period, Unit

BERLIN = ZoneInfo("Europe/Berlin")

CASES = [
    ("2026-03-28T11:00", 24, Unit.HOURS, "2026-03-29T11:00"),
    ("2026-03-28T11:00", 1, Unit.DAYS, "2026-03-29T10:00"),  # clocks go forward: noon stays noon
    ("2026-10-24T10:00", 1, Unit.DAYS, "2026-10-25T11:00"),
    ("2026-01-31T11:00", 1, Unit.MONTHS, "2026-02-28T11:00"),
    ("2026-12-15T11:00", 1, Unit.MONTHS, "2027-01-15T11:00"),
    ("2026-03-15T11:00", 1, Unit.MONTHS, "2026-04-15T10:00"),
    ("2026-11-20T11:00", 1, Unit.WORKING_DAYS, "2026-11-23T11:00"),  # Friday to Monday
    ("2026-11-21T11:00", 30, Unit.WORKING_DAYS, "2027-01-01T11:00"),
    ("2026-11-20T11:00", 0, Unit.HOURS, "2026-11-20T11:00"),
]


@pytest.mark.parametrize(("start", "amount", "unit", "wanted"), CASES)
def test_periods_end(start: str, amount: int, unit: Unit, wanted: str) -> None:
    """The end of a period in UTC, counted in the law's own time zone."""
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
    found = end(begin, Period(amount=amount, unit=unit, after="start"), BERLIN)
    assert found == datetime.fromisoformat(wanted).replace(tzinfo=UTC)
