"""``--since``: a former audit that saves work, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from auditor.cli._voice import Voice

if TYPE_CHECKING:
    from auditor.model.audit import Audit


def former(path: Path | None) -> Audit | None:
    """Return the audit of a JSON file, None where none is given.

    Raises:
        ConfigError: the file cannot be read, or is no audit.
    """
    if path is None:
        return None
    from auditor.formats.json import read

    return read(path)


def tell(audit: Audit, since: Audit | None, *, path: Path | None, voice: Voice) -> None:
    """Say on stderr how much was taken over; the result itself does not know."""
    if since is None:
        return
    from auditor.analyses._since import reuse

    done = reuse(audit, since)
    if done.why_none:
        voice.note(f"nothing taken over from {path}: {done.why_none}")
    else:
        total = done.taken + done.anew
        voice.note(
            f"cut sets of {done.taken} of {total} workloads taken over from {path}, "
            f"{done.anew} evaluated anew"
        )
