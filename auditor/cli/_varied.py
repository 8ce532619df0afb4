"""Outages as they never were: moved, lengthened, repeated, together. What ``auditor replay`` may change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auditor.errors import ConfigError

if TYPE_CHECKING:
    from auditor.outages import Outage


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to change; None and empty leave it as it was.

    Attributes:
        places: domain ids to move each outage to.
        lengthen, minutes: a factor, or minutes after which all is over; not both.
        repeat, every: how many times, hours from one start to the next.
        together: all begin on the day of the first.
    """

    places: tuple[str, ...] = ()
    lengthen: float | None = None
    minutes: float | None = None
    repeat: int | None = None
    every: float = 24
    together: bool = False


def varied(chosen: Mapping[str, Outage], named: Sequence[str], change: Change) -> dict[str, Outage]:
    """Return the outages with the change made, by their new ids, those named in the order given.

    Without names, outages that cannot be moved are left out.

    Raises:
        ConfigError: the change makes no sense, or a named outage cannot be moved.
    """
    from auditor.outages import lasting, lengthened, repeated

    if change.lengthen is not None and change.minutes is not None:
        raise ConfigError("--lengthen and --minutes both say how long", hint="give one of them")
    if change.together and len(dict.fromkeys(named)) * max(1, len(change.places)) < 2:  # noqa: PLR2004 - one is not together
        raise ConfigError(
            "--together needs two outages at least", hint="name them; the first one's day counts"
        )
    outages = [chosen[name] for name in dict.fromkeys(named)] or list(chosen.values())
    if change.places:
        outages = _moved(outages, change.places, strict=bool(named))
    if change.lengthen is not None:
        outages = [lengthened(outage, change.lengthen) for outage in outages]
    if change.minutes is not None:
        outages = [lasting(outage, change.minutes) for outage in outages]
    if change.repeat is not None:
        outages = [repeated(outage, change.repeat, change.every) for outage in outages]
    if change.together:
        outages = _on_one_day(outages)
    return {outage.id: outage for outage in outages}


def _moved(outages: Sequence[Outage], domains: Sequence[str], *, strict: bool) -> list[Outage]:
    from auditor.outages import transplant
    from auditor.outages.transplant import can_be_told_of, place_of

    for domain in domains:
        place_of(domain)
    pairs = [
        (outage, domain)
        for outage in outages
        for domain in domains
        if strict or can_be_told_of(outage, domain)
    ]
    if not pairs:
        raise ConfigError(
            f"no outage can be told of {', '.join(domains)}", hint="name a region, or a zone, that you use"
        )
    return [transplant(outage, domain) for outage, domain in pairs]


def _on_one_day(outages: Sequence[Outage]) -> list[Outage]:
    from auditor.outages import on_day_of

    first, *others = outages
    return [first, *(on_day_of(other, first) for other in others)]
