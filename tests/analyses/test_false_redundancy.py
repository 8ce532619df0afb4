"""Each kind of false redundancy in a small company, beside one that is all but the same and sound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.analyses._redundancy.found import Certainty, Claimed, Sort
from auditor.analyses._redundancy.sections import sections
from auditor.analyses.false_redundancy import measure
from auditor.estate.graph import Estate
from auditor.model.need import Member, Need
from auditor.model.resource import Resource
from auditor.model.section import Note, Table
from auditor.model.workload import Criticality, Vendor
from tests.analyses.estates import estate, server, workload
from tests.analyses.redundancy import SEOUL, TOKYO, fact, found, kinds, needs, pair, shop, thing, zonal

SURE, POSSIBLE, PRIOR = Certainty.SURE, Certainty.POSSIBLE, Certainty.PRIOR


@pytest.mark.parametrize(("zone", "expected"), [("apne2-az1", [(Sort.ZONE, SURE)]), ("apne2-az2", [])])
def test_replicas_in_one_zone(zone: str, expected: list[tuple[Sort, Certainty]]) -> None:
    """Two machines in one zone go with it; in two zones of one region they are what they claim to be."""
    assert kinds(pair(zonal("a", "apne2-az1"), zonal("b", zone))) == expected


def test_replicas_whose_zone_nobody_knows_may_share_it() -> None:
    """The zone is the fact that would tell."""
    (one,) = found(pair(zonal("a", "apne2-az1"), zonal("b", None)))
    assert (one.sort, one.certainty, one.shared) == (Sort.ZONE, POSSIBLE, ("zone:aws/apne2-az1",))
    assert one.unknown == ("zone",)


def test_more_members_in_a_zone_than_may_be_lost() -> None:
    """Two of three are needed and two stand in one zone: the third does not save it."""
    machines = (zonal("a", "apne2-az1"), zonal("b", "apne2-az1"), zonal("c", "apne2-az2"))
    members = tuple(Member(ref=each.id) for each in machines)

    def of(needed: int) -> list[tuple[Sort, Certainty]]:
        need = Need(role="site", members=members, k=(needed, needed))
        return kinds(estate(*machines, workloads=(workload("shop", need),)))

    assert of(2) == [(Sort.ZONE, SURE)]
    assert of(1) == []


def test_two_zones_behind_one_nat_gateway() -> None:
    """The gateway stands in one zone, and the way there is told step by step; a gateway in each is sound."""
    nat = "aws.ec2.natgateway"
    one = zonal("nat-1", "apne2-az1", kind=nat)
    shared = pair(zonal("a", "apne2-az1", "nat-1"), zonal("b", "apne2-az2", "nat-1"), one)
    (told,) = found(shared)
    assert (told.sort, told.certainty, told.shared) == (Sort.NAT, SURE, ("zone:aws/apne2-az1",))
    assert told.claim.survives is Claimed.ZONE
    assert told.through == ("nat-1",)
    steps = [[(link.node, link.on, link.evidence) for link in way] for way in told.because]
    assert ("b", "nat-1", "configured") in steps[1]
    own = zonal("nat-2", "apne2-az2", kind=nat)
    assert not kinds(pair(zonal("a", "apne2-az1", "nat-1"), zonal("b", "apne2-az2", "nat-2"), one, own))


def test_a_zone_of_another_region_is_not_held_against_several_zones() -> None:
    """Three zones of Seoul never claimed to do without a database in Tokyo."""
    far = zonal("far", "apne1-az1", kind="aws.rds.instance")
    far = replace(far, placement=replace(far.placement, region=TOKYO))
    assert not kinds(pair(zonal("a", "apne2-az1", "far"), zonal("b", "apne2-az2", "far"), far))


def test_what_falls_with_another_redundancy_is_told_once() -> None:
    """The front falls only because the pool behind it does: the pool is told, for both workloads."""
    behind = (Member(ref="c"), Member(ref="d"))
    pool = replace(thing("pool"), needs=(Need(role="targets", members=behind),))
    machines = [zonal(name, "apne2-az1") for name in "cd"]
    fronts = [zonal(name, zone, "pool") for name, zone in (("a", "apne2-az1"), ("b", "apne2-az2"))]
    (told,) = found(pair(fronts[0], fronts[1], pool, *machines))
    assert (told.claim.owners, told.workloads) == (("pool",), ("shop",))


def test_what_the_region_shares_is_not_held_against_several_zones() -> None:
    """Zones were claimed, not regions: one regional key, queue or resolver for all of them is honest."""
    key = thing("key", kind="aws.kms.key")
    assert not kinds(pair(zonal("a", "apne2-az1", "key"), zonal("b", "apne2-az2", "key"), key))


@pytest.mark.parametrize(("region", "expected"), [(SEOUL, [(Sort.REGION, SURE)]), (TOKYO, [])])
def test_a_standby_in_the_region_of_its_primary(region: str, expected: list[tuple[Sort, Certainty]]) -> None:
    """Who writes down a standby that is switched to means another region."""
    standby = Member(ref="b", delay=(2, 3), via=("service:aws/global/route53",))
    of = pair(thing("a"), thing("b", region=region), standby=standby)
    assert kinds(of) == expected


SHARED = [
    ("aws.kms.key", Sort.KEY),
    ("azure.keyvault.vaults", Sort.KEY),
    ("aws.ecr.repository", Sort.REGISTRY),
    ("aws.route53resolver.endpoint", Sort.DNS),
    ("azure.managedidentity.userassignedidentities", Sort.IDENTITY),
    ("aws.rds.instance", Sort.RESOURCE),
]


@pytest.mark.parametrize(("kind", "sort"), SHARED)
def test_a_standby_elsewhere_that_needs_what_is_here(kind: str, sort: Sort) -> None:
    """One key, registry, resolver, identity or database for two regions ends both; one in each does not."""
    standby = Member(ref="b", delay=(2, 3))
    here, there = thing("here", kind=kind), thing("there", kind=kind, region=TOKYO)
    first, second = thing("a", "here"), thing("b", "here", region=TOKYO)
    (told,) = found(pair(first, second, here, standby=standby))
    assert (told.sort, told.certainty, told.shared) == (sort, SURE, ("here",))
    assert any(name.startswith("region:") for name in told.broader)
    assert told.workloads == ("shop",)
    assert told.claim.standby == ("b",)
    assert not kinds(pair(first, thing("b", "there", region=TOKYO), here, there, standby=standby))


def test_a_key_that_is_not_in_the_inventory_is_known_by_its_id() -> None:
    """Its ARN tells what it is and where."""
    arn = "arn:aws:kms:ap-northeast-2:123456789012:key/1"
    (told,) = found(pair(thing("a", arn), thing("b", arn, region=TOKYO)))
    assert (told.sort, told.shared) == (Sort.KEY, (arn,))


def test_a_service_of_one_region_that_both_need() -> None:
    """A domain stated as a need is told as itself, not as the region around it."""
    kms = "service:aws/ap-northeast-2/kms"
    (told,) = found(pair(thing("a", kms), thing("b", kms, region=TOKYO)))
    assert (told.sort, told.shared) == (Sort.KEY, (kms,))
    assert told.broader == ("region:aws/ap-northeast-2",)


def test_one_thing_on_premises_behind_two_clouds() -> None:
    """What no domain tells of is tried as itself."""
    one = thing("hsm", kind="onprem.appliance", region=None)
    cloud = thing("b", "hsm", kind="azure.web.sites", region="japaneast")
    (told,) = found(pair(thing("a", "hsm"), cloud, one))
    assert (told.sort, told.shared, told.claim.survives) == (Sort.RESOURCE, ("hsm",), Claimed.PROVIDER)


@pytest.mark.parametrize(("region", "expected"), [(SEOUL, [(Sort.CONTROL_PLANE, SURE)]), (TOKYO, [])])
def test_a_failover_that_needs_the_control_plane_the_outage_takes(
    region: str, expected: list[tuple[Sort, Certainty]]
) -> None:
    """Promoting the copy of Tokyo through Seoul fails exactly when Seoul does."""
    standby = Member(ref="b", delay=(60, 240), manual=True, via=(f"control-plane:aws/{region}/rds",))
    assert kinds(pair(thing("a"), thing("b", region=TOKYO), standby=standby)) == expected


@pytest.mark.parametrize(("home", "expected"), [("us-east-1", [(Sort.CONTROL_PLANE, POSSIBLE)]), (SEOUL, [])])
def test_a_failover_by_a_control_plane_at_home_with_the_primary(
    home: str, expected: list[tuple[Sort, Certainty]]
) -> None:
    """Records of Route 53 are changed in Virginia: known from papers, so possible, with the source."""
    standby = Member(ref="b", delay=(5, 9), manual=True, via=("control-plane:aws/route53",))
    told = found(pair(thing("a", region=home), thing("b", region="us-west-2"), standby=standby))
    assert [(each.sort, each.certainty) for each in told] == expected
    assert all(each.sources and each.shared == ("region:aws/us-east-1",) for each in told)


EMPTY = {
    "off": (thing("b", region=TOKYO, state="stopped"), False, [(Sort.CAPACITY, SURE)]),
    "by hand": (thing("b", region=TOKYO, state="stopped"), True, [(Sort.CAPACITY, POSSIBLE)]),
    "on": (thing("b", region=TOKYO, state="running"), False, []),
    "none": (
        thing("b", region=TOKYO, kind="aws.autoscaling.group", capacity=0),
        False,
        [(Sort.CAPACITY, SURE)],
    ),
    "some": (thing("b", region=TOKYO, kind="aws.autoscaling.group", capacity=2), False, []),
    "unread": (thing("b", region=TOKYO, kind="aws.autoscaling.group"), False, [(Sort.CAPACITY, POSSIBLE)]),
}


@pytest.mark.parametrize("case", EMPTY)
def test_a_standby_with_no_capacity(case: str) -> None:
    """Stopped or of none it is no spare; what people may start first, or nobody could read, is possible."""
    second, manual, expected = EMPTY[case]
    standby = Member(ref="b", delay=(60, 90), manual=manual)
    assert kinds(pair(thing("a"), second, standby=standby)) == expected


def test_a_standby_balancer_before_no_targets() -> None:
    """What runs nothing is found behind what fails over, and a third member with capacity saves the claim."""
    empty = thing("pool", kind="aws.elbv2.targetgroup", region=TOKYO, capacity=0)
    second = thing("b", "pool", region=TOKYO)
    standby = Member(ref="b", delay=(2, 3))
    (told,) = found(pair(thing("a"), second, empty, standby=standby))
    assert (told.sort, told.shared) == (Sort.CAPACITY, ("pool",))
    assert told.why == "b has no capacity: pool runs nothing"
    third = thing("c", region=TOKYO)
    more = shop(thing("a"), second, empty, third, any_of=(Member(ref="a"), standby, Member(ref="c")))
    assert kinds(more) == []


@pytest.mark.parametrize(("region", "expected"), [("koreacentral", [(Sort.METRO, PRIOR)]), ("japaneast", [])])
def test_two_clouds_in_one_metro(region: str, expected: list[tuple[Sort, Certainty]]) -> None:
    """Standing in one city is told as a prior: nothing takes both, yet much may."""
    assert kinds(pair(thing("a"), thing("b", kind="azure.web.sites", region=region))) == expected


@pytest.mark.parametrize(
    ("host", "expected"), [("region:aws/ap-northeast-2", [(Sort.CLOUD, SURE)]), (None, [])]
)
def test_two_vendors_on_one_cloud(host: str | None, expected: list[tuple[Sort, Certainty]]) -> None:
    """Either vendor would do, and one region holds both up."""
    vendors = (
        Vendor(name="one", hosted_on=("region:aws/ap-northeast-2",)),
        Vendor(name="two", hosted_on=(host,) if host else ("region:azure/japaneast",)),
    )
    of = shop(any_of=(Member(ref="vendor:one"), Member(ref="vendor:two")), vendors=vendors)
    assert kinds(of) == expected


def windows(name: str, kind: str, agent: str) -> Resource:
    facts = (fact("os", "windows"), fact("agent.falcon", agent))
    region = "koreacentral" if kind.startswith("azure") else SEOUL
    return server(name, kind=kind, region=region, zone=None, facts=facts)


@pytest.mark.parametrize(
    ("agent", "expected"), [("7.11", [(Sort.AGENT, SURE)]), ("none", []), ("", [])], ids=str
)
def test_all_windows_of_both_clouds_on_one_channel(
    agent: str, expected: list[tuple[Sort, Certainty]]
) -> None:
    """Every machine of one system at two providers takes one maker's updates; one without it, not."""
    machines = (
        windows("a", "aws.ec2.instance", "7.10"),
        windows("b", "azure.compute.virtualmachines", agent),
        server("c", facts=(fact("os", "linux"),)),
    )
    of = estate(*machines, workloads=(workload("shop", *needs("a", "b")),))
    told = found(of)
    assert [(each.sort, each.certainty) for each in told] == expected
    assert all(each.claim.member_count == 2 and each.workloads == ("shop",) for each in told)


