"""Replays as blocks for people: the verdict matrix, exposure per outage, reasons, facts that would decide."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from auditor.analyses._replays.pairs import PAIR
from auditor.analyses._replays.play import outage_minutes
from auditor.analyses._replays.remarks import AS_IF, legend, marks
from auditor.analyses._replays.words import TIMED, minutes_text, sentence, short, tone, verdict_text
from auditor.analyses._text import named, percent, rough
from auditor.errors import ConfigError
from auditor.model.audit import VERDICT_ORDER, OpenRange, Replay, Verdict, WorkloadReplay
from auditor.model.facts import narrowed_by
from auditor.model.section import Block, Cell, Chain, Matrix, Note, Section, Table, Tone
from auditor.model.spelling import closest, one_of
from auditor.model.workload import Workload
from auditor.outages.insides import home_of_control_plane

CHAINS_SHOWN = 3
"""Reason chains printed per workload and outage in the report; ``explain`` and the JSON have all."""

SHOWN_IN_BRIEF = 5
"""Outages in a summary; those that stop something whatever is not known come first."""

NAMED_IN_BRIEF = 4
"""Workloads that a summary names for one verdict."""

_MADE_UP = re.compile("[@~]")
"""Ends an outage's id where it is told as it never was."""

HARMLESS = frozenset({Verdict.SPARED})
STOPPED = frozenset({Verdict.INTERRUPTED, Verdict.DOWN})


def section(replays: Sequence[Replay], workloads: Sequence[Workload]) -> Section:
    """Return the report's section on replays."""
    single = [replay for replay in replays if PAIR not in replay.outage]
    reached = [replay for replay in single if replay.in_reach]
    if not workloads or not reached:
        notes = (Note(lines=(_none(single, workloads),), tone=Tone.PLAIN), *_as_if(single))
        return Section(id="replays", title="Real outages replayed", blocks=notes, brief=notes)
    touching = _telling(reached)
    spared = [replay for replay in reached if not _touches(replay)]
    blocks: tuple[Block, ...] = (
        *((_matrix(touching, workloads), _exposure(_telling(replays))) if touching else ()),
        *_legend(touching),
        *_as_if(single),
        *_spared(spared),
        *_elsewhere(single),
        *_unknown(touching),
        *_together(replays),
        *_reasons(touching),
        _limits(),
    )
    brief = [*(_brief(touching) if touching else ()), *_as_if(single)]
    return Section(
        id="replays",
        title="Real outages replayed",
        blocks=blocks,
        brief=tuple(brief) or _spared(spared),
        summary=_summary(reached, len(touching), len(single)),
    )


def _telling(replays: Sequence[Replay]) -> list[Replay]:
    return [replay for replay in replays if replay.in_reach and _touches(replay)]


def _touches(replay: Replay) -> bool:
    return any(row.verdict[1] not in HARMLESS for row in replay.workloads)


def _weight(replay: Replay) -> tuple[int, float, float, str]:
    """Rank by the worst verdict anywhere, then by exposure; one whose minutes nobody knows goes first."""
    low, high = replay.lost.weight_minutes
    worst = max(VERDICT_ORDER.index(row.verdict[1]) for row in replay.workloads)
    return worst, float("inf") if high is None else high, low or 0.0, replay.outage


def _spared(spared: Sequence[Replay]) -> tuple[Note, ...]:
    """Name the outages that could reach the estate and would touch nothing of it."""
    if not spared:
        return ()
    names = ", ".join(replay.outage for replay in spared)
    return (Note(lines=(f"In reach, and would touch no workload: {names}.",), tone=Tone.GOOD),)


def _as_if(single: Sequence[Replay]) -> tuple[Note, ...]:
    """Tell of each outage that was changed how it was."""
    lines = tuple(
        f"{replay.outage}: {note.removeprefix(AS_IF).strip()}"
        for replay in single
        for note in replay.notes
        if note.startswith(AS_IF)
    )
    return (Note(lines=lines, bulleted=True),) if lines else ()


