"""Where results go: stdout, a file, or a folder with one file per format."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import ConfigError, OutputError
from auditor.formats import Format, Look, format_named, formats

STDOUT = "-"
SUMMARY = "terminal"
LEAST_WIDTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """What is written where.

    Attributes:
        stdout: the format for stdout, None = nothing.
        folder: for one file per format of ``files``.
        file: for the one format of ``files``.
    """

    stdout: Format | None = None
    folder: Path | None = None
    file: Path | None = None
    files: tuple[Format, ...] = ()

    def places(self, stem: str) -> tuple[tuple[Format, Path], ...]:
        """Return each format with the file it goes to; ``stem`` names files in a folder."""
        if self.file is not None:
            return tuple((each, self.file) for each in self.files)
        if self.folder is None:
            return ()
        return tuple((each, self.folder / f"{stem}.{each.suffix}") for each in self.files)


def destination(names: Sequence[str] | None, output: str | None, *, summary: bool = True) -> Destination:
    """Read ``--format`` and ``-o`` together.

    Without formats a folder gets every format that is kept, and stdout the summary (unless ``summary`` is
    off).

    Raises:
        ConfigError: they do not go together, or name no format.
        OutputError: the folder cannot be made.
    """
    wanted = tuple(format_named(name) for name in dict.fromkeys(names or ()))
    if output is None or output == STDOUT:
        return Destination(stdout=_only(wanted, output) or format_named(SUMMARY))
    if _is_folder(output):
        folder = _made(Path(output))
        if wanted:
            return Destination(folder=folder, files=wanted)
        kept = tuple(each for each in formats().values() if each.kept)
        return Destination(stdout=format_named(SUMMARY) if summary else None, folder=folder, files=kept)
    return Destination(file=Path(output), files=(_only(wanted, output) or _by_suffix(Path(output)),))


def _only(wanted: tuple[Format, ...], output: str | None) -> Format | None:
    if len(wanted) > 1:
        where = "stdout" if output in {None, STDOUT} else output
        raise ConfigError(f"several formats cannot go to {where}", hint="give a folder with -o DIR")
    return wanted[0] if wanted else None


def _is_folder(output: str) -> bool:
    path = Path(output)
    if path.exists():
        return path.is_dir()
    return output.endswith(("/", os.sep)) or not path.suffix


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise OutputError(
            f"{folder}: cannot be made: {(problem.strerror or str(problem)).lower()}",
            hint="choose another folder with -o",
        ) from problem
    return folder


def _by_suffix(path: Path) -> Format:
    by_suffix = {each.suffix: each for each in formats().values()}
    if not path.suffix:  # a device or a pipe
        return format_named(SUMMARY)
    if path.suffix[1:] in by_suffix:
        return by_suffix[path.suffix[1:]]
    raise ConfigError(
        f"{path}: no format is written to *{path.suffix}",
        hint=f"say --format, or end the name in one of: {', '.join('.' + name for name in by_suffix)}",
    )


def write_stdout(data: bytes) -> None:
    """Write a result to stdout.

    Raises:
        OutputError: it cannot be written; a reader that left (a broken pipe) is no such error.
    """
    if sys.stdout is None:
        raise OutputError("stdout is closed", hint="write to a file with -o FILE")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as problem:
        raise OutputError(
            f"stdout cannot be written: {(problem.strerror or str(problem)).lower()}",
            hint="free some space, or write elsewhere with -o FILE",
        ) from problem


def write_file(path: Path, data: bytes) -> None:
    """Write a result to a file, whole or not at all."""
    from auditor.inventory.files import write_atomic

    write_atomic(path, data)


def look(*, no_color: bool, full: bool) -> Look:
    """Return how stdout wants its pages: width, colour and encoding."""
    stream = sys.stdout
    tty = stream is not None and stream.isatty()
    colour = tty and not no_color and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    encoding = (stream.encoding if stream is not None else None) or "utf-8"
    width = shutil.get_terminal_size((80, 24)).columns
    return Look(width=max(width, LEAST_WIDTH), colour=colour, encoding=encoding, full=full)
