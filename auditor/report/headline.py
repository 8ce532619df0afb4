"""The few figures to read first."""

from __future__ import annotations

from auditor.model.audit import VERDICT_ORDER, Audit, Replay, Survival, Verdict
from auditor.model.domain import BOUND_AXES, Axis
from auditor.model.section import Figure, Figures, Tone
from auditor.report import words

NARROWNESS = tuple(
    axis.value
    for axis in (
        Axis.ZONE,
        Axis.SERVICE,
        Axis.AGENT,
        Axis.CONTROL_PLANE,
        Axis.VENDOR,
        Axis.REGION,
    )
)
"""Axes from the narrowest domain to the widest; among equal losses the narrowest is named."""

TOGETHER = " + "
"""Joins the ids of outages that were replayed as one; those are counted one by one."""

STOPS = VERDICT_ORDER.index(Verdict.INTERRUPTED)
LOSS_BAD, LOSS_CAUTION = 0.5, 0.2
SCORE_GOOD, SCORE_BAD = 75.0, 40.0
COVERAGE_GOOD = 0.9


def headline(audit: Audit) -> Figures:
    """Return score, worst single loss, outages in reach, coverage and gaps, as far as they are known."""
    figures = (_score(audit), _worst_loss(audit), _outages(audit), _coverage(audit), _gaps(audit))
    return Figures(items=tuple(figure for figure in figures if figure is not None))


def _score(audit: Audit) -> Figure | None:
    score = audit.score
    if score is None:
        return None
    low, high = score.value
    if score.grade is None:
        return Figure(label="Score", value="not graded", tone=Tone.UNKNOWN, detail=score.why)
    tone = Tone.GOOD if low >= SCORE_GOOD else Tone.BAD if high < SCORE_BAD else Tone.CAUTION
    return Figure(
        label="Score, 0 to 100",
        value=words.numbers(score.value),
        tone=tone,
        detail=f"grade {words.grade(score.grade)}; higher is better",
    )


def _worst_loss(audit: Audit) -> Figure | None:
    if audit.survival is None or audit.workloads == ():  # nothing there to lose is no comfort
        return None
    precedents = {
        chain.chain[0]
        for replay in audit.replays or ()
        for workload in replay.workloads
        for chain in workload.because
        if chain.chain
    }
    candidates = [item for item in audit.survival if item.axis not in BOUND_AXES]
    if not candidates:
        return None

    def rank(item: Survival) -> tuple[float, float, bool, int, str]:
        place = NARROWNESS.index(item.axis) if item.axis in NARROWNESS else len(NARROWNESS)
        low, high = item.lost_share
        return (-high, -low, item.domain not in precedents, place, item.domain)

    worst = min(candidates, key=rank)
    high = worst.lost_share[1]
    if not high:
        detail = "no single failure domain short of a bound stops a workload"
        return Figure(label="Worst single loss", value="none", tone=Tone.GOOD, detail=detail)
    precedent = "; it has happened" if worst.domain in precedents else ""
    return Figure(
        label="Worst single loss",
        value=words.percents(worst.lost_share),
        tone=Tone.BAD if high >= LOSS_BAD else Tone.CAUTION if high >= LOSS_CAUTION else Tone.GOOD,
        detail=f"of criticality weight, if {worst.domain} fails{precedent}",
    )


def _outages(audit: Audit) -> Figure | None:
    if audit.replays is None:
        return None
    single = [replay for replay in audit.replays if TOGETHER not in replay.outage]
    reach = [replay for replay in single if replay.in_reach]
    if not reach:
        return Figure(
            label="Outages in reach",
            value="none",
            detail=f"of {words.count(len(single), 'outage')} in the catalogue",
        )
    surely = sum(_stops(replay, 0) for replay in reach)
    possibly = sum(_stops(replay, 1) for replay in reach)
    counted = f"{surely}" if surely == possibly else f"{surely}{words.DASH}{possibly}"
    return Figure(
        label="Outages that stop something",
        value=f"{counted} of {len(reach)}",
        tone=Tone.BAD if surely else Tone.CAUTION if possibly else Tone.GOOD,
        detail=f"that could reach you, of {len(single)} known",
    )


def _stops(replay: Replay, case: int) -> bool:
    """Tell whether any workload is interrupted or down in the best (0) or worst (1) case."""
    return any(VERDICT_ORDER.index(item.verdict[case]) >= STOPS for item in replay.workloads)


def _coverage(audit: Audit) -> Figure | None:
    seen = audit.coverage
    if seen is None:
        return None
    if seen.value is None:
        return Figure(label="Coverage", value="nothing seen", tone=Tone.UNKNOWN)
    return Figure(
        label="Coverage",
        value=words.percent(seen.value),
        tone=Tone.GOOD if seen.value >= COVERAGE_GOOD else Tone.CAUTION,
        detail=f"{seen.understood:,} of {words.count(seen.resources, 'resource')} understood",
    )


def _gaps(audit: Audit) -> Figure:
    number = len(audit.gaps)
    return Figure(
        label="Places not seen",
        value=f"{number:,}",
        tone=Tone.CAUTION if number else Tone.GOOD,
        detail="gaps; each may hide an exposure" if number else "no gaps",
    )
