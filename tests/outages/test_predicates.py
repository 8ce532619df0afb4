"""Conditions: truth tables, and the columns against a slow reading of one resource at a time."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.model.evidence import FactValue
from auditor.model.resource import Resource
from auditor.outages.columns import FALSE, TRUE, UNKNOWN, columns
from auditor.outages.parse import parse
from auditor.outages.predicate import (
    AllOf,
    AnyOf,
    Ask,
    Column,
    FactAtom,
    Not,
    PlaceAtom,
    Predicate,
    atoms,
    fact_names,
)
from auditor.outages.touch import evaluate
from tests.outages import oracle
from tests.outages.small import host, stock, thing

LEAVES: dict[str, dict[str, FactValue]] = {
    "false": {"fact": "os", "is": "windows"},
    "unknown": {"fact": "os_version", "is": "1"},
    "true": {"fact": "host", "is": True},
}
KLEENE = {"false": FALSE, "unknown": UNKNOWN, "true": TRUE}


def leaf(truth: str) -> Predicate:
    """Return an atom with this truth on the resource of ``_truths``."""
    return parse(LEAVES[truth], "x")


def truth_of(predicate: Predicate) -> int:
    return int(evaluate(predicate, columns(stock(host("h", os="linux"))))[0])


@pytest.mark.parametrize(("left", "right"), list(itertools.product(KLEENE, KLEENE)))
def test_all_and_any_follow_kleene(left: str, right: str) -> None:
    """A conjunction is the least of its parts and a disjunction the greatest: false, unknown, true."""
    parts = (leaf(left), leaf(right))
    assert truth_of(AllOf(parts=parts)) == min(KLEENE[left], KLEENE[right])
    assert truth_of(AnyOf(parts=parts)) == max(KLEENE[left], KLEENE[right])


@pytest.mark.parametrize(("inner", "outer"), [("false", "true"), ("unknown", "unknown"), ("true", "false")])
def test_not_leaves_unknown_unknown(inner: str, outer: str) -> None:
    """Negation turns true and false around and keeps unknown."""
    assert truth_of(Not(part=leaf(inner))) == KLEENE[outer]


def test_a_closed_fact_that_is_missing_is_no_unknown() -> None:
    """A bucket has no ``host`` fact because it is no host: the condition is false, and its opposite true."""
    view = columns(stock(thing("b", "aws.s3.bucket", region="us-east-1")))
    asked = parse({"fact": "host", "is": True}, "x")
    assert evaluate(asked, view).tolist() == [FALSE]
    assert evaluate(Not(part=asked), view).tolist() == [TRUE]


@pytest.mark.parametrize(
    ("value", "truth"),
    [
        ("7.11", TRUE),
        ("7.9", FALSE),
        ("7.11.18110.0", TRUE),
        ("present", TRUE),
        ("none", FALSE),
        (None, UNKNOWN),
    ],
)
def test_an_agent_of_no_known_version_counts_as_met(value: str | None, truth: int) -> None:
    """A version bound holds for an agent that is there in an unknown version, fails for one known absent."""
    view = columns(stock(host("h") if value is None else host("h", falcon=value)))
    assert evaluate(parse({"fact": "agent.crowdstrike-falcon", "version": ">=7.11"}, "x"), view).tolist() == [
        truth
    ]


def test_values_compare_without_letter_case() -> None:
    """Azure writes PremiumV2_LRS and premiumv2_lrs for one thing."""
    view = columns(stock(host("h", disk_skus=("premiumv2_lrs",))))
    asked = parse({"fact": "disk.skus", "any_not_in": ["PremiumV2_LRS"]}, "x")
    assert evaluate(asked, view).tolist() == [FALSE]


def test_a_machine_without_disks_has_none_outside_a_list() -> None:
    """Asking whether any disk is outside a list, with no disks, gives false, not unknown."""
    view = columns(stock(host("h", disk_skus=())))
    assert evaluate(parse({"fact": "disk.skus", "any_not_in": ["gp3"]}, "x"), view).tolist() == [FALSE]


@pytest.mark.parametrize(
    ("region", "zones", "truth"),
    [
        ("ap-northeast-2", ("apne2-az3",), TRUE),
        ("ap-northeast-2", ("apne2-az1",), FALSE),
        ("ap-northeast-2", ("apne2-az1", "apne2-az3"), FALSE),
        ("ap-northeast-2", (), FALSE),
        ("ap-northeast-2", None, UNKNOWN),
        ("us-east-1", None, FALSE),
        (None, None, UNKNOWN),
    ],
)
def test_a_zone_holds_what_stands_in_it_alone(
    region: str | None, zones: tuple[str, ...] | None, truth: int
) -> None:
    """Spread over zones is not in one; an unknown zone is unknown only where the zone's region fits."""
    view = columns(stock(host("h", region=region, zones=zones)))
    assert evaluate(parse({"zone": "aws/apne2-az3"}, "x"), view).tolist() == [truth]


def test_a_region_nobody_knows_is_unknown_only_at_its_provider() -> None:
    """An Azure machine of unknown region is certainly not in an AWS region."""
    view = columns(
        stock(host("a", region=None), host("b", kind="azure.compute.virtualmachines", region=None))
    )
    assert evaluate(parse({"region": "aws/us-east-1"}, "x"), view).tolist() == [UNKNOWN, FALSE]


