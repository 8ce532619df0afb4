"""Plans made ready for the kernels, once for all analyses that ask."""

from __future__ import annotations

from functools import lru_cache

from auditor.estate.graph import CompiledPlan
from auditor.kernels import Prepared, prepare
from auditor.model.same import Same


def ready(compiled: CompiledPlan) -> Prepared:
    """Return a compiled plan prepared; the two last ones are kept, as one estate's are asked for often."""
    return _ready(Same(compiled))


@lru_cache(maxsize=2)
def _ready(key: Same[CompiledPlan]) -> Prepared:
    return prepare(key.value.plan)
