"""``auditor outages``: the catalogue, and whether a file of yours holds to its form."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from auditor.cli import _backtest
from auditor.cli import _options as options
from auditor.cli._border import say
from auditor.cli._command import Command
from auditor.cli._destination import write_stdout
from auditor.cli._outage_page import classes, length, sections, subtitle
from auditor.cli._page import show as show_page
from auditor.errors import AuditorError
from auditor.model.section import Block, Cell, Note, Table

if TYPE_CHECKING:
    from auditor.outages import Outage


def list_(
    *,
    provider: Annotated[
        str | None,
        typer.Option("--provider", metavar="NAME", show_default=False, help="Only this provider's."),
    ] = None,
    year: Annotated[
        int | None, typer.Option("--year", metavar="YEAR", show_default=False, help="Only of this year.")
    ] = None,
    fault_class: Annotated[
        str | None,
        typer.Option(
            "--class", metavar="CLASS", show_default=False, help="Only of this class, such as zone or dns."
        ),
    ] = None,
    region: Annotated[
        str | None,
        typer.Option("--region", metavar="CODE", show_default=False, help="Only of this region, or global."),
    ] = None,
    in_reach: Annotated[
        bool, typer.Option("--in-reach", help="Only those that could reach your inventory; see --from.")
    ] = False,
    snapshot: options.From = None,
    config: options.Config = None,
    json: options.Json = False,
    no_color: options.NoColor = False,
) -> int:
    """List the outages of the catalogue and of the settings' own folders."""
    from auditor.cli._outage_filters import Filters, filtered
    from auditor.config import load_settings
    from auditor.outages import catalogue

    settings = load_settings(config)
    known = catalogue(settings.outages.folders)
    wanted = Filters(
        provider=provider,
        year=year,
        fault_class=fault_class,
        region=region,
        in_reach=in_reach,
        snapshot=snapshot,
    )
    found = filtered(known, wanted, settings)
    if json:
        _print_json([_brief(outage) for outage in sorted(found, key=lambda outage: outage.id)])
        return 0
    count = f"{len(found)} in the catalogue" if len(found) == len(known) else f"{len(found)} of {len(known)}"
    show_page("Outages that can be replayed", count, _listed(found), no_color=no_color)
    return 0


def _listed(found: list[Outage]) -> tuple[Block, ...]:
    if not found:
        return (Note(lines=("No outage of the catalogue is all of that.",)),)
    rows = (
        (
            Cell(text=outage.id),
            Cell(text=length(outage)),
            Cell(
                text=outage.title,
                detail=classes(outage) + ("" if outage.verified else "; times not verified"),
            ),
        )
        for outage in found
    )
    return (Table(columns=("Outage", "Minutes", "Title"), rows=tuple(rows), numeric=("Minutes",)),)


def show(
    outage: Annotated[
        str, typer.Argument(metavar="OUTAGE", help="Its id, as `auditor outages list` prints it.")
    ],
    *,
    config: options.Config = None,
    json: options.Json = False,
    no_color: options.NoColor = False,
) -> int:
    """Show one outage: timeline, effects, who was hit, recovery, sources, what is not verified."""
    from auditor.cli.replay import select

    found = select(_catalogue(config), [outage])[outage]
    if json:
        _print_json(_whole(found))
        return 0
    show_page(found.title, subtitle(found), sections=sections(found), no_color=no_color)
    return 0


def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Outage files of your own.")],
    *,
    json: options.Json = False,
) -> int:
    """Check outage files of your own against the catalogue's form."""
    from auditor.outages import load

    results = []
    for path in files:
        try:
            found = load(path)
        except AuditorError as error:
            results.append(
                {"file": str(path), "valid": False, "outage": None, "error": str(error), "hint": error.hint}
            )
        else:
            results.append(
                {"file": str(path), "valid": True, "outage": found.id, "error": None, "hint": None}
            )
    if json:
        _print_json(results)
    for result in results:
        if result["valid"] and not json:
            write_stdout(f"{result['file']}: {result['outage']} is a valid outage\n".encode())
        elif not result["valid"]:
            say(f"error: {result['error']}")
            say(f"hint: {result['hint']}")
    return 0 if all(result["valid"] for result in results) else 2


def _catalogue(config: Path | None) -> Mapping[str, Outage]:
    from auditor.config import load_settings
    from auditor.outages import catalogue

    return catalogue(load_settings(config).outages.folders)


def _brief(outage: Outage) -> dict[str, Any]:
    return {
        "outage": outage.id,
        "title": outage.title,
        "provider": outage.provider,
        "fault_class": outage.fault_class.value,
        "also": [each.value for each in outage.also],
        "regions": list(outage.reach.regions),
        "start": _stamp(outage.start),
        "end": _stamp(outage.end),
        "minutes": outage.minutes,
        "verified": outage.verified,
        "fixed_since": outage.fixed_since,
    }


def _stamp(moment: Any) -> str | None:  # noqa: ANN401 - a datetime or None
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _whole(outage: Outage) -> object:
    from pydantic import TypeAdapter

    return TypeAdapter(type(outage)).dump_python(outage, mode="json")


def _print_json(value: object) -> None:
    import json

    write_stdout(json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n")


COMMAND = Command(
    name="outages",
    order=70,
    title="The catalogue of real outages.",
    parts=(
        Command(name="list", order=1, run=list_),
        Command(name="show", order=2, run=show),
        Command(name="validate", order=3, run=validate),
        Command(name="backtest", order=4, run=_backtest.run),
    ),
)
