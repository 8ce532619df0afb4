"""Databases, stores, apps and everything else: what their configuration means for survival."""

from __future__ import annotations

import pytest

from auditor.model.domain import control_plane_id, service_id, zone_id
from tests.connectors.azure.bodies import (
    KOREA,
    Body,
    arm_id,
    body,
    disk,
    facts,
    machine,
    need,
    read_all,
    refs,
)

DIRECTORY = "service:azure/global/microsoft.aadiam"
POSTGRES = "Microsoft.DBforPostgreSQL/flexibleServers"


def test_a_zone_redundant_server_fails_over_to_the_standbys_zone() -> None:
    """The primary's zone serves, the standby's after a minute or two."""
    found = read_all(
        body(
            POSTGRES,
            "db",
            properties={
                "availabilityZone": "1",
                "highAvailability": {"mode": "ZoneRedundant", "standbyAvailabilityZone": "3"},
                "fullyQualifiedDomainName": "db.postgres.database.azure.com",
            },
        )
    )["db"]
    assert [(m.ref, m.delay) for m in need(found, "zone").members] == [
        (zone_id("azure", "koreacentral-az2"), (0.0, 0.0)),
        (zone_id("azure", "koreacentral-az3"), (1.0, 2.0)),
    ]
    assert facts(found)["multi_az"] is True
    assert facts(found)["engine"] == "postgres"


@pytest.mark.parametrize(("zone", "zones"), [("2", ("koreacentral-az1",)), (None, None)])
def test_a_server_without_high_availability_is_in_one_zone(
    zone: str | None, zones: tuple[str, ...] | None
) -> None:
    """Its zone where it says so, an unknown one where it does not."""
    properties = {"availabilityZone": zone, "highAvailability": {"mode": "Disabled"}}
    found = read_all(body(POSTGRES, "db", properties=properties))["db"]
    assert found.placement.zones == zones
    assert facts(found)["multi_az"] is False


def test_a_read_replica_names_its_source() -> None:
    """A replica is not needed by its source; a switch by hand is for the user to declare."""
    source = arm_id(POSTGRES, "db")
    found = read_all(body(POSTGRES, "copy", "japaneast", properties={"sourceServerResourceId": source}))
    assert facts(found["copy"])["replica_of"] == source.lower()


@pytest.mark.parametrize(
    ("sku", "zones", "spread"),
    [("Standard_LRS", None, False), ("Standard_GZRS", (), True), ("Premium_ZRS", (), True)],
)
def test_storage_is_spread_by_its_sku(sku: str, zones: tuple[str, ...] | None, *, spread: bool) -> None:
    """ZRS and GZRS are spread; LRS and GRS keep one building of the region."""
    found = read_all(
        body(
            "Microsoft.Storage/storageAccounts",
            "lake",
            sku={"name": sku},
            properties={
                "primaryEndpoints": {"blob": "https://lake.blob.core.windows.net/"},
                "secondaryLocation": "koreasouth",
            },
        )
    )["lake"]
    assert found.placement.zones == zones
    assert facts(found)["zone_redundant"] is spread
    assert facts(found)["secondary_region"] == "koreasouth"
    assert "lake.blob.core.windows.net" in found.aliases


COSMOS = "Microsoft.DocumentDB/databaseAccounts"


def cosmos(**rest: object) -> Body:
    """Return an account in two regions, spread over zones in the first."""
    locations = [
        {"locationName": "Korea Central", "failoverPriority": 0, "isZoneRedundant": True},
        {"locationName": "Japan East", "failoverPriority": 1, "isZoneRedundant": False},
    ]
    return body(COSMOS, "docs", "Korea Central", properties={"locations": locations, **rest})


@pytest.mark.parametrize(
    ("settings", "delay", "manual"),
    [
        ({"enableMultipleWriteLocations": True}, (0.0, 0.0), False),
        ({"enableAutomaticFailover": True}, (1.0, 60.0), False),
        ({}, (60.0, 240.0), True),
    ],
)
def test_each_region_of_an_account_is_a_replica(
    settings: Body, delay: tuple[float, float], *, manual: bool
) -> None:
    """The account belongs to no region and needs one replica; how fast the second serves is configured."""
    found = read_all(cosmos(**settings))
    first, second = need(found["docs"], "replica").members
    assert (first.delay, second.delay, second.manual) == ((0.0, 0.0), delay, manual)
    assert found["docs"].placement.region == "global"
    here, there = found["docs in koreacentral"], found["docs in japaneast"]
    assert (here.id, there.id) == (first.ref, second.ref)
    assert (here.placement.zones, there.placement.zones) == ((), None)
    assert there.placement.region == "japaneast"


