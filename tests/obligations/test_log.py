"""The user's own log: what is read, and what is refused in which words."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.errors import ConfigError
from auditor.model.audit import Answer, Clock
from auditor.obligations import catalogue, evaluate
from auditor.obligations.cases import cases
from auditor.obligations.log import Log, read

HEAD = "start,end,provider,region,service,workload,kind\n"


def written(folder: Path, text: str, name: str = "log.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def log(folder: Path, row: str, *, timezone: str | None = None) -> Log:
    return read(written(folder, HEAD + row + "\n"), timezone=timezone)


def refused(path: Path, timezone: str | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        read(path, timezone=timezone)
    assert "\n" not in str(caught.value)
    assert "docs/obligations.md" in caught.value.hint
    return str(caught.value).removeprefix(f"{path}: ")


def test_offsets_are_honoured(tmp_path: Path) -> None:
    """A time with its offset needs no zone, and a zone does not move it."""
    row = "2018-11-22T08:19:00+09:00,2018-11-22T00:43:00Z,aws,ap-northeast-2,ec2,,"
    for zone in (None, "America/New_York"):
        found = log(tmp_path, row, timezone=zone).rows[0]
        assert found.start == datetime(2018, 11, 21, 23, 19, tzinfo=UTC)
        assert found.end == datetime(2018, 11, 22, 0, 43, tzinfo=UTC)


def test_naive_times_need_a_zone(tmp_path: Path) -> None:
    """A time without an offset is refused, unless the zone it was written in is given."""
    row = "2018-11-22 08:19,2018-11-22 09:43,aws,ap-northeast-2,ec2,,"
    assert refused(written(tmp_path, HEAD + row)) == (
        "line 2: start: 2018-11-22T08:19:00 has no offset: write one, such as +09:00, or give the timezone"
    )
    assert log(tmp_path, row, timezone="Asia/Seoul").rows[0].start == datetime(
        2018, 11, 21, 23, 19, tzinfo=UTC
    )


def test_summer_time_makes_durations_right(tmp_path: Path) -> None:
    """Across the change of clocks a stop lasts what it lasted, not what the clock says."""
    spring = "2026-03-29 01:55,2026-03-29 03:05,aws,eu-central-1,ec2,,"
    found = log(tmp_path, spring, timezone="Europe/Berlin").rows[0]
    assert found.end is not None
    assert (found.end - found.start).total_seconds() == 600
    autumn = "2026-10-25 01:55,2026-10-25 03:05,aws,eu-central-1,ec2,,"
    found = log(tmp_path, autumn, timezone="Europe/Berlin").rows[0]
    assert found.end is not None
    assert (found.end - found.start).total_seconds() == 130 * 60


@pytest.mark.parametrize(
    ("start", "why"),
    [("2026-03-29 02:30", "the clock never shows it"), ("2026-10-25 02:30", "the clock shows it twice")],
)
def test_times_the_clock_skipped_or_repeated_are_refused(tmp_path: Path, start: str, why: str) -> None:
    """Nobody knows which moment such a time was, so its offset must be written."""
    assert why in refused(written(tmp_path, f"{HEAD}{start},,aws,,ec2,,"), "Europe/Berlin")


WRONG = [
    ("", "holds no interruption"),
    ("soon,,aws,,ec2,,", "line 2: start: 'soon' is no date with a time, such as 2018-11-22T08:19:00+09:00"),
    ("2018-11-22,,aws,,ec2,,", "line 2: start: '2018-11-22' has no time of day"),
    (",2018-11-22T08:19Z,aws,,ec2,,", "line 2: start: is missing"),
    ("2018-11-22T08:19Z,2018-11-22T08:19Z,aws,,ec2,,", "line 2: end: is not after the start"),
    ("2018-11-22T08:19Z,,aws,,,,", "line 2: names neither a service nor a workload"),
    (
        "2018-11-22T08:19Z,,aws,ap-northeast-22,ec2,,",
        "line 2: region: there is no region 'ap-northeast-22' of aws; did you mean 'ap-northeast-2'?",
    ),
    (
        "2018-11-22T08:19Z,,aws,,ec2,,broken",
        "line 2: kind: 'broken' must be down, intermittent, degraded or planned",
    ),
    ("2018-11-22T08:19Z,,aws", "line 2: has another number of columns than the first line"),
]


@pytest.mark.parametrize(("row", "why"), WRONG)
def test_wrong_rows_are_refused(tmp_path: Path, row: str, why: str) -> None:
    """The first mistake is one line with its row and column."""
    assert refused(written(tmp_path, HEAD + row + "\n")).startswith(why)


def test_wrong_files_are_refused(tmp_path: Path) -> None:
    """Unknown columns and keys, other kinds of file and missing ones get a line each."""
    assert refused(written(tmp_path, "start,ende\n")).endswith("did you mean 'end'?")
    assert refused(written(tmp_path, "", "log.txt")) == "is none of .csv, .toml and .json"
    assert refused(tmp_path / "no.csv").startswith("cannot be read: No such file")
    assert refused(written(tmp_path, "x = [", "log.toml")).startswith("is no valid TOML")
    assert "did you mean 'interruptions'" in refused(written(tmp_path, "interruption = []", "log.toml"))
    assert "no time zone 'Seoul'" in refused(written(tmp_path, 'timezone = "Seoul"', "log.toml"))
    assert "did you mean 'loss_eur'" in refused(written(tmp_path, "[facts]\nlos_eur = 1", "log.toml"))
    assert "must be a number" in refused(written(tmp_path, "[facts]\nloss_eur = true", "log.toml"))
    assert "there is no role 'bank'" in refused(written(tmp_path, '[facts]\nroles = ["bank"]', "log.toml"))


def test_toml_carries_facts_and_its_zone(tmp_path: Path) -> None:
    """The file's own zone goes before one given from outside; given facts go before the file's."""
    text = """
