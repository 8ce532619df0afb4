"""What cannot be read becomes a gap that says why and what would mend it; credentials are told apart."""

from __future__ import annotations

import inspect
import os
import signal
import socket
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import botocore.exceptions as sdk
import pytest

from auditor.config import AwsSettings
from auditor.connectors.aws import collect
from auditor.connectors.aws.session import detail_of, reason_of
from auditor.errors import CredentialsError
from auditor.inventory import Inventory, InventoryBuilder
from auditor.model.gap import Gap, GapReason
from auditor.progress import SilentProgress
from tests.connectors.aws.company import SEOUL, TOKYO, Company
from tests.connectors.aws.conftest import TAKEN_AT, collected
from tests.connectors.aws.gate import Asked, Dawdle, Gate, HangUp, Refuse, Rule

ROOT = Path(__file__).parents[3]


@pytest.fixture
def gate(company: Company, signed_in: None) -> Iterator[Callable[[Rule], Gate]]:
    """Yield a maker of gates before the company."""
    del signed_in
    made: list[Gate] = []

    def make(rule: Rule) -> Gate:
        made.append(Gate(company.endpoint, rule))
        return made[-1]

    yield make
    for one in made:
        one.close()


def settings(gate: Gate, *regions: str, **changes: Any) -> AwsSettings:
    quick = {"connect_timeout": 2.0, "read_timeout": 5.0, **changes}
    return AwsSettings(endpoint_url=gate.endpoint, regions=regions, **quick)


def gap(inventory: Inventory, operation: str) -> Gap:
    (found,) = (gap for gap in inventory.gaps if gap.operation == operation)
    return found


def kinds(inventory: Inventory) -> set[str]:
    return set(inventory.resources["kind"])


def test_a_denied_call_is_a_gap_with_the_permission_that_would_mend_it(gate: Callable[[Rule], Gate]) -> None:
    """One refused listing costs its own kind only, and the gap names where and the IAM action."""

    def rule(asked: Asked) -> Refuse | None:
        return Refuse("AccessDenied") if asked.action == "DescribeDBInstances" else None

    inventory = collected(settings(gate(rule), SEOUL))
    assert gap(inventory, "rds:DescribeDBInstances") == Gap(
        provider="aws",
        account="123456789012",
        region=SEOUL,
        service="rds",
        operation="rds:DescribeDBInstances",
        reason=GapReason.DENIED,
        detail="AccessDenied: not for you",
        remedy="allow rds:DescribeDBInstances",
    )
    assert "aws.rds.instance" not in kinds(inventory)
    assert "aws.rds.cluster" in kinds(inventory)


def test_a_denied_detail_costs_no_resource(gate: Callable[[Rule], Gate]) -> None:
    """Without the details the thing itself stays, under the IAM names that differ from the calls."""

    def rule(asked: Asked) -> Refuse | None:
        return (
            Refuse("AccessDenied")
            if "replication" in asked.action or asked.action == "DescribeRules"
            else None
        )

    inventory = collected(settings(gate(rule), SEOUL))
    copies = [one for one in inventory.gaps if one.operation == "s3:GetBucketReplication"]
    assert {one.remedy for one in copies} == {"allow s3:GetReplicationConfiguration"}
    assert {one.region for one in copies} >= {SEOUL, TOKYO}
    rules = gap(inventory, "elbv2:DescribeRules")
    assert rules.remedy == "allow elasticloadbalancing:DescribeRules"
    assert rules.detail == "AccessDenied: not for you (and 4 more like it)"
    assert {"aws.s3.bucket", "aws.elbv2.listener"} <= kinds(inventory)


def test_throttling_that_does_not_end_is_told_as_such(
    gate: Callable[[Rule], Gate], monkeypatch: pytest.MonkeyPatch
) -> None:
    """After as many tries as the user's settings allow, a throttled call is a gap of its own reason."""
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "2")

    def rule(asked: Asked) -> Refuse | None:
        return Refuse("ThrottlingException", 400, "Rate exceeded") if asked.action == "ListClusters" else None

    gates = gate(rule)
    found = gap(collected(settings(gates, TOKYO)), "ecs:ListClusters")
    assert sum(asked.action == "ListClusters" and asked.service == "ecs" for asked in gates.asked) == 2
    assert (found.reason, found.region) == (GapReason.THROTTLED, TOKYO)


