"""Regions, physical zones and cities."""

from __future__ import annotations

import pytest

from auditor.model import places


@pytest.mark.parametrize("provider", places.providers())
def test_every_region_is_sound(provider: str) -> None:
    """Each region lies in a known city, pairs with known regions, and has zones of its own form only."""
    codes = {region.code for region in places.regions(provider)}
    prefixes = [region.zone_prefix for region in places.regions(provider)]
    assert len(prefixes) == len(set(prefixes)) == len(codes)
    for region in places.regions(provider):
        city = places.metro(region.metro)
        assert city is not None, region.code
        assert (region.latitude, region.longitude) == (city.latitude, city.longitude)
        assert all(map(region.has_zone, region.zone_ids)), region.code
        assert len(region.country_code) == 2


@pytest.mark.parametrize(
    ("provider", "code", "metro", "zones"),
    [
        ("aws", "ap-northeast-2", "seoul", ("apne2-az1", "apne2-az2", "apne2-az3", "apne2-az4")),
        ("aws", "us-west-1", "san-francisco-bay", ("usw1-az1", "usw1-az3")),
        ("aws", "cn-north-1", "beijing", ("cnn1-az1", "cnn1-az2", "cnn1-az3")),
        ("azure", "KoreaCentral", "seoul", ("koreacentral-az1", "koreacentral-az2", "koreacentral-az3")),
        ("azure", "westus", "san-francisco-bay", ()),
    ],
)
def test_known_regions(provider: str, code: str, metro: str, zones: tuple[str, ...]) -> None:
    """Regions are found by code in any letter case, with the physical zones best known."""
    region = places.region(provider, code)
    assert region is not None
    assert (region.metro, region.zone_ids, region.zone_count) == (metro, zones, len(zones))


def test_zones_made_from_the_pattern_are_marked() -> None:
    """Zone ids nobody could look up are not passed off as verified."""
    seoul, beijing = places.region("aws", "ap-northeast-2"), places.region("aws", "cn-north-1")
    assert seoul is not None and seoul.zones_verified  # noqa: PT018 - one statement about each
    assert beijing is not None and not beijing.zones_verified  # noqa: PT018 - one statement about each


@pytest.mark.parametrize(
    ("provider", "zone", "code"),
    [
        ("aws", "apne2-az3", "ap-northeast-2"),
        ("aws", "apne1-az3", "ap-northeast-1"),
        ("aws", "usw2-lax1-az1", "us-west-2"),
        ("aws", "ap-northeast-2a", None),
        ("azure", "koreacentral-az2", "koreacentral"),
        ("azure", "1", None),
        ("gcp", "asia-northeast3-a", None),
    ],
)
def test_region_of_a_zone(provider: str, zone: str, code: str | None) -> None:
    """The form of a physical zone id tells its region; letters and numbers of accounts tell nothing."""
    region = places.region_of_zone(provider, zone)
    assert (region.code if region else None) == code


def test_unknown_places() -> None:
    """What the data do not hold is None or nothing, never a guess."""
    assert places.region("azure", "usgovvirginia") is None
    assert places.region("gcp", "asia-northeast3") is None
    assert places.regions("gcp") == ()
    assert places.metro("atlantis") is None


def test_distance() -> None:
    """Seoul and Tokyo are about 1,150 km apart."""
    seoul, tokyo = places.metro("seoul"), places.metro("tokyo")
    assert seoul is not None
    assert tokyo is not None
    assert places.distance_km(seoul, tokyo) == pytest.approx(1153, abs=5)
    assert places.distance_km(seoul, seoul) == 0


def test_azure_names_a_geography_of_every_region() -> None:
    """The boundary of residence is Azure's own word; AWS has none."""
    assert all(region.geography for region in places.regions("azure"))
    found = places.region("azure", "koreacentral")
    assert found is not None
    assert found.geography == "Korea"
    assert not any(region.geography for region in places.regions("aws"))
