"""Which changes go together best: the best three, and the best under a budget of effort.

Single changes do not add up: two may break the same loss, or only both together lower the worst one. So each
set is made in one copy and re-evaluated. Sets are found greedily, one change after the other; a better set
may exist that no single step leads to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auditor.analyses._advice_choice import Choice, Chooser
from auditor.analyses._advice_ledger import Ledger
from auditor.analyses._advice_outcome import Scales
from auditor.analyses._advice_tell import against, costs_a_year, removed_a_year
from auditor.analyses._changes import Proposal, proposals
from auditor.analyses._text import span
from auditor.analyses.base import Analysis, Context, Finding
from auditor.config import Settings
from auditor.estate.graph import Estate
from auditor.model.audit import Score, ScoreAxis
from auditor.model.change import Change, YearlyCost, YearlyExposure
from auditor.model.domain import BOUND_AXES, axis_of
from auditor.model.evidence import Range
from auditor.model.section import Block, Cell, Note, Section, Table, Tone
from auditor.outages.schema import Outage

TOGETHER = 3

POOL = 12
"""Changes to choose from that remove most per effort, and as many that gain most whatever the effort."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStep:
    """One change of a set, in the order to make them.

    ``score`` is the score once it and those before it are made; ``removed`` the share of single losses
    removed by then, summed over the losses that advice looks at, middle of best and worst case.
    """

    change: str
    domain: str
    workload: str
    effort: str
    score: Range | None
    removed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """Changes made together; ``cost`` is their effort, ``score_gain`` the middle of the points gained.

    ``exposure`` is what they remove a year together, ``cost_per_year`` what they cost; None where unknown.
    """

    steps: tuple[SetStep, ...]
    cost: float
    score: Range | None
    score_gain: float
    removed: float
    exposure: YearlyExposure | None = None
    cost_per_year: YearlyCost | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceSets:
    """The best ``TOGETHER`` changes, and the best within ``budget``; ``efforts`` says what costs what."""

    best: ChangeSet
    within_budget: ChangeSet
    budget: float
    efforts: dict[str, float]


def measure(
    estate: Estate,
    advice: tuple[Change, ...],
    axes: tuple[ScoreAxis, ...] = (),
    *,
    settings: Settings | None = None,
    outages: Mapping[str, Outage] | None = None,
) -> AdviceSets:
    """Return the best sets of the changes in ``advice`` that aim at more than a bound.

    Args:
        estate: the graph.
        advice: single changes, most removal per effort first.
        axes: axes of the score; without them only losses removed count.
        settings: the budget and the units of effort, costs a year.
        outages: the record that exposure a year comes from.
    """
    settings = settings or Settings()
    scales = Scales.of(estate, axes)
    ledger = Ledger.of(scales, settings, outages or {})
    advice = tuple(change for change in advice if axis_of(change.domain) not in BOUND_AXES)
    losses = sorted({change.domain for change in advice})
    units, budget = settings.advice.effort, settings.advice.budget
    chooser = Chooser.of(scales, list(_pool(scales, advice)), losses, units)
    return AdviceSets(
        best=_told(chooser.best(TOGETHER), scales, ledger),
        within_budget=_told(chooser.within(budget), scales, ledger),
        budget=budget,
        efforts=dict(units),
    )


def _pool(scales: Scales, advice: tuple[Change, ...]) -> Iterator[Proposal]:
    """Yield the changes to choose from, with their edits."""
    gaining = sorted(
        advice, key=lambda c: (-sum(c.score_gain or (0.0, 0.0)), -sum(c.removes), c.domain, c.workload)
    )
    by_name = {w.name: i for i, w in enumerate(scales.ground.estate.workloads)}
    keys = ((c.domain, c.workload, c.change) for c in (*advice[:POOL], *gaining[:POOL]))
    for domain, workload, text in dict.fromkeys(keys):
        for proposal in proposals(scales.ground, domain, by_name[workload]):
            if proposal.text == text:
                yield proposal


