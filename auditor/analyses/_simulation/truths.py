"""Conditions evaluated again and again: what repeats from one place to the next is remembered."""

from __future__ import annotations

from collections import OrderedDict
from functools import reduce

import numpy as np

from auditor.outages.columns import FALSE, TRUE, Columns, Truth
from auditor.outages.predicate import AllOf, AnyOf, Not, Predicate

KEPT = 128
"""Truths remembered: one byte per resource each."""


class Truths:
    """Evaluates predicates as ``auditor.outages.touch.evaluate`` does, each part once."""

    def __init__(self, view: Columns) -> None:
        self._view = view
        self._kept: OrderedDict[Predicate, Truth] = OrderedDict()

    def of(self, predicate: Predicate) -> Truth:
        """Return the truth for every resource; not to be written to."""
        if predicate in self._kept:
            self._kept.move_to_end(predicate)
            return self._kept[predicate]
        found = self._found(predicate)
        self._kept[predicate] = found
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    def _found(self, predicate: Predicate) -> Truth:
        match predicate:
            case AllOf(parts=parts):
                return self._all(parts)
            case AnyOf(parts=parts):
                return reduce(np.maximum, (self.of(part) for part in parts))
            case Not(part=part):
                return TRUE - self.of(part)
            case _:
                return self._view.atom(predicate)

    def _all(self, parts: tuple[Predicate, ...]) -> Truth:
        found = self.of(parts[0])
        for part in parts[1:]:
            if not found.any():
                return np.full(len(self._view), FALSE, np.int8)
            found = np.minimum(found, self.of(part))
        return found
