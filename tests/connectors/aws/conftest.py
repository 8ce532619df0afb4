"""moto's server on loopback, a company on it, and what the connector reads of it; each once per run."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from auditor.config import AwsSettings
from auditor.connectors.aws import collect
from auditor.demo.aws_estate import emptied
from auditor.inventory import Inventory, InventoryBuilder
from auditor.progress import SilentProgress
from tests.connectors.aws.company import REGIONS, Company, founded

TAKEN_AT = "2026-01-01T00:00:00Z"


@pytest.fixture(scope="session")
def moto_endpoint() -> Iterator[str]:
    """Yield the address of a moto server on a free port."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(scope="session")
def company(moto_endpoint: str) -> Company:
    """Return the company on a moto of its own: what other tests left in this process goes first."""
    emptied(moto_endpoint)
    return founded(moto_endpoint)


@pytest.fixture(scope="session")
def inventory(company: Company) -> Inventory:
    """Return what the connector reads of the company."""
    with pytest.MonkeyPatch.context() as patch:
        sign_in(patch)
        return collected(AwsSettings(endpoint_url=company.endpoint, regions=REGIONS))


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    sign_in(monkeypatch)


def sign_in(patch: pytest.MonkeyPatch) -> None:
    """Set dummy credentials as a user would, in the environment."""
    patch.setenv("AWS_ACCESS_KEY_ID", "testing")
    patch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    patch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")


def collected(settings: AwsSettings) -> Inventory:
    """Collect by settings; something must have been read."""
    builder = InventoryBuilder(TAKEN_AT)
    assert collect(settings, builder, SilentProgress())
    return builder.build()
