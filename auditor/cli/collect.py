"""``auditor collect``: an inventory snapshot only."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import _options as options
from auditor.cli._command import Command
from auditor.cli._deliver import DONE, INCOMPLETE
from auditor.cli._voice import Voice


def run(
    *,
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="Where the snapshot goes.")],
    config: options.Config = None,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> int:
    """Read every cloud there are credentials for, and keep the inventory in a snapshot file."""
    from auditor import api
    from auditor.config import load_settings
    from auditor.inventory import snapshot
    from auditor.report.words import count

    settings = load_settings(config)
    voice = Voice(quiet=quiet, verbose=verbose, colour=not no_color)
    with voice.progress() as progress:
        inventory = api.collect(settings, progress=progress, note=voice.note)
    snapshot.save(inventory, output)
    gaps = len(inventory.gaps)
    voice.wrote(f"{output}: {count(len(inventory), 'resource')}, {count(gaps, 'gap')}")
    return INCOMPLETE if strict and gaps else DONE


COMMAND = Command(name="collect", order=30, run=run)
