"""The same outage, longer, again and again, or on another day: variations of its clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from auditor.errors import ConfigError
from auditor.outages.schema import Impact, Outage

MOST = 100
"""Repeats of one outage; each is solved as onsets of its own."""

_HINT = "see `auditor replay --help`"


def lengthened(outage: Outage, factor: float) -> Outage:
    """Return the outage with its clock stretched from its first effect on, order and gaps kept in proportion.

    Raises:
        ConfigError: the factor is not above 0.
    """
    if not 0 < factor < float("inf"):
        raise ConfigError(
            f"an outage cannot be {factor:g} times as long", hint="give a factor above 0, such as 2"
        )
    start = _first(outage)

    def stretched(moment: datetime) -> datetime:
        return start + (moment - start) * factor

    return replace(
        _on_clock(outage, stretched, factor),
        id=f"{outage.id}~{factor:g}x",
        title=f"{outage.title}, {factor:g} times as long",
        as_if=(*outage.as_if, f"Every window is {factor:g} times as long as it was."),
    )


def lasting(outage: Outage, minutes: float) -> Outage:
    """Return the outage over after ``minutes``: shorter windows in proportion, open ones ended there.

    Raises:
        ConfigError: the minutes are not above 0.
    """
    if not 0 < minutes < float("inf"):
        raise ConfigError(
            f"an outage cannot last {minutes:g} minutes", hint="give minutes above 0, such as 480"
        )
    start = _first(outage)
    end = start + timedelta(minutes=minutes)
    closed = [impact.until for impact in outage.impacts if impact.until is not None]
    longest = max(((each - start).total_seconds() / 60 for each in closed), default=0.0)
    scaled = lengthened(outage, minutes / longest) if longest else outage
    return replace(
        scaled,
        id=f"{outage.id}~{minutes:g}min",
        title=f"{outage.title}, for {minutes:g} minutes",
        end=end,
        minutes=minutes,
        impacts=tuple(_ended(impact, end) for impact in scaled.impacts),
        as_if=(
            *outage.as_if,
            f"It is over after {minutes:g} minutes; shorter windows are stretched with it.",
        ),
    )


def repeated(outage: Outage, times: int, hours: float) -> Outage:
    """Return the outage happening ``times`` in all, ``hours`` from one start to the next.

    Raises:
        ConfigError: the number or the hours make no sense.
    """
    if not 2 <= times <= MOST or not 0 < hours < float("inf"):  # noqa: PLR2004 - again means at least twice
        raise ConfigError(
            f"an outage cannot happen {times} times, every {hours:g} hours",
            hint=f"give --repeat from 2 to {MOST} and --every above 0",
        )
    steps = [timedelta(hours=hours * number) for number in range(times)]
    return replace(
        outage,
        id=f"{outage.id}~{times}-every-{hours:g}h",
        title=f"{outage.title}, {times} times, every {hours:g} hours",
        end=None if outage.end is None else outage.end + steps[-1],
        impacts=tuple(_shifted(impact, step) for step in steps for impact in outage.impacts),
        as_if=(*outage.as_if, f"It happens {times} times, {hours:g} hours from one start to the next."),
    )


def on_day_of(outage: Outage, other: Outage) -> Outage:
    """Return the outage at its own time of day (UTC) on the day the other began."""
    days = timedelta(days=(other.start.date() - outage.start.date()).days)
    if not days:
        return outage
    moved = _on_clock(outage, lambda moment: moment + days, 1.0)
    return replace(
        moved,
        id=f"{outage.id}~on-{moved.start:%Y-%m-%d}",
        as_if=(
            *outage.as_if,
            f"Its clock moves from {outage.start:%Y-%m-%d} to {moved.start:%Y-%m-%d}, at its own hours.",
        ),
    )


def _first(outage: Outage) -> datetime:
    return min(impact.start for impact in outage.impacts)


def _on_clock(outage: Outage, to: Callable[[datetime], datetime], factor: float) -> Outage:
    def maybe(moment: datetime | None) -> datetime | None:
        return None if moment is None else to(moment)

    return replace(
        outage,
        start=to(outage.start),
        end=maybe(outage.end),
        recovered=maybe(outage.recovered),
        minutes=None if outage.minutes is None else outage.minutes * factor,
        milestones=tuple(replace(each, at=to(each.at)) for each in outage.milestones),
        impacts=tuple(
            replace(
                impact,
                start=to(impact.start),
                end=maybe(impact.end),
                minutes=None
                if impact.minutes is None
                else (impact.minutes[0] * factor, impact.minutes[1] * factor),
                at_least=None if impact.at_least is None else impact.at_least * factor,
            )
            for impact in outage.impacts
        ),
    )


def _ended(impact: Impact, end: datetime) -> Impact:
    if impact.until is not None or impact.start >= end:
        return impact
    return replace(impact, end=end, at_least=None)


def _shifted(impact: Impact, step: timedelta) -> Impact:
    # Hours at which hosts are off repeat daily, so the window in which one had to be on moves along.
    online = impact.online and (impact.online[0] + step, impact.online[1] + step)
    return replace(
        impact,
        start=impact.start + step,
        end=None if impact.end is None else impact.end + step,
        online=online,
    )
