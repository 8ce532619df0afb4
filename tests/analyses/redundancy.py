"""Small companies for the tests of false redundancy: one claim each, and what was found of it."""

from __future__ import annotations

import dataclasses

from auditor.analyses._redundancy.found import Certainty, FalseRedundancy, Sort
from auditor.analyses.false_redundancy import measure
from auditor.estate.graph import Estate
from auditor.model.evidence import Evidence, Fact, FactValue
from auditor.model.need import Member, Need
from auditor.model.resource import Placement, Resource
from auditor.model.workload import Vendor
from auditor.outages import catalogue
from tests.analyses.estates import SEOUL, TOKYO, estate, fact, server, workload

__all__ = ["SEOUL", "TOKYO", "fact"]

Kinds = list[tuple[Sort, Certainty]]


def needs(*refs: str, role: str = "uses") -> tuple[Need, ...]:
    """Return a configured need per ref."""
    return tuple(
        Need(role=role, members=(Member(ref=ref),), evidence=Evidence.CONFIGURED, origin="api:Call")
        for ref in refs
    )


def thing(
    name: str, *refs: str, kind: str = "aws.lambda.function", region: str | None = SEOUL, **facts: FactValue
) -> Resource:
    """Return something regional that needs these."""
    return Resource(
        id=name,
        kind=kind,
        name=name,
        placement=Placement(provider=kind.partition(".")[0], account="123456789012", region=region, zones=()),
        facts=tuple(
            Fact(name=key, value=value, evidence=Evidence.CONFIGURED) for key, value in facts.items()
        ),
        needs=needs(*refs),
    )


def zonal(name: str, zone: str | None, *refs: str, kind: str = "aws.ec2.instance") -> Resource:
    """Return a machine in a zone of Seoul, in none that is known for None."""
    made = dataclasses.replace(server(name, zone=zone, kind=kind), needs=needs(*refs))
    if zone is not None:
        return made
    return dataclasses.replace(made, placement=dataclasses.replace(made.placement, zones=None))


def shop(*resources: Resource, any_of: tuple[Member, ...], vendors: tuple[Vendor, ...] = ()) -> Estate:
    """Return a company whose shop needs one of these."""
    return estate(
        *resources, workloads=(workload("shop", Need(role="site", members=any_of)),), vendors=vendors
    )


def pair(first: Resource, second: Resource, *others: Resource, standby: Member | None = None) -> Estate:
    """Return a shop with two members, the second one in service or as this standby."""
    second_member = standby or Member(ref=second.id)
    return shop(first, second, *others, any_of=(Member(ref=first.id), second_member))


def found(of: Estate) -> tuple[FalseRedundancy, ...]:
    """Return every finding."""
    return measure(of, catalogue()).findings


def kinds(of: Estate) -> Kinds:
    """Return sort and certainty of every finding."""
    return [(each.sort, each.certainty) for each in found(of)]
