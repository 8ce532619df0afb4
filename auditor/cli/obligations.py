"""``auditor obligations``: laws against an interruption log."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor.cli import _options as options
from auditor.cli._command import Command
from auditor.cli._destination import STDOUT, Destination, destination, look, write_file, write_stdout
from auditor.cli._voice import Voice
from auditor.errors import ConfigError

if TYPE_CHECKING:
    from auditor.model.audit import Audit
    from auditor.model.section import Section
    from auditor.obligations.letter import Request
    from auditor.obligations.log import Log
    from auditor.report import Document

ANSWER = "Laws against an interruption log"


LogFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="Interruption log, .csv or .toml, or events of AWS Health or Azure Service Health, .json.",
    ),
]
Timezone = Annotated[
    str | None,
    typer.Option(
        "--timezone",
        metavar="ZONE",
        show_default=False,
        help="For times without an offset, such as Asia/Seoul.",
    ),
]
Facts = Annotated[
    list[str] | None,
    typer.Option(
        "--fact",
        metavar="NAME=VALUE",
        show_default=False,
        help="What a law asks and no log tells, such as roles=financial-entity; repeatable.",
    ),
]
Laws = Annotated[
    list[str] | None,
    typer.Option(
        "--law", metavar="ID", show_default=False, help="Only this law; repeatable. Without it all."
    ),
]
Letters = Annotated[
    str | None,
    typer.Option(
        "--letter",
        metavar="DIR|-",
        show_default=False,
        help="Write requests for notice to the provider: files into a folder, or - for stdout.",
    ),
]
Languages = Annotated[
    list[str] | None,
    typer.Option(
        "--language", metavar="en|ko", show_default=False, help="Of letters; repeatable. Without it both."
    ),
]


def run(
    log: LogFile,
    *,
    timezone: Timezone = None,
    fact: Facts = None,
    law: Laws = None,
    letter: Letters = None,
    language: Languages = None,
    formats: options.Formats = None,
    output: options.Output = None,
    quiet: options.Quiet = False,
    no_color: options.NoColor = False,
) -> int:
    """Ask notification laws about an interruption log: who owes notice to whom, since when, by when."""
    from auditor.analyses._obligations.sections import answers
    from auditor.obligations import catalogue, evaluate
    from auditor.obligations.cases import cases
    from auditor.obligations.letter import LABELS, requests
    from auditor.obligations.log import read

    to = destination(formats, output)
    languages = tuple(_known(language or list(LABELS), tuple(LABELS), "language"))
    regimes = {
        name: catalogue()[name] for name in _known(law or list(catalogue()), tuple(catalogue()), "law")
    }
    voice = Voice(quiet=quiet, colour=not no_color)
    told = read(log, timezone=timezone, facts=_facts(fact or []))
    for line in told.notes:
        voice.note(line)
    asked = cases(told)
    found = evaluate(regimes, asked)
    if letter is not None:
        written = requests(found.obligations, regimes, felt=asked, languages=languages)
        _write_letters(written, letter, voice)
        if letter == STDOUT and output is None:
            return 0
    audit, page = _page(told, answers(found.obligations, found.not_asked))
    audit = replace(audit, obligations=found.obligations)
    _deliver(audit, page, to, voice, no_color=no_color)
    return 0


def _known(names: list[str], known: tuple[str, ...], what: str) -> list[str]:
    from auditor.model.spelling import closest, one_of

    for name in names:
        if name not in known:
            near = closest(name, known)
            raise ConfigError(
                f"there is no {what} {name!r}",
                hint=f"did you mean {near}?" if near else f"choose {one_of(known)}",
            )
    return list(dict.fromkeys(names))


def _facts(given: list[str]) -> dict[str, object]:
    """Return facts of the command line with the values they mean: true, false, a number, or a list."""
    from auditor.model.duties import LISTS

    found: dict[str, object] = {}
    for each in given:
        name, sign, text = each.partition("=")
        if not sign or not text.strip():
            raise ConfigError(
                f"--fact {each}: has no value", hint="write it like --fact roles=cloud-provider"
            )
        name, text = name.strip(), text.strip()
        found[name] = [part.strip() for part in text.split(",")] if name in LISTS else _value(text)
    return found


def _value(text: str) -> object:
    if text.lower() in {"true", "false"}:
        return text.lower() == "true"
    try:
        return float(text.replace("_", ""))
    except ValueError:
        return text


def _write_letters(written: tuple[Request, ...], to: str, voice: Voice) -> None:
    if not written:
        voice.warn("no letter: by this log no provider owes a notice that letters are kept for")
    if to == STDOUT:
        write_stdout("\n\f\n".join(each.text for each in written).encode())
        return
    for each in written:
        path = Path(to) / each.name
        write_file(path, each.text.encode())
        voice.wrote(str(path))


def _page(told: Log, sections: tuple[Section, ...]) -> tuple[Audit, Document]:
    from auditor.analyses.runner import blank_audit
    from auditor.config import Settings
    from auditor.inventory import empty
    from auditor.model.section import Figures
    from auditor.report import Document

    last = max(row.end or row.start for row in told.rows)
    audit = blank_audit(empty(last.strftime("%Y-%m-%dT%H:%M:%SZ")), Settings(), {})
    stops = "1 interruption" if len(told.rows) == 1 else f"{len(told.rows)} interruptions"
    subtitle = f"{told.name} · {stops}"
    return audit, Document(title=ANSWER, subtitle=subtitle, headline=Figures(items=()), sections=sections)


def _deliver(audit: Audit, page: Document, to: Destination, voice: Voice, *, no_color: bool) -> None:
    for each, path in to.places("obligations"):
        write_file(path, each.render(audit, page))
        voice.wrote(str(path))
    if to.stdout is not None:
        write_stdout(to.stdout.render(audit, page, look(no_color=no_color, full=True)))


COMMAND = Command(name="obligations", order=75, run=run)
