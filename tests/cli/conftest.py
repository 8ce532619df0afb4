"""A small declared estate in a folder of its own, and the command line run in it as a user would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from auditor.cli._app import application

SETTINGS = """\
[aws]
enabled = false

[azure]
enabled = false

[[workloads]]
name = "checkout"
criticality = "critical"
revenue_per_hour = 1000.0
currency = "EUR"
match = { names = "web-*" }

[[workloads]]
name = "back-office"
match = { names = "office-*" }

[[vendors]]
name = "paymaster"
hosted_on = ["region:azure/centralus"]

[[resources]]
name = "web-seoul-1"
kind = "aws.ec2.instance"
account = "123456789012"
region = "ap-northeast-2"
zones = ["apne2-az1"]
facts = { os = "linux" }

[[resources]]
name = "office-host"
kind = "aws.ec2.instance"
account = "123456789012"
region = "eu-central-1"
zones = ["euc1-az1"]
facts = { os = "windows", "agent.crowdstrike-falcon" = "7.15" }
"""

Run = Callable[..., Result]
Shell = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder with an ``auditor.toml``."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    monkeypatch.setenv("COLUMNS", "80")
    (place / "auditor.toml").write_text(SETTINGS, encoding="utf-8")
    return place


@pytest.fixture
def run(folder: Path) -> Run:
    """Return the command line, run in this process."""

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(application(), list(arguments))

    return invoke


@pytest.fixture
def shell(folder: Path) -> Shell:
    """Return the command line, run as a program of its own."""

    def start(*arguments: str, **more: object) -> subprocess.CompletedProcess[bytes]:
        options: dict[str, object] = {"capture_output": True, "cwd": folder, "env": environment()} | more
        return subprocess.run([*program(), *arguments], check=False, timeout=120, **options)  # type: ignore[call-overload,no-any-return]

    return start


def program() -> list[str]:
    """Return how to start the command line from this source tree."""
    return [sys.executable, "-c", "from auditor.cli import main; main()"]


def environment() -> dict[str, str]:
    """Return an environment in which the source tree is found."""
    root = str(Path(__file__).resolve().parents[2])
    return os.environ | {"PYTHONPATH": root, "PYTHONIOENCODING": "utf-8"}


@pytest.fixture
def snapshot(run: Run, folder: Path) -> Path:
    """Return a snapshot of the declared estate."""
    path = folder / "estate.auditor"
    done = run("collect", "-o", str(path))
    assert done.exit_code == 0, done.stderr
    return path
