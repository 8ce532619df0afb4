"""What a module of this package defines: ``COMMAND``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command, or a group of them.

    Attributes:
        name: what people type.
        order: where it stands in the help.
        run: takes the options, returns the exit status (None = 0).
        title: of a group; a single command is described by its docstring.
        parts: commands of a group, in the order of the help.
    """

    name: str
    order: int
    run: Callable[..., int | None] | None = None
    title: str = ""
    parts: tuple[Command, ...] = ()
