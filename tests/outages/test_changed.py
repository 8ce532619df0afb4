"""The clock of an outage, changed: longer, again and again, on another day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from auditor.errors import ConfigError
from auditor.outages import catalogue, lasting, lengthened, on_day_of, repeated

SEOUL = catalogue()["aws-2018-11-22-ap-northeast-2-dns"]
FALCON = catalogue()["crowdstrike-2024-07-19"]
KINESIS = catalogue()["aws-2020-11-25-us-east-1-kinesis"]


def test_twice_as_long_keeps_order_and_proportions() -> None:
    """Every window is stretched from the first effect on, hand repair too."""
    twice = lengthened(KINESIS, 2)
    first = KINESIS.impacts[0].start
    for old, new in zip(KINESIS.impacts, twice.impacts, strict=True):
        assert new.start - first == (old.start - first) * 2
        assert new.duration[0] == pytest.approx((old.duration[0] or 0) * 2)
    assert lengthened(FALCON, 2).impacts[0].minutes == tuple(2 * m for m in FALCON.impacts[0].minutes or ())
    assert twice.id == f"{KINESIS.id}~2x"


def test_lasting_says_when_all_is_over() -> None:
    """The longest effect takes the minutes asked for; one without an end gets one."""
    day = lasting(KINESIS, 1440)
    start = KINESIS.impacts[0].start
    assert max(each.until or start for each in day.impacts) == start + timedelta(minutes=1440)
    assert all(impact.until is not None for impact in day.impacts)
    assert day.minutes == 1440


def test_repeated_has_every_effect_so_many_times() -> None:
    """Each onset stands by itself, so many hours after the one before."""
    thrice = repeated(SEOUL, 3, 12)
    assert len(thrice.impacts) == 3 * len(SEOUL.impacts)
    starts = sorted({impact.start for impact in thrice.impacts})
    assert [each - starts[0] for each in starts] == [timedelta(hours=12 * n) for n in range(3)]


def test_on_one_day_keeps_the_time_of_day() -> None:
    """Only the date is that of the other."""
    same = on_day_of(FALCON, SEOUL)
    assert same.start.date() == SEOUL.start.date()
    assert same.start.time() == FALCON.start.time()
    assert same.impacts[0].duration == FALCON.impacts[0].duration
    assert on_day_of(SEOUL, SEOUL) is SEOUL


def test_every_change_is_told() -> None:
    """A reader can tell each from what really was."""
    changed = repeated(lasting(lengthened(SEOUL, 2), 600), 2, 24)
    assert len(changed.as_if) == 3
    assert SEOUL.as_if == ()


@pytest.mark.parametrize("factor", [0, -1, float("inf"), float("nan")])
def test_a_length_that_makes_no_sense_is_refused(factor: float) -> None:
    """Nothing lasts no time, and nothing lasts for ever."""
    with pytest.raises(ConfigError):
        lengthened(SEOUL, factor)
    with pytest.raises(ConfigError):
        lasting(SEOUL, factor)


@pytest.mark.parametrize(("times", "hours"), [(1, 24), (0, 24), (101, 24), (2, 0)])
def test_repeats_that_make_no_sense_are_refused(times: int, hours: float) -> None:
    """Again means twice at least."""
    with pytest.raises(ConfigError):
        repeated(SEOUL, times, hours)
