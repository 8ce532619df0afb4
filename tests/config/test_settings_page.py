"""The page on settings tells the truth: its file is one."""

from __future__ import annotations

import re
from pathlib import Path

from auditor.config import Settings, parse_settings

PAGE = Path(__file__).resolve().parents[2] / "docs" / "settings.md"


def _example() -> str:
    found = re.search(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found.group(1)


def test_the_example_is_a_settings_file(tmp_path: Path) -> None:
    """Everything shown is taken."""
    (tmp_path / "our-outages").mkdir()
    (tmp_path / "ca.pem").touch()
    settings = parse_settings(_example(), folder=tmp_path)
    assert [workload.name for workload in settings.workloads] == ["shop"]
    assert settings.not_applicable == {"vendor": "we buy no services"}


def test_the_example_shows_every_section() -> None:
    """A section that the program takes and the page does not show is a section nobody finds."""
    shown = set(re.findall(r"^\[+(\w+)\]+", _example(), re.MULTILINE))
    assert shown == set(Settings.model_fields) - {"source"}