def test_an_account_in_one_region_is_placed_there() -> None:
    """Without further regions there is no replica to speak of."""
    only = {"locations": [{"locationName": "Korea Central", "isZoneRedundant": False}]}
    found = read_all(body(COSMOS, "docs", properties=only))
    assert set(found) == {"docs"}
    assert (found["docs"].placement.region, found["docs"].placement.zones) == (KOREA, None)


SQL = "Microsoft.Sql/servers"


def failover_group(policy: str, role: str = "Primary", databases: tuple[str, ...] = ()) -> Body:
    """Return a failover group of the server in Korea Central with one in Japan East."""
    own, partner = ("here", "there") if role == "Primary" else ("there", "here")
    return body(
        f"{SQL}/failoverGroups",
        f"{own}/fog",
        "Korea Central" if role == "Primary" else "Japan East",
        properties={
            "replicationRole": role,
            "readWriteEndpoint": {"failoverPolicy": policy, "failoverWithDataLossGracePeriodMinutes": 60},
            "partnerServers": [{"id": arm_id(SQL, partner), "location": "Japan East"}],
            "databases": [f"{arm_id(SQL, own)}/databases/{name}" for name in databases],
        },
    )


def test_an_automatic_failover_group_waits_out_its_grace_period() -> None:
    """The group's name points at the primary database, later at its copy; it belongs to no region."""
    found = read_all(failover_group("Automatic", databases=("shop",)))["fog"]
    first, second = need(found, "database").members
    assert first.ref.endswith("/servers/here/databases/shop")
    assert second.ref.endswith("/servers/there/databases/shop")
    assert (second.delay, second.manual, second.loss) == ((60.0, 120.0), False, None)
    assert found.placement.region == "global"
    assert found.aliases == ("fog.database.windows.net", "fog.secondary.database.windows.net")


def test_a_manual_failover_group_needs_people_and_a_control_plane() -> None:
    """Switching by hand goes through the surviving region's control plane."""
    found = read_all(failover_group("Manual"))["fog"]
    second = need(found, "server").members[1]
    assert (second.delay, second.manual) == ((60.0, 240.0), True)
    assert second.via == (control_plane_id("azure", "japaneast", "microsoft.sql"),)


def test_both_ends_of_a_failover_group_say_the_same() -> None:
    """Seen from the secondary the primary still comes first, and the name is not given twice."""
    found = read_all(failover_group("Automatic", role="Secondary"))["fog"]
    assert [m.ref.rpartition("/")[2] for m in need(found, "server").members] == ["here", "there"]
    assert found.aliases == ()


def test_a_database_is_spread_only_when_it_says_so() -> None:
    """Zone redundancy is the database's; every one needs its server; Azure's own master is not judged."""
    found = read_all(
        body(SQL, "here", properties={"fullyQualifiedDomainName": "here.database.windows.net"}),
        body(f"{SQL}/databases", "here/spread", properties={"zoneRedundant": True}),
        body(f"{SQL}/databases", "here/single", properties={"zoneRedundant": False}),
        body(f"{SQL}/databases", "here/master", properties={"zoneRedundant": False}),
    )
    assert found["spread"].placement.zones == ()
    assert found["single"].placement.zones is None
    assert "zone_redundant" not in facts(found["master"])
    assert refs(found["spread"], "server") == ["here"]


def test_a_cache_over_zones_needs_one_of_them() -> None:
    """Nodes in two zones stand in for each other; without zones the cache is in an unknown one."""
    spread = body(
        "Microsoft.Cache/redis", "spread", zones=["1", "2"], properties={"hostName": "s.redis.example"}
    )
    single = body("Microsoft.Cache/redis", "single", properties={"redisVersion": "6.0"})
    automatic = body("Microsoft.Cache/redis", "auto", properties={"zonalAllocationPolicy": "Automatic"})
    found = read_all(spread, single, automatic)
    assert need(found["spread"], "zone").k == (1, 1)
    assert found["single"].placement.zones is None
    assert facts(found["single"])["zone_redundant"] is False
    assert "zone_redundant" not in facts(found["auto"])


