"""Other people's recorded answers, read in place: real responses give resources, and nothing is odd."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from auditor.connectors.aws.harvest import Clock, Harvest
from auditor.connectors.aws.pool import DaemonExecutor
from auditor.connectors.aws.scan import Scan
from auditor.connectors.aws.spec import AwsSpec, specs
from auditor.connectors.aws.where import GLOBAL, Where
from auditor.connectors.extract import parse_arn, read
from auditor.model.gap import GapReason
from tests.connectors.aws.answers import Answers

LISTED = [pytest.param(spec, id=kind) for kind, spec in specs().items() if spec.within is None]
PREFIX = {"elbv2": "elasticloadbalancing", "apigatewayv2": "apigateway"}


@pytest.fixture(scope="session")
def recordings(shared_data: Path) -> dict[str, list[Path]]:
    """Return the files of each operation, such as ``ec2.DescribeInstances``."""
    index = json.loads((shared_data / "aws" / "index.json").read_text())
    found: dict[str, list[Path]] = {}
    for entry in index["files"]:
        if entry["kind"] == "aws_api":
            found.setdefault(entry["operation"], []).append(shared_data / "aws" / entry["file"])
    return found


def answers(spec: AwsSpec, folder: Path, first: dict[str, Any]) -> Answers:
    """Return what was recorded beside a listing: details as far as there are any, the listing itself."""
    prefix = PREFIX.get(spec.service, spec.service)
    given: dict[tuple[str, str], Any] = {(spec.service, spec.call.operation): first}
    for call in spec.calls[1:]:
        files = sorted(folder.glob(f"{prefix}.{call.operation}_*.json"))
        if files:
            given[spec.service, call.operation] = data(files[0])
    return Answers(given, check=False)


def data(file: Path) -> dict[str, Any]:
    found = json.loads(file.read_text())["data"]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("spec", LISTED)
def test_recorded_listings_become_resources(spec: AwsSpec, recordings: dict[str, list[Path]]) -> None:
    """Each item of each recorded listing gives one resource with an ARN, and no item is odd."""
    operation = f"{PREFIX.get(spec.service, spec.service)}.{spec.call.operation}"
    files = recordings.get(operation, [])
    if not files:
        pytest.skip(f"nothing recorded for {operation}")
    for file in files:
        first = data(file)
        listed = read(spec.call.items, first) or []
        if spec.service == "elbv2" and "LoadBalancerDescriptions" in first:
            continue  # the older service of the same prefix
        harvest = Harvest()
        region = GLOBAL if spec.scope == "global" else "us-east-1"
        where = Where(partition="aws", account="644160558196", region=region)
        pool = DaemonExecutor(2, "test")
        scan = Scan(
            reader=answers(spec, file.parent, first), pool=pool, where=where, clock=Clock(60), harvest=harvest
        )
        scan.run((spec,))
        pool.shutdown(wait=True)
        assert GapReason.ERROR not in {gap.reason for gap in harvest.gaps()}, file.name
        gone = [item for item in listed if read("State.Name", item) in {"terminated", "shutting-down"}]
        assert len(harvest.resources) == len(listed) - len(gone)
        assert all(parse_arn(resource.id) for resource in harvest.resources)


def test_recordings_say_more_than_nothing(recordings: dict[str, list[Path]]) -> None:
    """The data holds listings for most kinds, so the test above is no empty one."""
    known = {f"{PREFIX.get(spec.service, spec.service)}.{spec.call.operation}" for spec in specs().values()}
    assert len(known & set(recordings)) >= 15
