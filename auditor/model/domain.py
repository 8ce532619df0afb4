"""Failure domains: their ids, axes and what they need."""

from __future__ import annotations

from enum import StrEnum


class Axis(StrEnum):
    """The kinds of failure domain; each is one axis of concentration."""

    PROVIDER = "provider"
    REGION = "region"
    ZONE = "zone"
    SERVICE = "service"
    CONTROL_PLANE = "control-plane"
    OS = "os"
    AGENT = "agent"
    VENDOR = "vendor"
    ACCOUNT = "account"
    METRO = "metro"


SCORED_AXES: dict[str, tuple[Axis, ...]] = {
    "region": (Axis.REGION,),
    "provider": (Axis.PROVIDER,),
    "zone": (Axis.ZONE,),
    "software": (Axis.AGENT,),
    "vendor": (Axis.VENDOR,),
}
"""Axes of the score and the domain kinds each looks at."""


BOUND_AXES: frozenset[Axis] = frozenset({Axis.PROVIDER, Axis.ACCOUNT, Axis.OS, Axis.METRO})
"""Axes whose loss bounds what narrower ones take: printed as a bound, never a headline."""


def provider_id(provider: str) -> str:
    """``provider:aws``."""
    return f"provider:{provider}"


def region_id(provider: str, region: str) -> str:
    """``region:aws/ap-northeast-2``."""
    return f"region:{provider}/{region}"


def zone_id(provider: str, zone: str) -> str:
    """``zone:aws/apne2-az1``."""
    return f"zone:{provider}/{zone}"


def service_id(provider: str, region: str, service: str) -> str:
    """``service:aws/ap-northeast-2/rds``; region is ``global`` for a global service."""
    return f"service:{provider}/{region}/{service}"


def control_plane_id(provider: str, region: str, service: str) -> str:
    """``control-plane:aws/us-east-1/ec2``; ``control-plane:aws/iam`` where region is ``global``."""
    return (
        f"control-plane:{provider}/{service}"
        if region == "global"
        else (f"control-plane:{provider}/{region}/{service}")
    )


def os_id(family: str) -> str:
    """``os:windows``."""
    return f"os:{family}"


def agent_id(product: str, family: str) -> str:
    """``agent:crowdstrike-falcon/windows``: one update channel of one agent on one OS family."""
    return f"agent:{product}/{family}"


def vendor_id(vendor: str) -> str:
    """``vendor:navitaire``."""
    return f"vendor:{vendor}"


def account_id(provider: str, account: str) -> str:
    """``account:aws/123456789012``."""
    return f"account:{provider}/{account}"


def workload_id(name: str) -> str:
    """``workload:checkout``."""
    return f"workload:{name}"


_AXES = {axis.value: axis for axis in Axis}


def axis_of(node: str) -> Axis | None:
    """Return the axis of a domain id, None for anything that is not a domain id."""
    prefix, colon, _ = node.partition(":")
    return _AXES.get(prefix) if colon else None


def service_of(kind: str) -> str | None:
    """Return the service name of a kind, as domain ids spell it.

    ``aws.rds.instance`` -> ``rds``; ``azure.sql.servers.databases`` -> ``microsoft.sql``;
    None for kinds of no provider service (``onprem.server``).
    """
    provider, _, rest = kind.partition(".")
    service = rest.partition(".")[0]
    if provider == "aws" and service:
        return service
    if provider == "azure" and service:
        return f"microsoft.{service}"
    if provider == "gcp" and service:
        return service
    return None
