"""How much was seen and understood; it stands beside the score.

The value is the share of resources whose kind is understood, times the share of places (provider, account,
region, service) that could be read.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import polars as pl

from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate.graph import Estate
from auditor.inventory import Inventory
from auditor.model.audit import Coverage, UnknownFact
from auditor.model.facts import narrowed_by
from auditor.model.gap import Gap
from auditor.model.section import Cell, Figure, Figures, Section, Table, Tone

GENERIC = "generic"
"""Closed fact a connector puts on a resource whose kind no spec describes."""

KINDS_SHOWN = 20
GOOD_FROM, FAIR_FROM = 0.9, 0.6


def generic_rows(inventory: Inventory) -> pl.DataFrame:
    """Return kind and count of resources whose kind is not described, most frequent first."""
    rows = inventory.fact_frame(GENERIC).filter(pl.col("value") == "true")["resource"]
    kinds = inventory.resources["kind"].gather(rows)
    return kinds.value_counts().sort(["count", "kind"], descending=[True, False])


def readable(inventory: Inventory) -> float:
    """Return the share of places tried that could be read; a place is provider, account, region, service."""
    seen = inventory.resources.select(
        "provider", "account", "region", service=pl.col("kind").str.split(".").list.get(1, null_on_oob=True)
    ).n_unique()
    gaps = len({(gap.provider, gap.account, gap.region, gap.service) for gap in inventory.gaps})
    return seen / (seen + gaps) if seen + gaps else 0.0


def unknown_facts(estate: Estate) -> tuple[UnknownFact, ...]:
    """Return the facts whose absence makes needs uncertain, by how many nodes lack them."""
    graph = estate.graph
    owners = np.concatenate(
        [graph.owner, np.repeat(graph.owner, np.diff(graph.start))]
    )  # a need's own unknown, then its members'
    facts = np.concatenate([graph.unknown, graph.member_unknown])
    pairs = np.unique(np.stack([facts, owners])[:, facts >= 0], axis=1)
    counts = Counter(estate.graph.fact_names[fact] for fact in pairs[0])
    return tuple(
        UnknownFact(fact=name, resources=count, narrowed_by=narrowed_by(name))
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def measure(estate: Estate) -> Coverage:
    """Return what was seen and understood."""
    inventory = estate.inventory
    generic = generic_rows(inventory)
    resources, unknown_kinds = len(inventory), int(generic["count"].sum())
    understood = resources - unknown_kinds
    return Coverage(
        resources=resources,
        understood=understood,
        generic=unknown_kinds,
        generic_kinds=tuple((kind, count) for kind, count in generic.head(KINDS_SHOWN).iter_rows()),
        references=estate.references,
        references_unresolved=len(estate.unresolved),
        unassigned=int((estate.resource_workload < 0).sum()),
        gaps_by_reason=tuple(sorted(Counter(gap.reason.value for gap in inventory.gaps).items())),
        unknown_facts=unknown_facts(estate),
        value=round(understood / resources * readable(inventory), 6) if resources else None,
    )


def run(context: Context) -> Finding:
    """Return coverage and how it reads."""
    coverage = measure(context.estate)
    return Finding(value=coverage, sections=(_section(coverage, context.estate.inventory.gaps),))


def _section(coverage: Coverage, gaps: tuple[Gap, ...]) -> Section:
    value = coverage.value
    tone = Tone.UNKNOWN if value is None else Tone.GOOD if value >= GOOD_FROM else Tone.CAUTION
    if value is not None and value < FAIR_FROM:
        tone = Tone.BAD
    figures = Figures(
        items=(
            Figure(label="Coverage", value="nothing seen" if value is None else f"{value:.0%}", tone=tone),
            Figure(label="Resources", value=f"{coverage.resources:,}"),
            Figure(label="Understood", value=f"{coverage.understood:,}"),
            Figure(label="Unassigned", value=f"{coverage.unassigned:,}"),
            Figure(
                label="References unresolved",
                value=f"{coverage.references_unresolved:,} of {coverage.references:,}",
            ),
            Figure(label="Gaps", value=str(len(gaps)), tone=Tone.CAUTION if gaps else Tone.GOOD),
        )
    )
    blocks: list[Figures | Table] = [figures]
    if coverage.unknown_facts:
        blocks.append(_unknown_table(coverage))
    if coverage.generic_kinds:
        blocks.append(_kinds_table(coverage))
    return Section(id="coverage", title="What was seen", blocks=tuple(blocks))


def _unknown_table(coverage: Coverage) -> Table:
    return Table(
        columns=("Unknown fact", "Missing on", "What would narrow it"),
        rows=tuple(
            (
                Cell(text=item.fact),
                Cell(text=str(item.resources), tone=Tone.UNKNOWN),
                Cell(text=item.narrowed_by),
            )
            for item in coverage.unknown_facts
        ),
        numeric=("Missing on",),
        caption="Facts nobody could see; each makes a range where an outage asks for it.",
    )


def _kinds_table(coverage: Coverage) -> Table:
    return Table(
        columns=("Kind not described", "Resources"),
        rows=tuple((Cell(text=kind), Cell(text=str(count))) for kind, count in coverage.generic_kinds),
        numeric=("Resources",),
        caption="Counted with their placement only: they need their service in their region.",
    )


ANALYSIS = Analysis(name="coverage", run=run, order=80)
