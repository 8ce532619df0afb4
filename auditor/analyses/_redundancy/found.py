"""What the finder of false redundancy says; read by programs as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Claimed(StrEnum):
    """What a redundancy claims to survive, by where its members stand."""

    COPY = "one copy"  # members in one zone, or nobody knows which
    ZONE = "zone"  # members in several zones of one region
    REGION = "region"  # members in several regions, or a standby that a global switch turns to
    PROVIDER = "provider"  # members at several providers or vendors


class Sort(StrEnum):
    """What kind of thing the members share."""

    ZONE = "physical zone"
    REGION = "region"
    DNS = "DNS"
    IDENTITY = "identity"
    KEY = "key"
    NAT = "NAT gateway"
    REGISTRY = "image registry"
    CONTROL_PLANE = "control plane"
    CAPACITY = "no capacity"
    CLOUD = "vendor's cloud"
    AGENT = "agent channel"
    VENDOR = "vendor"
    ACCOUNT = "account"
    SERVICE = "service"
    RESOURCE = "shared resource"
    PROVIDER = "provider"
    METRO = "metro"


class Certainty(StrEnum):
    """How sure a finding is."""

    SURE = "sure"  # in the best case for unknown facts too
    POSSIBLE = "possible"  # in the worst case for unknown facts
    PRIOR = "prior"  # standing close together: no loss follows, but both may go at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A redundancy as it is claimed.

    Attributes:
        owners: ids that lean on it; at most some, ``owner_count`` are there.
        roles: what for, as the needs name it.
        members: ids, at most some; ``member_count`` are there.
        needed: how many of them are needed in the best case.
        standby: members among those named that serve only after a switch.
        survives: what it claims to survive.
        text: the claim for people.
        evidence, origin: how the claim is known, where from.
    """

    owners: tuple[str, ...]
    owner_count: int
    roles: tuple[str, ...]
    members: tuple[str, ...]
    member_count: int
    needed: int
    standby: tuple[str, ...]
    survives: Claimed
    text: str
    evidence: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One step of a reason: ``node`` needs ``on``; ``unknown`` is the fact missing to be sure of it."""

    node: str
    on: str
    role: str
    evidence: str
    origin: str
    unknown: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseRedundancy:
    """One redundancy that one loss takes, against what it claims.

    Attributes:
        workloads: names of those who lean on it, heaviest first.
        weight: sum of their criticality weights.
        claim: what is claimed.
        sort: kind of what is shared.
        shared: ids whose loss alone takes the redundancy; none has a narrower one that does.
        broader: domains that take it too, as they take what is shared.
        through: resources on the way of every member looked at, nearest to what is shared last.
        hinge: kind of the resource that they share or that leads to it, such as ``aws.rds.instance``; empty
            where there is none.
        certainty: in the best case too, in the worst only, or a mere prior.
        why: one sentence for people.
        because: per member looked at, the way from it to what is shared.
        unknown: facts that would decide a possible one.
        outages: of the catalogue, that took something shared.
        sources: addresses, where the finding leans on knowledge of a provider's insides.
    """

    workloads: tuple[str, ...]
    weight: float
    claim: Claim
    sort: Sort
    shared: tuple[str, ...]
    broader: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    hinge: str = ""
    certainty: Certainty
    why: str
    because: tuple[tuple[Link, ...], ...] = ()
    unknown: tuple[str, ...] = ()
    outages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FalseRedundancies:
    """All that was found.

    Attributes:
        claims: distinct redundancies looked at.
        findings: heaviest first.
        omitted: findings of lesser weight that are not listed.
        unexamined: redundancies over regions or providers whose shared resources were not looked for.
    """

    claims: int
    findings: tuple[FalseRedundancy, ...]
    omitted: int = 0
    unexamined: int = 0
