"""``auditor whatif``: lose any domains or resources together, and ask what else may fail then."""

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
from auditor.errors import ConfigError
from auditor.model.survey import What

if TYPE_CHECKING:
    from auditor.config import Settings
    from auditor.estate.graph import Estate
    from auditor.model.audit import Audit, Replay
    from auditor.model.section import Section

DAY = 1440.0


Domains = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DOMAIN]...",
        show_default=False,
        help="Failure domains or resources, such as region:aws/ap-northeast-2; "
        "with --and-any outages too, and none at all.",
    ),
]
Minutes = Annotated[float, typer.Option("--minutes", metavar="N", help="How long they are lost.")]
AndAny = Annotated[
    What | None,
    typer.Option(
        "--and-any",
        show_default=False,
        help="While those are lost, what else may fail: each domain, each resource or each pair of domains.",
    ),
]


def run(
    domains: Domains = None,
    *,
    snapshot: options.From = None,
    minutes: Minutes = DAY,
    and_any: AndAny = None,
    config: options.Config = None,
    formats: options.Formats = None,
    output: options.Output = None,
    redact: options.Redact = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
    no_color: options.NoColor = False,
) -> int:
    """Lose failure domains or resources together, and see what stops."""
    from auditor.analyses.runner import blank_audit
    from auditor.config import load_settings
    from auditor.estate import build

    names = tuple(dict.fromkeys(domains or ()))
    if not names and and_any is None:
        raise ConfigError(
            "nothing is named to lose",
            hint="name domains or resources, or ask for each with --and-any domains",
        )
    settings = load_settings(config)
    to = destination(formats, output)
    voice = Voice(quiet=quiet, verbose=verbose, colour=not no_color)
    inventory, digest = given(snapshot, settings)
    blank = blank_audit(inventory, settings, {}, snapshot_sha256=digest)
    with voice.progress():
        estate = build(inventory)
        if and_any is None:
            audit, answer = _lost(blank, estate, names, minutes), "What if it were lost"
        else:
            audit = _surveyed(blank, estate, names, minutes, (and_any, settings))
            answer = "What else may fail"
    manner = Manner(redact=redact, verbose=verbose, no_color=no_color)
    deliver(audit, inventory, to=to, manner=manner, voice=voice, answer=answer)
    return 0


def _lost(blank: Audit, estate: Estate, names: tuple[str, ...], minutes: float) -> Audit:
    from auditor.analyses._whatif import whatif

    found = whatif(estate, names, minutes=minutes)
    return replace(blank, replays=(found,), sections=_sections(found))


def _surveyed(
    blank: Audit, estate: Estate, names: tuple[str, ...], minutes: float, asked: tuple[What, Settings]
) -> Audit:
    from auditor.analyses._survey import survey
    from auditor.analyses._survey_given import given as out
    from auditor.analyses._survey_section import section
    from auditor.analyses._whatif import check
    from auditor.outages import catalogue

    what, settings = asked
    check(minutes)
    nodes = out(estate, names, catalogue(settings.outages.folders) if names else {})
    found = survey(estate, what, names=names, given=nodes, minutes=minutes)
    return replace(blank, extensions={"survey": found}, sections=(section(found, estate),))


def _sections(found: Replay) -> tuple[Section, ...]:
    from auditor.analyses.replay import explain

    return tuple(explain(found, row.workload) for row in found.workloads)


COMMAND = Command(name="whatif", order=60, run=run)
