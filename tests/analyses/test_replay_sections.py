"""Replays told to people: exposed, never hit."""

from __future__ import annotations

import pytest

from auditor.analyses._replays.sections import SHOWN_IN_BRIEF, section
from auditor.analyses._replays.words import minutes_text
from auditor.analyses.replay import explain
from auditor.errors import ConfigError
from auditor.estate.graph import Estate
from auditor.model.audit import OpenRange
from auditor.model.need import Member, Need
from auditor.model.section import Cell, Chain, Matrix, Note, Section, Table, Tone
from auditor.outages.schema import Outage, Plane, Severity
from tests.analyses.estates import estate, fact, server, workload
from tests.analyses.played import EC2, impact, outage, replayed
from tests.analyses.test_replay import WINDOWS, standby

ELSEWHERE = outage(impact("service:aws/eu-central-1/ec2"), id="aws-2021-06-10-elsewhere")
HERE = outage(impact(EC2, minutes=84), id="aws-2018-11-22-here")


def system() -> Estate:
    return estate(
        server("a"),
        server("b", facts=(fact("os", ""),), zone="apne2-az2"),
        workloads=(
            workload("shop", Need(role="site", members=(Member(ref="a"),))),
            workload("till", Need(role="site", members=(Member(ref="b"),))),
        ),
    )


def told(*outages: Outage, of: Estate | None = None) -> Section:
    chosen = of or system()
    return section(replayed(chosen, *outages), chosen.workloads)


def test_the_matrix_leads_and_shows_only_outages_in_reach() -> None:
    """Rows are workloads, columns the outages that could reach the estate, by who and when."""
    matrix = told(HERE, ELSEWHERE).blocks[0]
    assert isinstance(matrix, Matrix)
    assert (matrix.rows, matrix.columns) == (("shop", "till"), ("aws 2018-11-22",))
    assert matrix.cells[0][0].text == "down 84 min"
    assert matrix.cells[0][0].tone is Tone.BAD


def test_the_summary_counts_those_in_reach() -> None:
    """The summary never says spared by what could not reach."""
    assert told(HERE, ELSEWHERE).summary == (
        "1 of 2 known outages could reach you; 1 of these 1 would touch a workload."
    )


def test_the_brief_tells_who_would_be_out_and_counts_the_others() -> None:
    """A company of many workloads still has a summary of one screen, which says what it leaves out."""
    many = [server(f"s{number:02}") for number in range(25)]
    of = estate(
        *many,
        workloads=tuple(
            workload(f"w{one.id}", Need(role="x", members=(Member(ref=one.id),))) for one in many
        ),
    )
    days = [outage(impact(EC2), id=f"aws-2018-11-{day:02}-one") for day in range(1, SHOWN_IN_BRIEF + 3, 2)]
    others = [outage(impact(EC2), id=f"aws-2017-11-{day:02}-one") for day in range(1, SHOWN_IN_BRIEF + 3, 2)]
    (table,) = told(*days, *others, of=of).brief
    assert isinstance(table, Table)
    assert len(table.rows) == SHOWN_IN_BRIEF
    assert table.rows[0][1] == Cell(text="down 60 min: ws00, ws01, ws02, ws03 and 21 more", tone=Tone.BAD)
    assert f"{len(days) + len(others) - SHOWN_IN_BRIEF} more are in the full report" in table.caption


def test_the_brief_leads_with_what_stops_whatever_is_not_known() -> None:
    """A certain stop comes before a longer one that a missing fact would decide."""
    crash = outage(impact(where=WINDOWS, minutes=600), id="made-2024-05-01-crash")
    (table,) = told(crash, HERE).brief
    assert isinstance(table, Table)
    assert [row[1].text for row in table.rows] == [
        "down 84 min: shop, till",
        "possibly down 0-600 min: till",
    ]
    assert [row[1].tone for row in table.rows] == [Tone.BAD, Tone.CAUTION]


def test_labels_that_would_read_the_same_are_whole_ids() -> None:
    """Two outages of one provider on one day keep their ids apart."""
    other = outage(impact(EC2), id="aws-2018-11-22-other")
    matrix = told(HERE, other).blocks[0]
    assert isinstance(matrix, Matrix)
    assert matrix.columns == ("aws-2018-11-22-here", "aws-2018-11-22-other")


def test_nothing_in_reach_is_one_sentence() -> None:
    """Where no outage could reach the estate the section says so."""
    (note,) = told(ELSEWHERE).blocks
    assert isinstance(note, Note)
    assert note.lines == ("None of the 1 outages of the catalogue could reach what this estate uses.",)


def test_no_workloads_is_one_sentence() -> None:
    """An estate without workloads is not called spared."""
    (note,) = told(HERE, of=estate()).blocks
    assert isinstance(note, Note)
    assert "No workloads" in note.lines[0]


def test_every_hit_workload_has_its_chain() -> None:
    """The full report gives the reasons of every workload that is touched."""
    chains = [block for block in told(HERE).blocks if isinstance(block, Chain)]
    assert [chain.paths[0][-1] for chain in chains] == ["workload:shop", "workload:till"]


def test_facts_that_would_decide_are_listed_with_what_narrows_them() -> None:
    """A missing fact appears once, with how many verdicts it decides and how to settle it."""
    crash = outage(impact(where=WINDOWS), id="made-2024-05-01-crash")
    notes = [line for block in told(crash).blocks if isinstance(block, Note) for line in block.lines]
    assert any(line.startswith("os: ") and line.endswith("(decides 1 verdicts)") for line in notes)


