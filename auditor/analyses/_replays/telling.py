"""Reasons by name: ways through the small estate told of the workloads and resources of the whole one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._replays.chains import Ways
from auditor.estate.condense import Condensed
from auditor.estate.graph import CompiledPlan, NodeKind
from auditor.estate.lift import Lift
from auditor.kernels.order import Index, ranges, starts
from auditor.model.audit import ReasonChain
from auditor.model.evidence import Evidence

Ids = tuple[str, ...]

_EVIDENCE = tuple(Evidence)


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Tells ways found on one compiled plan of the small estate."""

    compiled: CompiledPlan
    lift: Lift
    order: Index
    first: Index
    _known: dict[tuple[int, int, int], str] = field(default_factory=dict)
    _told: dict[Ids, Ids] = field(default_factory=dict)

    @classmethod
    def of(cls, view: Condensed, compiled: CompiledPlan) -> Teller:
        """Find which workloads of the whole each of the small estate stands for."""
        order = np.argsort(view.workload, kind="stable").astype(np.intp)
        first = starts(np.bincount(view.workload, minlength=len(view.small.workloads)))
        return cls(compiled=compiled, lift=Lift.of(view), order=order, first=first)

    def chains(self, ways: Sequence[Ways]) -> Mapping[int, tuple[ReasonChain, ...]]:
        """Return the chains that end at each workload of the whole estate, by effect, each once."""
        found: dict[int, list[tuple[int, ReasonChain]]] = {}
        for each in ways:
            for w, chain in self._chains(each):
                found.setdefault(w, []).append((each.number, chain))
        by_number = itemgetter(0)
        return {
            w: tuple(dict.fromkeys(chain for _, chain in sorted(told, key=by_number)))
            for w, told in found.items()
        }

    def _chains(self, ways: Ways) -> Iterator[tuple[int, ReasonChain]]:
        """Yield each workload of the whole with its chain."""
        low, high = self.first[ways.workload], self.first[ways.workload + 1]
        workload, way = self.order[ranges(low, high)], np.repeat(np.arange(low.size), high - low)
        need = ways.need[:, way]
        small = np.where(need >= 0, self.compiled.need[need], -1)
        top = self.lift.view.whole.workload_nodes[workload]
        node, need = self.lift.ways(top, ways.node[:, way], small)
        ids = self._ids(top, node)
        evidence = self._evidence(node, need)
        conditions = ways.bare[way] & (ways.effect.cause is not None)
        cause, condition = ways.effect.cause or "", f"condition: {ways.effect.what}"
        for w, chain, known, conditional in zip(
            workload.tolist(), ids, evidence, conditions.tolist(), strict=True
        ):
            if conditional:
                yield w, ReasonChain(chain=(cause, *chain), evidence=(condition, *known))
            else:
                yield w, ReasonChain(chain=chain, evidence=known)

    def _ids(self, top: NDArray[np.integer], node: Index) -> Iterator[Ids]:
        """Yield the ids of each way's stations, what failed first; activations are steps, not stations."""
        names = self.lift.view.whole.names
        stations = np.concatenate([top[None].astype(np.intp), node])
        stations[self._hidden(stations)] = -1
        return self._cut([names[each] for each in _upwards(stations)], stations)

    def _evidence(self, node: Index, need: Index) -> Iterator[Ids]:
        """Yield how each step of each way is known: ``zone: configured (ec2:DescribeInstances)``."""
        graph = self.lift.view.whole.graph
        need = np.where(self._hidden(node), -1, need)
        used = np.array(_upwards(need), np.intp)
        keys = zip(
            graph.role[used].tolist(), graph.origin[used].tolist(), graph.evidence[used].tolist(), strict=True
        )
        return self._cut([self._known.get(key) or self._spelled(key) for key in keys], need)

    def _hidden(self, node: Index) -> NDArray[np.bool_]:
        return np.asarray((self.lift.view.whole.kinds[node] == NodeKind.ACTIVATION) & (node >= 0))

    def _cut(self, said: Sequence[str], where: Index) -> Iterator[Ids]:
        """Yield what was said of each way, one tuple for all that are equal."""
        ends = np.cumsum((where >= 0).sum(axis=0)).tolist()
        told, last = self._told, 0
        for end in ends:
            ids = tuple(said[last:end])
            yield told.setdefault(ids, ids)
            last = end

    def _spelled(self, key: tuple[int, int, int]) -> str:
        texts = self.lift.view.whole.graph.texts
        role, origin, known = texts[key[0]], texts[key[1]], _EVIDENCE[key[2]].value
        found = self._known[key] = f"{role}: {known} ({origin})" if origin else f"{role}: {known}"
        return found


def _upwards(values: Index) -> list[int]:
    """Return what is not -1 in [steps, p], way after way, the last step first."""
    turned = values[::-1].T
    found: list[int] = turned[turned >= 0].tolist()
    return found
