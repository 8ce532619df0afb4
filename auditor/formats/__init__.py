"""Formats, one module each, found by walking this package."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache

from auditor.discovery import discover
from auditor.errors import ConfigError
from auditor.formats._interface import Format, Look

__all__ = ["Format", "Look", "format_named", "formats"]


@cache
def formats() -> Mapping[str, Format]:
    """Return every format by name."""
    return discover("auditor.formats", "FORMAT", Format, key=lambda item: item.name)


def format_named(name: str) -> Format:
    """Return a format.

    Raises:
        ConfigError: there is none of that name.
    """
    known = formats()
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    raise ConfigError(f"no format {name!r}", hint=f"{meant}formats: {', '.join(known)}")
