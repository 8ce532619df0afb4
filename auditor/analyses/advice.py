"""First advice: for each worst single loss, the changes that would break it, each re-evaluated.

Nothing is promised from a rule of thumb: every change is made on a changed copy of the graph, and what it
removes is the difference of two evaluations.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._changes import EFFORT_COST, Proposal, proposals
from auditor.analyses._losses import domains, losses
from auditor.analyses._text import percent
from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate.edit import apply
from auditor.estate.graph import Estate
from auditor.model.audit import Change, Survival
from auditor.model.domain import Axis, axis_of
from auditor.model.section import Block, Cell, Note, Section, Table, Tone

WORKLOADS_PER_LOSS = 8
"""Heaviest workloads considered per worst loss; keeps the work in proportion on large estates."""

NOT_FIXED_SHOWN = 5
SHOWN_IN_BRIEF = 5
NOT_ADVISED = {Axis.PROVIDER.value, Axis.OS.value, Axis.ACCOUNT.value, Axis.CONTROL_PLANE.value}
"""Axes without a change of their own: a bound, or broken by what breaks a narrower one."""


def worst_losses(survival: tuple[Survival, ...]) -> list[Survival]:
    """Return the worst single loss of each axis that a change can break."""
    found: dict[str, Survival] = {}
    for item in survival:
        if item.axis not in NOT_ADVISED and item.lost_share[1] > 0:
            found.setdefault(item.axis, item)
    return list(found.values())


def _weights(estate: Estate) -> NDArray[np.float64]:
    weight = np.array([w.weight for w in estate.workloads], np.float64)
    return weight / weight.sum() if weight.size else weight


def evaluate(estate: Estate, before: Survival, proposal: Proposal) -> Change | None:
    """Return the change with what it removes, None where it removes nothing."""
    changed = apply(estate, proposal.edits)
    index = next(i for i, w in enumerate(changed.workloads) if w.name == proposal.workload)
    nodes = domains(changed)
    best, worst = (losses(changed, case, nodes) for case in (changed.best, changed.worst))
    column = int(np.flatnonzero(nodes == changed.index[proposal.domain])[0])
    share = _weights(changed)
    after = sorted(float(share @ case.lost[:, column]) for case in (best, worst))
    removes = (
        max(0.0, round(min(b - a for b, a in zip(before.lost_share, after, strict=True)), 9)),
        max(0.0, round(max(b - a for b, a in zip(before.lost_share, after, strict=True)), 9)),
    )
    if removes[1] <= 0:
        return None
    still = [changed.names[node] for node, out in zip(nodes, worst.lost[index], strict=True) if out]
    return Change(
        change=proposal.text,
        domain=proposal.domain,
        workload=proposal.workload,
        effort=proposal.effort,
        removes=removes,
        removes_share=_part(removes, before.lost_share),
        not_fixed=tuple(sorted(still, key=_narrowest))[:NOT_FIXED_SHOWN],
        evidence=proposal.beyond,
    )


def _part(removed: tuple[float, float], before: tuple[float, float]) -> tuple[float, float]:
    return (
        round(removed[0] / before[0], 9) if before[0] else 0.0,
        min(1.0, round(removed[1] / before[1], 9)) if before[1] else 0.0,
    )


def _narrowest(name: str) -> tuple[int, str]:
    axis = axis_of(name)
    order = (
        Axis.ZONE,
        Axis.AGENT,
        Axis.SERVICE,
        Axis.VENDOR,
        Axis.REGION,
        Axis.OS,
        Axis.ACCOUNT,
        Axis.PROVIDER,
    )
    return (order.index(axis) if axis in order else len(order), name)


def measure(estate: Estate, survival: tuple[Survival, ...]) -> tuple[Change, ...]:
    """Return every change that removes something, most removal per effort first."""
    by_name = {w.name: i for i, w in enumerate(estate.workloads)}
    found = []
    for loss in worst_losses(survival):
        lost = sorted(loss.workloads, key=lambda name: (-estate.workloads[by_name[name]].weight, name))
        for name in lost[:WORKLOADS_PER_LOSS]:
            for proposal in proposals(estate, loss.domain, by_name[name]):
                change = evaluate(estate, loss, proposal)
                if change is not None:
                    found.append(change)
    return tuple(sorted(found, key=_rank))


def _rank(change: Change) -> tuple[float, float, str, str]:
    cost = EFFORT_COST[change.effort]
    return -change.removes[1] / cost, -change.removes[0] / cost, change.domain, change.workload


def run(context: Context) -> Finding:
    """Return the changes worth making first."""
    found = measure(context.estate, context.results["survival"])
    return Finding(value=found, sections=(_section(found),))


def _section(found: tuple[Change, ...]) -> Section:
    if not found:
        note: tuple[Block, ...] = (
            Note(lines=("No single change was found that breaks a worst single loss.",), tone=Tone.PLAIN),
        )
        return Section(id="advice", title="What to change first", blocks=note)
    table = Table(
        columns=("Change", "Against", "Removes", "Effort", "Does not fix", "Taken for granted"),
        rows=tuple(_row(change) for change in found),
        numeric=("Removes",),
        caption="Share of criticality weight no longer lost, re-evaluated on a changed copy of the graph.",
    )
    brief = Table(
        columns=table.columns[:4],
        rows=tuple(row[:4] for row in table.rows[:SHOWN_IN_BRIEF]),
        numeric=table.numeric,
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
        Cell(text=change.domain),
        Cell(text=percent(change.removes), tone=Tone.GOOD),
        Cell(text=change.effort),
        Cell(text=", ".join(change.not_fixed) or "-"),
        Cell(text=change.evidence or "-"),
    )


ANALYSIS = Analysis(name="advice", run=run, after=("survival",), order=50)
