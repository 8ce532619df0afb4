"""Read ``auditor.toml``: one clear line for the first mistake, with file, line and key."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NoReturn, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from auditor.config import declared
from auditor.config.file import SettingsFile
from auditor.config.positions import line_at, lines_of
from auditor.config.settings import Settings
from auditor.errors import ConfigError
from auditor.model.spelling import closest

DEFAULT_FILE = Path("auditor.toml")

Loc = tuple[str | int, ...]


def load_settings(path: Path | None = None) -> Settings:
    """Return the settings of a file; without a path ``./auditor.toml`` if it is there, else defaults.

    Raises:
        ConfigError: the file cannot be read, or says something that cannot be.
    """
    if path is None and not DEFAULT_FILE.exists():
        return Settings()
    path = path or DEFAULT_FILE
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path}: {(error.strerror or str(error)).lower()}",
            hint="give the settings file with -c, or run without one: everything has a default",
        ) from None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: is not UTF-8 text", hint="save the file as UTF-8") from None
    return parse_settings(text, name=str(path), folder=path.parent)


def parse_settings(text: str, *, name: str = "auditor.toml", folder: Path = Path()) -> Settings:
    """Return the settings a TOML text holds; ``name`` is for messages, ``folder`` what paths are relative to.

    Raises:
        ConfigError: the text is not TOML, or says something that cannot be.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _refuse_syntax(error, text, name)
    try:
        file = SettingsFile.model_validate(data)
    except ValidationError as error:
        _refuse(error, text, data, name)
    return _checked_paths(_settings(file, name), folder, name, text)


def settings_from(table: Mapping[str, Any], *, name: str) -> Settings:
    """Return the settings of a table that stands inside another file; errors name no line.

    Raises:
        ConfigError: the table says something that cannot be.
    """
    try:
        file = SettingsFile.model_validate(table)
    except ValidationError as error:
        _refuse(error, "", table, name)
    return _settings(file, name)


def _settings(file: SettingsFile, name: str) -> Settings:
    origin = Path(name).name
    return Settings(
        source=origin,
        aws=file.aws,
        azure=file.azure,
        report=file.report,
        score=file.score,
        outages=file.outages,
        limits=file.limits,
        cut_sets=file.cut_sets,
        advice=file.advice,
        simulation=file.simulation,
        obligations=file.obligations,
        workloads=tuple(
            declared.workload(each, currency=file.report.currency, origin=f"{origin} workload {each.name}")
            for each in file.workloads
        ),
        vendors=tuple(declared.vendor(each, origin=f"{origin} vendor {each.name}") for each in file.vendors),
        resources=tuple(
            declared.resource(each, origin=f"{origin} resource {each.name or each.id}")
            for each in file.resources
        ),
        fleets=tuple(fleet for each in file.fleets for fleet in declared.fleets(each)),
        not_applicable=dict(sorted(file.not_applicable.items())),
    )


def _checked_paths(settings: Settings, folder: Path, name: str, text: str) -> Settings:
    """Return the settings with what they read made relative to their file, all of it there."""
    folders = tuple(folder / each for each in settings.outages.folders)
    ca_file = None if settings.azure.ca_file is None else folder / settings.azure.ca_file
    wanted: list[tuple[Loc, Path, bool]] = [
        (("outages", "folders", number), each, each.is_dir()) for number, each in enumerate(folders)
    ]
    if ca_file is not None:
        wanted.append((("azure", "ca_file"), ca_file, ca_file.is_file()))
    for at, path, there in wanted:
        if not there:
            _raise(name, text, at, f'"{path}" is not there', hint="it is looked for beside the settings file")
    return settings.model_copy(
        update={
            "outages": settings.outages.model_copy(update={"folders": folders}),
            "azure": settings.azure.model_copy(update={"ca_file": ca_file}),
        }
    )


def _refuse_syntax(error: tomllib.TOMLDecodeError, text: str, name: str) -> NoReturn:
    found = re.search(r" \(at (?:line (\d+), column (\d+)|end of document)\)$", str(error))
    message = str(error)[: found.start()] if found else str(error)
    line = int(found[1]) if found and found[1] else text.rstrip().count("\n") + 1
    column = f" (column {found[2]})" if found and found[2] else ""
    raise ConfigError(
        f"{name}:{line}: {message[:1].lower()}{message[1:]}{column}",
        hint='texts need quotes, lists [ ], tables { }: names = ["web-*"], tags = { app = "shop" }',
    ) from None


