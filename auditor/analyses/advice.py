"""Advice: for the worst single losses of each axis, the changes that would break them, each re-evaluated.

Nothing is promised from a rule of thumb: every change is made on a changed copy of the part of the graph that
it can reach, and what it removes is the difference of two evaluations.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from auditor.analyses._advice_ground import Ground
from auditor.analyses._advice_ledger import Ledger, worth
from auditor.analyses._advice_outcome import Outcome, Scales
from auditor.analyses._advice_tell import section
from auditor.analyses._changes import Proposal, proposals
from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate.graph import Estate
from auditor.model.audit import Score, ScoreAxis, Survival
from auditor.model.change import Change
from auditor.model.domain import BOUND_AXES, Axis, axis_of
from auditor.model.efforts import classes
from auditor.model.evidence import Range

LOSSES_PER_AXIS = 10
"""Worst single losses of an axis that changes are sought for."""

WORKLOADS_PER_LOSS = 20
"""Heaviest workloads considered per loss; keeps the work in proportion on large estates."""

NAMED = 5
"""Losses that a row names as broken, or as left."""

NOT_ADVISED = {Axis.ACCOUNT.value, Axis.CONTROL_PLANE.value}
"""Axes without a change of their own: broken by what breaks a narrower one."""

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
    was = scales.worst[outcome.affected[row]]
    still = was.copy()
    still[outcome.worst.losses] = outcome.worst.lost[row]
    fresh = [name for name, out in zip(outcome.fresh, outcome.fresh_worst[row], strict=True) if out]
    before = scales.now.score
    return Change(
        change=proposal.text,
        domain=proposal.domain,
        workload=proposal.workload,
        effort=proposal.effort,
        kind=proposal.kind,
        cautions=proposal.cautions,
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
    estate: Estate,
    survival: tuple[Survival, ...],
    axes: tuple[ScoreAxis, ...] = (),
    *,
    context: Context | None = None,
) -> tuple[Change, ...]:
    """Return every change that removes something, most removal first by cost, by effort if costs are unknown.

    Of losses that the same change breaks, the broadest of those it removes most of is named as its aim.

    Args:
        estate: the graph.
        survival: what single losses take.
        axes: axes of the score, for the points each change gains.
        context: settings and outages, for costs and exposure a year; without it neither is known.
    """
    scales = Scales.of(estate, axes)
    if context is None:
        return tuple(found for found, _ in ranked(scales, survival))
    ledger = Ledger.of(scales, context.settings, context.outages)
    units = context.settings.advice.effort
    return tuple(found for found, _ in ranked(scales, survival, ledger=ledger, units=units))


def ranked(
    scales: Scales,
    survival: tuple[Survival, ...],
    *,
    ledger: Ledger | None = None,
    units: Mapping[str, float] | None = None,
) -> list[tuple[Change, Proposal]]:
    """Return the changes of ``measure`` with the edits they stand for; ``units`` of effort by class."""
    pairs = list(candidates(scales.ground, survival))
    numbers = {edits: at for at, edits in enumerate(dict.fromkeys(proposal.edits for _, proposal in pairs))}
    outcomes = scales.weigh_each(list(numbers))
    best: dict[tuple[str, int], tuple[Change, Proposal]] = {}
    for loss, proposal in pairs:
        number = numbers[proposal.edits]
        found = change(scales, loss, proposal, outcomes[number])
        if found is None:
            continue
        key = (proposal.workload, number)
        if key not in best or _aim(found) > _aim(best[key][0]):
            best[key] = (found, proposal)
    if ledger is not None:
        best = {
            key: (_priced(found, proposal, ledger, scales, outcomes[key[1]]), proposal)
            for key, (found, proposal) in best.items()
        }
    units = units or {name: each.units for name, each in classes().items()}
    prices = _prices([found for found, _ in best.values()], units)
    return sorted(best.values(), key=lambda pair: _rank(pair[0], prices))


def _priced(found: Change, proposal: Proposal, ledger: Ledger, scales: Scales, outcome: Outcome) -> Change:
    exposure, cost = ledger.exposure(scales, (outcome,)), ledger.cost((proposal,))
    return dataclasses.replace(found, exposure=exposure, cost=cost, worth=worth(exposure, cost))


def _prices(found: list[Change], units: Mapping[str, float]) -> dict[str, float] | None:
    """Return what divides removal: units of effort by class; None where all changes have costs in money."""
    currencies = {None if c.cost is None or c.cost.amount[1] is None else c.cost.currency for c in found}
    return None if len(currencies) == 1 and None not in currencies else dict(units)


def _aim(change: Change) -> tuple[float, float, int, str]:
    return change.removes[1], change.removes[0], *_breadth(change.domain)


def _rank(change: Change, units: dict[str, float] | None) -> tuple[float, float, bool, float, str, str, str]:
    """Return the key to order by: of equal removal per price, bounds last, then what gains most points."""
    price = units[change.effort] if units is not None else _dear(change)
    return (
        -change.removes[1] / price,
        -change.removes[0] / price,
        axis_of(change.domain) in BOUND_AXES,
        -sum(change.score_gain or (0.0, 0.0)),
        change.domain,
        change.workload,
        change.change,
    )


def _dear(change: Change) -> float:
    """Return the middle of a change's cost a year, of one that costs nothing a cent."""
    low, high = change.cost.amount if change.cost is not None else (None, None)
    return max(((low or 0.0) + (high or 0.0)) / 2, 0.01)


def run(context: Context) -> Finding:
    """Return the changes worth making first."""
    score: Score = context.results["score"]
    found = measure(context.estate, context.results["survival"], score.axes, context=context)
    by_cost = _prices(list(found), context.settings.advice.effort) is None
    return Finding(value=found, sections=(section(found, context.settings.advice.effort, by_cost=by_cost),))


ANALYSIS = Analysis(name="advice", run=run, after=("survival", "score"), order=36)
