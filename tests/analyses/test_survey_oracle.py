"""What else may fail, against trying every further loss on small random estates."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from auditor.analyses._survey import LIKE, survey
from auditor.analyses._survey_system import Given
from auditor.estate.graph import Estate, NodeKind
from auditor.model.domain import BOUND_AXES, axis_of
from auditor.model.need import Member, Need
from auditor.model.survey import Loss, Survey, What
from auditor.model.workload import Criticality, Vendor
from tests.analyses.estates import SEOUL, TOKYO, estate, fact, server, workload
from tests.oracles.further import Further, Told

DELAYS = ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (1.0, 2.0), (5.0, 90.0), (60.0, 240.0))
LIMITS = (None, 3.0, 100.0)
REGIONS = ((SEOUL, "apne2"), (TOKYO, "apne1"))


def random_estate(rng: np.random.Generator) -> Estate:
    """Return a few servers in two regions, some of unknown software, and workloads over k of some."""
    servers, names = [], [f"s{number}" for number in range(int(rng.integers(3, 8)))]
    for name in names:
        region, prefix = REGIONS[int(rng.integers(2))]
        zone = f"{prefix}-az{rng.integers(1, 4)}" if rng.random() < 0.85 else None
        agent = ("", "7.1", "none", "none")[int(rng.integers(4))]
        facts = (fact("agent.falcon", agent), fact("os", ("linux", "windows")[int(rng.integers(2))]))
        servers.append(server(name, region=region, zone=zone, facts=facts))
    workloads = []
    for number in range(int(rng.integers(1, 5))):
        needs = [_need(rng, names) for _ in range(int(rng.integers(1, 3)))]
        if rng.random() < 0.3:
            needs.append(Need(role="pay", members=(Member(ref="vendor:p"),)))
        made = workload(f"w{number}", *needs, criticality=list(Criticality)[int(rng.integers(4))])
        workloads.append(replace(made, rto_minutes=LIMITS[int(rng.integers(3))]))
    hosted = f"region:aws/{REGIONS[int(rng.integers(2))][0]}"
    return estate(*servers, workloads=tuple(workloads), vendors=(Vendor(name="p", hosted_on=(hosted,)),))


def _need(rng: np.random.Generator, names: list[str]) -> Need:
    chosen = rng.permutation(names)[: int(rng.integers(1, len(names) + 1))].tolist()
    delays = [DELAYS[int(rng.integers(len(DELAYS)))] for _ in chosen]
    prompt = max(sum(delay == (0.0, 0.0) for delay in delays), 1)
    delays[0] = (0.0, 0.0)
    low = int(rng.integers(1, prompt + 1))
    members = tuple(Member(ref=ref, delay=delay) for ref, delay in zip(chosen, delays, strict=True))
    return Need(role="members", members=members, k=(low, int(rng.integers(low, prompt + 1))))


def random_given(rng: np.random.Generator, subject: Estate) -> tuple[Given, ...]:
    """Return nothing, or one or two ways in which some nodes are out, more of them in the worst case."""
    if rng.random() < 0.3:
        return (Given(best=np.zeros(0, np.int64), worst=np.zeros(0, np.int64)),)
    pool = np.flatnonzero(subject.kinds != NodeKind.WORKLOAD)
    found = []
    for _ in range(int(rng.integers(1, 3))):
        worst = rng.permutation(pool)[: int(rng.integers(0, 3))]
        found.append(Given(best=np.sort(worst[: worst.size // 2 + 1]), worst=np.sort(worst)))
    return tuple(found)


def told(loss: Loss) -> Told:
    def rounded(bounds: tuple[float, float]) -> tuple[float, float]:
        return round(bounds[0], 9), round(bounds[1], 9)

    return Told(
        lost_share=rounded(loss.lost_share),
        joint_share=rounded(loss.joint_share),
        beyond=rounded(loss.beyond),
        workloads=loss.workloads,
        certain=loss.certain,
    )


def check(subject: Estate, found: Survey, slow: Further, expected: dict[tuple[int, ...], Told]) -> None:
    """Hold every loss, how many are alike and how many there are to what trying them says."""
    assert found.stopping == len(expected)
    assert found.omitted == 0
    groups = Counter(
        (each, any(axis_of(subject.names[node]) in BOUND_AXES for node in of))
        for of, each in expected.items()
    )
    seen: Counter[tuple[Told, bool]] = Counter()
    for loss in found.losses:
        seen[told(loss), loss.bound] += 1 + loss.alike
        assert len(loss.like) == min(loss.alike, LIKE)
        nodes = tuple(sorted(subject.index[name] for name in loss.of))
        assert expected[nodes] == told(loss)
        for other in loss.like:
            assert expected[tuple(sorted(subject.index[name] for name in other))] == told(loss)
        weak = set(slow.names(slow.weakened(nodes))) - set(loss.workloads)
        assert set(loss.weakened) == weak
    assert seen == groups
    ranks = [(loss.bound, -loss.joint_share[1], -loss.joint_share[0]) for loss in found.losses]
    assert ranks == sorted(ranks)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25))
def test_it_is_what_trying_every_further_loss_says(seed: int) -> None:
    """Domains, resources and pairs; late members, quorums, unknown facts; with nothing and something out."""
    rng = np.random.default_rng(seed)
    subject = random_estate(rng)
    given, minutes = random_given(rng, subject), (1440.0, 1440.0, 80.0)[int(rng.integers(3))]
    slow = Further(subject, given, minutes)
    of_domains = slow.standing(np.flatnonzero(subject.kinds == NodeKind.DOMAIN).tolist())
    of_resources = slow.standing(list(range(len(subject.inventory))))
    for what, nodes in ((What.DOMAINS, of_domains), (What.RESOURCES, of_resources)):
        found = survey(subject, what, given=given, minutes=minutes)
        expected: dict[tuple[int, ...], Told] = {
            (node,): each for node in nodes if (each := slow.told((node,))) is not None
        }
        check(subject, found, slow, expected)
        assert found.tried == len(nodes)
        weak = [node for node in nodes if (node,) not in expected and slow.weakened((node,))]
        assert found.weakening == len(weak)
    pairs, broader = slow.pairs(of_domains)
    found = survey(subject, What.PAIRS, given=given, minutes=minutes)
    check(subject, found, slow, pairs)
    assert (found.broader, found.untried, found.weakening) == (broader, 0, None)
    shares = [slow.share(slow.lost(world, frozenset())) for world in range(len(slow.worlds))]
    assert found.already_share == pytest.approx((min(shares), max(shares)))
