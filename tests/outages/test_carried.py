"""Every outage carried over touches what it should on a tiny inventory, and misses what it should."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from auditor.inventory import Inventory
from auditor.outages import catalogue, in_reach, touched
from auditor.outages.schema import Impact, Plane
from tests.outages.carried import CASES, Case
from tests.outages.small import stock, verdicts

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.outage)
_ORDER = ("no", "maybe", "yes")


@dataclass(frozen=True, slots=True)
class Sum:
    """What all impacts of an outage come to."""

    nodes: frozenset[str]
    resources: dict[str, str]


def summed(case: Case, inventory: Inventory) -> Sum:
    """Return every node touched, and the worst that an impact on running things says of each resource."""
    nodes: set[str] = set()
    worst = dict.fromkeys(inventory.resources["id"], "no")
    for impact in catalogue()[case.outage].impacts:
        found = touched(impact, inventory, zone=case.zone)
        nodes |= {*found.nodes}
        for name, verdict in verdicts(found, inventory).items() if _runs(impact) else ():
            worst[name] = max(worst[name], verdict, key=_ORDER.index)
    return Sum(frozenset(nodes), worst)


def _runs(impact: Impact) -> bool:
    return impact.plane is not Plane.CONTROL


@every_case
def test_it_touches_what_it_should(case: Case) -> None:
    """Nodes go out and nodes are spared; each resource is touched, spared, or left to a missing fact."""
    found = summed(case, stock(*case.yes, *case.maybe, *case.no, case.near))
    assert found.nodes >= {*case.nodes, *case.control}
    assert found.nodes.isdisjoint(case.spared)
    expected = {
        each.id: verdict for verdict in _ORDER for each in getattr(case, verdict) if each.id != case.near.id
    }
    assert {name: found.resources[name] for name in expected} == expected


@every_case
def test_it_reaches_as_far_as_it_should(case: Case) -> None:
    """What it hit is in reach, other places and products are not."""
    outage = catalogue()[case.outage]
    assert in_reach(outage, stock(case.near))
    assert not in_reach(outage, stock(case.far))


def test_every_outage_carried_over_has_its_case() -> None:
    """No entry goes without; those with tests of their own and those of Azure stand elsewhere."""
    others = {
        "aws-2018-11-22-ap-northeast-2-dns",
        "aws-2021-06-10-eu-central-1-cooling",
        "aws-2021-12-07-us-east-1-internal-network",
        "aws-2022-02-06-ap-northeast-2-az3-network",
        "aws-2025-10-20-us-east-1-dynamodb-dns",
        "cloudflare-2025-11-18",
        "crowdstrike-2024-07-19",
        "kakao-2022-10-15-pangyo",
    }
    entries = {name for name in catalogue() if not name.startswith("azure-")}
    assert {case.outage for case in CASES} == entries - others
