"""``auditor doctor``: what works, and what to do about the rest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from auditor.cli import _checks as checks
from auditor.cli import _cloud_checks as clouds
from auditor.cli import _options as options
from auditor.cli._checks import Check, State
from auditor.cli._command import Command
from auditor.cli._destination import write_stdout
from auditor.cli._page import show
from auditor.cli._voice import Voice
from auditor.model.section import Cell, Table, Tone

TONES = {
    State.OK: Tone.GOOD,
    State.WARN: Tone.CAUTION,
    State.FAIL: Tone.BAD,
    State.SKIP: Tone.PLAIN,
}
WRONG_SETTINGS, INCOMPLETE, NOTHING = 2, 3, 4
STAGE = "check"


def run(
    *,
    config: options.Config = None,
    json: options.Json = False,
    strict: options.Strict = False,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> int:
    """Check credentials, permissions, reachability, clock, disk and settings; say what to do."""
    made: list[Check] = []
    with Voice(quiet=quiet, colour=not no_color).progress() as progress:
        progress.start(STAGE)
        for check in examine(config):
            made.append(check)
            progress.step(STAGE, note=check.what)
        progress.done(STAGE)
    if json:
        _print_json(made)
    else:
        _print_page(made, no_color=no_color)
    return status(made, strict=strict)


def examine(config: Path | None) -> Iterator[Check]:
    """Yield every check."""
    yield checks.versions()
    settings, check = checks.settings(config)
    yield check
    if settings is None:
        return
    yield checks.catalogue(settings.outages.folders)
    yield checks.disk(settings.report.output)
    yield from clouds.aws(settings)
    yield from clouds.azure(settings)
    if settings.resources:
        found = f"{len(settings.resources)} resources need no credentials"
        yield Check(what="declared", state=State.OK, found=found, provider="declared")


def status(made: Sequence[Check], *, strict: bool) -> int:
    """Return the exit status: settings first, then whether anything can be collected."""
    failed = {check.what for check in made if check.state is State.FAIL}
    if failed & {"settings", "outages", "disk"}:
        return WRONG_SETTINGS
    if not any(check.provider and check.state is State.OK for check in made):
        return NOTHING
    return INCOMPLETE if strict and any(check.state in {State.FAIL, State.WARN} for check in made) else 0


def _print_page(made: Sequence[Check], *, no_color: bool) -> None:
    table = Table(
        columns=("Check", "State", "Found", "What to do"),
        rows=tuple(
            (
                Cell(text=check.what),
                Cell(text=check.state.value, tone=TONES[check.state]),
                Cell(text=check.found),
                Cell(text=check.do),
            )
            for check in made
        ),
    )
    bad = sum(check.state in {State.FAIL, State.WARN} for check in made)
    show("What works, and what to do", f"{len(made)} checks, {bad} to look at", (table,), no_color=no_color)


def _print_json(made: Sequence[Check]) -> None:
    import json

    listed = [asdict(check) for check in made]
    write_stdout(json.dumps(listed, indent=2, ensure_ascii=False).encode() + b"\n")


COMMAND = Command(name="doctor", order=90, run=run)
