"""Global entry points: Traffic Manager, Front Door and content delivery."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.connectors.azure.catalogue._pools import Pool, behind, listed_pools
from auditor.connectors.azure.catalogue._switching import Target, first_that_answers
from auditor.connectors.azure.places import GLOBAL
from auditor.connectors.azure.read import refs
from auditor.connectors.azure.spec import AzureSpec, Child, Extra, Item, Shelf
from auditor.connectors.extract import host_of, items, read, text, texts
from auditor.model.evidence import Range
from auditor.model.need import Member, Need, requires

_GONE = {"disabled", "degraded", "inactive", "stopped"}
_PINNED = {"geographic", "subnet"}
EVERYTHING = "/*"
"""The pattern of a Front Door's route that takes every path."""
_AFD_VERSION = "2023-05-01"
_IS_FRONT_DOOR = "contains(sku.name || '', 'AzureFrontDoor')"
ENDPOINTS = "microsoft.cdn/profiles/afdendpoints"
DOMAINS = "microsoft.cdn/profiles/customdomains"
GROUPS = "microsoft.cdn/profiles/origingroups"
ORIGINS = "microsoft.cdn/profiles/origingroups/origins"


def _number(path: str, body: Mapping[str, Any], default: float) -> float:
    found = read(path, body)
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else default


def _traffic_manager(item: Item, _shelf: Shelf) -> Extra:
    method = (text("properties.trafficRoutingMethod", item.body) or "").lower()
    targets = _endpoints(item, priority=method == "priority")
    delay = _name_delay(item.body)
    # Geography and subnet name one endpoint for each user: nobody steps in for it.
    needs = first_that_answers(
        targets, delay=delay, role="endpoint", origin=f"{method} routing", probed=method not in _PINNED
    )
    return Extra(region=GLOBAL, needs=needs)


def _endpoints(item: Item, *, priority: bool) -> tuple[Target, ...]:
    """Return the endpoints that answer; when none does, all enabled ones, as Traffic Manager does."""
    enabled = [
        endpoint
        for endpoint in items("properties.endpoints", item.body)
        if (text("properties.endpointStatus", endpoint) or "enabled").lower() != "disabled"
    ]
    up = [e for e in enabled if (text("properties.endpointMonitorStatus", e) or "").lower() not in _GONE]
    found = []
    for endpoint in up or enabled:
        ref = _target(endpoint)
        checking = text("properties.endpointMonitorStatus", endpoint) == "CheckingEndpoint"
        if ref:
            rank = int(_number("properties.priority", endpoint, 1)) if priority else 1
            found.append(Target(ref=ref, priority=rank, unknown="target_health" if checking else None))
    sure = any(target.unknown is None for target in found)
    return tuple(found) if sure else tuple(Target(ref=t.ref, priority=t.priority) for t in found)


def _target(endpoint: Mapping[str, Any]) -> str:
    """Return the resource or host an endpoint names; a public address by its name, which is its user's."""
    host = host_of(text("properties.target", endpoint)) or ""
    resource = (text("properties.targetResourceId", endpoint) or "").lower()
    return host if host and (not resource or "/publicipaddresses/" in resource) else resource


def _name_delay(body: Mapping[str, Any]) -> Range:
    """Return minutes until users are sent elsewhere: failed probes, then what their resolvers remember."""
    interval = _number("properties.monitorConfig.intervalInSeconds", body, 30)
    tolerated = _number("properties.monitorConfig.toleratedNumberOfFailures", body, 3)
    timeout = _number("properties.monitorConfig.timeoutInSeconds", body, 10)
    ttl = _number("properties.dnsConfig.ttl", body, 60)
    return interval * tolerated / 60, (interval * (tolerated + 1) + timeout + ttl) / 60


def _probe_delay(interval: float, sample: float, good: float) -> Range:
    """Return minutes until an origin is left: as many bad probes as make the good ones too few."""
    return 0.0, max(1.0, sample - good + 1) * interval / 60


