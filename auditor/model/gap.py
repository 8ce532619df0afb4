"""Places we could not look, kept as values up to the report."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class GapReason(StrEnum):
    """Why we could not look."""

    DENIED = "denied"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"
    UNSUPPORTED = "unsupported"
    TIMEOUT = "timeout"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Gap:
    """One place not seen.

    Attributes:
        provider, account, region, service: where; empty strings when it is all of them.
        operation: the call that failed, such as ``rds:DescribeDBInstances``.
        reason: why.
        detail: one line from the provider, with nothing secret in it.
        remedy: the permission or action that would mend it.
    """

    provider: str
    account: str = ""
    region: str = ""
    service: str = ""
    operation: str = ""
    reason: GapReason = GapReason.ERROR
    detail: str = ""
    remedy: str = ""
