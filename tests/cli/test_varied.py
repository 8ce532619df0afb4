"""``auditor replay`` of outages as they never were."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run

SEOUL = "aws-2018-11-22-ap-northeast-2-dns"
POWER = "aws-2021-12-22-us-east-1-az4-power"
FALCON = "crowdstrike-2024-07-19"


def replayed(run: Run, snapshot: Path, *arguments: str) -> list[dict[str, object]]:
    done = run("replay", *arguments, "--from", str(snapshot), "--format", "json")
    assert done.exit_code == 0, done.stderr
    found: list[dict[str, object]] = json.loads(done.stdout)["replays"]
    return found


def test_the_same_failure_in_a_zone_of_ones_own(run: Run, snapshot: Path) -> None:
    """A part of a zone of Virginia, told of the zone the shop stands in, possibly takes the shop."""
    (replay,) = replayed(run, snapshot, POWER, "--as-if", "zone:aws/apne2-az1")
    rows = {row["workload"]: row["verdict"] for row in replay["workloads"]}  # type: ignore[attr-defined]
    assert rows["checkout"] == ["spared", "down"]
    assert rows["back-office"] == ["spared", "spared"]


def test_without_names_all_that_can_be_moved_are(run: Run, snapshot: Path) -> None:
    """Those that happened there, or nowhere, are left out."""
    names = [replay["outage"] for replay in replayed(run, snapshot, "--as-if", "region:aws/ap-northeast-2")]
    assert len([name for name in names if " + " not in str(name)]) > 20
    assert all("@aws/ap-northeast-2" in str(name) for name in names)
    assert not any(str(name).startswith(FALCON) for name in names)


def test_longer_again_and_together(run: Run, snapshot: Path) -> None:
    """Minutes follow the change, and two outages of one day are also solved as one."""
    (longer,) = replayed(run, snapshot, SEOUL, "--lengthen", "2")
    assert longer["workloads"][0]["minutes"] == [168, 168] or longer["workloads"][1]["minutes"] == [168, 168]  # type: ignore[index]
    (again,) = replayed(run, snapshot, SEOUL, "--repeat", "2", "--every", "12")
    assert [168, 168] in [row["minutes"] for row in again["workloads"]]  # type: ignore[attr-defined]
    both = [replay["outage"] for replay in replayed(run, snapshot, SEOUL, FALCON, "--together")]
    assert len(both) == 3
    assert " + " in str(both[2])


def test_the_page_says_what_was_carried_over(run: Run, snapshot: Path) -> None:
    """People read that it never was, and what was left behind."""
    done = run("replay", SEOUL, "--as-if", "region:azure/koreacentral", "--from", str(snapshot))
    text = " ".join(done.stdout.split())
    assert "It happened in aws/ap-northeast-2, not in azure/koreacentral." in text
    assert "vpc-resolver" in text


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        ([SEOUL, "--lengthen", "2", "--minutes", "90"], "both say how long"),
        ([SEOUL, "--together"], "needs two outages"),
        ([SEOUL, "--as-if", "region:aws/ap-nrtheast-2"], "there is no region"),
        ([FALCON, "--as-if", "region:aws/us-east-1"], "was bound to no place"),
        ([SEOUL, "--repeat", "1"], "cannot happen 1 times"),
    ],
)
def test_a_change_that_makes_no_sense_is_one_line(run: Run, arguments: list[str], wrong: str) -> None:
    """Status 2, what is wrong, and a hint."""
    done = run("replay", *arguments)
    assert done.exit_code == 2
    assert wrong in done.stderr
    assert "hint:" in done.stderr
