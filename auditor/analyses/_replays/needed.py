"""What a workload would need to act, and the missing facts that would decide its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from auditor.analyses._replays.effects import Effect, Nodes
from auditor.analyses._replays.lens import Lens
from auditor.analyses._replays.standing import WORD, Standing
from auditor.estate.graph import NodeKind
from auditor.kernels import Bools, Words
from auditor.model.domain import Axis
from auditor.outages.nodes import parts_of

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
_MAKERS = frozenset({Axis.VENDOR.value, Axis.AGENT.value})
_ASKED = _MAKERS | {Axis.PROVIDER.value, Axis.REGION.value, Axis.SERVICE.value}
_PLACED = 3  # parts of a service's id up to its place: axis, provider, region


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """Which control planes each workload of an estate would need to act.

    Attributes:
        column: axis and parts of the id of each failure domain to its column.
        on: uint64 [w, words], a bit per workload and domain it stands on; global counts as a region.
    """

    column: Mapping[tuple[str, ...], int]
    on: Words
    _needs: dict[str, Bools] = field(default_factory=dict)
    _groups: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, standing: Standing) -> Means:
        """Read what every workload stands on."""
        estate = standing.lens.estate
        column: dict[tuple[str, ...], int] = {}
        groups: dict[tuple[str, str, str], list[int]] = {}
        nodes: list[Nodes] = []
        for node in np.flatnonzero(estate.kinds == NodeKind.DOMAIN).tolist():
            id_ = _cut(estate.names[node])
            if id_[0] in _ASKED:
                column[id_] = len(nodes)
                groups.setdefault(_group(id_), []).append(len(nodes))
                nodes.append(np.array([node], np.int64))
        return cls(column=column, on=standing.words(nodes), _groups=groups)

    def needs(self, plane: str) -> Bools:
        """Return bool [w], whether acting on a workload would need a control plane, by its id."""
        found = self._needs.get(plane)
        if found is None:
            found = self._needs[plane] = self._needing(*_cut(plane)[1:])
        return found

    def _needing(self, provider: str, *place: str) -> Bools:
        region, service = "/".join(place[:-1]) or GLOBAL, place[-1] if place else provider
        # Vendors and makers of agents may have a console of their own.
        makers = [at for axis in sorted(_MAKERS) for at in self._groups.get((axis, provider, ""), ())]
        used = self._any([self.column.get((Axis.PROVIDER.value, provider))])
        return self._any(makers) | (used & self._using(provider, region, service))

    def _using(self, provider: str, region: str, service: str) -> Bools:
        if service in PROVIDER_WIDE:
            every = region == GLOBAL
            region_at = self.column.get((Axis.REGION.value, provider, region))
            return np.full(self.on.shape[0], fill_value=True) if every else self._any([region_at])
        if region == GLOBAL:
            return self._any(self._groups.get((Axis.SERVICE.value, provider, service), ()))
        return self._any([self.column.get((Axis.SERVICE.value, provider, region, service))])

    def _any(self, columns: Iterable[int | None]) -> Bools:
        """Return bool [w], the workloads that stand on one of these domains."""
        word, place = np.divmod(np.array([at for at in columns if at is not None], np.intp), WORD)
        bits = self.on[:, word] & (np.uint64(1) << place.astype(np.uint64))
        return np.asarray(bits.any(axis=1))


def _group(id_: tuple[str, ...]) -> tuple[str, str, str]:
    """Return what a domain is looked up by where its place does not count: axis, provider, service."""
    return id_[0], id_[1], "/".join(id_[_PLACED:]) if id_[0] == Axis.SERVICE.value else ""


def _cut(domain: str) -> tuple[str, ...]:
    """Return the axis of a domain id and what follows it, cut at its slashes."""
    return (domain.partition(":")[0], *parts_of(domain)[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What must be known of each workload to read one outage: whether it stands on any of some nodes.

    Attributes:
        seeds: the nodes of each question.
        concerned: question by number of an effect: only workloads that stand on these are concerned.
        facts: a missing fact, and the question whether it would decide.
    """

    seeds: tuple[Nodes, ...] = ()
    concerned: Mapping[int, int] = field(default_factory=dict)
    facts: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, lens: Lens, effects: Sequence[Effect], hit: Bools, *, undecided: bool) -> Questions:
        """Gather the questions of one outage.

        Missing facts are asked about where some workload is ``undecided``: open conditions, and uncertain
        needs and members that what struck bears on; ``hit`` [n] are the nodes that need something struck.
        """
        seeds: list[Nodes] = []
        concerned = {}
        for number, effect in enumerate(effects):
            if effect.control and effect.only is not None:
                concerned[number] = len(seeds)
                seeds.append(effect.only)
        facts = []
        for name, nodes in _missing(lens, effects, hit) if undecided else ():
            facts.append((name, len(seeds)))
            seeds.append(nodes)
        return cls(seeds=tuple(seeds), concerned=concerned, facts=tuple(facts))

    def control_planes(
        self, effects: Sequence[Effect], means: Means, answers: Bools
    ) -> tuple[tuple[str, ...], Bools]:
        """Return the touched control planes, sorted, and bool [w, planes]: which would need them to act."""
        acting: dict[str, Bools] = {}
        for number, effect in enumerate(effects):
            for plane in effect.control:
                needing = means.needs(plane)
                if number in self.concerned:
                    needing = needing & answers[:, self.concerned[number]]
                acting[plane] = acting[plane] | needing if plane in acting else needing
        planes = tuple(sorted(acting))
        columns = [acting[plane] for plane in planes]
        return planes, np.stack(columns, axis=1) if columns else np.zeros((answers.shape[0], 0), np.bool_)

    def missing(self, w: int, answers: Bools) -> tuple[str, ...]:
        """Return the missing facts that would decide for one workload, sorted."""
        return tuple(sorted({name for name, at in self.facts if answers[w, at]}))


def _missing(lens: Lens, effects: Sequence[Effect], hit: Bools) -> Iterator[tuple[str, Nodes]]:
    """Yield each missing fact with the nodes it would decide for."""
    for effect in effects:
        yield from effect.facts.items()
    bearing = hit[lens.uncertain.decided_by]
    owners, facts = lens.uncertain.owner[bearing], lens.uncertain.fact[bearing]
    for fact in np.unique(facts):
        yield lens.estate.graph.fact_names[fact], owners[facts == fact]
