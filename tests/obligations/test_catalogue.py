"""The laws as data: complete, honest about what was not read, and refused when wrong."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

import pytest

from auditor.errors import CatalogueError
from auditor.model.audit import Clock
from auditor.obligations import catalogue, load
from auditor.obligations.load import parse_text
from auditor.obligations.schema import Regime, Status

LAWS = list(catalogue().values())
TEXT = (
    resources.files("auditor.obligations")
    .joinpath("catalogue", "kr-cloud-act-25.toml")
    .read_text(encoding="utf-8")
)


def refused(old: str, new: str) -> str:
    assert old in TEXT
    with pytest.raises(CatalogueError) as caught:
        parse_text(TEXT.replace(old, new, 1), name="law.toml", stem="kr-cloud-act-25")
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.id)
def test_every_law_says_who_what_and_where_from(law: Regime) -> None:
    """Each law names its instrument, its sources and at least one notice; letters only to providers."""
    assert law.instrument
    assert law.sources
    assert all(notice.to and notice.wording for notice in law.notices)
    assert law.verified or law.unverified
    assert not law.letters or Clock.PROVIDER in law.clocks
    assert not law.letters or set(law.letters) == {"en", "ko"}
    assert law.status is Status.LAW or not law.verified


def test_laws_are_those_of_the_data(shared_data: Path) -> None:
    """Every law of the data is here, with its sources, its thresholds and its doubts."""
    text = (shared_data / "obligations" / "obligations.toml").read_text(encoding="utf-8")
    given = {each["id"]: each for each in tomllib.loads(text)["regimes"]}
    assert set(given) == set(catalogue())
    for name, each in given.items():
        law = catalogue()[name]
        assert list(law.sources) == each["sources"]
        ours = {threshold.id: threshold.verified for threshold in law.thresholds}
        theirs = {threshold["id"]: threshold["verified"] for threshold in each["thresholds"]}
        assert theirs.items() <= ours.items()
        assert law.verified is each["verified"]
        assert len(law.unverified) >= len(each["unverified_items"]) - 2
        assert bool(law.warning) is bool(each.get("warning"))


WRONG = [
    ('"continuous", "repeated"', '"continuos"', "rule.any[1]: there is no threshold 'continuos'"),
    ('"continuous", "repeated"', '"continuous"', "rule: does not use the threshold 'repeated'"),
    ("at_least = 10 }", "at_least = -1 }", "thresholds[1].test.stop.at_least: -1 is no number of minutes"),
    ("{ stop = ", "{ stap = ", "thresholds[1].test: must have exactly one of"),
    ("within_hours = 24", "within = 24", "thresholds[2].test.stops.within: there is no such key"),
    ('roles = ["cloud-provider"]', 'roles = ["cloud"]', "binds.roles: there is no role 'cloud'"),
    ('"Asia/Seoul"', '"Asia/Soul"', "timezone: there is no time zone 'Asia/Soul'"),
    ('after = "crossing"', 'after = "lunch"', "notices[1].periods[1].after: 'lunch' must be"),
    ("since = 2015-09-28", 'since = "2015"', "since: "),
    ('id = "kr-cloud-act-25"', 'id = "other"', "id: 'other' must be the file's name"),
    ('status = "law"', 'status = "rumour"', "status: 'rumour' must be one of"),
    ("rule_text = ", "rule_test = ", "rule_text: is missing"),
    ('authority = "', 'authority = ""  # "', "authority: "),
]


@pytest.mark.parametrize(("old", "new", "why"), WRONG)
def test_a_wrong_law_gets_one_line(old: str, new: str, why: str) -> None:
    """File and key, and what is wrong."""
    assert refused(old, new).startswith(f"law.toml: {why}")


def test_facts_of_rules_exist() -> None:
    """A rule cannot ask a fact that nobody can declare, nor in a way it cannot be asked."""
    stop = "{ stop = { at_least = 10 } }"
    assert "there is no fact 'loss'" in refused(stop, '{ fact = "loss", over = 1 }')
    assert "is asked with" in refused(stop, '{ fact = "loss_eur", is = true }')


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The path and the reason, one line."""
    with pytest.raises(CatalogueError, match="cannot be read: No such file"):
        load(tmp_path / "law.toml")
