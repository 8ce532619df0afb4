"""Whether what a replay says agrees with what became of a firm.

The line that matters to users runs between weakened (it served on) and impaired (it did not serve as it
should). An answer on both sides of that line, where the fate is on one, decides nothing: it is no hit,
however right its worst case.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import inf

from auditor.analyses._backtest.cases import Case
from auditor.model.audit import VERDICT_ORDER, OpenRange, Verdict, WorkloadReplay

LAST_SERVED = VERDICT_ORDER.index(Verdict.WEAKENED)


class Outcome(StrEnum):
    """How an answer compares with a fate, best first."""

    PRECISE = "precise"
    BRACKETED = "bracketed"
    UNDECIDED = "undecided"
    MISS = "miss"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """An outcome and, of a miss, what was missed: ``verdict``, ``minutes`` or ``changes``."""

    outcome: Outcome
    missed: str = ""


def judge(case: Case, row: WorkloadReplay) -> Judgement:
    """Compare the verdict first, then minutes and the possibility of changes where the source tells them."""
    verdict = _verdict(case.verdict, row.verdict)
    if verdict is Outcome.MISS:
        return Judgement(outcome=Outcome.MISS, missed="verdict")
    if verdict is Outcome.UNDECIDED:
        return Judgement(outcome=Outcome.UNDECIDED)
    minutes = Outcome.PRECISE if case.minutes is None else _minutes(case.minutes, row.minutes)
    if minutes is Outcome.MISS:
        return Judgement(outcome=Outcome.MISS, missed="minutes")
    if case.cannot_change is not None and case.cannot_change != bool(row.control_plane):
        return Judgement(outcome=Outcome.MISS, missed="changes")
    both = verdict is minutes is Outcome.PRECISE
    return Judgement(outcome=Outcome.PRECISE if both else Outcome.BRACKETED)


def served(verdict: Verdict) -> bool:
    """Return whether users were served as ever."""
    return VERDICT_ORDER.index(verdict) <= LAST_SERVED


def _verdict(fate: tuple[Verdict, Verdict], answer: tuple[Verdict, Verdict]) -> Outcome:
    (best, worst), (low, high) = map(_places, (fate, answer))
    if low > worst or high < best:
        return Outcome.MISS
    sides = {low > LAST_SERVED, high > LAST_SERVED}
    if not sides <= {best > LAST_SERVED, worst > LAST_SERVED}:
        return Outcome.UNDECIDED
    if best <= low and high <= worst:
        return Outcome.PRECISE
    return Outcome.BRACKETED if low <= best and worst <= high else Outcome.MISS


def _places(verdicts: tuple[Verdict, Verdict]) -> tuple[int, int]:
    return VERDICT_ORDER.index(verdicts[0]), VERDICT_ORDER.index(verdicts[1])


def _minutes(observed: OpenRange, answer: OpenRange) -> Outcome:
    (least, most), (low, high) = map(_bounds, (observed, answer))
    if low > most or high < least:
        return Outcome.MISS
    return Outcome.PRECISE if least <= low and high <= most else Outcome.BRACKETED


def _bounds(minutes: OpenRange) -> tuple[float, float]:
    low, high = minutes
    return low or 0.0, inf if high is None else high
