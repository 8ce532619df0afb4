"""Value of information: which missing fact would narrow the score most, were it known wherever it is missing.

For each fact the estate is compiled anew twice, with every answer the fortunate one and with every answer the
unfortunate one, and the score is taken again. True answers lie between; facts are looked at one by one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from auditor.analyses._advice_outcome import weights
from auditor.analyses._gauge import Gauge, Places, Shares
from auditor.analyses._losses import domains, lost_in, same_plan
from auditor.analyses._text import span
from auditor.analyses._voi_answers import fortunate, unfortunate
from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate.compile import compile_best, compile_worst
from auditor.estate.graph import CompiledPlan, Estate, Graph
from auditor.model.audit import Coverage, Score, ScoreAxis, UnknownFact
from auditor.model.evidence import Range
from auditor.model.section import Cell, Note, Section, Table, Tone

MOST, LEAST, NODES = 12, 2, 1_200_000
"""At most and at least so many facts are tried, as many as make so many nodes to compile."""

SHOWN_IN_BRIEF = 3

AXIS_NARROWED_BY = {
    "software": "declare agents on fleets, or tag machines auditor:agent.<product>=<version>|none",
    "vendor": "declare vendors in auditor.toml, or vendor under [not_applicable]",
}
GAPS = "grant the permissions listed under gaps"


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What one missing fact, or an axis nobody observed, is worth knowing.

    Attributes:
        fact: its name; for an axis the axis' name.
        axis: whether it is an axis of the score of which nothing was seen.
        resources: nodes that lack it, 0 for an axis.
        if_best, if_worst: the score were every answer the fortunate one, and the unfortunate one.
        narrows: points by which the score's range narrows, least and most of the two.
        narrowed_by: the permission or the declaration that makes it known.
    """

    fact: str
    axis: bool
    resources: int
    if_best: Range
    if_worst: Range
    narrows: Range
    narrowed_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueOfInformation:
    """The score's range as it is, and what would narrow it, most first; ``untried`` facts were left out."""

    score: Range
    facts: tuple[Narrowing, ...]
    untried: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Estimate:
    """The score of an estate whose graph is varied, over the domains that count for it."""

    estate: Estate
    gauge: Gauge
    nodes: Places
    places: Places
    best: Shares
    worst: Shares

    @classmethod
    def of(cls, estate: Estate, axes: tuple[ScoreAxis, ...]) -> _Estimate:
        gauge = Gauge(axes=axes)
        nodes = domains(estate)
        places = gauge.places([estate.names[node] for node in nodes])
        counting = nodes[places >= 0]
        weight = weights(estate)
        return cls(
            estate=estate,
            gauge=gauge,
            nodes=counting,
            places=places[places >= 0],
            best=weight @ lost_in(estate, estate.best, counting),
            worst=weight @ lost_in(estate, estate.worst, counting),
        )

    def score(self) -> Range:
        return self.gauge.score(self.places, self.best, self.worst)

    def score_of(self, graph: Graph) -> Range:
        """Return the score were the graph this one."""
        count = len(self.estate.names)
        best = self._shares(compile_best(graph, count), self.estate.best, self.best)
        worst = self._shares(compile_worst(graph, count), self.estate.worst, self.worst)
        return self.gauge.score(self.places, best, worst)

    def _shares(self, case: CompiledPlan, known: CompiledPlan, shares: Shares) -> Shares:
        if same_plan(case, known):
            return shares
        return weights(self.estate) @ lost_in(self.estate, case, self.nodes)

    def observed(self, at: int) -> tuple[Range, Range]:
        """Return the score were an axis observed: nothing more on it, and something that takes all."""
        axes = list(self.gauge.axes)
        axes[at] = dataclasses.replace(axes[at], observed=True)
        gauge, everything = Gauge(axes=tuple(axes)), np.ones(1)
        return (
            gauge.score(self.places, self.best, self.worst),
            gauge.score(
                np.append(self.places, at),
                np.concatenate([self.best, everything]),
                np.concatenate([self.worst, everything]),
            ),
        )


