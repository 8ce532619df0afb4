"""What can go wrong between us and Azure Resource Manager, in our words."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from auditor.model.gap import Gap, GapReason

READER = "the Reader role"
_SECRET = re.compile(
    r"eyJ[\w.-]{16,}"  # tokens
    r"|(?i:\b(sig|secret|password|accountkey|client_secret|access_token)\b\s*[=:]\s*[^\s&;,'\"]+)"
    r"|(?<=\?)[^\s'\"]+"  # query strings may carry signatures
)
_LONGEST = 240


class ArmError(Exception):
    """One call failed; ``detail`` is one line from Azure with nothing secret in it.

    Attributes:
        reason: why, as the report words it.
        status: HTTP status, None when no answer came.
        code: the error code Azure gave, empty when none.
        wait: seconds Azure asked us to wait, None when it named none.
    """

    def __init__(
        self,
        reason: GapReason,
        detail: str,
        *,
        status: int | None = None,
        code: str = "",
        wait: float | None = None,
    ) -> None:
        self.detail = one_line(f"{code}: {detail}" if code and code not in detail else detail)
        super().__init__(self.detail)
        self.reason, self.status, self.code, self.wait = reason, status, code, wait

    def gap(self, *, account: str, service: str, operation: str, remedy: str = "") -> Gap:
        """Return this failure as a place not seen; ``remedy`` is used where access was refused."""
        return Gap(
            provider="azure",
            account=account,
            service=service,
            operation=operation,
            reason=self.reason,
            detail=self.detail,
            remedy=_REMEDIES.get(self.reason, "") or remedy or f"grant {READER}",
        )


_REMEDIES = {
    GapReason.THROTTLED: "run again later, or with fewer workers ([azure] workers)",
    GapReason.TIMEOUT: "run again, or raise [azure] deadline or read_timeout",
    GapReason.UNREACHABLE: "check [azure] endpoint, ca_file and the network",
    GapReason.UNSUPPORTED: "this endpoint does not offer the call; declare what is missing in auditor.toml",
    GapReason.ERROR: "run again; if it stays, report it with the operation named here",
}


_DENIED, _THROTTLED, _UNSUPPORTED = {401, 403}, {429}, {400, 404, 405, 409, 501}


def refusal(status: int, headers: Mapping[str, str], text: str) -> ArmError:
    """Return what an HTTP error answer means."""
    code, message = _code_and_message(text)
    if status in _DENIED:
        reason = GapReason.DENIED
    elif status in _THROTTLED:
        reason = GapReason.THROTTLED
    elif status in _UNSUPPORTED:
        reason = GapReason.UNSUPPORTED
    else:
        reason = GapReason.ERROR
    lowered = {key.lower(): value for key, value in headers.items()}
    wait = _asked_wait(lowered)
    return ArmError(reason, message or f"HTTP {status}", status=status, code=code, wait=wait)


def _code_and_message(text: str) -> tuple[str, str]:
    """Return code and message from any of the spellings Azure uses: wrapped, bare, in capitals."""
    try:
        body = json.loads(text)
    except ValueError:
        return "", ""
    if not isinstance(body, Mapping):
        return "", ""
    lowered = {str(key).lower(): value for key, value in body.items()}
    inner = lowered.get("error")
    if isinstance(inner, Mapping):
        lowered = {str(key).lower(): value for key, value in inner.items()}
    return str(lowered.get("code") or ""), str(lowered.get("message") or "")


def _asked_wait(headers: Mapping[str, str]) -> float | None:
    for name, unit in (("retry-after-ms", 1000), ("x-ms-retry-after-ms", 1000), ("retry-after", 1)):
        with contextlib.suppress(KeyError, ValueError):
            return max(0.0, float(headers[name]) / unit)
    return clock_seconds(headers.get("x-ms-user-quota-resets-after"))


def clock_seconds(text: str | None) -> float | None:
    """Return seconds of ``hh:mm:ss``, None when there is no such text."""
    try:
        hours, minutes, seconds = (float(part) for part in (text or "").split(":"))
    except ValueError:
        return None
    return hours * 3600 + minutes * 60 + seconds


def one_line(text: str) -> str:
    """Return text as one line of bounded length, with whatever looks like a secret struck out."""
    line = " ".join(_SECRET.sub("[removed]", text).split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


_ABSENT = ("unavailable", "not found", "not installed", "could not be found", "run 'az login'")


def attempted(message: str) -> str:
    """Return what a chain of credentials really failed by; empty when it only found none."""
    tried = (line.strip() for line in message.splitlines() if line.startswith("\t"))
    telling = (line for line in tried if not any(word in line.lower() for word in _ABSENT))
    return one_line(next(telling, ""))


@dataclass(slots=True)
class Deadline:
    """A span of time that all calls for one subscription share."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    _end: float = field(init=False)

    def __post_init__(self) -> None:
        self._end = self.clock() + self.seconds

    def left(self) -> float:
        """Return the seconds left, never below 0."""
        return max(0.0, self._end - self.clock())

    def check(self) -> None:
        """Raise an ``ArmError`` when the time is up."""
        if not self.left():
            raise ArmError(GapReason.TIMEOUT, f"not finished within {self.seconds:g} s")
