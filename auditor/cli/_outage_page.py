"""One outage of the catalogue as a page: what happened, when, to whom, and who says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from auditor.model.section import Block, Cell, Note, Section, Table, Tone

if TYPE_CHECKING:
    from auditor.outages import Impact, Outage
    from auditor.outages.schema import Milestone

UNVERIFIED = "not verified"

_KINDS = {
    "exact": "",
    "approx": "about ",
    "at-least": "at least ",
    "sum-of-windows": "in all ",
    "unknown": "",
}


def length(outage: Outage) -> str:
    """Return the provider's own count of minutes, or that nobody knows it."""
    return "not known" if outage.minutes is None else f"{outage.minutes:,.0f}"


def subtitle(outage: Outage) -> str:
    """Return id, class and length in one line."""
    minutes = "length not known"
    if outage.minutes is not None:
        minutes = f"{_KINDS.get(outage.minutes_kind, '')}{length(outage)} min"
    return f"{outage.id} · {outage.provider} · {classes(outage)} · {minutes}"


def classes(outage: Outage) -> str:
    """Return what kinds of thing failed, the main one first."""
    return ", ".join(each.value for each in (outage.fault_class, *outage.also))


def sections(outage: Outage) -> tuple[Section, ...]:
    """Return the page's parts; those of which nothing is known are left out."""
    made: tuple[tuple[str, str, tuple[Block, ...]], ...] = (
        ("what", "What happened", _what(outage)),
        ("timeline", "Timeline", _timeline(outage)),
        ("effects", "Effects", (_effects(outage), Note(lines=("What each put out:",)), _targets(outage))),
        ("hit", "Who was hit, and who was not", _hit(outage)),
        ("recovery", "Recovery", _recovery(outage)),
        ("notice", "How people learned of it", _notice(outage)),
        ("unverified", "Not verified", _unverified(outage)),
        ("sources", "Sources", (_bullets(_sources(outage)),)),
    )
    return tuple(Section(id=name, title=title, blocks=blocks) for name, title, blocks in made if blocks)


def _bullets(lines: Iterable[str], *, tone: Tone = Tone.PLAIN) -> Note:
    return Note(lines=tuple(lines), bulleted=True, tone=tone)


def _what(outage: Outage) -> tuple[Block, ...]:
    blocks: list[Block] = [Note(lines=(outage.mechanism,)), _bullets(_frame(outage))]
    if outage.fixed_since is not None:
        blocks.append(Note(lines=(f"Fixed since: {outage.fixed_since}",), tone=Tone.GOOD))
    if outage.notes:
        blocks.append(Note(lines=(outage.notes,)))
    return tuple(blocks)


def _frame(outage: Outage) -> Iterator[str]:
    end = "its end is not known" if outage.end is None else f"until {_both(outage.end, outage)}"
    yield f"From {_both(outage.start, outage)}, {end}"
    if outage.basis:
        yield outage.basis
    if outage.recovered is not None:
        yield f"The last of it was well at {_both(outage.recovered, outage)}"
    reach = outage.reach
    zones = f", zones {', '.join(reach.zones)}" if reach.zones else ""
    yield f"Where: {reach.kind}, {', '.join(reach.regions) or 'everywhere'}{zones}"
    if reach.zone_note:
        yield reach.zone_note
    protects = (reach.multi_az_protects, reach.multi_region_protects)
    yield "Several zones would protect: {}; several regions: {}".format(*protects)


def _timeline(outage: Outage) -> tuple[Block, ...]:
    if not outage.milestones:
        return ()
    local = outage.timezone != "UTC"
    rows = (
        (
            Cell(text=_day(each.at) if each.precision == "day" else _stamp(each.at)),
            *([_clock(each, outage)] if local else []),
            Cell(text=each.what, detail=_mark(each.precision, verified=each.verified)),
        )
        for each in sorted(outage.milestones, key=lambda each: each.at)
    )
    columns = ("At (UTC)", *([outage.timezone] if local else []), "What")
    return (Table(columns=columns, rows=tuple(rows)),)


def _clock(step: Milestone, outage: Outage) -> Cell:
    return Cell(text="" if step.precision == "day" else f"{_local(step.at, outage):%H:%M}")


def _mark(precision: str, *, verified: bool) -> str:
    marks = [precision] if precision not in {"minute", "day"} else []
    return ", ".join(marks if verified else [*marks, UNVERIFIED])


