"""What every test shares: no network beyond loopback, and where other people's data is read in place."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = ("127.", "::1", "localhost")
CLOUD_VARIABLES = (
    "AWS_",
    "AZURE_",
    "AUDITOR_",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "HTTP_PROXY",
    "HTTPS_PROXY",
)
# Files whose tests share what is costly to make: they run in one process, like the tests of one file.
TOGETHER = {
    "tests/analyses/test_backtest.py": "backtest",
    "tests/cli/test_backtest.py": "backtest",
    "tests/cli/test_clouds.py": "moto",
    "tests/connectors/aws/": "moto",
    "tests/demo/": "moto",
}


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Give the tests of one file, and of files that share set-ups, to one process, unless told otherwise."""
    if config.getoption("dist") != "load":
        return None
    from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

    class ByFile(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return next((name for start, name in TOGETHER.items() if file.startswith(start)), file)

    return ByFile(config, log)


class NetworkForbiddenError(AssertionError):
    """A test tried to leave this machine."""


@pytest.fixture(autouse=True, scope="session")
def _loopback_only() -> Iterator[None]:
    """Refuse every connection that is not to loopback, whatever library makes it."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def allowed(sock: socket.socket, address: Any) -> None:
        if sock.family in {socket.AF_INET, socket.AF_INET6} and not str(address[0]).startswith(LOOPBACK):
            sock.close()  # who connects expects an OSError to clean up after, not this
            raise NetworkForbiddenError(f"a test tried to connect to {address!r}")

    def guarded(self: socket.socket, address: Any) -> None:
        allowed(self, address)
        connect(self, address)

    def guarded_ex(self: socket.socket, address: Any) -> int:
        allowed(self, address)
        return connect_ex(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    patch.setattr(socket.socket, "connect_ex", guarded_ex)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def _nowhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an empty folder: one for all tests, as one for each takes longer than many of them."""
    return tmp_path_factory.mktemp("nowhere")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, _nowhere: Path) -> None:
    """No credentials or settings of whoever runs the tests reach them."""
    for name in list(os.environ):
        if name.upper().startswith(CLOUD_VARIABLES) and name != "AUDITOR_TEST_DATA":
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(_nowhere / "no-aws-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(_nowhere / "no-aws-credentials"))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of other people's data, or skip where it is absent."""
    folder = Path(os.environ.get("AUDITOR_TEST_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no test data at {folder}: set AUDITOR_TEST_DATA")
    return folder
