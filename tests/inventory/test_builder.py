"""The builder: any order in, one order out, each resource once."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.inventory import Inventory, InventoryBuilder, same
from auditor.model.evidence import Evidence, Fact
from auditor.model.gap import Gap, GapReason
from auditor.model.need import Member, Need
from auditor.model.resource import Placement, Resource, Zone
from tests.inventory.samples import BARE, DISK, TAKEN_AT, WEB, built, one_of_everything, resources


@pytest.mark.parametrize("resource", [WEB, DISK, BARE], ids=lambda each: each.name)
def test_a_resource_comes_back_as_it_went_in(resource: Resource) -> None:
    """A row shown as a value is the value that was added."""
    taken = one_of_everything()
    assert taken.resource(taken.resources["id"].to_list().index(resource.id)) == resource


@given(st.lists(resources, max_size=6, unique_by=lambda each: each.id))
@settings(max_examples=60, deadline=None)
def test_any_resources_come_back(values: list[Resource]) -> None:
    """Whatever is in them, resources with different ids come back sorted by id."""
    taken = built(values)
    assert [taken.resource(row) for row in range(len(taken))] == sorted(values, key=lambda each: each.id)


@given(st.lists(st.tuples(resources, st.sampled_from("ab")), max_size=8), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_order_of_arrival_does_not_matter(values: list[tuple[Resource, str]], random: object) -> None:
    """Threads may finish in any order: the tables are the same, whichever comes first under one id."""
    needless = [dataclasses.replace(each, id=name, needs=()) for each, name in values]
    shuffled = list(needless)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert same(built(shuffled), built(needless))


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (Placement(provider="aws", zones=()), Placement(provider="aws", zones=None)),
        (Placement(provider="aws", zones=("a",)), Placement(provider="aws", zones=())),
        (Placement(provider="aws", region="us-east-1"), Placement(provider="aws")),
    ],
    ids=["zones known to be none", "zones", "region"],
)
def test_whichever_comes_first_the_place_is_the_one_that_says_most(more: Placement, less: Placement) -> None:
    """What is known comes before what is not, in whatever order they arrive."""
    values = [Resource(id="x", kind="aws.s3.bucket", name="x", placement=each) for each in (more, less)]
    one, other = built(values), built(values[::-1])
    assert same(one, other)
    assert one.resource(0).placement == more


def test_of_equal_facts_of_one_place_it_is_not_the_first_to_arrive() -> None:
    """Two calls may list one thing alike but for a value: which of them wins hangs on the value alone."""
    values = [
        Resource(
            id="x",
            kind="aws.s3.bucket",
            name="x",
            placement=Placement(provider="aws"),
            facts=(Fact(name="size", value=value, evidence=Evidence.CONFIGURED, origin="s3:List"),),
        )
        for value in ("large", "small")
    ]
    assert same(built(values), built(values[::-1]))


def seen(source: str, *facts: Fact, needs: tuple[Need, ...] = (), region: str = "us-east-1") -> Inventory:
    builder = InventoryBuilder(TAKEN_AT)
    resource = Resource(
        id="x",
        kind="aws.s3.bucket",
        name=f"by-{source}",
        placement=Placement(provider="aws", region=region),
        facts=facts,
        tags=((source, "yes"), ("both", "yes")),
        aliases=(source.upper(), "both"),
        needs=needs,
    )
    builder.add([resource], source=source)
    return builder.build()


def joined(*inventories: Inventory) -> Resource:
    builder = InventoryBuilder(TAKEN_AT)
    for each in inventories:
        builder.extend(each)
    (only,) = [builder.build()]
    assert len(only) == 1
    return only.resource(0)


def test_seen_twice_is_kept_once() -> None:
    """The place of the first source counts, names and tags of both are kept."""
    both = joined(seen("manifest", region="eu-west-1"), seen("aws"))
    assert (both.name, both.placement.region) == ("by-aws", "us-east-1")
    assert both.tags == (("aws", "yes"), ("both", "yes"), ("manifest", "yes"))
    assert both.aliases == ("aws", "both", "manifest")


def test_of_two_facts_the_stronger_evidence_counts() -> None:
    """What the provider says beats what was guessed, wherever each came from."""
    guess = Fact(name="os", value="linux", evidence=Evidence.ASSUMED)
    known = Fact(name="os", value="windows", evidence=Evidence.CONFIGURED)
    assert joined(seen("aws", guess), seen("cloudformation", known)).facts == (known,)
    assert built([dataclasses.replace(BARE, facts=(guess, known))]).resource(0).facts == (known,)


def test_the_same_need_twice_is_one_need() -> None:
    """Needs that say the same are joined, others are kept in order."""
    first = Need(role="a", members=(Member(ref="1"), Member(ref="2", delay=(1.0, 2.0))))
    other = Need(role="a", members=(Member(ref="1"), Member(ref="2", delay=(1.0, 3.0))))
    both = joined(seen("aws", needs=(first,)), seen("terraform", needs=(first, other)))
    assert both.needs == (first, other)


def test_extending_keeps_only_what_is_wanted() -> None:
    """Resources left out take their facts, names and needs along; needs left out take their members."""
    import polars as pl

    builder = InventoryBuilder(TAKEN_AT)
    builder.add([BARE], source="test")
    builder.extend(
        one_of_everything(),
        keep=pl.col("kind") == "aws.ec2.instance",
        keep_needs=pl.col("role") == "database",
    )
    taken = builder.build()
    web = dataclasses.replace(WEB, needs=WEB.needs[1:])
    assert [taken.resource(row) for row in range(len(taken))] == [web, BARE]
    assert set(taken.facts["resource"]) == {0}


def test_absorbing_a_builder_adds_all_of_it() -> None:
    """Builders of several connectors become one inventory, gaps and zones included."""
    whole, part = InventoryBuilder(TAKEN_AT), InventoryBuilder(TAKEN_AT)
    gap = Gap(provider="aws", reason=GapReason.TIMEOUT)
    part.add([DISK], source="azure")
    part.add_gaps([gap, gap])
    part.add_zones([Zone(provider="azure", region="koreacentral", zone="koreacentral-az1")])
    whole.add([BARE], source="manifest")
    whole.absorb(part)
    taken = whole.build()
    assert taken.resources["source"].to_list() == ["azure", "manifest"]
    assert taken.gaps == (gap,)
    assert [zone.zone for zone in taken.zones] == ["koreacentral-az1"]


def test_building_twice_gives_the_same() -> None:
    """A builder is not used up by building."""
    builder = InventoryBuilder(TAKEN_AT)
    builder.add([WEB, BARE], source="test")
    first = builder.build()
    builder.add([DISK], source="test")
    assert same(first, built([WEB, BARE]))
    assert same(builder.build(), built([BARE, DISK, WEB]))


def test_a_hundred_thousand_resources() -> None:
    """Chunks of any number line up: every need still belongs to its own resource."""
    count = 100_000
    builder = InventoryBuilder(TAKEN_AT)
    builder.add(
        (
            Resource(
                id=f"{number * 7919 % count:06}",
                kind="aws.ec2.instance",
                name="n",
                placement=Placement(provider="aws"),
                needs=(Need(role="self", members=(Member(ref=f"{number * 7919 % count:06}"),)),),
            )
            for number in range(count)
        ),
        source="aws",
    )
    taken = builder.build()
    assert taken.resources["id"].is_sorted()
    assert taken.members["ref"].equals(taken.resources["id"].alias("ref"))
    assert np.array_equal(taken.needs["resource"].to_numpy(), np.arange(count))
