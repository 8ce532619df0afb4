"""``docs/outages.md`` says what is true."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from auditor.outages.form import ImpactForm, OutageForm
from auditor.outages.load import parse_text
from auditor.outages.parse import parse
from auditor.outages.predicate import Ask, Column
from auditor.outages.schema import AppliesTo

TEXT = (Path(__file__).parents[2] / "docs" / "outages.md").read_text(encoding="utf-8")
CONDITIONS = re.findall(r"`(\{ (?:provider|region|zone|service|kind|fact) = [^`]*\})`", TEXT)


def test_the_whole_file_loads() -> None:
    """The example is an outage, and shows every key of a file's top level."""
    example = next(
        block for block in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL) if block.startswith("id")
    )
    outage = parse_text(example, name="example", stem="acme-2030-01-01")
    assert outage.minutes == 90
    for key in OutageForm.model_fields:
        assert re.search(rf"^({key} =|\[+{key}\])", example, re.MULTILINE), key


def test_every_key_of_an_impact_is_explained() -> None:
    """The table leaves no key out."""
    for key in ImpactForm.model_fields:
        assert f"`{key}`" in TEXT, key


def test_every_target_is_explained() -> None:
    """The table maps each word of ``applies_to``."""
    for each in AppliesTo:
        assert f"| `{each}` |" in TEXT


def test_every_question_is_explained() -> None:
    """Each way to ask a fact or a place stands in the table."""
    for each in (*Ask, *Column):
        assert re.search(rf"\b{each} =|`{each}`", TEXT), each


@pytest.mark.parametrize("condition", [text for text in CONDITIONS if "..." not in text])
def test_conditions_of_the_table_are_conditions(condition: str) -> None:
    """What the table shows can be written."""
    assert parse(tomllib.loads(f"where = {condition}")["where"], "where")
