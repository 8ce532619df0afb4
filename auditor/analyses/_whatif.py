"""What if these were lost together: any domains or resources, for some minutes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from auditor.analyses._replays.effects import NONE, Effect, Nodes, Scenario
from auditor.analyses._replays.play import Script, play
from auditor.analyses._replays.reading import moment
from auditor.errors import ConfigError
from auditor.estate.graph import Estate, NodeKind
from auditor.model import places
from auditor.model.audit import Replay, Window
from auditor.model.domain import Axis, axis_of, region_id
from auditor.model.spelling import closest

DAY = 1_440.0
"""Minutes a loss lasts unless told otherwise, as in the N-1 analysis."""

LONGEST = 366 * DAY
"""A longer loss is no outage but a migration, and dates end somewhere."""

_DOMAINS = (NodeKind.DOMAIN, NodeKind.UNSEEN)


def whatif(estate: Estate, names: Sequence[str], *, minutes: float = DAY) -> Replay:
    """Lose every named thing at once, for ``minutes``.

    A name is a domain id, a resource's id, alias or name, or ``metro:<id>`` for every region of a city.

    Raises:
        ConfigError: a name means nothing here, nothing is named, or the minutes are not positive or too many.
    """
    if not names:
        raise ConfigError("nothing is named to lose", hint="name domains or resources: zone:aws/apne2-az1")
    check(minutes)
    start = datetime.fromisoformat(estate.inventory.taken_at).astimezone(UTC)
    end = start + timedelta(minutes=minutes)
    effects = tuple(
        Effect(
            outage="whatif",
            what=f"{name} is lost",
            start=start,
            until=end,
            minutes=(minutes, minutes),
            sure=nodes,
            possible=nodes,
            control=(name,) if axis_of(name) is Axis.CONTROL_PLANE else (),
            acting=axis_of(name) is Axis.CONTROL_PLANE,
        )
        for name, nodes in {name: called(estate, name) for name in names}.items()
    )
    title = f"loss of {', '.join(dict.fromkeys(names))} for {minutes:g} min"
    found = play(
        estate,
        [
            Script(
                id="whatif",
                title=title,
                in_reach=any(effect.sure.size for effect in effects),
                verified=True,
                fixed_since=False,
                windows=(Window(start=moment(start), end=moment(end), what=title),),
                scenarios=(Scenario(effects=effects),),
            )
        ],
    )
    return found[0]


def check(minutes: float) -> None:
    """Raise ``ConfigError`` unless a loss may last so long."""
    if not 0 < minutes < float("inf"):
        raise ConfigError(f"{minutes:g} minutes is no loss", hint="give a positive number of minutes")
    if minutes > LONGEST:
        raise ConfigError(f"{minutes:g} minutes is over a year", hint=f"give at most {LONGEST:.0f} minutes")


def called(estate: Estate, name: str, *, others: Iterable[str] = ()) -> Nodes:
    """Return the nodes of a domain id, of a resource's id, alias or name, or of ``metro:<id>``.

    Raises:
        ConfigError: nothing is called so; ``others`` could have been meant too.
    """
    if axis_of(name) is Axis.METRO:
        return _metro(estate, name)
    if name in estate.index:
        return np.array([estate.index[name]], np.int64)
    inventory = estate.inventory
    called = inventory.resources["name"].str.to_lowercase() == name.lower()
    rows = {*np.flatnonzero(called.to_numpy()).tolist()}
    rows |= {
        int(row) for row in inventory.aliases.filter(inventory.aliases["alias"] == name.lower())["resource"]
    }
    if rows:
        return np.array(sorted(rows), np.int64)
    raise _unknown(estate, name, others)


def _metro(estate: Estate, name: str) -> Nodes:
    city = name.partition(":")[2]
    if places.metro(city) is None:
        raise ConfigError(
            f"{name} is no city with cloud regions that is known here",
            hint=f"did you mean metro:{closest(city, [m.id for m in places.metros()]) or 'seoul'}?",
        )
    ids = [
        region_id(provider, region.code)
        for provider in places.providers()
        for region in places.regions(provider)
        if region.metro == city
    ]
    nodes = sorted(estate.index[each] for each in ids if each in estate.index)
    return np.array(nodes, np.int64) if nodes else NONE


def _unknown(estate: Estate, name: str, others: Iterable[str]) -> ConfigError:
    known = [estate.names[node] for node in np.flatnonzero(np.isin(estate.kinds, _DOMAINS))]
    near = closest(name, [*known, *others])
    return ConfigError(
        f"{name!r} is neither a failure domain nor a resource of this estate",
        hint=f"did you mean {near}?"
        if near
        else f"a domain id such as {known[0] if known else 'region:aws/us-east-1'}",
    )
