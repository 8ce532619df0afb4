"""The finder's page of the report: what is shared once, with all the redundancies it ends."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditor.analyses._redundancy.found import Certainty, FalseRedundancies, FalseRedundancy, Link, Sort
from auditor.analyses._redundancy.patterns import Pattern, line, patterns, table
from auditor.analyses._text import named
from auditor.model.domain import axis_of
from auditor.model.evidence import Evidence
from auditor.model.section import Block, Cell, Note, Section, Table, Tone

FEW = 8
"""Rows up to which each finding is told; more are told by kind first, and the heaviest of them after."""
NAMED = 4
OPENING = (
    "What looks like a spare and goes with the first. Each redundancy is held to what it claims: members in "
    "several zones to survive a zone, members in several regions to survive a region."
)
BRIEF = 3
COLUMNS = ("Shared", "Kind", "Redundancy", "How sure", "Why", "Seen in", "Workloads")
_TONES = {
    Certainty.SURE: Tone.BAD,
    Certainty.POSSIBLE: Tone.CAUTION,
    Certainty.PRIOR: Tone.PLAIN,
}

Group = tuple[FalseRedundancy, ...]
"""Findings that one thing explains."""


def sections(found: FalseRedundancies) -> tuple[Section, ...]:
    """Return the page, none where no redundancy is claimed or none is false."""
    if not found.findings:
        return ()
    groups = _grouped(found.findings)
    sure = [group for group in groups if group[0].certainty is Certainty.SURE]
    count = sum(len(group) for group in sure)
    kinds = patterns(found.findings)
    looked = f"{found.claims:,} redundancies looked at."
    blocks: list[Block] = [Note(lines=(OPENING,))]
    if many := len(groups) > FEW:
        blocks.append(table(kinds, caption=f"{looked} One row per kind of finding."))
    rows = tuple(_row(group) for group in groups[:FEW])
    rest = f"The heaviest; {len(groups) - len(rows):,} more are in the JSON." if many else looked
    blocks.append(Table(columns=COLUMNS, rows=rows, caption=rest))
    if left := _left(found):
        blocks.append(Note(lines=left))
    return (
        Section(
            id="false-redundancy",
            title="False redundancy",
            blocks=tuple(blocks),
            summary=f"{count} {'redundancies are' if count != 1 else 'redundancy is'} false."
            if count
            else "",
            brief=_brief(sure, [each for each in kinds if each.certainty is Certainty.SURE]),
        ),
    )


def _left(found: FalseRedundancies) -> tuple[str, ...]:
    lines = []
    if found.omitted:
        lines.append(f"{found.omitted:,} more redundancies of lesser weight are false or may be; not listed.")
    if found.unexamined:
        lines.append(
            f"Resources shared by {found.unexamined:,} redundancies were not looked for; domains were."
        )
    return tuple(lines)


def _grouped(found: Sequence[FalseRedundancy]) -> list[Group]:
    rows: dict[tuple[Certainty, Sort, tuple[str, ...], str, tuple[str, ...]], list[FalseRedundancy]] = {}
    for each in found:
        key = (each.certainty, each.sort, each.shared, each.claim.survives.value, each.through[-1:])
        rows.setdefault(key, []).append(each)
    return [tuple(group) for group in rows.values()]


def _brief(sure: Sequence[Group], kinds: Sequence[Pattern]) -> tuple[Block, ...]:
    """Return a few lines: each false redundancy where they are few, else each kind of them."""
    if not sure:
        return ()
    if len(sure) <= BRIEF:
        lines = [f"{group[0].claim.text}: {group[0].why}." for group in sure]
    else:
        lines = [line(each) for each in kinds[:BRIEF]]
        rest = sum(len(each.findings) for each in kinds[BRIEF:])
        lines += [f"{rest:,} more in the full report."] if rest else []
    return (Note(lines=tuple(lines), tone=Tone.BAD, bulleted=True),)


def _row(group: Group) -> tuple[Cell, ...]:
    first = group[0]
    sure = first.certainty.value
    if first.unknown:
        sure += f"; {', '.join(first.unknown)} would tell"
    more = f" (and {len(group) - 1} more)" if len(group) > 1 else ""
    workloads = list(dict.fromkeys(name for each in group for name in each.workloads))
    return (
        Cell(text=named(first.shared, NAMED)),
        Cell(text=first.sort.value),
        Cell(text=first.claim.text + more),
        Cell(text=sure, tone=_TONES[first.certainty]),
        Cell(text=first.why, detail=_chain(first)),
        Cell(text=named(sorted({each for item in group for each in item.outages}), NAMED) or "-"),
        Cell(text=named(workloads, NAMED) or "none"),
    )


def _chain(each: FalseRedundancy) -> str:
    """Return the way from each member in short names, with how sure its weakest step is."""
    return "; ".join(
        f"{' > '.join(map(_short, (way[0].node, *(link.on for link in way))))} ({_weakest(way)})"
        for way in each.because
        if way
    )


def _short(node: str) -> str:
    """Return a domain id as it is, the last part of any other id."""
    return node if axis_of(node) is not None else re.split("[/:]", node)[-1] or node


def _weakest(way: Sequence[Link]) -> str:
    order = [each.value for each in Evidence]
    return max((link.evidence for link in way), key=order.index)
