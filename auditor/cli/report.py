"""``auditor report``: analyse a snapshot."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import _options as options
from auditor.cli._command import Command
from auditor.cli._deliver import Manner, deliver, status
from auditor.cli._destination import destination
from auditor.cli._former import former, tell
from auditor.cli._source import from_snapshot
from auditor.cli._voice import Voice


def run(
    snapshot: Annotated[Path, typer.Argument(metavar="SNAPSHOT", help="File that `auditor collect` wrote.")],
    *,
    config: options.Config = None,
    formats: options.Formats = None,
    output: options.Output = None,
    since: options.Since = None,
    redact: options.Redact = False,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> int:
    """Analyse a snapshot and report; the same snapshot gives the same bytes."""
    from auditor import api
    from auditor.config import load_settings

    settings = load_settings(config)
    to = destination(formats, output)
    voice = Voice(quiet=quiet, verbose=verbose, colour=not no_color)
    before = former(since)
    manner = Manner(redact=redact, strict=strict, verbose=verbose, no_color=no_color)
    with voice.progress() as progress:
        inventory, digest = from_snapshot(snapshot, settings)
        audit = api.audit(inventory, settings, snapshot_sha256=digest, progress=progress, since=before)
    tell(audit, before, path=since, voice=voice)
    deliver(audit, inventory, to=to, manner=manner, voice=voice)
    return status(audit, settings.limits, strict=strict, voice=voice)


COMMAND = Command(name="report", order=40, run=run)
