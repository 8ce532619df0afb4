"""What the business calls a service, the vendors it buys, and how resources join it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from auditor.model.evidence import Evidence
from auditor.model.need import Need


class Criticality(StrEnum):
    """How much the business depends on a workload."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


CRITICALITY_WEIGHT: dict[Criticality, float] = {
    Criticality.CRITICAL: 8.0,
    Criticality.HIGH: 4.0,
    Criticality.MEDIUM: 2.0,
    Criticality.LOW: 1.0,
}
"""Weight of a workload in shares of loss; doubling per class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """How resources come into a workload; all given conditions must hold, empty ones are not asked.

    Attributes:
        tags: tag key (any letter case) to wanted value.
        accounts: account or subscription ids.
        resource_groups: Azure resource group names, lower case.
        stacks: CloudFormation stack names.
        names: shell patterns on the resource's name.
        ids: shell patterns on the resource's id.
        kinds: shell patterns on the kind.
        regions: region codes.
    """

    tags: tuple[tuple[str, str], ...] = ()
    accounts: tuple[str, ...] = ()
    resource_groups: tuple[str, ...] = ()
    stacks: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """A service of the business.

    Attributes:
        name: unique.
        criticality: None counts as medium and is reported as assumed.
        owner: team or person.
        revenue_per_hour: money lost per hour down, None when not declared.
        currency: ISO 4217 code of that money.
        rto_minutes, rpo_minutes: targets, never used as measurements.
        joins: resources that match any of these belong to it, in the order given.
        needs: declared needs; empty = entry points, else roots.
        evidence: declared, or assumed for inferred ones.
    """

    name: str
    criticality: Criticality | None = None
    owner: str = ""
    revenue_per_hour: float | None = None
    currency: str | None = None
    rto_minutes: float | None = None
    rpo_minutes: float | None = None
    joins: tuple[Join, ...] = ()
    needs: tuple[Need, ...] = field(default=())
    evidence: Evidence = Evidence.DECLARED

    @property
    def weight(self) -> float:
        """Criticality weight."""
        return CRITICALITY_WEIGHT[self.criticality or Criticality.MEDIUM]


class Substitutability(StrEnum):
    """How hard a vendor is to replace, in the words of the EU's DORA register."""

    EASY = "easy"
    HARD = "hard"
    IMPOSSIBLE = "impossible"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """A supplier of a service, with what it runs on.

    Attributes:
        name: unique; its node is ``vendor:<name>``.
        hosted_on: domain ids all of which the vendor needs, such as ``region:azure/centralus``.
        needs: further declared needs (k of n).
        hosts: host-name patterns by which resources are seen to use it.
        substitutability: None when not declared.
    """

    name: str
    hosted_on: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    hosts: tuple[str, ...] = ()
    substitutability: Substitutability | None = None
    evidence: Evidence = Evidence.DECLARED


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """A declaration over many resources: facts known to hold on all that match.

    Attributes:
        name: for the reader.
        join: which resources.
        facts: name to value; agents known to be on a fleet, offline windows, operating systems.
    """

    name: str
    join: Join
    facts: tuple[tuple[str, str | bool | float | tuple[str, ...]], ...] = ()
