"""Everything said on stderr: notes and progress; stdout is for the result alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from auditor.cli._border import say
from auditor.formats._text import visible
from auditor.progress import Progress, SilentProgress

NOTE_WIDTH = 32


class Voice:
    """Speaks to the person at the terminal, or holds its tongue."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False, colour: bool = True) -> None:
        self._quiet = quiet
        self._verbose = verbose and not quiet
        self._colour = colour

    def note(self, line: str) -> None:
        """Say something good to know."""
        if not self._quiet:
            say(f"note: {line}")

    def wrote(self, what: str) -> None:
        """Say where a result went."""
        if not self._quiet:
            say(f"wrote {what}")

    def warn(self, line: str) -> None:
        """Say what must be known even when quiet."""
        say(f"warning: {line}")

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Yield bars on a terminal, lines where asked for, else nothing."""
        if self._quiet or sys.stderr is None:
            yield SilentProgress()
        elif sys.stderr.isatty():
            yield from _bars(colour=self._colour)
        else:
            yield _Lines() if self._verbose else SilentProgress()


class _Lines:
    """Stages as lines, for logs."""

    def start(self, stage: str, total: int | None = None) -> None:
        say(f"{stage}: started" + (f", {total} steps" if total else ""))

    def step(self, stage: str, count: int = 1, *, note: str = "") -> None:
        pass

    def done(self, stage: str) -> None:
        say(f"{stage}: done")


def _bars(*, colour: bool) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    bars = Bars(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        # None leaves it to NO_COLOR, which False would overrule
        console=Console(stderr=True, no_color=None if colour else True, highlight=False),
        transient=True,
    )
    with bars:
        yield _Bars(bars)


class _Bars:
    """Stages as bars; called from many threads."""

    def __init__(self, bars: object) -> None:
        from rich.progress import Progress as Bars
        from rich.progress import TaskID

        assert isinstance(bars, Bars)  # noqa: S101 - the annotation would import rich at start-up
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}
        self._lock = Lock()

    def start(self, stage: str, total: int | None = None) -> None:
        with self._lock:
            self._tasks[stage] = self._bars.add_task(stage, total=total, note="")

    def step(self, stage: str, count: int = 1, *, note: str = "") -> None:
        with self._lock:
            if stage in self._tasks:
                self._bars.update(self._tasks[stage], advance=count, note=visible(note)[:NOTE_WIDTH])

    def done(self, stage: str) -> None:
        with self._lock:
            task = self._tasks.pop(stage, None)
            if task is not None:
                self._bars.remove_task(task)