timezone = "Asia/Seoul"
[facts]
subscribers_affected = 5
[[interruptions]]
workload = "pay"
start = 2026-01-05T09:00:00
end = 2026-01-05T10:00:00
"""
    found = read(written(tmp_path, text, "log.toml"), timezone="UTC", facts={"subscribers_affected": 7.0})
    assert found.rows[0].start == datetime(2026, 1, 5, 0, 0, tzinfo=UTC)
    assert found.facts == {"subscribers_affected": 7.0}


def test_a_row_counts_on_both_clocks(tmp_path: Path) -> None:
    """A service that stopped for an hour is the provider's; a workload's two minutes are yours."""
    rows = (
        "2026-03-02T00:00Z,2026-03-02T01:00Z,aws,ap-northeast-2,rds,,\n"
        "2026-03-02T00:00Z,2026-03-02T00:02Z,aws,ap-northeast-2,,shop,"
    )
    found = evaluate({"kr-cloud-act-25": catalogue()["kr-cloud-act-25"]}, cases(log(tmp_path, rows)))
    told = {(each.clock, each.subjects[0]): each.answer for each in found.obligations}
    assert told[Clock.PROVIDER, "rds (ap-northeast-2)"] is Answer.YES
    assert told[Clock.OWN, "shop"] is Answer.NO


def test_a_provider_nobody_knows_is_asked_about(tmp_path: Path) -> None:
    """Whether a vendor provides cloud services is not assumed."""
    found = cases(log(tmp_path, "2026-03-02T00:00Z,2026-03-02T01:00Z,acme,,crm,,"))[0]
    assert (found.party, found.role("cloud-provider"), found.countries) == ("acme", Answer.UNKNOWN, None)


def test_your_minutes_prove_no_window_of_the_provider(tmp_path: Path) -> None:
    """A workload's row that only names a provider leaves its duty open."""
    row = "2026-03-02T00:00Z,2026-03-02T01:00Z,aws,ap-northeast-2,,shop,"
    found = evaluate({"kr-cloud-act-25": catalogue()["kr-cloud-act-25"]}, cases(log(tmp_path, row)))
    theirs = next(each for each in found.obligations if each.clock is Clock.PROVIDER)
    assert theirs.answer is Answer.UNKNOWN
    assert theirs.missing == ("which service of aws stopped, and from when to when",)


def test_your_awareness_is_not_the_providers(tmp_path: Path) -> None:
    """When you learned of it starts your deadlines only; the provider's count from the earliest moment."""
    text = "start,end,provider,service,workload,aware\n"
    row = "2026-03-02T00:00Z,2026-03-02T01:00Z,aws,ec2,shop,2026-03-02T00:30Z\n"
    theirs, yours = cases(read(written(tmp_path, text + row)))
    assert theirs.stops[0].aware is None
    assert yours.stops[0].aware == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)


def test_a_domain_id_names_provider_and_region(tmp_path: Path) -> None:
    """Services may be written as reports write them."""
    found = log(tmp_path, "2026-03-02T00:00Z,,,,service:aws/ap-northeast-2/rds,,").rows[0]
    assert (found.provider, found.region) == ("aws", "ap-northeast-2")
