"""The vocabulary of facts: what outages and metrics may ask about a resource.

A fact is *open* when its absence means unknown (most are), and *closed* when absence means "does not apply":
an S3 bucket has no ``host`` fact because it is no host, not because nobody looked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

AGENT_PREFIX = "agent."


class Holds(StrEnum):
    """What kind of value a fact has."""

    TEXT = "text"
    FLAG = "flag"
    NUMBER = "number"
    TEXTS = "texts"
    DATE = "date"
    HOURS = "hours"  # windows of the day, HH:MM-HH:MM
    VERSION = "version"  # a version, "present" or "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSpec:
    """One fact name.

    Attributes:
        name: dotted lower-case name.
        meaning: one sentence.
        closed: absence means "does not apply" instead of unknown.
        narrowed_by: the permission or the declaration that would make it known.
        holds: what kind of value it has.
        choices: the only values it may have; empty = any.
    """

    name: str
    meaning: str
    closed: bool = False
    narrowed_by: str = "declare it in auditor.toml or as a tag auditor:<fact>=<value>"
    holds: Holds = Holds.TEXT
    choices: tuple[str, ...] = ()


_SPECS = (
    FactSpec(
        name="host",
        meaning="true for a machine that runs an operating system of yours",
        closed=True,
        holds=Holds.FLAG,
    ),
    FactSpec(
        name="generic",
        meaning="true for a kind nobody described: only its placement is understood",
        closed=True,
        holds=Holds.FLAG,
    ),
    FactSpec(
        name="support",
        meaning="true for what only serves other resources and is no service of its own, such as a subnet",
        closed=True,
        holds=Holds.FLAG,
    ),
    FactSpec(
        name="stateful",
        meaning="true for what holds data that a copy must be fed with, such as a database",
        closed=True,
        holds=Holds.FLAG,
    ),
    FactSpec(name="state", meaning="running, stopped or as the provider says"),
    FactSpec(
        name="os",
        meaning="windows, linux or macos",
        narrowed_by="tag auditor:os=windows|linux, or ec2:DescribeInstances / Microsoft.Compute read",
        choices=("windows", "linux", "macos"),
    ),
    FactSpec(name="os_distribution", meaning="ubuntu, rhel, windows-server ... in lower case"),
    FactSpec(name="os_version", meaning="version of the distribution, such as 18.04"),
    FactSpec(
        name="offline_utc",
        meaning="windows of the day the host is off, such as 04:00-06:00",
        closed=True,
        holds=Holds.HOURS,
    ),
    FactSpec(name="disk.sku", meaning="storage type of one disk, such as Premium_LRS, PremiumV2_LRS, gp3"),
    FactSpec(
        name="disk.skus",
        meaning="storage types of all disks of a machine, 'ephemeral' for a local OS disk",
        narrowed_by="Microsoft.Compute/disks/read, or declare disk.skus",
        holds=Holds.TEXTS,
    ),
    FactSpec(
        name="resolver",
        meaning="who answers the host's DNS questions: vpc, outside, inside (a server in the VPC), "
        "inside-forwarding (one known to forward to the VPC resolver)",
        closed=True,
        choices=("vpc", "outside", "inside", "inside-forwarding"),
    ),
    FactSpec(name="dns.servers", meaning="DNS servers of a DHCP options set", closed=True, holds=Holds.TEXTS),
    FactSpec(name="cidrs", meaning="address ranges of a network", closed=True, holds=Holds.TEXTS),
    FactSpec(
        name="internet_facing", meaning="true where it answers the internet", closed=True, holds=Holds.FLAG
    ),
    FactSpec(name="entry_point", meaning="true where users come in", closed=True, holds=Holds.FLAG),
    FactSpec(name="engine", meaning="database or cache engine", closed=True),
    FactSpec(name="engine_version", meaning="version of the engine"),
    FactSpec(
        name="multi_az", meaning="true where a standby in another zone takes over by itself", holds=Holds.FLAG
    ),
    FactSpec(
        name="zone_redundant", meaning="true where the provider spreads it over zones", holds=Holds.FLAG
    ),
    FactSpec(name="sku", meaning="size or tier as the provider names it", closed=True),
    FactSpec(
        name="capacity",
        meaning="machines, tasks or targets it is set to run now; 0 for one that runs nothing",
        closed=True,
        narrowed_by="tag auditor:capacity=<number>, or declare it in auditor.toml",
        holds=Holds.NUMBER,
    ),
    FactSpec(name="secondary_region", meaning="region that holds a copy nobody serves from yet", closed=True),
    FactSpec(
        name="identity_use",
        meaning="whether a managed identity that is attached is used to answer requests",
        narrowed_by="tag auditor:identity_use=true|false, or declare it in auditor.toml",
        holds=Holds.FLAG,
    ),
    FactSpec(name="image", meaning="image a machine was made from", closed=True),
    FactSpec(name="launch_template", meaning="launch template or configuration", closed=True),
    FactSpec(
        name="encryption_key",
        meaning="key that its data is encrypted by: an ARN, or the address of a Key Vault key",
        closed=True,
        narrowed_by="tag auditor:encryption_key=<key>, or declare it in auditor.toml",
    ),
    FactSpec(
        name="image_registry",
        meaning="hosts that its container images are pulled from",
        closed=True,
        narrowed_by="tag auditor:image_registry=<host>, or declare it in auditor.toml",
        holds=Holds.TEXTS,
    ),
    FactSpec(
        name="identity",
        meaning="roles or user-assigned identities that it runs as: ARNs or ARM ids",
        closed=True,
        narrowed_by="tag auditor:identity=<id>, or declare it in auditor.toml",
        holds=Holds.TEXTS,
    ),
    FactSpec(
        name="egress",
        meaning="NAT gateways that the default route of a subnet leads through",
        closed=True,
        narrowed_by="ec2:DescribeRouteTables, or declare it in auditor.toml",
        holds=Holds.TEXTS,
    ),
    FactSpec(
        name="egress.subnets",
        meaning="subnets that the NAT gateways of its default route stand in, by id",
        closed=True,
        narrowed_by="ec2:DescribeNatGateways, or declare it in auditor.toml",
        holds=Holds.TEXTS,
    ),
    FactSpec(name="stack", meaning="CloudFormation stack it belongs to", closed=True),
    FactSpec(name="resource_group", meaning="Azure resource group it belongs to", closed=True),
    FactSpec(
        name="lb_type",
        meaning="application, network, gateway or classic",
        closed=True,
        choices=("application", "network", "gateway", "classic"),
    ),
    FactSpec(name="vpc_endpoint", meaning="true where reached through a VPC endpoint", holds=Holds.FLAG),
    FactSpec(
        name="waf",
        meaning="true where a web application firewall looks at its requests",
        narrowed_by="tag auditor:waf=true|false, or declare it in auditor.toml",
        holds=Holds.FLAG,
    ),
    FactSpec(
        name="sticky_sessions",
        meaning="true where it keeps sending a client to the same target",
        narrowed_by="tag auditor:sticky_sessions=true|false, or declare it in auditor.toml",
        holds=Holds.FLAG,
    ),
    FactSpec(
        name="event_notifications",
        meaning="true where it tells others of its changes, and they wait for it",
        narrowed_by="tag auditor:event_notifications=true|false, or declare it in auditor.toml",
        holds=Holds.FLAG,
    ),
    FactSpec(
        name="log_mode",
        meaning="blocking where a container waits until its log is taken, else non-blocking",
        narrowed_by="tag auditor:log_mode=blocking|non-blocking, or declare it in auditor.toml",
        choices=("blocking", "non-blocking"),
    ),
    FactSpec(
        name="peer_authorities",
        meaning="certificate authorities of the sites it calls, such as letsencrypt",
        narrowed_by="tag auditor:peer_authorities=<authority>, or declare it in auditor.toml",
        holds=Holds.TEXTS,
    ),
    FactSpec(
        name="connection_policy",
        meaning="how an Azure SQL database lets clients in: proxy (through the gateway), redirect or default",
        narrowed_by="tag auditor:connection_policy=proxy|redirect|default, or declare it in auditor.toml",
        choices=("proxy", "redirect", "default"),
    ),
    FactSpec(
        name="failover_group",
        meaning="true where a failover group moves it to another region",
        narrowed_by="tag auditor:failover_group=true|false, or declare it in auditor.toml",
        holds=Holds.FLAG,
    ),
    FactSpec(
        name="vnet_injected",
        meaning="true where a service of the provider runs inside a virtual network of yours",
        narrowed_by="tag auditor:vnet_injected=true|false, or declare it in auditor.toml",
        holds=Holds.FLAG,
    ),
    FactSpec(name="role", meaning="role within its workload; same role = replicas", closed=True),
    FactSpec(
        name="replicas", meaning="where copies are kept: regions, or buckets", closed=True, holds=Holds.TEXTS
    ),
    FactSpec(name="replica_of", meaning="what it is a copy of that takes over only by hand", closed=True),
    FactSpec(
        name="paths",
        meaning="whether the service can do without those of its URL paths that are served by others",
        closed=True,
        narrowed_by="declare the workload's needs in auditor.toml",
        holds=Holds.FLAG,
    ),
    FactSpec(
        name="primary",
        meaning="which of several copies takes the writes now",
        closed=True,
        narrowed_by="declare the workload's needs in auditor.toml",
    ),
    FactSpec(
        name="target_health",
        meaning="whether a target that is being checked, or is not checked at all, serves",
        closed=True,
        narrowed_by="turn health checks on, or look again when they have settled",
        holds=Holds.FLAG,
    ),
    FactSpec(name="tested_on", meaning="date a failover was last rehearsed", closed=True, holds=Holds.DATE),
    FactSpec(
        name="failover_minutes",
        meaning="minutes a switch to it takes, measured by its owner",
        closed=True,
        holds=Holds.NUMBER,
    ),
    FactSpec(name="monthly_cost", meaning="cost a month in the settings' currency", holds=Holds.NUMBER),
    FactSpec(
        name="criticality",
        meaning="critical, high, medium or low, wished by a tag",
        closed=True,
        choices=("critical", "high", "medium", "low"),
    ),
)

FACTS: dict[str, FactSpec] = {spec.name: spec for spec in _SPECS}


def fact_spec(name: str) -> FactSpec | None:
    """Return the description of a fact name, None when there is no such fact."""
    if name.startswith(AGENT_PREFIX) and len(name) > len(AGENT_PREFIX):
        product = name.removeprefix(AGENT_PREFIX)
        return FactSpec(
            name=name,
            meaning=f"version of {product}, 'present', or 'none'",
            narrowed_by=f"tag auditor:{name}=<version>|present|none, or declare it on a fleet",
            holds=Holds.VERSION,
        )
    return FACTS.get(name)


def narrowed_by(name: str) -> str:
    """Return the permission or declaration that would make a fact known, of any name."""
    spec = fact_spec(name)
    return spec.narrowed_by if spec is not None else "declare it in auditor.toml"
