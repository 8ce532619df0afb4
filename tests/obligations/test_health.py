"""Incidents of AWS Health and Azure Service Health: what becomes a row, what is counted, what is refused."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import ConfigError
from auditor.model.audit import Answer
from auditor.obligations import Kind, catalogue, evaluate
from auditor.obligations.cases import cases
from auditor.obligations.log import Log, read

EXAMPLE = Path(__file__).parents[2] / "examples" / "obligations" / "seoul-2018-aws-health.json"
LAW = "kr-cloud-act-25"
START, END = datetime(2018, 11, 21, 23, 19, tzinfo=UTC), datetime(2018, 11, 22, 0, 43, tzinfo=UTC)


def event(**more: Any) -> dict[str, Any]:
    """Return an issue of AWS Health; a key given None is left out."""
    given = {
        "arn": "arn:aws:health:ap-northeast-2::event/VPC/X/X_1",
        "service": "VPC",
        "eventTypeCode": "AWS_VPC_OPERATIONAL_ISSUE",
        "eventTypeCategory": "issue",
        "region": "ap-northeast-2",
        "startTime": "2018-11-22T08:19:00+09:00",
        "endTime": "2018-11-22T09:43:00+09:00",
        "statusCode": "closed",
    }
    return {key: value for key, value in (given | more).items() if value is not None}


def azure(**more: Any) -> dict[str, Any]:
    """Return a row of Resource Graph; a property given None is left out."""
    given = {
        "eventType": "ServiceIssue",
        "status": "Resolved",
        "trackingId": "ABCD-123",
        "title": "Connectivity",
        "impactStartTime": "2026-03-02T12:00:00.0000000Z",
        "impactMitigationTime": "2026-03-02T12:30:00Z",
        "impact": [
            {
                "impactedService": "Virtual Machines",
                "impactedRegions": [{"impactedRegion": "Korea Central"}, {"impactedRegion": "Global"}],
            },
            {"impactedService": "Storage", "impactedRegions": [{"impactedRegion": "koreasouth"}]},
        ],
    }
    kept = {key: value for key, value in (given | more).items() if value is not None}
    return {"name": "ABCD-123", "type": "microsoft.resourcehealth/events", "properties": kept}


def log(folder: Path, content: object, **more: Any) -> Log:
    path = folder / "health.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return read(path, **more)


def refused(folder: Path, content: object) -> str:
    with pytest.raises(ConfigError) as caught:
        log(folder, content)
    assert "\n" not in str(caught.value)
    return str(caught.value).removeprefix(f"{folder / 'health.json'}: ")


def aws(folder: Path, *events: dict[str, Any]) -> Log:
    return log(folder, {"events": events})


def test_seoul_crossed_at_the_same_minute() -> None:
    """The example's ten minutes are full at 08:29 KST; whether it was down, AWS Health does not say."""
    told = read(EXAMPLE)
    assert told.notes == ("no interruption (scheduledChange): 1",)
    found = evaluate({LAW: catalogue()[LAW]}, cases(told)).obligations[0]
    assert found.crossed_local == "2018-11-22T08:29:00+09:00"
    assert found.answer is Answer.UNKNOWN
    assert any("whether it stopped for its users" in each for each in found.missing)


def test_kind_beside_the_event_decides(tmp_path: Path) -> None:
    """Who knows that it was down says so, and notice is owed."""
    told = aws(tmp_path, event(kind="down"))
    found = evaluate({LAW: catalogue()[LAW]}, cases(told)).obligations[0]
    assert (found.answer, found.crossed_local) == (Answer.YES, "2018-11-22T08:29:00+09:00")
    assert log(tmp_path, [azure() | {"kind": "Down"}]).rows[0].kind is Kind.DOWN