def _effects(outage: Outage) -> Table:
    return Table(
        columns=("Effect", "When (UTC)", "How"),
        rows=tuple(
            (
                Cell(text=impact.what),
                Cell(text=_window(impact)),
                Cell(text=", ".join(_how(impact))),
            )
            for impact in outage.impacts
        ),
    )


def _targets(outage: Outage) -> Note:
    """Tell what each effect put out, and what else there is to say of it."""
    lines = (
        f"{impact.what}: {'; '.join(_target(impact))}{f'. {impact.note}' if impact.note else ''}"
        for impact in outage.impacts
    )
    return _bullets(lines)


def _window(impact: Impact) -> str:
    low, high = impact.duration
    start = _stamp(impact.start)
    if impact.minutes is not None and impact.end is None:
        return f"from {start}, each back after {low:,.0f}-{high:,.0f} min"
    if impact.end is None:
        until = "no end known"
    else:
        same = impact.end.date() == impact.start.date()
        until = f"to {impact.end:%H:%M}" if same else f"to {_stamp(impact.end)}"
    if high is None:
        lasted = "" if low is None else f", at least {low:,.0f} min"
    else:
        lasted = f", {high:,.0f} min" if low == high else f", {low or 0:,.0f}-{high:,.0f} min"
    return f"{start} {until}{lasted}"


def _how(impact: Impact) -> Iterator[str]:
    yield impact.severity.value
    yield f"{impact.plane.value} plane" if impact.plane.value != "both" else "both planes"
    yield impact.applies_to.value
    if impact.partial:
        yield "a part only" if impact.share is None else f"{100 * impact.share:g}% of them"
    if not impact.verified:
        yield UNVERIFIED


def _target(impact: Impact) -> Iterator[str]:
    from auditor.outages import folded
    from auditor.outages.spelled import in_words

    if impact.nodes:
        yield ", ".join(folded(impact.nodes))
    if impact.where is not None:
        yield f"whatever meets: {in_words(impact.where)}"
    if impact.one_zone_of is not None:
        yield f"one zone of {'/'.join(impact.one_zone_of)}, nobody said which"
    if impact.online is not None:
        since, until = impact.online
        yield f"only hosts on between {since:%H:%M} and {until:%H:%M}"


def _hit(outage: Outage) -> tuple[Block, ...]:
    reach, toll = outage.reach, outage.toll
    lines = [f"Hit: {', '.join(toll.victims)}"] if toll.victims else []
    lines += [reach.condition] if reach.condition else []
    lines += [f"Not hit: {each}" for each in reach.not_hit]
    for part in reach.population:
        share = "" if part.share is None else f"{100 * part.share:g}% of "
        lines.append(f"{part.what}: {share}{part.of}{f' ({part.note})' if part.note else ''}")
    lines += toll.figures
    lines += [toll.note] if toll.note else []
    return (_bullets(lines),) if lines else ()


def _recovery(outage: Outage) -> tuple[Block, ...]:
    found = outage.recovery
    lines = [f"{found.kind.value}: {found.note}".rstrip(": ")]
    lines += [f"{each.what}: {each.minutes:,.0f} min ({each.precision})" for each in found.observed]
    return (_bullets(lines),)


def _notice(outage: Outage) -> tuple[Block, ...]:
    told = outage.notification
    lines = [each for each in (told.conduct, told.regulator, told.legal) if each]
    lines += [f"First word: {_both(told.first, outage)}"] if told.first is not None else []
    lines += [f"Channels: {', '.join(told.channels)}"] if told.channels else []
    return (_bullets(lines),) if lines else ()


def _unverified(outage: Outage) -> tuple[Block, ...]:
    lines = [] if outage.verified else ["That it happened is certain; its key times were in no source read"]
    lines += outage.unverified
    lines += [outage.verification_note] if outage.verification_note else []
    return (_bullets(lines, tone=Tone.CAUTION),) if lines else ()


def _sources(outage: Outage) -> Iterator[str]:
    for each in outage.sources:
        yield " - ".join(part for part in (each.title, each.kind, each.supports, each.url) if part)


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"


def _local(moment: datetime, outage: Outage) -> datetime:
    return moment.astimezone(ZoneInfo(outage.timezone))


def _both(moment: datetime, outage: Outage) -> str:
    if outage.timezone == "UTC":
        return f"{_stamp(moment)} UTC"
    return f"{_stamp(moment)} UTC ({_local(moment, outage):%H:%M} {outage.timezone})"
