"""The score: 100 x sum over axes of weight x (1 - worst single loss on the axis), higher is better.

An axis nobody could observe may lose nothing or everything, so the score is a range. It is graded only when
enough was seen.
"""

from __future__ import annotations

from auditor.analyses._text import loss_tone, percent, span
from auditor.analyses.base import Analysis, Context, Finding
from auditor.model.audit import Coverage, Score, ScoreAxis, Survival
from auditor.model.domain import SCORED_AXES, Axis
from auditor.model.facts import AGENT_PREFIX
from auditor.model.section import Cell, Note, Section, Table, Tone

GRADES = ((90.0, "A"), (75.0, "B"), (60.0, "C"), (40.0, "D"))
GRADED_FROM = 0.6
"""Coverage below which no grade is given."""

ADVICE_OF = {
    "software": "declare agents on fleets, or tag machines auditor:agent.<product>=<version>|none",
    "vendor": "declare vendors in auditor.toml, or vendor under [not_applicable]",
    "zone": "grant the permissions listed under gaps, so that zones are seen",
}


def grade(value: float) -> str:
    """Return the letter of a score: A from 90, B from 75, C from 60, D from 40, else F."""
    return next((letter for floor, letter in GRADES if value >= floor), "F")


def observed(axis: str, context: Context) -> bool:
    """Return whether enough is known on an axis to speak of its worst loss."""
    estate = context.estate
    axes = SCORED_AXES[axis]
    if axis == "software":
        return _agents_known(context)
    if axis == "vendor":
        return any(name.startswith(f"{Axis.VENDOR.value}:") for name in estate.names)
    if axis == "zone":
        zones = estate.inventory.resources["zones"]
        return len(estate.inventory) > 0 and zones.null_count() < zones.len()
    return any(name.startswith(f"{axes[0].value}:") for name in estate.names)


def _agents_known(context: Context) -> bool:
    """Return whether some host tells of its agents, or there is no host at all."""
    inventory = context.estate.inventory
    if not len(inventory):
        return False
    facts = inventory.facts
    hosts = facts.filter((facts["name"] == "host") & (facts["value"] == "true"))
    return not hosts.height or bool(facts["name"].str.starts_with(AGENT_PREFIX).any())


def score_axes(survival: tuple[Survival, ...], context: Context) -> tuple[ScoreAxis, ...]:
    """Return each axis with its worst loss; weights are renormalised over the axes that apply."""
    settled = {axis for axis, _ in context.estate.inventory.settled}
    weights = context.settings.score.weights
    applying = [axis for axis in SCORED_AXES if axis not in settled]
    total = sum(weights[axis] for axis in applying)
    found = []
    for axis in applying:
        kinds = {kind.value for kind in SCORED_AXES[axis]}
        on_axis = [item for item in survival if item.axis in kinds]
        seen = observed(axis, context)
        worst = max(on_axis, key=lambda item: (item.lost_share[1], item.lost_share[0]), default=None)
        lost = (
            max((item.lost_share[0] for item in on_axis), default=0.0),
            max((item.lost_share[1] for item in on_axis), default=0.0) if seen else 1.0,
        )
        found.append(
            ScoreAxis(
                axis=axis,
                weight=weights[axis] / total if total else 0.0,
                observed=seen,
                worst_domain=worst.domain if worst is not None and worst.lost_share[1] > 0 else None,
                lost_share=lost,
            )
        )
    return tuple(found)


def measure(context: Context) -> Score:
    """Return the score of the estate."""
    coverage: Coverage = context.results["coverage"]
    axes = score_axes(context.results["survival"], context)
    low = 100 * sum(axis.weight * (1 - axis.lost_share[1]) for axis in axes)
    high = 100 * sum(axis.weight * (1 - axis.lost_share[0]) for axis in axes)
    value = (round(low, 6), round(high, 6))
    why = _why_not(context, coverage, axes)
    return Score(value=value, grade=None if why else (grade(low), grade(high)), axes=axes, why=why)


def _why_not(context: Context, coverage: Coverage, axes: tuple[ScoreAxis, ...]) -> str:
    if not len(context.estate.inventory):
        return "not graded: no resources were found"
    if not context.estate.workloads:
        return "not graded: no workloads were found"
    if not axes or not sum(axis.weight for axis in axes):
        return "not graded: every axis is declared not applicable"
    if coverage.value is None or coverage.value < GRADED_FROM:
        seen = "nothing" if coverage.value is None else f"{coverage.value:.0%}"
        return f"not graded: coverage is {seen}, below {GRADED_FROM:.0%}"
    return ""


def run(context: Context) -> Finding:
    """Return the score and what moved it."""
    score = measure(context)
    return Finding(value=score, sections=(_section(score, context),))


def text_of(score: Score) -> str:
    """Return the score as people read it, such as ``41-67 (D-C)``."""
    value = span(score.value, ".0f")
    if score.grade is None:
        return f"{value} ({score.why})"
    worst, best = score.grade
    return f"{value} ({worst if worst == best else f'{worst}-{best}'})"


def _section(score: Score, context: Context) -> Section:
    rows = tuple(
        (
            Cell(text=axis.axis),
            Cell(text=f"{axis.weight:.2f}"),
            Cell(text=axis.worst_domain or "-"),
            Cell(text=percent(axis.lost_share), tone=_tone(axis)),
            Cell(text=_points(axis), tone=_tone(axis)),
            Cell(
                text="" if axis.observed else "not observed: " + ADVICE_OF.get(axis.axis, "nothing was seen")
            ),
        )
        for axis in score.axes
    )
    table = Table(
        columns=("Axis", "Weight", "Worst single loss", "Lost", "Points lost", "Remark"),
        rows=rows,
        numeric=("Weight", "Lost", "Points lost"),
        caption="Score = 100 x sum of weight x (1 - worst loss on the axis).",
    )
    settled = context.estate.inventory.settled
    notes = tuple(Note(lines=(f"{axis}: declared not applicable ({why})",)) for axis, why in settled)
    return Section(
        id="score",
        title="Score",
        blocks=(table, *notes),
        summary=f"{text_of(score)}: what the worst loss of each axis takes off 100.",
    )


def _points(axis: ScoreAxis) -> str:
    return span((100 * axis.weight * axis.lost_share[0], 100 * axis.weight * axis.lost_share[1]), ".0f")


def _tone(axis: ScoreAxis) -> Tone:
    if not axis.observed:
        return Tone.UNKNOWN
    return loss_tone(axis.lost_share)


ANALYSIS = Analysis(name="score", run=run, after=("survival", "coverage"), order=10)
