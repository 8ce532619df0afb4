"""Networks and what carries traffic inside a region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.connectors.azure.catalogue._addresses import names_of, own_names
from auditor.connectors.azure.catalogue._pools import Pool, behind, listed_pools
from auditor.connectors.azure.catalogue._targets import Backend, machine_behind, machines_at, pool_need
from auditor.connectors.azure.read import refs
from auditor.connectors.azure.spec import KEEP, AzureSpec, Extra, Item, Keep, Shelf, Zoning
from auditor.connectors.extract import host_of, items, read, text, texts
from auditor.model.evidence import FactValue
from auditor.model.need import Need

# Regions where a Standard public IP without zones is in one zone; in newer zonal regions it is spread
# (Azure/Azure-Proactive-Resiliency-Library-v2, publicIPAddresses).
UNSPREAD_BY_DEFAULT = frozenset(
    {
        "centralindia",
        "centralus",
        "chinanorth3",
        "eastus",
        "japaneast",
        "japanwest",
        "newzealandnorth",
        "southcentralus",
        "southeastasia",
        "switzerlandnorth",
        "uaenorth",
        "usgovvirginia",
        "westeurope",
        "westus3",
    }
)
_VERSION = "2024-05-01"
_POOLS = "properties.backendAddressPools"
_POOL, _PATH_MAP = "properties.backendAddressPool.id", "properties.urlPathMaps[].properties"
_SPREAD = 2


def _network(item: Item, _shelf: Shelf) -> Extra:
    """Make subnets names of their network: whoever is in one needs the network."""
    return Extra(aliases=refs("properties.subnets[].id", item.body))


def address_spread(item: Item, shelf: Shelf) -> bool | None:
    """Return whether a public IP is spread over zones; None outside zonal regions and where unknown."""
    listed = texts("zones", item.body)
    if listed:
        return len(listed) >= _SPREAD
    if not shelf.places.zonal(item.region):
        return None
    if (text("sku.name", item.body) or "basic").lower() == "basic":
        return False
    return item.region not in UNSPREAD_BY_DEFAULT


def _public_ip(item: Item, shelf: Shelf) -> Extra:
    if (text("sku.tier", item.body) or "").lower() == "global":
        return Extra(aliases=own_names(item), region="global", zones=())
    spread = address_spread(item, shelf)
    return Extra(aliases=own_names(item), facts={"zone_redundant": spread}, zones=() if spread else KEEP)


def _load_balancer(item: Item, shelf: Shelf) -> Extra:
    public = refs("properties.frontendIPConfigurations[].properties.publicIPAddress.id", item.body)
    spread = _front_spread(item, shelf)
    gateway = (text("sku.name", item.body) or "").lower() == "gateway"
    facts: dict[str, FactValue | None] = {
        "lb_type": "gateway" if gateway else "network",
        "zone_redundant": spread,
        "entry_point": True if public else None,
        "internet_facing": True if public else None,
    }
    unknown = None if shelf.places.zonal(item.region) and spread is not True else ()
    needs, pools = behind(
        item,
        (
            Pool(id=id_, name=name, needs=_pool_need(_pool_members(pool, shelf)))
            for id_, name, pool in listed_pools(_POOLS, item)
        ),
        account=shelf.subscription,
        region=item.region,
        # Rules lead to pools; a pool for outbound rules alone holds nobody up.
        always=refs(
            "properties.loadBalancingRules[].properties.[backendAddressPool.id, backendAddressPools[].id][]",
            item.body,
        ),
    )
    zones = _front_zones(item, shelf) or unknown
    return Extra(facts=facts, aliases=names_of(public, shelf), needs=needs, zones=zones, resources=pools)


def _front_zones(item: Item, shelf: Shelf) -> tuple[str, ...]:
    """Return the one zone that all private front ends are pinned to, else nothing."""
    pinned = [texts("zones", front) for front in items("properties.frontendIPConfigurations", item.body)]
    if pinned and all(len(zones) == 1 for zones in pinned) and len(set(pinned)) == 1:
        return shelf.places.zones(item.region, pinned[0]) or ()
    return ()


def _front_spread(item: Item, shelf: Shelf) -> bool | None:
    """Return whether every front end is spread: its own zones, or those of its public IP."""
    found: list[bool | None] = []
    for front in items("properties.frontendIPConfigurations", item.body):
        address = shelf.get(text("properties.publicIPAddress.id", front))
        own = texts("zones", front)
        if own:
            found.append(len(own) >= _SPREAD)
        elif address is not None:
            found.append(address_spread(address, shelf))
        else:
            found.append(None if read("properties.publicIPAddress", front) else False)
    if not shelf.places.zonal(item.region) or not found:
        return None
    return False if False in found else None if None in found else True


def _pool_need(members: Iterator[Backend]) -> tuple[Need, ...]:
    return pool_need(members, role="back end", origin="backendAddressPools")


def _pool_members(pool: Mapping[str, Any], shelf: Shelf) -> Iterator[Backend]:
    configurations = texts(
        "[properties.backendIPConfigurations[].id, "
        "properties.loadBalancerBackendAddresses[].properties.networkInterfaceIPConfiguration.id]",
        pool,
    )
    for configuration in configurations:
        yield machine_behind(configuration, shelf)
    for backend in items("properties.loadBalancerBackendAddresses[].properties", pool):
        yield from machines_at(texts("ipAddress", backend), text("virtualNetwork.id", backend) or "", shelf)
    for scale_set in shelf.referring("pool", text("id", pool) or ""):
        yield Backend(ref=scale_set.id)


def _application_gateway(item: Item, shelf: Shelf) -> Extra:
    public = refs("properties.frontendIPConfigurations[].properties.publicIPAddress.id", item.body)
    subnet = next(iter(refs("properties.gatewayIPConfigurations[].properties.subnet.id", item.body)), "")
    network = subnet.partition("/subnets/")[0]
    needs, pools = behind(
        item,
        (
            Pool(id=id_, name=name, needs=_pool_need(_gateway_members(pool, network, shelf)))
            for id_, name, pool in listed_pools(_POOLS, item)
        ),
        account=shelf.subscription,
        region=item.region,
        always=(
            *refs(f"properties.[requestRoutingRules, routingRules][].{_POOL}", item.body),
            *refs(f"{_PATH_MAP}.defaultBackendAddressPool.id", item.body),
        ),
        on_paths=refs(f"{_PATH_MAP}.pathRules[].{_POOL}", item.body),
    )
    facts: dict[str, FactValue | None] = {
        "lb_type": "application",
        "internet_facing": True if public else None,
    }
    return Extra(facts=facts, aliases=names_of(public, shelf), needs=needs, resources=pools)


def _gateway_members(pool: Mapping[str, Any], network: str, shelf: Shelf) -> Iterator[Backend]:
    for configuration in texts("properties.backendIPConfigurations[].id", pool):
        yield machine_behind(configuration, shelf)
    for name in texts("properties.backendAddresses[].fqdn", pool):
        if host := host_of(name):
            yield Backend(ref=host)
    yield from machines_at(texts("properties.backendAddresses[].ipAddress", pool), network, shelf)


def _gateway(item: Item, shelf: Shelf) -> Extra:
    """Read a VPN or ExpressRoute gateway: its SKU tier says whether it is spread."""
    tier = (text("properties.sku.tier", item.body) or "").lower()
    spread = ("az" in tier or tier == "ergwscale") if tier and shelf.places.zonal(item.region) else None
    zones: tuple[str, ...] | Keep | None = None if spread is False else ()
    return Extra(facts={"zone_redundant": spread}, zones=zones)


_CONFIGS = "properties.ipConfigurations[].properties"

SPECS = (
    AzureSpec(
        kind="azure.network.virtualnetworks",
        title="virtual network",
        support=True,
        type="Microsoft.Network/virtualNetworks",
        api_version=_VERSION,
        facts=(
            ("cidrs", "properties.addressSpace.addressPrefixes"),
            ("dns.servers", "properties.dhcpOptions.dnsServers"),
        ),
        needs=(
            ("security group", "properties.subnets[].properties.networkSecurityGroup.id"),
            ("route table", "properties.subnets[].properties.routeTable.id"),
            ("NAT gateway", "properties.subnets[].properties.natGateway.id"),
        ),
        refine=_network,
    ),
    AzureSpec(
        kind="azure.network.networkinterfaces",
        title="network interface",
        support=True,
        type="Microsoft.Network/networkInterfaces",
        api_version=_VERSION,
        needs=(
            ("subnet", f"{_CONFIGS}.subnet.id"),
            ("public address", f"{_CONFIGS}.publicIPAddress.id"),
            ("security group", "properties.networkSecurityGroup.id"),
        ),
        links=(("address", f"{_CONFIGS}.privateIPAddress"),),
    ),
    AzureSpec(
        kind="azure.network.networksecuritygroups",
        title="network security group",
        support=True,
        type="Microsoft.Network/networkSecurityGroups",
        api_version=_VERSION,
    ),
    AzureSpec(
        kind="azure.network.routetables",
        title="route table",
        support=True,
        type="Microsoft.Network/routeTables",
        api_version=_VERSION,
    ),
    AzureSpec(
        kind="azure.network.publicipaddresses",
        title="public IP address",
        support=True,
        type="Microsoft.Network/publicIPAddresses",
        api_version=_VERSION,
        facts=(("sku", "sku.name"),),
        zoning=Zoning.SINGLE,
        refine=_public_ip,
    ),
    AzureSpec(
        kind="azure.network.loadbalancers",
        title="load balancer",
        type="Microsoft.Network/loadBalancers",
        api_version=_VERSION,
        facts=(("sku", "sku.name"),),
        needs=(
            ("public address", "properties.frontendIPConfigurations[].properties.publicIPAddress.id"),
            ("subnet", "properties.frontendIPConfigurations[].properties.subnet.id"),
        ),
        refine=_load_balancer,
        blind="which back ends pass their health probe",
    ),
    AzureSpec(
        kind="azure.network.loadbalancers.backendaddresspools",
        title="load balancer pool",
        support=True,
        type="Microsoft.Network/loadBalancers/backendAddressPools",
        api_version=_VERSION,
        made=True,
    ),
    AzureSpec(
        kind="azure.network.applicationgateways",
        title="application gateway",
        type="Microsoft.Network/applicationGateways",
        api_version=_VERSION,
        assumed=(("entry_point", True),),
        facts=(("sku", "properties.sku.name"),),
        needs=(
            ("public address", "properties.frontendIPConfigurations[].properties.publicIPAddress.id"),
            ("subnet", "properties.gatewayIPConfigurations[].properties.subnet.id"),
        ),
        zoning=Zoning.SPREAD,
        refine=_application_gateway,
    ),
    AzureSpec(
        kind="azure.network.applicationgateways.backendaddresspools",
        title="application gateway pool",
        support=True,
        type="Microsoft.Network/applicationGateways/backendAddressPools",
        api_version=_VERSION,
        made=True,
    ),
    AzureSpec(
        kind="azure.network.natgateways",
        title="NAT gateway",
        support=True,
        type="Microsoft.Network/natGateways",
        api_version=_VERSION,
        facts=(("sku", "sku.name"),),
        needs=(("public address", "properties.publicIpAddresses[].id"),),
        zoning=Zoning.SINGLE,
    ),
    AzureSpec(
        kind="azure.network.azurefirewalls",
        title="Azure Firewall",
        type="Microsoft.Network/azureFirewalls",
        api_version=_VERSION,
        facts=(("sku", "properties.sku.tier"),),
        needs=(
            ("public address", f"{_CONFIGS}.publicIPAddress.id"),
            ("subnet", f"{_CONFIGS}.subnet.id"),
        ),
        zoning=Zoning.SPREAD,
    ),
    AzureSpec(
        kind="azure.network.virtualnetworkgateways",
        title="VPN or ExpressRoute gateway",
        type="Microsoft.Network/virtualNetworkGateways",
        api_version=_VERSION,
        facts=(("sku", "properties.sku.name"),),
        needs=(
            ("public address", f"{_CONFIGS}.publicIPAddress.id"),
            ("subnet", f"{_CONFIGS}.subnet.id"),
        ),
        refine=_gateway,
    ),
    AzureSpec(
        kind="azure.network.bastionhosts",
        title="bastion host",
        type="Microsoft.Network/bastionHosts",
        api_version=_VERSION,
        facts=(("sku", "sku.name"),),
        zoning=Zoning.SPREAD,
    ),
)
