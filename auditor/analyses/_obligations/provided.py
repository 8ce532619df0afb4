"""The provider's clock: the services this estate uses, in the windows of the outage itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from auditor.analyses._replays.effects import Effect, Scenario, scenarios
from auditor.analyses._replays.ground import Ground
from auditor.estate.graph import Estate
from auditor.model.audit import Answer, Clock
from auditor.model.domain import Axis, axis_of
from auditor.model.places import region, region_of_zone
from auditor.obligations import Case, Interruption, Kind
from auditor.obligations.cases import CLOUDS, users_in
from auditor.outages.schema import Outage

ROLES: Mapping[str, Mapping[str, Answer]] = {
    "cloud": {"cloud-provider": Answer.YES},
    "cdn": {"cloud-provider": Answer.UNKNOWN},
    "saas": {"cloud-provider": Answer.UNKNOWN},
    "dns": {"cloud-provider": Answer.UNKNOWN, "dns-operator": Answer.YES},
    "software": {"cloud-provider": Answer.UNKNOWN},
    "datacentre": {"data-centre-operator": Answer.YES},
}
"""What providers of each kind are in the laws' terms."""

ON_HOSTS = "whether a service of its own was interrupted, or only software on your own hosts"


def provided(outage: Outage, ground: Ground, facts: Mapping[str, object]) -> tuple[Case, ...]:
    """Return one case per service of the provider that this estate uses and the outage touched."""
    estate = ground.estate
    found = scenarios(outage, ground)
    stops: dict[str, dict[tuple[str, str], Interruption]] = {}
    for effect in _running(found):
        for subject in _subjects(effect, estate):
            stop = _stop(outage, effect, everywhere=_everywhere(effect, subject, found, estate))
            key = (stop.what, stop.start.isoformat())
            stops.setdefault(subject, {})[key] = stop
    software = outage.provider_kind == "software"
    return tuple(
        Case(
            cause=outage.id,
            title=outage.title,
            clock=Clock.PROVIDER,
            party=CLOUDS.get(outage.provider, outage.provider),
            subject=subject,
            stops=tuple(stops[subject].values()),
            roles=ROLES.get(outage.provider_kind, {}),
            other_roles=Answer.NO,
            role_doubt=ON_HOSTS if software else "",
            countries=users_in(facts, _countries(subject, outage, estate)),
            facts=facts,
        )
        for subject in sorted(stops)
    )


def _running(found: Iterable[Scenario]) -> Iterator[Effect]:
    """Yield effects on what runs; failed changes interrupt nobody."""
    seen = set()
    for scenario in found:
        for effect in scenario.effects:
            if not effect.acting and effect.possible.size and id(effect) not in seen:
                seen.add(id(effect))
                yield effect


def _subjects(effect: Effect, estate: Estate) -> tuple[str, ...]:
    names = (estate.names[node] for node in effect.possible)
    domains = tuple(sorted({name for name in names if axis_of(name) is not None}))
    return domains or (effect.cause or effect.what,)


def _everywhere(effect: Effect, subject: str, found: Iterable[Scenario], estate: Estate) -> bool:
    """Return whether the subject is surely hit, whichever zone was the one nobody named."""
    if effect.partial or not effect.sure.size:
        return False
    node = estate.index.get(subject)
    if node is not None and node in effect.possible and node not in effect.sure:
        return False
    return all(any(each is effect for each in scenario.effects) for scenario in found)


def _stop(outage: Outage, effect: Effect, *, everywhere: bool) -> Interruption:
    low = effect.minutes[0] or 0.0
    lasting = effect.start + timedelta(minutes=low)
    doubts = []
    if not everywhere:
        doubts.append("whether the part that you use was hit: your incident log or the provider tells")
    elif effect.until is None:
        doubts.append("when it ended")
    return Interruption(
        start=effect.start,
        end=effect.until,
        certain_until=lasting if everywhere else effect.start,
        kind=Kind.DEGRADED if effect.grey else Kind.DOWN,
        what=effect.what,
        doubt=tuple(doubts),
        learned=_learned(outage),
    )


def _learned(outage: Outage) -> str:
    told = outage.notification
    return told.conduct or ", ".join(told.channels)


def _countries(subject: str, outage: Outage, estate: Estate) -> set[str]:
    """Return the country of a place, or of every place this estate uses where the subject names none."""
    parts = subject.partition(":")[2].split("/")
    axis = axis_of(subject)
    found = None
    if axis in {Axis.SERVICE, Axis.REGION} and len(parts) > 1:
        found = region(parts[0], parts[1])
    elif axis is Axis.ZONE and len(parts) > 1:
        found = region_of_zone(parts[0], parts[1])
    if found is not None:
        return {found.country_code} if found.country_code else set()
    rows = estate.inventory.resources.select("provider", "region").unique().drop_nulls()
    used = {(str(provider), str(code)) for provider, code in rows.iter_rows()}
    if outage.provider in {provider for provider, _ in used}:
        used = {each for each in used if each[0] == outage.provider}
    return {place.country_code for each in used if (place := region(*each)) and place.country_code}
