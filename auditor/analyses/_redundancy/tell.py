"""From nodes to findings: claims, sorts, evidence and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from auditor.analyses._redundancy.claims import ALIKE, Pool, behind, two_of
from auditor.analyses._redundancy.found import (
    Certainty,
    Claim,
    Claimed,
    FalseRedundancy,
    Sort,
)
from auditor.analyses._redundancy.losses import Claims, Losses
from auditor.analyses._redundancy.reasons import Path, links
from auditor.analyses._redundancy.sorts import through
from auditor.estate.graph import Estate
from auditor.model.evidence import Evidence
from auditor.outages.schema import Outage

LISTED = 12
"""Owners and members that a claim names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaning:
    """Which workloads lean on a claim: numbers into the estate's workloads, and their weight."""

    workloads: tuple[int, ...]
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """What is needed to put nodes into words.

    Attributes:
        estate: the graph.
        pools: the claims.
        leaning: who leans on each claim that is told, by its number.
        precedents: ids of outages by domain they put out.
    """

    estate: Estate
    pools: Sequence[Pool]
    leaning: Mapping[int, Leaning]
    precedents: Mapping[str, tuple[str, ...]]

    def finding(  # noqa: PLR0913 - each is a part of the finding
        self,
        pool: int,
        *,
        sort: Sort,
        shared: Sequence[str],
        certainty: Certainty,
        why: str,
        paths: Sequence[Path] = (),
        broader: Iterable[str] = (),
        unknown: Iterable[str] = (),
        outages: Iterable[str] = (),
        sources: Iterable[str] = (),
    ) -> FalseRedundancy:
        """Return one finding of a claim."""
        lean = self.leaning[pool]
        between = through(paths)
        ways = tuple(links(self.estate, path) for path in paths)
        doubts = {link.unknown for way in ways for link in way if link.unknown}
        seen = {each for name in shared for each in self.precedents.get(name, ())}
        return FalseRedundancy(
            workloads=heaviest_first(self.estate, lean.workloads),
            weight=lean.weight,
            claim=self.claim(pool),
            sort=sort,
            shared=tuple(shared),
            broader=tuple(sorted(set(broader))),
            through=tuple(self.estate.names[node] for node in between),
            hinge=self._hinge(shared, between),
            certainty=certainty,
            why=why,
            because=ways,
            unknown=tuple(sorted(doubts | set(unknown))) if certainty is not Certainty.SURE else (),
            outages=tuple(sorted(seen | set(outages))),
            sources=tuple(sorted(set(sources))),
        )

    def _hinge(self, shared: Sequence[str], between: Sequence[int]) -> str:
        own = [node for name in shared[:1] if (node := self.estate.index.get(name)) is not None]
        kinds = self.estate.inventory.resources["kind"]
        return next((str(kinds[node]) for node in (*own, *between[-1:]) if node < len(kinds)), "")

    def claim(self, number: int) -> Claim:
        """Return a claim as it is told."""
        graph, pool = self.estate.graph, self.pools[number]
        names = self.estate.names
        row = pool.needs[0] if pool.needs else None
        shown = sorted({*two_of(pool), *pool.members[: LISTED - 2]})
        return Claim(
            owners=tuple(names[node] for node in pool.owners[:LISTED]) if pool.needs else (),
            owner_count=len(pool.owners) if pool.needs else 0,
            roles=tuple(sorted({graph.texts[graph.role[need]] for need in pool.needs})) or ("replicas",),
            members=tuple(names[behind(self.estate, node)] for node in shown),
            member_count=len(pool.members),
            needed=pool.needed,
            standby=tuple(names[behind(self.estate, node)] for node in shown if node in pool.late),
            survives=pool.claimed,
            text=worded(self.estate, pool),
            evidence=(Evidence.INFERRED if row is None else list(Evidence)[int(graph.evidence[row])]).value,
            origin=ALIKE if row is None else graph.texts[graph.origin[row]],
        )

    def possible(self, number: int) -> bool:
        """Return whether nobody knows for sure that the claim is made at all."""
        pool = self.pools[number]
        return bool(pool.needs) and all(self.estate.graph.unknown[need] >= 0 for need in pool.needs)


def heaviest_first(estate: Estate, numbers: Iterable[int]) -> tuple[str, ...]:
    """Return workloads by name, the heaviest first."""
    found = [estate.workloads[each] for each in numbers]
    return tuple(each.name for each in sorted(found, key=lambda each: (-each.weight, each.name)))


def precedents(outages: Mapping[str, Outage]) -> dict[str, tuple[str, ...]]:
    """Return the outages that put a domain out, by domain id."""
    found: dict[str, set[str]] = {}
    for outage in outages.values():
        for impact in outage.impacts:
            for node in filter(None, (*impact.nodes, impact.cause)):
                found.setdefault(node, set()).add(outage.id)
    return {node: tuple(sorted(ids)) for node, ids in found.items()}


def leaning(estate: Estate, worst: Claims, seeds: Losses) -> tuple[Leaning, ...]:
    """Return who leans on each group of nodes, at any remove."""
    above = worst.leaning(seeds, estate.workload_nodes)
    weights = np.array([workload.weight for workload in estate.workloads], np.float64)
    rows = [np.flatnonzero(above[:, column]) for column in range(len(seeds))]
    return tuple(Leaning(workloads=tuple(each.tolist()), weight=float(weights[each].sum())) for each in rows)


_CLAIMS = {
    Claimed.COPY: "more than one copy",
    Claimed.ZONE: "several zones",
    Claimed.REGION: "several regions",
    Claimed.PROVIDER: "several providers",
}


def worded(estate: Estate, pool: Pool) -> str:
    """Return a claim for people: ``1 of 2 over several regions: web (us-east-1), web (us-west-2)``."""
    how = f"over {_CLAIMS[pool.claimed]}"
    if pool.claimed is Claimed.COPY:
        how = f"with {_CLAIMS[pool.claimed]}"
    elif pool.claimed is Claimed.REGION and len(pool.regions) == 1:
        how = "with a standby that a switch turns to"
    two = two_of(pool)
    told = ", ".join(_placed(estate, pool, node) for node in two)
    rest = len(pool.members) - len(two)
    return f"{pool.needed} of {len(pool.members)} {how}: {told}{f' and {rest} more' if rest else ''}"


def _placed(estate: Estate, pool: Pool, node: int) -> str:
    spot = pool.spots[pool.members.index(node)]
    where = spot.zone or (spot.region[1] if spot.region else None)
    notes = [note for note in (where, "standby" if node in pool.late else None) if note]
    return short(estate, node) + (f" ({', '.join(notes)})" if notes else "")


def short(estate: Estate, node: int) -> str:
    """Return the name people call a node by: a resource's own, else its id."""
    base = behind(estate, node)
    if base < len(estate.inventory):
        return str(estate.inventory.resources["name"][base])
    return estate.names[base]


def sentence(pool: Pool, sort: Sort, shared: Sequence[str], *, sure: bool, way: str) -> str:
    """Return why a redundancy is none, in one sentence; ``way`` is what lies between, or empty."""
    what = shared[0] if len(set(shared)) == 1 else f"any of {len(set(shared))} ({shared[0]} ...)"
    verb = "takes" if sure else "may take"
    left = len(pool.members) - pool.needed
    more = "all of them" if not left or pool.needed == 1 else f"more than the {left} it can lose"
    if sort is Sort.CONTROL_PLANE:
        return f"{what} {verb} the primary and what the switch to the standby needs"
    return f"{what} alone {verb} {more}" + (f", through {way}" if way else "")
