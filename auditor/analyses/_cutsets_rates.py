"""How much of the time a failure domain is out, as far as the catalogue of outages tells.

Domains of one class are pooled: zones of one provider, regions of one provider, one service in all regions of
its provider, all agents, all vendors. Unavailability is the minutes that such domains were out, over the
minutes that all of them could have been. The catalogue holds famous outages only, so for most classes this is
far too low, and for the few vendors and agents that it names too high: good for ordering, not for a contract.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from auditor.model.domain import Axis, axis_of
from auditor.model.places import Region, providers, regions
from auditor.outages.schema import EVERY_REGION, Impact, Outage, Plane, Severity

YEAR = 365.25 * 24 * 60
BIAS = "The catalogue holds famous outages only: use these figures to order, not to promise."
SOME = 0.5
"""Share assumed where only a part was hit and nobody said how large."""

Class = tuple[str, ...]


def unavailability(outages: Mapping[str, Outage], names: Iterable[str]) -> dict[str, float]:
    """Return the share of time each of ``names`` is out, without those whose class was never seen out."""
    years = [outage.start.year for outage in outages.values()]
    if not years:
        return {}
    wanted = list(names)
    minutes: dict[Class, float] = defaultdict(float)
    seen: dict[Class, set[str]] = defaultdict(set)
    for key in sorted(outages):
        for node, length in _out(outages[key]).items():
            if (kind := _class(node)) is not None:
                minutes[kind] += length * (_regions(kind[1]) if f"/{EVERY_REGION}/" in node else 1)
                seen[kind].add(node)
    span = (max(years) - min(years) + 1) * YEAR
    found: dict[str, float] = {}
    for name in wanted:
        kind = _class(name)
        if kind in minutes:
            found[name] = min(minutes[kind] / (_population(kind, seen[kind]) * span), 1.0)
    return found


def _out(outage: Outage) -> dict[str, float]:
    """Return the minutes that one outage took each domain out, a part of it counted in proportion."""
    longest: dict[str, float] = {}
    for impact in outage.impacts:
        low, high = impact.duration
        length = low if high is None else high if low is None else (low + high) / 2
        if length is None or impact.severity is not Severity.DOWN:
            continue
        share = (SOME if impact.share is None else impact.share) if impact.partial else 1.0
        for node in _nodes(impact):
            longest[node] = max(longest.get(node, 0.0), length * share)
    return longest


def _nodes(impact: Impact) -> Iterator[str]:
    yield from impact.nodes
    if impact.cause is not None and impact.plane is not Plane.CONTROL:
        yield impact.cause


def _class(node: str) -> Class | None:
    """Return what is pooled with a domain; None for what has no rate of its own."""
    axis = axis_of(node)
    place = node.partition(":")[2].split("/")
    if axis in {Axis.ZONE, Axis.REGION}:
        return (axis.value, place[0])
    if axis in {Axis.SERVICE, Axis.CONTROL_PLANE}:
        where = "global" if len(place) < 3 or place[1] == "global" else "region"  # noqa: PLR2004 - provider/region/name
        return (axis.value, place[0], where, place[-1])
    return (axis.value,) if axis in {Axis.AGENT, Axis.VENDOR} else None


def _population(kind: Class, seen: set[str]) -> int:
    """Return how many domains of a class there are; of agents and vendors those that were seen out."""
    if kind[0] == Axis.ZONE:
        return max(sum(each.zone_count for each in _known(kind[1])), len(seen))
    if kind[0] == Axis.REGION or kind[2:3] == ("region",):
        return max(_regions(kind[1]), len(seen))
    return len(seen)


def _regions(provider: str) -> int:
    return max(len(_known(provider)), 1)


def _known(provider: str) -> tuple[Region, ...]:
    return regions(provider) if provider in providers() else ()
