"""Rows of replays: what happens to each workload of the whole estate, made once for all who share it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from auditor.analyses._replays.reading import Reading
from auditor.estate.condense import Condensed
from auditor.model.audit import ReasonChain, WorkloadReplay


@dataclass(frozen=True, slots=True)
class Mould:
    """Makes rows that are alike but for name and reasons.

    It fills the slots one by one: the initialiser of a frozen class takes twice as long, and there are
    hundreds of thousands of rows.
    """

    row: WorkloadReplay
    told: tuple[tuple[Callable[[WorkloadReplay, Any], None], Any], ...]

    @classmethod
    def of(cls, row: WorkloadReplay) -> Mould:
        """Take what a row tells."""
        return cls(row, tuple((fill, getattr(row, name)) for name, fill in _TOLD))

    def named(self, name: str, because: tuple[ReasonChain, ...] = ()) -> WorkloadReplay:
        """Return the row of a workload."""
        found = _new(WorkloadReplay)
        _name(found, name)
        _because(found, because)
        for fill, value in self.told:
            fill(found, value)
        return found


_new = object.__new__
_FILL = {each.name: getattr(WorkloadReplay, each.name).__set__ for each in fields(WorkloadReplay)}
_name, _because = _FILL.pop("workload"), _FILL.pop("because")
_TOLD = tuple(_FILL.items())
"""How to fill what holds for all workloads that a row is true of."""


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Makes rows for the workloads of a condensed estate.

    Many outages spare most workloads: those rows are made once for all of them.
    """

    view: Condensed
    _kept: dict[WorkloadReplay, list[WorkloadReplay]] = field(default_factory=dict)

    def of(
        self, reading: Reading, because: Mapping[int, tuple[ReasonChain, ...]]
    ) -> tuple[WorkloadReplay, ...]:
        """Return what one outage does to each workload, read from one that it does the same to.

        ``because`` are the reasons by workload of the whole estate.
        """
        spokesmen, alike = reading.alike()
        sorts = [Mould.of(reading.workload(w)) for w in spokesmen.tolist()]
        like = alike[self.view.workload]
        most = int(np.bincount(like, minlength=1).argmax())
        found = self._all(sorts[most]) if sorts else []
        for w in sorted({*np.flatnonzero(like != most).tolist(), *because}):
            found[w] = sorts[like[w]].named(self._name(w), because.get(w, ()))
        return tuple(found)

    def _all(self, mould: Mould) -> list[WorkloadReplay]:
        """Return the same for every workload."""
        if mould.row.windows:  # of no other outage
            return [mould.named(each.name) for each in self.view.whole.workloads]
        if mould.row not in self._kept:
            self._kept[mould.row] = [mould.named(each.name) for each in self.view.whole.workloads]
        return self._kept[mould.row].copy()

    def _name(self, w: int) -> str:
        return self.view.whole.workloads[w].name
