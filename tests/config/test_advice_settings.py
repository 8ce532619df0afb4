"""What ``[advice]`` may say, and how mistakes in it are told."""

from __future__ import annotations

import pytest

from auditor.config import Settings, parse_settings
from auditor.errors import ConfigError
from auditor.model.efforts import classes


def test_by_default_effort_is_that_of_the_data_and_no_cost_is_known() -> None:
    """Without a file the classes keep their units, and nothing costs a known sum."""
    advice = Settings().advice
    assert advice.effort == {name: each.units for name, each in classes().items()}
    assert (advice.cost_per_year, advice.cost_of_copy, advice.currency) == ({}, {}, None)


def test_classes_left_out_keep_their_units() -> None:
    """One class is declared; the others stay, in their order."""
    effort = parse_settings("[advice]\neffort = { medium = 3 }\n").advice.effort
    assert effort == {"low": 1.0, "medium": 3.0, "high": 4.0, "very high": 8.0}


def test_a_cost_is_a_number_or_a_range() -> None:
    """Both forms are taken, with the currency of the report where none stands here."""
    text = '[report]\ncurrency = "EUR"\n[advice.cost_per_year]\nring = 4_000\nvendor = [3, 6.5]\n'
    assert parse_settings(text).advice.cost_per_year == {"ring": (4_000.0, 4_000.0), "vendor": (3.0, 6.5)}


@pytest.mark.parametrize(
    ("text", "line", "key", "said"),
    [
        ("cost_per_year = { zone = 1 }", 2, "advice.cost_per_year", "without a currency"),
        (
            'currency = "USD"\n[advice.cost_per_year]\nzon = 1',
            4,
            "advice.cost_per_year.zon",
            "kind of change",
        ),
        (
            'currency = "USD"\n[advice.cost_per_year]\nzone = [3, 1]',
            4,
            "advice.cost_per_year.zone",
            "low <= high",
        ),
        ('currency = "USD"\n[advice.cost_per_year]\nzone = "x"', 4, "advice.cost_per_year.zone", "a number"),
        ("effort = { hihg = 3 }", 2, "advice.effort.hihg", "class of effort"),
        ("effort = { high = 0 }", 2, "advice.effort.high", "more than 0"),
        ("cost_of_copy = { ring = 1 }", 2, "advice.cost_of_copy.ring", "that copies"),
        ("budget = 0", 2, "advice.budget", "more than 0"),
    ],
)
def test_a_mistake_is_told_by_line_and_key(text: str, line: int, key: str, said: str) -> None:
    """The message names file, line and key, and says what is wrong."""
    with pytest.raises(ConfigError) as caught:
        parse_settings(f"[advice]\n{text}\n")
    assert str(caught.value).startswith(f"auditor.toml:{line}: {key}: ")
    assert said in str(caught.value)
