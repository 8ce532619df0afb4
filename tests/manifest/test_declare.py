"""Declarations laid over an inventory: what they add, what they override, and that they come off again."""

from __future__ import annotations

import pytest

from auditor.config import Settings, parse_settings
from auditor.connectors.manifest import declare
from auditor.inventory import Inventory, InventoryBuilder, empty, same
from auditor.model.evidence import Evidence, Fact
from auditor.model.gap import Gap, GapReason
from auditor.model.need import Member, Need
from auditor.model.resource import Placement, Resource

TAKEN_AT = "2026-05-01T00:00:00Z"

EVERYTHING = """
[[workloads]]
name = "shop"
match = { tags = { app = "shop" } }
needs = ["web-1", { any = ["main-db", { ref = "db-tokyo", manual = true }] }]

[[vendors]]
name = "navitaire"
hosted_on = ["region:azure/centralus"]

[[resources]]
name = "db-tokyo"
kind = "onprem.server"
facts = { os = "linux" }

[[resources]]
name = "main-db"
id = "db-1"
kind = "aws.rds.instance"
facts = { multi_az = false }
needs = ["vendor:navitaire"]

[[fleets]]
name = "windows"
match = { names = "web-*" }
facts = { agent.crowdstrike-falcon = "7.11", os = "windows" }

[not_applicable]
vendor = "we buy none"
"""


def instance(name: str, *, tags: tuple[tuple[str, str], ...] = (), os: str | None = None) -> Resource:
    facts: tuple[Fact, ...] = (Fact(name="host", value=True, evidence=Evidence.ASSUMED),)
    if os:
        facts += (Fact(name="os", value=os, evidence=Evidence.CONFIGURED, origin="DescribeInstances"),)
    return Resource(
        id=name,
        kind="aws.ec2.instance",
        name=name,
        placement=Placement(provider="aws", account="1", region="ap-northeast-2"),
        facts=facts,
        tags=tags,
        needs=(Need(role="subnet", members=(Member(ref="subnet-1"),)),),
    )


def collected(*resources: Resource) -> Inventory:
    builder = InventoryBuilder(TAKEN_AT)
    builder.add(resources, source="aws")
    builder.add_gaps([Gap(provider="aws", service="rds", reason=GapReason.DENIED)])
    return builder.build()


DATABASE = Resource(
    id="db-1",
    kind="aws.rds.instance",
    name="prod",
    placement=Placement(provider="aws", region="ap-northeast-2"),
    facts=(Fact(name="multi_az", value=True, evidence=Evidence.CONFIGURED),),
)

COMPANY = collected(
    instance("web-1", tags=(("auditor:agent.crowdstrike-falcon", "none"), ("app", "shop")), os="linux"),
    instance("web-2", tags=(("Auditor:OS", "Windows"), ("auditor:offline_utc", "04:00-06:00 22:00-24:00"))),
    instance("web-3", tags=(("auditor:os", "beos"),)),
    DATABASE,
)


def named(inventory: Inventory, name: str) -> Resource:
    ids = inventory.resources["name"].to_list()
    return inventory.resource(ids.index(name))


def facts_of(inventory: Inventory, name: str) -> dict[str, tuple[object, Evidence]]:
    return {fact.name: (fact.value, fact.evidence) for fact in named(inventory, name).facts}


def test_declared_resource_on_an_empty_inventory() -> None:
    """A manifest alone makes an inventory, with ids, aliases and origins of its own."""
    declared = declare(empty(TAKEN_AT), parse_settings(EVERYTHING))
    tokyo = named(declared, "db-tokyo")
    assert tokyo.id == "declared:db-tokyo"
    assert tokyo.aliases == ("db-tokyo",)
    assert tokyo.placement == Placement(provider="onprem")
    assert declared.resources["source"].unique().to_list() == ["manifest"]
    assert [each.name for each in declared.workloads] == ["shop"]
    assert [each.name for each in declared.vendors] == ["navitaire"]
    assert [each.name for each in declared.fleets] == ["windows"]
    assert declared.settled == (("vendor", "we buy none"),)


def test_declared_machine_is_a_host() -> None:
    """A declared machine runs an operating system of yours unless it says otherwise."""
    declared = declare(empty(TAKEN_AT), parse_settings(EVERYTHING))
    assert facts_of(declared, "db-tokyo") == {
        "host": (True, Evidence.ASSUMED),
        "os": ("linux", Evidence.DECLARED),
    }


def test_anything_with_an_agent_is_a_host() -> None:
    """A kind of the user's own becomes a host by the software declared on it, and only then."""
    settings = parse_settings(
        """
        [[resources]]
        name = "till"
        kind = "shop.till"
        facts = { agent.crowdstrike-falcon = true }
        [[resources]]
        name = "sign"
        kind = "shop.sign"
        """
    )
    declared = declare(empty(TAKEN_AT), settings)
    assert facts_of(declared, "till")["host"] == (True, Evidence.ASSUMED)
    assert facts_of(declared, "till")["agent.crowdstrike-falcon"] == ("present", Evidence.DECLARED)
    assert facts_of(declared, "sign") == {}


def test_tags_declare_facts_even_without_settings() -> None:
    """An ``auditor:`` tag in any letter case becomes a declared fact."""
    declared = declare(COMPANY, Settings())
    assert facts_of(declared, "web-2") == {
        "host": (True, Evidence.ASSUMED),
        "offline_utc": (("04:00-06:00", "22:00-24:00"), Evidence.DECLARED),
        "os": ("windows", Evidence.DECLARED),
    }
    assert named(declared, "web-2").facts[1].origin == "tag auditor:offline_utc"


