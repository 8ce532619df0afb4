"""Scattered images: those of splitmix64, and no argument is written over."""

from __future__ import annotations

import numpy as np

from auditor.kernels.mixing import GOLDEN, scattered, stirred

# What splitmix64 yields from 0 on, as its authors' and every other implementation does.
PUBLISHED = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]


def test_images_are_those_of_splitmix64() -> None:
    """Counting by the golden number gives its published stream; stirred alone leaves 0 where it is."""
    counted = np.arange(3, dtype=np.uint64) * GOLDEN
    assert scattered(counted).tolist() == PUBLISHED
    assert stirred(counted).tolist() == [0, *PUBLISHED[:2]]


def test_what_is_scattered_stays_as_it_was() -> None:
    """Images are new arrays, of the same shape."""
    given = np.array([[1, 2], [3, 4]], np.uint64)
    assert scattered(given).shape == stirred(given).shape == (2, 2)
    assert given.tolist() == [[1, 2], [3, 4]]
