"""Neighbours nobody chose: hidden parts that services share, and what the members of a redundancy share.

A provider's services stand on each other, and some exist once for all regions. Outages showed where
(``outages.insides``). This says so of the workloads that count most; it changes no verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from auditor.analyses._neighbours import Common, Place, Stand, common
from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate import closure
from auditor.estate.graph import Estate
from auditor.model.domain import Axis, axis_of, region_id, service_id
from auditor.model.section import Block, Cell, Note, Section, Table
from auditor.outages.insides import StandsOn, insides
from auditor.outages.nodes import folded, parts_of

MOST = 40
"""Workloads looked at: those with most weight."""

SHOWN = 40
"""Rows of a table; the JSON has all."""


NAMED = 5
"""Workloads named per row."""

HIDDEN = "hidden part"
"""Kind of what services stand on inside a provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """One thing that several parts of a workload share.

    Attributes:
        workload: who has it.
        kind: ``hidden part`` for services that stand on another; else what members of a redundancy share.
        shared: domain id, metro, country or pair of regions.
        parts: domain ids of services, or of the regions the members stand in.
        what: why, a sentence per line of knowledge.
        plane: data, control or both; empty for places.
        outages: where it was seen; ids of the catalogue.
        sources: addresses.
        verified: false where any line has a weaker source than the provider's own word.
    """

    workload: str
    kind: str
    shared: str
    parts: tuple[str, ...]
    what: tuple[str, ...]
    plane: str = ""
    outages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    verified: bool = True


def measure(estate: Estate) -> tuple[Neighbour, ...]:
    """Return what the workloads with most weight share, by workload; only those as heavy as the heaviest."""
    heaviest = max((workload.weight for workload in estate.workloads), default=0.0)
    chosen = [number for number, each in enumerate(estate.workloads) if each.weight == heaviest][:MOST]
    stand = Stand(estate)
    found: list[Neighbour] = []
    for number in chosen:
        node, name = int(estate.workload_nodes[number]), estate.workloads[number].name
        below = np.union1d(closure(estate, node), [node])
        names = [estate.names[each] for each in below]
        found += _hidden(name, frozenset(each for each in names if axis_of(each) is Axis.SERVICE))
        found += _redundant(name, sorted(set(stand.redundant(below)), key=sorted), _used(names))
    return tuple(found)


def _used(names: Sequence[str]) -> frozenset[str]:
    """Return the services whose one control plane, or one service for all regions, is beneath a workload."""
    single = {Axis.CONTROL_PLANE, Axis.SERVICE}
    rows = (parts_of(each)[1] for each in names if axis_of(each) in single)
    return frozenset(parts[-1] for parts in rows if len(parts) == 2 or parts[1] == "global")  # noqa: PLR2004 - provider/service


def _hidden(workload: str, services: frozenset[str]) -> Iterator[Neighbour]:
    by_part: dict[str, list[tuple[str, StandsOn]]] = {}
    for service in sorted(services):
        provider, region, name = parts_of(service)[1]
        known = insides().get(provider)
        for line in known.stands_on if known is not None else ():
            if line.service == name and region != "global":
                part = service_id(provider, "global" if line.once else region, line.on)
                by_part.setdefault(part, []).append((service, line))
    for part, pairs in sorted(by_part.items()):
        if len(pairs) > 1 or part not in services:
            yield _hidden_part(workload, part, pairs)


def _hidden_part(workload: str, part: str, pairs: list[tuple[str, StandsOn]]) -> Neighbour:
    lines = [line for _, line in pairs]
    planes = {line.plane.value for line in lines}
    return Neighbour(
        workload=workload,
        kind=HIDDEN,
        shared=part,
        parts=tuple(sorted({service for service, _ in pairs})),
        what=tuple(dict.fromkeys(f"{line.service}: {line.what}" for line in lines)),
        plane=planes.pop() if len(planes) == 1 else "both",
        outages=_each(line.outage for line in lines),
        sources=_each(line.source for line in lines),
        verified=all(line.verified for line in lines),
    )


def _redundant(workload: str, groups: list[frozenset[Place]], used: frozenset[str]) -> Iterator[Neighbour]:
    pairs = sorted({pair for group in groups for pair in combinations(sorted(group), 2)})
    for first, second in pairs:
        for each in common(first, second, used):
            yield _shared(workload, (first, second), each)


def _shared(workload: str, pair: tuple[Place, Place], found: Common) -> Neighbour:
    return Neighbour(
        workload=workload,
        kind=found.kind,
        shared=found.shared,
        parts=tuple(region_id(provider, code) for provider, code in pair),
        what=(found.what,),
        outages=_each([found.outage]),
        sources=_each([found.source]),
    )


def _each(values: Iterator[str | None] | Sequence[str | None]) -> tuple[str, ...]:
    return tuple(sorted({value for value in values if value}))


def run(context: Context) -> Finding:
    """Tell what the most critical workloads share."""
    found = measure(context.estate)
    return Finding(value=found, sections=_sections(found))


def _sections(found: tuple[Neighbour, ...]) -> tuple[Section, ...]:
    if not found:
        return ()
    hidden = _grouped([each for each in found if each.kind == HIDDEN])
    shared = _grouped([each for each in found if each.kind != HIDDEN])
    opening = (
        "What outages and providers' papers showed of providers' insides, for the workloads that count most. "
        "It is what was seen, not all there is, and it changes no verdict."
    )
    blocks: list[Block] = [Note(lines=(opening,))]
    if shared:
        blocks.append(_table(shared, "Members of one redundancy, and what they share", "Members in"))
    if hidden:
        blocks.append(_table(hidden, "Services, and the parts of the provider they stand on", "Services"))
    if rest := sum(max(0, len(each) - SHOWN) for each in (shared, hidden)):
        blocks.append(Note(lines=(f"{rest} more are in the JSON.",)))
    return (Section(id="neighbours", title="Hidden neighbours", blocks=tuple(blocks)),)


Group = tuple[Neighbour, tuple[str, ...]]
"""What is shared, and the workloads that share it."""


def _grouped(found: Sequence[Neighbour]) -> list[Group]:
    """Return what is shared once, with its workloads; what most share first."""
    names: dict[Neighbour, list[str]] = {}
    for each in found:
        names.setdefault(replace(each, workload=""), []).append(each.workload)
    return [(each, tuple(names[each])) for each in sorted(names, key=lambda each: -len(names[each]))]


def _table(rows: Sequence[Group], caption: str, parts: str) -> Table:
    return Table(
        columns=("Shared", "Kind", parts, "Why", "Seen in", "Workloads"),
        rows=tuple(_row(each, names) for each, names in rows[:SHOWN]),
        caption=caption,
    )


def _row(each: Neighbour, names: tuple[str, ...]) -> tuple[Cell, ...]:
    kind = f"{each.kind}, {each.plane} plane" if each.plane else each.kind
    rest = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return (
        Cell(text=each.shared),
        Cell(text=kind if each.verified else f"{kind}, unverified"),
        Cell(text=", ".join(folded(each.parts))),
        Cell(text="; ".join(each.what) + "."),
        Cell(text=", ".join(each.outages or each.sources) or "-"),
        Cell(text=", ".join(names[:NAMED]) + rest),
    )


ANALYSIS = Analysis(name="neighbours", run=run, order=56)
