"""Failures that were elsewhere, told of the region an estate uses most."""

from __future__ import annotations

from auditor.analyses._replays.sections import section
from auditor.analyses.as_if import ANALYSIS, MOST, AsIf, chosen, largest_region
from auditor.analyses.base import Context
from auditor.analyses.replay import replays
from auditor.config import Settings
from auditor.estate.graph import Estate
from auditor.model.audit import Verdict
from auditor.model.need import Member, Need
from auditor.model.section import Note, Section, Table
from auditor.outages import catalogue, transplant
from auditor.outages.schema import Outage
from tests.analyses.estates import TOKYO, estate, server, workload
from tests.analyses.played import EC2, impact, outage, replayed

HERE = outage(impact(EC2, minutes=84), id="aws-2018-11-22-here")
FAR = outage(impact("service:aws/eu-central-1/ec2", minutes=120), id="aws-2021-06-10-far")


def system() -> Estate:
    return estate(
        server("a"),
        server("b"),
        server("c", region=TOKYO, zone="apne1-az1"),
        workloads=(workload("shop", Need(role="site", members=(Member(ref="a"),))),),
    )


def found(of: Estate, *outages: Outage) -> tuple[AsIf, tuple[Section, ...]]:
    context = Context(
        estate=of,
        settings=Settings(),
        outages={each.id: each for each in outages},
        results={"replays": replayed(of, *outages)},
    )
    finding = ANALYSIS.run(context)
    assert isinstance(finding.value, AsIf)
    return finding.value, finding.sections


def test_the_largest_region_has_most_resources() -> None:
    """Two machines in Seoul, one in Tokyo: Seoul."""
    assert largest_region(system()) == "region:aws/ap-northeast-2"
    assert largest_region(estate()) is None


def test_what_was_elsewhere_is_replayed_here() -> None:
    """Frankfurt's failure told of Seoul takes the shop for as long as it lasted there."""
    value, sections = found(system(), HERE, FAR)
    (replay,) = value.replays
    assert replay.outage == "aws-2021-06-10-far@aws/ap-northeast-2"
    assert replay.workloads[0].verdict == (Verdict.DOWN, Verdict.DOWN)
    assert replay.workloads[0].minutes == (120, 120)
    (table,) = (block for block in sections[0].blocks if isinstance(block, Table))
    assert [cell.text for cell in table.rows[0][1:]] == [
        "aws/eu-central-1",
        "service",
        "1 of 1",
        "shop: down 120 min",
    ]


def test_the_section_leaves_the_terminal_summary_alone() -> None:
    """It belongs to the full report, and says what it is not."""
    _, sections = found(system(), HERE, FAR)
    assert sections[0].brief == ()
    note = sections[0].blocks[0]
    assert isinstance(note, Note)
    assert "not how likely" in note.lines[1]


def test_nothing_elsewhere_is_no_section() -> None:
    """An estate that every outage could reach is told nothing."""
    assert found(system(), HERE)[1] == ()


def test_few_are_chosen_and_every_class_has_its_turn() -> None:
    """At most ten are moved, each class before any class twice."""
    elsewhere = [each for each in catalogue().values() if each.provider_kind == "cloud"]
    picked = chosen(elsewhere, "region:aws/ap-northeast-2")
    assert len(picked) == MOST
    assert len({each.fault_class for each in picked}) >= 6


def test_plain_replays_tell_how_many_were_elsewhere() -> None:
    """The report's section on replays counts them, and names the command that moves them."""
    of = system()
    notes = [
        block for block in section(replayed(of, HERE, FAR), of.workloads).blocks if isinstance(block, Note)
    ]
    assert any("1 of 2 were elsewhere" in line and "--as-if" in line for note in notes for line in note.lines)


def test_a_moved_outage_is_marked_and_told() -> None:
    """Title, remark and sentences say that it never was."""
    moved = transplant(FAR, "region:aws/ap-northeast-2")
    (replay,) = replays(system(), {moved.id: moved})
    assert replay.title.startswith("As if in aws/ap-northeast-2")
    assert replay.notes[0].startswith("Told as it never was: It happened in aws/eu-central-1")
