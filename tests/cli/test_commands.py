"""Each command, as a user meets it: what stdout holds, what stderr says, how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import SETTINGS, Run

SEOUL = "aws-2018-11-22-ap-northeast-2-dns"
FALCON = "crowdstrike-2024-07-19"


def test_help_lists_every_command(run: Run) -> None:
    """The first thing a user types names all there is, in the order of a first visit."""
    text = run("--help").stdout
    names = ["demo", "audit", "collect", "report", "replay", "whatif", "outages", "permissions", "doctor"]
    places = [text.index(f" {name} ") for name in names]
    assert places == sorted(places)


@pytest.mark.parametrize(
    "command",
    [
        *(["audit"], ["collect"], ["report"], ["replay"], ["whatif"], ["demo"], ["doctor"]),
        *(["outages", "list"], ["outages", "show"], ["outages", "validate"]),
        *(["permissions", "aws"], ["permissions", "azure"]),
    ],
)
def test_every_command_has_help(run: Run, command: list[str]) -> None:
    """Help never fails, and says what the command is for."""
    done = run(*command, "--help")
    assert done.exit_code == 0
    assert "Usage: " in done.stdout


def test_the_version_is_told(run: Run) -> None:
    """Bug reports can name it."""
    done = run("--version")
    assert done.exit_code == 0
    assert done.stdout.startswith("auditor ")


def test_audit_prints_the_summary_on_stdout(run: Run) -> None:
    """Without any option the terminal summary is the result."""
    done = run("audit")
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith("What takes us down that we do not control\n")
    assert "checkout" in done.stdout
    assert "\x1b" not in done.stdout
    assert done.stderr == ""


def test_audit_into_a_folder_keeps_every_format_and_the_snapshot(run: Run, folder: Path) -> None:
    """One run, one stem, one file per format, and what it was made from."""
    done = run("audit", "-o", "out")
    files = sorted(path.name for path in (folder / "out").iterdir())
    stems = {name.rpartition(".")[0] for name in files}
    assert [name.rpartition(".")[2] for name in files] == ["auditor", "html", "json", "md"]
    assert len(stems) == 1
    assert stems.pop().startswith("audit-20")
    assert done.stdout.startswith("What takes us down")
    assert all(f"wrote out/{name}" in done.stderr for name in files)


def test_a_redacted_folder_holds_no_real_name(run: Run, folder: Path) -> None:
    """What is given away has pseudonyms in every file, and no snapshot lies beside it."""
    done = run("audit", "--redact", "-o", "out")
    assert "note: no snapshot kept" in done.stderr
    files = sorted((folder / "out").iterdir())
    assert [path.suffix for path in files] == [".html", ".json", ".md"]
    texts = [done.stdout, *(path.read_text(encoding="utf-8") for path in files)]
    for name in ("123456789012", "checkout", "back-office", "web-seoul-1"):
        assert not any(name in text for text in texts)
    assert "workload-1" in done.stdout


def test_json_on_stdout_is_json_alone(run: Run) -> None:
    """``--format json -o -`` can be piped into anything."""
    done = run("audit", "--format", "json", "-o", "-")
    data = json.loads(done.stdout)
    assert data["schema"] == "auditor/audit/1"
    assert [item["workload"] for item in data["workloads"]] == ["back-office", "checkout"]


def test_collect_writes_a_snapshot_and_says_what_is_in_it(run: Run, folder: Path) -> None:
    """Stdout stays empty: the result is the file."""
    done = run("collect", "-o", "estate.auditor")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "wrote estate.auditor: 2 resources, 0 gaps" in done.stderr
    assert (folder / "estate.auditor").is_file()


def test_the_same_snapshot_gives_the_same_bytes(run: Run, snapshot: Path, folder: Path) -> None:
    """Nothing of the run gets into a report, to a folder or to stdout: time, order, place."""
    shown = run("report", str(snapshot), "-o", "out").stdout_bytes
    kept = {path.suffix: path.read_bytes() for path in (folder / "out").iterdir()}
    for name, text in {
        "terminal": shown,
        "json": kept[".json"],
        "markdown": kept[".md"],
        "html": kept[".html"],
    }.items():
        assert run("report", str(snapshot), "--format", name).stdout_bytes == text
        assert len(text) > 1000


def test_a_report_of_a_snapshot_is_the_report_of_its_run(run: Run, folder: Path) -> None:
    """What ``audit`` wrote beside a snapshot is what ``report`` makes of it."""
    run("audit", "-o", "out")
    kept = next((folder / "out").glob("*.json")).read_bytes()
    snapshot = next((folder / "out").glob("*.auditor"))
    assert run("report", str(snapshot), "--format", "json").stdout_bytes == kept


def test_a_snapshot_keeps_what_was_declared(run: Run, snapshot: Path, folder: Path) -> None:
    """Without a settings file the declarations of the day it was taken still hold."""
    (folder / "auditor.toml").unlink()
    data = json.loads(run("report", str(snapshot), "--format", "json").stdout)
    assert [item["workload"] for item in data["workloads"]] == ["back-office", "checkout"]


def test_settings_take_the_place_of_what_was_declared(run: Run, snapshot: Path, folder: Path) -> None:
    """A better manifest can be laid over an old snapshot."""
    changed = SETTINGS.replace('name = "back-office"', 'name = "headquarters"')
    (folder / "auditor.toml").write_text(changed, encoding="utf-8")
    data = json.loads(run("report", str(snapshot), "--format", "json").stdout)
    assert [item["workload"] for item in data["workloads"]] == ["checkout", "headquarters"]


def test_replay_tells_named_outages_only(run: Run, snapshot: Path) -> None:
    """The same failure against today's estate, for the outages that were named."""
    data = json.loads(run("replay", SEOUL, "--from", str(snapshot), "--format", "json").stdout)
    assert [replay["outage"] for replay in data["replays"]] == [SEOUL]
    verdicts = {row["workload"]: row["verdict"] for row in data["replays"][0]["workloads"]}
    assert verdicts == {"checkout": ["down", "down"], "back-office": ["spared", "spared"]}


