"""Copies that hang on a key, registry, identity or gateway elsewhere, beside ones that are sound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.analyses._redundancy.found import Certainty, Sort
from auditor.estate.graph import Estate
from auditor.model.evidence import Evidence, Fact, FactValue
from auditor.model.need import Member, Need
from auditor.model.resource import Resource
from tests.analyses.estates import estate, workload
from tests.analyses.redundancy import SEOUL, TOKYO, Kinds, found, kinds, needs, pair, thing, zonal

POSSIBLE = Certainty.POSSIBLE
STANDBY = Member(ref="b", delay=(2, 3))
SEOUL_REGION, OTHER = f"region:aws/{SEOUL}", "999999999999"


def key(region: str, name: str = "key/0b", account: str = "123456789012") -> str:
    return f"arn:aws:kms:{region}:{account}:{name}"


def registry(region: str, account: str = "123456789012") -> str:
    return f"{account}.dkr.ecr.{region}.amazonaws.com"


def two(primary: FactValue | None, standby: FactValue | None, name: str, *others: Resource) -> Estate:
    """Return a shop in Seoul with a standby in Tokyo, and what each states of one fact."""
    stated = [_facts(**{name: value}) if value is not None else () for value in (primary, standby)]
    first, second = replace(thing("a"), facts=stated[0]), replace(thing("b", region=TOKYO), facts=stated[1])
    return pair(first, second, *others, standby=STANDBY)


VAULT = thing("vault", kind="azure.keyvault.vaults", region="koreacentral")
KEYS = {
    "the primary's": (key(SEOUL), key(SEOUL), [(Sort.KEY, POSSIBLE)]),
    "only of the standby": (None, key(SEOUL), [(Sort.KEY, POSSIBLE)]),
    "another one there": (key(SEOUL), key(SEOUL, "key/1c"), [(Sort.KEY, POSSIBLE)]),
    "its own": (key(SEOUL), key(TOKYO), []),
    "none": (key(SEOUL), None, []),
    "one in many regions": (key(SEOUL, "key/mrk-1"), key(TOKYO, "key/mrk-1"), []),
    "one in many regions, by its first name": (key(SEOUL, "key/mrk-1"), key(SEOUL, "key/mrk-1"), []),
    "the primary's in Tokyo": (key(TOKYO), key(TOKYO), [(Sort.KEY, POSSIBLE)]),
}


@pytest.mark.parametrize("case", KEYS)
def test_a_standby_encrypted_by_a_key_that_stands_with_the_primary(case: str) -> None:
    """A key of the standby's own region is sound, and so is one with a twin in every region."""
    primary, standby, expected = KEYS[case]
    assert kinds(two(primary, standby, "encryption_key")) == expected


def test_what_the_key_would_stop_is_told_step_by_step() -> None:
    """The place, the key, who uses it and how that is known; nothing that runs is said to stop."""
    disk = replace(
        thing("disk", kind="aws.ec2.volume", region=TOKYO), facts=_facts(encryption_key=key(SEOUL))
    )
    (told,) = found(pair(thing("a"), thing("b", "disk", region=TOKYO), disk, standby=STANDBY))
    assert (told.shared, told.broader) == ((key(SEOUL),), (SEOUL_REGION,))
    assert told.why == f"0b stands in {SEOUL_REGION}: with it lost b could not start, restart or take over"
    steps = [(link.node, link.on, link.role, link.evidence, link.origin) for link in told.because[0]]
    assert steps == [
        ("b", "disk", "uses", "configured", "api:Call"),
        ("disk", key(SEOUL), "encryption_key", "configured", "ec2:DescribeVolumes"),
    ]
    assert told.workloads == ("shop",)


def _facts(**values: FactValue) -> tuple[Fact, ...]:
    return tuple(
        Fact(name=name, value=value, evidence=Evidence.CONFIGURED, origin="ec2:DescribeVolumes")
        for name, value in values.items()
    )


