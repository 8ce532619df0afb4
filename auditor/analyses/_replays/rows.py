"""Rows of replays: what happens to each workload of the whole estate, made once for all who share it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from functools import partial

import numpy as np

from auditor.analyses._replays.chains import Path
from auditor.analyses._replays.reading import Reading
from auditor.analyses._replays.telling import Teller
from auditor.estate.condense import Condensed
from auditor.model.audit import WorkloadReplay


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Makes rows for the workloads of a condensed estate.

    Many outages spare most workloads: those rows are made once for all of them.
    """

    view: Condensed
    teller: Teller
    _kept: dict[WorkloadReplay, list[WorkloadReplay]] = field(default_factory=dict)

    def of(self, reading: Reading, paths: Sequence[tuple[Path, ...]]) -> tuple[WorkloadReplay, ...]:
        """Return what one outage does to each workload, read from one that it does the same to."""
        spokesmen, alike = reading.alike()
        sorts = [self._sort(reading.workload(w)) for w in spokesmen.tolist()]
        like = alike[self.view.workload]
        most = int(np.bincount(like, minlength=1).argmax())
        found = self._all(*sorts[most]) if sorts else []
        told = np.array([bool(each) for each in paths], np.bool_)[self.view.workload]
        for w in np.flatnonzero((like != most) | told).tolist():
            named, ways = sorts[like[w]][0], paths[self.view.workload[w]]
            found[w] = named(workload=self._name(w), because=self.teller.chains(ways, w) if ways else ())
        return tuple(found)

    def _all(self, named: partial[WorkloadReplay], row: WorkloadReplay) -> list[WorkloadReplay]:
        """Return the same for every workload."""
        if row.windows:  # of no other outage
            return [named(workload=each.name) for each in self.view.whole.workloads]
        if row not in self._kept:
            self._kept[row] = [named(workload=each.name) for each in self.view.whole.workloads]
        return self._kept[row].copy()

    def _sort(self, row: WorkloadReplay) -> tuple[partial[WorkloadReplay], WorkloadReplay]:
        """Return how to give a row a name, and the row."""
        told = {each: getattr(row, each) for each in _TOLD}
        return partial(WorkloadReplay, **told, because=()), row

    def _name(self, w: int) -> str:
        return self.view.whole.workloads[w].name


_TOLD = tuple(each.name for each in fields(WorkloadReplay) if each.name not in {"workload", "because"})
"""What holds for all workloads that a row is true of."""