def test_a_range_by_an_unknown_fact_reads_as_unknown() -> None:
    """A cell that a missing fact would decide is neither good nor bad."""
    crash = outage(impact(where=WINDOWS), id="made-2024-05-01-crash")
    matrix = told(crash).blocks[0]
    assert isinstance(matrix, Matrix)
    cell = matrix.cells[1][0]
    assert (cell.text, cell.tone) == ("spared...down up to 60 min", Tone.UNKNOWN)
    assert cell.detail == "till: possibly exposed: would be down up to 60 min."


def test_exposure_is_tabled_per_outage() -> None:
    """Each outage that touches something has a row with workloads touched, weighted minutes, remarks."""
    table = next(block for block in told(HERE).blocks if isinstance(block, Table))
    assert [cell.text for cell in table.rows[0]] == [
        "aws-2018-11-22-here",
        "Outage aws-2018-11-22-here",
        "2 of 2",
        "336",
        "-",
        "-",
    ]


def test_joint_entries_are_noted_not_columned() -> None:
    """Outages near in time are told in a note with union and overlap, not as a column of their own."""
    other = outage(impact(EC2, at=10, minutes=20), id="aws-2018-11-23-other")
    found = told(HERE, other)
    matrix = found.blocks[0]
    assert isinstance(matrix, Matrix)
    assert len(matrix.columns) == 2
    assert any(
        "union 84 min, overlap up to 20 min" in line
        for block in found.blocks
        if isinstance(block, Note)
        for line in block.lines
    )


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ((84, 84), "84 min"),
        ((0, 315), "0-315 min"),
        ((1440, None), "at least 1440 min"),
        ((None, None), "for how long is not known"),
        ((0, None), "for how long is not known"),
        ((None, 5), "0-5 min"),
    ],
)
def test_minutes_in_words(bounds: OpenRange, text: str) -> None:
    """Ranges read as people say them, open ends included."""
    assert minutes_text(bounds) == text


def lines(found: Section) -> list[str]:
    return [line for block in found.blocks if isinstance(block, Note) for line in block.lines]


def test_explain_says_exposed() -> None:
    """The explanation leads with exposure and never claims a hit."""
    found = explain(replayed(system(), HERE)[0], "shop")
    assert lines(found)[0] == "shop: exposed: would be down 84 min."
    assert found.id == "explain-aws-2018-11-22-here-shop"


def test_explain_tells_what_matters_beside_the_verdict() -> None:
    """Standby, target, loss, means to act, part and roots each have their sentence."""
    part = outage(impact(EC2, minutes=84, partial=True, share=0.5), id="made-2024-05-01-part")
    text = " ".join(lines(explain(replayed(standby(loss=(1, 10)), part)[0], "shop")))
    assert "down until a standby takes over up to 5 min" in text
    assert "Only 50% of what matches was hit" in text
    assert "Switching would lose writes of 0-10 min." in text


@pytest.mark.parametrize(
    ("severity", "words"),
    [(Severity.DEGRADED, "would be slow or erring 60 min"), (Severity.BLOCKED, "spared; nothing it needs")],
)
def test_explain_words_each_verdict(severity: Severity, words: str) -> None:
    """Impaired and spared have their own sentences."""
    found = explain(replayed(standby(), outage(impact(EC2, severity=severity)))[0], "shop")
    assert words in lines(found)[0]


def test_explain_of_a_weakened_workload() -> None:
    """A weakened workload stays up, with a redundancy gone."""
    found = explain(replayed(standby(), outage(impact("region:aws/ap-northeast-1")))[0], "shop")
    assert lines(found)[0] == "shop: weakened; it would stay up, with a redundancy gone."


def test_explain_knows_its_workloads() -> None:
    """A mistyped workload gets a hint."""
    with pytest.raises(ConfigError, match="there is no workload 'shpo'") as raised:
        explain(replayed(system(), HERE)[0], "shpo")
    assert raised.value.hint == "did you mean shop?"


def test_outages_in_reach_that_touch_nothing_are_named_not_columned() -> None:
    """The matrix keeps to what hurts; the rest is one sentence."""
    elsewhere = outage(impact("service:aws/ap-northeast-2/signin"), id="aws-2019-01-01-signin")
    found = told(HERE, elsewhere)
    matrix = next(block for block in found.blocks if isinstance(block, Matrix))
    assert len(matrix.columns) == 1
    lines = [line for block in found.blocks if isinstance(block, Note) for line in block.lines]
    assert "In reach, and would touch no workload: aws-2019-01-01-signin." in lines


def test_remarks_are_marks_with_a_legend() -> None:
    """What must be known of an outage is a short mark in the table, explained once below it."""
    part = outage(impact(EC2, partial=True), id="aws-2018-11-22-part")
    found = told(part)
    table = next(block for block in found.blocks if isinstance(block, Table))
    assert table.rows[0][-1].text == "part"
    lines = [line for block in found.blocks if isinstance(block, Note) for line in block.lines]
    assert any(line.startswith("part: Some effects hit only a part") for line in lines)


def test_a_control_plane_that_exists_once_is_named_with_its_home() -> None:
    """Whoever must act by IAM learns that it is changed in Virginia."""
    system = standby(manual=True, via=("control-plane:aws/iam",))
    blocked = impact("control-plane:aws/iam", plane=Plane.CONTROL, severity=Severity.BLOCKED)
    (replay,) = replayed(system, outage(impact(EC2), blocked))
    (note, *_) = explain(replay, "shop").blocks
    assert isinstance(note, Note)
    assert "To act it would need: control-plane:aws/iam (home: us-east-1)." in note.lines
