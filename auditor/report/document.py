"""The document every format renders: the headline, what analyses emitted, and what stays to be said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.model.audit import Audit
from auditor.model.section import Figures, Section
from auditor.report import closing, words
from auditor.report.headline import TOGETHER, headline

BETWEEN = " · "
TITLE = "What takes us down that we do not control"

CLOSING: tuple[Callable[[Audit], Section | None], ...] = (
    closing.gaps,
    closing.next_steps,
    closing.coverage,
    closing.assumptions,
)
"""Sections that close every report, unless an analysis emitted one of the same id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What formats render; texts are plain.

    Attributes:
        title, subtitle: what this is, and of when and what.
        headline: the few figures to read first.
        sections: in reading order.
    """

    title: str
    subtitle: str
    headline: Figures
    sections: tuple[Section, ...]


def document(audit: Audit) -> Document:
    """Return the report of a finished audit; reads it only, and the same audit gives the same document."""
    emitted = {section.id for section in audit.sections}
    closings = tuple(section for make in CLOSING if (section := make(audit)) and section.id not in emitted)
    return Document(
        title=TITLE,
        subtitle=_subtitle(audit),
        headline=headline(audit),
        sections=audit.sections + closings,
    )


def excerpt(audit: Audit, title: str) -> Document:
    """Return only what the audit's own sections say, for answers to one question."""
    return Document(
        title=title, subtitle=_made_from(audit), headline=Figures(items=()), sections=audit.sections
    )


def _subtitle(audit: Audit) -> str:
    parts = [_made_from(audit)]
    if audit.workloads is not None:
        parts.append(words.count(len(audit.workloads), "workload"))
    if audit.replays is not None:
        single = [replay for replay in audit.replays if TOGETHER not in replay.outage]
        parts.append(f"{words.count(len(single), 'outage')} replayed")
    return BETWEEN.join(parts)


def _made_from(audit: Audit) -> str:
    inputs = audit.inputs
    parts = [f"Taken {words.moment(audit.taken_at)}"]
    if inputs.providers:
        parts.append(", ".join(words.provider(name) for name in inputs.providers))
    places = words.count(len([region for region in inputs.regions if region != "global"]), "region")
    parts.append(f"{words.count(inputs.resources, 'resource')} in {places}")
    return BETWEEN.join(parts)
