"""``docs/obligations.md`` says what is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from auditor.model.duties import ROLES
from auditor.obligations import Kind, catalogue
from auditor.obligations.form import RegimeForm
from auditor.obligations.load import parse_text
from auditor.obligations.log import COLUMNS, read
from auditor.obligations.schema import Unit

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "obligations.md").read_text(encoding="utf-8")


def test_the_whole_file_loads() -> None:
    """The example is a law, and shows every key of a file's top level."""
    example = next(
        part for part in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL) if part.startswith("id")
    )
    assert parse_text(example, name="example", stem="xx-example").letters
    for key in RegimeForm.model_fields:
        assert re.search(rf"^({key} =|\[+{key}[\].])", example, re.MULTILINE), key


def test_every_law_column_role_kind_and_unit_is_explained() -> None:
    """Nothing that can be written is left out."""
    for word in (*catalogue(), *COLUMNS, *ROLES, *Kind, *Unit):
        assert f"`{word}`" in TEXT, word


@pytest.mark.parametrize(
    "path", sorted((ROOT / "examples" / "obligations").iterdir()), ids=lambda path: path.name
)
def test_examples_are_logs(path: Path) -> None:
    """Every example can be read."""
    assert read(path, timezone="Asia/Seoul").rows
