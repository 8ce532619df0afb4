"""What stands behind an address: from back-end configurations to machines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.connectors.azure.catalogue.compute import OFF, power_state
from auditor.connectors.azure.read import majority
from auditor.connectors.azure.spec import Shelf
from auditor.connectors.extract import text, texts
from auditor.model.need import Member, Need

_SET = "/virtualmachinescalesets/"


def machine_behind(configuration: str, shelf: Shelf) -> str | None:
    """Return the id of the machine or scale set an IP configuration belongs to, None for a stopped one."""
    low = configuration.lower()
    head, found, rest = low.partition(_SET)
    if found:
        return f"{head}{_SET}{rest.split('/')[0]}"
    card_id = low.split("/ipconfigurations/")[0]
    card = shelf.get(card_id)
    machine_id = text("properties.virtualMachine.id", card.body) if card else None
    if machine_id is None:
        return card_id
    machine = shelf.get(machine_id)
    if machine is not None and power_state(machine) in OFF:
        return None
    return machine_id.lower()


def machines_at(addresses: Iterable[str], network: str, shelf: Shelf) -> Iterator[str | None]:
    """Yield the machines that have these private addresses in a network; others mean other machines."""
    inside = f"{network.lower().rstrip('/')}/subnets/"
    for address in addresses:
        for card in shelf.referring("address", address):
            subnets = texts("properties.ipConfigurations[].properties.subnet.id", card.body)
            if any(subnet.lower().startswith(inside) for subnet in subnets):
                yield machine_behind(card.id, shelf)


def pool_need(refs: Iterable[str | None], *, role: str, origin: str) -> tuple[Need, ...]:
    """Return the need for a group: one member at best, half of them at worst; nothing for an empty one."""
    members = tuple(Member(ref=ref) for ref in sorted({ref for ref in refs if ref}))
    return (Need(role=role, members=members, k=majority(len(members)), origin=origin),) if members else ()