def test_atoms_and_facts_are_listed() -> None:
    """What a condition asks can be told without evaluating it."""
    condition = parse(
        {"all": [{"fact": "os", "is": "linux"}, {"not": {"fact": "host", "is": True}}, {"provider": "aws"}]},
        "x",
    )
    assert len(list(atoms(condition))) == 3
    assert fact_names(condition) == ("host", "os")


def test_an_empty_inventory_has_no_truths() -> None:
    """Nothing collected: nothing touched, and no error."""
    assert (
        evaluate(
            parse({"all": [{"zone": "aws/apne2-az3"}, {"fact": "os", "is": "linux"}]}, "x"), columns(stock())
        ).size
        == 0
    )


PLACES = st.tuples(
    st.sampled_from([None, "ap-northeast-2", "us-east-1", "centralus"]),
    st.sampled_from(
        [None, (), ("apne2-az1",), ("apne2-az3",), ("apne2-az1", "apne2-az3"), ("centralus-az1",)]
    ),
)
KINDS = st.sampled_from(
    [
        "aws.ec2.instance",
        "aws.rds.instance",
        "azure.compute.virtualmachines",
        "gcp.compute.instance",
        "onprem.server",
    ]
)
FACT_SETS = st.fixed_dictionaries(
    {},
    optional={
        "host": st.just(value=True),
        "os": st.sampled_from(["windows", "linux", "Linux"]),
        "os_version": st.sampled_from(["18.04", "22.04", "stream"]),
        "agent.x": st.sampled_from(["7.9", "7.11", "present", "none"]),
        "disk.skus": st.sampled_from([(), ("gp3",), ("GP2", "gp3")]),
        "lb_type": st.just("network"),
    },
)
RESOURCES = st.lists(st.tuples(KINDS, PLACES, FACT_SETS), max_size=6)

ATOMS = st.one_of(
    st.builds(
        FactAtom,
        fact=st.sampled_from(["os", "os_version", "agent.x", "lb_type"]),
        ask=st.sampled_from([Ask.IS, Ask.IN, Ask.NOT_IN]),
        values=st.sampled_from([("linux",), ("18.04",), ("none",), ("network", "Windows")]),
    ),
    st.builds(
        FactAtom,
        fact=st.sampled_from(["host", "agent.x", "os"]),
        ask=st.just(Ask.PRESENT),
        values=st.sampled_from([(True,), (False,)]),
    ),
    st.builds(
        FactAtom,
        fact=st.sampled_from(["agent.x", "os_version"]),
        ask=st.just(Ask.VERSION),
        values=st.just((">=7.11",)),
    ),
    st.builds(
        FactAtom,
        fact=st.sampled_from(["disk.skus", "agent.x"]),
        ask=st.sampled_from([Ask.ANY_IN, Ask.ANY_NOT_IN]),
        values=st.sampled_from([("gp3",), ("gp2", "gp3")]),
    ),
    st.builds(
        PlaceAtom,
        column=st.just(Column.REGION),
        values=st.sampled_from([("aws/us-east-1",), ("azure/centralus", "aws/ap-northeast-2")]),
    ),
    st.builds(
        PlaceAtom,
        column=st.just(Column.ZONE),
        values=st.sampled_from([("aws/apne2-az3",), ("aws/apne2-az1", "azure/centralus-az1")]),
    ),
    st.builds(
        PlaceAtom,
        column=st.just(Column.KIND),
        values=st.sampled_from([("aws.*",), ("*.instance", "onprem.*")]),
    ),
    st.builds(
        PlaceAtom,
        column=st.just(Column.SERVICE),
        values=st.sampled_from([("ec2", "microsoft.compute"), ("rds",)]),
    ),
    st.builds(
        PlaceAtom, column=st.just(Column.PROVIDER), values=st.sampled_from([("aws",), ("azure", "gcp")])
    ),
)
PREDICATES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds(Not, part=inner),
        st.builds(AllOf, parts=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, parts=st.lists(inner, min_size=1, max_size=3).map(tuple)),
    ),
    max_leaves=8,
)


def _resources(
    drawn: list[tuple[str, tuple[str | None, tuple[str, ...] | None], dict[str, FactValue]]],
) -> list[Resource]:
    return [
        thing(f"r{number}", kind, region=region, zones=zones, facts=facts)
        for number, (kind, (region, zones), facts) in enumerate(drawn)
    ]


@settings(max_examples=300, deadline=None)
@given(predicate=PREDICATES, drawn=RESOURCES)
def test_columns_agree_with_the_slow_reading(
    predicate: Predicate,
    drawn: list[tuple[str, tuple[str | None, tuple[str, ...] | None], dict[str, FactValue]]],
) -> None:
    """Over random conditions and resources the columns give exactly what one resource at a time gives."""
    resources = _resources(drawn)
    number = {None: UNKNOWN, True: TRUE, False: FALSE}
    expected = [number[oracle.holds(predicate, resource)] for resource in resources]
    assert evaluate(predicate, columns(stock(*resources))).tolist() == expected
