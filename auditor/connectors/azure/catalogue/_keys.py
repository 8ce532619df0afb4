"""Keys of their owner's that data is encrypted by, whichever way a type spells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from auditor.connectors.azure.spec import Shelf
from auditor.connectors.extract import host_of, text


def key_address(address: str | None, name: str | None = None) -> str | None:
    """Return ``https://<vault>/keys/<name>`` from a key's address, or a vault's and the key's name.

    The version is dropped: it changes with every rotation, the key does not.
    """
    host = host_of(address)
    if address is None or host is None:
        return None
    _, _, path = address.partition("/keys/")
    key = path.strip("/").partition("/")[0] or name
    return f"https://{host}/keys/{key.lower()}" if key else f"https://{host}/"


def key_of_set(reference: str | None, shelf: Shelf) -> str | None:
    """Return the key of a disk encryption set, the set's own id where it was not read."""
    if not reference:
        return None
    found = shelf.get(reference)
    known = text("properties.activeKey.keyUrl", found.body) if found else None
    return key_address(known) or reference.lower().rstrip("/")


def listed_key(path: str, body: Mapping[str, Any]) -> str | None:
    """Return the first key of ``keyVaultProperties``, as storage and messaging have them."""
    return key_address(
        text(f"{path}.keyvaulturi || {path}.keyVaultUri", body),
        text(f"{path}.keyname || {path}.keyName", body),
    )