def _front_door(item: Item, shelf: Shelf) -> Extra:
    routes = [
        route
        for route in items("properties.routingRules", item.body)
        if (text("properties.enabledState", route) or "enabled").lower() == "enabled"
    ]
    everywhere = [route for route in routes if EVERYTHING in texts("properties.patternsToMatch", route)]
    needs, pools = behind(
        item,
        (
            Pool(id=id_, name=name, needs=_pool_needs(item, name, pool))
            for id_, name, pool in listed_pools("properties.backendPools", item)
        ),
        account=shelf.subscription,
        region=GLOBAL,
        always=_pools_of(everywhere),
        on_paths=_pools_of(routes),
    )
    return Extra(region=GLOBAL, needs=needs, resources=pools)


def _pools_of(routes: list[Mapping[str, Any]]) -> set[str]:
    """Return the pools that routes lead to, in the spelling of either API version."""
    path = "properties.[routeConfiguration.backendPool.id, backendPool.id]"
    return {ref for route in routes for ref in refs(path, route)}


def _pool_needs(item: Item, name: str, pool: Mapping[str, Any]) -> tuple[Need, ...]:
    probe = _setting("healthProbeSettings", item, pool)
    balance = _setting("loadBalancingSettings", item, pool)
    delay = _probe_delay(
        _number("properties.intervalInSeconds", probe, 30),
        _number("properties.sampleSize", balance, 4),
        _number("properties.successfulSamplesRequired", balance, 2),
    )
    return first_that_answers(_backends(pool), delay=delay, role=f"back end {name}", origin="backendPools")


