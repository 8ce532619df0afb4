"""What resources name without running on it, and where that stands: keys, registries, identities.

A running disk does not stop with its key, so none of these is a need; yet nothing starts without them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import polars as pl

from auditor.analyses._neighbours import Place
from auditor.analyses._redundancy.found import Sort
from auditor.estate.graph import Estate
from auditor.inventory.tables import decode_value

SORTS = {"encryption_key": Sort.KEY, "image_registry": Sort.REGISTRY, "identity": Sort.IDENTITY}
"""Facts that name what is shared, and the kind of it."""

_ECR = re.compile(r"(\d{12})\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|on\.aws)")
_ARN_PARTS = 6
_COPIED = "mrk-"
"""Beginning of the id of a KMS key that has a twin in each region it is used in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Where a value stands.

    Attributes:
        region: None where it stands in none, in several, or nobody knows.
        account: provider and account, None where nobody knows.
        lone: it is one for all who use it, wherever it stands.
    """

    region: Place | None = None
    account: Place | None = None
    lone: bool = False


def values(estate: Estate) -> pl.DataFrame:
    """Return node, name, value, evidence, origin of every such fact, one row per value."""
    facts = estate.inventory.facts.filter(pl.col("name").is_in(list(SORTS)))
    return unfolded(facts).sort("node", "name", "value")


def unfolded(facts: pl.DataFrame) -> pl.DataFrame:
    """Return facts of the inventory as node, name, value (text), evidence, origin; a row per value."""
    written = facts["value"].unique().to_list()
    each = [_texts(decode_value(value)) for value in written]
    known = pl.DataFrame(
        {"written": written, "value": each}, schema={"written": pl.String, "value": pl.List(pl.String)}
    )
    joined = facts.rename({"value": "written"}).join(known, on="written").explode("value")
    return joined.filter(pl.col("value").is_not_null()).select(
        pl.col("resource").cast(pl.Int64).alias("node"), "name", "value", "evidence", "origin"
    )


def _texts(value: object) -> list[str]:
    found = value if isinstance(value, tuple) else (value,)
    return [each for each in found if isinstance(each, str) and each]


def homes(estate: Estate, named: Sequence[str]) -> dict[str, Home]:
    """Return where each value stands."""
    hosts = {value: _host(value) for value in named}
    aliases = estate.inventory.aliases
    wanted = {host for host in hosts.values() if host}
    rows = aliases.filter(pl.col("alias").is_in(list(wanted))).group_by("alias").agg("resource")
    behind = {alias: nodes[0] for alias, nodes in rows.iter_rows() if len(nodes) == 1}
    return {value: _home(estate, value, hosts[value], behind) for value in named}


def _host(value: str) -> str | None:
    """Return the host of an address or of a bare host name, None for ids."""
    if value.startswith(("/", "arn:")):
        return None
    found = urlsplit(value if "://" in value else f"//{value}").hostname
    return found.rstrip(".") if found else None


def _home(estate: Estate, value: str, host: str | None, behind: Mapping[str, int]) -> Home:
    parts = value.split(":", _ARN_PARTS - 1)
    if parts[0] == "arn" and len(parts) == _ARN_PARTS:
        region, account = parts[3], parts[4]
        copied = _COPIED in parts[5]
        return Home(
            region=("aws", region) if region and not copied else None,
            account=("aws", account) if account else None,
        )
    if ecr := _ECR.fullmatch(value):
        return Home(region=("aws", ecr[2]), account=("aws", ecr[1]))
    node = behind.get(host) if host else estate.index.get(value)
    if node is None or node >= len(estate.inventory):
        return Home(lone=host is not None)
    provider, account, region = estate.inventory.resources.select("provider", "account", "region").row(node)
    known = region not in {None, "global"} and not _replicated(estate, node)
    return Home(
        region=(provider, region) if known else None,
        account=(provider, account) if account else None,
    )


def _replicated(estate: Estate, node: int) -> bool:
    """Return whether a registry keeps copies in further regions behind its one name."""
    below = f"{estate.names[node]}/replications/"
    at = bisect_left(estate.names, below, hi=len(estate.inventory))
    return at < len(estate.inventory) and estate.names[at].startswith(below)
