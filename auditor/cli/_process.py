"""How the process of a command is set up."""

from __future__ import annotations

import gc

YOUNG = 100_000
"""New objects after which Python looks for cycles among them: hardly any are made, and nearly all are kept."""


def settle() -> None:
    """Look for cycles seldom: every 700 objects, as Python does, takes a tenth of a large audit."""
    gc.set_threshold(YOUNG, 20, 20)
