"""As if here: the same failure at another place, with what was carried over and what was left behind.

What was bound to the outage's own region or zone moves: class, windows, severity, scope, services,
conditions. What belongs to the whole provider stays behind, since it failed for where its home is. At another
provider what plays the same part there takes the place of each service and kind (``counterparts``); what has
no counterpart is dropped, and said so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from auditor.errors import ConfigError
from auditor.model import places
from auditor.model.domain import Axis, axis_of
from auditor.model.spelling import closest
from auditor.outages._moving import Left, Move, NotThereError
from auditor.outages.homes import home_of, zones_of
from auditor.outages.nodes import folded, parts_of
from auditor.outages.predicate import CANDIDATE
from auditor.outages.schema import Impact, Outage, Reach

MARK = "@"
"""Stands between an outage's id and the place it is told of: ``<id>@aws/ap-northeast-2``."""

_HINT = (
    "name a place such as region:aws/ap-northeast-2 or zone:aws/apne2-az1; provider:aws for a global outage"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place to tell an outage of; ``region`` is None for a whole provider, ``zone`` for a whole region."""

    provider: str
    region: str | None = None
    zone: str | None = None

    @property
    def text(self) -> str:
        """``aws/ap-northeast-2``, ``aws/apne2-az1`` or ``aws``."""
        return "/".join(part for part in (self.provider, self.zone or self.region) if part)


def place_of(domain: str) -> Place:
    """Return the place a domain id names.

    Raises:
        ConfigError: it names none, or one that does not exist.
    """
    axis, parts = axis_of(domain), parts_of(domain)[1]
    if not all(parts) or {axis: len(parts)} not in ({Axis.PROVIDER: 1}, {Axis.REGION: 2}, {Axis.ZONE: 2}):
        raise ConfigError(f"{domain!r} is no place an outage can be told of", hint=_HINT)
    provider = parts[0]
    if axis is Axis.PROVIDER:
        return Place(provider=provider)
    code = parts[1]
    listed = provider in places.providers()
    if axis is Axis.REGION:
        if listed and places.region(provider, code) is None:
            near = closest(code, (each.code for each in places.regions(provider)))
            raise ConfigError(
                f"there is no region {code!r} of {provider}",
                hint=f"did you mean region:{provider}/{near}?" if near else _HINT,
            )
        return Place(provider=provider, region=code)
    home = places.region_of_zone(provider, code)
    if home is None and listed:
        raise ConfigError(f"{code!r} is no physical zone of {provider}", hint=_HINT)
    # Providers whose zones nobody lists name a zone after its region: europe-west9-a.
    return Place(provider=provider, region=home.code if home else code.rpartition("-")[0], zone=code)


def transplant(outage: Outage, domain: str) -> Outage:
    """Return the outage as it would be at a place: a region, one zone of it, or for a global one a provider.

    Raises:
        ConfigError: there is no such place, or nothing of the outage is bound to a place.
    """
    place = place_of(domain)
    home = home_of(outage)
    _check(outage, place, home)
    move = Move(
        old=(outage.provider, home),
        new=(place.provider, place.region),
        old_zones=zones_of(outage),
        new_zone=_zone(place, outage),
        left=Left(),
    )
    impacts = tuple(moved for impact in outage.impacts if (moved := _moved(impact, move)) is not None)
    if not impacts:
        why = "; ".join(_left(move)) or "nothing of it is bound to a place"
        raise ConfigError(
            f"{outage.id} cannot be told of {domain}: {why}",
            hint="`auditor outages show` tells what an outage put out",
        )
    return replace(
        outage,
        id=f"{outage.id}{MARK}{place.text}",
        title=f"As if in {place.text}: {outage.title}",
        provider=place.provider,
        impacts=impacts,
        reach=_reach(outage.reach, place),
        as_if=(*outage.as_if, *_told(outage, place, home, move)),
    )


def can_be_told_of(outage: Outage, domain: str) -> bool:
    """Return whether ``transplant`` would do; for asking many."""
    try:
        transplant(outage, domain)
    except ConfigError:
        return False
    return True


def _check(outage: Outage, place: Place, home: str | None) -> None:
    if home is None and outage.provider_kind != "cloud":
        raise ConfigError(
            f"{outage.id} was bound to no place, but to {outage.provider}",
            hint="it reaches whoever uses that: `auditor whatif` tells what its loss would do",
        )
    if home is None and place.region is not None:
        raise ConfigError(
            f"{outage.id} was bound to no region: there is none to take it from",
            hint=f"it reached whoever used what failed; elsewhere: --as-if provider:{place.provider}",
        )
    if place.region is None and (home is not None or place.provider == outage.provider):
        raise ConfigError(f"{outage.id} cannot be told of a whole provider", hint=_HINT)
    there = (outage.provider, home) == (place.provider, place.region) and home is not None
    if there and (place.zone is None or zones_of(outage) == {place.zone}):
        raise ConfigError(
            f"{outage.id} happened in {place.text}: that is a plain replay", hint="leave out --as-if"
        )
    if place.zone is not None and not zones_of(outage):
        raise ConfigError(
            f"{outage.id} was not bound to a zone: it took what it took in a whole region",
            hint=f"tell it of region:{place.provider}/{place.region}",
        )


def _zone(place: Place, outage: Outage) -> str | None:
    """Return the zone to put in place of the outage's: the one asked for, an open one, None without zones."""
    if place.region is None or not zones_of(outage):
        return None
    if place.zone is not None:
        return place.zone
    known = places.region(place.provider, place.region)
    return CANDIDATE if known is None or known.zone_count else None


def _moved(impact: Impact, move: Move) -> Impact | None:
    nodes = tuple(dict.fromkeys(found for node in impact.nodes if (found := move.node(node)) is not None))
    before = len(move.left.facts)
    where = None
    if impact.where is not None:
        try:
            where = move.predicate(impact.where)
        except NotThereError:
            where = None
    if not nodes and where is None:
        move.left.impacts.append(impact.what)
        return None
    widened = len(move.left.facts) > before
    is_open = move.opens(nodes, where)
    return replace(
        impact,
        nodes=nodes,
        where=where,
        cause=None if where is None else move.cause(impact.cause, where),
        one_zone_of=(move.new[0], move.new[1]) if is_open and move.new[1] is not None else None,
        online=impact.online if where is not None else None,
        partial=impact.partial or widened,
        verified=False,
    )


def _reach(reach: Reach, place: Place) -> Reach:
    known = None if place.region is None else places.region(place.provider, place.region)
    return replace(
        reach,
        regions=(place.region or "global",),
        zones=() if place.zone is None else (place.zone,),
        zone_note="",
        metro=known.metro if known is not None else None,
        not_hit=(),
    )


def _told(outage: Outage, place: Place, home: str | None, move: Move) -> tuple[str, ...]:
    source = outage.provider if home is None else f"{outage.provider}/{home}"
    shown = ", ".join(old if old == new else f"{old} as {new}" for old, new in sorted(move.services))
    return (
        f"It happened in {source}, not in {place.text}.",
        f"Carried over: class, windows, severity, scope{f'; services {shown}' if shown else ''}.",
        *(f"{each}." for each in _left(move)),
    )


def _left(move: Move) -> list[str]:
    lines = []
    for reason, nodes in sorted(move.left.nodes.items()):
        lines.append(f"Left behind ({reason}): {', '.join(folded(sorted(nodes)))}")
    if move.left.facts:
        asked = ", ".join(sorted(set(move.left.facts)))
        lines.append(f"Conditions that cannot be asked there, so only possibly hit: {asked}")
    if move.left.impacts:
        lines.append(f"Effects with nothing to hit there: {'; '.join(dict.fromkeys(move.left.impacts))}")
    return lines
