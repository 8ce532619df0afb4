"""Each workload as the audit saw it: where it came from, what it needs, where it stands."""

from __future__ import annotations

import numpy as np
import polars as pl

from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate import needs_of
from auditor.estate.graph import Estate
from auditor.model.audit import WorkloadSummary
from auditor.model.evidence import Evidence
from auditor.model.section import Cell, Section, Table, Tone
from auditor.model.workload import Workload

NEEDS_SHOWN = 5


def measure(estate: Estate) -> tuple[WorkloadSummary, ...]:
    """Return a summary of each workload, by name."""
    regions = _regions(estate)
    sizes = np.bincount(
        estate.resource_workload[estate.resource_workload >= 0], minlength=len(estate.workloads)
    )
    found = [
        WorkloadSummary(
            workload=workload.name,
            criticality=workload.criticality.value if workload.criticality else "medium (assumed)",
            evidence=workload.evidence.value,
            resources=int(sizes[index]),
            needs=direct_needs(estate, int(estate.workload_nodes[index])),
            regions=regions.get(index, ()),
            revenue_per_hour=workload.revenue_per_hour,
            currency=workload.currency,
            rto_minutes=workload.rto_minutes,
        )
        for index, workload in enumerate(estate.workloads)
    ]
    return tuple(sorted(found, key=lambda item: item.workload))


def direct_needs(estate: Estate, node: int) -> tuple[str, ...]:
    """Return what a node needs in words: ``a`` or ``1 of a, b``."""
    graph = estate.graph
    texts = []
    for need in needs_of(graph, node):
        members = [estate.names[m] for m in graph.member[graph.start[need] : graph.start[need + 1]]]
        low, high = int(graph.k_best[need]), int(graph.k_worst[need])
        if len(members) == 1:
            texts.append(members[0])
        else:
            count = str(low) if low == high else f"{low}-{high}"
            texts.append(f"{count} of {len(members)}: {', '.join(members)}")
    return tuple(texts)


def _regions(estate: Estate) -> dict[int, tuple[str, ...]]:
    frame = estate.inventory.resources.select(
        workload=pl.Series(estate.resource_workload), place=pl.col("provider") + "/" + pl.col("region")
    ).filter((pl.col("workload") >= 0) & pl.col("place").is_not_null())
    grouped = frame.unique().sort("workload", "place").group_by("workload", maintain_order=True).agg("place")
    return {int(workload): tuple(places) for workload, places in grouped.iter_rows()}


def run(context: Context) -> Finding:
    """Return the workloads."""
    found = measure(context.estate)
    return Finding(value=found, sections=(_section(found, context.estate.workloads),))


def _section(found: tuple[WorkloadSummary, ...], workloads: tuple[Workload, ...]) -> Section:
    inferred = sum(workload.evidence is not Evidence.DECLARED for workload in workloads)
    table = Table(
        columns=("Workload", "Criticality", "Known by", "Resources", "Places", "Needs"),
        rows=tuple(
            (
                Cell(text=item.workload),
                Cell(text=item.criticality),
                Cell(text=item.evidence, tone=Tone.PLAIN if item.evidence == "declared" else Tone.CAUTION),
                Cell(text=f"{item.resources:,}"),
                Cell(text=", ".join(item.regions) or "-"),
                Cell(text="; ".join(item.needs[:NEEDS_SHOWN]) + ("; ..." * (len(item.needs) > NEEDS_SHOWN))),
            )
            for item in found
        ),
        numeric=("Resources",),
        caption=f"{len(found)} workloads, {inferred} of them inferred." if found else "No workloads found.",
    )
    return Section(id="workloads", title="Workloads", blocks=(table,))


ANALYSIS = Analysis(name="workloads", run=run, order=70)
