"""Where container images are pulled from: the registry's host, and never the name of an image."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.connectors.extract import host_of

DOCKER_HUB = "docker.io"
"""Where an image comes from that names no registry."""


def registries(images: Iterable[str]) -> tuple[str, ...]:
    """Return the hosts that images are pulled from, sorted."""
    return tuple(sorted({host for image in images if (host := registry(image))}))


def registry(image: str) -> str | None:
    """Return the host of a reference such as ``host[:port]/name:tag``; Docker Hub for ``name`` alone.

    The first part is a host exactly where it has a dot or a port or is ``localhost``, as Docker reads it.
    """
    first, slash, _ = image.strip().partition("/")
    if not first:
        return None
    named = slash and ("." in first or ":" in first or first == "localhost")
    return host_of(first) if named else DOCKER_HUB
