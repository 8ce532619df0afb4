"""``auditor whatif --and-any``: what else may fail."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import SETTINGS, Run

SEOUL, FALCON = "region:aws/ap-northeast-2", "agent:crowdstrike-falcon/windows"


def surveyed(run: Run, snapshot: Path, *arguments: str) -> dict[str, Any]:
    done = run("whatif", *arguments, "--from", str(snapshot), "--format", "json")
    assert done.exit_code == 0, done.stderr
    audit = json.loads(done.stdout)
    assert audit["replays"] is None
    found: dict[str, Any] = audit["extensions"]["survey"]
    return found


def losses(found: dict[str, Any]) -> dict[tuple[str, ...], list[float]]:
    return {tuple(loss["of"]): loss["lost_share"] for loss in found["losses"]}


def test_while_a_region_is_out_the_other_takes_the_rest(run: Run, snapshot: Path) -> None:
    """Seoul holds four fifths of the weight; Frankfurt takes what is left, and nothing twice."""
    found = surveyed(run, snapshot, SEOUL, "--and-any", "domains")
    assert (found["given"], found["what"]) == ([SEOUL], "domains")
    assert found["already"] == ["checkout"]
    assert found["already_share"] == pytest.approx([0.8, 0.8])
    assert losses(found)["region:aws/eu-central-1",] == pytest.approx([0.2, 0.2])
    assert ("zone:aws/apne2-az1",) not in losses(found)


def test_without_names_each_domain_is_asked_as_the_audit_does(run: Run, snapshot: Path) -> None:
    """The plain question has the answer of the report's survival section."""
    done = run("report", str(snapshot), "--format", "json")
    audit = json.loads(done.stdout)
    survival = {
        (each["domain"],): each["lost_share"] for each in audit["survival"] if each["lost_share"][1] > 0
    }
    assert losses(surveyed(run, snapshot, "--and-any", "domains")) == survival
    assert audit["extensions"]["pairs"] == surveyed(run, snapshot, "--and-any", "pairs")


def test_each_resource_may_be_asked(run: Run, snapshot: Path) -> None:
    """Two machines, two workloads: each takes its own."""
    found = surveyed(run, snapshot, "--and-any", "resources")
    assert sorted(loss["workloads"] for loss in found["losses"]) == [["back-office"], ["checkout"]]
    assert (found["tried"], found["stopping"], found["weakening"], found["omitted"]) == (2, 2, 0, 0)


def test_an_outage_may_be_on(run: Run, snapshot: Path) -> None:
    """An outage of the catalogue is a name as well: while Windows' agents are out, Seoul takes the shop."""
    found = surveyed(run, snapshot, "crowdstrike-2024-07-19", "--and-any", "domains")
    assert found["already"] == ["back-office"]
    assert losses(found)[SEOUL,] == pytest.approx([0.8, 0.8])


def test_pairs_of_a_redundant_shop(run: Run, folder: Path) -> None:
    """A shop in two zones: the pair of zones is told on the page for people."""
    second = '\n[[resources]]\nname = "web-seoul-2"\nkind = "aws.ec2.instance"\nregion = "ap-northeast-2"\n'
    second += 'zones = ["apne2-az2"]\nfacts = { os = "linux" }\n'
    any_of_two = 'match = { names = "web-*" }\nneeds = [{ any = ["web-seoul-1", "web-seoul-2"] }]'
    text = SETTINGS.replace('match = { names = "web-*" }', any_of_two) + second
    (folder / "auditor.toml").write_text(text, encoding="utf-8")
    done = run("whatif", "--and-any", "pairs")
    assert done.exit_code == 0, done.stderr
    words = " ".join(done.stdout.split())
    assert "that neither stops alone" in words
    assert "apne2-az1" in words
    assert "80%" in words


def test_inferred_workloads_are_hidden_too(run: Run, folder: Path) -> None:
    """Nothing but tags names the workload; under --redact its name is nowhere."""
    machine = '[[resources]]\nname = "m"\nkind = "aws.ec2.instance"\nregion = "ap-northeast-2"\n'
    text = machine + 'zones = ["apne2-az1"]\ntags = { workload = "moonshot" }\n'
    (folder / "auditor.toml").write_text(text, encoding="utf-8")
    asked = ("whatif", "--and-any", "domains", "--format", "json")
    assert "moonshot" in run(*asked).stdout
    hidden = run(*asked, "--redact")
    assert hidden.exit_code == 0, hidden.stderr
    assert "moonshot" not in hidden.stdout
    assert "workload-1" in hidden.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing is named to lose"),
        (["--and-any", "zones"], "zones"),
        (["--and-any", "domains", "--minutes", "0"], "0 minutes is no loss"),
        (["region:aws/ap-northeast-1", "--and-any", "domains"], "neither a failure domain"),
        (["crowdstrike-2024-07-18", "--and-any", "pairs"], "crowdstrike-2024-07-19"),
    ],
)
def test_mistakes_end_with_2(run: Run, snapshot: Path, arguments: list[str], message: str) -> None:
    """Nothing asked, an unknown kind, no time, unknown names: status 2 and nothing on stdout."""
    done = run("whatif", *arguments, "--from", str(snapshot))
    assert done.exit_code == 2
    assert done.stdout == ""
    assert message in done.stderr