def test_a_dead_region_is_one_gap_and_costs_no_other_region(gate: Callable[[Rule], Gate]) -> None:
    """Where nobody answers the first call no further one is made, and the other region is read whole."""

    def rule(asked: Asked) -> HangUp | None:
        return HangUp() if asked.region == TOKYO else None

    started = time.monotonic()
    gates = gate(rule)
    inventory = collected(settings(gates, SEOUL, TOKYO))
    (dead,) = (one for one in inventory.gaps if one.region == TOKYO and one.service != "s3")
    assert (dead.reason, dead.service) == (GapReason.UNREACHABLE, "")
    assert TOKYO in dead.remedy
    # a bucket that lies there is listed elsewhere, and its details are asked of its own region
    tried = {asked.action for asked in gates.asked if asked.region == TOKYO and asked.service != "s3"}
    assert tried == {"DescribeAvailabilityZones"}
    assert "aws.ec2.instance" in kinds(inventory)
    assert time.monotonic() - started < 20


def test_work_past_the_deadline_is_reported_not_lost(gate: Callable[[Rule], Gate]) -> None:
    """What was read before a region's deadline is kept; each service cut short says so."""

    def rule(asked: Asked) -> Dawdle | None:
        return Dawdle(8) if asked.action in {"DescribeVolumes", "DescribeDBClusters"} else None

    # Long enough for all else to be read on a busy machine, shorter than a call may take.
    inventory = collected(settings(gate(rule), TOKYO, region_deadline=4.5))
    late = [one for one in inventory.gaps if one.reason is GapReason.TIMEOUT and one.region == TOKYO]
    assert {one.service for one in late} >= {"ec2", "rds"}
    assert all(one.remedy == "raise [aws] region_deadline" for one in late)
    assert "aws.ec2.subnet" in kinds(inventory)


def test_zones_that_may_not_be_seen_leave_places_unknown(gate: Callable[[Rule], Gate]) -> None:
    """Without zone ids a thing that is told by letter has no known zone, which is not the same as none."""

    def rule(asked: Asked) -> Refuse | None:
        return Refuse("UnauthorizedOperation") if asked.action == "DescribeAvailabilityZones" else None

    inventory = collected(settings(gate(rule), SEOUL))
    rows = inventory.resources.filter(inventory.resources["kind"] == "aws.rds.instance")
    assert rows["zones"].is_null().all()
    assert gap(inventory, "ec2:DescribeAvailabilityZones").remedy == "allow ec2:DescribeAvailabilityZones"


def test_regions_that_may_not_be_listed_are_taken_from_the_settings(gate: Callable[[Rule], Gate]) -> None:
    """A refused DescribeRegions is a gap; the regions named by the user are read all the same."""

    def rule(asked: Asked) -> Refuse | None:
        return Refuse("UnauthorizedOperation") if asked.action == "DescribeRegions" else None

    inventory = collected(settings(gate(rule), TOKYO))
    assert gap(inventory, "ec2:DescribeRegions").reason is GapReason.DENIED
    assert TOKYO in set(inventory.resources["region"])


def test_a_region_that_is_not_enabled_is_told(gate: Callable[[Rule], Gate]) -> None:
    """A region named in the settings that the account does not have is a gap, not silence."""
    inventory = collected(settings(gate(lambda _: None), TOKYO, "mars-north-1"))
    (found,) = (one for one in inventory.gaps if one.region == "mars-north-1")
    assert found.reason is GapReason.UNSUPPORTED


def test_credentials_that_aws_refuses_are_an_error_with_a_hint(gate: Callable[[Rule], Gate]) -> None:
    """Wrong or expired keys are no gap: nothing could be read with them anywhere."""

    def rule(asked: Asked) -> Refuse | None:
        return Refuse("InvalidClientTokenId") if asked.service == "sts" else None

    with pytest.raises(CredentialsError, match="InvalidClientTokenId") as caught:
        collect(settings(gate(rule), SEOUL), InventoryBuilder(TAKEN_AT), SilentProgress())
    assert "aws configure" in caught.value.hint


def test_everything_denied_is_nothing_read(gate: Callable[[Rule], Gate]) -> None:
    """Where every listing is refused the answer is False, with the gaps to show for it."""
    builder = InventoryBuilder(TAKEN_AT)
    gates = gate(lambda asked: None if asked.service == "sts" else Refuse("AccessDenied"))
    assert collect(settings(gates, TOKYO), builder, SilentProgress()) is False
    inventory = builder.build()
    assert len(inventory) == 0
    assert {gap.reason for gap in inventory.gaps} == {GapReason.DENIED}