def _told(choice: Choice, scales: Scales, ledger: Ledger) -> ChangeSet:
    steps = tuple(
        SetStep(
            change=step.proposal.text,
            domain=step.proposal.domain,
            workload=step.proposal.workload,
            effort=step.proposal.effort,
            score=step.standing.score,
            removed=step.worth[1],
        )
        for step in choice.steps
    )
    gained, removed = choice.worth
    score = choice.steps[-1].standing.score if choice.steps else scales.standing().score
    return ChangeSet(
        steps=steps,
        cost=choice.cost,
        score=score,
        score_gain=gained,
        removed=removed,
        exposure=ledger.exposure(scales, [group.outcome for group in choice.groups]),
        cost_per_year=ledger.cost([step.proposal for step in choice.steps]),
    )


def run(context: Context) -> Finding:
    """Return the changes to make together."""
    score: Score = context.results["score"]
    advice: tuple[Change, ...] = context.results["advice"]
    found = measure(context.estate, advice, score.axes, settings=context.settings, outages=context.outages)
    return Finding(value=found, sections=_sections(found, score))


def _sections(found: AdviceSets, score: Score) -> tuple[Section, ...]:
    if len(found.best.steps) < 2 and found.within_budget.steps == found.best.steps:  # noqa: PLR2004 - no set
        return ()
    best, within = found.best, found.within_budget
    blocks: list[Block] = [_table(best, f"Best {len(best.steps)} together", score)]
    if within.steps != best.steps:
        blocks.append(_table(within, f"Best for {found.budget:g} units of effort", score))
    efforts = ", ".join(f"{name} {units:g}" for name, units in found.efforts.items())
    how = (
        "Made in one copy and re-evaluated after each step. Chosen one after the other, each the one that "
        "gains most beside those before it; a better set may exist that no single step leads to."
    )
    note = Note(lines=(how, f"Units of effort: {efforts}. They rank; they are no money."))
    summary = f"{len(best.steps)} changes together: score {_score(score.value)} to {_score(best.score)}"
    return (
        Section(
            id="advice-sets",
            title="What to change together",
            blocks=(*blocks, note),
            brief=(_brief(best),),
            summary=summary,
        ),
    )


def _brief(found: ChangeSet) -> Table:
    return Table(
        columns=("Change", "Effort", "Score then"),
        rows=tuple(
            (
                Cell(text=f"{at}. {against(step.change, step.domain)}"),
                Cell(text=step.effort),
                Cell(text=_score(step.score), tone=Tone.GOOD),
            )
            for at, step in enumerate(found.steps, 1)
        ),
        numeric=("Score then",),
        caption=_yearly(found).strip(),
    )


def _table(found: ChangeSet, title: str, score: Score) -> Table:
    rows = tuple(
        (
            Cell(text=f"{at}. {step.change}"),
            Cell(text=step.domain),
            Cell(text=step.effort),
            Cell(text=_score(step.score), tone=Tone.GOOD),
        )
        for at, step in enumerate(found.steps, 1)
    )
    return Table(
        columns=("Change", "Against", "Effort", "Score then"),
        rows=rows,
        numeric=("Score then",),
        caption=f"{title}: {found.cost:g} units of effort. Score now: {_score(score.value)}.{_yearly(found)}",
    )


def _yearly(found: ChangeSet) -> str:
    """Return what a set removes and costs a year, as far as known."""
    removes = f"remove {removed_a_year(found.exposure)} of exposure a year" if found.exposure else ""
    costs = f"cost {costs_a_year(found.cost_per_year)} a year" if found.cost_per_year else ""
    told = " and ".join(each for each in (costs, removes) if each)
    return f" Together they {told}." if told else ""


def _score(value: Range | None) -> str:
    return "-" if value is None else span(value, ".1f")


ANALYSIS = Analysis(name="advice_sets", run=run, after=("score", "advice"), order=37)
