"""How a kind is described: what every connector's specs share.

A catalogue module defines ``SPECS``: one value of a class below ``KindSpec`` or a tuple of them. From the
same value come the API call, the permissions, the docs row, the tests, and what is assumed of declared
resources.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from auditor.discovery import discover
from auditor.model.evidence import Evidence, Fact, FactValue
from auditor.model.resource import Resource

CATALOGUES = ("auditor.connectors.aws.catalogue", "auditor.connectors.azure.catalogue")


@dataclass(frozen=True, slots=True, kw_only=True)
class KindSpec:
    """What is true of every resource of one kind, whoever listed it.

    Attributes:
        kind: dotted kind.
        title: for people, such as "EC2 instance".
        assumed: facts taken for granted by provider knowledge unless the resource states them, such as
            ``host = True`` and ``resolver = "vpc"`` for an EC2 instance.
        support: it only serves other resources, such as a subnet: never the root of a workload that has
            anything else, and of no account by itself a place in use. Carried as the fact ``support``.
        stateful: it holds data that a copy must be fed with, such as a database: a copy of it stands by
            until it takes over. Carried as the fact ``stateful``.
    """

    kind: str
    title: str
    assumed: tuple[tuple[str, FactValue], ...] = ()
    support: bool = False
    stateful: bool = False


@cache
def known_kinds() -> Mapping[str, KindSpec]:
    """Return every described kind of both clouds; imports no SDK."""
    kinds: dict[str, KindSpec] = {}
    for package in CATALOGUES:
        kinds |= discover(package, "SPECS", KindSpec, key=lambda spec: spec.kind)
    return kinds


def with_assumed(resource: Resource, spec: KindSpec | None = None) -> Resource:
    """Return the resource with its kind's assumed facts added where it states none of that name.

    A connector passes the spec it reads by; without one the kind is looked up.
    """
    spec = spec or known_kinds().get(resource.kind)
    if spec is None:
        return resource
    stated = {fact.name for fact in resource.facts}
    flags = (("support", spec.support), ("stateful", spec.stateful))
    assumed = (*spec.assumed, *((name, True) for name, carried in flags if carried))
    added = tuple(
        Fact(name=name, value=value, evidence=Evidence.ASSUMED, origin=f"every {spec.title}")
        for name, value in assumed
        if name not in stated
    )
    return dataclasses.replace(resource, facts=resource.facts + added) if added else resource
