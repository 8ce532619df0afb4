"""Options that several commands share, described once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option(
        "-c",
        "--config",
        metavar="FILE",
        show_default=False,
        help="Settings file; without it ./auditor.toml if it is there, else defaults.",
    ),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format", metavar="NAME", show_default=False, help="terminal, json, markdown or html; repeatable."
    ),
]
Output = Annotated[
    str | None,
    typer.Option(
        "-o",
        "--output",
        metavar="DIR|FILE|-",
        show_default=False,
        help="A folder for one file per format, a file, or - for stdout.",
    ),
]
Redact = Annotated[bool, typer.Option("--redact", help="Replace accounts, names and ids by pseudonyms.")]
Strict = Annotated[bool, typer.Option("--strict", help="End with status 3 when anything could not be read.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress, and no messages but errors.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="The full report, and more messages.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colour.")]
From = Annotated[
    Path | None,
    typer.Option(
        "--from",
        metavar="SNAPSHOT",
        show_default=False,
        help="Snapshot of `auditor collect`; without it only what the settings declare.",
    ),
]
Since = Annotated[
    Path | None,
    typer.Option(
        "--since",
        metavar="OLD.json",
        show_default=False,
        help="A former audit in JSON: what has not changed is taken over from it; the result is the same.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="JSON instead of a page for people.")]
