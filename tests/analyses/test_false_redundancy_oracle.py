"""The rigorous part against trying every loss on every claim, one at a time, straight from the definition."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.analyses._redundancy.claims import Pool, pools
from auditor.analyses._redundancy.found import Claimed
from auditor.analyses._redundancy.losses import Claims
from auditor.analyses._redundancy.shared import hits, trial
from auditor.analyses._redundancy.sorts import WIDE, against
from auditor.estate.graph import CompiledPlan, Estate, NodeKind
from auditor.kernels import Plan
from auditor.model.domain import axis_of
from auditor.model.need import Member, Need
from auditor.model.resource import Placement, Resource
from tests.analyses.estates import SEOUL, TOKYO, estate, workload
from tests.oracles.needs import Need as Bare
from tests.oracles.needs import lost_nodes

RESOURCES = 14
REGION_OF = {"zone:aws/apne2": ("aws", SEOUL), "zone:aws/apne1": ("aws", TOKYO)}


def company(seed: int) -> Estate:
    """Return resources over two regions and two zones, with needs in all directions, unknowns included."""
    rng = np.random.default_rng(seed)

    def need(of: int) -> Need:
        size = int(rng.integers(1, 4))
        names = sorted({f"r{each}" for each in rng.integers(0, RESOURCES, size) if each != of} or {"r0"})
        late = [bool(place and rng.random() < 0.3) for place in range(len(names))]
        via = (f"control-plane:aws/{rng.choice([SEOUL, TOKYO])}/rds",) if rng.random() < 0.5 else ()
        members = tuple(
            Member(ref=name, delay=(60, 240) if waits else (0, 0), via=via if waits else ())
            for name, waits in zip(names, late, strict=True)
        )
        serving = len(members) - sum(late)
        needed = int(rng.integers(1, serving + 1)) if rng.random() < 0.5 else 1
        unknown = "connection_policy" if rng.random() < 0.15 else None
        return Need(role="uses", members=members, k=(needed, needed), unknown=unknown)

    def resource(number: int) -> Resource:
        code, prefix = ((SEOUL, "apne2"), (TOKYO, "apne1"))[int(rng.integers(2))]
        zones = (f"{prefix}-az{int(rng.integers(1, 3))}",) if rng.random() < 0.6 else ()
        return Resource(
            id=f"r{number}",
            kind=str(rng.choice(["aws.ec2.volume", "aws.sqs.queue", "aws.rds.instance"])),
            name=f"r{number}",
            placement=Placement(provider="aws", account="123456789012", region=code, zones=zones),
            needs=tuple(need(number) for _ in range(int(rng.integers(0, 3)))),
        )

    resources = [resource(number) for number in range(RESOURCES)]
    return estate(*resources, workloads=tuple(workload(f"w{each}", need(-1), need(-1)) for each in range(3)))


def needs_of(plan: Plan) -> list[Bare]:
    return [
        Bare(
            owner=int(plan.owner[row]),
            k=int(plan.k[row]),
            members=tuple((int(node), 0.0) for node in plan.member[plan.start[row] : plan.start[row + 1]]),
        )
        for row in range(plan.owner.size)
    ]


def losses(of: Estate, case: CompiledPlan) -> list[set[int]]:
    """Return what the loss of each node takes."""
    bare = needs_of(case.plan)
    return [lost_nodes(len(of.names), bare, {node}) for node in range(len(of.names))]


def takes(of: Estate, lost: list[set[int]], pool: Pool) -> set[int]:
    """Return the nodes whose loss alone leaves too few members, of all that the claim has to survive."""
    wide = pool.claimed in WIDE and not (pool.claimed is Claimed.REGION and len(pool.regions) == 1)
    found = set()
    for node, name in enumerate(of.names):
        thing = of.kinds[node] in {NodeKind.RESOURCE, NodeKind.UNSEEN}
        if not (axis_of(name) in against(pool) or (wide and thing)):
            continue
        if (
            pool.claimed not in WIDE
            and pool.regions
            and REGION_OF[name.partition("-az")[0]] not in pool.regions
        ):
            continue
        if sum(member not in lost[node] for member in pool.members) < pool.needed:
            found.add(node)
    return found


@pytest.mark.parametrize("seed", range(20))
def test_every_loss_that_takes_a_claim_is_found_and_no_other(seed: int) -> None:
    """Told and broader losses together are exactly those of the definition, and so is what is sure."""
    of = company(seed)
    claims = pools(of)
    tried = trial(of, claims)
    struck = hits(claims, tried, Claims.of(of.worst, claims), of.best)
    worst, sure = losses(of, of.worst), losses(of, of.best)
    for number, pool in enumerate(claims):
        mine = [hit for hit in struck.hits if hit.pool == number]
        told = {tried.losses[hit.loss][0] for hit in mine}
        broader = {tried.losses[each][0] for hit in mine for each in hit.broader}
        assert told | broader == takes(of, worst, pool)
        best = takes(of, sure, pool)
        assert {tried.losses[hit.loss][0] for hit in mine if hit.sure} == told & best
        assert bool(told & best) is bool(best)


@pytest.mark.parametrize("seed", range(20))
def test_nothing_told_for_sure_has_something_narrower(seed: int) -> None:
    """No loss is told that takes along another one which does the same and does not take it back."""
    of = company(seed)
    claims = pools(of)
    tried = trial(of, claims)
    worst, sure = losses(of, of.worst), losses(of, of.best)
    for hit in hits(claims, tried, Claims.of(of.worst, claims), of.best).hits:
        (node,) = tried.losses[hit.loss]
        rivals = takes(of, sure if hit.sure else worst, claims[hit.pool]) & worst[node]
        assert all(node in worst[other] for other in rivals)


def test_the_random_companies_have_something_to_find() -> None:
    """Claims of several kinds, hit and not hit: else the comparison above would compare nothing."""
    kinds, struck, claimed = set(), 0, 0
    for seed in range(20):
        of = company(seed)
        claims = pools(of)
        tried = trial(of, claims)
        found = hits(claims, tried, Claims.of(of.worst, claims), of.best).hits
        kinds |= {claims[hit.pool].claimed for hit in found}
        struck += len({hit.pool for hit in found})
        claimed += len(claims)
    assert kinds >= {Claimed.COPY, Claimed.ZONE, Claimed.REGION}
    assert 20 < struck < claimed
