"""Things referred to but not in the inventory: what their id tells of where they are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditor.estate.draft import Draft
from auditor.estate.graph import NodeKind
from auditor.estate.hierarchy import pairs_of
from auditor.model.domain import account_id, provider_id, region_id, service_id
from auditor.model.evidence import Evidence

ID_PATTERN = r"^(?:arn:[a-z-]+:[a-z0-9-]+:|/subscriptions/)"
"""What makes a reference an id: it proves that the thing exists, wherever it is."""

_ARN = re.compile(r"arn:[a-z-]+:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>\d*):")
_ARM = re.compile(r"/subscriptions/(?P<account>[^/]+)")

_GLOBAL_SERVICES = frozenset({"cloudfront", "globalaccelerator", "iam", "organizations", "route53", "waf"})

# Where an ARN spells a service otherwise than botocore, whose names the kinds carry.
_BOTOCORE_NAME = {
    "cassandra": "keyspaces",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "es": "opensearch",
    "execute-api": "apigateway",
    "kinesisvideo": "kinesisvideo",
    "states": "stepfunctions",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    provider: str
    account: str
    region: str
    service: str


def place_unseen(draft: Draft) -> None:
    """Give every unseen node the needs its id tells of: its service or provider, and its account."""
    above: list[tuple[int, str]] = []
    accounts: list[tuple[int, str]] = []
    for name, node in draft.nodes.others(NodeKind.UNSEEN).items():
        place = _place(name)
        above.append((node, _above(place)))
        if place.account:
            accounts.append((node, account_id(place.provider, place.account)))
    origin = "the id of a resource that the inventory does not hold"
    draft.add_each(pairs_of(draft, above), "service", evidence=Evidence.INFERRED, origin=origin)
    draft.add_each(pairs_of(draft, accounts), "account", evidence=Evidence.INFERRED, origin=origin)
    draft.assume(
        "resources referred to but not in the inventory are taken to exist, placed by what their id tells",
        len(above),
        "collect the accounts and kinds they belong to",
    )


def _place(name: str) -> _Place:
    arn = _ARN.match(name)
    if arn:
        service = _BOTOCORE_NAME.get(arn["service"], arn["service"])
        region = arn["region"] or ("global" if service in _GLOBAL_SERVICES else "")
        return _Place(provider="aws", account=arn["account"], region=region, service=service)
    arm = _ARM.match(name)
    return _Place(provider="azure", account=arm["account"] if arm else "", region="", service="")


def _above(place: _Place) -> str:
    if place.region and place.service:
        return service_id(place.provider, place.region, place.service)
    if place.region:
        return region_id(place.provider, place.region)
    return provider_id(place.provider)
