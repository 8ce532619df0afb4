"""Who answers at a public address: its names belong to what stands behind it, not to the address alone."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.connectors.azure.read import refs
from auditor.connectors.azure.spec import Item, Shelf
from auditor.connectors.extract import read, texts

NAMES = "[properties.dnsSettings.fqdn, properties.ipAddress]"


def own_names(address: Item) -> tuple[str, ...]:
    """Return the names of an address nobody uses; a used one's names are those of its user."""
    return () if read("properties.ipConfiguration", address.body) else _names(address)


def names_of(addresses: Iterable[str], shelf: Shelf) -> tuple[str, ...]:
    """Return the DNS names and numbers of public addresses by their ids."""
    found = (shelf.get(address) for address in addresses)
    return tuple(name for address in found if address for name in _names(address))


def names_of_machine(item: Item, shelf: Shelf) -> tuple[str, ...]:
    """Return the names of the public addresses on a machine's network interfaces."""
    cards = (shelf.get(card) for card in refs("properties.networkProfile.networkInterfaces[].id", item.body))
    path = "properties.ipConfigurations[].properties.publicIPAddress.id"
    return names_of((address for card in cards if card for address in refs(path, card.body)), shelf)


def _names(address: Item) -> tuple[str, ...]:
    return tuple(name.lower() for name in texts(NAMES, address.body))
