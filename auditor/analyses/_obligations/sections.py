"""How duties are told: what is owed, what may be, and what must be known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from auditor.model.audit import Answer, Clock, NoticeDue, Obligation
from auditor.model.section import Block, Cell, Note, Section, Table, Tone
from auditor.obligations.evaluate import LABEL

TITLE = "Who must tell whom"
SHOWN_IN_BRIEF = 2
SUBJECTS_SHOWN = 4
TONES = {Answer.YES: Tone.BAD, Answer.UNKNOWN: Tone.UNKNOWN, Answer.NO: Tone.GOOD}
WORDS = {Answer.YES: "owed", Answer.UNKNOWN: "possibly owed", Answer.NO: "not owed"}
COLUMNS = ("Law", "Whose duty", "For", "In", "Crossed", "Due")


def section(found: Sequence[Obligation]) -> Section:
    """Return the report's section on the duties that replays would trigger."""
    owed = [each for each in found if each.answer is Answer.YES]
    if not found:
        blocks: tuple[Block, ...] = (
            Note(lines=("No outage in reach would trigger a notification law that is known here.",)),
        )
        return Section(id="obligations", title=TITLE, blocks=blocks)
    label = Note(lines=(f"{LABEL[0].upper()}{LABEL[1:]}.",), tone=Tone.CAUTION)
    whole = [*_table(owed), *_possible(found), *_unverified(found), label]
    brief = (*_brief(owed), label)
    return Section(
        id="obligations", title=TITLE, blocks=tuple(whole), brief=brief, summary=_summary(found, owed)
    )


def _brief(owed: Sequence[Obligation]) -> tuple[Note, ...]:
    """Return a line on each of the first duties owed."""
    lines = [
        f"{_law(each)}: {each.owed_by}, in {each.cause}; due {_due(notice) if notice else 'no hour set'}."
        for each in owed[:SHOWN_IN_BRIEF]
        for notice in [next((notice for notice in each.notices if notice.due), None)]
    ]
    return (Note(lines=tuple(lines), tone=Tone.BAD, bulleted=True),) if lines else ()


def answers(found: Sequence[Obligation], not_asked: Sequence[tuple[str, str]]) -> tuple[Section, ...]:
    """Return one section per answer to a log, then the laws that were not asked."""
    sections = [_answer(number, each) for number, each in enumerate(found, start=1)]
    rest: list[Block] = []
    if not found:
        rest.append(Note(lines=("No law that is known here binds anybody in this log.",)))
    if not_asked:
        rest.append(Note(lines=("Not asked:", *(f"{law}: {why}" for law, why in not_asked)), bulleted=True))
    rest.append(Note(lines=(f"{LABEL[0].upper()}{LABEL[1:]}.",), tone=Tone.CAUTION))
    closing = Section(id="obligations-notes", title="Also", blocks=tuple(rest), brief=tuple(rest))
    opening = Section(id="obligations", title=TITLE, blocks=tuple(_table(found, answers=True)))
    return (*((opening,) if found else ()), *sections, closing)


def _summary(found: Sequence[Obligation], owed: Sequence[Obligation]) -> str:
    mine = sum(each.clock is Clock.OWN for each in owed)
    possible = len(found) - len(owed)
    return (
        f"Notice owed {_times(len(owed) - mine)} by providers, {_times(mine)} by you; "
        f"{possible} more on undeclared facts."
    )


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def _table(found: Sequence[Obligation], *, answers: bool = False) -> tuple[Block, ...]:
    if not found:
        return ()
    return (
        Table(
            columns=("Answer", *COLUMNS) if answers else COLUMNS,
            rows=tuple(((_verdict(each),) if answers else ()) + _row(each) for each in found),
            caption="Local times; the crossing is the minute the law's threshold was full.",
        ),
    )


def _verdict(each: Obligation) -> Cell:
    return Cell(text=WORDS[each.answer], tone=TONES[each.answer])


def _row(each: Obligation) -> tuple[Cell, ...]:
    first = next((notice for notice in each.notices if notice.due), None)
    return (
        Cell(text=_law(each)),
        Cell(text=f"{each.owed_by} to {_listed(each.owed_to)}"),
        Cell(text=_listed(each.subjects)),
        Cell(text=each.cause),
        Cell(text=_clock(each.crossed_local) if each.crossed_local else "-", tone=TONES[each.answer]),
        Cell(text=_due(first) if first else "-"),
    )


def _clock(stamp: str | None) -> str:
    """Return ``2018-11-22 08:29 +09:00``; seconds only where there are some."""
    if stamp is None:
        return "not known"
    moment = datetime.fromisoformat(stamp)
    clock = moment.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")
    return f"{clock} UTC" if stamp.endswith("Z") else f"{clock} {stamp[-len('+09:00') :]}"


def _due(notice: NoticeDue) -> str:
    return notice.wording if notice.due is None else f"{_clock(notice.due_local)}, {notice.wording}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SUBJECTS_SHOWN])
    return shown if len(names) <= SUBJECTS_SHOWN else f"{shown} and {len(names) - SUBJECTS_SHOWN} more"


