"""From an outage to a replay that can be played: its scenarios, and what the reader must know."""

from __future__ import annotations

import polars as pl

from auditor.analyses._replays.effects import scenarios
from auditor.analyses._replays.play import Script
from auditor.analyses._replays.reading import windows
from auditor.analyses._replays.remarks import AS_IF, ENDLESS, FIXED, PARTIAL, UNNAMED, UNVERIFIED
from auditor.estate import in_use
from auditor.estate.graph import Estate
from auditor.inventory import Inventory, InventoryBuilder
from auditor.outages import in_reach
from auditor.outages.schema import Outage


def places_in_use(estate: Estate) -> Inventory:
    """Return the part of the inventory that counts for reach; see ``estate.in_use``."""
    used = in_use(estate)
    if used.all():
        return estate.inventory
    whole = estate.inventory
    builder = InventoryBuilder(whole.taken_at)
    builder.extend(whole, keep=pl.lit(pl.Series(used)))
    builder.declare(workloads=whole.workloads, vendors=whole.vendors, fleets=whole.fleets)
    return builder.build()


def script(outage: Outage, estate: Estate, places: Inventory) -> Script:
    """Return what one outage would put out in an estate, and whether it could reach the places it uses."""
    return Script(
        id=outage.id,
        title=outage.title,
        in_reach=in_reach(outage, places),
        verified=outage.verified,
        fixed_since=outage.fixed_since is not None,
        windows=windows(outage.impacts),
        scenarios=scenarios(outage, estate),
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
