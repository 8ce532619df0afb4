"""Numbers scattered so well that sums of them tell sets apart (splitmix64: Steele, Lea and Flood 2014)."""

from __future__ import annotations

import numpy as np

from auditor.kernels.plan import Words

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
"""What splitmix64 counts by: 2**64 over the golden ratio."""

_STEPS = (
    (np.uint64(30), np.uint64(0xBF58476D1CE4E5B9)),
    (np.uint64(27), np.uint64(0x94D049BB133111EB)),
)
_LAST = np.uint64(31)


def scattered(value: Words) -> Words:
    """Return a well-scattered image of each number (uint64, any shape); no two numbers have the same."""
    return _stirred(value + GOLDEN)


def stirred(value: Words) -> Words:
    """Return images as ``scattered`` does, but 0 for 0."""
    return _stirred(value.copy())


def _stirred(value: Words) -> Words:
    shifted = np.empty_like(value)
    for shift, factor in _STEPS:
        np.right_shift(value, shift, out=shifted)
        value ^= shifted
        value *= factor
    np.right_shift(value, _LAST, out=shifted)
    value ^= shifted
    return value
