"""Who answers a machine's DNS questions: the resolver inside the VPC is a domain of its own."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl

from auditor.estate.alike import Alike
from auditor.estate.draft import EVIDENCE_BY_NAME, EVIDENCE_CODE, Draft
from auditor.estate.graph import NodeKind
from auditor.estate.spelled import spelled
from auditor.inventory import Inventory
from auditor.model.evidence import Evidence

_AMAZON = "amazonprovideddns"
_LINK_LOCAL = {"169.254.169.253", "fd00:ec2::253"}
"""The VPC's own resolver under its fixed addresses."""

_WHERE = ("provider", "region")
_CERTAIN = ("vpc", "inside-forwarding")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def add_resolver(draft: Draft, inventory: Inventory, places: Alike) -> None:
    """Add the need of the VPC resolver, as the ``resolver`` fact or the VPC's DHCP options say.

    Reads the stated needs of role ``vpc`` and ``dhcp`` in the draft. Stated facts win over DHCP
    options, those over what is assumed of a kind. ``places`` are resources of one provider and region each.
    """
    asked = _asked(draft, inventory, places)
    if asked.is_empty():
        return
    where = inventory.resources.select(_WHERE)[places.first]
    names = where.select(name=spelled("service:{}/{}/vpc-resolver", *_WHERE))["name"]
    for origin, rows in asked.group_by("origin", maintain_order=True):
        for unknown, values in ((None, _CERTAIN), ("resolver", ("inside",))):
            chosen = rows.filter(pl.col("value").is_in(values))
            node = np.full(len(names), -1, np.int32)
            there = chosen["place"].unique().sort()
            node[there] = draft.nodes.place(names.gather(there), NodeKind.DOMAIN)
            pairs = chosen.with_columns(node=pl.Series(node[chosen["place"]]))
            draft.add_each(
                pairs.select("owner", "node", "evidence"),
                "resolver",
                evidence=Evidence.ASSUMED,
                origin=str(origin[0]),
                unknown=unknown,
            )
    assumed = asked.filter(
        (pl.col("evidence") == EVIDENCE_CODE[Evidence.ASSUMED]) & pl.col("value").is_in(_CERTAIN)
    )
    draft.assume(
        "machines are taken to resolve names through their VPC's resolver",
        assumed.height,
        "let DHCP options be read, or declare resolver = outside",
    )
    draft.assume(
        "DNS servers inside a VPC may or may not forward to the VPC's resolver",
        asked.filter(pl.col("value") == "inside").height,
        "declare resolver = inside-forwarding, outside or vpc",
    )


def _asked(draft: Draft, inventory: Inventory, places: Alike) -> pl.DataFrame:
    """Return owner, value, evidence code, origin, place (in ``places``) of what has a resolver, sorted."""
    facts = inventory.facts.filter(pl.col("name") == "resolver").select(
        owner=pl.col("resource").cast(pl.Int32),
        value=pl.col("value").str.strip_chars('"'),
        evidence=pl.col("evidence").replace_strict(EVIDENCE_BY_NAME, return_dtype=pl.UInt8),
        origin="origin",
    )
    facts = facts.join(_by_options(draft, inventory), on="owner", how="left")
    assumed = pl.col("evidence") == EVIDENCE_CODE[Evidence.ASSUMED]
    options = assumed & pl.col("derived").is_not_null()
    facts = facts.with_columns(
        value=pl.when(options).then("derived").otherwise("value"),
        origin=pl.when(options).then(pl.lit("DHCP options of the VPC")).otherwise("origin"),
        evidence=pl.when(options)
        .then(pl.lit(EVIDENCE_CODE[Evidence.CONFIGURED], dtype=pl.UInt8))
        .otherwise("evidence"),
    ).drop("derived")
    region = inventory.resources["region"].gather(places.first)
    regional = (region.is_not_null() & (region != "global").fill_null(value=False)).to_numpy()
    facts = facts.with_columns(place=pl.Series(places.group[facts["owner"]]))
    return facts.filter(pl.Series(regional[facts["place"]])).sort("owner", "origin")


def _by_options(draft: Draft, inventory: Inventory) -> pl.DataFrame:
    """Return owner, derived: what the DHCP options of each resource's VPC say; VPCs without are left out."""
    vpcs = draft.targets("vpc")
    by_vpc = _by_vpc(draft.targets("dhcp"), inventory)
    frame = pl.DataFrame(
        {"node": list(by_vpc), "derived": list(by_vpc.values())},
        schema={"node": pl.Int32, "derived": pl.String},
    )
    joined = vpcs.join(frame, on="node", how="inner")
    return joined.group_by("owner").agg(pl.col("derived").first()).sort("owner")


def _by_vpc(options: pl.DataFrame, inventory: Inventory) -> Mapping[int, str]:
    servers = _lists(inventory, "dns.servers")
    cidrs = _lists(inventory, "cidrs")
    networks = {row: _networks(values) for row, values in cidrs.items()}
    every = sorted({network for row in networks.values() for network in row}, key=str)
    return {
        vpc: derive(servers[option], own=networks.get(vpc, ()), others=every)
        for vpc, option in options.select("owner", "node").iter_rows()
        if option in servers
    }


def derive(servers: Iterable[str], *, own: Iterable[Network], others: Iterable[Network]) -> str:
    """Return who answers behind a list of DNS servers: ``vpc``, ``inside`` or ``outside``.

    Args:
        servers: addresses, or AmazonProvidedDNS.
        own: networks of the VPC itself, whose third address is its resolver.
        others: networks of every VPC known.
    """
    listed = {server.strip().lower() for server in servers}
    own_resolvers = {str(network.network_address + 2) for network in own}
    amazon = {server for server in listed if server == _AMAZON or server in _LINK_LOCAL | own_resolvers}
    if listed and listed == amazon:
        return "vpc"
    if amazon or any(_within(server, others) for server in listed):
        return "inside"
    return "outside" if listed else "vpc"


def _within(server: str, networks: Iterable[Network]) -> bool:
    try:
        address = ipaddress.ip_address(server)
    except ValueError:
        return False
    return any(address in network for network in networks)


def _networks(cidrs: Iterable[str]) -> tuple[Network, ...]:
    found = []
    for cidr in cidrs:
        try:
            found.append(ipaddress.ip_network(cidr, strict=False))
        except ValueError:
            continue
    return tuple(found)


def _lists(inventory: Inventory, name: str) -> dict[int, list[str]]:
    rows = inventory.fact_frame(name).select("resource", "value").iter_rows()
    return {row: _listed(json.loads(value)) for row, value in rows}


def _listed(value: Any) -> list[str]:  # noqa: ANN401 - a fact's value, whatever JSON held
    return [str(item) for item in value] if isinstance(value, list) else [str(value)]