def test_an_event_becomes_a_row(tmp_path: Path) -> None:
    """Provider, service, region and evidence are the log's."""
    (row,) = aws(tmp_path, event()).rows
    assert (row.start, row.end, row.kind) == (START, END, Kind.DEGRADED)
    assert (row.provider, row.service, row.region) == ("aws", "vpc", "ap-northeast-2")
    assert row.learned == "AWS Health, arn:aws:health:ap-northeast-2::event/VPC/X/X_1"


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (1542842340, 1542847380.0),
        (1542842340000, "1542847380000"),
        (636784391400000000, "636784441800000000"),
        ("2018-11-21T23:19:00.0000000Z", "2018-11-22T00:43:00Z"),
    ],
)
def test_times_are_iso_or_numbers(tmp_path: Path, start: object, end: object) -> None:
    """Seconds, milliseconds and ticks are told apart by their size."""
    (row,) = aws(tmp_path, event(startTime=start, endTime=end)).rows
    assert (row.start, row.end) == (START, END)


def test_a_time_without_offset_needs_a_zone(tmp_path: Path) -> None:
    """As in a log."""
    naive = {"events": [event(startTime="2018-11-22T08:19:00")]}
    assert refused(tmp_path, naive).startswith("events[1]: startTime: 2018-11-22T08:19:00 has no offset")
    assert log(tmp_path, naive, timezone="Asia/Seoul").rows[0].start == START


def test_an_open_event_has_no_end(tmp_path: Path) -> None:
    """Its end is unknown, also where one is written."""
    for end in (None, "2018-11-22T09:43:00+09:00"):
        told = aws(tmp_path, event(statusCode="open", endTime=end))
        assert told.rows[0].end is None
        assert len(told.notes) == (1 if end else 0)
    found = evaluate({LAW: catalogue()[LAW]}, cases(told)).obligations[0]
    assert "when vpc came back" in " ".join(found.missing)
    for end in (None, "", "0001-01-01T00:00:00Z"):
        assert log(tmp_path, [azure(impactMitigationTime=end)]).rows[0].end is None
    assert log(tmp_path, [azure(status="Active")]).rows[0].end is None


def test_what_is_no_interruption_is_counted(tmp_path: Path) -> None:
    """Nothing goes without a word: other kinds, no duration, twice the same, a next page."""
    told = log(
        tmp_path,
        {
            "events": [
                event(),
                event(),
                event(eventTypeCategory="scheduledChange"),
                event(eventTypeCategory="scheduledChange", startTime=None),
                event(eventTypeCategory="accountNotification"),
                event(statusCode="upcoming"),
                event(endTime="2018-11-22T08:19:00+09:00"),
            ],
            "nextToken": "abc",
        },
    )
    assert len(told.rows) == 1
    assert told.notes == (
        "no interruption (accountNotification): 1",
        "no interruption (not begun): 1",
        "no interruption (scheduledChange): 2",
        "no interruption (startTime and endTime are the same): 1",
        "told twice, counted once: 1",
        "there is a next page, which this file does not hold",
    )
    only = {"events": [event(eventTypeCategory="scheduledChange")]}
    assert refused(tmp_path, only) == "holds no interruption; no interruption (scheduledChange): 1"


@pytest.mark.parametrize(
    "wrapped", [lambda rows: rows, lambda rows: {"data": rows}, lambda rows: {"value": rows}]
)
def test_azure_rows(tmp_path: Path, wrapped: Any) -> None:
    """Every service in every region is a row, regions by name or code; other rows are counted."""
    rows = [
        azure(),
        azure(eventType="PlannedMaintenance"),
        {"type": "microsoft.resourcehealth/events/impactedresources"},
    ]
    told = log(tmp_path, wrapped(rows))
    assert sorted((row.service, row.region) for row in told.rows) == [
        ("Storage", "koreasouth"),
        ("Virtual Machines", ""),
        ("Virtual Machines", "koreacentral"),
    ]
    assert {(row.provider, row.kind, row.learned) for row in told.rows} == {
        ("azure", Kind.DEGRADED, "Azure Service Health, ABCD-123 Connectivity")
    }
    assert told.notes == (
        "no interruption (PlannedMaintenance): 1",
        "no interruption (a row of type microsoft.resourcehealth/events/impactedresources): 1",
    )
    asked = evaluate({LAW: catalogue()[LAW]}, cases(told)).obligations
    assert any(each.crossed_local == "2026-03-02T21:10:00+09:00" for each in asked)