def _elsewhere(single: Sequence[Replay]) -> tuple[Note, ...]:
    """Tell how many outages could not reach the estate, and how to tell them as if they had."""
    count = sum(not replay.in_reach for replay in single)
    if not count:
        return ()
    line = (
        f"{count} of {len(single)} were elsewhere: in places, products or software this estate does not use. "
        "That is geography, not strength; for the same failures in a region of yours: "
        "`auditor replay --as-if region:<provider>/<region>`."
    )
    return (Note(lines=(line,)),)


def _legend(replays: Sequence[Replay]) -> tuple[Note, ...]:
    lines = legend([mark for replay in replays for mark in marks(replay.notes)])
    return (Note(lines=lines, bulleted=True),) if lines else ()


def explain(replay: Replay, workload: str) -> Section:
    """Return why one outage would do to one workload what it would do.

    Raises:
        ConfigError: there is no such workload.
    """
    rows = {row.workload: row for row in replay.workloads}
    if workload not in rows:
        near = closest(workload, rows)
        raise ConfigError(
            f"there is no workload {workload!r}",
            hint=f"did you mean {near}?" if near else f"one of: {one_of(sorted(rows)) or 'none at all'}",
        )
    row = rows[workload]
    blocks: list[Block] = [Note(lines=_facts_of(row), tone=tone(row))]
    if row.because:
        blocks.append(_chain(row, len(row.because)))
    if row.windows:
        blocks.append(_windows(row))
    if row.unknown_facts:
        blocks.append(Note(lines=tuple(_narrowed(fact) for fact in row.unknown_facts), bulleted=True))
    if replay.notes:
        blocks.append(Note(lines=replay.notes, bulleted=True))
    return Section(
        id=_slug("explain", replay.outage, workload),
        title=f"{row.workload} in {replay.title}",
        blocks=tuple(blocks),
        brief=tuple(blocks),
    )