def test_without_credentials_the_error_says_what_to_do() -> None:
    """No credentials anywhere: one line, and the three usual ways to give some."""
    with pytest.raises(CredentialsError, match="no AWS credentials found") as caught:
        collect(AwsSettings(), InventoryBuilder(TAKEN_AT), SilentProgress())
    assert all(word in caught.value.hint for word in ("aws configure", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"))


def test_a_profile_that_does_not_exist_is_a_credentials_error() -> None:
    """A mistyped profile is named."""
    with pytest.raises(CredentialsError, match="nobody"):
        collect(AwsSettings(profile="nobody"), InventoryBuilder(TAKEN_AT), SilentProgress())


@pytest.mark.usefixtures("signed_in")
def test_an_endpoint_where_nobody_listens_fails_fast() -> None:
    """A refused connection is one gap and False within seconds."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    builder = InventoryBuilder(TAKEN_AT)
    started = time.monotonic()
    wanted = AwsSettings(endpoint_url=f"http://127.0.0.1:{port}", connect_timeout=1.0)
    assert collect(wanted, builder, SilentProgress()) is False
    assert time.monotonic() - started < 8
    assert [gap.reason for gap in builder.build().gaps] == [GapReason.UNREACHABLE]


def test_profiles_and_the_endpoint_variable_work_as_in_boto3(
    company: Company, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Keys from a profile and the endpoint from ``AWS_ENDPOINT_URL`` are enough."""
    keys = tmp_path / "credentials"
    keys.write_text("[shop]\naws_access_key_id = testing\naws_secret_access_key = testing\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(keys))
    monkeypatch.setenv("AWS_ENDPOINT_URL", company.endpoint)
    inventory = collected(AwsSettings(profile="shop", regions=(TOKYO,)))
    assert "aws.rds.instance" in kinds(inventory)


def test_ctrl_c_ends_at_once(company: Company) -> None:
    """An interrupt ends the process within seconds although calls still hang."""
    gates = Gate(company.endpoint, lambda asked: Dawdle(60) if asked.region == TOKYO else None)
    script = (
        "import sys\n"
        "from auditor.config import AwsSettings\n"
        "from auditor.connectors.aws import collect\n"
        "from auditor.inventory import InventoryBuilder\n"
        "from auditor.progress import SilentProgress\n"
        f"wanted = AwsSettings(endpoint_url={gates.endpoint!r}, regions=({TOKYO!r},), read_timeout=60.0)\n"
        "print('reading', flush=True)\n"
        "try:\n"
        f"    collect(wanted, InventoryBuilder({TAKEN_AT!r}), SilentProgress())\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(130)\n"
    )
    keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    process = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, env={**os.environ, **keys}, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    with process.stdout:
        process.stdout.readline()
        _wait(lambda: any(asked.region == TOKYO for asked in gates.asked))
        process.send_signal(signal.SIGINT)
        started = time.monotonic()
        assert process.wait(timeout=20) == 130
    assert time.monotonic() - started < 5
    gates.close()


def _wait(ready: Callable[[], bool]) -> None:
    for _ in range(300):
        if ready():
            return
        time.sleep(0.1)
    raise AssertionError("the connector never asked")


EXAMPLES: dict[str, Any] = {
    "error": "x",
    "endpoint_url": "http://x",
    "proxy_url": "http://user:password@proxy:3128",
}


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for _, kind in sorted(vars(sdk).items())
        if inspect.isclass(kind) and issubclass(kind, sdk.BotoCoreError) and kind is not sdk.WaiterError
    ],
)
def test_every_botocore_error_has_a_reason_and_one_safe_line(kind: type[sdk.BotoCoreError]) -> None:
    """The translation is total, and no line quotes the credentials of a proxy."""
    fields = {
        field: EXAMPLES.get(field, "x") for _, field, _, _ in string.Formatter().parse(kind.fmt) if field
    }
    error = kind(**fields)
    assert reason_of(error) in GapReason
    line = detail_of(error)
    assert "\n" not in line
    assert "user:password" not in line


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("AccessDenied", GapReason.DENIED),
        ("AccessDeniedException", GapReason.DENIED),
        ("UnauthorizedOperation", GapReason.DENIED),
        ("AuthorizationError", GapReason.DENIED),
        ("OptInRequired", GapReason.DENIED),
        ("ExpiredToken", GapReason.DENIED),
        ("Throttling", GapReason.THROTTLED),
        ("RequestLimitExceeded", GapReason.THROTTLED),
        ("TooManyRequestsException", GapReason.THROTTLED),
        ("SlowDown", GapReason.THROTTLED),
        ("InvalidAction", GapReason.UNSUPPORTED),
        ("UnknownOperationException", GapReason.UNSUPPORTED),
        ("InternalFailure", GapReason.ERROR),
        ("ServiceUnavailable", GapReason.ERROR),
    ],
)
def test_error_codes_are_told_apart(code: str, reason: GapReason) -> None:
    """Denied, throttled and unsupported each have many names; the rest is an error."""
    error = sdk.ClientError({"Error": {"Code": code, "Message": "m"}}, "Op")
    assert reason_of(error) is reason


def test_encoded_messages_are_cut_off() -> None:
    """EC2's encoded refusals tell a reader nothing and are long."""
    message = "You are not authorized. Encoded authorization failure message: " + "x" * 900
    error = sdk.ClientError({"Error": {"Code": "UnauthorizedOperation", "Message": message}}, "Op")
    assert detail_of(error) == "UnauthorizedOperation: You are not authorized."
