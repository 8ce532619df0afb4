"""Which hosts were running when it mattered.

Running now means online then, and stopped now means offline then: both assumed, since an inventory knows only
today. A declared ``offline_utc`` counts only if it covers the whole of the window that mattered.
"""

from __future__ import annotations

import re
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from auditor.model.evidence import FactValue
from auditor.outages.columns import Columns

_DAY = 24 * 60
_WINDOW = re.compile(r"^\s*(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})\s*$")
_STOPPED = frozenset(
    {"stopped", "stopping", "deallocated", "deallocating", "terminated", "shutting-down", "off"}
)


def offline(columns: Columns, window: tuple[datetime, datetime]) -> NDArray[np.bool_]:
    """Return per resource whether it was off for the whole window, declared or because it is stopped."""
    declared = columns.where_fact("offline_utc", lambda value: covers(value, window))
    return declared | columns.where_fact("state", lambda value: str(value).lower() in _STOPPED)


def covers(value: FactValue, window: tuple[datetime, datetime]) -> bool:
    """Return whether daily UTC windows such as ``04:00-06:00`` or ``22:00-02:00`` cover all of ``window``.

    Texts that are no such window count as nothing.
    """
    start, end = window
    first = start.hour * 60 + start.minute
    last = first + (end - start).total_seconds() / 60
    spans = sorted(
        (low + shift, high + shift)
        for low, high in map(_minutes, value if isinstance(value, tuple) else (str(value),))
        for shift in (-_DAY, 0, _DAY)
    )
    reached = float(first)
    for low, high in spans:
        if low <= reached:
            reached = max(reached, high)
    return reached >= last


def _minutes(text: str) -> tuple[float, float]:
    match = _WINDOW.match(text)
    if match is None:
        return (0.0, 0.0)
    low_hour, low_minute, high_hour, high_minute = map(int, match.groups())
    low, high = low_hour * 60 + low_minute, high_hour * 60 + high_minute
    return float(low), float(high if high > low else high + _DAY)