def test_azure_keys_in_capitals(tmp_path: Path) -> None:
    """Resource Graph's older rows write EventType and ImpactedRegions, regions as bare texts too."""
    row = azure(impact=None)
    row["properties"] = {key[0].upper() + key[1:]: value for key, value in row["properties"].items()}
    row["properties"]["Impact"] = [{"ImpactedService": "Storage", "ImpactedRegions": ["Korea Central"]}]
    (found,) = log(tmp_path, [row]).rows
    assert (found.service, found.region) == ("Storage", "koreacentral")


def test_what_is_not_known_stays(tmp_path: Path) -> None:
    """An event without service is a row; new regions are kept apart, and said."""
    assert log(tmp_path, [azure(impact=None)]).rows[0].service == "service not named"
    told = aws(tmp_path, event(region="xx-new-1"), event(region="xx-new-2"), event(region=None))
    assert {(row.service, row.region) for row in told.rows} == {
        ("vpc (xx-new-1)", ""),
        ("vpc (xx-new-2)", ""),
        ("vpc", ""),
    }
    assert "in xx-new-1, a region not known here: its country is not known: 1" in told.notes


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", "is no valid JSON"),
        ("[" * 100_000, "is no valid JSON"),
        ("3", "is neither AWS Health"),
        ({"successfulSet": []}, "is neither AWS Health"),
        ([{"id": 1}], "is neither AWS Health"),
        ([], "holds no interruption"),
        ({"events": []}, "holds no interruption"),
        ({"events": {}}, "events: {} must be a list"),
        ({"events": [3]}, "events[1]: 3 must be an object"),
        ({"events": [event(), event(eventTypeCategory=None)]}, "events[2]: eventTypeCategory: is missing"),
        ({"events": [event(service=None)]}, "events[1]: service: is missing"),
        ({"events": [event(service=7)]}, "events[1]: service: 7 must be a text"),
        ({"events": [event(startTime=None)]}, "events[1]: startTime: is missing"),
        ({"events": [event(startTime=True)]}, "events[1]: startTime: true is no date"),
        ({"events": [event(startTime="soon")]}, "events[1]: startTime: 'soon' is no date"),
        ({"events": [event(startTime=float("nan"))]}, "events[1]: startTime: nan is no time"),
        ({"events": [event(startTime=10**400)]}, "events[1]: startTime: "),
        ({"events": [event(endTime="2018-11-22T08:00:00+09:00")]}, "events[1]: endTime: is before startTime"),
        ({"events": [event(kind="broken")]}, "events[1]: kind: 'broken' must be one of down"),
        ({"data": [azure(impactStartTime=None)]}, "data[1]: properties: impactStartTime: is missing"),
        ({"data": [azure(eventType=None)]}, "data[1]: properties: eventType: is missing"),
        ({"value": [{"properties": "x"}]}, 'value[1]: properties: "x" must be an object'),
        ([azure(impact={})], "[1]: properties: impact: {} must be a list"),
        ([azure(impact=[4])], "[1]: properties: impact[1]: 4 must be an object"),
        (
            [azure(impact=[{"impactedService": "s", "impactedRegions": [5]}])],
            "[1]: properties: impact[1]: impactedRegions[1]: impactedRegion: 5 must be a text",
        ),
    ],
)
def test_wrong_shapes_are_one_line(tmp_path: Path, content: object, words: str) -> None:
    """The line names the file, the place and the key."""
    assert refused(tmp_path, content).startswith(words)
