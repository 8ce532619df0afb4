"""The same failure elsewhere: what moves, what stays behind, and what cannot be moved."""

from __future__ import annotations

import pytest

from auditor.errors import ConfigError
from auditor.model.domain import Axis, axis_of
from auditor.model.places import region
from auditor.outages import candidates, catalogue, in_reach, touched, transplant
from auditor.outages.counterparts import fact_there, kinds_there, parts, service_there
from auditor.outages.homes import home_of, zones_of
from auditor.outages.nodes import fault_in, region_in
from auditor.outages.predicate import Column, PlaceAtom, atoms
from auditor.outages.schema import Outage
from auditor.outages.transplant import can_be_told_of, place_of
from tests.outages.small import host, stock, thing

SEOUL, KOREA = "region:aws/ap-northeast-2", "region:azure/koreacentral"
DYNAMODB = "aws-2025-10-20-us-east-1-dynamodb-dns"
CENTRAL_US = "azure-2024-07-18-centralus-storage"
RESOLVER = "aws-2018-11-22-ap-northeast-2-dns"


def moved(name: str, domain: str) -> Outage:
    return transplant(catalogue()[name], domain)


def nodes(outage: Outage) -> set[str]:
    return {node for impact in outage.impacts for node in impact.nodes}


def test_services_of_a_region_move_with_their_windows() -> None:
    """What failed in Virginia fails in Seoul, for as long, in the same class."""
    real, there = catalogue()[DYNAMODB], moved(DYNAMODB, SEOUL)
    assert there.id == f"{DYNAMODB}@aws/ap-northeast-2"
    assert "service:aws/ap-northeast-2/dynamodb" in nodes(there)
    assert there.impacts[0].duration == real.impacts[0].duration
    assert (there.fault_class, there.reach.regions) == (real.fault_class, ("ap-northeast-2",))
    assert not any("us-east-1" in node for node in nodes(there))


def test_what_belongs_to_the_whole_provider_stays_behind_and_is_named() -> None:
    """IAM failed for where its one control plane is, so it does not fail with Seoul."""
    there = moved(DYNAMODB, SEOUL)
    assert "control-plane:aws/iam" not in nodes(there)
    assert any("whole provider" in line and "control-plane:aws/iam" in line for line in there.as_if)


def test_across_providers_counterparts_take_the_place_of_services() -> None:
    """DynamoDB becomes Cosmos DB, in windows of its own, and it is said what stands for what."""
    there = moved(DYNAMODB, KOREA)
    assert "service:azure/koreacentral/microsoft.documentdb" in nodes(there)
    assert all(region_in(node) in {None, ("azure", "koreacentral")} for node in nodes(there))
    assert any("dynamodb as microsoft.documentdb" in line for line in there.as_if)


def test_the_resolver_has_no_counterpart_and_that_is_said() -> None:
    """Azure resolves names by nothing an inventory shows, so that effect is dropped by name."""
    there = moved(RESOLVER, KOREA)
    assert len(there.impacts) == len(catalogue()[RESOLVER].impacts) - 1
    assert any("no counterpart there" in line and "vpc-resolver" in line for line in there.as_if)


def test_conditions_that_cannot_be_asked_make_it_possible_only() -> None:
    """Azure's kinds of disk say nothing of AWS's, so every volume is possibly hit and none for certain."""
    impact = moved(CENTRAL_US, SEOUL).impacts[0]
    inventory = stock(thing("vol", "aws.ec2.volume", region="ap-northeast-2", facts={"disk.sku": "gp3"}))
    assert touched(impact, inventory).yes.tolist() == [True]
    assert impact.partial
    assert impact.cause == "service:aws/ap-northeast-2/ec2"


def test_a_named_zone_becomes_any_zone_of_the_region() -> None:
    """Which zone of yours it would be nobody knows, so each is a candidate."""
    (impact,) = moved("aws-2021-12-22-us-east-1-az4-power", SEOUL).impacts
    assert (impact.nodes, impact.one_zone_of) == (("zone:aws/?",), ("aws", "ap-northeast-2"))
    assert len(candidates(impact, stock())) == 4


def test_a_zone_asked_for_is_taken() -> None:
    """Zone and region of the effects are those of the zone that was asked for."""
    there = moved("aws-2011-08-07-eu-west-1-power", "zone:aws/apne2-az2")
    assert there.impacts[0].nodes == ("zone:aws/apne2-az2",)
    assert all(impact.one_zone_of is None for impact in there.impacts)
    volume = thing("v", "aws.ec2.volume", region="ap-northeast-2", zones=("apne2-az2",))
    assert touched(there.impacts[1], stock(volume)).yes.tolist() == [True]