def test_a_third_copy_with_a_key_of_its_own_saves_the_claim() -> None:
    """One of three is needed: two that hang on Seoul do not make it false."""
    members = tuple(Member(ref=name) for name in "abc")
    copies = [
        thing(name, region=region, encryption_key=key(of))
        for name, region, of in (("a", SEOUL, SEOUL), ("b", TOKYO, SEOUL), ("c", "us-west-2", "us-west-2"))
    ]

    def of(needed: int) -> Kinds:
        return kinds(
            estate(
                *copies, workloads=(workload("shop", Need(role="site", members=members, k=(needed, needed))),)
            )
        )

    assert of(1) == []
    assert of(2) == [(Sort.KEY, POSSIBLE)]


def test_zones_never_claimed_to_survive_their_region() -> None:
    """One key of the region for machines in several of its zones is honest, and so is one registry."""
    facts = _facts(encryption_key=key(SEOUL), image_registry=(registry(SEOUL),))
    machines = [zonal(name, zone) for name, zone in (("a", "apne2-az1"), ("b", "apne2-az2"))]
    assert not kinds(pair(*(replace(each, facts=(*each.facts, *facts)) for each in machines)))


VAULTS = {
    "in the primary's region": ("koreacentral", [(Sort.KEY, POSSIBLE)]),
    "in the standby's region": ("japaneast", [(Sort.KEY, POSSIBLE)]),
    "elsewhere": ("westus3", [(Sort.KEY, POSSIBLE)]),
    "not seen": (None, [(Sort.KEY, POSSIBLE)]),
}


@pytest.mark.parametrize("case", VAULTS)
def test_two_regions_that_share_one_key_vault(case: str) -> None:
    """Wherever one vault stands, one of the two loses it with a region; two vaults are sound."""
    region, expected = VAULTS[case]
    alias = ("keys.vault.azure.net",)
    seen = (
        [replace(VAULT, aliases=alias, placement=replace(VAULT.placement, region=region))] if region else []
    )
    kind, mine = "azure.sql.servers", "https://keys.vault.azure.net/keys/shop"

    def of(second: str) -> Estate:
        first = thing("a", kind=kind, region="koreacentral", encryption_key=mine)
        return pair(
            first, thing("b", kind=kind, region="japaneast", encryption_key=second), *seen, standby=STANDBY
        )

    told = found(of(mine))
    assert [(each.sort, each.certainty) for each in told] == expected
    assert all(each.sources for each in told)
    other = replace(
        VAULT,
        id="there",
        aliases=("there.vault.azure.net",),
        placement=replace(VAULT.placement, region="japaneast"),
    )
    sound = thing(
        "b", kind=kind, region="japaneast", encryption_key="https://there.vault.azure.net/keys/shop"
    )
    first = thing("a", kind=kind, region="koreacentral", encryption_key=mine)
    home = replace(VAULT, aliases=alias)
    assert not kinds(pair(first, sound, home, other, standby=STANDBY))


HUB = "ghcr.io"
REGISTRIES = {
    "the primary's": (registry(SEOUL), registry(SEOUL), [(Sort.REGISTRY, POSSIBLE)]),
    "its own": (registry(SEOUL), registry(TOKYO), []),
    "one for all": (HUB, HUB, [(Sort.REGISTRY, POSSIBLE)]),
    "two public ones": (HUB, "docker.io", []),
    "of the primary alone": (HUB, None, []),
}


@pytest.mark.parametrize("case", REGISTRIES)
def test_images_of_the_standby_that_are_pulled_from_the_primarys_region(case: str) -> None:
    """A registry in each region is sound; one without a region is one for both."""
    primary, standby, expected = REGISTRIES[case]
    hosts = [(each,) if each else None for each in (primary, standby)]
    assert kinds(two(hosts[0], hosts[1], "image_registry")) == expected


