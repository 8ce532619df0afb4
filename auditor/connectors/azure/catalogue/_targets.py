"""What stands behind an address: from back-end configurations to machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from auditor.connectors.azure.catalogue.compute import OFF, power_state
from auditor.connectors.azure.read import majority
from auditor.connectors.azure.spec import Shelf
from auditor.connectors.extract import text, texts
from auditor.model.need import Member, Need

_SET = "/virtualmachinescalesets/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backend:
    """What a pool sends traffic to: resource id or host, and whether it runs as far as is known."""

    ref: str
    serving: bool = True


def machine_behind(configuration: str, shelf: Shelf) -> Backend:
    """Return the machine or scale set an IP configuration belongs to."""
    low = configuration.lower()
    head, found, rest = low.partition(_SET)
    if found:
        return Backend(ref=f"{head}{_SET}{rest.split('/')[0]}")
    card_id = low.split("/ipconfigurations/")[0]
    card = shelf.get(card_id)
    machine_id = text("properties.virtualMachine.id", card.body) if card else None
    if machine_id is None:
        return Backend(ref=card_id)
    machine = shelf.get(machine_id)
    off = machine is not None and power_state(machine) in OFF
    return Backend(ref=machine_id.lower(), serving=not off)


def machines_at(addresses: Iterable[str], network: str, shelf: Shelf) -> Iterator[Backend]:
    """Yield the machines that have these private addresses in a network; others mean other machines."""
    inside = f"{network.lower().rstrip('/')}/subnets/"
    for address in addresses:
        for card in shelf.referring("address", address):
            subnets = texts("properties.ipConfigurations[].properties.subnet.id", card.body)
            if any(subnet.lower().startswith(inside) for subnet in subnets):
                yield machine_behind(card.id, shelf)


def pool_need(backends: Iterable[Backend], *, role: str, origin: str) -> tuple[Need, ...]:
    """Return the need for a group: one member at best, half of them at worst; nothing for an empty one.

    Stopped members do not count, but where all are stopped they are what the pool hangs on all the same.
    """
    found = sorted(set(backends), key=lambda backend: backend.ref)
    members = tuple(Member(ref=each.ref) for each in [each for each in found if each.serving] or found)
    return (Need(role=role, members=members, k=majority(len(members)), origin=origin),) if members else ()
