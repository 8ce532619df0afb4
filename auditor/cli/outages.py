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
from auditor.cli._page import show as show_page
from auditor.errors import AuditorError
from auditor.model.section import Block, Cell, Note, Section, Table, Tone

if TYPE_CHECKING:
    from auditor.outages import Outage


def list_(
    *, config: options.Config = None, json: options.Json = False, no_color: options.NoColor = False
) -> int:
    """List every outage of the catalogue and of the settings' own folders."""
    known = _catalogue(config)
    if json:
        _print_json([_brief(outage) for outage in known.values()])
        return 0
    table = Table(
        columns=("Outage", "Minutes", "Title"),
        rows=tuple(
            (
                Cell(text=outage.id),
                Cell(text=_length(outage)),
                Cell(text=outage.title),
            )
            for outage in sorted(known.values(), key=lambda outage: (outage.start, outage.id))
        ),
        numeric=("Minutes",),
    )
    show_page("Outages that can be replayed", f"{len(known)} in the catalogue", (table,), no_color=no_color)
    return 0


def show(
    outage: Annotated[
        str, typer.Argument(metavar="OUTAGE", help="Its id, as `auditor outages list` prints it.")
    ],
    *,
    config: options.Config = None,
    json: options.Json = False,
    no_color: options.NoColor = False,
) -> int:
    """Show one outage: windows, effects, conditions, recovery, sources."""
    from auditor.cli.replay import select

    found = select(_catalogue(config), [outage])[outage]
    if json:
        _print_json(_whole(found))
        return 0
    subtitle = f"{found.id} · {found.provider} · {found.fault_class.value} · {_length(found)} min"
    show_page(found.title, subtitle, sections=_sections(found), no_color=no_color)
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


def _length(outage: Outage) -> str:
    return "not known" if outage.minutes is None else f"{outage.minutes:,.0f}"


def _brief(outage: Outage) -> dict[str, Any]:
    return {
        "outage": outage.id,
        "title": outage.title,
        "provider": outage.provider,
        "fault_class": outage.fault_class.value,
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


def _sections(outage: Outage) -> tuple[Section, ...]:
    what: list[Block] = [Note(lines=(outage.mechanism,))]
    if not outage.verified or outage.unverified:
        lines = outage.unverified or ("its key times were not in any source read",)
        what.append(Note(lines=("Not verified:", *lines), tone=Tone.CAUTION))
    if outage.fixed_since is not None:
        what.append(Note(lines=(f"Fixed since: {outage.fixed_since}",), tone=Tone.GOOD))
    recovery = (f"{outage.recovery.kind.value}: {outage.recovery.note}".rstrip(": "),)
    observed = tuple(
        f"{each.what}: {each.minutes:,.0f} min ({each.precision})" for each in outage.recovery.observed
    )
    sources = tuple(" ".join(part for part in (each.title, each.url) if part) for each in outage.sources)
    return (
        Section(id="what", title="What happened", blocks=tuple(what)),
        Section(id="effects", title="Effects", blocks=(_effects(outage),)),
        Section(id="recovery", title="Recovery", blocks=(Note(lines=recovery + observed, bulleted=True),)),
        Section(id="sources", title="Sources", blocks=(Note(lines=sources, bulleted=True),)),
    )


def _effects(outage: Outage) -> Table:
    from auditor.outages import folded

    return Table(
        columns=("Effect", "From (UTC)", "Until (UTC)", "Severity", "For", "Puts out"),
        rows=tuple(
            (
                Cell(text=impact.what, detail=impact.note),
                Cell(text=f"{impact.start:%Y-%m-%d %H:%M}"),
                Cell(text="not known" if impact.end is None else f"{impact.end:%Y-%m-%d %H:%M}"),
                Cell(text=f"{impact.severity.value}, {impact.plane.value} plane"),
                Cell(text=impact.applies_to.value + (", a part only" if impact.partial else "")),
                Cell(text=", ".join(folded(impact.nodes)) or "resources that meet its condition"),
            )
            for impact in outage.impacts
        ),
    )


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
