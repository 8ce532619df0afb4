"""``auditor obligations`` as a user runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from auditor.cli._app import application

EXAMPLES = Path(__file__).parents[2] / "examples" / "obligations"
SEOUL = str(EXAMPLES / "seoul-2018.csv")


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give tables 140 columns."""
    monkeypatch.setenv("COLUMNS", "140")


def ran(*arguments: str) -> Result:
    """Run in this process."""
    return CliRunner().invoke(application(), ["obligations", *arguments])


def started(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run as a program of its own."""
    code = "from auditor.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", code, "obligations", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={"PYTHONUTF8": "1", "COLUMNS": "140", "PATH": ""},
    )


def test_the_case_of_2018_is_told() -> None:
    """The page says owed, since when, by when, from whom, and how it was learned of."""
    done = started(SEOUL)
    assert done.returncode == 0, done.stderr
    for part in ("owed", "2018-11-22 08:29 +09:00", "Amazon Web Services", "dashboard", "not legal advice"):
        assert part in done.stdout


def test_json_is_the_contracts() -> None:
    """Programs read the same answers from the audit's own field."""
    data = json.loads(ran(SEOUL, "--law", "kr-cloud-act-25", "--format", "json").stdout)
    assert [each["answer"] for each in data["obligations"]] == ["yes", "unknown"]
    assert data["obligations"][0]["crossed_at"] == "2018-11-21T23:29:00Z"


def test_letters_go_to_a_folder_or_stdout(tmp_path: Path) -> None:
    """Each language gets its file; on stdout the letters are all there is."""
    assert ran(SEOUL, "--letter", str(tmp_path)).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "notice-request-1-kr-cloud-act-25.en.txt",
        "notice-request-1-kr-cloud-act-25.ko.txt",
    ]
    korean = ran(SEOUL, "--letter", "-", "--language", "ko").stdout
    assert korean.startswith("[노출됨")
    assert "Dear Sir" not in korean


def test_facts_of_the_command_line_decide() -> None:
    """What you are closes what was open."""
    done = ran(SEOUL, "--fact", "roles=cloud-provider", "--law", "kr-cloud-act-25", "--format", "json")
    assert [each["answer"] for each in json.loads(done.stdout)["obligations"]] == ["yes", "yes"]


def test_the_bank_is_classified() -> None:
    """Four hours over the change of clocks, two Member States, critical: major, notice within four hours."""
    done = ran(str(EXAMPLES / "bank.toml"), "--law", "eu-dora", "--format", "json")
    found = json.loads(done.stdout)["obligations"][0]
    assert found["minutes"] == [240.0, 240.0]
    assert found["answer"] == "yes"
    assert found["notices"][0]["due_local"] == "2026-10-25T04:30:00+01:00"


def test_mistakes_are_one_line_and_a_hint(tmp_path: Path) -> None:
    """Wrong usage ends with status 2, no traceback."""
    log = tmp_path / "log.csv"
    log.write_text("start,service\n2026-01-01 10:00,x\n", encoding="utf-8")
    for arguments, words in (
        ((str(log),), "has no offset"),
        ((SEOUL, "--law", "kr-cloud-act"), "did you mean kr-cloud-act-25?"),
        ((SEOUL, "--fact", "roles"), "has no value"),
        ((SEOUL, "--fact", "loss_eur=much"), "must be a number"),
        ((SEOUL, "--language", "de"), "choose en or ko"),
    ):
        done = ran(*arguments)
        assert done.exit_code == 2
        assert words in done.stderr
        assert "Traceback" not in done.stderr
        assert isinstance(done.exception, SystemExit)


def test_events_of_a_health_service_are_a_log() -> None:
    """Its issue is asked about; what is none is counted on stderr."""
    done = ran(str(EXAMPLES / "seoul-2018-aws-health.json"), "--law", "kr-cloud-act-25")
    assert done.exit_code == 0, done.stderr
    assert "2018-11-22 08:29 +09:00" in done.stdout
    assert "note: no interruption (scheduledChange): 1" in done.stderr


def test_the_same_log_gives_the_same_bytes() -> None:
    """Nothing of the run gets into the page."""
    assert started(SEOUL).stdout == started(SEOUL).stdout
