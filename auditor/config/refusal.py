"""What is wrong with a catalogue's file, in one line; and the tables such files are checked against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

from auditor.model.spelling import closest

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


class Form(BaseModel):
    """A table of a file; unknown keys are refused, nothing is converted."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def first_line(error: Exception) -> str:
    """Return the first line of what an exception says."""
    return (getattr(error, "strerror", None) or str(error)).splitlines()[0]


def explained(error: ValidationError, form: type[Form]) -> str:
    """Return where the first mistake in a ``form`` is and what it is, and how many more there are."""
    faults = error.errors(include_url=False)
    first = faults[0]
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    return f"{_path(first['loc'])}: {_message(first, form)}{more}"


def _path(loc: tuple[int | str, ...]) -> str:
    # Entries of a list are counted from 1, as a reader counts them in the file.
    parts = [f"[{each + 1}]" if isinstance(each, int) else f".{each}" for each in loc]
    return "".join(parts).removeprefix(".")


def _message(fault: ErrorDetails, form: type[Form]) -> str:
    context, given = fault.get("ctx", {}), fault["input"]
    match fault["type"]:
        case "missing":
            text = "is missing"
        case "extra_forbidden":
            near = closest(str(fault["loc"][-1]), _keys_at(fault["loc"][:-1], form))
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


def _keys_at(loc: tuple[int | str, ...], form: type[Form]) -> tuple[str, ...]:
    for step in loc:
        if isinstance(step, str):
            form = next(_forms_in(form.model_fields[step].annotation))
    return tuple(form.model_fields)


def _forms_in(annotation: object) -> Iterator[type[Form]]:
    if isinstance(annotation, type) and issubclass(annotation, Form):
        yield annotation
    for inner in get_args(annotation):
        yield from _forms_in(inner)