@pytest.mark.parametrize(("copies", "expected"), [(True, []), (False, [(Sort.REGISTRY, POSSIBLE)])])
def test_a_registry_with_a_copy_in_another_region_is_sound(*, copies: bool, expected: Kinds) -> None:
    """Its one name answers from wherever a copy is."""
    id_ = "/subscriptions/s/resourcegroups/g/providers/microsoft.containerregistry/registries/shop"
    kind = "azure.containerregistry.registries"
    one = replace(thing(id_, kind=kind, region="koreacentral"), aliases=("shop.azurecr.io",))
    copy = thing(f"{id_}/replications/japaneast", kind=f"{kind}.replications", region="japaneast")
    first, second = (
        thing(name, kind="azure.app.containerapps", region=region, image_registry=("shop.azurecr.io",))
        for name, region in (("a", "koreacentral"), ("b", "japaneast"))
    )
    assert kinds(pair(first, second, one, *([copy] if copies else []), standby=STANDBY)) == expected


def test_a_cloud_that_pulls_from_the_other_one() -> None:
    """Two providers claim to survive one: a registry of the first for both does not."""
    first = thing("a", image_registry=(registry("us-east-1"),))

    def of(host: str) -> Kinds:
        return kinds(
            pair(first, thing("b", kind="azure.web.sites", region="japaneast", image_registry=(host,)))
        )

    assert of(registry("us-east-1")) == [(Sort.REGISTRY, POSSIBLE)]
    assert of("mcr.microsoft.com") == []


@pytest.mark.parametrize(("owner", "expected"), [("123456789012", [(Sort.KEY, POSSIBLE)]), (OTHER, [])])
def test_a_key_of_the_primarys_account(owner: str, expected: Kinds) -> None:
    """Copies in two accounts claim to survive one; a key of the standby's own account is sound."""
    first = thing("a", encryption_key=key(SEOUL))
    second = thing("b", region=TOKYO, encryption_key=key(TOKYO, account=owner))
    second = replace(second, placement=replace(second.placement, account=OTHER))
    assert kinds(pair(first, second, standby=STANDBY)) == expected


IDENTITY = "/subscriptions/s/resourcegroups/g/providers/microsoft.managedidentity/userassignedidentities/web"


@pytest.mark.parametrize(
    ("region", "expected"), [("koreacentral", [(Sort.IDENTITY, POSSIBLE)]), ("japaneast", [])]
)
def test_an_identity_that_stands_in_the_primarys_region(region: str, expected: Kinds) -> None:
    """A managed identity is issued everywhere and changed in its region: machines to come cannot get it."""
    id_ = thing(IDENTITY, kind="azure.managedidentity.userassignedidentities", region=region)
    kind = "azure.compute.virtualmachinescalesets"
    second = thing("b", kind=kind, region="japaneast", capacity=2, identity=(IDENTITY,))
    told = found(pair(thing("a", kind=kind, region="koreacentral", capacity=2), second, id_, standby=STANDBY))
    assert [(each.sort, each.certainty) for each in told] == expected
    assert all(each.sources and each.why.endswith("though what runs goes on") for each in told)


def test_a_role_of_iam_is_everywhere() -> None:
    """One role for two regions shares no fate: it is answered for in each of them."""
    role = ("arn:aws:iam::123456789012:role/shop",)
    assert not kinds(two(role, role, "identity"))


def subnet(name: str, zone: str, **facts: FactValue) -> Resource:
    made = zonal(name, zone, kind="aws.ec2.subnet")
    return replace(made, facts=_facts(**facts), aliases=(name,))


NAT = "arn:aws:ec2:ap-northeast-2:123456789012:natgateway/nat-1"


def exits(first: str, second: str, *others: Resource) -> tuple[Resource, ...]:
    """Return two private subnets, those of the gateways they leave through, and what else there is."""
    public = [subnet(f"public-{at}", f"apne2-az{at}") for at in (1, 2)]
    private = [
        subnet(name, zone, egress=(f"{NAT}-{of}",), **{"egress.subnets": (of,)})
        for name, zone, of in (("inner-1", "apne2-az1", first), ("inner-2", "apne2-az2", second))
    ]
    return (*public, *private, *others)


