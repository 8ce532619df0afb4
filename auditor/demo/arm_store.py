"""What the ARM stand-in knows: resource bodies by subscription, and the answers ARM would give from them."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auditor.connectors.extract import ArmId, parse_arm_id

Body = Mapping[str, Any]

# Types below others that ARM's generic listing shows all the same.
LISTED_BELOW = frozenset(
    {
        "microsoft.cdn/profiles/endpoints",
        "microsoft.compute/virtualmachines/extensions",
        "microsoft.sql/servers/databases",
        "microsoft.sql/servers/elasticpools",
        "microsoft.web/sites/slots",
    }
)
# Types that Resource Graph's table `resources` does not hold.
NOT_IN_GRAPH = frozenset(
    {
        "microsoft.cdn/profiles/afdendpoints",
        "microsoft.cdn/profiles/customdomains",
        "microsoft.cdn/profiles/origingroups",
        "microsoft.cdn/profiles/origingroups/origins",
        "microsoft.sql/servers/failovergroups",
    }
)
_LISTED_KEYS = (
    "id",
    "name",
    "type",
    "kind",
    "location",
    "zones",
    "sku",
    "identity",
    "managedBy",
    "tags",
    "plan",
)


def location(code: str, name: str, *zones: str) -> dict[str, Any]:
    """Return a location as ARM lists it; ``zones`` are physical ones for the logical zones 1, 2, 3."""
    body: dict[str, Any] = {"name": code, "displayName": name, "type": "Region"}
    if zones:
        body["availabilityZoneMappings"] = [
            {"logicalZone": str(number), "physicalZone": zone} for number, zone in enumerate(zones, start=1)
        ]
    return body


LOCATIONS = (
    location("centralus", "Central US", "centralus-az1", "centralus-az2", "centralus-az3"),
    location("eastasia", "East Asia", "eastasia-az1", "eastasia-az2", "eastasia-az3"),
    location("eastus", "East US", "eastus-az1", "eastus-az3", "eastus-az2"),
    location("eastus2", "East US 2", "eastus2-az2", "eastus2-az1", "eastus2-az3"),
    location("japaneast", "Japan East", "japaneast-az1", "japaneast-az2", "japaneast-az3"),
    location("koreacentral", "Korea Central", "koreacentral-az2", "koreacentral-az1", "koreacentral-az3"),
    location("koreasouth", "Korea South"),
    location("westeurope", "West Europe", "westeurope-az1", "westeurope-az2", "westeurope-az3"),
    location("westus", "West US"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One subscription of the stand-in.

    Attributes:
        id: its GUID.
        resources: whole ARM bodies; resources and what is below them, in any order.
        name: display name.
        locations: as ARM lists them.
        denied: every call for it is refused with 403, and Resource Graph leaves it out.
    """

    id: str
    resources: tuple[Body, ...] = ()
    name: str = "stand-in"
    locations: tuple[Body, ...] = LOCATIONS
    denied: bool = False


class QueryError(ValueError):
    """A Resource Graph query the stand-in does not speak."""


@dataclass(slots=True)
class Store:
    """Answers from the bodies of all subscriptions."""

    subscriptions: Mapping[str, Subscription]
    _bodies: dict[str, tuple[ArmId, Body]] = field(default_factory=dict)
    _below: dict[str, list[Body]] = field(default_factory=dict)

    @classmethod
    def of(cls, subscriptions: Iterable[Subscription]) -> Store:
        """Index the subscriptions' bodies by id and by the list they stand in."""
        store = cls({subscription.id.lower(): subscription for subscription in subscriptions})
        for subscription in store.subscriptions.values():
            for body in subscription.resources:
                arm = parse_arm_id(str(body.get("id") or ""))
                if arm is None:
                    raise ValueError(f"not an ARM id: {body.get('id')!r}")
                store._bodies[arm.id] = (arm, body)
        for arm, body in store._bodies.values():
            if arm.parent:
                store._below.setdefault(f"{arm.parent}/{arm.type.rpartition('/')[2]}", []).append(body)
        return store

    def listed(self, subscription: str) -> list[Body]:
        """Return the generic listing: no ``properties``, little of what is below others."""
        return [
            {key: body[key] for key in _LISTED_KEYS if key in body}
            for id_, (arm, body) in sorted(self._bodies.items())
            if id_.startswith(f"/subscriptions/{subscription.lower()}/")
            and (arm.type.count("/") == 1 or arm.type in LISTED_BELOW)
        ]

    def get(self, path: str, *, expand: str) -> Body | None:
        """Return one whole body, its instance view only when asked for."""
        found = self._bodies.get(path.lower().rstrip("/"))
        if found is None:
            return None
        body = found[1]
        if "instanceView" in (body.get("properties") or {}) and expand.lower() != "instanceview":
            body = copy.deepcopy(dict(body))
            del body["properties"]["instanceView"]
        return body

    def below(self, path: str) -> list[Body] | None:
        """Return the list a path names, None where the resource above it does not exist."""
        parent = path.lower().rstrip("/").rpartition("/")[0]
        if parent not in self._bodies:
            return None
        return self._below.get(path.lower().rstrip("/"), [])

    def query(self, text: str, subscriptions: Iterable[str]) -> list[dict[str, Any]]:
        """Return all rows of a query ``resources | project a, b | order by a asc, b asc``.

        Raises:
            QueryError: the query says anything else.
        """
        columns, order = _parsed(text)
        wanted = {wish.lower() for wish in subscriptions}
        rows = [
            _row(arm, body)
            for arm, body in self._bodies.values()
            if arm.type not in NOT_IN_GRAPH and arm.subscription in wanted and self._readable(arm)
        ]
        rows.sort(key=lambda row: tuple(str(row.get(column) or "").lower() for column in order))
        return [{column: row.get(column) for column in columns} for row in rows]

    def _readable(self, arm: ArmId) -> bool:
        subscription = self.subscriptions.get(arm.subscription or "")
        return subscription is not None and not subscription.denied


def _parsed(text: str) -> tuple[list[str], list[str]]:
    stages = [stage.strip() for stage in text.split("|")]
    projected = re.fullmatch(r"project ([\w, ]+)", stages[1]) if len(stages) > 1 else None
    ordered = re.fullmatch(r"order by (.+)", stages[2]) if len(stages) > 2 else None  # noqa: PLR2004
    if stages[0].lower() != "resources" or not projected or not ordered or len(stages) > 3:  # noqa: PLR2004
        raise QueryError(f"the stand-in does not speak this query: {text}")
    columns = [column.strip() for column in projected[1].split(",")]
    order = [column.strip().removesuffix(" asc") for column in ordered[1].split(",")]
    return columns, order


def _row(arm: ArmId, body: Body) -> dict[str, Any]:
    """Return a body as Resource Graph shows it: lower-case type, instance view under ``extended``."""
    row = dict(body)
    properties = dict(row.get("properties") or {})
    if "instanceView" in properties:
        properties["extended"] = {"instanceView": properties.pop("instanceView")}
    place = str(row.get("location") or "")
    return row | {
        "type": arm.type,
        "name": arm.name,
        "location": re.sub(r"\s", "", place).lower(),
        "resourceGroup": arm.resource_group,
        "subscriptionId": arm.subscription,
        "properties": properties,
    }
