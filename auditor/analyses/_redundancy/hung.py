"""Redundancies that hang on a key, registry, identity or gateway in the place they should survive."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from auditor.analyses._redundancy.claims import Pool
from auditor.analyses._redundancy.found import Certainty, FalseRedundancy, Link, Sort
from auditor.analyses._redundancy.hangs import Hang, hangs
from auditor.analyses._redundancy.losses import BLOCK, Claims
from auditor.analyses._redundancy.reasons import Path, Reasons, links
from auditor.analyses._redundancy.tell import Teller, short
from auditor.estate.graph import Estate
from auditor.kernels.plan import Bools

SOURCES = {
    Sort.KEY: (
        ".vault.",
        "https://azure.microsoft.com/en-us/blog/how-to-configure-azure-sql-database-geo-dr-with-azure-key-vault/",
    ),
    Sort.IDENTITY: (
        "/microsoft.managedidentity/",
        "https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/managed-identities-faq",
    ),
}
"""Per kind a part of the ids that a provider's page speaks of, and the page."""

_STOPS = {
    Sort.KEY: "could not start, restart or take over",
    Sort.REGISTRY: "could not start or scale, though what runs goes on",
    Sort.IDENTITY: "could get no new machine with it, though what runs goes on",
    Sort.NAT: "would run and reach nothing outside",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hung:
    """One claim that hangs on what stands in one place.

    Attributes:
        pool: number of the claim.
        sort: of what stands there.
        places: domain ids, or what is one for all who use it; the first one is told.
        members: at most two that the place takes only by what stands in it.
        paths: the way from each to what cannot do without it.
        ways: the same with the last steps, told.
    """

    pool: int
    sort: Sort
    places: tuple[str, ...]
    members: tuple[int, ...]
    paths: tuple[Path, ...]
    ways: tuple[tuple[Link, ...], ...]


def hung(estate: Estate, pools: Sequence[Pool], worst: Claims) -> tuple[Hung, ...]:
    """Return every claim that such a loss takes and its place alone does not, once per sort."""
    tried = hangs(estate, pools)
    numbers = sorted({number for each in tried for number in each.asked})
    if not numbers:
        return ()
    case = Claims.of(estate.best, [pools[number] for number in numbers])
    taken = case.taken([each.loss for each in tried]).pools & ~_alone(tried, worst)[numbers]
    row = {number: at for at, number in enumerate(numbers)}
    hits: dict[int, list[int]] = {}
    for at, each in enumerate(tried):
        struck = [number for number in each.asked if taken[row[number], at]]
        if struck:
            hits[at] = struck
    found: dict[tuple[int, Sort], Hung] = {}
    for one in _explained(estate, pools, tried, hits, case):
        known = found.setdefault((one.pool, one.sort), one)
        if known is not one:
            found[one.pool, one.sort] = dataclasses.replace(known, places=(*known.places, *one.places))
    return tuple(found[key] for key in sorted(found))


def _alone(tried: Sequence[Hang], worst: Claims) -> Bools:
    """Return bool [claims, losses], whether the place alone takes the claim for all that is known."""
    found = np.zeros((worst.count, len(tried)), np.bool_)
    placed = [(at, each.head) for at, each in enumerate(tried) if each.head is not None]
    if placed:
        found[:, [at for at, _ in placed]] = worst.taken([(head,) for _, head in placed]).pools
    return found


def _explained(
    estate: Estate,
    pools: Sequence[Pool],
    tried: Sequence[Hang],
    hits: Mapping[int, Sequence[int]],
    case: Claims,
) -> Iterator[Hung]:
    order = sorted(hits)
    for first in range(0, len(order), BLOCK):
        part = order[first : first + BLOCK]
        reasons = Reasons.of(estate, case, [tried[each].loss for each in part])
        heads = [tried[each].head for each in part]
        before = Reasons.of(estate, case, [() if head is None else (head,) for head in heads])
        for at, each in enumerate(part):
            told = [_one(pools[number], number, tried[each], reasons, before, at) for number in hits[each]]
            owners = {owner: number for number in hits[each] for owner in pools[number].owners}
            yield from (one for one in told if not _follows(one, owners))


def _one(pool: Pool, number: int, hang: Hang, reasons: Reasons, before: Reasons, at: int) -> Hung:
    gone = [node for node in pool.members if reasons.gone(at, node) and not before.gone(at, node)]
    members = tuple(sorted(gone, key=lambda node: (node not in pool.late, node))[:2])
    paths = reasons.paths(reasons.state(at), members)
    ways = tuple((*links(reasons.estate, path), *hang.ends(path[-1])) for path in paths)
    return Hung(pool=number, sort=hang.sort, places=(hang.place,), members=members, paths=paths, ways=ways)


def _follows(one: Hung, owners: Mapping[int, int]) -> bool:
    """Return whether every way passes an owner of another claim that the same loss takes."""
    return bool(one.paths) and all(
        any(owners.get(node, one.pool) != one.pool for node in path) for path in one.paths
    )


def hung_findings(
    teller: Teller, found: Sequence[Hung], told: Sequence[FalseRedundancy]
) -> list[FalseRedundancy]:
    """Return the findings, without those of a sort that is told of the claim already."""
    known = {(each.claim, each.sort) for each in told}
    return [
        _finding(teller, each)
        for each in found
        if each.pool in teller.leaning and (teller.claim(each.pool), each.sort) not in known
    ]


def _finding(teller: Teller, each: Hung) -> FalseRedundancy:
    shared = tuple(sorted({way[-1].on for way in each.ways if way})) or each.places[:1]
    places = [place for place in each.places if place not in shared]
    part, page = SOURCES.get(each.sort, ("", ""))
    finding = teller.finding(
        each.pool,
        sort=each.sort,
        shared=shared,
        certainty=Certainty.POSSIBLE,
        why=_why(teller.estate, each, shared),
        paths=each.paths,
        broader=places,
        outages=[one for place in places for one in teller.precedents.get(place, ())],
        sources=[page] if part and any(part in value for value in shared) else [],
    )
    return dataclasses.replace(finding, because=each.ways)


def _why(estate: Estate, each: Hung, shared: Sequence[str]) -> str:
    who = " and ".join(short(estate, node) for node in each.members)
    what = shared[0].rpartition("/")[2] or shared[0]
    more = f" and {len(shared) - 1} more" if len(shared) > 1 else ""
    stops = _STOPS[each.sort]
    if each.places[0] in shared:
        return f"{what} is one for all: without it {who} {stops}"
    return f"{what}{more} stands in {each.places[0]}: with it lost {who} {stops}"
