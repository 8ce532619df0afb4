"""Sections that close a report: what could not be seen, what to do next, coverage and assumptions."""

from __future__ import annotations

from collections import defaultdict

from auditor.model.audit import Audit, Coverage
from auditor.model.change import Change
from auditor.model.gap import Gap
from auditor.model.section import Cell, Figure, Figures, Note, Section, Table, Tone
from auditor.report import words

BRIEF_LINES = 5
"""How many lines of a list a summary shows."""

_GapKey = tuple[str, str, str, str, str]


def gaps(audit: Audit) -> Section:
    """Return what could not be looked at, the same failure in many places told once."""
    if not audit.gaps:
        note = Note(lines=("Every place that was asked for could be read.",), tone=Tone.GOOD)
        return Section(id="gaps", title="What could not be seen", blocks=(note,))
    groups = _grouped(audit.gaps)
    lead = f"{words.count(len(audit.gaps), 'place')} could not be read. Not seen is not absent."
    table = Table(
        columns=("Where", "Call", "Why", "Places", "What would mend it"),
        rows=tuple(_gap_row(key, found) for key, found in groups),
        numeric=("Places",),
    )
    lines = [
        f"{key[0]} {key[2] or key[1] or 'everything'} {key[3]} in {words.count(len(found), 'place')}"
        + (f": {key[4]}" if key[4] else "")
        for key, found in groups[:BRIEF_LINES]
    ]
    if len(groups) > BRIEF_LINES:
        lines.append(f"and {len(groups) - BRIEF_LINES} more kinds of gap in the full report")
    return Section(
        id="gaps",
        title="What could not be seen",
        summary=lead,
        blocks=(table,),
        brief=(Note(lines=tuple(lines), tone=Tone.CAUTION, bulleted=True),),
    )


def _grouped(found: tuple[Gap, ...]) -> list[tuple[_GapKey, list[Gap]]]:
    groups: dict[_GapKey, list[Gap]] = defaultdict(list)
    for gap in found:
        groups[gap.provider, gap.service, gap.operation, gap.reason.value, gap.remedy].append(gap)
    return sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))


def _gap_row(key: _GapKey, found: list[Gap]) -> tuple[Cell, ...]:
    provider, service, operation, reason, remedy = key
    places = sorted({"/".join(part for part in (gap.account, gap.region) if part) for gap in found} - {""})
    details = sorted({gap.detail for gap in found if gap.detail})
    return (
        Cell(text=_some((provider, *places)) if places else provider, detail=", ".join(places)),
        Cell(text=operation or service or "everything"),
        Cell(text=reason, tone=Tone.CAUTION, detail="; ".join(details[:3])),
        Cell(text=f"{len(found):,}"),
        Cell(text=remedy or "try again later"),
    )


def _some(names: tuple[str, ...]) -> str:
    """Return the first of some names and how many more there are."""
    head, *places = names
    shown = ", ".join(places[:3])
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""  # noqa: PLR2004 - as many as are shown
    return f"{head}: {shown}{more}"


def next_steps(audit: Audit) -> Section | None:
    """Return what to do next: the best changes, unless a section tells them, and what narrows ranges."""
    told = any(section.id == "advice" for section in audit.sections)
    changes = [] if told else [_change(change) for change in audit.advice or ()]
    narrowing = _narrowing(audit)
    if not changes and not narrowing:
        return None
    blocks: list[Note] = []
    if changes:
        blocks.append(Note(lines=tuple(changes[: 2 * BRIEF_LINES]), tone=Tone.GOOD, bulleted=True))
    if narrowing:
        blocks.append(Note(lines=("To replace doubt by knowledge:",)))
        blocks.append(Note(lines=tuple(narrowing), tone=Tone.UNKNOWN, bulleted=True))
    known = {section.id for section in audit.sections if section.brief}
    lines = changes[:3] + ([] if "value-of-information" in known else narrowing)
    brief = (Note(lines=tuple(lines[:BRIEF_LINES]), bulleted=True),) if lines else ()
    return Section(
        id="next",
        title="What to do next" if changes else "What would narrow the ranges",
        blocks=tuple(blocks),
        brief=brief,
    )


def _change(change: Change) -> str:
    return (
        f"{change.change} ({change.workload}, against {change.domain}): {change.effort} effort, "
        f"removes {words.percents(change.removes_share)} of exposure"
    )


def _narrowing(audit: Audit) -> list[str]:
    """Return what would narrow ranges, the most common doubt first, each remedy once."""
    doubts: dict[str, tuple[int, str]] = {}
    for fact in audit.coverage.unknown_facts if audit.coverage else ():
        doubts.setdefault(
            fact.narrowed_by, (fact.resources, f"{fact.fact} of {words.count(fact.resources, 'resource')}")
        )
    for (_, _, operation, reason, remedy), found in _grouped(audit.gaps):
        if remedy:
            doubts.setdefault(remedy, (len(found), f"{operation or 'a place'}: {reason}"))
    ordered = sorted(doubts.items(), key=lambda item: (-item[1][0], item[0]))
    return [f"{remedy} ({why})" for remedy, (_, why) in ordered if remedy]


def coverage(audit: Audit) -> Section | None:
    """Return how much was seen and understood."""
    seen = audit.coverage
    if seen is None:
        return None
    blocks: list[Figures | Table | Note] = [_coverage_figures(seen)]
    if seen.unknown_facts:
        blocks.append(_unknown_facts(seen))
    if seen.generic_kinds:
        blocks.append(
            Table(
                columns=("Kind without a description", "Resources"),
                rows=tuple((Cell(text=kind), Cell(text=f"{n:,}")) for kind, n in seen.generic_kinds),
                numeric=("Resources",),
                caption="Kept with their placement: each needs its service, and its zone where it has one.",
            )
        )
    return Section(id="coverage", title="How much was seen", blocks=tuple(blocks))


def _coverage_figures(seen: Coverage) -> Figures:
    unresolved = Tone.CAUTION if seen.references_unresolved else Tone.GOOD
    return Figures(
        items=(
            Figure(label="Resources", value=f"{seen.resources:,}"),
            Figure(label="Kinds described", value=f"{seen.understood:,}", detail="resources of a known kind"),
            Figure(label="Generic", value=f"{seen.generic:,}", detail="kept with their placement only"),
            Figure(
                label="References resolved",
                value=f"{seen.references - seen.references_unresolved:,} of {seen.references:,}",
                tone=unresolved,
            ),
            Figure(label="Unassigned", value=f"{seen.unassigned:,}", detail="in no workload"),
        )
    )


def _unknown_facts(seen: Coverage) -> Table:
    return Table(
        columns=("Unknown fact", "Resources", "What would make it known"),
        rows=tuple(
            (
                Cell(text=fact.fact, tone=Tone.UNKNOWN),
                Cell(text=f"{fact.resources:,}"),
                Cell(text=fact.narrowed_by),
            )
            for fact in seen.unknown_facts
        ),
        numeric=("Resources",),
        caption="Unknown facts widen ranges; they are never taken as absent.",
    )


def assumptions(audit: Audit) -> Section | None:
    """Return everything taken for granted."""
    if not audit.assumptions:
        return None
    table = Table(
        columns=("Taken for granted", "Times", "To replace it by knowledge"),
        rows=tuple(
            (Cell(text=item.text), Cell(text=f"{item.count:,}"), Cell(text=item.narrowed_by))
            for item in audit.assumptions
        ),
        numeric=("Times",),
    )
    return Section(id="assumptions", title="What was assumed", blocks=(table,))
