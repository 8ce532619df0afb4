"""``--since``: the same result from less work, and what is said about it on stderr."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import SETTINGS, Run

FORMER: list[bytes] = []


@pytest.fixture
def old(run: Run, snapshot: Path, folder: Path) -> Path:
    """Return the former audit of the declared estate; it is made once."""
    path = folder / "old.json"
    if not FORMER:
        done = run("report", str(snapshot), "--format", "json", "-o", str(path))
        assert done.exit_code == 0, done.stderr
        FORMER.append(path.read_bytes())
    path.write_bytes(FORMER[0])
    return path


def test_the_result_does_not_tell_that_work_was_saved(run: Run, snapshot: Path, old: Path) -> None:
    """Same bytes on stdout; stderr says in one line what was taken over."""
    done = run("report", str(snapshot), "--format", "json", "--since", str(old))
    assert done.exit_code == 0
    assert done.stdout.encode() == old.read_bytes()
    assert done.stderr == f"note: cut sets of 2 of 2 workloads taken over from {old}, 0 evaluated anew\n"


def test_a_changed_workload_is_evaluated_anew(run: Run, snapshot: Path, old: Path, folder: Path) -> None:
    """The settings move one machine to another zone: one workload of the two is new."""
    (folder / "auditor.toml").write_text(SETTINGS.replace("apne2-az1", "apne2-az3"), encoding="utf-8")
    done = run("report", str(snapshot), "--format", "json", "--since", str(old))
    assert done.stdout == run("report", str(snapshot), "--format", "json").stdout
    assert "cut sets of 1 of 2 workloads taken over" in done.stderr
    assert "1 evaluated anew" in done.stderr


def test_audit_takes_over_too(run: Run, old: Path) -> None:
    """The main command has the option as well."""
    done = run("audit", "--since", str(old))
    assert done.exit_code == 0
    assert "cut sets of 2 of 2 workloads taken over" in done.stderr


def test_quiet_says_nothing_of_it(run: Run, snapshot: Path, old: Path) -> None:
    """A note is no error."""
    assert run("report", str(snapshot), "--since", str(old), "--quiet").stderr == ""


def test_a_redacted_audit_is_of_no_use_and_no_error(run: Run, snapshot: Path, folder: Path) -> None:
    """Names in it are not the real ones; the run goes on without it."""
    run("report", str(snapshot), "--format", "json", "--redact", "-o", "hidden.json")
    done = run("report", str(snapshot), "--since", "hidden.json")
    assert done.exit_code == 0
    assert done.stderr.startswith("note: nothing taken over from hidden.json: it holds no digests: it is red")


def test_an_audit_of_another_version_is_not_used(run: Run, snapshot: Path, old: Path) -> None:
    """What another version found may not be what this one would find."""
    data = json.loads(old.read_text(encoding="utf-8"))
    data["tool"]["version"] = "0.0.1"
    for cuts in data["cut_sets"]:
        cuts["digest"] = "00000000" + cuts["digest"][8:]
    old.write_text(json.dumps(data), encoding="utf-8")
    done = run("report", str(snapshot), "--since", str(old))
    assert done.exit_code == 0
    assert done.stderr == f"note: nothing taken over from {old}: another version made it, auditor 0.0.1\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"schema": ', "is no audit: Invalid JSON"),
        ("{}", "is no audit: schema: Field required"),
        ("[]", "is no audit: "),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_a_broken_file_ends_the_run(
    run: Run, snapshot: Path, folder: Path, text: str | None, says: str
) -> None:
    """One line names the file and what is wrong with it, before anything is computed."""
    if text is not None:
        (folder / "broken.json").write_text(text, encoding="utf-8")
    done = run("report", str(snapshot), "--since", "broken.json")
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr.startswith(f"error: broken.json: {says}")
    assert len(done.stderr.splitlines()) == 2
