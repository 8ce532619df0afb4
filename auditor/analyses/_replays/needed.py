"""What a workload would need to act, and the missing facts that would decide its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._replays.effects import Effect, Nodes
from auditor.analyses._replays.lens import Lens
from auditor.estate.graph import NodeKind
from auditor.kernels import Bools
from auditor.model.domain import Axis, axis_of

PROVIDER_WIDE = frozenset(
    {
        "ec2",
        "iam",
        "signin",
        "sts",
        "servicecontrol",
        "console",
        "microsoft.resources",
        "microsoft.aadiam",
        "microsoft.azureactivedirectory",
    }
)
"""Control planes that any change needs, whatever services a workload uses."""

GLOBAL = "global"


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What a workload stands on: providers, regions and services in them; global counts as a region.

    ``makers`` are vendors and the products whose agents it runs: each may have a console of its own.
    """

    providers: frozenset[str]
    makers: frozenset[str]
    regions: frozenset[tuple[str, str]]
    services: frozenset[tuple[str, str, str]]

    def needs(self, control_plane: str) -> bool:
        """Return whether acting on the workload would need a control plane, by its id."""
        parts = control_plane.partition(":")[2].split("/")
        provider, service = parts[0], parts[-1]
        if provider in self.makers:
            return True
        if provider not in self.providers:
            return False
        region = "/".join(parts[1:-1]) or GLOBAL
        if service in PROVIDER_WIDE:
            return region == GLOBAL or (provider, region) in self.regions
        if region == GLOBAL:
            return any((p, s) == (provider, service) for p, _, s in self.services)
        return (provider, region, service) in self.services


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """The control planes each workload of an estate would need to act."""

    lens: Lens
    _used: dict[int, Used] = field(default_factory=dict)
    _wanted: dict[tuple[int, str], bool] = field(default_factory=dict)

    def control_plane(self, w: int, effects: Iterable[Effect]) -> tuple[str, ...]:
        """Return the touched control planes that a workload would need to act, sorted."""
        node = int(self.lens.estate.workload_nodes[w])
        return tuple(
            sorted(
                {
                    plane
                    for effect in effects
                    if effect.control and self._concerns(node, effect)
                    for plane in effect.control
                    if self._needs(node, plane)
                }
            )
        )

    def _needs(self, node: int, plane: str) -> bool:
        found = self._wanted.get((node, plane))
        if found is None:
            found = self._wanted[node, plane] = self.used(node).needs(plane)
        return found

    def used(self, node: int) -> Used:
        """Return what a workload's node stands on."""
        found = self._used.get(node)
        if found is None:
            found = self._used[node] = _used(self.lens, node)
        return found

    def _concerns(self, node: int, effect: Effect) -> bool:
        return effect.only is None or bool(self.lens.inside(node)[effect.only].any())


def _used(lens: Lens, node: int) -> Used:
    closure = lens.closure(node)
    ids = [lens.estate.names[n] for n in closure[lens.estate.kinds[closure] == NodeKind.DOMAIN]]
    parts = {(axis_of(each), *each.partition(":")[2].split("/")) for each in ids}
    return Used(
        providers=frozenset(str(p[1]) for p in parts if p[0] is Axis.PROVIDER),
        makers=frozenset(str(p[1]) for p in parts if p[0] in {Axis.VENDOR, Axis.AGENT}),
        regions=frozenset((str(p[1]), str(p[2])) for p in parts if p[0] is Axis.REGION),
        services=frozenset(
            (str(p[1]), str(p[2]), str(p[3]))
            for p in parts
            if p[0] is Axis.SERVICE and len(p) == 4  # noqa: PLR2004 - axis, provider, region, service
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Undecided:
    """The missing facts of one outage: open conditions, and uncertain needs above what failed.

    Attributes:
        effects: what struck.
        owners, facts: uncertain needs and members that what struck bears on: who has them, and the fact.
    """

    lens: Lens
    effects: tuple[Effect, ...]
    owners: Nodes
    facts: NDArray[np.int32]

    @classmethod
    def of(cls, lens: Lens, effects: Sequence[Effect], hit: Bools) -> Undecided:
        """Gather what is uncertain and touched; ``hit`` [n] are the nodes that need something struck."""
        bearing = hit[lens.uncertain.decided_by]
        return cls(
            lens=lens,
            effects=tuple(effects),
            owners=lens.uncertain.owner[bearing],
            facts=lens.uncertain.fact[bearing],
        )

    def beneath(self, node: int) -> tuple[str, ...]:
        """Return the missing facts that would decide for one workload's node, sorted."""
        inside = self.lens.inside(node)
        open_facts = {
            name for effect in self.effects for name, nodes in effect.facts.items() if inside[nodes].any()
        }
        uncertain = np.unique(self.facts[inside[self.owners]])
        return tuple(sorted(open_facts | {self.lens.estate.graph.fact_names[fact] for fact in uncertain}))
