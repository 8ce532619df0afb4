"""Messaging, search and API front ends that say whether they are spread over zones."""

from __future__ import annotations

from auditor.connectors.azure.catalogue._keys import listed_key
from auditor.connectors.azure.read import truth
from auditor.connectors.azure.spec import AzureSpec, Extra, Item, Shelf, Zoning
from auditor.connectors.extract import read


def _service_bus(item: Item, shelf: Shelf) -> Extra:
    """Read a namespace; new ones are spread and still answer false, so only true is evidence."""
    spread = truth(read("properties.zoneRedundant", item.body)) or None
    unknown = None if shelf.places.zonal(item.region) and not spread else ()
    return Extra(facts={"zone_redundant": spread, "encryption_key": _key(item)}, zones=unknown)


def _event_hub(item: Item, _shelf: Shelf) -> Extra:
    return Extra(facts={"encryption_key": _key(item)})


def _key(item: Item) -> str | None:
    return listed_key("properties.encryption.keyVaultProperties[0]", item.body)


SPECS = (
    AzureSpec(
        kind="azure.servicebus.namespaces",
        title="Service Bus namespace",
        type="Microsoft.ServiceBus/namespaces",
        api_version="2021-11-01",
        facts=(("sku", "sku.name"),),
        aliases=("properties.serviceBusEndpoint",),
        refine=_service_bus,
    ),
    AzureSpec(
        kind="azure.eventhub.namespaces",
        title="Event Hubs namespace",
        type="Microsoft.EventHub/namespaces",
        api_version="2021-11-01",
        facts=(("sku", "sku.name"),),
        aliases=("properties.serviceBusEndpoint",),
        zoning=Zoning.FLAG,
        redundant="properties.zoneRedundant",
        refine=_event_hub,
    ),
    AzureSpec(
        kind="azure.search.searchservices",
        title="AI Search service",
        type="Microsoft.Search/searchServices",
        api_version="2023-11-01",
        facts=(("sku", "sku.name"),),
        zoning=Zoning.FLAG,
        redundant="properties.replicaCount && to_number(properties.replicaCount) >= `2`",
    ),
    AzureSpec(
        kind="azure.signalrservice.signalr",
        title="SignalR service",
        type="Microsoft.SignalRService/signalR",
        api_version="2023-02-01",
        facts=(("sku", "sku.name"),),
        aliases=("properties.hostName",),
        zoning=Zoning.FLAG,
        redundant="sku.tier && sku.tier == 'Premium'",
    ),
    AzureSpec(
        kind="azure.apimanagement.service",
        title="API Management service",
        type="Microsoft.ApiManagement/service",
        api_version="2022-08-01",
        assumed=(("entry_point", True),),
        facts=(("sku", "sku.name"),),
        aliases=("properties.gatewayUrl", "properties.hostnameConfigurations[].hostName"),
        zoning=Zoning.SPREAD,
    ),
)