def test_two_regions_under_one_agent() -> None:
    """A bad update takes both members; with the agent on one of them it does not."""

    def of(second: str) -> list[tuple[Sort, Certainty]]:
        one = server("a", zone=None, facts=(fact("agent.falcon", "7"),))
        two = server("b", zone=None, region=TOKYO, facts=(fact("agent.falcon", second),))
        return kinds(pair(one, two))

    assert of("7") == [(Sort.AGENT, SURE)]
    assert of("none") == []


def test_machines_that_look_alike_are_a_claim_too() -> None:
    """Nobody stated it: machines of one image over two zones that hang on one disk in the first."""
    image = (fact("image", "ami-1"),)
    disk = zonal("disk", "apne2-az1", kind="aws.ec2.volume")
    machines = [
        server(name, zone=zone, workload="shop", facts=image)
        for name, zone in (("a", "apne2-az1"), ("b", "apne2-az2"))
    ]
    of = estate(*(each_with(machine, "disk") for machine in machines), disk)
    (told,) = found(of)
    assert (told.sort, told.claim.roles, told.claim.evidence) == (Sort.ZONE, ("replicas",), "inferred")


def each_with(machine: Resource, *refs: str) -> Resource:
    return Resource(
        id=machine.id,
        kind=machine.kind,
        name=machine.name,
        placement=machine.placement,
        facts=machine.facts,
        tags=machine.tags,
        needs=needs(*refs),
    )