def test_a_tag_that_cannot_be_read_is_a_gap() -> None:
    """A bad tag stops nothing: it is told with what to do, and the fact stays unknown."""
    declared = declare(COMPANY, Settings())
    assert "os" not in facts_of(declared, "web-3")
    assert [gap for gap in declared.gaps if gap.service == "manifest"] == [
        Gap(
            provider="aws",
            account="1",
            region="ap-northeast-2",
            service="manifest",
            operation="tag auditor:os=beos",
            reason=GapReason.UNSUPPORTED,
            detail='must be windows, linux or macos, not "beos", on web-3 (ec2)',
            remedy="correct the tag: one of: linux, macos, windows",
        )
    ]


def test_many_bad_tags_of_one_place_are_one_gap() -> None:
    """The same mistake on a thousand machines is told once, with the count."""
    tags = (("auditor:oss", "linux"),)
    declared = declare(collected(*(instance(f"web-{n:03}", tags=tags) for n in range(100))), Settings())
    (gap,) = [gap for gap in declared.gaps if gap.service == "manifest"]
    assert gap.detail == 'there is no fact "oss", on web-000 and 99 more (ec2)'
    assert gap.remedy == 'correct the tag: did you mean "os"?'


def test_fleet_overrides_the_provider_and_a_tag_overrides_the_fleet() -> None:
    """Of what is known the most particular declaration counts."""
    declared = declare(COMPANY, parse_settings(EVERYTHING))
    assert facts_of(declared, "web-1")["os"] == ("windows", Evidence.DECLARED)
    assert facts_of(declared, "web-1")["agent.crowdstrike-falcon"] == ("none", Evidence.DECLARED)
    assert facts_of(declared, "web-2")["agent.crowdstrike-falcon"] == ("7.11", Evidence.DECLARED)
    assert named(declared, "web-2").facts[0].origin == "fleet windows"


def test_a_fleet_that_matches_nothing_is_a_gap() -> None:
    """A mistyped pattern does not pass for a declaration."""
    settings = parse_settings('[[fleets]]\nname = "f"\nmatch = { names = "wbe-*" }\nfacts = { os = "linux" }')
    declared = declare(COMPANY, settings)
    (gap,) = [gap for gap in declared.gaps if gap.operation == "fleet f"]
    assert gap.detail == "matches no resource, so its facts are on none"


def test_a_collected_resource_takes_declared_facts_and_needs() -> None:
    """Declaring what was also collected adds to it, moves it nowhere, and lets needs call it by name."""
    declared = declare(COMPANY, parse_settings(EVERYTHING))
    database = declared.resource(declared.resources["id"].to_list().index("db-1"))
    assert (database.name, database.placement) == (DATABASE.name, DATABASE.placement)
    assert database.facts[0].value is False
    assert database.needs[0].members[0].ref == "vendor:navitaire"
    assert declared.workloads[0].needs[1].members[0].ref == "db-1"


def test_tags_declared_on_a_collected_resource_are_told() -> None:
    """Nothing a user writes is dropped in silence."""
    settings = parse_settings(
        '[[resources]]\nid = "db-1"\nkind = "aws.rds.instance"\ntags = { app = "shop" }'
    )
    declared = declare(COMPANY, settings)
    (gap,) = [gap for gap in declared.gaps if gap.operation == "resource db-1"]
    assert gap.detail == "was collected, so its declared tags are not taken"


def test_twice_is_once() -> None:
    """Declaring again changes nothing."""
    settings = parse_settings(EVERYTHING)
    once = declare(COMPANY, settings)
    assert same(declare(once, settings), once)
    assert same(declare(once, Settings()), once)


def test_another_declaration_takes_the_first_away() -> None:
    """Whatever was declared before, only the last settings count, and collected facts come back."""
    other = parse_settings('[[workloads]]\nname = "other"')
    assert same(declare(declare(COMPANY, parse_settings(EVERYTHING)), other), declare(COMPANY, other))
    back = declare(declare(COMPANY, parse_settings(EVERYTHING)), other)
    assert facts_of(back, "web-1")["os"] == ("linux", Evidence.CONFIGURED)
    assert "declared:db-tokyo" not in back.resources["id"].to_list()


def test_no_settings_keep_what_a_snapshot_declared() -> None:
    """Reading a snapshot without a settings file keeps the declarations it was made with."""
    once = declare(COMPANY, parse_settings(EVERYTHING))
    kept = declare(once, Settings())
    assert [each.name for each in kept.workloads] == ["shop"]
    assert "declared:db-tokyo" in kept.resources["id"].to_list()


@pytest.mark.parametrize("evidence", [Evidence.CONFIGURED, Evidence.INFERRED, Evidence.ASSUMED])
def test_declared_beats_any_other_evidence(evidence: Evidence) -> None:
    """What the user says counts more than what was found."""
    web = Resource(
        id="w",
        kind="aws.ec2.instance",
        name="w",
        placement=Placement(provider="aws"),
        facts=(Fact(name="resolver", value="vpc", evidence=evidence),),
        tags=(("auditor:resolver", "outside"),),
    )
    assert facts_of(declare(collected(web), Settings()), "w")["resolver"] == ("outside", Evidence.DECLARED)


def test_needs_of_other_resources_survive() -> None:
    """Rows move when resources are added; every need stays with its owner."""
    declared = declare(COMPANY, parse_settings(EVERYTHING))
    assert named(declared, "web-3").needs == (Need(role="subnet", members=(Member(ref="subnet-1"),)),)
