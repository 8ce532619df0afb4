"""Azure SQL: logical servers, databases, elastic pools, failover groups, managed instances."""

from __future__ import annotations

from auditor.connectors.azure.catalogue._keys import key_address
from auditor.connectors.azure.catalogue.data import BY_HAND
from auditor.connectors.azure.places import GLOBAL, region_code
from auditor.connectors.azure.read import refs, truth
from auditor.connectors.azure.spec import AzureSpec, Child, Extra, Item, Shelf, Zoning
from auditor.connectors.extract import items, parse_arm_id, read, text
from auditor.model.domain import control_plane_id
from auditor.model.evidence import Range
from auditor.model.need import Member, Need, requires

_VERSION = "2021-11-01"
_DOMAINS = {"chinacloudapi": "database.chinacloudapi.cn", "usgovcloudapi": "database.usgovcloudapi.net"}


def _encrypted(item: Item, _shelf: Shelf) -> Extra:
    """Tell the key that protects what a server or managed instance holds, where it is its owner's."""
    return Extra(facts={"encryption_key": key_address(text("properties.keyId", item.body))})


def _database(item: Item, shelf: Shelf) -> Extra:
    """Read a database: it needs its server's gateway; without zone redundancy it is in one unknown zone."""
    spread = truth(read("properties.zoneRedundant", item.body))
    unknown = None if shelf.places.zonal(item.region) and not spread else ()
    server = requires("server", item.arm.parent, origin="servers/databases") if item.arm.parent else ()
    if item.arm.name.lower() == "master":  # Azure's own bookkeeping: its flag says nothing
        return Extra(needs=server, zones=())
    key = key_address(text("properties.encryptionProtector", item.body))
    return Extra(facts={"zone_redundant": spread, "encryption_key": key}, zones=unknown, needs=server)


def _failover_group(item: Item, shelf: Shelf) -> Extra:
    """Read a failover group: the name that points at whichever server is primary; it lives in no region."""
    partner = next(iter(items("properties.partnerServers", item.body)), None)
    own, other = item.arm.parent or "", (text("id", partner) or "").lower()
    leads = (text("properties.replicationRole", item.body) or "primary").lower() == "primary"
    there = region_code(text("location", partner)) if leads else item.region
    first, second = (own, other) if leads else (other, own)
    policy = (text("properties.readWriteEndpoint.failoverPolicy", item.body) or "").lower()
    members = _pairs(item, first, second)
    names = _listener(item, shelf) if leads else ()
    if not first or not second:
        return Extra(
            region=GLOBAL, aliases=names, needs=requires("server", first or second, origin="failoverGroups")
        )
    grace = read("properties.readWriteEndpoint.failoverWithDataLossGracePeriodMinutes", item.body)
    wait = float(grace) if isinstance(grace, int | float) else 60.0
    # Automatic failover with data loss waits out the grace period, then the switch itself takes its time.
    delay: Range = (wait, wait + 60.0) if policy == "automatic" else BY_HAND
    by_hand = policy != "automatic"
    via = (control_plane_id("azure", there or GLOBAL, "microsoft.sql"),) if by_hand else ()
    needs = tuple(
        Need(
            role="database" if "/databases/" in primary else "server",
            members=(
                Member(ref=primary),
                Member(ref=standby, delay=delay, manual=by_hand, via=via, loss=None, assumed=True),
            ),
            origin=f"failoverGroups {policy or 'manual'}",
        )
        for primary, standby in members
    )
    return Extra(region=GLOBAL, aliases=names, needs=needs)


def _pairs(item: Item, first: str, second: str) -> tuple[tuple[str, str], ...]:
    """Return each database with its copy, or the servers where no database is listed."""
    names = [
        arm.name.lower() for ref in refs("properties.databases", item.body) if (arm := parse_arm_id(ref))
    ]
    return tuple((f"{first}/databases/{name}", f"{second}/databases/{name}") for name in sorted(names)) or (
        (first, second),
    )


def _listener(item: Item, shelf: Shelf) -> tuple[str, ...]:
    domain = next(
        (domain for word, domain in _DOMAINS.items() if word in shelf.cloud), "database.windows.net"
    )
    name = item.arm.name.lower()
    return f"{name}.{domain}", f"{name}.secondary.{domain}"


def _pool_zones(item: Item, shelf: Shelf) -> Extra:
    spread = truth(read("properties.zoneRedundant", item.body))
    return Extra(
        facts={"zone_redundant": spread},
        zones=None if shelf.places.zonal(item.region) and not spread else (),
        needs=requires("server", item.arm.parent, origin="servers/elasticPools") if item.arm.parent else (),
    )


SPECS = (
    AzureSpec(
        kind="azure.sql.servers",
        title="SQL logical server",
        support=True,
        type="Microsoft.Sql/servers",
        api_version=_VERSION,
        children=(
            Child(path="databases", type="Microsoft.Sql/servers/databases", api_version=_VERSION),
            Child(path="elasticPools", type="Microsoft.Sql/servers/elasticPools", api_version=_VERSION),
            Child(
                path="failoverGroups",
                type="Microsoft.Sql/servers/failoverGroups",
                api_version=_VERSION,
                in_graph=False,
            ),
        ),
        facts=(("engine_version", "properties.version"),),
        assumed=(("engine", "sqlserver"),),
        aliases=("properties.fullyQualifiedDomainName",),
        refine=_encrypted,
    ),
    AzureSpec(
        kind="azure.sql.servers.databases",
        title="SQL database",
        stateful=True,
        type="Microsoft.Sql/servers/databases",
        api_version=_VERSION,
        assumed=(("engine", "sqlserver"),),
        facts=(("sku", "sku.name"),),
        needs=(("elastic pool", "properties.elasticPoolId"),),
        refine=_database,
    ),
    AzureSpec(
        kind="azure.sql.servers.elasticpools",
        title="SQL elastic pool",
        stateful=True,
        type="Microsoft.Sql/servers/elasticPools",
        api_version=_VERSION,
        facts=(("sku", "sku.name"),),
        refine=_pool_zones,
    ),
    AzureSpec(
        kind="azure.sql.servers.failovergroups",
        title="SQL failover group",
        type="Microsoft.Sql/servers/failoverGroups",
        api_version=_VERSION,
        refine=_failover_group,
        blind="how long a failover takes; declare failover_minutes after a rehearsal",
    ),
    AzureSpec(
        kind="azure.sql.managedinstances",
        title="SQL managed instance",
        stateful=True,
        type="Microsoft.Sql/managedInstances",
        api_version=_VERSION,
        assumed=(("engine", "sqlserver"),),
        facts=(("sku", "sku.name"),),
        aliases=("properties.fullyQualifiedDomainName",),
        needs=(("subnet", "properties.subnetId"),),
        zoning=Zoning.FLAG,
        redundant="properties.zoneRedundant",
        refine=_encrypted,
    ),
)
