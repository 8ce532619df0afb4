"""What ``auditor doctor`` looks at on this machine: versions, settings, catalogue, disk, clocks."""

from __future__ import annotations

import os
import platform
import shutil
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.errors import AuditorError

if TYPE_CHECKING:
    from auditor.config import Settings

PACKAGES = ("cross-cloud-auditor", "boto3", "azure-mgmt-resourcegraph", "polars", "numpy")
LEAST_FREE = 200 * 1024**2
"""Bytes: room for a large snapshot and its reports."""
MOST_SKEW = 240.0
"""Seconds; AWS refuses signatures made more than five minutes off."""


class State(StrEnum):
    """How a check went."""

    OK = "ok"
    WARN = "warning"
    FAIL = "failed"
    SKIP = "not used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at: what came of it and what to do.

    ``provider`` is set where it tells whether that provider can be read.
    """

    what: str
    state: State
    found: str
    do: str = ""
    provider: str = ""


def versions() -> Check:
    """Tell which versions run."""
    found = [f"Python {platform.python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            found.append(f"{package} (not installed)")
    return Check(what="versions", state=State.OK, found=", ".join(found))


def settings(path: Path | None) -> tuple[Settings | None, Check]:
    """Read the settings, and tell whether they are valid."""
    from auditor.config import load_settings

    try:
        read = load_settings(path)
    except AuditorError as error:
        return None, Check(what="settings", state=State.FAIL, found=str(error), do=error.hint)
    if read.source is None:
        found = "no auditor.toml: defaults, workloads inferred"
        return read, Check(
            what="settings",
            state=State.OK,
            found=found,
            do="declare workloads and vendors to narrow the ranges",
        )
    declared = (
        f"{read.source}: {len(read.workloads)} workloads, {len(read.vendors)} vendors, "
        f"{len(read.resources)} resources declared"
    )
    return read, Check(what="settings", state=State.OK, found=declared)


def catalogue(folders: tuple[Path, ...]) -> Check:
    """Tell whether every outage, those of the settings' folders too, holds to its form."""
    from auditor.outages import catalogue as outages

    try:
        known = outages(folders)
    except AuditorError as error:
        return Check(what="outages", state=State.FAIL, found=str(error), do=error.hint)
    return Check(what="outages", state=State.OK, found=f"{len(known)} can be replayed")


def disk(folder: Path) -> Check:
    """Tell whether reports can be written where they go."""
    existing = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    if not existing.is_dir() or not os.access(existing, os.W_OK):
        return Check(
            what="disk", state=State.FAIL, found=f"{existing} cannot be written", do="choose a folder with -o"
        )
    free = shutil.disk_usage(existing).free
    found = f"{folder}: {free / 1024**3:,.1f} GiB free"
    if free < LEAST_FREE:
        return Check(what="disk", state=State.WARN, found=found, do="free some space")
    return Check(what="disk", state=State.OK, found=found)


def reach(name: str, url: str, *, ca_file: Path | None = None, timeout: float = 5.0) -> Iterator[Check]:
    """Tell whether an endpoint answers at all, and how far its clock is from this machine's."""
    try:
        headers = _headers(url, ca_file=ca_file, timeout=timeout)
    except (OSError, ValueError) as problem:
        why = getattr(problem, "reason", None) or problem
        yield Check(
            what=f"{name} reachability",
            state=State.FAIL,
            found=f"{url}: {why}",
            do="check network, proxy (HTTPS_PROXY), endpoint and certificates",
        )
        return
    yield Check(what=f"{name} reachability", state=State.OK, found=f"{url} answers")
    yield clock(name, headers.get("Date"), datetime.now(UTC))


def _headers(url: str, *, ca_file: Path | None, timeout: float) -> Mapping[str, str]:
    """Return the headers of an answer; any status will do."""
    if not url.startswith(("https://", "http://")):
        raise ValueError("not an http(s) address")
    request = urllib.request.Request(url, method="HEAD")  # noqa: S310 - the scheme was just checked
    context = ssl.create_default_context(cafile=ca_file) if url.startswith("https://") else None
    try:
        with urllib.request.urlopen(request, timeout=timeout, context=context) as answer:  # noqa: S310
            return dict(answer.headers.items())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return dict(refusal.headers.items())


def clock(name: str, date: str | None, now: datetime) -> Check:
    """Tell how far this machine's clock is from a server's ``Date`` header."""
    try:
        there = parsedate_to_datetime(date or "")
    except ValueError:
        return Check(what=f"{name} clock", state=State.SKIP, found="the endpoint does not tell its time")
    skew = (now - there.astimezone(UTC)).total_seconds()
    found = f"this machine is {abs(skew):.0f} s {'ahead' if skew > 0 else 'behind'}"
    if abs(skew) > MOST_SKEW:
        do = "set the clock (NTP): requests signed with a wrong time are refused"
        return Check(what=f"{name} clock", state=State.FAIL, found=found, do=do)
    return Check(what=f"{name} clock", state=State.OK, found=found)
