"""The findings of each kind: what one loss takes, what runs nothing, one city, one agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.analyses._redundancy.agents import Channel, channels
from auditor.analyses._redundancy.capacity import CAPACITY, Hollow
from auditor.analyses._redundancy.claims import Pool
from auditor.analyses._redundancy.found import Certainty, Claim, Claimed, FalseRedundancy, Sort
from auditor.analyses._redundancy.losses import BLOCK, Claims
from auditor.analyses._redundancy.places import why
from auditor.analyses._redundancy.reasons import Path, Reasons, links
from auditor.analyses._redundancy.shared import Hit, Trial
from auditor.analyses._redundancy.sorts import sort_of, through
from auditor.analyses._redundancy.tell import (
    LISTED,
    Leaning,
    Teller,
    heaviest_first,
    leaning,
    sentence,
    short,
)
from auditor.estate.graph import Estate
from auditor.model.domain import Axis
from auditor.model.evidence import Evidence
from auditor.model.facts import AGENT_PREFIX
from auditor.outages.nodes import parts_of


def shared_findings(
    teller: Teller,
    tried: Trial,
    cases: tuple[Claims, Claims],
    found: Sequence[Hit],
    struck: Sequence[Hit],
) -> list[FalseRedundancy]:
    """Return the findings of the rigorous part: one per claim, sort and certainty.

    A claim that falls only because another one below it falls by the same loss is not told: that one is.
    """
    explained = _explained(teller, tried, cases, found)
    beneath: dict[int, dict[int, int]] = {}
    for hit in struck:
        beneath.setdefault(hit.loss, {}).update(dict.fromkeys(teller.pools[hit.pool].owners, hit.pool))
    grouped: dict[tuple[int, Sort, bool], list[Hit]] = {}
    for hit in found:
        if _follows(hit, explained[hit.pool, hit.loss], beneath[hit.loss]):
            continue
        paths = explained[hit.pool, hit.loss]
        node = tried.losses[hit.loss][0]
        sort = sort_of(teller.estate, teller.pools[hit.pool], node, paths)
        grouped.setdefault((hit.pool, sort, hit.sure and not teller.possible(hit.pool)), []).append(hit)
    return [_told(teller, tried, key, group, explained) for key, group in grouped.items()]


def _follows(hit: Hit, paths: Sequence[Path], owners: Mapping[int, int]) -> bool:
    """Return whether every way that does not end at once passes an owner of another claim hit by it."""
    between = [path[:-1] for path in paths if len(path) > 2]  # noqa: PLR2004 - a member and the end
    return bool(between) and all(
        any(owners.get(node, hit.pool) != hit.pool for node in path) for path in between
    )


def _explained(
    teller: Teller, tried: Trial, cases: tuple[Claims, Claims], found: Sequence[Hit]
) -> dict[tuple[int, int], tuple[Path, ...]]:
    """Return per claim and loss the ways from two members, of the best case where it is sure."""
    explained: dict[tuple[int, int], tuple[Path, ...]] = {}
    for sure, case in zip((True, False), cases, strict=True):
        by_loss: dict[int, list[Hit]] = {}
        for hit in found:
            if hit.sure is sure:
                by_loss.setdefault(hit.loss, []).append(hit)
        numbers = sorted(by_loss)
        for first in range(0, len(numbers), BLOCK):
            part = numbers[first : first + BLOCK]
            reasons = Reasons.of(teller.estate, case, [tried.losses[each] for each in part])
            for at, loss in enumerate(part):
                state = reasons.state(at)
                for hit in by_loss[loss]:
                    members = _fallen(reasons, at, teller.pools[hit.pool])
                    explained[hit.pool, loss] = reasons.paths(state, members)
    return explained


def _fallen(reasons: Reasons, at: int, pool: Pool) -> tuple[int, ...]:
    """Return two members that the loss takes, as unlike as there are."""
    gone = [node for node in pool.members if reasons.gone(at, node)]
    late = [node in pool.late for node in gone]
    spots = [pool.spots[pool.members.index(node)] for node in gone]
    # The most telling second member is the standby, or one that stands elsewhere.
    others = range(1, len(gone))
    second = min(others, key=lambda at: (late[at] == late[0], spots[at] == spots[0], at), default=None)
    return tuple(gone[:1]) if second is None else (gone[0], gone[second])


def _told(
    teller: Teller,
    tried: Trial,
    key: tuple[int, Sort, bool],
    group: Sequence[Hit],
    explained: Mapping[tuple[int, int], tuple[Path, ...]],
) -> FalseRedundancy:
    number, sort, sure = key
    names = teller.estate.names
    shared = [names[tried.losses[hit.loss][0]] for hit in group]
    lines = [line for hit in group for line in tried.known[hit.loss]]
    broader = [names[tried.losses[each][0]] for hit in group for each in hit.broader]
    between = through(explained[number, group[0].loss])
    way = short(teller.estate, between[-1]) if between and len(set(shared)) == 1 else ""
    return teller.finding(
        number,
        sort=sort,
        shared=sorted(set(shared)),
        broader=set(broader) - set(shared),
        certainty=Certainty.SURE if sure else Certainty.POSSIBLE,
        why=sentence(teller.pools[number], sort, shared, sure=sure, way=way),
        paths=explained[number, group[0].loss],
        outages=[line.outage for line in lines if line.outage],
        sources=[line.source for line in lines],
    )


def metro_findings(teller: Teller, near: Mapping[int, str]) -> list[FalseRedundancy]:
    """Return the claims whose members stand in one city: a prior, no loss."""
    return [
        teller.finding(
            number,
            sort=Sort.METRO,
            shared=(f"{Axis.METRO.value}:{metro}",),
            certainty=Certainty.PRIOR,
            why=why(metro),
        )
        for number, metro in near.items()
        if number in teller.leaning
    ]


def capacity_findings(teller: Teller, found: Sequence[Hollow]) -> list[FalseRedundancy]:
    """Return the claims whose spare members run nothing."""
    names = teller.estate.names
    return [
        teller.finding(
            each.pool,
            sort=Sort.CAPACITY,
            shared=tuple(sorted({names[path[-1]] for path in each.paths})),
            certainty=Certainty.SURE if each.sure else Certainty.POSSIBLE,
            why=_hollow(teller.estate, each),
            paths=each.paths,
            unknown=() if each.known else (CAPACITY,),
        )
        for each in found
        if each.pool in teller.leaning
    ]


def _hollow(estate: Estate, each: Hollow) -> str:
    who = short(estate, each.members[0])
    what = short(estate, each.paths[0][-1])
    if not each.known:
        return f"{who} may have no capacity: what {what} runs is not known"
    start = "; people would have to start it first" if each.manual else ""
    itself = who == what
    return (
        f"{who} runs nothing now{start}" if itself else f"{who} has no capacity: {what} runs nothing{start}"
    )


def agent_findings(teller: Teller, worst: Claims) -> list[FalseRedundancy]:
    """Return the agents that all machines of one system at several providers run."""
    found = tuple(channels(teller.estate))
    lean = leaning(teller.estate, worst, [(each.node,) for each in found])
    return [_channel(teller, each, who) for each, who in zip(found, lean, strict=True)]


def _channel(teller: Teller, each: Channel, lean: Leaning) -> FalseRedundancy:
    estate = teller.estate
    name = estate.names[each.node]
    clouds = " and ".join(each.providers)
    return FalseRedundancy(
        workloads=heaviest_first(estate, lean.workloads),
        weight=lean.weight,
        claim=Claim(
            owners=(),
            owner_count=0,
            roles=("machines",),
            members=tuple(estate.names[node] for node in each.hosts[:LISTED]),
            member_count=len(each.hosts),
            needed=1,
            standby=(),
            survives=Claimed.PROVIDER,
            text=f"{len(each.hosts):,} {each.family} machines over {clouds}",
            evidence=Evidence.INFERRED.value,
            origin="machines at several providers",
        ),
        sort=Sort.AGENT,
        shared=(name,),
        certainty=Certainty.SURE if each.sure else Certainty.POSSIBLE,
        why=f"every {each.family} machine of {clouds} {'takes' if each.sure else 'may take'} its updates",
        because=tuple(links(estate, (int(estate.graph.owner[row]), each.node)) for row in each.rows),
        unknown=() if each.sure else (AGENT_PREFIX + parts_of(name)[1][0],),
        outages=teller.precedents.get(name, ()),
    )