def _possible(found: Sequence[Obligation]) -> tuple[Block, ...]:
    """Return the open answers, one row per law and clock, then what would decide them."""
    groups: dict[tuple[str, Clock], list[Obligation]] = {}
    for each in found:
        if each.answer is Answer.UNKNOWN:
            groups.setdefault((each.law, each.clock), []).append(each)
    if not groups:
        return ()
    table = Table(
        columns=("Possibly owed under", "By", "Outages", "For"),
        rows=tuple(_open_row(group) for _, group in sorted(groups.items())),
        numeric=("Outages",),
    )
    return table, Note(lines=("What must be known and is not:", *_open(groups.values())), bulleted=True)


def _open_row(group: Sequence[Obligation]) -> tuple[Cell, ...]:
    return (
        Cell(text=_law(group[0]), tone=Tone.UNKNOWN),
        Cell(text=_listed(_distinct(each.owed_by for each in group))),
        Cell(text=str(len({each.cause for each in group}))),
        Cell(text=_listed(_distinct(name for each in group for name in each.subjects))),
    )


def _open(groups: Iterable[Sequence[Obligation]]) -> tuple[str, ...]:
    """Return what must be known, each once, with the laws it decides."""
    laws: dict[str, list[str]] = {}
    for group in groups:
        for line in _distinct(line for each in group for line in each.missing):
            laws.setdefault(line, []).append(group[0].law)
    return tuple(f"{line}: {', '.join(sorted(set(names)))}" for line, names in sorted(laws.items()))


def _law(each: Obligation) -> str:
    return each.law if each.verified else f"{each.law} (unverified)"


def _unverified(found: Iterable[Obligation]) -> tuple[Block, ...]:
    lines = _distinct(f"{each.law}: {'; '.join(each.unverified)}" for each in found if each.unverified)
    if not lines:
        return ()
    return (Note(lines=("Not read in any source:", *sorted(lines)), tone=Tone.CAUTION, bulleted=True),)


def _distinct(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(lines))


def _answer(number: int, each: Obligation) -> Section:
    blocks: list[Block] = [
        Note(lines=_facts(each), tone=TONES[each.answer]),
        _windows(each),
        _thresholds(each),
    ]
    if each.notices:
        blocks.append(_notices(each))
    if each.content and each.answer is not Answer.NO:
        blocks.append(Note(lines=("The notice must contain:", *each.content), bulleted=True))
    if each.missing:
        blocks.append(
            Note(lines=("What must be known and is not:", *each.missing), tone=Tone.UNKNOWN, bulleted=True)
        )
    if each.exemptions and each.answer is not Answer.NO:
        blocks.append(Note(lines=("Not owed for:", *each.exemptions), bulleted=True))
    blocks += _unverified([each])
    return Section(id=f"obligation-{number}", title=_headline(each), blocks=tuple(blocks))


def _headline(each: Obligation) -> str:
    return f"{each.law}, {each.owed_by} for {_listed(each.subjects)}: {WORDS[each.answer]}"


def _facts(each: Obligation) -> tuple[str, ...]:
    lines = [f"{each.name}.", f"{each.instrument}: {', '.join(each.articles)}".removesuffix(": ") + "."]
    if each.answer is Answer.NO:
        lines.append(
            "Not owed: no threshold was crossed."
            if each.crossed is Answer.NO
            else "Not owed: it does not bind here."
        )
    else:
        how = "Crossed" if each.crossed is Answer.YES else "Crossed at the earliest"
        when = f"{_clock(each.crossed_local)} ({each.timezone}), {_clock(each.crossed_at)}"
        lines.append(f"{how}: {when}.")
    if each.learned:
        lines.append(f"Learned from: {each.learned}")
    return tuple(lines)


def _windows(each: Obligation) -> Table:
    return Table(
        columns=("From (UTC)", "Until (UTC)", "What"),
        rows=tuple(
            (Cell(text=w.start), Cell(text=w.end or "not known"), Cell(text=w.what)) for w in each.windows
        ),
        caption="Stops that count",
    )


def _thresholds(each: Obligation) -> Table:
    return Table(
        columns=("Threshold", "Met", "When", "Must be known"),
        rows=tuple(
            (
                Cell(text=check.text + ("" if check.verified else " (unverified)")),
                Cell(text=check.answer.value, tone=TONES[check.answer]),
                Cell(text=_clock(check.at_local) if check.at_local else "-"),
                Cell(text="; ".join(check.missing) or "-"),
            )
            for check in each.thresholds
        ),
    )


def _notices(each: Obligation) -> Table:
    return Table(
        columns=("Notice", "To", "Due", "In words", "Counted from"),
        rows=tuple(
            (
                Cell(text=notice.what),
                Cell(text=", ".join(notice.to)),
                Cell(text=_clock(notice.due_local) if notice.due_local else "no hour set"),
                Cell(text=notice.wording),
                Cell(text=notice.counted_from or "-"),
            )
            for notice in each.notices
        ),
    )
