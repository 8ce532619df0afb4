"""Advice: for the worst single losses of each axis, the changes that would break them, each re-evaluated.

Nothing is promised from a rule of thumb: every change is made on a changed copy of the part of the graph that
it can reach, and what it removes is the difference of two evaluations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from auditor.analyses._advice_ground import Ground
from auditor.analyses._advice_outcome import Outcome, Scales
from auditor.analyses._changes import EFFORT_COST, Edits, Proposal, proposals
from auditor.analyses._text import named, percent
from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate.graph import Estate
from auditor.model.audit import Change, Score, ScoreAxis, Survival
from auditor.model.domain import Axis, axis_of
from auditor.model.evidence import Range
from auditor.model.section import Block, Cell, Note, Section, Table, Tone

LOSSES_PER_AXIS = 10
"""Worst single losses of an axis that changes are sought for."""

WORKLOADS_PER_LOSS = 20
"""Heaviest workloads considered per loss; keeps the work in proportion on large estates."""

NAMED = 5
"""Losses that a row names as broken, or as left."""

SHOWN = 40
SHOWN_IN_BRIEF = 5
NOT_ADVISED = {Axis.PROVIDER.value, Axis.OS.value, Axis.ACCOUNT.value, Axis.CONTROL_PLANE.value}
"""Axes without a change of their own: a bound, or broken by what breaks a narrower one."""

_NARROWEST_FIRST = (
    Axis.ZONE,
    Axis.AGENT,
    Axis.SERVICE,
    Axis.VENDOR,
    Axis.REGION,
    Axis.OS,
    Axis.ACCOUNT,
    Axis.PROVIDER,
)


def worst_losses(survival: tuple[Survival, ...], most: int = LOSSES_PER_AXIS) -> list[Survival]:
    """Return the worst single losses of each axis that a change can break, at most so many of each."""
    found: dict[str, list[Survival]] = {}
    for item in survival:
        if item.axis not in NOT_ADVISED and item.lost_share[1] > 0:
            found.setdefault(item.axis, []).append(item)
    return [item for axis in found.values() for item in axis[:most]]


def candidates(ground: Ground, survival: tuple[Survival, ...]) -> Iterator[tuple[Survival, Proposal]]:
    """Yield every change worth trying with the loss it is meant to break."""
    workloads = ground.estate.workloads
    by_name = {w.name: i for i, w in enumerate(workloads)}
    for loss in worst_losses(survival):
        heaviest = sorted(loss.workloads, key=lambda name: (-workloads[by_name[name]].weight, name))
        for name in heaviest[:WORKLOADS_PER_LOSS]:
            for proposal in proposals(ground, loss.domain, by_name[name]):
                yield loss, proposal


def change(scales: Scales, loss: Survival, proposal: Proposal, outcome: Outcome) -> Change | None:
    """Return the change with what it removes, None where it removes nothing."""
    estate = scales.ground.estate
    after = scales.standing((outcome,))
    column = int(np.searchsorted(scales.nodes, estate.index[loss.domain]))
    left = sorted((float(after.best[column]), float(after.worst[column])))
    lower = [max(0.0, round(b - a, 9)) for b, a in zip(loss.lost_share, left, strict=True)]
    removes = (min(lower), max(lower))
    if removes[1] <= 0:
        return None
    row = next(i for i, w in enumerate(outcome.affected) if estate.workloads[w].name == proposal.workload)
    was, still = scales.worst[outcome.affected[row]], outcome.worst[row]
    fresh = [name for name, out in zip(outcome.fresh, outcome.fresh_worst[row], strict=True) if out]
    before = scales.standing().score
    return Change(
        change=proposal.text,
        domain=proposal.domain,
        workload=proposal.workload,
        effort=proposal.effort,
        removes=removes,
        removes_share=_part(removes, loss.lost_share),
        not_fixed=_narrowest([*_names(scales, still), *fresh]),
        evidence=proposal.beyond,
        score_gain=None if before is None or after.score is None else gain(before, after.score),
        also_fixed=_narrowest(name for name in _names(scales, was & ~still) if name != proposal.domain),
    )


def gain(before: Range, after: Range) -> Range:
    """Return the points gained, ascending."""
    low, high = sorted(round(a - b, 6) for b, a in zip(before, after, strict=True))
    return low, high


def _names(scales: Scales, which: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[str]:
    return [scales.ground.estate.names[node] for node in scales.nodes[which]]


def _part(removed: Range, before: Range) -> Range:
    """Return what part of the loss is removed, least and most of both cases."""
    parts = [min(1.0, round(r / b, 9)) if b else 0.0 for r, b in zip(removed, before, strict=True)]
    return min(parts), max(parts)


def _narrowest(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names, key=_breadth)[:NAMED])


def _breadth(name: str) -> tuple[int, str]:
    axis = axis_of(name)
    return (
        _NARROWEST_FIRST.index(axis) if axis in _NARROWEST_FIRST else len(_NARROWEST_FIRST),
        name,
    )


def measure(
    estate: Estate, survival: tuple[Survival, ...], axes: tuple[ScoreAxis, ...] = ()
) -> tuple[Change, ...]:
    """Return every change that removes something, most removal per effort first.

    Of losses that the same change breaks, the broadest of those it removes most of is named as its aim.

    Args:
        estate: the graph.
        survival: what single losses take.
        axes: axes of the score, for the points each change gains.
    """
    return tuple(found for found, _ in ranked(Scales.of(estate, axes), survival))


def ranked(scales: Scales, survival: tuple[Survival, ...]) -> list[tuple[Change, Proposal]]:
    """Return the changes of ``measure`` with the edits they stand for."""
    outcomes: dict[Edits, Outcome] = {}
    best: dict[tuple[str, Edits], tuple[Change, Proposal]] = {}
    for loss, proposal in candidates(scales.ground, survival):
        if proposal.edits not in outcomes:
            outcomes[proposal.edits] = scales.weigh(proposal.edits)
        found = change(scales, loss, proposal, outcomes[proposal.edits])
        if found is None:
            continue
        key = (proposal.workload, proposal.edits)
        if key not in best or _aim(found) > _aim(best[key][0]):
            best[key] = (found, proposal)
    return sorted(best.values(), key=lambda pair: _rank(pair[0]))


def _aim(change: Change) -> tuple[float, float, int, str]:
    return change.removes[1], change.removes[0], *_breadth(change.domain)


def _rank(change: Change) -> tuple[float, float, str, str]:
    cost = EFFORT_COST[change.effort]
    return -change.removes[1] / cost, -change.removes[0] / cost, change.domain, change.workload


def run(context: Context) -> Finding:
    """Return the changes worth making first."""
    score: Score = context.results["score"]
    found = measure(context.estate, context.results["survival"], score.axes)
    return Finding(value=found, sections=(_section(found),))


def _section(found: tuple[Change, ...]) -> Section:
    if not found:
        note: tuple[Block, ...] = (
            Note(lines=("No single change was found that breaks a worst single loss.",), tone=Tone.PLAIN),
        )
        return Section(id="advice", title="What to change first", blocks=note)
    shown = f"; {SHOWN} of {len(found):,} shown" if len(found) > SHOWN else ""
    table = Table(
        columns=("Change", "Against", "Removes", "Effort", "Points", "Does not fix", "Taken for granted"),
        rows=tuple(_row(change) for change in found[:SHOWN]),
        numeric=("Removes", "Points"),
        caption=(
            "Share of criticality weight no longer lost, and points of score gained, re-evaluated on a "
            f"changed copy of the graph. Each change alone{shown}."
        ),
    )
    brief = Table(
        columns=table.columns[:4],
        rows=tuple(row[:4] for row in table.rows[:SHOWN_IN_BRIEF]),
        numeric=("Removes",),
    )
    first = found[0]
    return Section(
        id="advice",
        title="What to change first",
        blocks=(table,),
        brief=(brief,),
        summary=f"{first.change}: removes {percent(first.removes)} at {first.effort} effort",
    )


def _row(change: Change) -> tuple[Cell, ...]:
    return (
        Cell(text=change.change),
        Cell(text=change.domain, detail=_also(change)),
        Cell(text=percent(change.removes), tone=Tone.GOOD),
        Cell(text=change.effort),
        Cell(text="-" if change.score_gain is None else points(change.score_gain)),
        Cell(text=", ".join(change.not_fixed) or "-"),
        Cell(text=change.evidence or "-"),
    )


def _also(change: Change) -> str:
    return f"also {named(change.also_fixed, NAMED)}" if change.also_fixed else ""


def points(gained: Range) -> str:
    """Return points gained as people read them, such as ``+0.0 to +2.5``."""
    low, high = (format(bound, "+.1f") for bound in gained)
    return low if low == high else f"{low} to {high}"


ANALYSIS = Analysis(name="advice", run=run, after=("survival", "score"), order=50)