def _in_subnet(machine: Resource, *subnets: str) -> Resource:
    return replace(machine, needs=(*machine.needs, *needs(*subnets, role="subnet")))


@pytest.mark.parametrize(("second", "expected"), [("public-1", [(Sort.NAT, POSSIBLE)]), ("public-2", [])])
def test_machines_in_two_zones_that_leave_through_one(second: str, expected: Kinds) -> None:
    """With the gateway's zone the machine in the other one reaches nothing; a gateway in each is sound."""
    machines = [_in_subnet(zonal(name, f"apne2-az{at}"), f"inner-{at}") for at, name in ((1, "a"), (2, "b"))]
    told = found(pair(machines[0], machines[1], *exits("public-1", second)))
    assert [(each.sort, each.certainty) for each in told] == expected
    for each in told:
        assert (each.shared, each.broader) == ((f"{NAT}-public-1",), ("zone:aws/apne2-az1",))
        assert [(link.node, link.role) for link in each.because[0]] == [
            ("b", "subnet"),
            ("inner-2", "egress"),
        ]
        assert each.why.endswith("with it lost b would run and reach nothing outside")


def test_what_only_answers_does_not_mind_the_way_out() -> None:
    """A balancer or database in those subnets reaches nobody: only programs of yours do."""
    members = [
        _in_subnet(zonal(name, f"apne2-az{at}", kind="aws.rds.instance"), f"inner-{at}")
        for at, name in ((1, "a"), (2, "b"))
    ]
    members = [replace(each, facts=()) for each in members]
    assert not kinds(pair(members[0], members[1], *exits("public-1", "public-1")))


@pytest.mark.parametrize(
    ("kind", "expected"), [("aws.ecs.service", [(Sort.NAT, POSSIBLE)]), ("aws.elbv2.loadbalancer", [])]
)
def test_a_service_spread_over_subnets_that_leave_through_one_zone(kind: str, expected: Kinds) -> None:
    """Its redundancy is that of its subnets; a balancer over the same subnets is sound."""
    spread = Need(role="subnet", members=(Member(ref="inner-1"), Member(ref="inner-2")))
    service = replace(thing("service", kind=kind, capacity=2), needs=(spread,))
    everything = exits("public-1", "public-1", service)
    assert kinds(estate(*everything, workloads=(workload("shop", *needs("service")),))) == expected


def test_a_gateway_whose_zone_nobody_knows_takes_nothing() -> None:
    """A regional gateway stands in no subnet, and one that was not seen says nothing."""
    private = [subnet(f"inner-{at}", f"apne2-az{at}", egress=(f"{NAT}-regional",)) for at in (1, 2)]
    machines = [_in_subnet(zonal(name, f"apne2-az{at}"), f"inner-{at}") for at, name in ((1, "a"), (2, "b"))]
    assert not kinds(pair(machines[0], machines[1], *private))


def test_the_claim_beneath_is_told_and_not_every_one_above() -> None:
    """The front falls only because the pool behind it does: the pool is told, for the workload of both."""
    below = (Member(ref="c"), Member(ref="d"))
    pool = replace(thing("pool", region="global"), needs=(Need(role="targets", members=below),))
    copies = [thing("c", encryption_key=key(SEOUL)), thing("d", region=TOKYO, encryption_key=key(SEOUL))]
    fronts = [thing("a", "pool"), thing("b", "pool", region=TOKYO)]
    told = [each for each in found(pair(fronts[0], fronts[1], pool, *copies)) if each.sort is Sort.KEY]
    assert [(each.claim.owners, each.workloads) for each in told] == [(("pool",), ("shop",))]


def test_no_value_of_these_facts_is_a_need() -> None:
    """Survival reads needs only, so the plan is the same with them and without."""
    with_, without = (two(value, value, "encryption_key") for value in (key(SEOUL), None))
    assert (with_.worst.plan.member == without.worst.plan.member).all()
    assert with_.names == without.names
