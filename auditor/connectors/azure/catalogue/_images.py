"""Which operating system an image reference, an AKS node image or an instance view names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from auditor.connectors.extract import text

_UBUNTU = {"bionic": "18.04", "focal": "20.04", "jammy": "22.04", "noble": "24.04", "xenial": "16.04"}
# Publisher, offer and sku in one lower-case line; the first pattern that matches names the distribution,
# the second group of patterns its version (first group, or two joined by a dot).
_DISTRIBUTIONS: tuple[tuple[str, str, str], ...] = (
    (r"aksubuntu|ubuntu", "ubuntu", r"(\d\d)[._-]?(04|10)"),
    (r"azure-?linux|cbl-?mariner|aksazurelinux|akscblmariner", "azure-linux", r"(?:linux|mariner)[^\d]*(\d)"),
    (r"windows-?1[01]|microsoftwindowsdesktop", "windows", r"win(?:dows)?-?(1[01])"),
    (r"windowsserver|-ws20\d\d|akswindows|windows20\d\d", "windows-server", r"(?<!sql)(20\d\d(?:-?r2)?)"),
    (r"\brhel|redhat", "rhel", r"\s(?:rhel-?)?(\d)[._]?(\d{1,2})?(?!\d)"),
    (r"centos", "centos", r"\s(\d)[._]?(\d{1,2})?(?!\d)"),
    (r"debian", "debian", r"\s(?:debian-)?(\d{1,2})"),
    (r"\bsles|suse", "sles", r"(\d\d)(?:-(sp\d))?"),
    (r"oracle-?linux", "oracle-linux", r"\s(?:ol)?(\d)[._]?(\d{1,2})?(?!\d)"),
    (r"almalinux", "almalinux", r"\s(\d)[._-]?(\d{1,2})?(?!\d)"),
    (r"rocky", "rocky", r"(?:rockylinux|rocky)-?\s?(\d)"),
    (r"flatcar", "flatcar", r"$^"),
)


def distribution(words: str | None) -> tuple[str | None, str | None]:
    """Return distribution and version named in an image's words, None for what is not said."""
    line = (words or "").lower()
    for pattern, name, version in _DISTRIBUTIONS:
        if re.search(pattern, line):
            return name, _version(name, line, version)
    return None, None


def _version(name: str, line: str, pattern: str) -> str | None:
    if name == "ubuntu":
        for codename, release in _UBUNTU.items():
            if codename in line:
                return release
    found = re.search(pattern, line)
    if not found:
        return None
    parts = [part for part in found.groups() if part]
    separator = "-" if name == "sles" else "."
    version = separator.join(parts)
    return re.sub(r"(20\d\d)-?r2", r"\1-r2", version) or None


def image_name(reference: Mapping[str, Any] | None) -> str | None:
    """Return ``publisher:offer:sku:version`` or the id of an image."""
    if not reference:
        return None
    parts = [text(key, reference) for key in ("publisher", "offer", "sku", "version")]
    named = ":".join(part for part in parts if part)
    return named or next(
        (
            found
            for key in ("id", "sharedGalleryImageId", "communityGalleryImageId")
            if (found := text(key, reference))
        ),
        None,
    )


def of_image(reference: Mapping[str, Any] | None) -> tuple[str | None, str | None]:
    """Return distribution and version of an image reference."""
    if not reference:
        return None, None
    words = [text(key, reference) or "" for key in ("publisher", "offer", "sku")]
    return distribution(" ".join(words).strip() or text("id", reference))
