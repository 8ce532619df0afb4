"""The README tells the truth: its commands, options and outages exist."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditor.cli._app import application
from auditor.outages import catalogue

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"^auditor (\S.*?)\s*(?:#.*)?$", README, re.MULTILINE)))


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_in_the_readme_exists_with_its_options(line: str) -> None:
    """Every command shown is one, and takes the options shown."""
    words = shlex.split(line)
    names = [word for word in words[:2] if not word.startswith("-") and "." not in word]
    help_text = ""
    while names:
        result = CliRunner().invoke(application(), [*names, "--help"], env={"COLUMNS": "200"})
        if result.exit_code == 0:
            help_text = re.sub(r"\x1b\[[0-9;]*m", "", result.output)
            break
        names.pop()
    assert names, f"no such command: auditor {line}"
    for option in (word for word in words if word.startswith("-")):
        assert option in help_text, f"auditor {' '.join(names)} takes no {option}"


def test_there_are_commands_to_check() -> None:
    """The pattern above finds what the README shows."""
    assert len(COMMANDS) >= 6


@pytest.mark.parametrize(
    "outage", sorted(set(re.findall(r"\b(?:aws|azure)-20\d\d-\d\d-\d\d-[a-z0-9-]+", README)))
)
def test_an_outage_in_the_readme_is_in_the_catalogue(outage: str) -> None:
    """The README replays outages that exist."""
    assert outage in catalogue()


def test_ci_runs_the_very_test_command_of_the_readme() -> None:
    """The line that ``.ci/run`` picks is the README's second command."""
    picked = re.findall(r"^\$ (.*pytest.*)$", README, re.MULTILINE)
    assert len(picked) == 1
    assert "sed -n 's/^\\$ \\(.*pytest.*\\)$/\\1/p' README.md" in (ROOT / ".ci" / "run").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(((?!http)[^)#]+)\)", README))))
def test_a_link_in_the_readme_leads_somewhere(link: str) -> None:
    """Every file the README links to is there."""
    assert (ROOT / link).exists()
