"""The command line: arguments in, one call, exit status out; one module per command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run ``auditor``."""
    from auditor.cli._app import application
    from auditor.cli._border import BROKEN_PIPE, INTERRUPTED, UNWRITTEN, hush, say
    from auditor.cli._process import settle

    settle()
    try:
        application()(prog_name="auditor")
    except SystemExit as done:
        if done.code == INTERRUPTED:
            os._exit(INTERRUPTED)  # threads that wait for a slow provider must not hold the prompt back
        try:
            sys.stdout.flush()
        except BrokenPipeError:
            hush()
            sys.exit(BROKEN_PIPE)
        raise
    except OSError as problem:  # help is printed by the library, outside the border of commands
        say(f"error: {(problem.strerror or str(problem)).lower()}")
        hush()
        sys.exit(UNWRITTEN)
