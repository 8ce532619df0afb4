"""Kinds of change and classes of effort, from ``model/data/efforts.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class EffortClass:
    """How much work a change is.

    Attributes:
        name: such as ``low``.
        units: relative effort; ranks, never money.
        meaning: what such work looks like, for the reader.
    """

    name: str
    units: float
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeKind:
    """What is true of every change of one kind.

    Attributes:
        name: key in settings and results, such as ``zone``.
        title: for people, such as "a second zone".
        effort: name of its class.
        copies: whether it runs copies of what is there, which cost what the originals cost.
        granted: what its evaluation takes for granted.
        cautions: what it can break, or asks for as long as it stands.
    """

    name: str
    title: str
    effort: str
    copies: bool
    granted: str
    cautions: tuple[str, ...]


@cache
def classes() -> Mapping[str, EffortClass]:
    """Return the classes of effort, least first."""
    found = (
        EffortClass(name=name, units=float(row["units"]), meaning=row["meaning"])
        for name, row in _read()["classes"].items()
    )
    return {each.name: each for each in sorted(found, key=lambda each: (each.units, each.name))}


@cache
def kinds() -> Mapping[str, ChangeKind]:
    """Return the kinds of change by name, sorted."""
    return {
        name: ChangeKind(
            name=name,
            title=row["title"],
            effort=row["effort"],
            copies=row.get("copies", False),
            granted=row["granted"],
            cautions=tuple(row["cautions"]),
        )
        for name, row in sorted(_read()["kinds"].items())
    }


@cache
def _read() -> Mapping[str, Any]:
    text = resources.files("auditor.model").joinpath("data", "efforts.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
