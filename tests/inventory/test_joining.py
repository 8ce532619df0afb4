"""Which resources a declaration means."""

from __future__ import annotations

import pytest

from auditor.inventory import Inventory, empty
from auditor.inventory.joining import matching
from auditor.model.evidence import Evidence, Fact
from auditor.model.resource import Placement, Resource
from auditor.model.workload import Join
from tests.inventory.samples import TAKEN_AT, built


def thing(name: str, **given: object) -> Resource:
    facts = tuple(
        Fact(name=key, value=str(given[key]), evidence=Evidence.CONFIGURED)
        for key in ("resource_group", "stack")
        if key in given
    )
    tags = given.get("tags", {})
    assert isinstance(tags, dict)
    return Resource(
        id=f"arn:{name}",
        kind=str(given.get("kind", "aws.ec2.instance")),
        name=name,
        placement=Placement(
            provider="aws",
            account=str(given["account"]) if "account" in given else None,
            region=str(given["region"]) if "region" in given else None,
        ),
        facts=facts,
        tags=tuple(sorted(tags.items())),
    )


COMPANY: Inventory = built(
    [
        thing("a", tags={"App": "shop", "env": "prod"}, account="1", region="ap-northeast-2"),
        thing("b", tags={"app": "Shop"}, stack="shop-stack", kind="aws.rds.instance"),
        thing("c.web", tags={"application": "shop"}, resource_group="RG-Shop", account="2"),
        thing("d", region="eu-west-1", resource_group="other"),
    ]
)


@pytest.mark.parametrize(
    ("join", "names"),
    [
        (Join(), "abcd"),
        (Join(tags=(("APP", "shop"),)), "a"),
        (Join(tags=(("app", "sh*"),)), "ab"),
        (Join(tags=(("app", "shop"), ("env", "prod"))), "a"),
        (Join(tags=(("app", "shop"), ("env", "test"))), ""),
        (Join(accounts=("1", "2")), "ac"),
        (Join(regions=("AP-northeast-2",)), "a"),
        (Join(resource_groups=("rg-shop",)), "c"),
        (Join(stacks=("shop-stack",)), "b"),
        (Join(stacks=("shop-*", "other")), "b"),
        (Join(names=("A", "?")), "abd"),
        (Join(names=("c.*",)), "c"),
        (Join(names=("c?web",)), "c"),
        (Join(names=("cxweb", ".", "[abcd]")), ""),
        (Join(ids=("arn:*",)), "abcd"),
        (Join(ids=("arn",)), ""),
        (Join(kinds=("aws.rds.*",)), "b"),
        (Join(kinds=("aws.ec2.*",), accounts=("2",)), "c"),
    ],
)
def test_conditions(join: Join, names: str) -> None:
    """All given conditions must hold; patterns and keys take no notice of letter case."""
    found = COMPANY.resources["name"].filter(matching(COMPANY, join)).to_list()
    assert "".join(name[0] for name in found) == names


def test_nothing_matches_in_an_empty_inventory() -> None:
    """An empty inventory gives an empty answer."""
    join = Join(tags=(("app", "shop"),), names=("*",), stacks=("s",), resource_groups=("g",))
    assert matching(empty(TAKEN_AT), join).tolist() == []
