"""The document: what it says first, in which order, and in which words."""

from __future__ import annotations

import dataclasses

import pytest

from auditor.model.audit import (
    Audit,
    Coverage,
    Inputs,
    Lost,
    ReasonChain,
    Replay,
    Score,
    Survival,
    Tool,
    UnknownFact,
    Verdict,
    WorkloadReplay,
)
from auditor.model.gap import Gap, GapReason
from auditor.model.section import Figure, Note, Section, Table, Tone
from auditor.report import document, words

RESOLVER = "service:aws/ap-northeast-2/vpc-resolver"
REGION = "region:aws/ap-northeast-2"


@pytest.fixture
def audit() -> Audit:
    return Audit(
        schema="auditor/audit/1",
        tool=Tool(name="auditor", version="0.1.0"),
        taken_at="2026-11-20T09:00:00Z",
        inputs=Inputs(
            providers=("aws", "azure", "pangyo-dc"),
            accounts=("123456789012",),
            regions=("ap-northeast-2", "global"),
            resources=1,
            outages=(),
            config=None,
            snapshot_sha256=None,
        ),
    )


def figure(audit: Audit, label: str) -> Figure:
    return next(item for item in document(audit).headline.items if item.label.startswith(label))


def loss(axis: str, domain: str, low: float, high: float) -> Survival:
    return Survival(
        axis=axis, domain=domain, lost_share=(low, high), lost_share_no_manual=(low, high), workloads=()
    )


def replay(
    outage: str, verdicts: tuple[Verdict, Verdict], *, reach: bool = True, chain: tuple[str, ...] = ()
) -> Replay:
    return Replay(
        outage=outage,
        title=outage,
        in_reach=reach,
        verified=True,
        fixed_since=False,
        windows=(),
        lost=Lost(weight_minutes=(0.0, 0.0), money={}),
        workloads=(
            WorkloadReplay(
                workload="shop",
                verdict=verdicts,
                minutes=(0.0, 84.0),
                impaired_minutes=(0.0, 84.0),
                partial=False,
                share=None,
                roots_out=None,
                control_plane=(),
                rto_breach=None,
                data_loss=None,
                data_loss_possible=False,
                unknown_facts=(),
                windows=(),
                because=(ReasonChain(chain=chain, evidence=()),) if chain else (),
            ),
        ),
    )


def test_the_subtitle_says_of_when_and_of_what(audit: Audit) -> None:
    """Time, providers and counts; one is singular, and no global region is counted."""
    assert document(audit).subtitle == (
        "Taken 2026-11-20 09:00 UTC · AWS, Azure, pangyo-dc · 1 resource in 1 region"
    )


def test_sections_stay_in_the_order_the_analyses_gave(audit: Audit) -> None:
    """The report adds its own at the end and moves nothing."""
    emitted = tuple(Section(id=name, title=name, blocks=()) for name in ("zeta", "alpha"))
    made = document(dataclasses.replace(audit, sections=emitted))
    assert [section.id for section in made.sections] == ["zeta", "alpha", "gaps"]


def test_a_section_an_analysis_emitted_is_not_told_twice(audit: Audit) -> None:
    """Who emits a section about gaps, coverage or assumptions has the last word on it."""
    own = Section(id="gaps", title="My gaps", blocks=())
    made = document(dataclasses.replace(audit, sections=(own,)))
    assert [section.title for section in made.sections if section.id == "gaps"] == ["My gaps"]


def test_what_no_analysis_filled_has_no_figure(audit: Audit) -> None:
    """The headline holds only what is known."""
    assert [item.label for item in document(audit).headline.items] == ["Places not seen"]


@pytest.mark.parametrize(
    ("value", "grade", "shown", "tone"),
    [
        ((41.0, 66.6), ("D", "C"), "41-67", Tone.CAUTION),
        ((91.2, 91.4), ("A", "A"), "91", Tone.GOOD),
        ((10.0, 30.0), ("F", "F"), "10-30", Tone.BAD),
        ((0.0, 100.0), None, "not graded", Tone.UNKNOWN),
    ],
)
def test_the_score_is_a_range_with_a_grade(
    audit: Audit, value: tuple[float, float], grade: tuple[str, str] | None, shown: str, tone: Tone
) -> None:
    """Both bounds are shown where they differ, and why there is no grade where there is none."""
    score = Score(value=value, grade=grade, axes=(), why="" if grade else "coverage below 60%")
    made = figure(dataclasses.replace(audit, score=score), "Score")
    assert (made.value, made.tone) == (shown, tone)
    assert ("coverage below 60%" in made.detail) is (grade is None)


def test_the_worst_single_loss_is_no_bound(audit: Audit) -> None:
    """The loss of a whole provider or account is printed elsewhere, never as the headline."""
    survival = (
        loss("provider", "provider:aws", 0.9, 0.9),
        loss("account", "account:aws/123456789012", 0.9, 0.9),
        loss("zone", "zone:aws/apne2-az1", 0.1, 0.2),
    )
    made = figure(dataclasses.replace(audit, survival=survival), "Worst single loss")
    assert made.value == "10-20%"
    assert "zone:aws/apne2-az1" in made.detail


def test_where_nothing_narrow_stops_anything_no_domain_is_named(audit: Audit) -> None:
    """Naming some domain that takes nothing would be noise; with no workloads there is nothing to say."""
    survival = (loss("account", "account:aws/123456789012", 0.9, 0.9), loss("region", REGION, 0.0, 0.0))
    made = figure(dataclasses.replace(audit, survival=survival), "Worst single loss")
    assert (made.value, made.tone, REGION in made.detail) == ("none", Tone.GOOD, False)
    nobody = dataclasses.replace(audit, survival=survival, workloads=())
    assert "Worst single loss" not in [item.label for item in document(nobody).headline.items]