def _setting(name: str, item: Item, pool: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the settings of that name a pool refers to."""
    wanted = (text(f"properties.{name}.id", pool) or "").lower()
    settings = items(f"properties.{name}", item.body)
    return next((one for one in settings if (text("id", one) or "").lower() == wanted), {})


def _backends(pool: Mapping[str, Any]) -> Iterator[Target]:
    for backend in items("properties.backends", pool):
        host = host_of(text("address", backend))
        if host and (text("enabledState", backend) or "enabled").lower() == "enabled":
            yield Target(ref=host, priority=int(_number("priority", backend, 1)))


def _profile(item: Item, shelf: Shelf) -> Extra:
    """Read a Front Door Standard or Premium profile with what is below it, or a CDN profile."""
    names = [
        host
        for child in shelf.children(item, ENDPOINTS, DOMAINS)
        for path in ("properties.hostName", "properties.validationProperties.hostName")
        if (host := host_of(text(path, child.body)))
    ]
    groups = tuple(Member(ref=group.id) for group in shelf.children(item, GROUPS))
    # Which routes lead to which group is not read: one of them may be enough, or each be needed.
    needs = (
        [Need(role="origin group", members=groups, k=(1, len(groups)), origin="originGroups")]
        if groups
        else []
    )
    return Extra(region=GLOBAL, aliases=tuple(names), needs=tuple(needs))


def _origin_group(item: Item, shelf: Shelf) -> Extra:
    origins = [child.body for child in shelf.children(item, ORIGINS)]
    delay = _probe_delay(
        _number("properties.healthProbeSettings.probeIntervalInSeconds", item.body, 100),
        _number("properties.loadBalancingSettings.sampleSize", item.body, 4),
        _number("properties.loadBalancingSettings.successfulSamplesRequired", item.body, 3),
    )
    probed = read("properties.healthProbeSettings", item.body) is not None
    needs = first_that_answers(
        _origins(origins), delay=delay, role="origin", origin="originGroups", probed=probed
    )
    return Extra(region=GLOBAL, needs=needs)


def _origins(bodies: list[Mapping[str, Any]]) -> Iterator[Target]:
    for body in bodies:
        host = host_of(text("properties.hostName", body))
        if host and (text("properties.enabledState", body) or "enabled").lower() == "enabled":
            yield Target(ref=host, priority=int(_number("properties.priority", body, 1)))


def _cdn_endpoint(item: Item, _shelf: Shelf) -> Extra:
    """Read a classic CDN endpoint: all its origins, as it knows no probes unless origins form groups."""
    targets = [
        Target(ref=host, priority=int(_number("properties.priority", origin, 1)))
        for origin in items("properties.origins", item.body)
        if (host := host_of(text("properties.hostName", origin)))
    ]
    grouped = bool(items("properties.originGroups[?properties.healthProbeSettings]", item.body))
    needs = first_that_answers(targets, delay=(0.0, 5.0), role="origin", origin="CDN origins", probed=grouped)
    profile = requires("profile", item.arm.parent, origin="CDN") if item.arm.parent else ()
    domains = texts("properties.customDomains[].properties.hostName", item.body)
    hosts = tuple(host for name in domains if (host := host_of(name)))
    return Extra(region=GLOBAL, needs=(*needs, *profile), aliases=hosts)


SPECS = (
    AzureSpec(
        kind="azure.network.trafficmanagerprofiles",
        title="Traffic Manager profile",
        type="Microsoft.Network/trafficManagerProfiles",
        api_version="2022-04-01",
        assumed=(("entry_point", True), ("internet_facing", True)),
        aliases=("properties.dnsConfig.fqdn",),
        refine=_traffic_manager,
    ),
    AzureSpec(
        kind="azure.network.frontdoors",
        title="Front Door (classic)",
        type="Microsoft.Network/frontDoors",
        api_version="2021-06-01",
        assumed=(("entry_point", True), ("internet_facing", True)),
        aliases=("properties.cName", "properties.frontendEndpoints[].properties.hostName"),
        refine=_front_door,
    ),
    AzureSpec(
        kind="azure.network.frontdoors.backendpools",
        title="Front Door (classic) pool",
        support=True,
        type="Microsoft.Network/frontDoors/backendPools",
        api_version="2021-06-01",
        made=True,
    ),
    AzureSpec(
        kind="azure.cdn.profiles",
        title="Front Door or CDN profile",
        type="Microsoft.Cdn/profiles",
        api_version=_AFD_VERSION,
        children=(
            Child(
                path="afdEndpoints",
                type="Microsoft.Cdn/profiles/afdEndpoints",
                api_version=_AFD_VERSION,
                in_graph=False,
                when=_IS_FRONT_DOOR,
            ),
            Child(
                path="customDomains",
                type="Microsoft.Cdn/profiles/customDomains",
                api_version=_AFD_VERSION,
                in_graph=False,
                when=_IS_FRONT_DOOR,
            ),
            Child(
                path="originGroups",
                type="Microsoft.Cdn/profiles/originGroups",
                api_version=_AFD_VERSION,
                in_graph=False,
                when=_IS_FRONT_DOOR,
            ),
        ),
        assumed=(("entry_point", True), ("internet_facing", True)),
        facts=(("sku", "sku.name"),),
        refine=_profile,
    ),
    AzureSpec(
        kind="azure.cdn.profiles.afdendpoints",
        title="Front Door endpoint",
        type="Microsoft.Cdn/profiles/afdEndpoints",
        api_version=_AFD_VERSION,
        folded=True,
    ),
    AzureSpec(
        kind="azure.cdn.profiles.customdomains",
        title="Front Door custom domain",
        type="Microsoft.Cdn/profiles/customDomains",
        api_version=_AFD_VERSION,
        folded=True,
    ),
    AzureSpec(
        kind="azure.cdn.profiles.origingroups",
        title="Front Door origin group",
        support=True,
        type="Microsoft.Cdn/profiles/originGroups",
        api_version=_AFD_VERSION,
        children=(
            Child(
                path="origins",
                type="Microsoft.Cdn/profiles/originGroups/origins",
                api_version=_AFD_VERSION,
                in_graph=False,
            ),
        ),
        refine=_origin_group,
    ),
    AzureSpec(
        kind="azure.cdn.profiles.origingroups.origins",
        title="Front Door origin",
        type="Microsoft.Cdn/profiles/originGroups/origins",
        api_version=_AFD_VERSION,
        folded=True,
    ),
    AzureSpec(
        kind="azure.cdn.profiles.endpoints",
        title="CDN endpoint",
        type="Microsoft.Cdn/profiles/endpoints",
        api_version=_AFD_VERSION,
        assumed=(("entry_point", True), ("internet_facing", True)),
        aliases=("properties.hostName",),
        refine=_cdn_endpoint,
    ),
)
