"""Storage accounts, databases and caches."""

from __future__ import annotations

from auditor.connectors.azure.catalogue._keys import key_address, listed_key
from auditor.connectors.azure.places import GLOBAL, region_code
from auditor.connectors.azure.read import majority, spread_over, truth
from auditor.connectors.azure.spec import KEEP, AzureSpec, Extra, Item, Shelf, Zoning
from auditor.connectors.extract import items, read, text, texts
from auditor.model.domain import control_plane_id, zone_id
from auditor.model.evidence import Evidence, Fact, FactValue, Range
from auditor.model.need import Member, Need
from auditor.model.resource import Placement, Resource

STANDBY: Range = (1.0, 2.0)
"""Minutes until a standby in another zone serves (design: from configuration to needs)."""
BY_HAND: Range = (60.0, 240.0)
"""Minutes until people have switched to another region, assumed where no rehearsal is declared."""
COSMOS_FAILOVER: Range = (1.0, 60.0)
"""Minutes until the write region moves by itself: minutes as a rule, Azure's own pages say up to an hour."""
REPLICA_KIND = "azure.documentdb.databaseaccounts.locations"


def _account(item: Item, _shelf: Shelf) -> Extra:
    """Tell the key of a storage account, where it is its owner's."""
    return Extra(facts={"encryption_key": listed_key("properties.encryption.keyvaultproperties", item.body)})


def _enterprise_cache(item: Item, _shelf: Shelf) -> Extra:
    """Tell the key of a cache's disks, where it is its owner's."""
    path = "properties.encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl"
    return Extra(facts={"encryption_key": key_address(text(path, item.body))})


def _flexible_server(item: Item, shelf: Shelf) -> Extra:
    """Read a PostgreSQL or MySQL flexible server: where its standby is decides what a zone's loss does."""
    mode = (text("properties.highAvailability.mode || properties.haEnabled", item.body) or "").lower()
    spread = mode in {"zoneredundant", "enabled"}
    own = shelf.places.zones(item.region, texts("properties.availabilityZone", item.body))
    other = shelf.places.zones(
        item.region,
        texts(
            "properties.highAvailability.standbyAvailabilityZone || properties.standbyAvailabilityZone",
            item.body,
        ),
    )
    known = bool(mode) or read("properties.highAvailability", item.body) is not None
    source = text("properties.sourceServerResourceId", item.body)
    facts: dict[str, FactValue | None] = {
        "replica_of": source.lower() if source else None,
        "zone_redundant": spread if known else None,
        "encryption_key": key_address(text("properties.dataEncryption.primaryKeyURI", item.body)),
        "multi_az": spread if known else None,
        "state": (text("properties.state", item.body) or "").lower() or None,
    }
    unknown = None if shelf.places.zonal(item.region) else ()
    if not spread:
        return Extra(facts=facts, zones=own or unknown)
    if not own or not other or own == other:
        return Extra(facts=facts, zones=())
    members = (
        Member(ref=zone_id("azure", own[0])),
        Member(ref=zone_id("azure", other[0]), delay=STANDBY, assumed=True),
    )
    need = Need(role="zone", members=members, origin="highAvailability ZoneRedundant")
    return Extra(facts=facts, zones=(*own, *other), needs=(need,))


def _cosmos(item: Item, shelf: Shelf) -> Extra:
    """Read an account: each region is a replica placed there; the account needs one that may serve."""
    locations = items("properties.locations", item.body)
    key = key_address(text("properties.keyVaultKeyUri", item.body))
    if not locations:
        return Extra(facts={"encryption_key": key})
    replicas = tuple(
        (region, truth(read("isZoneRedundant", location)), read("failoverPriority", location) or 0)
        for location in locations
        if (region := region_code(text("locationName", location)))
    )
    if len(replicas) < 2:  # noqa: PLR2004 - one region is the account's own
        spread = replicas[0][1] if replicas else None
        region = replicas[0][0] if replicas else item.region
        unknown = None if shelf.places.zonal(region) and not spread else ()
        facts: dict[str, FactValue | None] = {"zone_redundant": spread, "encryption_key": key}
        return Extra(facts=facts, zones=unknown, region=region or KEEP)
    writes_everywhere = truth(read("properties.enableMultipleWriteLocations", item.body)) is True
    by_itself = truth(read("properties.enableAutomaticFailover", item.body)) is True
    members: list[Member] = []
    for region, _, _ in sorted(replicas, key=lambda replica: (replica[2], replica[0])):
        in_service = writes_everywhere or not members
        ref = f"{item.id}/locations/{region}"
        if in_service:
            members.append(Member(ref=ref))
        elif by_itself:
            members.append(Member(ref=ref, delay=COSMOS_FAILOVER, loss=None, assumed=True))
        else:
            plane = control_plane_id("azure", region, "microsoft.documentdb")
            members.append(Member(ref=ref, delay=BY_HAND, manual=True, via=(plane,), loss=None, assumed=True))
    need = Need(role="replica", members=tuple(members), origin="locations")
    placed = tuple(_replica(item, shelf, region, spread, key) for region, spread, _ in replicas)
    return Extra(
        facts={"zone_redundant": all(spread for _, spread, _ in replicas)},
        region=GLOBAL,
        zones=(),
        needs=(need,),
        resources=placed,
    )


