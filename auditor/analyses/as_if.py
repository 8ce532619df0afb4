"""As if here: failures that were elsewhere, told of the region this estate uses most.

That an outage spared an estate because it was in another region says nothing of the estate. For each class of
failure with a precedent elsewhere, the longest ones are moved to the region with most resources and replayed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import polars as pl

from auditor.analyses._replays.ground import Ground
from auditor.analyses._replays.play import play
from auditor.analyses._replays.scripts import script
from auditor.analyses._replays.words import short, tone
from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate import in_use
from auditor.estate.condense import condense
from auditor.estate.graph import Estate
from auditor.model import places
from auditor.model.audit import VERDICT_ORDER, Replay, Verdict
from auditor.model.domain import region_id
from auditor.model.section import Block, Cell, Note, Section, Table, Tone
from auditor.outages import Outage, facts_asked, transplant
from auditor.outages.homes import home_of
from auditor.outages.transplant import MARK, can_be_told_of

MOST = 10
"""Outages moved and replayed; the command line replays any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsIf:
    """The same failures in one region of the estate.

    Attributes:
        place: domain id of the region, None where nothing of the estate is in one.
        elsewhere: outages that could not reach the estate; ``movable`` those that can be told of the region.
        replays: those that were, worst first, without reasons.
    """

    place: str | None
    elsewhere: int
    movable: int
    replays: tuple[Replay, ...]


def measure(estate: Estate, outages: Mapping[str, Outage], reached: Sequence[Replay]) -> AsIf:
    """Replay what was elsewhere in the largest region; ``reached`` are the plain replays."""
    elsewhere = [
        outages[replay.outage] for replay in reached if not replay.in_reach and replay.outage in outages
    ]
    place = largest_region(estate)
    if place is None or not estate.workloads:
        return AsIf(place=place, elsewhere=len(elsewhere), movable=0, replays=())
    movable = [outage for outage in elsewhere if can_be_told_of(outage, place)]
    moved = [transplant(outage, place) for outage in chosen(movable, place)]
    view = condense(estate, facts=facts_asked(outages.values()))
    ground = Ground.of(view)
    scripts = [script(outage, ground) for outage in moved]
    found = sorted(play(view, scripts, reasons=False), key=_exposure, reverse=True)
    return AsIf(place=place, elsewhere=len(elsewhere), movable=len(movable), replays=tuple(found))


def largest_region(estate: Estate) -> str | None:
    """Return the region with most resources that do something, the first by name of several, None without."""
    rows = estate.inventory.resources.filter(
        pl.lit(pl.Series(in_use(estate))), pl.col("region").is_not_null(), pl.col("region") != "global"
    )
    counted = (
        rows.group_by("provider", "region")
        .len()
        .sort("len", "provider", "region", descending=[True, False, False])
    )
    if counted.is_empty():
        return None
    provider, region, _ = counted.row(0)
    return region_id(provider, region) if provider in places.providers() else None


def chosen(outages: Sequence[Outage], place: str) -> list[Outage]:
    """Return the outages worth moving: by class in turn, of the same provider and the longest first."""
    provider = place.partition(":")[2].partition("/")[0]
    classes: dict[str, list[Outage]] = {}
    for outage in sorted(outages, key=lambda each: (_strange(each, provider), -_length(each), each.id)):
        classes.setdefault(outage.fault_class.value, []).append(outage)
    turns = zip_longest(*(classes[key] for key in sorted(classes)))
    return [outage for turn in turns for outage in turn if outage is not None][:MOST]


def _strange(outage: Outage, provider: str) -> tuple[bool, bool, bool]:
    return outage.provider_kind != "cloud", outage.provider != provider, not outage.verified


def _length(outage: Outage) -> float:
    ends = [impact.until for impact in outage.impacts if impact.until is not None]
    return (max(ends) - outage.start).total_seconds() if ends else 0.0


def _exposure(replay: Replay) -> tuple[float, float, str]:
    low, high = replay.lost.weight_minutes
    return float("inf") if high is None else high, low or 0.0, replay.outage


def run(context: Context) -> Finding:
    """Tell what was elsewhere as if it were here."""
    found = measure(context.estate, context.outages, context.results["replays"] or ())
    return Finding(value=found, sections=_sections(found, context))


def _sections(found: AsIf, context: Context) -> tuple[Section, ...]:
    if found.place is None or not found.replays:
        return ()
    place = found.place.partition(":")[2]
    first = found.replays[0].outage.partition("@")[0]
    opening = (
        f"{found.elsewhere} outages of the catalogue were elsewhere; {found.movable} of them were bound to a "
        f"place and can be told of {place}, where most of this estate is. The {len(found.replays)} replayed "
        "here stand for their classes: of each, the longest."
    )
    limits = (
        "Class, windows, severity, scope and services are carried over; what belongs to the whole provider, "
        "or has no counterpart, is left behind. It is what the same failure would do, not how likely it is."
    )
    others = f"Any other, or longer: `auditor replay {first} --as-if {found.place} --lengthen 2`."
    blocks: tuple[Block, ...] = (
        Note(lines=(opening, limits)),
        *_told(found.replays, context.outages),
        Note(lines=(others,)),
    )
    return (Section(id="as-if", title=f"As if in {place}", blocks=blocks),)


def _told(found: Sequence[Replay], outages: Mapping[str, Outage]) -> tuple[Block, ...]:
    """Return a table of those that would touch a workload, and a sentence on the others."""
    touching = [
        replay for replay in found if any(row.verdict[1] is not Verdict.SPARED for row in replay.workloads)
    ]
    others = ", ".join(replay.outage.partition(MARK)[0] for replay in found if replay not in touching)
    note = Note(lines=(f"Would touch no workload there either: {others}.",), tone=Tone.GOOD)
    return (*([_table(touching, outages)] if touching else ()), *([note] if others else ()))


def _table(found: Sequence[Replay], outages: Mapping[str, Outage]) -> Table:
    return Table(
        columns=("The same failure", "Was in", "Class", "Touched", "Worst off"),
        rows=tuple(_row(replay, outages[replay.outage.partition(MARK)[0]]) for replay in found),
        numeric=("Touched",),
        caption="Most exposure first",
    )


def _row(replay: Replay, real: Outage) -> tuple[Cell, ...]:
    touched = [row for row in replay.workloads if row.verdict[1] is not Verdict.SPARED]
    worst = max(
        touched, key=lambda row: (VERDICT_ORDER.index(row.verdict[1]), row.minutes[1] or 0.0), default=None
    )
    return (
        Cell(text=real.title, detail=real.id + ("" if real.verified else "; times not verified")),
        Cell(text=f"{real.provider}/{home_of(real)}"),
        Cell(text=real.fault_class.value),
        Cell(text=f"{len(touched)} of {len(replay.workloads)}"),
        Cell(text="-", tone=Tone.GOOD)
        if worst is None
        else Cell(text=f"{worst.workload}: {short(worst)}", tone=tone(worst)),
    )


ANALYSIS = Analysis(name="as_if", run=run, after=("replays",), order=31)
