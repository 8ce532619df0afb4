"""Kubernetes clusters, App Service and container apps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.connectors.azure.catalogue._images import distribution
from auditor.connectors.azure.catalogue._keys import key_of_set
from auditor.connectors.azure.read import majority, refs, spread_over, truth
from auditor.connectors.azure.spec import AzureSpec, Extra, Item, Shelf, Zoning
from auditor.connectors.extract import items, read, text, texts
from auditor.connectors.images import registries
from auditor.model.evidence import Evidence, Fact, FactValue
from auditor.model.need import Member, Need, requires
from auditor.model.resource import Placement, Resource

POOL_KIND = "azure.containerservice.managedclusters.agentpools"
_SETS = "microsoft.compute/virtualmachinescalesets"


def _cluster(item: Item, shelf: Shelf) -> Extra:
    """Read a cluster: its node pools become resources, as zones and operating systems are theirs."""
    pools = items("properties.agentPoolProfiles", item.body)
    placed = tuple(_pool(item, shelf, pool) for pool in pools if text("name", pool))
    systems = {fact.value for pool in placed for fact in pool.facts if fact.name == "os"}
    return Extra(
        # With pools read, the pools are the hosts.
        facts={
            "host": False if placed else None,
            "encryption_key": key_of_set(text("properties.diskEncryptionSetID", item.body), shelf),
            "os": systems.pop() if len(systems) == 1 else None,
            "state": (text("properties.powerState.code", item.body) or "").lower() or None,
        },
        needs=_any_pool(placed),
        resources=placed,
    )


def _any_pool(pools: tuple[Resource, ...]) -> tuple[Need, ...]:
    """Return the need for the pools: what runs in which is not told, so one or each of those that run."""
    stopped = ("state", "stopped")
    running = [pool for pool in pools if stopped not in {(fact.name, fact.value) for fact in pool.facts}]
    members = tuple(Member(ref=pool.id) for pool in running or pools)
    if not members:
        return ()
    return (Need(role="node pool", members=members, k=(1, len(members)), origin="agentPoolProfiles"),)


def _pool(item: Item, shelf: Shelf, pool: Mapping[str, Any]) -> Resource:
    name = text("name", pool) or ""
    listed = texts("availabilityZones", pool)
    zones = shelf.places.zones(item.region, listed)
    if not listed:
        zones = None if shelf.places.zonal(item.region) else ()
    node_sets = _node_sets(item, shelf, name)
    spread = spread_over(zones or (), worst=majority(len(zones or ()))[1], origin="agentPoolProfiles")
    named, version = distribution(" ".join(texts("[osSKU, nodeImageVersion]", pool)))
    stated: dict[str, FactValue | None] = {
        "host": not node_sets,
        "os": (text("osType", pool) or "").lower() or None,
        "os_distribution": named,
        "os_version": version,
        "resource_group": item.arm.resource_group,
        "sku": text("vmSize", pool),
        "zone_redundant": len(listed) > 1,
        "state": (text("powerState.code", pool) or "").lower() or None,
    }
    return Resource(
        id=f"{item.id}/agentpools/{name.lower()}",
        kind=POOL_KIND,
        name=name,
        placement=Placement(provider="azure", account=shelf.subscription, region=item.region, zones=zones),
        facts=tuple(
            Fact(name=key, value=value, evidence=Evidence.CONFIGURED, origin="agentPoolProfiles")
            for key, value in stated.items()
            if value is not None
        ),
        needs=(
            *spread,
            *requires("nodes", *node_sets, origin="nodeResourceGroup"),
            *requires("subnet", *refs("vnetSubnetID", pool), origin="agentPoolProfiles"),
        ),
    )


def _node_sets(item: Item, shelf: Shelf, pool: str) -> tuple[str, ...]:
    """Return the scale sets of a pool: in the cluster's node resource group, tagged with the pool's name."""
    group = (text("properties.nodeResourceGroup", item.body) or "").lower()
    return tuple(
        scale_set.id
        for scale_set in shelf.of_type(_SETS)
        if scale_set.arm.resource_group == group
        and (text('tags."aks-managed-poolName" || tags.poolName', scale_set.body) or "").lower()
        == pool.lower()
    )


def _plan(item: Item, shelf: Shelf) -> Extra:
    spread = truth(read("properties.zoneRedundant", item.body))
    tier = (text("sku.tier", item.body) or "").lower()
    # Only premium and isolated plans can be spread at all.
    if spread is None and tier and not tier.startswith(("premium", "isolated", "elasticpremium")):
        spread = False
    return Extra(
        facts={"zone_redundant": spread},
        zones=None if shelf.places.zonal(item.region) and not spread else (),
    )


def _site(item: Item, _shelf: Shelf) -> Extra:
    kind = (text("kind", item.body) or "").lower()
    system = "linux" if "linux" in kind or truth(read("properties.reserved", item.body)) else None
    image = text("properties.siteConfig.[linuxFxVersion, windowsFxVersion] | [?@] | [0]", item.body) or ""
    container = image.partition("|")[2] if image.upper().startswith("DOCKER|") else ""
    return Extra(
        facts={
            "os": system,
            "state": (text("properties.state", item.body) or "").lower() or None,
            "image_registry": registries([container] if container else []) or None,
        }
    )


def _container_app(item: Item, _shelf: Shelf) -> Extra:
    images = texts("properties.template.[containers, initContainers][][].image", item.body)
    return Extra(facts={"image_registry": registries(images) or None})


SPECS = (
    AzureSpec(
        kind="azure.containerservice.managedclusters",
        title="Kubernetes cluster (AKS)",
        type="Microsoft.ContainerService/managedClusters",
        api_version="2024-08-01",
        assumed=(("host", True),),
        facts=(("engine_version", "properties.kubernetesVersion"), ("sku", "sku.tier")),
        aliases=("properties.fqdn", "properties.privateFQDN"),
        refine=_cluster,
        blind="what runs in the cluster",
    ),
    AzureSpec(
        kind=POOL_KIND,
        title="Kubernetes node pool (AKS)",
        type="Microsoft.ContainerService/managedClusters/agentPools",
        api_version="2024-08-01",
        made=True,
    ),
    AzureSpec(
        kind="azure.web.serverfarms",
        title="App Service plan",
        support=True,
        type="Microsoft.Web/serverfarms",
        api_version="2023-12-01",
        facts=(("sku", "sku.name"),),
        refine=_plan,
    ),
    AzureSpec(
        kind="azure.web.sites",
        title="App Service site",
        type="Microsoft.Web/sites",
        api_version="2023-12-01",
        assumed=(("entry_point", True),),
        aliases=("properties.defaultHostName", "properties.hostNames", "properties.enabledHostNames"),
        needs=(
            ("plan", "properties.serverFarmId"),
            ("subnet", "properties.virtualNetworkSubnetId"),
            ("environment", "properties.managedEnvironmentId"),
        ),
        refine=_site,
        blind="app settings and connection strings, so what it calls is unknown: declare it in auditor.toml",
    ),
    AzureSpec(
        kind="azure.app.managedenvironments",
        title="Container Apps environment",
        type="Microsoft.App/managedEnvironments",
        api_version="2024-03-01",
        needs=(("subnet", "properties.vnetConfiguration.infrastructureSubnetId"),),
        zoning=Zoning.FLAG,
        redundant="properties.zoneRedundant",
    ),
    AzureSpec(
        kind="azure.app.containerapps",
        title="container app",
        type="Microsoft.App/containerApps",
        api_version="2024-03-01",
        aliases=("properties.configuration.ingress.fqdn",),
        needs=(("environment", "properties.managedEnvironmentId || properties.environmentId"),),
        refine=_container_app,
        blind="environment variables and secrets",
    ),
    AzureSpec(
        kind="azure.containerregistry.registries",
        title="container registry",
        type="Microsoft.ContainerRegistry/registries",
        api_version="2023-07-01",
        facts=(("sku", "sku.name"),),
        aliases=("properties.loginServer",),
        zoning=Zoning.FLAG,
        redundant="properties.zoneRedundancy",
    ),
)
