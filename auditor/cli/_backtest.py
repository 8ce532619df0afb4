"""``auditor outages backtest``: how often replays are right about firms whose fate is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from auditor.cli import _options as options
from auditor.cli._deliver import stem
from auditor.cli._destination import destination, look, write_file, write_stdout
from auditor.cli._source import now
from auditor.cli._voice import Voice

if TYPE_CHECKING:
    from auditor.analyses._backtest import Trial
    from auditor.report import Document


def run(
    *,
    formats: options.Formats = None,
    output: options.Output = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> int:
    """Replay outages on firms whose fate is known, and count how often the answer is right."""
    from auditor.analyses._backtest import backtest, cases, tally
    from auditor.analyses.runner import blank_audit
    from auditor.config import Settings
    from auditor.connectors.manifest import declare
    from auditor.inventory import empty
    from auditor.outages import catalogue

    to = destination(formats, output)
    voice = Voice(quiet=quiet, verbose=verbose, colour=not no_color)
    nothing, known = empty(now()), catalogue()
    with voice.progress() as progress:
        trials = backtest(cases(known), known, lambda each: declare(nothing, each), progress=progress)
    audit = replace(
        blank_audit(nothing, Settings(), known),
        extensions={"backtest": {"tally": tally(trials), "cases": trials}},
    )
    made = document(trials, everything=verbose or bool(formats or output))
    for each, path in to.places(stem(audit.taken_at)):
        write_file(path, each.render(audit, made))
        voice.wrote(str(path))
    if to.stdout is not None:
        write_stdout(to.stdout.render(audit, made, look(no_color=no_color, full=True)))
    return 0


def document(trials: Sequence[Trial], *, everything: bool) -> Document:
    """Return the page on what was found; with ``everything`` also each case."""
    from auditor.analyses._backtest import headline, sections
    from auditor.report import Document

    return Document(
        title="Backtest: replays against what became of firms",
        subtitle="Firms and groups whose fate the catalogue's sources tell, each as an archetype estate",
        headline=headline(trials),
        sections=sections(trials, everything=everything),
    )
