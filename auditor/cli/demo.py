"""``auditor demo``: the whole job on the embedded company."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.cli import _options as options
from auditor.cli._command import Command
from auditor.cli._deliver import Manner, deliver, keep, status
from auditor.cli._destination import destination
from auditor.cli._voice import Voice


def run(
    *,
    formats: options.Formats = None,
    output: Annotated[
        str | None,
        typer.Option("-o", "--output", metavar="DIR|FILE|-", help="Where the report goes besides stdout."),
    ] = "reports",
    redact: options.Redact = False,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> int:
    """Audit the embedded sample company: no credentials, no network."""
    from auditor import api
    from auditor.demo.company import collect_demo, settings

    company = settings()
    to = destination(formats, output)
    voice = Voice(quiet=quiet, verbose=verbose, colour=not no_color)
    manner = Manner(redact=redact, strict=strict, verbose=verbose, no_color=no_color)
    with voice.progress() as progress:
        inventory = collect_demo(progress)
        digest = keep(inventory, to=to, manner=manner, voice=voice)
        audit = api.audit(inventory, company, snapshot_sha256=digest, progress=progress)
    deliver(audit, inventory, to=to, manner=manner, voice=voice)
    return status(audit, company.limits, strict=strict, voice=voice)


COMMAND = Command(name="demo", order=10, run=run)
