"""Run every analysis of the package in dependency order and put their findings into one audit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from auditor.analyses.base import Analysis, Context, Finding
from auditor.config import Settings
from auditor.discovery import discover
from auditor.errors import CatalogueError
from auditor.estate import build
from auditor.inventory import Inventory
from auditor.model.audit import SCHEMA_ID, Audit, Inputs, Tool
from auditor.model.section import Section
from auditor.outages.schema import Outage
from auditor.progress import Progress, SilentProgress

STAGE = "analyse"
SHARED = frozenset({"base", "runner"})


@cache
def analyses() -> tuple[Analysis, ...]:
    """Return every analysis, each after those it builds on.

    Raises:
        CatalogueError: an analysis builds on one that does not exist, or on itself.
    """
    found = discover("auditor.analyses", "ANALYSIS", Analysis, key=lambda item: item.name, skip=SHARED)
    for analysis in found.values():
        for name in analysis.after:
            if name not in found:
                raise CatalogueError(
                    f"analysis {analysis.name!r} builds on {name!r}, which does not exist",
                    hint="correct its `after`",
                )
    try:
        order = TopologicalSorter({name: found[name].after for name in found}).static_order()
        return tuple(found[name] for name in order)
    except CycleError as error:
        raise CatalogueError(
            f"analyses build on each other in a circle: {error.args[1]}", hint="correct `after`"
        ) from error


def run_audit(
    inventory: Inventory,
    settings: Settings,
    outages: Mapping[str, Outage],
    *,
    snapshot_sha256: str | None = None,
    progress: Progress | None = None,
    since: Audit | None = None,
) -> Audit:
    """Build the estate and run every analysis over it; pure: same input, same audit.

    ``since`` is a former audit that saves work and changes nothing.
    """
    progress = progress or SilentProgress()
    ordered = analyses()
    progress.start(STAGE, len(ordered) + 1)
    estate = build(inventory)
    progress.step(STAGE, note="dependency graph")
    findings: dict[str, Finding] = {}
    for analysis in ordered:
        context = Context(
            estate=estate,
            settings=settings,
            outages=outages,
            results={name: findings[name].value for name in analysis.after},
            progress=progress,
            since=since,
        )
        findings[analysis.name] = analysis.run(context)
        progress.step(STAGE, note=analysis.name)
    progress.done(STAGE)
    return replace(
        blank_audit(inventory, settings, outages, snapshot_sha256=snapshot_sha256),
        sections=_sections(ordered, findings),
        **_placed(findings),
    )


def blank_audit(
    inventory: Inventory,
    settings: Settings,
    outages: Mapping[str, Outage],
    *,
    snapshot_sha256: str | None = None,
) -> Audit:
    """Return the audit of which no analysis has run: what it is made from, and its gaps."""
    return Audit(
        schema=SCHEMA_ID,
        tool=_tool(),
        taken_at=inventory.taken_at,
        inputs=_inputs(inventory, settings, outages, snapshot_sha256),
        gaps=inventory.gaps,
    )


def _placed(findings: Mapping[str, Finding]) -> dict[str, Any]:
    """Return each value under the audit's field of its name, any other under ``extensions``."""
    known = {field.name for field in fields(Audit)}
    placed = {name: finding.value for name, finding in findings.items() if name in known}
    others = {name: finding.value for name, finding in sorted(findings.items()) if name not in known}
    return placed | {"extensions": others}


def _sections(ordered: tuple[Analysis, ...], findings: Mapping[str, Finding]) -> tuple[Section, ...]:
    by_place = sorted(ordered, key=lambda analysis: (analysis.order, analysis.name))
    return tuple(section for analysis in by_place for section in findings[analysis.name].sections)


def _inputs(
    inventory: Inventory, settings: Settings, outages: Mapping[str, Outage], sha256: str | None
) -> Inputs:
    def distinct(column: str) -> tuple[str, ...]:
        return tuple(inventory.resources[column].drop_nulls().unique().sort())

    return Inputs(
        providers=distinct("provider"),
        accounts=distinct("account"),
        regions=distinct("region"),
        resources=len(inventory),
        outages=tuple(sorted(outages)),
        config=settings.source,
        snapshot_sha256=sha256,
    )


def _tool() -> Tool:
    try:
        return Tool(name="auditor", version=version("cross-cloud-auditor"))
    except PackageNotFoundError:  # run from a source tree that was never installed
        return Tool(name="auditor", version="0+unknown")
