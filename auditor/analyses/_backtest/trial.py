"""Replay every case's outage on its archetype and compare."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from auditor.analyses._backtest.cases import HINT, Case
from auditor.analyses._backtest.judge import Outcome, judge, served
from auditor.analyses.replay import replays
from auditor.config import Settings
from auditor.errors import CatalogueError
from auditor.estate import build
from auditor.estate.graph import Estate
from auditor.inventory import Inventory
from auditor.model.audit import OpenRange, Replay, Verdict
from auditor.outages.schema import FaultClass, Outage
from auditor.progress import Progress, SilentProgress

STAGE = "backtest"

Declare = Callable[[Settings], Inventory]
"""From what an archetype declares to an inventory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One case, what the product says of it, and how the two compare.

    ``in_reach``: the archetype stands where the outage was or uses what failed; a rule that knew no more
    would call it down. ``expected`` and ``observed`` are the fate; other fields as in ``Case`` and
    ``WorkloadReplay``.
    """

    outage: str
    id: str
    firm: str
    fault_class: FaultClass
    source: str
    fate: str
    assumes: str
    expected: tuple[Verdict, Verdict]
    observed: OpenRange | None
    verdict: tuple[Verdict, Verdict]
    minutes: OpenRange
    control_plane: tuple[str, ...]
    in_reach: bool
    outcome: Outcome
    missed: str
    why_missed: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many cases came out how; ``by_place``: how many the rule "in reach means down" gets right."""

    cases: int
    precise: int
    bracketed: int
    undecided: int
    missed: int
    by_place: int

    @property
    def hits(self) -> int:
        """Precise and bracketed ones."""
        return self.precise + self.bracketed


def backtest(
    found: Sequence[Case],
    outages: Mapping[str, Outage],
    declare: Declare,
    *,
    progress: Progress | None = None,
) -> tuple[Trial, ...]:
    """Return a trial of every case, in the order given.

    Raises:
        CatalogueError: an archetype refers to something that is not there.
    """
    progress = progress or SilentProgress()
    progress.start(STAGE, len(found))
    played: dict[tuple[str, str], Replay] = {}
    trials = []
    for case in found:
        key = (case.outage, case.estate)
        if key not in played:
            (played[key],) = replays(_estate(case, declare), {case.outage: outages[case.outage]})
        trials.append(_trial(case, outages[case.outage], played[key]))
        progress.step(STAGE, note=case.firm)
    progress.done(STAGE)
    return tuple(trials)


def tally(trials: Iterable[Trial]) -> Tally:
    """Count the outcomes."""
    known = tuple(trials)
    by_outcome = {outcome: sum(each.outcome is outcome for each in known) for outcome in Outcome}
    return Tally(
        cases=len(known),
        precise=by_outcome[Outcome.PRECISE],
        bracketed=by_outcome[Outcome.BRACKETED],
        undecided=by_outcome[Outcome.UNDECIDED],
        missed=by_outcome[Outcome.MISS],
        by_place=sum(_right_by_place(each) for each in known),
    )


def _estate(case: Case, declare: Declare) -> Estate:
    estate = build(declare(case.settings))
    if estate.unresolved:
        _, ref = estate.unresolved[0]
        where = f"{case.outage}.toml: estates.{case.estate}"
        raise CatalogueError(f"{where}: refers to {ref}, which is not there", hint=HINT)
    return estate


def _right_by_place(trial: Trial) -> bool:
    return served(trial.expected[0]) is not trial.in_reach


def _trial(case: Case, outage: Outage, replay: Replay) -> Trial:
    (row,) = replay.workloads
    judgement = judge(case, row)
    return Trial(
        outage=case.outage,
        id=case.id,
        firm=case.firm,
        fault_class=outage.fault_class,
        source=case.source,
        fate=case.fate,
        assumes=case.assumes,
        expected=case.verdict,
        observed=case.minutes,
        verdict=row.verdict,
        minutes=row.minutes,
        control_plane=row.control_plane,
        in_reach=replay.in_reach,
        outcome=judgement.outcome,
        missed=judgement.missed,
        why_missed=case.why_missed,
    )
