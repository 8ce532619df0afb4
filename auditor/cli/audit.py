"""``auditor audit``: collect, analyse, report."""

from __future__ import annotations

from auditor.cli import _options as options
from auditor.cli._command import Command
from auditor.cli._deliver import Manner, deliver, keep, status
from auditor.cli._destination import destination
from auditor.cli._former import former, tell
from auditor.cli._voice import Voice


def run(
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
    """Read every cloud there are credentials for, analyse, and report.

    Without -o the summary goes to stdout; with -o DIR the folder gets the report in every format and the
    snapshot it was made from.
    """
    from auditor import api
    from auditor.config import load_settings

    settings = load_settings(config)
    to = destination(formats, output)
    voice = Voice(quiet=quiet, verbose=verbose, colour=not no_color)
    before = former(since)
    manner = Manner(redact=redact, strict=strict, verbose=verbose, no_color=no_color)
    with voice.progress() as progress:
        inventory = api.collect(settings, progress=progress, note=voice.note)
        digest = keep(inventory, to=to, manner=manner, voice=voice)
        audit = api.audit(inventory, settings, snapshot_sha256=digest, progress=progress, since=before)
    tell(audit, before, path=since, voice=voice)
    deliver(audit, inventory, to=to, manner=manner, voice=voice)
    return status(audit, settings.limits, strict=strict, voice=voice)


COMMAND = Command(name="audit", order=20, run=run)
