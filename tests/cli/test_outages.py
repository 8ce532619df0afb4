"""The catalogue read by people and programs: filters, and one outage as a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from auditor.cli._outage_page import sections, subtitle
from auditor.outages import catalogue
from auditor.outages.parse import parse
from auditor.outages.spelled import in_words
from tests.cli.conftest import Run

SEOUL = "aws-2018-11-22-ap-northeast-2-dns"
FALCON = "crowdstrike-2024-07-19"


def listed(run: Run, *arguments: str) -> list[str]:
    done = run("outages", "list", *arguments, "--json")
    assert done.exit_code == 0, done.stderr
    return [each["outage"] for each in json.loads(done.stdout)]


def test_filters_narrow_the_list_and_go_together(run: Run) -> None:
    """Provider, year, class and region each leave out what is not of them."""
    known = catalogue()
    aws = listed(run, "--provider", "aws")
    assert aws == sorted(name for name, each in known.items() if each.provider == "aws")
    assert SEOUL in listed(run, "--year", "2018", "--region", "ap-northeast-2")
    assert listed(run, "--region", "aws/ap-northeast-2") == listed(run, "--region", "ap-northeast-2")
    assert set(listed(run, "--provider", "azure", "--class", "identity")) <= {
        name for name in known if name.startswith("azure")
    }
    assert SEOUL in listed(run, "--class", "region")


def test_only_what_is_in_reach_of_an_inventory(run: Run, snapshot: Path) -> None:
    """A Windows host with the agent and a machine in Seoul: both famous ones, and no other cloud's."""
    names = listed(run, "--in-reach", "--from", str(snapshot))
    assert {SEOUL, FALCON} <= set(names)
    assert not any(name.startswith(("gcp", "ovh")) for name in names)
    assert names == listed(run, "--in-reach")


def test_nothing_found_is_a_sentence(run: Run) -> None:
    """Filters that exclude each other are no error."""
    done = run("outages", "list", "--provider", "ovh", "--year", "2018")
    assert done.exit_code == 0
    assert "No outage of the catalogue is all of that." in done.stdout
    assert listed(run, "--provider", "ovh", "--year", "2018") == []


@pytest.mark.parametrize(
    ("arguments", "wrong", "hint"),
    [
        (["--provider", "awz"], "provider 'awz'", "did you mean aws?"),
        (["--class", "dnss"], "class 'dnss'", "did you mean dns?"),
        (["--region", "ap-northest-2"], "region 'ap-northest-2'", "did you mean ap-northeast-2?"),
        (["--year", "1999"], "year '1999'", "one of: 2011"),
        (["--from", "estate.auditor"], "only for --in-reach", "add --in-reach"),
    ],
)
def test_a_value_no_outage_has_is_one_line(run: Run, arguments: list[str], wrong: str, hint: str) -> None:
    """Mistyped filters never read as an empty catalogue."""
    done = run("outages", "list", *arguments)
    assert done.exit_code == 2
    assert wrong in done.stderr
    assert hint in done.stderr


@pytest.mark.parametrize("width", ["80", "140"])
def test_a_page_tells_the_whole_story(run: Run, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    """Timeline in both clocks, who was hit and who was not, the law, what is not verified."""
    monkeypatch.setenv("COLUMNS", width)
    done = run("outages", "show", SEOUL)
    text = " ".join(done.stdout.split())
    for wanted in (
        "From 2018-11-21 23:19 UTC (08:19 Asia/Seoul)",
        "Timeline",
        "08:48 The cause is known",
        "Hit: Coupang",
        "Not hit: Every other AWS region",
        "Article 25 of the Cloud Act",
        "Not verified",
        "how the investigation ended",
    ):
        assert wanted in text
    assert max(len(line) for line in done.stdout.splitlines()) <= int(width)


@pytest.mark.parametrize("name", sorted(catalogue()))
def test_every_outage_has_a_page(name: str) -> None:
    """No entry lacks what a page needs, and its ids do not repeat."""
    made = sections(catalogue()[name])
    ids = [each.id for each in made]
    assert ids[0] == "what"
    assert {"effects", "recovery", "sources"} <= set(ids)
    assert len(ids) == len(set(ids))
    assert name in subtitle(catalogue()[name])


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"fact": "os", "is": "windows"}, "os is windows"),
        ({"fact": "multi_az", "is": False}, "multi_az is false"),
        ({"fact": "agent.sentinelone", "present": True}, "agent.sentinelone is there"),
        ({"fact": "agent.crowdstrike-falcon", "version": ">=7.11"}, "agent.crowdstrike-falcon is >=7.11"),
        ({"region": ["aws/us-east-1", "aws/us-west-2"]}, "region aws/us-east-1 or aws/us-west-2"),
        ({"not": {"fact": "os", "in": ["linux", "windows"]}}, "not os is one of linux, windows"),
        (
            {"all": [{"provider": "aws"}, {"any": [{"service": "ec2"}, {"service": "rds"}]}]},
            "provider aws and (service ec2 or service rds)",
        ),
    ],
)
def test_conditions_read_as_words(table: dict[str, object], words: str) -> None:
    """People see what a condition asks, with brackets where they are needed."""
    assert in_words(parse(table, "where")) == words
