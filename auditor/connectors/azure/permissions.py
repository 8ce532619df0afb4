"""The least a credential needs, made from the specs."""

from __future__ import annotations

from typing import Any

from auditor.connectors.azure.graph import OPERATION
from auditor.connectors.azure.listing import LISTING
from auditor.connectors.azure.spec import specs

BASE = (
    "Microsoft.Resources/subscriptions/read",
    "Microsoft.Resources/subscriptions/locations/read",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    LISTING,
    OPERATION,
)


def actions() -> tuple[str, ...]:
    """Return the read actions of every described type and of what lists them, sorted.

    Resource Graph and the generic listing show only types the credential may read: with these alone other
    types stay unseen, with the built-in Reader role (``*/read``) they are kept as generic resources.
    """
    types = {spec.type for spec in specs().values() if not spec.made}
    types |= {child.type for spec in specs().values() for child in spec.children}
    return tuple(sorted({*BASE, *(f"{type_}/read" for type_ in types)}))


def custom_role(*scopes: str) -> dict[str, Any]:
    """Return a custom role as ``az role definition create`` takes it."""
    return {
        "Name": "Cross-cloud auditor",
        "IsCustom": True,
        "Description": "Reads the configuration that decides what an outage takes down; no data, no secrets.",
        "Actions": list(actions()),
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": list(scopes),
    }
