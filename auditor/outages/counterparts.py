"""What plays the same part at another provider, from ``knowledge/counterparts.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

Parts = tuple[Mapping[str, tuple[str, ...]], ...]
"""Lines of a table: provider to what plays the part there, the first standing for it."""


def service_there(service: str, provider: str, other: str, *, everywhere: bool = False) -> str | None:
    """Return the service that plays a service's part at another provider, None where none does.

    ``everywhere`` asks for services that a provider has once, for all regions.
    """
    found = _there("global_services" if everywhere else "services", service, provider, other)
    return found[0] if found else None


def kinds_there(kind: str, provider: str, other: str) -> tuple[str, ...]:
    """Return the kinds (or patterns of kinds) that play a kind's part at another provider."""
    return _there("kinds", kind, provider, other)


def fact_there(fact: str, other: str) -> str | None:
    """Return the fact that tells the same at another provider, None where its resources carry none.

    A fact of no line is told of resources anywhere.
    """
    lines = [line for line in parts("facts") if any(fact in names for names in line.values())]
    if not lines or any(fact in line.get(other, ()) for line in lines):
        return fact
    found = [names[0] for line in lines if (names := line.get(other))]
    return found[0] if found else None


def _there(table: str, name: str, provider: str, other: str) -> tuple[str, ...]:
    if provider == other:
        return (name,)
    lines = (line for line in parts(table) if name in line.get(provider, ()) and other in line)
    return next((line[other] for line in lines), ())


@cache
def parts(table: str) -> Parts:
    """Return the lines of ``services``, ``global_services``, ``kinds`` or ``facts``."""
    return tuple(_line(row) for row in _read()[table])


def _line(row: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({key: tuple(names) for key, names in sorted(row.items()) if key != "part"})


@cache
def _read() -> Mapping[str, Any]:
    path = resources.files("auditor.outages").joinpath("knowledge", "counterparts.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
