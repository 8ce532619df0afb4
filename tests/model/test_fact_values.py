"""Values of facts, declared in a file or spelled in a tag."""

from __future__ import annotations

import datetime as dt

import pytest

from auditor.model.evidence import FactValue
from auditor.model.fact_values import FactError, checked, from_text
from auditor.model.facts import FACTS


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("os", "Windows", "windows"),
        ("os_version", " 18.04 ", "18.04"),
        ("multi_az", True, True),
        ("monthly_cost", 12, 12.0),
        ("disk.skus", ["Premium_LRS", "ephemeral"], ("Premium_LRS", "ephemeral")),
        ("disk.skus", "gp3", ("gp3",)),
        ("offline_utc", ["22:00-24:00", "00:00-06:30"], ("22:00-24:00", "00:00-06:30")),
        ("tested_on", dt.date(2026, 1, 31), "2026-01-31"),
        ("tested_on", dt.datetime(2026, 1, 31, 12, tzinfo=dt.UTC), "2026-01-31"),
        ("agent.crowdstrike-falcon", "7.11.18110", "7.11.18110"),
        ("agent.crowdstrike-falcon", "None", "none"),
        ("agent.crowdstrike-falcon", False, "none"),
    ],
)
def test_declared_values(name: str, value: object, expected: FactValue) -> None:
    """A declared value takes the fact's own form."""
    found = checked(name, value)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("os", " Linux ", "linux"),
        ("multi_az", "Yes", True),
        ("multi_az", "false", False),
        ("monthly_cost", "12.50", 12.5),
        ("offline_utc", "04:00-06:00 22:00-23:00", ("04:00-06:00", "22:00-23:00")),
        ("disk.skus", "Premium_LRS,ephemeral", ("Premium_LRS", "ephemeral")),
        ("tested_on", "2026-01-31", "2026-01-31"),
        ("agent.falcon", "present", "present"),
        ("role", "Web", "Web"),
    ],
)
def test_tags(name: str, text: str, expected: FactValue) -> None:
    """A tag's text is read by the kind of fact it names."""
    assert from_text(name, text) == expected


@pytest.mark.parametrize(
    ("name", "value", "message", "hint"),
    [
        ("oss", "linux", 'there is no fact "oss"', 'did you mean "os"?'),
        ("zzzz", 1, 'there is no fact "zzzz"', "one of: agent.<product>, capacity, cidrs,"),
        ("agent.", "1", 'there is no fact "agent."', ""),
        ("agent.Crowd Strike", "1", '"agent.Crowd Strike" is not an agent', "agent.crowdstrike-falcon"),
        ("os", "beos", 'must be windows, linux or macos, not "beos"', "one of: linux, macos, windows"),
        ("os", "widnows", 'must be windows, linux or macos, not "widnows"', 'did you mean "windows"?'),
        ("os", 7, "must be a text in quotes", ""),
        ("image", " ", "must be a text in quotes", ""),
        ("multi_az", "maybe", 'must be true or false, not "maybe"', ""),
        ("monthly_cost", True, 'must be a number, 0 or more, not "True"', ""),
        ("monthly_cost", float("nan"), 'must be a number, 0 or more, not "nan"', ""),
        ("disk.skus", [], "must be a list of texts", ""),
        ("disk.skus", [1], "must be a text in quotes", ""),
        ("offline_utc", "4-6", 'must be windows of the day in UTC such as "04:00-06:00", not "4-6"', ""),
        ("tested_on", "spring", 'must be a date such as 2026-03-31, not "spring"', ""),
        ("agent.falcon", 7.11, "must be a text in quotes", "7.10 without quotes is the number 7.1"),
        ("agent.falcon", "new", 'must be a version, "present" or "none", not "new"', ""),
    ],
)
def test_refused(name: str, value: object, message: str, hint: str) -> None:
    """What a fact cannot be is said in one sentence, with the nearest word where there is one."""
    with pytest.raises(FactError) as caught:
        checked(name, value)
    assert str(caught.value) == message
    assert hint in caught.value.hint


@pytest.mark.parametrize("text", ["maybe", ""])
def test_tags_are_refused_alike(text: str) -> None:
    """A tag that cannot be read is refused as a declared value is."""
    for name in ("multi_az", "monthly_cost", "tested_on", "offline_utc"):
        with pytest.raises(FactError):
            from_text(name, text)


@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_fact_can_be_declared(name: str) -> None:
    """Each fact of the vocabulary takes some value of its kind."""
    spec = FACTS[name]
    sample = {
        "text": spec.choices[0] if spec.choices else "x",
        "flag": True,
        "number": 1,
        "texts": ["x"],
        "date": "2026-01-31",
        "hours": ["04:00-06:00"],
        "version": "1.0",
    }
    assert checked(name, sample[spec.holds]) is not None
