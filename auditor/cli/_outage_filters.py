"""Which outages of the catalogue a list shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import ConfigError

if TYPE_CHECKING:
    from auditor.config import Settings
    from auditor.outages import Outage


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What to show; None and False show all.

    Attributes:
        provider, year, fault_class, region: what an outage must be of; regions with or without provider.
        in_reach: only those that could reach the inventory of ``snapshot``, or the declared one.
    """

    provider: str | None = None
    year: int | None = None
    fault_class: str | None = None
    region: str | None = None
    in_reach: bool = False
    snapshot: Path | None = None


def filtered(known: Mapping[str, Outage], wanted: Filters, settings: Settings) -> list[Outage]:
    """Return the outages wanted, by the time they began.

    Raises:
        ConfigError: a value no outage has, or reach is asked of no inventory.
    """
    providers = {each.provider for each in known.values()}
    classes = {kind.value for each in known.values() for kind in (each.fault_class, *each.also)}
    places = {place for each in known.values() for place in _places(each)}
    _check("provider", wanted.provider, providers)
    _check("class", wanted.fault_class, classes)
    _check("region", wanted.region, places)
    _check(
        "year",
        None if wanted.year is None else str(wanted.year),
        {str(each.start.year) for each in known.values()},
    )
    found = [each for each in known.values() if _is(each, wanted)]
    if wanted.in_reach:
        found = _reaching(found, wanted.snapshot, settings)
    elif wanted.snapshot is not None:
        raise ConfigError("--from is only for --in-reach", hint="add --in-reach, or leave out --from")
    return sorted(found, key=lambda each: (each.start, each.id))


def _is(outage: Outage, wanted: Filters) -> bool:
    classes = {kind.value for kind in (outage.fault_class, *outage.also)}
    return (
        wanted.provider in {None, outage.provider}
        and wanted.year in {None, outage.start.year}
        and (wanted.fault_class is None or wanted.fault_class in classes)
        and (wanted.region is None or wanted.region in _places(outage))
    )


def _places(outage: Outage) -> set[str]:
    regions = outage.reach.regions
    return {*regions, *(f"{outage.provider}/{each}" for each in regions)}


def _check(name: str, value: str | None, known: Iterable[str]) -> None:
    from auditor.model.spelling import closest

    listed = sorted(known)
    if value is None or value in listed:
        return
    near = closest(value, listed)
    every = ", ".join(each for each in listed if "/" not in each)
    raise ConfigError(
        f"no outage of the catalogue has the {name} {value!r}",
        hint=f"did you mean {near}?" if near else f"one of: {every}",
    )


def _reaching(found: list[Outage], snapshot: Path | None, settings: Settings) -> list[Outage]:
    from auditor.analyses.replay import places_in_use
    from auditor.cli._source import given
    from auditor.estate import build
    from auditor.outages import in_reach

    used = places_in_use(build(given(snapshot, settings)[0]))
    return [each for each in found if in_reach(each, used)]
