"""The command line against clouds on this machine: moto for AWS, with dummy credentials and no settings."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Run

pytestmark = pytest.mark.slow

REGIONS = '[aws]\nregions = ["ap-northeast-2"]\n'
KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "AWS_DEFAULT_REGION": "ap-northeast-2"}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """Run moto's server with one machine and one database that somebody made."""
    moto = pytest.importorskip("moto.server")
    boto3 = pytest.importorskip("boto3")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "x", "aws_secret_access_key": "y", "region_name": "ap-northeast-2"}
    ec2 = boto3.client("ec2", endpoint_url=url, **keys)
    names = [{"Name": "name", "Values": ["al2023-ami-2*"]}]
    image = ec2.describe_images(Owners=["amazon"], Filters=names)["Images"][0]["ImageId"]
    tags = [{"Key": "Application", "Value": "shop"}, {"Key": "auditor:os", "Value": "linux"}]
    ec2.run_instances(
        ImageId=image,
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags}],
    )
    ec2.close()
    yield url
    server.stop()


@pytest.fixture
def signed_in(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set keys and the server's address as a user would, in the environment."""
    for name, value in {**KEYS, "AWS_ENDPOINT_URL": endpoint}.items():
        monkeypatch.setenv(name, value)


def test_an_account_is_audited_without_declarations(run: Run, folder: Path, signed_in: None) -> None:
    """Workloads are inferred from tags, Azure is left out with a note, and stdout is JSON alone."""
    (folder / "auditor.toml").write_text(REGIONS, encoding="utf-8")
    done = run("audit", "--format", "json", "-o", "-")
    assert done.exit_code == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["inputs"]["providers"] == ["aws"]
    assert "shop" in [item["workload"] for item in data["workloads"]]
    assert "note: azure left out" in done.stderr


def test_doctor_finds_the_account_and_tries_its_permissions(run: Run, folder: Path, signed_in: None) -> None:
    """Credentials, clock and a few cheap calls are all looked at."""
    (folder / "auditor.toml").write_text(REGIONS + "[azure]\nenabled = false\n", encoding="utf-8")
    done = run("doctor", "--json")
    assert done.exit_code == 0, done.stdout
    checks = {each["what"]: each for each in json.loads(done.stdout)}
    assert checks["AWS credentials"]["found"] == "account 123456789012, ap-northeast-2"
    assert checks["AWS ec2:DescribeInstances"]["state"] == "ok"
    assert checks["AWS clock"]["state"] == "ok"