@pytest.mark.parametrize(
    ("tier", "flag", "zones", "spread"),
    [
        ("PremiumV3", True, (), True),
        ("PremiumV3", False, None, False),
        ("Basic", None, None, False),
        ("PremiumV2", None, None, None),
    ],
)
def test_a_plan_is_spread_where_its_tier_can_be(
    tier: str, zones: tuple[str, ...] | None, *, flag: bool | None, spread: bool | None
) -> None:
    """Cheap tiers cannot be spread; a premium plan without the flag is unknown."""
    properties = {} if flag is None else {"zoneRedundant": flag}
    plan = body("Microsoft.Web/serverfarms", "plan", sku={"tier": tier, "name": "x"}, properties=properties)
    found = read_all(plan)["plan"]
    assert found.placement.zones == zones
    assert facts(found).get("zone_redundant") is spread


def test_a_site_needs_its_plan_and_lets_users_in() -> None:
    """A site is an entry point under all its host names and stands on its plan."""
    plan = arm_id("Microsoft.Web/serverfarms", "plan")
    site = body(
        "Microsoft.Web/sites",
        "shop",
        "Korea Central",
        kind="app,linux",
        properties={"serverFarmId": plan, "hostNames": ["WWW.shop.example"], "state": "Running"},
    )
    found = read_all(site)["shop"]
    assert refs(found, "plan") == ["plan"]
    assert found.aliases == ("www.shop.example",)
    assert facts(found)["entry_point"] is True


def test_identities_may_need_sign_in_and_vaults_always_do() -> None:
    """An attached identity is a possible need, every call to a key vault a certain one."""
    found = read_all(
        machine("app", identity={"type": "SystemAssigned"}),
        machine("bare", identity={"type": "None"}),
        body("Microsoft.KeyVault/vaults", "keys", properties={"vaultUri": "https://keys.vault.azure.net/"}),
    )
    assert need(found["app"], "identity").unknown == "identity_use"
    assert not [need for need in found["bare"].needs if need.role == "identity"]
    certain = need(found["keys"], "sign-in")
    assert (certain.members[0].ref, certain.unknown) == (DIRECTORY, None)
    assert service_id("azure", "global", "microsoft.aadiam") == DIRECTORY


def test_service_bus_saying_false_is_no_evidence() -> None:
    """New namespaces are spread and answer false all the same: unknown; Event Hubs is believed."""
    found = read_all(
        body("Microsoft.ServiceBus/namespaces", "bus", properties={"zoneRedundant": False}),
        body("Microsoft.EventHub/namespaces", "hub", properties={"zoneRedundant": False}),
    )
    assert "zone_redundant" not in facts(found["bus"])
    assert facts(found["hub"])["zone_redundant"] is False


def test_an_undescribed_type_is_kept_with_its_placement() -> None:
    """Every other type is a generic resource: kind from its type, place, tags, group, the common facts."""
    thing = body(
        "Contoso.Odd/things/parts",
        "a/b",
        "Korea Central",
        zones=["3"],
        tags={"app": "shop", "empty": None},
        sku={"name": "S1"},
        properties={"zoneRedundancy": "Disabled"},
    )
    found = read_all(thing, disk("d"))["b"]
    assert found.kind == "azure.contoso.odd.things.parts"
    assert (found.placement.region, found.placement.zones) == (KOREA, ("koreacentral-az3",))
    assert found.tags == (("app", "shop"), ("empty", ""))
    assert facts(found) == {"generic": True, "resource_group": "shop", "sku": "S1", "zone_redundant": False}


def test_a_part_without_a_location_is_where_its_parent_is() -> None:
    """What is below a resource takes its region from there; ids come in lower case, once."""
    part = body("Contoso.Odd/things/parts", "a/b", None)
    whole = body("Contoso.Odd/things", "a", "Japan East")
    found = read_all(part, whole, {**whole, "id": whole["id"].upper()})
    assert found["b"].placement.region == "japaneast"
    assert len(found) == 2