def test_the_page_tells_a_shared_thing_once_and_the_summary_only_what_is_sure() -> None:
    """Two workloads on one pair share a row; a mere prior is no word in the summary."""
    here = thing("here", kind="aws.kms.key")
    members = (Member(ref="a"), Member(ref="b"))
    needed = [
        workload(name, Need(role="site", members=(*members, *more)))
        for name, more in (("shop", ()), ("bank", (Member(ref="c"),)))
    ]
    first, second, third = (thing(name, "here", region=region) for name, region in PLACES)
    (page,) = sections(measure(estate(first, second, third, here, workloads=tuple(needed)), {}))
    (table,) = (block for block in page.blocks if isinstance(block, Table))
    ((shared, kind, _, sure, *_, workloads),) = table.rows
    assert (shared.text, kind.text, sure.text) == ("here", "key", "sure")
    assert workloads.text == "shop, bank"
    assert page.brief
    near = pair(thing("a"), thing("b", kind="azure.web.sites", region="koreacentral"))
    assert [each.brief for each in sections(measure(near, {}))] == [()]
    assert sections(measure(estate(), {})) == ()


PLACES = (("a", SEOUL), ("b", TOKYO), ("c", "us-west-2"))


def test_outages_that_took_what_is_shared_are_named() -> None:
    """The precedent of a domain is the catalogue's."""
    resolver = "service:aws/ap-northeast-2/vpc-resolver"
    (told,) = found(pair(thing("a", resolver), thing("b", resolver, region=TOKYO)))
    assert told.sort is Sort.DNS
    assert "aws-2018-11-22-ap-northeast-2-dns" in told.outages