def _replica(
    item: Item,
    shelf: Shelf,
    region: str,
    spread: bool | None,  # noqa: FBT001
    key: str | None,
) -> Resource:
    unknown = None if shelf.places.zonal(region) and not spread else ()
    stated: dict[str, FactValue | None] = {
        "zone_redundant": spread,
        "encryption_key": key,
        "resource_group": item.arm.resource_group,
    }
    return Resource(
        id=f"{item.id}/locations/{region}",
        kind=REPLICA_KIND,
        name=f"{item.arm.name} in {region}",
        placement=Placement(provider="azure", account=shelf.subscription, region=region, zones=unknown),
        facts=tuple(
            Fact(name=name, value=value, evidence=Evidence.CONFIGURED, origin="locations")
            for name, value in stated.items()
            if value is not None
        ),
        tags=(),
    )


def _cache(item: Item, shelf: Shelf) -> Extra:
    """Read a Redis cache: nodes in two or more zones fail over by themselves; one node is in one zone."""
    listed = texts("zones", item.body)
    zones = shelf.places.zones(item.region, listed)
    version = text("properties.redisVersion", item.body)
    facts: dict[str, FactValue | None] = {"engine": "redis", "engine_version": version}
    if len(listed) > 1:
        worst = majority(len(zones or ()))[1]
        return Extra(
            facts=facts | {"zone_redundant": True},
            zones=zones or (),
            needs=spread_over(zones or (), worst=worst, origin="redis"),
        )
    automatic = (text("properties.zonalAllocationPolicy", item.body) or "").lower() == "automatic"
    return Extra(
        facts=facts | {"zone_redundant": None if automatic or not item.body.get("properties") else False}
    )


_STORAGE_HOSTS = "properties.[primaryEndpoints.*, secondaryEndpoints.*][]"
_SPREAD_STORAGE = "sku.name && contains(sku.name, 'ZRS')"

SPECS = (
    AzureSpec(
        kind="azure.storage.storageaccounts",
        title="storage account",
        stateful=True,
        type="Microsoft.Storage/storageAccounts",
        api_version="2023-05-01",
        facts=(("sku", "sku.name"), ("secondary_region", "properties.secondaryLocation")),
        aliases=(_STORAGE_HOSTS,),
        zoning=Zoning.FLAG,
        redundant=_SPREAD_STORAGE,
        refine=_account,
    ),
    AzureSpec(
        kind="azure.dbforpostgresql.flexibleservers",
        title="PostgreSQL flexible server",
        stateful=True,
        type="Microsoft.DBforPostgreSQL/flexibleServers",
        api_version="2024-08-01",
        assumed=(("engine", "postgres"),),
        facts=(("sku", "sku.name"), ("engine_version", "properties.version")),
        aliases=("properties.fullyQualifiedDomainName",),
        needs=(("subnet", "properties.network.delegatedSubnetResourceId"),),
        refine=_flexible_server,
    ),
    AzureSpec(
        kind="azure.dbformysql.flexibleservers",
        title="MySQL flexible server",
        stateful=True,
        type="Microsoft.DBforMySQL/flexibleServers",
        api_version="2023-12-30",
        assumed=(("engine", "mysql"),),
        facts=(("sku", "sku.name"), ("engine_version", "properties.version")),
        aliases=("properties.fullyQualifiedDomainName",),
        needs=(("subnet", "properties.network.delegatedSubnetResourceId"),),
        refine=_flexible_server,
    ),
    AzureSpec(
        kind="azure.documentdb.databaseaccounts",
        title="Cosmos DB account",
        stateful=True,
        type="Microsoft.DocumentDB/databaseAccounts",
        api_version="2024-05-15",
        assumed=(("engine", "cosmos"),),
        aliases=(
            "properties.documentEndpoint",
            "properties.[readLocations, writeLocations][][].documentEndpoint",
        ),
        refine=_cosmos,
    ),
    AzureSpec(
        kind=REPLICA_KIND,
        title="Cosmos DB replica",
        stateful=True,
        type="Microsoft.DocumentDB/databaseAccounts/locations",
        api_version="2024-05-15",
        made=True,
    ),
    AzureSpec(
        kind="azure.cache.redis",
        title="Redis cache",
        stateful=True,
        type="Microsoft.Cache/redis",
        api_version="2024-03-01",
        facts=(("sku", "properties.sku.name"),),
        aliases=("properties.hostName",),
        needs=(("subnet", "properties.subnetId"),),
        zoning=Zoning.SINGLE,
        refine=_cache,
    ),
    AzureSpec(
        kind="azure.cache.redisenterprise",
        title="Redis Enterprise cache",
        stateful=True,
        type="Microsoft.Cache/redisEnterprise",
        api_version="2024-02-01",
        assumed=(("engine", "redis"),),
        facts=(("sku", "sku.name"),),
        aliases=("properties.hostName",),
        zoning=Zoning.SPREAD,
        refine=_enterprise_cache,
    ),
)
