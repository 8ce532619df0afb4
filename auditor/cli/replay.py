"""``auditor replay``: real outages against an inventory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli import _options as options
from auditor.cli._command import Command
from auditor.cli._deliver import Manner, deliver
from auditor.cli._destination import destination
from auditor.cli._source import given
from auditor.cli._varied import Change, varied
from auditor.cli._voice import Voice
from auditor.errors import ConfigError

if TYPE_CHECKING:
    from auditor.estate.graph import Estate
    from auditor.model.audit import Replay
    from auditor.model.section import Section
    from auditor.outages import Outage


Outages = Annotated[
    list[str] | None,
    typer.Argument(metavar="[OUTAGE]...", show_default=False, help="Outage ids; all if none are named."),
]
Explain = Annotated[
    str | None,
    typer.Option(
        "--explain", metavar="WORKLOAD", show_default=False, help="Why: one workload's reason chains."
    ),
]
AsIf = Annotated[
    list[str] | None,
    typer.Option(
        "--as-if",
        metavar="PLACE",
        show_default=False,
        help="The same failure in a place of yours, such as region:aws/ap-northeast-2; repeatable.",
    ),
]
Lengthen = Annotated[
    float | None,
    typer.Option("--lengthen", metavar="FACTOR", show_default=False, help="As if it had lasted longer."),
]
Minutes = Annotated[
    float | None,
    typer.Option("--minutes", metavar="N", show_default=False, help="As if all were over after N minutes."),
]
Repeat = Annotated[
    int | None,
    typer.Option("--repeat", metavar="N", show_default=False, help="As if it had happened N times."),
]
Every = Annotated[
    float, typer.Option("--every", metavar="HOURS", help="From one start to the next, with --repeat.")
]
Together = Annotated[
    bool, typer.Option("--together", help="As if all had begun on the day of the first one named.")
]


def run(
    outages: Outages = None,
    *,
    snapshot: options.From = None,
    explain: Explain = None,
    as_if: AsIf = None,
    lengthen: Lengthen = None,
    minutes: Minutes = None,
    repeat: Repeat = None,
    every: Every = 24,
    together: Together = False,
    config: options.Config = None,
    formats: options.Formats = None,
    output: options.Output = None,
    redact: options.Redact = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> int:
    """Replay real outages: the same failures against today's estate."""
    from auditor.analyses.replay import replays
    from auditor.analyses.runner import blank_audit
    from auditor.config import load_settings
    from auditor.estate import build
    from auditor.outages import catalogue

    settings = load_settings(config)
    to = destination(formats, output)
    places, named = tuple(as_if or ()), outages or []
    change = Change(
        places=places, lengthen=lengthen, minutes=minutes, repeat=repeat, every=every, together=together
    )
    chosen = varied(select(catalogue(settings.outages.folders), named), named, change)
    voice = Voice(quiet=quiet, verbose=verbose, colour=not no_color)
    inventory, digest = given(snapshot, settings)
    with voice.progress() as progress:
        estate = build(inventory)
        found = replays(estate, chosen, progress=progress)
    audit = replace(
        blank_audit(inventory, settings, chosen, snapshot_sha256=digest),
        replays=found,
        sections=_sections(found, estate, explain, everything=bool(named)),
    )
    manner = Manner(redact=redact, verbose=verbose, no_color=no_color)
    deliver(
        audit, inventory, to=to, manner=manner, voice=voice, answer="Real outages replayed on this estate"
    )
    return 0


def select(known: Mapping[str, Outage], names: list[str]) -> dict[str, Outage]:
    """Return the named outages, all where none is named.

    Raises:
        ConfigError: there is no outage of a name.
    """
    from auditor.model.spelling import closest

    for name in names:
        if name not in known:
            near = closest(name, known) or next(
                (each for each in sorted(known) if name.lower() in each), None
            )
            raise ConfigError(
                f"there is no outage {name!r}",
                hint=f"did you mean {near}?" if near else "`auditor outages list` names them all",
            )
    return {name: known[name] for name in sorted(names or known)}


def _sections(
    found: tuple[Replay, ...], estate: Estate, workload: str | None, *, everything: bool
) -> tuple[Section, ...]:
    from auditor.analyses.replay import explain, section

    if workload is None:
        return (section(found, estate.workloads),)
    return tuple(explain(each, workload) for each in found if everything or each.in_reach)


COMMAND = Command(name="replay", order=50, run=run)
