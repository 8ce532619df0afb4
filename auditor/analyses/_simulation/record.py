"""How often, by the catalogue: outages sorted by what they struck, over the domains and years seen.

One class of fault strikes one kind of domain of one provider: zones, regions, the provider as a whole, one
agent's update channel, one vendor. Rates are Gamma-Poisson: with the prior Gamma(1/2, 0) of Jeffreys and n
outages in E domain-years the rate of one domain is Gamma(n + 1/2, E), so that few outages leave it wide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from scipy.special import betaincinv, gammaincinv

from auditor.model.domain import Axis, axis_of
from auditor.model.places import region_of_zone, regions
from auditor.model.risk import Correlation
from auditor.outages.schema import Outage

PRIOR = (
    "Rates: Gamma(1/2, 0) before the record (Jeffreys), so Gamma(n + 1/2, domain-years) after n outages. "
    "Shares hit and failures that come together: Beta(1/2, 1/2); one draw per event for all it may have hit."
)
BIAS = (
    "The catalogue holds famous outages only: rates are of outages of that size, and lower than what you "
    "live through. It counts today's domains for every year, which lowers rates of the early years, and of "
    "agents and vendors only those that failed or that you use, which raises theirs."
)
SHAPE = 0.5
"""Shape of the rates' prior; both parameters of the shares' prior."""

WIDTH = (0.05, 0.95)
"""Bounds of every credible interval."""

CLOUD = "cloud"
IN_ONE_SITE = frozenset({"zone", "datacentre"})
IN_REGIONS = frozenset({"region", "multi-region"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """One place an outage struck.

    Attributes:
        outage: the outage.
        axis: kind of the domain struck.
        provider: cloud, empty for agents and vendors.
        name: region code, agent's domain id or vendor's slug; empty for a whole provider.
        zones: physical zones a source named.
    """

    outage: Outage
    axis: Axis
    provider: str = ""
    name: str = ""
    zones: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The whole calendar years the record covers."""

    first: datetime
    last: datetime

    @property
    def years(self) -> float:
        """How many."""
        return float(self.last.year - self.first.year + 1)


def window(outages: Iterable[Outage]) -> Window | None:
    """Return the years from the first outage's to the last one's, None without outages."""
    years = sorted(outage.start.astimezone(UTC).year for outage in outages)
    if not years:
        return None
    return Window(first=datetime(years[0], 1, 1, tzinfo=UTC), last=datetime(years[-1], 12, 31, tzinfo=UTC))


def homes(outages: Mapping[str, Outage]) -> list[Home]:
    """Return where each outage struck, by outage id; one that struck several regions has several homes."""
    return [home for key in sorted(outages) for home in _homes(outages[key])]


def _homes(outage: Outage) -> list[Home]:
    reach = outage.reach
    channels = sorted(
        {impact.cause for impact in outage.impacts if impact.cause and axis_of(impact.cause) is Axis.AGENT}
    )
    if channels:
        return [Home(outage=outage, axis=Axis.AGENT, name=channels[0])]
    if outage.provider_kind != CLOUD:
        return [Home(outage=outage, axis=Axis.VENDOR, name=outage.provider)]
    named = tuple(each for each in reach.regions if each != "global")
    if reach.kind in IN_ONE_SITE and (named or reach.zones):
        return [_site(outage, named)]
    if reach.kind in IN_REGIONS and named:
        return [
            Home(outage=outage, axis=Axis.REGION, provider=outage.provider, name=name)
            for name in sorted(set(named))
        ]
    return [Home(outage=outage, axis=Axis.PROVIDER, provider=outage.provider)]


def _site(outage: Outage, named: tuple[str, ...]) -> Home:
    zones = outage.reach.zones
    found = [region_of_zone(outage.provider, zone) for zone in zones]
    opened = [impact.one_zone_of[1] for impact in outage.impacts if impact.one_zone_of is not None]
    codes = [*(each.code for each in found if each is not None), *opened, *named, ""]
    return Home(
        outage=outage,
        axis=Axis.ZONE,
        provider=outage.provider,
        name=codes[0],
        zones=frozenset(zones),
    )


def population(axis: Axis, provider: str, found: Sequence[Home], domains: Sequence[str]) -> int:
    """Return how many domains of a kind there were to fail: known to the place data, the record or here.

    ``domains`` are the ids of this estate's. For agents and vendors nobody counts those that never failed:
    these are the record's and the estate's own.
    """
    same = [home for home in found if home.axis is axis and home.provider == provider]
    if axis is Axis.PROVIDER:
        return 1
    seen = {home.name for home in same}
    prefix = f"{axis.value}:{provider}/" if provider else f"{axis.value}:"
    here = {name.removeprefix(prefix) for name in domains if name.startswith(prefix)}
    if axis is Axis.ZONE:
        listed = {zone for region in regions(provider) for zone in region.zone_ids}
        return max(len(listed | here | {zone for home in same for zone in home.zones}), 1)
    if axis is Axis.REGION:
        return len(seen | here | {region.code for region in regions(provider)})
    if axis is Axis.AGENT:
        return len(seen | {f"{prefix}{name}" for name in here})
    return len(seen | here)


def rate(outages: int, domain_years: float) -> tuple[float, tuple[float, float]]:
    """Return posterior mean and 90 % interval of a rate per domain-year."""
    shape = outages + SHAPE
    low, high = (float(gammaincinv(shape, each)) / domain_years for each in WIDTH)
    return shape / domain_years, (low, high)


def together(found: Sequence[Home]) -> tuple[Correlation, Correlation]:
    """Return how often a zone took another of its region along, and one of another provider in its metro."""
    sites = [home for home in found if home.axis is Axis.ZONE]
    several = sum(len(home.zones) > 1 for home in sites)
    across = sum(any(_met(home, other) for other in found) for home in sites)
    return (
        _beta("another zone of the region", several, len(sites)),
        _beta("a site of another provider in the metro", across, len(sites)),
    )


def _met(home: Home, other: Home) -> bool:
    mine, theirs = home.outage, other.outage
    if mine.provider == theirs.provider or not mine.reach.metro or mine.reach.metro != theirs.reach.metro:
        return False
    return mine.start <= (theirs.end or theirs.start) and theirs.start <= (mine.end or mine.start)


def _beta(scope: str, seen: int, of: int) -> Correlation:
    a, b = SHAPE + seen, SHAPE + of - seen
    return Correlation(
        scope=scope,
        seen=seen,
        of=of,
        probability=round(a / (a + b), 6),
        credible=(round(float(betaincinv(a, b, WIDTH[0])), 6), round(float(betaincinv(a, b, WIDTH[1])), 6)),
    )
