"""From an outage to a replay that can be played: its scenarios, and what the reader must know."""

from __future__ import annotations

from auditor.analyses._replays.effects import scenarios
from auditor.analyses._replays.ground import Ground
from auditor.analyses._replays.play import Script
from auditor.analyses._replays.reading import windows
from auditor.analyses._replays.remarks import AS_IF, ENDLESS, FIXED, PARTIAL, UNNAMED, UNVERIFIED
from auditor.outages import in_reach
from auditor.outages.schema import Outage


def script(outage: Outage, ground: Ground) -> Script:
    """Return what one outage would put out in an estate, and whether it could reach the places it uses."""
    return Script(
        id=outage.id,
        title=outage.title,
        in_reach=in_reach(outage, ground.used),
        verified=outage.verified,
        fixed_since=outage.fixed_since is not None,
        windows=windows(outage.impacts),
        scenarios=scenarios(outage, ground),
        notes=_notes(outage),
    )


def _notes(outage: Outage) -> tuple[str, ...]:
    notes = [f"{AS_IF} {' '.join(outage.as_if)}"] if outage.as_if else []
    if any(impact.partial for impact in outage.impacts):
        notes.append(PARTIAL)
    if any(impact.one_zone_of is not None for impact in outage.impacts):
        notes.append(UNNAMED)
    if any(impact.duration[1] is None for impact in outage.impacts):
        notes.append(ENDLESS)
    if outage.fixed_since is not None:
        notes.append(f"{FIXED} {outage.fixed_since}")
    if not outage.verified:
        notes.append(UNVERIFIED)
    return tuple(notes)
