"""N-1 survival: what the loss of each single failure domain takes along, best and worst case.

The yes/no form: a workload is lost iff it would be out longer than its limit (its recovery-time target, else
60 minutes) in an outage of a day, so members slower than the limit are left out of the plan. The worst single
loss per axis leads the report; "all of a provider" is a bound, not a headline.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._losses import AXES, WORD, domains, losses
from auditor.analyses._ready import make_ready
from auditor.analyses._text import loss_tone, named, percent
from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate.condense import Condensed, condense
from auditor.estate.graph import Estate
from auditor.kernels import Bools
from auditor.model.audit import Survival
from auditor.model.domain import BOUND_AXES, Axis, axis_of
from auditor.model.section import Bars, Cell, Note, Section, Table, Tone
from auditor.outages import facts_asked

ROOM = 1 << 26
"""Workloads x domains of which is told at once who is lost; bounds memory."""

_STRIP = 64  # rows turned at a time: a line of memory

SHOWN = 40
NAMED, NAMED_IN_BRIEF = 20, 4
"""Workloads that a row names; the JSON names them all."""


def measure(estate: Estate | Condensed, *, room: int = ROOM) -> tuple[Survival, ...]:
    """Return the survival of every domain, by axis in reading order, worst first.

    Of as many domains is told at once as fit ``room`` (workloads x domains), of 64 at least.
    """
    view = estate if isinstance(estate, Condensed) else condense(estate)
    nodes = domains(view.small)
    make_ready(view.small)
    weight = np.array([w.weight for w in view.whole.workloads], np.float64)
    spoken = np.bincount(view.workload, weights=weight, minlength=len(view.small.workloads))
    share = np.asarray(spoken / weight.sum() if weight.size else spoken, np.float64)
    step = max(room // max(spoken.size, 1) // WORD, 1) * WORD
    parts = (_measured(view, share, nodes[at : at + step]) for at in range(0, nodes.size, step))
    return tuple(sorted((each for part in parts for each in part), key=_place))


def _measured(view: Condensed, share: NDArray[np.float64], nodes: NDArray[np.int64]) -> Iterator[Survival]:
    """Yield the survival of some domains; ``share`` of all weight is what each workload speaks for."""
    best, worst = (losses(view.small, case, nodes) for case in (view.small.best, view.small.worst))
    workloads = view.whole.workloads
    tables = best.lost, worst.lost, best.lost_no_manual, worst.lost_no_manual
    by_domain = zip(*map(_turned, tables), strict=True)
    for node, (low, high, low_alone, high_alone) in zip(nodes, by_domain, strict=True):
        name = view.small.names[node]
        axis = axis_of(name)
        if axis is None:
            continue
        taken = np.flatnonzero(high[view.workload]).tolist()
        yield Survival(
            axis=axis.value,
            domain=name,
            lost_share=_lost(share, low, high),
            lost_share_no_manual=_lost(share, low_alone, high_alone),
            workloads=tuple(workloads[w].name for w in taken),
        )


def _turned(table: Bools) -> Bools:
    """Return a table [workloads, domains] domain by domain, as columns of large tables are slow to read."""
    found = np.empty(table.shape[::-1], np.bool_)
    for at in range(0, len(table), _STRIP):
        found[:, at : at + _STRIP] = table[at : at + _STRIP].T
    return found


def _lost(share: NDArray[np.float64], *cases: Bools) -> tuple[float, float]:
    low, high = sorted(round(float(share @ case.astype(np.float64)), 12) for case in cases)
    return low, high


def _place(item: Survival) -> tuple[int, float, float, str]:
    return AXES.index(Axis(item.axis)), -item.lost_share[1], -item.lost_share[0], item.domain


def run(context: Context) -> Finding:
    """Return the survival of every domain."""
    found = measure(condense(context.estate, facts=facts_asked(context.outages.values())))
    return Finding(value=found, sections=(_section(found, context),))


def worst_per_axis(found: tuple[Survival, ...]) -> tuple[Survival, ...]:
    """Return the worst single loss of each axis that takes anything, narrowest axis first."""
    worst: dict[str, Survival] = {}
    for item in found:
        if item.lost_share[1] > 0:
            worst.setdefault(item.axis, item)
    return tuple(worst.values())


def precedents(context: Context) -> dict[str, tuple[str, ...]]:
    """Return the outages of the catalogue that put a domain out, by domain id."""
    found: dict[str, list[str]] = {}
    for outage in context.outages.values():
        hit = {node for impact in outage.impacts for node in (*impact.nodes, impact.cause) if node}
        for node in hit:
            found.setdefault(node, []).append(outage.id)
    return {node: tuple(sorted(ids)) for node, ids in found.items()}


def _section(found: tuple[Survival, ...], context: Context) -> Section:
    worst = worst_per_axis(found)
    known = precedents(context)
    if not worst:
        note = Note(lines=("No single failure domain stops a workload.",), tone=Tone.GOOD)
        blocks = (note,) if context.estate.workloads else (Note(lines=("No workloads were found.",)),)
        return Section(id="survival", title="What one loss takes", blocks=blocks, brief=blocks)
    hurting = [item for item in found if item.lost_share[1] > 0]
    ranked = sorted(hurting, key=lambda item: _weightiest(item, known))[:SHOWN]
    bars = Bars(
        labels=tuple(item.domain + _bound(item) for item in worst),
        low=tuple(100 * item.lost_share[0] for item in worst),
        high=tuple(100 * item.lost_share[1] for item in worst),
        unit="%",
        caption="Worst single loss per axis, best to worst case",
    )
    full = Table(
        columns=("Axis", "Single loss", "Lost", "Without manual standbys", "Precedent", "Takes"),
        rows=tuple(_row(item, known) for item in ranked),
        numeric=("Lost", "Without manual standbys"),
        caption=f"{len(hurting)} single losses stop something; {len(ranked)} shown, worst first.",
    )
    lead = ranked[0]
    return Section(
        id="survival",
        title="What one loss takes",
        blocks=(bars, full),
        brief=(_brief(worst),),
        summary=f"Losing {lead.domain} alone stops {percent(lead.lost_share)} of the business.",
    )


def _weightiest(
    item: Survival, known: dict[str, tuple[str, ...]]
) -> tuple[bool, float, float, bool, tuple[int, float, float, str]]:
    """Rank by what is lost, then losses that have happened, then the narrowest."""
    low, high = item.lost_share
    return item.axis in BOUND_AXES, -high, -low, item.domain not in known, _place(item)


def _brief(worst: tuple[Survival, ...]) -> Table:
    """Return the worst loss of each axis; bounds in a sentence, unless there is nothing narrower."""
    bounds = [item for item in worst if item.axis in BOUND_AXES]
    narrow = [item for item in worst if item.axis not in BOUND_AXES]
    caption = "Share of criticality weight lost, best to worst case."
    if narrow and bounds:
        told = ", ".join(f"{item.domain} {percent(item.lost_share)}" for item in bounds)
        caption += f" Bounds: {told}."
    return Table(
        columns=("Worst single loss", "Lost", "Takes"),
        rows=tuple(_cells(item, NAMED_IN_BRIEF) for item in narrow or bounds),
        numeric=("Lost",),
        caption=caption,
    )


def _bound(item: Survival) -> str:
    return " (bound)" if item.axis in BOUND_AXES else ""


def _cells(item: Survival, most: int) -> tuple[Cell, Cell, Cell]:
    return (
        Cell(text=item.domain),
        Cell(text=percent(item.lost_share), tone=loss_tone(item.lost_share)),
        Cell(text=named(item.workloads, most)),
    )


def _row(item: Survival, known: dict[str, tuple[str, ...]]) -> tuple[Cell, ...]:
    axis = Cell(text=item.axis + _bound(item))
    domain, lost, takes = _cells(item, NAMED)
    harder = Cell(text=percent(item.lost_share_no_manual), tone=loss_tone(item.lost_share_no_manual))
    return axis, domain, lost, harder, Cell(text=", ".join(known.get(item.domain, ())) or "-"), takes


ANALYSIS = Analysis(name="survival", run=run, order=20)
