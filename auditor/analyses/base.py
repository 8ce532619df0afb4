"""What an analysis is: a named pure function from a context to a part of the audit and sections.

A module of this package defines ``ANALYSIS``. Analyses never import each other; one that builds on another
names it in ``after`` and reads its value from the context.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.config import Settings
from auditor.estate.graph import Estate
from auditor.model.audit import Audit
from auditor.model.section import Section
from auditor.outages.schema import Outage
from auditor.progress import Progress, SilentProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What analyses read.

    Attributes:
        estate: the compiled graph; its inventory hangs on it.
        settings: validated settings.
        outages: the catalogue to replay, by id.
        results: values of the analyses that ran before, by name.
        since: a former audit; an analysis may take over what it would find again, and nothing else.
    """

    estate: Estate
    settings: Settings
    outages: Mapping[str, Outage]
    results: Mapping[str, Any] = field(default_factory=dict)
    progress: Progress = field(default_factory=SilentProgress)
    since: Audit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one analysis found: ``value`` goes into the audit's field of the analysis' name."""

    value: Any
    sections: tuple[Section, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """One analysis.

    Attributes:
        name: field of ``Audit`` it fills; any other name lands under ``extensions``.
        run: the pure function.
        after: names of analyses whose values it reads.
        order: where its sections stand in the report, ascending.
    """

    name: str
    run: Callable[[Context], Finding]
    after: tuple[str, ...] = ()
    order: int = 100
