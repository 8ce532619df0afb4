"""How an Azure resource type is described, and what its reading may add."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from auditor.connectors.azure.places import Places
from auditor.connectors.extract import ArmId, texts
from auditor.connectors.spec import KindSpec
from auditor.discovery import discover
from auditor.model.evidence import FactValue
from auditor.model.need import Need
from auditor.model.resource import Resource

CATALOGUE = "auditor.connectors.azure.catalogue"


class Zoning(enum.Enum):
    """How a type's configuration says where in its region it is."""

    NONE = "none"  # not zonal: a definition, or spread by the provider without asking
    SINGLE = "single"  # in one zone: the one of `zones`, else an unknown one
    SPREAD = "spread"  # over the zones of `zones`; with fewer than two of them, in a single zone
    FLAG = "flag"  # `redundant` says: true = spread over the region, false = in one unknown zone


class Keep(enum.Enum):
    """Marks a value that stays as the general rule found it."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One ARM body with what every body has, normalised.

    Attributes:
        arm: parsed id; ``arm.id`` is lower case.
        type: ARM type in lower case.
        region: code, ``global``, or None when unknown.
        body: as read; without ``properties`` where only the generic listing was allowed.
    """

    arm: ArmId
    type: str
    region: str | None
    body: Mapping[str, Any]

    @property
    def id(self) -> str:
        """The id in lower case."""
        return self.arm.id


class Shelf:
    """All items of one subscription, findable by id, by type, by parent and by what refers to them."""

    def __init__(self, subscription: str, places: Places, items: Mapping[str, Item], *, cloud: str) -> None:
        self.subscription, self.places, self.cloud = subscription, places, cloud
        self._items = items
        self._types: dict[str, list[Item]] = {}
        self._children: dict[str, list[Item]] = {}
        self._links: dict[tuple[str, str], list[Item]] = {}
        for item in sorted(items.values(), key=lambda item: item.id):
            self._types.setdefault(item.type, []).append(item)
            if item.arm.parent:
                self._children.setdefault(item.arm.parent, []).append(item)
            spec = specs().get(item.type)
            for relation, path in spec.links if spec else ():
                for target in texts(path, item.body):
                    self._links.setdefault((relation, target.lower().rstrip("/")), []).append(item)

    def get(self, resource: str | None) -> Item | None:
        """Return the item with this id, in any letter case."""
        return self._items.get(resource.lower().rstrip("/")) if resource else None

    def all(self) -> tuple[Item, ...]:
        """Return every item, sorted by id."""
        return tuple(self._items[key] for key in sorted(self._items))

    def of_type(self, type_: str) -> tuple[Item, ...]:
        """Return the items of a type, sorted by id."""
        return tuple(self._types.get(type_.lower(), ()))

    def children(self, item: Item, *types: str) -> tuple[Item, ...]:
        """Return the items right below one, of these types, sorted by id."""
        wanted = {type_.lower() for type_ in types}
        return tuple(child for child in self._children.get(item.id, ()) if child.type in wanted)

    def referring(self, relation: str, target: str) -> tuple[Item, ...]:
        """Return the items whose link of that name points at an id."""
        return tuple(self._links.get((relation, target.lower().rstrip("/")), ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What a ``refine`` function found beyond the declarative fields.

    Attributes:
        facts: by name; None values are dropped, so the fact stays unknown.
        aliases: further names.
        needs: further needs.
        region, zones: placement where the general rule is wrong for this one.
        resources: further resources that have no body of their own (pools, replicas).
    """

    facts: Mapping[str, FactValue | None] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    region: str | Keep = KEEP
    zones: tuple[str, ...] | Keep | None = KEEP
    resources: tuple[Resource, ...] = ()


Refine = Callable[[Item, Shelf], Extra]


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A list below a resource that the generic listing leaves out.

    Attributes:
        path: last segment of the list, such as ``databases``.
        type: ARM type of its items, spelled as documented.
        api_version: of the list.
        in_graph: Resource Graph has these as rows of their own, so only the fallback asks for the list.
        when: JMESPath over the resource that must be true for the list to exist; empty = always.
    """

    path: str
    type: str
    api_version: str
    in_graph: bool = True
    when: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AzureSpec(KindSpec):
    """One resource type of Azure.

    Attributes:
        type: ARM type spelled as documented; permissions are made from it.
        api_version: of the call that returns the whole body.
        params: further query parameters of that call.
        children: lists below it.
        facts: fact name and JMESPath over the body; missing and empty values stay unknown.
        aliases: JMESPaths of host names, URLs, addresses.
        needs: role and JMESPath of ids of which every one is needed.
        links: name and JMESPath of ids, for finding this one from the other end.
        zoning: how its zones are known.
        redundant: JMESPath giving true, false, ``Enabled`` or ``Disabled``, for ``Zoning.FLAG``.
        folded: read into the resource above it, never one of its own.
        made: made by us from the body of the resource above it; never listed, needs no permission.
        refine: what JMESPath cannot say.
        blind: what this reading cannot see, for the docs.
    """

    type: str
    api_version: str
    params: tuple[tuple[str, str], ...] = ()
    children: tuple[Child, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    needs: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
    zoning: Zoning = Zoning.NONE
    redundant: str = ""
    folded: bool = False
    made: bool = False
    refine: Refine | None = None
    blind: str = ""


def kind_of(type_: str) -> str:
    """Return ``azure.compute.virtualmachines`` for ``Microsoft.Compute/virtualMachines``."""
    return "azure." + type_.lower().removeprefix("microsoft.").replace("/", ".")


@cache
def specs() -> Mapping[str, AzureSpec]:
    """Return every described type by ARM type in lower case."""
    return discover(CATALOGUE, "SPECS", AzureSpec, key=lambda spec: spec.type.lower())
