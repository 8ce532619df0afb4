"""``auditor whatif``: lose any domains or resources together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli import _options as options
from auditor.cli._command import Command
from auditor.cli._deliver import Manner, deliver
from auditor.cli._destination import destination
from auditor.cli._source import given
from auditor.cli._voice import Voice

if TYPE_CHECKING:
    from auditor.model.audit import Replay
    from auditor.model.section import Section

DAY = 1440.0


def run(
    domains: Annotated[
        list[str],
        typer.Argument(
            metavar="DOMAIN...",
            help="Failure domains or resources, such as region:aws/ap-northeast-2.",
        ),
    ],
    *,
    snapshot: options.From = None,
    minutes: Annotated[float, typer.Option("--minutes", metavar="N", help="How long they are lost.")] = DAY,
    config: options.Config = None,
    formats: options.Formats = None,
    output: options.Output = None,
    redact: options.Redact = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> int:
    """Lose failure domains or resources together, and see what stops."""
    from auditor.analyses._whatif import whatif
    from auditor.analyses.runner import blank_audit
    from auditor.config import load_settings
    from auditor.estate import build

    settings = load_settings(config)
    to = destination(formats, output)
    voice = Voice(quiet=quiet, verbose=verbose, colour=not no_color)
    inventory, digest = given(snapshot, settings)
    with voice.progress():
        found = whatif(build(inventory), domains, minutes=minutes)
    audit = replace(
        blank_audit(inventory, settings, {}, snapshot_sha256=digest),
        replays=(found,),
        sections=_sections(found),
    )
    manner = Manner(redact=redact, verbose=verbose, no_color=no_color)
    deliver(audit, inventory, to=to, manner=manner, voice=voice, answer="What if it were lost")
    return 0


def _sections(found: Replay) -> tuple[Section, ...]:
    from auditor.analyses.replay import explain

    return tuple(explain(found, row.workload) for row in found.workloads)


COMMAND = Command(name="whatif", order=60, run=run)
