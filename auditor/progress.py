"""Progress as an injected protocol; core code never prints."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """What long work tells its caller: stages with an optional total, and steps within one."""

    def start(self, stage: str, total: int | None = None) -> None:
        """Begin a stage; ``total`` is the number of steps, None when not known."""

    def step(self, stage: str, count: int = 1, *, note: str = "") -> None:
        """Advance a stage by ``count`` steps; ``note`` names what was just done."""

    def done(self, stage: str) -> None:
        """End a stage."""


class SilentProgress:
    """The default: says nothing."""

    def start(self, stage: str, total: int | None = None) -> None:
        """Ignore the stage."""

    def step(self, stage: str, count: int = 1, *, note: str = "") -> None:
        """Ignore the step."""

    def done(self, stage: str) -> None:
        """Ignore the end."""
