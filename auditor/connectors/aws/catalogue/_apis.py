"""What both API Gateways share: reading an integration's address."""

from __future__ import annotations

import re
from collections.abc import Iterable

from auditor.connectors.aws.catalogue._common import with_aliases, with_fact, with_needs
from auditor.connectors.aws.shape import needs
from auditor.connectors.aws.spec import Of
from auditor.connectors.aws.where import PROVIDER, Where
from auditor.connectors.extract import host_of, parse_arn
from auditor.model.domain import service_id
from auditor.model.resource import Resource

_FUNCTION = re.compile(r"functions/(arn:[^/]+:function:[^/:]+)(?::[^/]+)?/invocations")


def integrated(resource: Resource, addresses: Iterable[str], *, origin: str) -> Resource:
    """Return the API with what it calls: one of several is enough in the best case, all in the worst."""
    refs = tuple(sorted({ref for address in addresses if (ref := target_of(address))}))
    return with_needs(resource, *needs("integration", refs, Of.SOME, origin=origin))


def target_of(address: str) -> str | None:
    """Return what an integration calls: a function, a listener, another AWS service, or a host."""
    function = _FUNCTION.search(address)
    if function:
        return function[1]
    arn = parse_arn(address)
    if arn is None:
        return host_of(address)
    if arn.service == "lambda":  # the version or alias after the name is the same function
        parts = arn.resource.split(":")
        return str(arn).removesuffix("".join(f":{part}" for part in parts[2:]))
    if arn.service == "apigateway":  # arn:aws:apigateway:region:sqs:path/... calls a service itself
        return service_id(PROVIDER, arn.region, arn.account)
    return address


def exposed(resource: Resource, where: Where, *, public: bool) -> Resource:
    """Return the API with the host it answers on, as an entry point if it is public."""
    api = resource.id.rsplit("/", maxsplit=1)[-1]
    made = with_aliases(resource, f"{api}.execute-api.{where.region}.{where.dns_suffix}")
    for name in ("entry_point", "internet_facing") if public else ():
        made = with_fact(made, name, True, origin="API endpoint type")
    return made
