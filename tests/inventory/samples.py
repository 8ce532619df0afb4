"""Inventories to test with: one of everything, and any that hypothesis thinks of."""

from __future__ import annotations

from hypothesis import strategies as st

from auditor.inventory import Inventory, InventoryBuilder
from auditor.model.evidence import Evidence, Fact
from auditor.model.gap import Gap, GapReason
from auditor.model.need import Member, Need
from auditor.model.resource import Placement, Resource, Zone
from auditor.model.workload import Criticality, Fleet, Join, Substitutability, Vendor, Workload

TAKEN_AT = "2026-05-01T00:00:00Z"

WEB = Resource(
    id="arn:aws:ec2:ap-northeast-2:111111111111:instance/i-1",
    kind="aws.ec2.instance",
    name="web-1",
    placement=Placement(
        provider="aws", account="111111111111", region="ap-northeast-2", zones=("apne2-az1",)
    ),
    facts=(
        Fact(name="disk.skus", value=("gp3", "io2"), evidence=Evidence.CONFIGURED, origin="DescribeVolumes"),
        Fact(name="host", value=True, evidence=Evidence.ASSUMED),
        Fact(name="monthly_cost", value=12.5, evidence=Evidence.INFERRED),
        Fact(name="os", value="linux", evidence=Evidence.CONFIGURED),
    ),
    tags=(("App", "shop"), ("이름", "웹")),
    aliases=("10.0.0.7", "i-1"),
    needs=(
        Need(role="subnet", members=(Member(ref="subnet-1"),)),
        Need(
            role="database",
            members=(
                Member(ref="db-seoul"),
                Member(
                    ref="db-tokyo",
                    delay=(60.0, 240.0),
                    manual=True,
                    via=("control-plane:aws/ap-northeast-1/rds",),
                    loss=None,
                    assumed=True,
                    tested_on="2026-01-31",
                ),
            ),
            evidence=Evidence.DECLARED,
            origin="auditor.toml",
            quorum=True,
            unknown="multi_az",
        ),
    ),
)

DISK = Resource(
    id="/subscriptions/s/disks/d",
    kind="azure.compute.disks",
    name="d",
    placement=Placement(provider="azure", account="s", region="koreacentral", zones=None),
    facts=(Fact(name="disk.sku", value="Premium_LRS", evidence=Evidence.CONFIGURED),),
)

BARE = Resource(id="declared:box", kind="onprem.server", name="box", placement=Placement(provider="onprem"))


def one_of_everything() -> Inventory:
    """Return a small inventory in which every field of every type is used."""
    builder = InventoryBuilder(TAKEN_AT)
    builder.add([WEB, DISK], source="aws")
    builder.add([BARE], source="manifest")
    builder.add_zones([Zone(provider="aws", region="ap-northeast-2", zone="apne2-az1")])
    builder.add_gaps([Gap(provider="aws", reason=GapReason.DENIED, operation="rds:DescribeDBInstances")])
    needs = (Need(role="declared", members=(Member(ref="db", loss=None),), evidence=Evidence.DECLARED),)
    builder.declare(
        workloads=(
            Workload(
                name="shop",
                criticality=Criticality.CRITICAL,
                revenue_per_hour=1e6,
                currency="KRW",
                joins=(Join(tags=(("app", "shop"),)),),
                needs=needs,
            ),
        ),
        vendors=(Vendor(name="navitaire", substitutability=Substitutability.HARD, needs=needs),),
        fleets=(Fleet(name="f", join=Join(names=("web-*",)), facts=(("host", True), ("cidrs", ("a", "b")))),),
        settled=(("vendor", "we buy none"),),
    )
    return builder.build()


_words = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
_ids = st.text(st.sampled_from("abcé/:"), min_size=1, max_size=4)
_evidence = st.sampled_from(Evidence)
_minutes = st.tuples(st.floats(0, 1e6), st.floats(0, 1e6))
_members = st.builds(
    Member,
    ref=_words,
    delay=_minutes,
    manual=st.booleans(),
    via=st.lists(_words, max_size=2).map(tuple),
    loss=st.none() | _minutes,
    assumed=st.booleans(),
    tested_on=st.none() | _words,
    unknown=st.none() | _words,
)
_needs = st.builds(
    Need,
    role=_words,
    members=st.lists(_members, min_size=1, max_size=3).map(tuple),
    k=st.sampled_from([(1, 1), (1, 2), (2, 2)]),
    evidence=_evidence,
    origin=_words,
    quorum=st.booleans(),
    unknown=st.none() | _words,
)
_values = (
    _words
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
    | st.lists(_words).map(tuple)
)
_facts = st.builds(Fact, name=_words, value=_values, evidence=_evidence, origin=_words)
resources = st.builds(
    Resource,
    id=_ids,
    kind=_words,
    name=_words,
    placement=st.builds(
        Placement,
        provider=_words,
        account=st.none() | _words,
        region=st.none() | _words,
        zones=st.none() | st.lists(_words, max_size=2).map(tuple),
    ),
    facts=st.lists(_facts, max_size=3, unique_by=lambda fact: fact.name).map(
        lambda facts: tuple(sorted(facts, key=lambda fact: fact.name))
    ),
    tags=st.lists(st.tuples(_words, _words), max_size=2, unique=True).map(lambda tags: tuple(sorted(tags))),
    aliases=st.lists(_words.map(str.lower), max_size=2, unique=True).map(lambda names: tuple(sorted(names))),
    needs=st.lists(_needs, max_size=2).map(tuple),
)


def built(values: list[Resource], *, source: str = "test") -> Inventory:
    """Return the inventory of some resources."""
    builder = InventoryBuilder(TAKEN_AT)
    builder.add(values, source=source)
    return builder.build()
