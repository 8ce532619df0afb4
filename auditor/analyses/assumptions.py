"""Everything taken for granted on the way, as the estate noted it."""

from __future__ import annotations

from auditor.analyses.base import Analysis, Context, Finding
from auditor.model.audit import Assumption
from auditor.model.section import Cell, Section, Table


def run(context: Context) -> Finding:
    """Return the estate's assumptions, and what it dropped as circular redundancy."""
    estate = context.estate
    found = estate.assumptions
    dropped = tuple(
        Assumption(
            text=f"circular redundancy: {member} needs {owner} and does not count as its fallback",
            count=1,
            narrowed_by="declare the need a quorum where the members really elect among themselves",
        )
        for owner, member in estate.circular
    )
    return Finding(value=found + dropped, sections=(_section(found + dropped),))


def _section(found: tuple[Assumption, ...]) -> Section:
    table = Table(
        columns=("Assumed", "Times", "Replace it by"),
        rows=tuple(
            (Cell(text=item.text), Cell(text=f"{item.count:,}"), Cell(text=item.narrowed_by or "-"))
            for item in found
        ),
        numeric=("Times",),
    )
    return Section(id="assumptions", title="What was taken for granted", blocks=(table,))


ANALYSIS = Analysis(name="assumptions", run=run, order=90)
