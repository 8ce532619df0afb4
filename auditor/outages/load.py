"""Outage files into ``Outage`` values, each wrong file refused in one line that names file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from auditor.config.refusal import explained, first_line
from auditor.errors import CatalogueError
from auditor.outages.check import check
from auditor.outages.convert import converted
from auditor.outages.form import OutageForm
from auditor.outages.parse import Fault
from auditor.outages.schema import Outage

HINT = "docs/outages.md says how an outage file is written; check one with: auditor outages validate <file>"


def catalogue(folders: tuple[Path, ...] = ()) -> Mapping[str, Outage]:
    """Return every outage by id, sorted: ours and those of the user's folders.

    Raises:
        CatalogueError: a folder or file cannot be read, a file does not hold to the schema, or an id comes
            twice.
    """
    found = dict(_ours())
    for folder in folders:
        for path in _files(folder):
            outage = load(path)
            if outage.id in found:
                raise CatalogueError(
                    f"{path}: id: {outage.id!r} is in the catalogue already",
                    hint="give the file and its id another name; entries are never replaced",
                )
            found[outage.id] = outage
    return MappingProxyType(dict(sorted(found.items())))


def load(path: Path) -> Outage:
    """Return the outage a file describes.

    Raises:
        CatalogueError: the file cannot be read or does not hold to the schema; one line, file and key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: cannot be read: {first_line(error)}", hint=HINT) from error
    return parse_text(text, name=str(path), stem=path.stem)


def parse_text(text: str, *, name: str, stem: str) -> Outage:
    """Return the outage a file's text describes; ``name`` is how errors call the file.

    Raises:
        CatalogueError: the text does not hold to the schema; one line, file and key.
    """
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise CatalogueError(f"{name}: is no valid TOML: {first_line(error)}", hint=HINT) from error
    try:
        outage = converted(OutageForm.model_validate(table))
        check(outage, stem)
    except ValidationError as error:
        raise CatalogueError(f"{name}: {explained(error, OutageForm)}", hint=HINT) from error
    except Fault as fault:
        raise CatalogueError(f"{name}: {fault.path}: {fault.message}", hint=HINT) from fault
    return outage


@lru_cache(maxsize=1)
def _ours() -> Mapping[str, Outage]:
    folder = resources.files("auditor.outages").joinpath("catalogue")
    entries = sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=_name)
    return {outage.id: outage for outage in map(_packaged, entries)}


def _packaged(entry: Traversable) -> Outage:
    stem = entry.name.removesuffix(".toml")
    return parse_text(entry.read_text(encoding="utf-8"), name=entry.name, stem=stem)


def _name(entry: Traversable) -> str:
    return entry.name


def _files(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise CatalogueError(
            f"{folder}: there is no such folder of outages", hint="correct outages.folders in auditor.toml"
        )
    return sorted(folder.glob("*.toml"))