def test_replay_without_names_tells_all(run: Run, snapshot: Path) -> None:
    """The whole catalogue is the default."""
    data = json.loads(run("replay", "--from", str(snapshot), "--format", "json").stdout)
    assert {SEOUL, FALCON} <= {replay["outage"] for replay in data["replays"]}


def test_explain_prints_the_chain_from_the_failure_to_the_workload(run: Run, snapshot: Path) -> None:
    """Every verdict can be asked for its reasons."""
    done = run("replay", SEOUL, "--from", str(snapshot), "--explain", "checkout")
    assert done.exit_code == 0, done.stderr
    lines = [line.strip() for line in done.stdout.splitlines()]
    start = lines.index("service:aws/ap-northeast-2/vpc-resolver")
    assert "web-seoul-1" in lines[start + 1]
    assert "workload:checkout" in lines[start + 2]
    assert "84 min" in done.stdout


def test_replay_works_on_declarations_alone(run: Run) -> None:
    """An estate that is only declared needs no snapshot."""
    assert "down 84 min" in run("replay", SEOUL).stdout


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["replay", "crowdstrike-2024-07-18"], "there is no outage", f"did you mean {FALCON}?"),
        (["replay", SEOUL, "--explain", "chekout"], "there is no workload", "did you mean checkout?"),
        (
            ["whatif", "region:aws/ap-northeast-1"],
            "neither a failure domain",
            "did you mean region:aws/ap-northeast-2",
        ),
        (["audit", "--format", "jsn"], "no format 'jsn'", "did you mean 'json'?"),
        (["outages", "show", "aws-2018-11-22"], "there is no outage", "did you mean aws-2018-11-22"),
    ],
)
def test_a_name_nearly_right_is_answered_with_the_right_one(
    run: Run, arguments: list[str], message: str, hint: str
) -> None:
    """Exit 2, one line of error, one of help."""
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    error, help_, *rest = done.stderr.splitlines()
    assert error.startswith("error: ")
    assert message in error
    assert help_.startswith("hint: ")
    assert hint in help_
    assert rest == []


def test_whatif_loses_domains_together(run: Run, snapshot: Path) -> None:
    """Any domains or resources, for as long as one says."""
    domains = ("region:aws/ap-northeast-2", "agent:crowdstrike-falcon/windows")
    done = run("whatif", *domains, "--from", str(snapshot), "--minutes", "90", "--format", "json")
    replay = json.loads(done.stdout)["replays"][0]
    rows = {row["workload"]: (row["verdict"], row["minutes"]) for row in replay["workloads"]}
    assert rows["checkout"] == (["down", "down"], [90.0, 90.0])
    assert rows["back-office"][0] == ["down", "down"]


def test_whatif_for_people_tells_reasons(run: Run, snapshot: Path) -> None:
    """The page says what stops, for how long, and through what."""
    done = run("whatif", "zone:aws/apne2-az1", "--from", str(snapshot))
    assert done.exit_code == 0, done.stderr
    assert "checkout: exposed: would be down 1440 min." in done.stdout


def test_the_catalogue_is_listed(run: Run) -> None:
    """For people as a table, for programs as JSON, both whole."""
    listed = json.loads(run("outages", "list", "--json").stdout)
    text = run("outages", "list").stdout
    ids = [each["outage"] for each in listed]
    assert ids == sorted(ids)
    assert SEOUL in ids
    assert all(name in text for name in ids)
    assert next(each for each in listed if each["outage"] == SEOUL)["minutes"] == 84


def test_one_outage_is_shown_with_its_sources(run: Run) -> None:
    """What happened, effects, recovery, sources."""
    text = run("outages", "show", SEOUL).stdout
    for wanted in (
        "What happened",
        "Effects",
        "vpc-resolver",
        "Recovery",
        "https://aws.amazon.com/message/74876",
    ):
        assert wanted in text
    assert json.loads(run("outages", "show", SEOUL, "--json").stdout)["id"] == SEOUL


def test_outage_files_of_ones_own_are_validated(run: Run, folder: Path) -> None:
    """A wrong file is named with what is wrong, the others are still checked, and the status is 2."""
    (folder / "mine.toml").write_text("id = 'mine'\n", encoding="utf-8")
    done = run("outages", "validate", "mine.toml", "absent.toml")
    assert done.exit_code == 2
    assert "mine.toml" in done.stderr
    assert "absent.toml" in done.stderr
    data = json.loads(run("outages", "validate", "mine.toml", "--json").stdout)
    assert data[0]["valid"] is False


def test_permissions_are_ready_to_use(run: Run) -> None:
    """Policy and role are JSON alone on stdout, and allow only reading."""
    policy = json.loads(run("permissions", "aws").stdout)
    actions = [action for statement in policy["Statement"] for action in statement["Action"]]
    assert "ec2:DescribeInstances" in actions
    verbs = ("describe", "list", "get", "batchget")
    assert [action for action in actions if not action.split(":")[1].lower().startswith(verbs)] == []
    role = json.loads(run("permissions", "azure", "/subscriptions/1").stdout)
    assert role["AssignableScopes"] == ["/subscriptions/1"]
    assert all(action.endswith("/read") for action in role["Actions"])
