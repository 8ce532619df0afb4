"""``auditor doctor``: what works, what does not, and what to do about it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from auditor.cli import _checks as checks
from auditor.cli._checks import Check, State
from auditor.cli.doctor import status
from tests.cli.conftest import Run, Shell

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def found(run: Run, *arguments: str) -> dict[str, dict[str, str]]:
    """Return the checks of a run by what they look at."""
    return {each["what"]: each for each in json.loads(run("doctor", "--json", *arguments).stdout)}


def test_a_declared_estate_needs_no_cloud(run: Run) -> None:
    """Everything that is used works: exit 0, and what is switched off is said to be."""
    done = run("doctor")
    assert done.exit_code == 0, done.stdout
    assert "switched off in the settings" in done.stdout
    checked = found(run)
    assert checked["settings"]["state"] == "ok"
    assert checked["declared"]["found"] == "2 resources need no credentials"


def test_wrong_settings_are_told_with_their_line(run: Run, folder: Path) -> None:
    """Exit 2: nothing else is worth checking first."""
    (folder / "auditor.toml").write_text("[aws]\nregion = 'x'\n", encoding="utf-8")
    done = run("doctor", "--json")
    assert done.exit_code == 2
    assert "auditor.toml:2" in json.loads(done.stdout)[1]["found"]


def test_without_any_credentials_it_ends_with_4_and_says_how_to_sign_in(shell: Shell, folder: Path) -> None:
    """The first run of a new user."""
    (folder / "auditor.toml").write_text("[azure]\nenabled = false\n", encoding="utf-8")
    done = shell("doctor")
    assert done.returncode == 4
    assert b"aws configure" in done.stdout


def test_a_folder_that_cannot_be_written_is_found(tmp_path: Path) -> None:
    """A file stands where reports should go."""
    (tmp_path / "taken").write_text("", encoding="utf-8")
    assert checks.disk(tmp_path / "taken" / "reports").state is State.FAIL
    assert checks.disk(tmp_path / "new" / "reports").state is State.OK


def test_a_broken_outage_file_is_found(tmp_path: Path) -> None:
    """Files in the settings' own folders are held to the form."""
    (tmp_path / "mine.toml").write_text("id = 1\n", encoding="utf-8")
    check = checks.catalogue((tmp_path,))
    assert check.state is State.FAIL
    assert "mine.toml" in check.found


@pytest.mark.parametrize(
    ("date", "state", "text"),
    [
        (format_datetime(NOW, usegmt=True), State.OK, "0 s"),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), State.OK, "90 s ahead"),
        (format_datetime(NOW + timedelta(minutes=10), usegmt=True), State.FAIL, "600 s behind"),
        ("yesterday", State.SKIP, "does not tell"),
        (None, State.SKIP, "does not tell"),
    ],
)
def test_a_wrong_clock_is_found(date: str | None, state: State, text: str) -> None:
    """Signed requests are refused when clocks differ by more than some minutes."""
    check = checks.clock("AWS", date, NOW)
    assert check.state is state
    assert text in check.found


class Refusing(BaseHTTPRequestHandler):
    """Answers everything with 403."""

    def do_HEAD(self) -> None:
        self.send_response(403)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endpoint() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_an_endpoint_that_refuses_is_reachable(endpoint: str) -> None:
    """Any answer proves the way there, and its clock is read."""
    reached, clock = checks.reach("AWS", endpoint)
    assert reached.state is State.OK
    assert clock.state is State.OK


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "ftp://127.0.0.1", "nonsense"])
def test_an_endpoint_that_does_not_answer_is_told(url: str) -> None:
    """One failed check with what to look at, never a traceback."""
    (check,) = checks.reach("AWS", url)
    assert check.state is State.FAIL
    assert "HTTPS_PROXY" in check.do


def test_the_status_tells_settings_from_credentials_from_permissions() -> None:
    """2 before 4 before 3."""
    account = Check(what="AWS credentials", state=State.OK, found="", provider="aws")
    missing = Check(what="AWS rds:DescribeDBInstances", state=State.WARN, found="denied")
    broken = Check(what="outages", state=State.FAIL, found="")
    assert status([account, missing], strict=False) == 0
    assert status([account, missing], strict=True) == 3
    assert status([missing], strict=True) == 4
    assert status([broken], strict=True) == 2
