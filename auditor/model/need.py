"""Needs: this node needs k of these members, each with a delay."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.model.evidence import EXACT_ZERO, Evidence, Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member of a need.

    Attributes:
        ref: resource id, alias, or domain id; linked when the estate is built.
        delay: minutes until it serves, (0, 0) in service, more for a standby.
        manual: people must switch to it.
        via: domain or resource ids that must also be up for the switch (control planes, checkers).
        loss: minutes of writes lost on switching; None when not known.
        assumed: the delay is a rule of thumb nobody measured here; reported as such.
        tested_on: date (ISO 8601) the switch was last rehearsed, None when never or not known.
        unknown: name of the missing fact when it is not known to be a member: present in the best
            plan, in the worst only where too few others are certain.
    """

    ref: str
    delay: Range = EXACT_ZERO
    manual: bool = False
    via: tuple[str, ...] = ()
    loss: Range | None = EXACT_ZERO
    assumed: bool = False
    tested_on: str | None = None
    unknown: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """Needs k of the members.

    Attributes:
        role: what for, such as ``zone``, ``members``, ``database``; for the reader and for advice.
        members: at least one.
        k: how many are needed in the best and in the worst case, k best <= k worst.
        evidence: how it is known.
        origin: call, key or rule it came from.
        quorum: the members count even if they depend on the needing node.
        unknown: name of the missing fact when the need itself is not certain: absent in the best
            plan, present in the worst.
    """

    role: str
    members: tuple[Member, ...]
    k: tuple[int, int] = (1, 1)
    evidence: Evidence = Evidence.CONFIGURED
    origin: str = ""
    quorum: bool = False
    unknown: str | None = None

    def __post_init__(self) -> None:
        if not self.members:
            raise ValueError(f"need {self.role!r} has no members")
        if not 1 <= self.k[0] <= self.k[1]:
            raise ValueError(f"need {self.role!r}: k {self.k} must be 1 <= best <= worst")


def requires(
    role: str,
    *refs: str,
    evidence: Evidence = Evidence.CONFIGURED,
    origin: str = "",
    unknown: str | None = None,
) -> tuple[Need, ...]:
    """Return one need per ref: all of them are needed."""
    return tuple(
        Need(role=role, members=(Member(ref=ref),), evidence=evidence, origin=origin, unknown=unknown)
        for ref in refs
    )
