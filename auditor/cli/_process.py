"""How the process of a command is set up."""

from __future__ import annotations

import ctypes
import gc
import sys

YOUNG = 100_000
"""New objects after which Python looks for cycles: hardly any are made, and nearly all objects are kept."""

_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # of mallopt(3)
_KEPT, _LARGE = 2**31 - 1, 2**25  # bytes; what is larger goes back to the system at once


def settle() -> None:
    """Look for cycles seldom, and keep freed memory for what is made next.

    Python's own pace, every 700 objects, takes a tenth of a large audit; asking the system for each large
    array anew takes about as much.
    """
    gc.set_threshold(YOUNG, 20, 20)
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # not in every C library
        if mallopt is not None:
            mallopt(_MMAP_THRESHOLD, _LARGE)
            mallopt(_TRIM_THRESHOLD, _KEPT)
            mallopt(_ARENA_MAX, 1)
