"""Refusals in our words: reasons, waits, and nothing secret."""

from __future__ import annotations

import json

import pytest

from auditor.connectors.azure.failure import ArmError, Deadline, attempted, clock_seconds, one_line, refusal
from auditor.model.gap import GapReason


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, GapReason.DENIED),
        (403, GapReason.DENIED),
        (404, GapReason.UNSUPPORTED),
        (400, GapReason.UNSUPPORTED),
        (429, GapReason.THROTTLED),
        (502, GapReason.ERROR),
    ],
)
def test_a_status_has_a_reason(status: int, reason: GapReason) -> None:
    """Each HTTP status is told apart as the report words it."""
    assert refusal(status, {}, "").reason is reason


@pytest.mark.parametrize(
    "text",
    [
        '{"error": {"code": "Denied", "message": "no"}}',
        '{"code": "Denied", "message": "no"}',
        '{"Code": "Denied", "Message": "no"}',
    ],
)
def test_code_and_message_are_found_in_every_spelling(text: str) -> None:
    """Wrapped, bare and in capitals."""
    failure = refusal(403, {}, text)
    assert (failure.code, failure.detail) == ("Denied", "Denied: no")


@pytest.mark.parametrize("text", ["", "<html>", "[]", "null", '{"error": null}'])
def test_an_answer_that_is_no_error_body_still_says_its_status(text: str) -> None:
    """A proxy's page gives no code, only the status."""
    assert refusal(502, {}, text).detail == "HTTP 502"


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"x-ms-retry-after-ms": "250"}, 0.25),
        ({"X-Ms-User-Quota-Resets-After": "00:01:02"}, 62.0),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_the_wait_asked_for_is_read(headers: dict[str, str], wait: float | None) -> None:
    """Seconds, milliseconds and the quota's clock are all understood."""
    assert refusal(429, headers, "").wait == wait


def test_a_clock_is_read_or_nothing() -> None:
    """Only hh:mm:ss counts."""
    assert clock_seconds("01:00:05") == 3605
    assert clock_seconds("5") is None
    assert clock_seconds(None) is None


@pytest.mark.parametrize(
    "secret",
    ["eyJhbGciOiJSUzI1NiIsImtpZCI6", "sig=abc%2Fdef", "client_secret=hunter2", "https://x/y?sv=1&sig=zz"],
)
def test_secrets_do_not_reach_the_report(secret: str) -> None:
    """Tokens, signatures and query strings are struck out of details."""
    told = refusal(403, {}, json.dumps({"code": "X", "message": f"call with {secret} was\nrefused"})).detail
    assert secret not in told
    assert "removed" in told
    assert "\n" not in told


def test_details_are_short() -> None:
    """A page-long message becomes one bounded line."""
    assert len(one_line("x " * 1000)) <= 240


def test_a_gap_names_the_place_and_the_remedy() -> None:
    """Access needs a permission, everything else its own advice."""
    denied = ArmError(GapReason.DENIED, "no").gap(
        account="a", service="s", operation="o/read", remedy="grant o/read"
    )
    slow = ArmError(GapReason.TIMEOUT, "late").gap(
        account="a", service="s", operation="o/read", remedy="grant"
    )
    assert denied.remedy == "grant o/read"
    assert "deadline" in slow.remedy
    assert (denied.provider, denied.account, denied.operation) == ("azure", "a", "o/read")


def test_a_deadline_ends() -> None:
    """Time left never falls below nothing; past it every check fails."""
    now = [0.0]
    deadline = Deadline(10, clock=lambda: now[0])
    now[0] = 4.0
    assert deadline.left() == 6.0
    deadline.check()
    now[0] = 11.0
    assert deadline.left() == 0.0
    with pytest.raises(ArmError, match="10 s"):
        deadline.check()


def test_a_chain_of_credentials_tells_what_really_failed() -> None:
    """Sources that are merely absent are left out; one that was refused is the reason."""
    absent = (
        "None worked.\n\tEnvironmentCredential: it is unavailable."
        "\n\tAzureCliCredential: Azure CLI not found on path"
    )
    assert attempted(absent) == ""
    assert (
        attempted(absent + "\n\tWorkload: AADSTS7000215 bad secret") == "Workload: AADSTS7000215 bad secret"
    )