def _slug(*parts: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", "-".join(parts).lower()).strip("-")


def _none(replays: Sequence[Replay], workloads: Sequence[Workload]) -> str:
    if not workloads:
        return "No workloads were found, so no outage can be replayed on them."
    return f"None of the {len(replays)} outages of the catalogue could reach what this estate uses."


def _summary(reached: Sequence[Replay], touching: int, known: int) -> str:
    if known == 1:
        return "It could reach you, and " + (
            "would touch a workload." if touching else "would touch nothing."
        )
    return (
        f"{len(reached)} of {known} known outages could reach you; "
        f"{touching} of these {len(reached)} would touch a workload."
    )


def _brief(touching: Sequence[Replay]) -> list[Block]:
    """Return the outages that stop most, certain ones first, each with what it would do."""
    shown = sorted(touching, key=_urgency, reverse=True)[:SHOWN_IN_BRIEF]
    labels = dict(zip((each.outage for each in shown), _labels(shown), strict=True))
    rest = len(touching) - len(shown)
    more = f" {rest:,} more are in the full report." if rest else ""
    table = Table(
        columns=("The same failure today", "Would be"),
        rows=tuple(
            (Cell(text=f"{labels[each.outage]}: {each.title}"), Cell(text=_effects(each), tone=_worst(each)))
            for each in shown
        ),
        caption=f"Certain stops first, then most workloads.{more}",
    )
    return [table]


def _urgency(replay: Replay) -> tuple[bool, bool, int, str, tuple[int, float, float, str]]:
    """Rank by whether something stops for certain, not fixed since, by how much may stop, the latest."""
    stops = [row for row in replay.workloads if row.verdict[1] in STOPPED]
    sure = any(row.verdict[0] in STOPPED for row in stops)
    began = min((window.start for window in replay.windows), default="")
    return sure, sure or not replay.fixed_since, len(stops), began, _weight(replay)


def _worst(replay: Replay) -> Tone:
    sure = any(row.verdict[0] in STOPPED for row in replay.workloads)
    return Tone.BAD if sure else Tone.CAUTION


def _effects(replay: Replay) -> str:
    """Return who would be how badly off, worst first, and the money: ``down 84 min: shop; at stake ...``."""
    touched = [row for row in replay.workloads if row.verdict[1] not in HARMLESS]
    heavy = [row for row in touched if row.verdict[1] is not Verdict.WEAKENED] or touched
    groups: dict[tuple[int, bool], list[WorkloadReplay]] = {}
    for row in heavy:
        best, worst = (VERDICT_ORDER.index(each) for each in row.verdict)
        groups.setdefault((-worst, best < worst), []).append(row)
    told = [_together_off(groups[key], possibly=key[1]) for key in sorted(groups)]
    money = [
        f"{rough((low or 0.0, high))} {code}"
        for code, (low, high) in replay.lost.money.items()
        if high is not None and (low, high) != (0.0, 0.0)
    ]
    return "; ".join([*told, *([f"at stake {', '.join(money)}"] if money else [])])


def _together_off(rows: Sequence[WorkloadReplay], *, possibly: bool) -> str:
    """Return a verdict that workloads share, with the longest of their minutes."""
    worst = rows[0].verdict[1]
    text = f"possibly {worst.value}" if possibly else worst.value
    ends = [row.minutes[1] for row in rows]
    if worst in TIMED and None in ends:
        text += ", for how long is not known"
    elif worst in TIMED:
        text += " " + minutes_text(
            (min(row.minutes[0] or 0.0 for row in rows), max(filter(None, ends), default=0.0))
        )
    return f"{text}: {named([row.workload for row in rows], NAMED_IN_BRIEF)}"


def _matrix(reached: Sequence[Replay], workloads: Sequence[Workload]) -> Matrix:
    rows = zip(*(replay.workloads for replay in reached), strict=True)
    return Matrix(
        rows=tuple(workload.name for workload in workloads),
        columns=tuple(_labels(reached)),
        cells=tuple(tuple(_cell(row) for row in line) for line in rows),
        row_title="Workload",
        caption="Exposed: what the same failure would do to today's estate.",
    )


def _cell(row: WorkloadReplay) -> Cell:
    return Cell(text=short(row), tone=tone(row), detail=sentence(row))


def _labels(replays: Sequence[Replay]) -> list[str]:
    """Return who and when of each outage, the whole id where two would read the same."""
    brief = [_label(replay.outage) for replay in replays]
    seen = Counter(brief)
    return [
        label if seen[label] == 1 else replay.outage for label, replay in zip(brief, replays, strict=True)
    ]


def _label(outage: str) -> str:
    real = _MADE_UP.split(outage, maxsplit=1)[0]
    parts = real.split("-")
    for first in range(1, len(parts) - 2):
        if all(part.isdigit() for part in parts[first : first + 3]):
            return (
                " ".join(("-".join(parts[:first]), "-".join(parts[first : first + 3]))) + outage[len(real) :]
            )
    return outage


def _exposure(replays: Sequence[Replay]) -> Table:
    return Table(
        columns=("Outage", "What", "Touched", "Weighted minutes", "Money", "Remarks"),
        rows=tuple(_exposure_row(replay) for replay in sorted(replays, key=_weight, reverse=True)),
        numeric=("Touched", "Weighted minutes"),
        caption="Exposure of all workloads: minutes out x criticality weight, and declared revenue.",
    )


def _exposure_row(replay: Replay) -> tuple[Cell, ...]:
    touched = sum(row.verdict[1] not in HARMLESS for row in replay.workloads)
    money = {code: sum_ for code, sum_ in replay.lost.money.items() if sum_ != (0.0, 0.0)}
    return (
        Cell(text=replay.outage),
        Cell(text=replay.title),
        Cell(text=f"{touched} of {len(replay.workloads)}", tone=Tone.BAD if touched else Tone.GOOD),
        Cell(text=_amount(replay.lost.weight_minutes)),
        Cell(text=_money(money)),
        Cell(text=", ".join(marks(replay.notes)) or "-"),
    )


def _money(sums: Mapping[str, OpenRange]) -> str:
    if sums and all(high is None and not low for low, high in sums.values()):
        return "not known"
    return ", ".join(f"{_amount(bounds)} {code}" for code, bounds in sums.items()) or "-"


def _amount(bounds: OpenRange) -> str:
    low, high = bounds
    if high is None:
        return f"{low:,.0f} or more" if low else "not known"
    return f"{high:,.0f}" if low == high else f"{low or 0:,.0f}-{high:,.0f}"


def _unknown(reached: Sequence[Replay]) -> tuple[Note, ...]:
    facts = Counter(fact for replay in reached for row in replay.workloads for fact in row.unknown_facts)
    if not facts:
        return ()
    lines = tuple(f"{_narrowed(fact)} (decides {count} verdicts)" for fact, count in sorted(facts.items()))
    return (
        Note(
            lines=("Facts nobody knows, that would decide verdicts:", *lines),
            tone=Tone.UNKNOWN,
            bulleted=True,
        ),
    )


def _narrowed(fact: str) -> str:
    return f"{fact}: {narrowed_by(fact)}"


def _together(replays: Sequence[Replay]) -> tuple[Note, ...]:
    lines = tuple(
        line for replay in replays if PAIR in replay.outage for line in (f"{replay.title}:", *replay.notes)
    )
    return (Note(lines=("Outages within a day of each other:", *lines), bulleted=True),) if lines else ()


def _reasons(reached: Sequence[Replay]) -> list[Block]:
    blocks: list[Block] = []
    for replay in reached:
        for row in replay.workloads:
            if row.because and row.verdict[1] not in HARMLESS:
                blocks += [
                    Note(lines=(f"{replay.title}: {sentence(row)}",), tone=tone(row)),
                    _chain(row, CHAINS_SHOWN),
                ]
    return blocks


def _chain(row: WorkloadReplay, count: int) -> Chain:
    shown = row.because[:count]
    return Chain(paths=tuple(each.chain for each in shown), evidence=tuple(each.evidence for each in shown))


def _limits() -> Note:
    return Note(
        lines=(
            "Inventory proves exposed, never hit: which resources an outage reached, only the provider knew.",
            "Low is the best case (nothing that is only possible happens), high the worst.",
        )
    )


def _facts_of(row: WorkloadReplay) -> tuple[str, ...]:
    lines = [sentence(row), f"Verdict: {verdict_text(row)}."]
    if row.verdict[1] in TIMED:
        slow = minutes_text(row.impaired_minutes)
        lines.append(f"Out: {minutes_text(outage_minutes(row))}; out, slow or erring: {slow}.")
    if row.partial:
        share = "an unknown share" if row.share is None else f"{100 * row.share:g}%"
        lines.append(
            f"Only {share} of what matches was hit, and no inventory knows which: the low bound is 0."
        )
    if row.roots_out is not None:
        lines.append(f"Of what it is made of, {percent(row.roots_out)} would be out.")
    if row.control_plane:
        lines.append(f"To act it would need: {', '.join(map(_with_home, row.control_plane))}.")
    if row.rto_breach is not None:
        lines.append(f"Recovery-time target passed: {row.rto_breach.value}.")
    if row.data_loss_possible:
        lines.append(_loss(row))
    return tuple(lines)


def _with_home(control_plane: str) -> str:
    """Name a control plane with the region it is changed in, where there is one for all regions."""
    known = home_of_control_plane(control_plane)
    return control_plane if known is None or known.home is None else f"{control_plane} (home: {known.home})"


def _loss(row: WorkloadReplay) -> str:
    if row.data_loss is None:
        return "Switching would lose writes; for how many minutes is not known."
    return f"Switching would lose writes of {minutes_text(row.data_loss)}."


def _windows(row: WorkloadReplay) -> Table:
    return Table(
        columns=("From (UTC)", "Until (UTC)", "Effect"),
        rows=tuple(
            (Cell(text=w.start), Cell(text=w.end or "not known"), Cell(text=w.what)) for w in row.windows
        ),
        caption="Windows of the effects that reach it",
    )
