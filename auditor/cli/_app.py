"""Put the commands of this package together."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Annotated

import typer
from typer.core import TyperGroup

from auditor.cli._border import guarded
from auditor.cli._command import Command
from auditor.discovery import discover

ABOUT = "What takes us down that we do not control, and what would it cost to change that?"
SETTINGS = {"help_option_names": ["-h", "--help"]}
EPILOG = (
    "Exit status: 0 done, 1 a policy limit was passed, 2 wrong usage or settings, "
    "3 incomplete (gaps) under --strict, 4 nothing could be collected."
)


@cache
def application() -> typer.Typer:
    """Return the whole command line."""
    commands = sorted(
        discover("auditor.cli", "COMMAND", Command, key=lambda command: command.name).values(),
        key=lambda command: command.order,
    )

    class InOrder(TyperGroup):
        """Typer puts groups last; people read commands in the order they come to need them."""

        def list_commands(self, ctx: object) -> list[str]:  # noqa: ARG002 - the base class gives it
            return [command.name for command in commands]

    app = typer.Typer(
        cls=InOrder,
        help=ABOUT,
        epilog=EPILOG,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings=SETTINGS,
    )
    app.callback()(_options)
    for command in commands:
        _add(app, command)
    return app


def _add(app: typer.Typer, command: Command) -> None:
    if command.run is not None:
        app.command(command.name, context_settings=SETTINGS)(guarded(command.run))
        return
    group = typer.Typer(help=command.title, no_args_is_help=True, context_settings=SETTINGS)
    for part in command.parts:
        _add(group, part)
    app.add_typer(group, name=command.name)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - how typer calls an option's callback
    if wanted:
        try:
            found = version("cross-cloud-auditor")
        except PackageNotFoundError:  # run from a source tree that was never installed
            found = "0+unknown"
        typer.echo(f"auditor {found}")
        raise typer.Exit


def _options(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end."),
    ] = False,
) -> None:
    pass
