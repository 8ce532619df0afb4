"""Sixty-four yes/no scenarios in a word: scenario i is bit i % 64 of word i // 64."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from auditor.kernels.plan import Bools, Words

_BITS = 64


def width(scenarios: int) -> int:
    """Return how many words hold ``scenarios`` bits."""
    return -(-scenarios // _BITS)


def pack(bools: Bools) -> Words:
    """Return ``bools`` [n, s] as words [n, ceil(s / 64)]; bits past s are 0."""
    if bools.dtype != np.bool_ or bools.ndim != 2:  # noqa: PLR2004 - rows and columns
        raise ValueError(f"bools must be bool [n, s], is {bools.dtype} {bools.shape}")
    rows, scenarios = bools.shape
    packed = np.zeros((rows, width(scenarios) * 8), np.uint8)
    packed[:, : -(-scenarios // 8)] = np.packbits(bools, axis=1, bitorder="little")
    return packed.view("<u8").astype(np.uint64, copy=False)


def unpack(words: Words, scenarios: int) -> Bools:
    """Return the first ``scenarios`` bits of ``words`` [n, w] as bool [n, scenarios]."""
    check(words, words.shape[0], scenarios)
    raw = np.ascontiguousarray(words).astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(raw, axis=1, bitorder="little", count=scenarios).view(np.bool_)


def put(words: Words, rows: NDArray[np.integer], at: NDArray[np.integer]) -> None:
    """Set bit ``at[i]`` of row ``rows[i]`` of ``words``, for each i."""
    np.bitwise_or.at(words, (rows, at // _BITS), np.uint64(1) << (at % _BITS).astype(np.uint64))


def taken(words: Words, at: NDArray[np.integer]) -> Bools:
    """Return bool [n, bits], the bits ``at`` of each row of ``words`` [n, w]."""
    bits = words[:, at // _BITS] >> (at % _BITS).astype(np.uint64)
    found: Bools = (bits & np.uint64(1)).astype(np.bool_)
    return found


def tail(scenarios: int) -> np.uint64:
    """Return the mask of the bits in use in the last of the words that hold ``scenarios``."""
    used = scenarios % _BITS or _BITS
    return np.uint64((1 << used) - 1)


def check(words: Words, rows: int, scenarios: int) -> None:
    """Raise ``ValueError`` unless ``words`` is uint64 with exactly the words that ``scenarios`` fill."""
    expected = (rows, width(scenarios))
    if scenarios < 0 or words.dtype != np.uint64 or words.shape != expected:
        raise ValueError(
            f"words must be uint64 {expected} for {scenarios} scenarios, is {words.dtype} {words.shape}"
        )
