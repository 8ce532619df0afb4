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

Kept = dict[int, WorkloadReplay]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Makes rows for the workloads of a condensed estate.

    Most outages spare most workloads, so rows without reasons are kept: what another outage does just as
    well to the same workload is the same row.
    """

    view: Condensed
    teller: Teller
    _kept: dict[WorkloadReplay, Kept] = field(default_factory=dict)

    def of(self, reading: Reading, paths: Sequence[tuple[Path, ...]]) -> tuple[WorkloadReplay, ...]:
        """Return what one outage does to each workload, read from one that it does the same to."""
        spokesmen, alike = reading.alike()
        sorts = [self._sort(reading.workload(w)) for w in spokesmen.tolist()]
        like = alike[self.view.workload]
        most = int(np.bincount(like, minlength=1).argmax())
        found = self._all(*sorts[most]) if sorts else []
        told = np.array([bool(each) for each in paths], np.bool_)[self.view.workload]
        for w in np.flatnonzero((like != most) | told).tolist():
            named, kept = sorts[like[w]]
            ways = paths[self.view.workload[w]]
            if ways:
                found[w] = named(workload=self._name(w), because=self.teller.chains(ways, w))
            else:
                found[w] = kept.get(w) or kept.setdefault(w, named(workload=self._name(w)))
        return tuple(found)

    def _all(self, named: partial[WorkloadReplay], kept: Kept) -> list[WorkloadReplay]:
        """Return the same for every workload."""
        count = len(self.view.whole.workloads)
        if len(kept) < count:
            for w in range(count):
                kept.setdefault(w, named(workload=self._name(w)))
        return [kept[w] for w in range(count)]

    def _sort(self, row: WorkloadReplay) -> tuple[partial[WorkloadReplay], Kept]:
        """Return how to give a row a name, and the rows of its like so far."""
        told = {each: getattr(row, each) for each in _TOLD}
        return partial(WorkloadReplay, **told, because=()), self._kept.setdefault(row, {})

    def _name(self, w: int) -> str:
        return self.view.whole.workloads[w].name


_TOLD = tuple(each.name for each in fields(WorkloadReplay) if each.name not in {"workload", "because"})
"""What holds for all workloads that a row is true of."""