def measure(
    estate: Estate, axes: tuple[ScoreAxis, ...], unknown: tuple[UnknownFact, ...], *, most: int | None = None
) -> ValueOfInformation:
    """Return what each missing fact is worth, most narrowing first.

    Args:
        estate: the graph.
        axes: axes of the score.
        unknown: missing facts, those missing on most first.
        most: how many facts to try; None = as many as the size of the estate allows.
    """
    estimate = _Estimate.of(estate, axes)
    tried = min(MOST, max(LEAST, NODES // max(len(estate.names), 1))) if most is None else most
    found = [*_facts(estimate, unknown[:tried]), *_axes(estimate)]
    return ValueOfInformation(
        score=estimate.score(),
        facts=tuple(sorted(found, key=lambda each: (-sum(each.narrows), each.fact))),
        untried=max(0, len(unknown) - tried),
    )


def _facts(estimate: _Estimate, unknown: tuple[UnknownFact, ...]) -> Iterator[Narrowing]:
    graph = estimate.estate.graph
    for item in unknown:
        code = graph.fact_names.index(item.fact)
        good, bad = (estimate.score_of(answer(graph, code)) for answer in (fortunate, unfortunate))
        yield Narrowing(
            fact=item.fact,
            axis=False,
            resources=item.resources,
            if_best=good,
            if_worst=bad,
            narrows=_narrows(estimate.score(), good, bad),
            narrowed_by=item.narrowed_by,
        )


def _axes(estimate: _Estimate) -> Iterator[Narrowing]:
    for at, axis in enumerate(estimate.gauge.axes):
        if axis.observed or not axis.weight:
            continue
        good, bad = estimate.observed(at)
        yield Narrowing(
            fact=axis.axis,
            axis=True,
            resources=0,
            if_best=good,
            if_worst=bad,
            narrows=_narrows(estimate.score(), good, bad),
            narrowed_by=AXIS_NARROWED_BY.get(axis.axis, GAPS),
        )


def _narrows(before: Range, *after: Range) -> Range:
    low, high = sorted(max(0.0, round(_width(before) - _width(each), 6)) for each in after)
    return low, high


def _width(bounds: Range) -> float:
    return bounds[1] - bounds[0]


def run(context: Context) -> Finding:
    """Return what is worth finding out first."""
    score: Score = context.results["score"]
    coverage: Coverage = context.results["coverage"]
    found = measure(context.estate, score.axes, coverage.unknown_facts)
    return Finding(value=found, sections=_sections(found) if context.estate.workloads else ())


def _sections(found: ValueOfInformation) -> tuple[Section, ...]:
    worth = [item for item in found.facts if item.narrows[1] > 0]
    if not worth:
        return ()
    table = Table(
        columns=("Missing", "Missing on", "Narrows by", "If answers are good", "If bad", "Made known by"),
        rows=tuple(_row(item) for item in worth),
        numeric=("Missing on", "Narrows by", "If answers are good", "If bad"),
        caption=f"Points by which the score's range, now {_points(found.score)}, would narrow, each alone.",
    )
    brief = Note(
        lines=tuple(
            f"{row[0].text}, by {row[2].text} points: {row[5].text}." for row in table.rows[:SHOWN_IN_BRIEF]
        ),
        tone=Tone.UNKNOWN,
        bulleted=True,
    )
    return (
        Section(
            id="value-of-information",
            title="What to find out first",
            blocks=(table, Note(lines=tuple(_remarks(found, worth)))),
            brief=(brief,),
            summary=f"What would narrow the score, now {_points(found.score)}, most:",
        ),
    )


def _remarks(found: ValueOfInformation, worth: list[Narrowing]) -> Iterator[str]:
    yield (
        "Taken as known on everything that lacks it, with every answer good, then with every answer bad; "
        "true answers lie between. What several facts hide together shows only once one of them is known."
    )
    idle = len(found.facts) - len(worth)
    if idle:
        yield f"{idle} more missing facts would not move the score's range alone."
    if found.untried:
        yield f"{found.untried} facts missing on fewer resources were not tried."


def _row(item: Narrowing) -> tuple[Cell, ...]:
    return (
        Cell(text=f"{item.fact}: nothing was seen" if item.axis else item.fact),
        Cell(text="-" if item.axis else f"{item.resources:,}"),
        Cell(text=_points(item.narrows)),
        Cell(text=_points(item.if_best)),
        Cell(text=_points(item.if_worst)),
        Cell(text=item.narrowed_by),
    )


def _points(bounds: Range) -> str:
    return span(bounds, ".1f")


ANALYSIS = Analysis(name="value_of_information", run=run, after=("score", "coverage"), order=45)
