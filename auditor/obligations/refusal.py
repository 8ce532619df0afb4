"""What is wrong with a file, in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails


def first_line(error: Exception) -> str:
    """Return the first line of what an exception says."""
    return (getattr(error, "strerror", None) or str(error)).splitlines()[0]


def explained(error: ValidationError) -> str:
    """Return where the first mistake is and what it is, and how many more there are."""
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
            text = "there is no such key"
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
