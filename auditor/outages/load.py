"""Outage files into ``Outage`` values, each wrong file refused in one line that names file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, get_args

from pydantic import ValidationError

from auditor.errors import CatalogueError
from auditor.model.spelling import closest
from auditor.outages.check import check
from auditor.outages.convert import converted
from auditor.outages.form import Form, OutageForm
from auditor.outages.parse import Fault
from auditor.outages.schema import Outage

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

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
        raise CatalogueError(f"{path}: cannot be read: {_first_line(error)}", hint=HINT) from error
    return parse_text(text, name=str(path), stem=path.stem)


def parse_text(text: str, *, name: str, stem: str) -> Outage:
    """Return the outage a file's text describes; ``name`` is how errors call the file.

    Raises:
        CatalogueError: the text does not hold to the schema; one line, file and key.
    """
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise CatalogueError(f"{name}: is no valid TOML: {_first_line(error)}", hint=HINT) from error
    try:
        outage = converted(OutageForm.model_validate(table))
        check(outage, stem)
    except ValidationError as error:
        raise CatalogueError(f"{name}: {_explained(error)}", hint=HINT) from error
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


def _first_line(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).splitlines()[0]


def _explained(error: ValidationError) -> str:
    faults = error.errors(include_url=False)
    first = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{_path(first['loc'])}: {_message(first)}{more}"


def _path(loc: tuple[int | str, ...]) -> str:
    # Entries of a list are counted from 1, as a reader counts them in the file.
    parts = [f"[{each + 1}]" if isinstance(each, int) else f".{each}" for each in loc]
    return "".join(parts).removeprefix(".")


def _message(fault: ErrorDetails) -> str:
    context, given = fault.get("ctx", {}), fault["input"]
    match fault["type"]:
        case "missing":
            text = "is missing"
        case "extra_forbidden":
            near = closest(str(fault["loc"][-1]), _keys_at(fault["loc"][:-1]))
            text = "there is no such key" + (f"; did you mean {near!r}?" if near else "")
        case "enum" | "literal_error":
            text = f"{given!r} must be one of {context['expected']}"
        case "value_error":
            text = str(context["error"])
        case "string_pattern_mismatch":
            text = f"{given!r} does not look right: it must match {context['pattern']}"
        case _ if given in ("", []):
            text = "must not be empty"
        case _:
            text = f"{given!r}: {fault['msg'][0].lower()}{fault['msg'][1:]}"
    return text


def _keys_at(loc: tuple[int | str, ...]) -> tuple[str, ...]:
    form: type[Form] = OutageForm
    for step in loc:
        if isinstance(step, str):
            form = _form_of(form, step)
    return tuple(form.model_fields)


def _form_of(form: type[Form], key: str) -> type[Form]:
    return next(_forms_in(form.model_fields[key].annotation))


def _forms_in(annotation: object) -> Iterator[type[Form]]:
    if isinstance(annotation, type) and issubclass(annotation, Form):
        yield annotation
    for inner in get_args(annotation):
        yield from _forms_in(inner)