def _refuse(error: ValidationError, text: str, data: Mapping[str, Any], name: str) -> NoReturn:
    """Raise the first mistake of the file by line; the hint tells where the others are."""
    lines = lines_of(text)
    found = []
    for each in _telling(error.errors(include_url=False)):
        at = _real(tuple(each["loc"]) + tuple(each.get("ctx", {}).get("at", ())), data)
        found.append((line_at(lines, at) or 0, at, each))
    found.sort(key=lambda item: (item[0], [str(part) for part in item[1]]))
    _, at, first = found[0]
    message, hint = _sentence(first, at)
    others = sorted({line for line, _, _ in found[1:] if line != found[0][0]})
    if others:
        more = ", ".join(str(line) for line in others[:5])
        hint = f"{hint}; more to mend on line {more}" if hint else f"more to mend on line {more}"
    _raise(name, text, at, message, hint=hint or "mend that line and run again")


def _telling(errors: list[ErrorDetails]) -> list[ErrorDetails]:
    """Return the errors without keys missing from a table that has a mistyped one: one mistake, told once."""
    mistyped = {each["loc"][:-1] for each in errors if each["type"] == "extra_forbidden"}
    return [each for each in errors if each["type"] != "missing" or each["loc"][:-1] not in mistyped]


def _raise(name: str, text: str, at: Loc, message: str, *, hint: str) -> NoReturn:
    line = line_at(lines_of(text), at)
    where = f"{name}:{line}" if line else name
    raise ConfigError(
        f"{where}: {_dotted(at)}: {message}" if at else f"{where}: {message}", hint=hint
    ) from None


def _real(loc: Loc, data: Any) -> Loc:  # noqa: ANN401 - parsed TOML
    """Return the part of an error's place that is in the file: unions put words of their own between."""
    path: list[str | int] = []
    for number, part in enumerate(loc):
        inside = (isinstance(data, Mapping) and part in data) or (
            isinstance(data, list) and isinstance(part, int) and part < len(data)
        )
        if inside:
            path.append(part)
            data = data[part]
        elif number == len(loc) - 1 and isinstance(data, Mapping) and isinstance(part, str):
            path.append(part)  # a key that is missing
    return tuple(path)


def _dotted(at: Loc) -> str:
    text = ""
    for part in at:
        plain = isinstance(part, str) and re.fullmatch(r"[A-Za-z0-9_-]+", part)
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if plain else f'."{part}"'
    return text.removeprefix(".")


_WORDS = {
    "missing": "is missing",
    "string_type": "must be a text in quotes",
    "bool_type": "must be true or false",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "path_type": "must be a path in quotes",
    "finite_number": "must be a finite number",
    "string_too_short": "must not be empty",
    "string_pattern_mismatch": "must be one line",
    "too_short": "must not be empty",
    "date_type": "must be a date such as 2026-03-31",
    "date_parsing": "must be a date such as 2026-03-31",
    "date_from_datetime_parsing": "must be a date such as 2026-03-31",
    "date_from_datetime_inexact": "must be a date such as 2026-03-31",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than_equal": "must be {le:g} or less",
}


def _sentence(error: ErrorDetails, at: Loc) -> tuple[str, str]:
    """Return what is wrong and what to do, in our words."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "auditor":
        return context["text"], context["hint"]
    if kind == "extra_forbidden":
        near = closest(str(at[-1]), _known_keys(at))
        known = ", ".join(_known_keys(at))
        return "there is no such key", f'did you mean "{near}"?' if near else f"known here: {known}"
    if kind in {"enum", "literal_error"}:
        return f'must be {str(context["expected"]).replace(chr(39), "")}, not "{error["input"]}"', ""
    if kind in _WORDS:
        return _WORDS[kind].format(**context), ""
    return error["msg"][:1].lower() + error["msg"][1:], ""


def _known_keys(at: Loc) -> list[str]:
    """Return the keys the table around ``at`` may have."""
    model: type[BaseModel] = SettingsFile
    for part in at[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation) or model
    return list(model.model_fields)


def _model_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - any type form
    """Return the model inside ``tuple[Annotated[Model, ...], ...] | None`` and the like."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_in(each))), None)
