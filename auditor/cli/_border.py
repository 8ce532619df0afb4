"""The one border where errors raised on purpose become a line, a hint and an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import typer

from auditor.errors import AuditorError
from auditor.formats._text import encodable, visible

INTERRUPTED = 130
BROKEN_PIPE = 141
"""As shells report a program that SIGINT or SIGPIPE ended."""
UNWRITTEN = 2

P = ParamSpec("P")


def guarded(run: Callable[P, int | None]) -> Callable[P, None]:
    """Return a command that never ends in a traceback for what was raised on purpose."""

    @wraps(run)
    def border(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            status = run(*args, **kwargs)
        except AuditorError as error:
            say(f"error: {error}")
            say(f"hint: {error.hint}")
            raise typer.Exit(error.exit_status) from None
        except KeyboardInterrupt:
            say("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            hush()
            raise typer.Exit(BROKEN_PIPE) from None
        raise typer.Exit(status or 0)

    return border


def say(line: str) -> None:
    """Write one line to stderr, whatever names are in it."""
    if sys.stderr is not None:
        sys.stderr.write(encodable(visible(line), sys.stderr.encoding or "utf-8") + "\n")
        sys.stderr.flush()


def hush() -> None:
    """Send what is still buffered nowhere, so that the interpreter's last flush stays quiet."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
