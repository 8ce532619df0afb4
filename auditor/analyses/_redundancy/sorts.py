"""What kind of thing a shared node is, and what a claim has to survive."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.analyses._redundancy.claims import Pool
from auditor.analyses._redundancy.found import Claimed, Sort
from auditor.analyses._redundancy.reasons import Path, switched
from auditor.estate.graph import Estate
from auditor.model.domain import Axis, axis_of, service_of
from auditor.outages.nodes import parts_of

_NARROW = frozenset({Axis.ZONE})
_REGIONAL = frozenset(
    {Axis.ZONE, Axis.SERVICE, Axis.CONTROL_PLANE, Axis.REGION, Axis.AGENT, Axis.VENDOR, Axis.ACCOUNT}
)

AGAINST: dict[Claimed, frozenset[Axis]] = {
    Claimed.COPY: _NARROW,
    Claimed.ZONE: _NARROW,
    Claimed.REGION: _REGIONAL,
    Claimed.PROVIDER: _REGIONAL | {Axis.PROVIDER},
}
"""Losses that a claim has to survive; wider ones it never claimed to. Operating systems are bounds."""

WIDE = frozenset({Claimed.REGION, Claimed.PROVIDER})
"""Claims of which no single resource may be the end either."""

_BY_SERVICE = {
    "kms": Sort.KEY,
    "cloudhsm": Sort.KEY,
    "secretsmanager": Sort.KEY,
    "microsoft.keyvault": Sort.KEY,
    "ecr": Sort.REGISTRY,
    "microsoft.containerregistry": Sort.REGISTRY,
    "route53": Sort.DNS,
    "route53resolver": Sort.DNS,
    "vpc-resolver": Sort.DNS,
    "iam": Sort.IDENTITY,
    "sts": Sort.IDENTITY,
    "cognito-idp": Sort.IDENTITY,
    "sso": Sort.IDENTITY,
    "microsoft.aad": Sort.IDENTITY,
    "microsoft.aadiam": Sort.IDENTITY,
    "microsoft.managedidentity": Sort.IDENTITY,
}
_BY_KIND = (
    ("natgateway", Sort.NAT),
    ("trafficmanager", Sort.DNS),
    ("dnszones", Sort.DNS),
    ("dnsresolvers", Sort.DNS),
)
_BY_AXIS = {
    Axis.ZONE: Sort.ZONE,
    Axis.REGION: Sort.REGION,
    Axis.SERVICE: Sort.SERVICE,
    Axis.CONTROL_PLANE: Sort.CONTROL_PLANE,
    Axis.AGENT: Sort.AGENT,
    Axis.VENDOR: Sort.VENDOR,
    Axis.ACCOUNT: Sort.ACCOUNT,
    Axis.PROVIDER: Sort.PROVIDER,
}
_NAT_ID = ":natgateway/"


def against(pool: Pool) -> frozenset[Axis]:
    """Return the axes of the losses that a claim has to survive."""
    if pool.claimed in WIDE and len(pool.accounts) > 1:
        return AGAINST[pool.claimed]
    if len(pool.regions) == 1 and pool.claimed is Claimed.REGION:
        return frozenset({Axis.REGION})
    return AGAINST[pool.claimed] - {Axis.ACCOUNT}


def sort_of(estate: Estate, pool: Pool, shared: int, paths: Sequence[Path]) -> Sort:
    """Return the kind of what is shared, by what it is and by the ways that lead to it."""
    if any(switched(estate, path) for path in paths):
        return Sort.CONTROL_PLANE
    axis = axis_of(estate.names[shared])
    if axis is None:
        return _of_resource(estate, shared) or Sort.RESOURCE
    if axis in {Axis.PROVIDER, Axis.REGION, Axis.SERVICE} and _vendors(estate, pool):
        return Sort.CLOUD
    if axis in {Axis.SERVICE, Axis.CONTROL_PLANE}:
        return _BY_SERVICE.get(parts_of(estate.names[shared])[1][-1], _BY_AXIS[axis])
    between = [sort for node in through(paths) if (sort := _of_resource(estate, node)) is not None]
    return between[-1] if between and axis not in {Axis.AGENT, Axis.VENDOR} else _BY_AXIS[axis]


def through(paths: Sequence[Path]) -> tuple[int, ...]:
    """Return what lies between the members and the end on every way that does not lead there at once."""
    between = [path[1:-1] for path in paths if len(path) > 2]  # noqa: PLR2004 - a member and the end
    if not between:
        return ()
    common = set(between[0]).intersection(*between[1:])
    return tuple(node for node in between[0] if node in common)


def _of_resource(estate: Estate, node: int) -> Sort | None:
    """Return the kind of a resource that many lean on without noticing, None for any other."""
    name = estate.names[node]
    if axis_of(name) is not None:
        return None
    if node >= len(estate.inventory):
        service = name.split(":")[2] if name.startswith("arn:") else ""
        return Sort.NAT if _NAT_ID in name else _BY_SERVICE.get(service)
    kind = str(estate.inventory.resources["kind"][node])
    named = next((sort for part, sort in _BY_KIND if part in kind), None)
    return named or _BY_SERVICE.get(service_of(kind) or "")


def _vendors(estate: Estate, pool: Pool) -> bool:
    """Return whether a vendor is among the members."""
    return any(axis_of(estate.names[node]) is Axis.VENDOR for node in pool.members)
