"""The backtest as blocks for people: the hit rate, by fate and by class, and every miss with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.analyses._backtest.cases import RECORD
from auditor.analyses._backtest.judge import Outcome, served
from auditor.analyses._backtest.trial import Tally, Trial, tally
from auditor.analyses._replays.words import TIMED, minutes_text
from auditor.model.audit import OpenRange, Verdict
from auditor.model.section import Block, Cell, Figure, Figures, Note, Section, Table, Tone

TONES = {
    Outcome.PRECISE: Tone.GOOD,
    Outcome.BRACKETED: Tone.GOOD,
    Outcome.UNDECIDED: Tone.UNKNOWN,
    Outcome.MISS: Tone.BAD,
}
COUNTS = ("Cases", "Precise", "Bracketed", "Undecided", "Missed", "By place alone")
MEANS = (
    "Precise: the replay's verdicts lie within the fate a source tells, its minutes within those told.",
    (
        "Bracketed: they contain the fate on the same side of serving and not serving, or their minutes meet "
        "those told without lying within."
    ),
    (
        "Undecided: the replay leaves open whether users were served at all, mostly because only a part was "
        "hit and no inventory knows which. Counted as no hit, however right the worst case."
    ),
    "Missed: verdict, minutes, or whether things could be changed, contradict what is told. Misses stay.",
    (
        "By place alone: what a rule would get right that calls down whatever stands where the outage was or "
        "uses what failed, and calls spared everything else; it never says that it does not know."
    ),
)
LIMITS = (
    (
        "Estates are archetypes: what such a firm would have to look like for the source's statement. "
        "Nothing is claimed about what a real firm runs."
    ),
    (
        "The outages' effects come from the same sources as the fates. So this measures whether facts and "
        "engine together tell hit from spared; it does not foretell an outage that has not been."
    ),
    "Fates were written down before any replay was asked, each with the words of the record that tell it.",
    "Press lists name firms without saying how badly they were hit: impaired or down both agree with them.",
)


def sections(trials: Sequence[Trial], *, everything: bool) -> tuple[Section, ...]:
    """Return the summary and the misses; with ``everything`` also each case."""
    misses = [each for each in trials if each.outcome is Outcome.MISS]
    missed = Note(lines=tuple(_miss(each) for each in misses), bulleted=True)
    found = [
        Section(id="backtest", title="How often replays are right", blocks=_summary(trials)),
        Section(id="backtest-misses", title="What was missed, and why", blocks=(missed,)),
    ]
    if everything:
        found.append(Section(id="backtest-cases", title="Every case", blocks=tuple(_cases(trials))))
    return tuple(found)


def _miss(trial: Trial) -> str:
    return (
        f"{trial.firm} ({trial.outage}/{trial.id}). Told: {trial.fate} "
        f"Replay says: {_said(trial)}. {trial.why_missed or ''}"
    ).rstrip()


def headline(trials: Sequence[Trial]) -> Figures:
    """Return the hit rate in one row of figures."""
    whole = tally(trials)
    decided = whole.hits + whole.missed
    outages = len({each.outage for each in trials})
    return Figures(
        items=(
            Figure(label="Cases", value=str(whole.cases), detail=f"in {outages} outages"),
            Figure(
                label="Right",
                value=_share(whole.hits, whole.cases),
                tone=Tone.GOOD,
                detail=f"{whole.precise} precise, {whole.bracketed} bracketed",
            ),
            Figure(
                label="Undecided",
                value=_share(whole.undecided, whole.cases),
                tone=Tone.UNKNOWN,
                detail="exposed; whether hit, no inventory knows",
            ),
            Figure(
                label="Missed", value=_share(whole.missed, whole.cases), tone=Tone.BAD, detail="see below"
            ),
            Figure(
                label="Right where decided",
                value=_share(whole.hits, decided),
                detail="undecided ones left out",
            ),
            Figure(
                label="By place alone",
                value=_share(whole.by_place, whole.cases),
                detail='a rule that says "in reach means down"',
            ),
        )
    )


def _summary(trials: Sequence[Trial]) -> tuple[Block, ...]:
    spared = [each for each in trials if served(each.expected[0])]
    hit = [each for each in trials if not served(each.expected[0])]
    record = sum(each.source == RECORD for each in trials)
    named = (
        f"{record} cases rest on the record's own list or inference, which names no single source for them."
    )
    return (
        _counted("Fate", {"hit": hit, "spared, or failed over": spared}, trials),
        _counted(
            "Class of outage",
            {
                kind.value: [each for each in trials if each.fault_class is kind]
                for kind in sorted({each.fault_class for each in trials})
            },
            trials,
        ),
        Note(lines=MEANS, bulleted=True),
        Note(lines=(*LIMITS, named), bulleted=True),
    )


def _counted(title: str, groups: dict[str, list[Trial]], whole: Sequence[Trial]) -> Table:
    rows = [(name, tally(group)) for name, group in groups.items()]
    rows.append(("all", tally(whole)))
    return Table(
        columns=(title, *COUNTS),
        rows=tuple((Cell(text=name), *_numbers(counts)) for name, counts in rows),
        numeric=COUNTS,
    )


def _numbers(counts: Tally) -> tuple[Cell, ...]:
    numbers = (
        counts.cases,
        counts.precise,
        counts.bracketed,
        counts.undecided,
        counts.missed,
        counts.by_place,
    )
    return tuple(Cell(text=str(number)) for number in numbers)


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.0%})" if whole else "none"


def _cases(trials: Sequence[Trial]) -> list[Block]:
    table = Table(
        columns=("Case", "Told", "Source", "Archetype", "Replay says", "Outcome"),
        rows=tuple(
            (
                _name(each),
                _told(each),
                Cell(text=each.source),
                Cell(text=each.assumes),
                Cell(text=_said(each)),
                Cell(text=each.outcome.value, tone=TONES[each.outcome]),
            )
            for each in trials
        ),
    )
    return [table]


def _name(trial: Trial) -> Cell:
    return Cell(text=trial.firm, detail=f"{trial.outage}/{trial.id}")


def _told(trial: Trial) -> Cell:
    return Cell(text=trial.fate, detail=_range(trial.expected, trial.observed))


def _said(trial: Trial) -> str:
    changes = ["cannot be changed as usual"] if trial.control_plane else []
    return ", ".join([_range(trial.verdict, trial.minutes), *changes])


def _range(verdict: tuple[Verdict, Verdict], minutes: OpenRange | None) -> str:
    best, worst = verdict
    text = worst.value if best is worst else f"{best.value}...{worst.value}"
    return text if minutes is None or worst not in TIMED else f"{text}, {minutes_text(minutes)}"