def test_of_equal_losses_the_narrowest_is_named(audit: Audit) -> None:
    """When a service takes as much as its region, the service is the news."""
    survival = (loss("region", REGION, 0.7, 0.7), loss("service", RESOLVER, 0.7, 0.7))
    assert RESOLVER in figure(dataclasses.replace(audit, survival=survival), "Worst").detail


def test_of_equal_losses_one_that_has_happened_is_named(audit: Audit) -> None:
    """A precedent in the catalogue counts more than narrowness, and is said."""
    survival = (
        loss("service", "service:aws/ap-northeast-2/ec2", 0.7, 0.7),
        loss("service", RESOLVER, 0.7, 0.7),
    )
    down = replay("seoul", (Verdict.DOWN, Verdict.DOWN), chain=(RESOLVER, "workload:shop"))
    made = figure(dataclasses.replace(audit, survival=survival, replays=(down,)), "Worst")
    assert made.detail == f"of criticality weight, if {RESOLVER} fails; it has happened"


def test_outages_elsewhere_are_not_counted_as_survived(audit: Audit) -> None:
    """Three of four that could reach you, never three of the whole catalogue."""
    replays = (
        replay("a", (Verdict.DOWN, Verdict.DOWN)),
        replay("b", (Verdict.INTERRUPTED, Verdict.DOWN)),
        replay("c", (Verdict.SPARED, Verdict.DOWN)),
        replay("d", (Verdict.WEAKENED, Verdict.IMPAIRED)),
        replay("e", (Verdict.SPARED, Verdict.SPARED), reach=False),
    )
    made = figure(dataclasses.replace(audit, replays=replays), "Outages")
    assert (made.value, made.tone) == ("2-3 of 4", Tone.BAD)
    assert made.detail == "that could reach you, of 5 known"


def test_outages_replayed_together_are_counted_one_by_one(audit: Audit) -> None:
    """A joint replay of two outages is no third outage."""
    replays = (replay("a", (Verdict.DOWN, Verdict.DOWN)), replay("a + b", (Verdict.DOWN, Verdict.DOWN)))
    made = dataclasses.replace(audit, replays=replays)
    assert figure(made, "Outages").value == "1 of 1"
    assert "1 outage replayed" in document(made).subtitle


def test_no_outage_in_reach_is_said_so(audit: Audit) -> None:
    """Nothing in reach is not the same as everything survived."""
    replays = (replay("a", (Verdict.SPARED, Verdict.SPARED), reach=False),)
    assert figure(dataclasses.replace(audit, replays=replays), "Outages in reach").value == "none"


def gap(region: str, operation: str = "rds:DescribeDBInstances", reason: GapReason = GapReason.DENIED) -> Gap:
    return Gap(
        provider="aws",
        account="123456789012",
        region=region,
        service="rds",
        operation=operation,
        reason=reason,
        remedy=f"allow {operation}",
    )


def test_one_failure_in_many_places_is_one_line(audit: Audit) -> None:
    """Seventeen regions denied for one missing permission are one thing to mend."""
    gaps = (*(gap(f"region-{number:02}") for number in range(17)), gap("x", "s3:ListBuckets"))
    made = document(dataclasses.replace(audit, gaps=gaps))
    section = next(section for section in made.sections if section.id == "gaps")
    table = next(block for block in section.blocks if isinstance(block, Table))
    assert [row[3].text for row in table.rows] == ["17", "1"]
    assert "and 14 more" in table.rows[0][0].text
    assert "region-16" in table.rows[0][0].detail
    assert section.summary == "18 places could not be read. Not seen is not absent."


def test_what_to_do_names_each_remedy_once(audit: Audit) -> None:
    """Without advice the next steps are what would narrow the ranges, the widest doubt first."""
    coverage = Coverage(
        resources=20,
        understood=20,
        generic=0,
        generic_kinds=(),
        references=0,
        references_unresolved=0,
        unassigned=0,
        gaps_by_reason=(),
        unknown_facts=(UnknownFact(fact="os", resources=14, narrowed_by="tag auditor:os"),),
        value=1.0,
    )
    gaps = (gap("a"), gap("b"), gap("c", reason=GapReason.THROTTLED))
    made = document(dataclasses.replace(audit, coverage=coverage, gaps=gaps))
    section = next(section for section in made.sections if section.id == "next")
    notes = [block for block in section.blocks if isinstance(block, Note) and block.bulleted]
    assert [line for note in notes for line in note.lines] == [
        "tag auditor:os (os of 14 resources)",
        "allow rds:DescribeDBInstances (rds:DescribeDBInstances: denied)",
    ]


def test_the_report_changes_nothing(audit: Audit) -> None:
    """The same audit gives the same document."""
    assert document(audit) == document(audit)


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        (words.percents((0.0, 0.0)), "0%"),
        (words.percents((0.001, 0.4)), "<1-40%"),
        (words.percents((0.614, 0.616)), "61-62%"),
        (words.minutes((84.0, 84.0)), "84 min"),
        (words.minutes((0.0, 1440.0)), "0-1,440 min"),
        (words.minutes((60.0, None)), "at least 60 min"),
        (words.minutes((None, 84.0)), "up to 84 min"),
        (words.minutes((None, None)), "duration unknown"),
        (words.grade(("D", "B")), "D to B"),
        (words.moment("2026-11-20T09:00:00Z"), "2026-11-20 09:00 UTC"),
        (words.moment("yesterday"), "yesterday"),
        (words.count(1, "gap"), "1 gap"),
        (words.count(1200, "gap"), "1,200 gaps"),
    ],
)
def test_figures_read_the_same_everywhere(made: str, shown: str) -> None:
    """Ranges, durations and counts have one wording."""
    assert made == shown