def test_the_way_to_what_is_shared_is_told_in_short_names() -> None:
    """Long ids are cut to their last part, domains are not, and the weakest step says how it is known."""
    arn = "arn:aws:kms:ap-northeast-2:123456789012:key/k-1"
    (page,) = sections(measure(pair(thing("a", arn), thing("b", arn, region=TOKYO)), {}))
    (table,) = (block for block in page.blocks if isinstance(block, Table))
    assert table.rows[0][4].detail == "a > k-1 (configured); b > k-1 (configured)"


def databases(count: int) -> Estate:
    """Return shops over two zones, each of which hangs on its own database in the first; and one standby."""
    resources: list[Resource] = []
    declared = []
    for at in range(count):
        db = zonal(f"db-{at:02}", "apne2-az1", kind="aws.rds.instance")
        machines = [zonal(f"{name}-{at:02}", f"apne2-az{zone}", db.id) for zone, name in ((1, "a"), (2, "b"))]
        resources += [db, *machines]
        weight = Criticality.CRITICAL if at == 1 else Criticality.MEDIUM
        site = Need(role="site", members=tuple(Member(ref=each.id) for each in machines))
        declared.append(workload(f"shop-{at:02}", site, criticality=weight))
    spare = [thing("x"), thing("y", region=TOKYO, state="stopped")]
    cold = Need(role="site", members=(Member(ref="x"), Member(ref="y", delay=(2, 3))))
    return estate(*resources, *spare, workloads=(*declared, workload("cold", cold)))


