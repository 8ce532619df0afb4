"""Facts and where they come from; a missing fact is unknown, never false."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

FactValue = str | int | float | bool | tuple[str, ...]

Range = tuple[float, float]
"""A low and a high bound; minutes unless said otherwise."""

EXACT_ZERO: Range = (0.0, 0.0)


class Evidence(StrEnum):
    """How a statement is known, strongest first."""

    DECLARED = "declared"  # the user said so
    CONFIGURED = "configured"  # the provider's API says so
    INFERRED = "inferred"  # a name or an address matched
    ASSUMED = "assumed"  # provider knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A named value on a resource, with evidence.

    Attributes:
        name: a name from ``auditor.model.facts`` (or ``agent.<product>``).
        value: string, number, boolean, or a tuple of strings.
        evidence: how it is known.
        origin: the call, key or rule it came from, for the reader.
    """

    name: str
    value: FactValue
    evidence: Evidence
    origin: str = ""
