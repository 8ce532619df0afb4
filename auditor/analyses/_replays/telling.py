"""Reasons by name: ways through the small estate told of the workloads and resources of the whole one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from auditor.analyses._replays.chains import Path
from auditor.analyses._replays.lens import Step
from auditor.estate.condense import Condensed
from auditor.estate.graph import CompiledPlan, NodeKind
from auditor.model.audit import ReasonChain
from auditor.model.evidence import Evidence

Told = tuple[tuple[str, ...], tuple[str, ...]]
"""Ids from what failed to the workload, and how each step is known."""

_EVIDENCE = tuple(Evidence)
_HIDDEN = int(NodeKind.ACTIVATION)


@dataclass(frozen=True, kw_only=True)
class Teller:
    """Tells ways found on one compiled plan of the small estate."""

    view: Condensed
    compiled: CompiledPlan
    _known: dict[int, str] = field(default_factory=dict)
    _told: dict[tuple[int, tuple[Step, ...]], Told] = field(default_factory=dict)

    def chains(self, paths: Sequence[Path], w: int) -> tuple[ReasonChain, ...]:
        """Return the ways as chains that end at workload ``w`` of the whole estate, each once."""
        node = int(self.view.whole.workload_nodes[w])
        return tuple(dict.fromkeys(self._chain(path, node) for path in paths))

    def _chain(self, path: Path, node: int) -> ReasonChain:
        key = (node, path.steps)
        told = self._told.get(key)
        if told is None:
            told = self._told[key] = self._tell(path.steps, node)
        ids, evidence = told
        if path.cause is None:
            return ReasonChain(chain=ids, evidence=evidence)
        return ReasonChain(chain=(path.cause, *ids), evidence=(f"condition: {path.effect.what}", *evidence))

    def _tell(self, steps: tuple[Step, ...], node: int) -> Told:
        """Return a way as ids and evidence; activations are steps, not stations."""
        names, kinds, need = self.view.whole.names, self._kinds, self.compiled.need
        rows = [(each, int(need[row])) for each, row in steps[:-1]]
        shown = [step for step in self.view.lifted(rows, node) if kinds[step[0]] != _HIDDEN]
        ids = tuple(names[each] for each, _ in shown)
        return ids, tuple(self._evidence(row) for _, row in shown[:-1])

    @cached_property
    def _kinds(self) -> bytes:
        return self.view.whole.kinds.tobytes()

    def _evidence(self, need: int) -> str:
        """Return how a need of the whole estate is known: ``zone: configured (ec2:DescribeInstances)``."""
        found = self._known.get(need)
        if found is None:
            graph = self.view.whole.graph
            role, origin = graph.texts[graph.role[need]], graph.texts[graph.origin[need]]
            known = _EVIDENCE[graph.evidence[need]].value
            found = self._known[need] = f"{role}: {known} ({origin})" if origin else f"{role}: {known}"
        return found