def test_a_region_without_zones_stands_for_its_zone() -> None:
    """Korea South has no zones: what took one zone takes it whole."""
    (impact,) = moved("aws-2021-12-22-us-east-1-az4-power", "region:azure/koreasouth").impacts
    assert (impact.nodes, impact.one_zone_of) == (("region:azure/koreasouth",), None)


def test_a_moved_outage_reaches_those_who_use_the_place() -> None:
    """Reach is asked of the new place."""
    inventory = stock(host("web", zones=("apne2-az1",)))
    assert not in_reach(catalogue()["aws-2022-07-28-us-east-2-az1-power"], inventory)
    assert in_reach(moved("aws-2022-07-28-us-east-2-az1-power", SEOUL), inventory)


def test_a_global_outage_can_be_told_of_another_provider() -> None:
    """Front Door's failure is CloudFront's at AWS."""
    there = moved("azure-2025-10-29-frontdoor", "provider:aws")
    assert "service:aws/global/cloudfront" in nodes(there)
    assert there.id.endswith("@aws")


@pytest.mark.parametrize(
    ("name", "domain", "wrong"),
    [
        (DYNAMODB, "region:aws/us-east-1", "that is a plain replay"),
        (DYNAMODB, "zone:aws/apne2-az1", "not bound to a zone"),
        (DYNAMODB, "provider:azure", "cannot be told of a whole provider"),
        (DYNAMODB, "region:aws/ap-northeast-9", "there is no region 'ap-northeast-9' of aws"),
        (DYNAMODB, "zone:aws/apne2", "no physical zone of aws"),
        (DYNAMODB, "ap-northeast-2", "no place"),
        (DYNAMODB, "service:aws/ap-northeast-2/ec2", "no place"),
        ("crowdstrike-2024-07-19", SEOUL, "was bound to no place, but to crowdstrike"),
        ("azure-2025-10-29-frontdoor", SEOUL, "was bound to no region"),
    ],
)
def test_what_cannot_be_moved_says_why(name: str, domain: str, wrong: str) -> None:
    """One line, with a hint."""
    with pytest.raises(ConfigError, match=wrong) as caught:
        moved(name, domain)
    assert caught.value.hint
    assert not can_be_told_of(catalogue()[name], domain)


@pytest.mark.parametrize("domain", [SEOUL, KOREA, "zone:azure/koreacentral-az1", "provider:aws"])
@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_outage_that_can_be_moved_is_whole_at_the_new_place(name: str, domain: str) -> None:
    """No id is malformed, nothing of the old place is left, and it is told what was done."""
    real = catalogue()[name]
    if not can_be_told_of(real, domain):
        return
    there, place = transplant(real, domain), place_of(domain)
    bound = [node for node in nodes(there) if axis_of(node) not in {Axis.AGENT, Axis.OS}]
    assert [fault_in(node) for node in nodes(there) if fault_in(node)] == []
    assert all(node.partition(":")[2].split("/")[0] == place.provider for node in bound)
    for impact in there.impacts:
        assert impact.nodes or impact.where is not None
        assert impact.where is None or impact.cause is not None
        asked = [atom for atom in atoms(impact.where) if isinstance(atom, PlaceAtom)] if impact.where else []
        found = [value for atom in asked if atom.column is Column.REGION for value in atom.values]
        assert set(found) <= {f"{place.provider}/{place.region}"}
        open_zone = any(name.endswith("/?") for name in impact.nodes) or any(
            value.endswith("/?") for atom in asked for value in atom.values
        )
        assert open_zone == (impact.one_zone_of is not None)
    assert there.as_if


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_the_home_of_an_outage_is_one_of_its_regions(name: str) -> None:
    """Where it is taken from is a place that its sources name."""
    outage = catalogue()[name]
    home = home_of(outage)
    assert home is None or home in outage.reach.regions
    assert zones_of(outage) == frozenset() or home is not None


def test_counterparts_go_both_ways() -> None:
    """The first of each line stands for the part in both directions."""
    for line in parts("services"):
        for provider, names in line.items():
            for other, theirs in line.items():
                assert service_there(names[0], provider, other) is not None, (provider, names, other, theirs)
    assert service_there("s3", "aws", "azure") == "microsoft.storage"
    assert service_there("microsoft.storage", "azure", "aws") == "s3"
    assert service_there("vpc-resolver", "aws", "azure") is None
    assert kinds_there("aws.ec2.volume", "aws", "azure") == ("azure.compute.disks",)
    assert (fact_there("multi_az", "azure"), fact_there("os", "azure")) == ("zone_redundant", "os")
    assert fact_there("disk.sku", "aws") is None


def test_the_place_of_a_zone_is_in_its_region() -> None:
    """A zone names its region by its form, at providers without data by its name."""
    assert place_of("zone:aws/apne2-az1").region == "ap-northeast-2"
    assert place_of("zone:gcp/europe-west9-a").region == "europe-west9"
    assert region("aws", place_of(SEOUL).region or "") is not None
