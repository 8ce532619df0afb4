"""Hidden parts that services share, and what the members of a redundancy have in common."""

from __future__ import annotations

import pytest

from auditor.analyses.base import Context
from auditor.analyses.neighbours import ANALYSIS, Neighbour, measure
from auditor.config import Settings
from auditor.estate.graph import Estate
from auditor.model.need import Member, Need
from auditor.model.section import Table
from auditor.model.workload import Criticality
from auditor.outages import catalogue
from tests.analyses.estates import estate, server, workload


def pair(first: tuple[str, str], second: tuple[str, str], *, also: tuple[str, ...] = ()) -> Estate:
    """Return a shop with a member in each of two regions, either of which will do."""
    kinds = {"aws": "aws.ec2.instance", "azure": "azure.compute.virtualmachines"}
    return estate(
        server("one", zone=None, region=first[1], kind=kinds[first[0]]),
        server("two", zone=None, region=second[1], kind=kinds[second[0]]),
        workloads=(
            workload(
                "shop",
                Need(role="site", members=(Member(ref="one"), Member(ref="two", delay=(5, 5)))),
                *(Need(role="names", members=(Member(ref=ref),)) for ref in also),
                criticality=Criticality.CRITICAL,
            ),
            workload("attic", Need(role="site", members=(Member(ref="one"),)), criticality=Criticality.LOW),
        ),
    )


def shared(of: Estate) -> dict[tuple[str, str], Neighbour]:
    return {(each.kind, each.shared): each for each in measure(of) if each.kind != "hidden part"}


def test_a_standby_whose_roles_are_changed_in_the_primary_region_is_told() -> None:
    """With Virginia out nobody changes IAM for Oregon either; the paper that says so is named."""
    found = shared(pair(("aws", "us-east-1"), ("aws", "us-west-2")))
    iam = found["changed in one of them", "control-plane:aws/iam"]
    assert iam.parts == ("region:aws/us-east-1", "region:aws/us-west-2")
    assert iam.sources[0].startswith("https://docs.aws.amazon.com/")
    assert "us-east-1" in iam.what[0]


def test_only_services_in_use_are_told() -> None:
    """DNS changed in Virginia matters to whom answers through it."""
    east, west = ("aws", "us-east-1"), ("aws", "us-west-2")
    key = ("changed in one of them", "control-plane:aws/route53")
    assert key not in shared(pair(east, west))
    assert key in shared(pair(east, west, also=("service:aws/global/route53",)))


def test_a_home_in_neither_region_is_no_neighbour() -> None:
    """Seoul and Tokyo do not share Virginia by standing there."""
    kinds = {kind for kind, _ in shared(pair(("aws", "ap-northeast-2"), ("aws", "ap-northeast-1")))}
    assert kinds == set()


def test_two_clouds_in_one_city_share_it() -> None:
    """Another provider is not another city."""
    found = shared(pair(("aws", "ap-northeast-2"), ("azure", "koreacentral")))
    assert list(found) == [("one metro", "metro:seoul")]


def test_a_pair_of_azure_regions_shares_country_pair_and_sign_in() -> None:
    """Korea Central and South are paired, in one country, and sign in through one directory."""
    found = shared(pair(("azure", "koreacentral"), ("azure", "koreasouth")))
    kinds = [kind for kind, _ in found]
    assert {"one country", "a pair", "one for both"} == set(kinds)
    assert ("one for both", "control-plane:azure/microsoft.aadiam") in found


def test_hidden_parts_cite_the_outage_that_showed_them() -> None:
    """Machines of Seoul launch from what lies in S3 there, as Virginia showed."""
    found = measure(pair(("aws", "ap-northeast-2"), ("aws", "ap-northeast-1")))
    part = next(each for each in found if each.shared == "service:aws/ap-northeast-2/s3")
    assert (part.kind, part.plane) == ("hidden part", "control")
    assert part.parts == ("service:aws/ap-northeast-2/ec2",)
    assert set(part.outages) <= set(catalogue())


def test_only_the_workloads_that_count_most_are_looked_at() -> None:
    """The attic is of low criticality."""
    assert {each.workload for each in measure(pair(("aws", "us-east-1"), ("aws", "us-west-2")))} == {"shop"}
    assert measure(estate()) == ()


@pytest.mark.parametrize("size", [0, 2])
def test_the_section_tells_what_is_shared_once(size: int) -> None:
    """Two tables, none where nothing is shared; the terminal summary is left alone."""
    of = pair(("aws", "us-east-1"), ("aws", "us-west-2")) if size else estate()
    sections = ANALYSIS.run(Context(estate=of, settings=Settings(), outages={})).sections
    tables = [block for each in sections for block in each.blocks if isinstance(block, Table)]
    assert len(tables) == size
    assert all(each.brief == () for each in sections)
    assert all(row[-1].text == "shop" for table in tables for row in table.rows)
