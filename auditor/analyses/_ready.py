"""Plans made ready for the kernels, once for all analyses that ask."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from auditor.estate.graph import CompiledPlan, Estate
from auditor.kernels import Prepared, prepare
from auditor.model.same import Same

LARGE = 50_000
"""Nodes from which on a second thread saves more than it costs."""


def ready(compiled: CompiledPlan) -> Prepared:
    """Return a compiled plan prepared; the two last ones are kept, as one estate's are asked for often."""
    return _ready(Same(compiled))


def make_ready(estate: Estate) -> None:
    """Prepare the best and the worst plan of an estate; those of large ones beside each other."""
    if len(estate.names) < LARGE:
        return
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(ready, (estate.best, estate.worst)))


@lru_cache(maxsize=2)
def _ready(key: Same[CompiledPlan]) -> Prepared:
    return prepare(key.value.plan)