def test_many_findings_of_one_kind_are_told_in_one_row() -> None:
    """One row says how many and what ends them, the heaviest are told after, the summary tells kinds."""
    page_of = {count: sections(measure(databases(count), {}))[0] for count in (2, 20)}
    assert [
        len([block for block in page.blocks if isinstance(block, Table)]) for page in page_of.values()
    ] == [1, 2]
    kinds_, heaviest = (block for block in page_of[20].blocks if isinstance(block, Table))
    assert [[cell.text for cell in row] for row in kinds_.rows] == [
        [
            "20",
            "over several zones",
            "one zone: all need one rds instance in it",
            "sure",
            "a-01 (apne2-az1), b-01 (apne2-az2)",
            "20: shop-01, shop-00, shop-02 and 17 more",
        ],
        [
            "1",
            "over several regions",
            "the spare ones run nothing",
            "sure",
            "x (ap-northeast-2), y (ap-northeast-1, standby)",
            "cold",
        ],
    ]
    assert heaviest.rows[0][-1].text == "shop-01"
    assert heaviest.caption == "The heaviest; 13 more are in the JSON."
    (note,) = page_of[20].brief
    assert isinstance(note, Note)
    assert note.lines == (
        (
            "20 redundancies, over several zones: one zone: all need one rds instance in it. "
            "Heaviest: a-01 (apne2-az1), b-01 (apne2-az2)."
        ),
        "1 of 2 over several regions: x (ap-northeast-2), y (ap-northeast-1, standby): y runs nothing now.",
    )
