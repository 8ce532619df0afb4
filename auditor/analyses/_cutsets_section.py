"""The section on cut sets: single points of failure first, then pairs, then what matters most."""

from __future__ import annotations

from auditor.analyses._cutsets_rates import BIAS, YEAR
from auditor.analyses._cutsets_tell import is_bound
from auditor.model.cuts import CutSet, WorkloadCuts
from auditor.model.section import Block, Cell, Note, Section, Table, Tone
from auditor.model.shares import percent

TITLE = "What together stops each workload"
NAMED = 3
BRIEF = 6
LEAST = 0.01
"""Minutes a year below which a figure is not told from another."""
ROWS = 60
"""Sets in the full table, spread over workloads; all listed ones are in the JSON."""


def section(found: tuple[WorkloadCuts, ...]) -> Section:
    """Return the section on the cut sets of all workloads."""
    if not found:
        none: tuple[Block, ...] = (Note(lines=("No workloads were found.",)),)
        return Section(id="cut-sets", title=TITLE, blocks=none)
    whole = Table(
        columns=("Workload", "Single points of failure", "Pairs", "First to look at"),
        rows=tuple(_row(each, NAMED) for each in found[:ROWS]),
        numeric=("Single points of failure", "Pairs"),
        caption="Narrowest failure domains, best to worst case; whole accounts and operating systems apart.",
    )
    return Section(
        id="cut-sets",
        title=TITLE,
        blocks=(whole, _sets(found), *_importance(found), Note(lines=_remarks(found), bulleted=True)),
        summary=_summary(found),
        brief=(_brief(found),),
    )


def _brief(found: tuple[WorkloadCuts, ...]) -> Table:
    columns = ("Workload", "Alone", "Pairs", "First to look at")
    left = f"; the {BRIEF} weakest of {len(found):,}" if len(found) > BRIEF else ""
    return Table(
        columns=columns,
        rows=tuple(_row(each, 1) for each in _weakest(found)),
        numeric=columns[1:3],
        caption=f"Domains that stop it alone, and pairs{left}.",
    )


def _weakest(found: tuple[WorkloadCuts, ...]) -> list[WorkloadCuts]:
    """Return the workloads a summary has room for, those with most single points of failure if not all."""
    most = sorted(
        found, key=lambda cuts: -sum(len(each.of) == 1 and not is_bound(each) for each in cuts.sets)
    )
    return sorted(most[:BRIEF], key=lambda cuts: cuts.workload)


def _summary(found: tuple[WorkloadCuts, ...]) -> str:
    alone = sum(any(len(each.of) == 1 and not is_bound(each) for each in cuts.sets) for cuts in found)
    if not alone:
        return "No workload has a single point of failure narrower than a provider or account."
    return f"{alone} of {len(found)} workloads {'has' if alone == 1 else 'have'} a single point of failure."


def _row(cuts: WorkloadCuts, most: int) -> tuple[Cell, ...]:
    counts = [[each for each in cuts.sets if len(each.of) == size] for size in (1, 2)]
    lead = [each for sets in counts for each in sets if not is_bound(each)][:most]
    return (
        Cell(text=cuts.workload),
        Cell(text=_count(counts[0], cuts, 1), tone=_tone(counts[0])),
        Cell(text=_count(counts[1], cuts, 2)),
        Cell(text="; ".join(_named(each) for each in lead) or "-"),
    )


def _count(sets: list[CutSet], cuts: WorkloadCuts, size: int) -> str:
    """Return ``3``, ``1-3`` where some hold in the worst case only, ``?`` where nobody looked."""
    if cuts.order < size and not cuts.exhausted:
        return "?"
    narrow = [each for each in sets if not is_bound(each)]
    low, high = sum(each.certain for each in narrow), len(narrow)
    more = "+" if cuts.omitted and high else ""
    return f"{high}{more}" if low == high else f"{low}-{high}{more}"


def _tone(sets: list[CutSet]) -> Tone:
    narrow = [each for each in sets if not is_bound(each)]
    if any(each.certain for each in narrow):
        return Tone.BAD
    return Tone.CAUTION if narrow else Tone.GOOD


def _named(item: CutSet) -> str:
    return " + ".join(item.of) + ("" if item.certain else " (possibly)")


def _sets(found: tuple[WorkloadCuts, ...]) -> Table:
    each = max(ROWS // len(found), NAMED)
    chosen = [(cuts.workload, item) for cuts in found for item in cuts.sets[:each]][: 2 * ROWS]
    total = sum(sum(cuts.counts) for cuts in found)
    return Table(
        columns=("Workload", "Stops when these are out together", "Case", "Minutes a year"),
        rows=tuple(
            (
                Cell(text=workload),
                Cell(text=" + ".join(item.of)),
                Cell(text="certain", tone=Tone.BAD)
                if item.certain
                else Cell(text="possible", tone=Tone.CAUTION),
                Cell(text="-" if item.probability is None else _minutes(item.probability)),
            )
            for workload, item in chosen
        ),
        numeric=("Minutes a year",),
        caption=f"{total} minimal sets in all; {len(chosen)} shown, smallest first, broader ones left out.",
    )


def _minutes(probability: float) -> str:
    minutes = probability * YEAR
    if 0 < minutes < LEAST:
        return f"<{LEAST}"
    return f"{minutes:,.0f}" if minutes >= 10 else f"{minutes:.2g}"  # noqa: PLR2004 - two digits


def _importance(found: tuple[WorkloadCuts, ...]) -> tuple[Table, ...]:
    """Return what matters most per workload, as far as the record tells."""
    rows = [
        (
            Cell(text=cuts.workload),
            Cell(text=lead.element),
            Cell(text=percent(lead.fussell_vesely)),
            Cell(text=_span(cuts)),
        )
        for cuts in found[:ROWS]
        for lead in cuts.importance[:1]
        if lead.fussell_vesely is not None
    ]
    if not rows:
        return ()
    columns = ("Workload", "Matters most", "Share of its stops", "Minutes a year in all")
    return (
        Table(
            columns=columns,
            rows=tuple(rows),
            numeric=columns[2:],
            caption="Worst case, as far as the record of outages tells. " + BIAS,
        ),
    )


def _span(cuts: WorkloadCuts) -> str:
    low, high = cuts.probability
    if low is None:
        return "-"
    least = _minutes(low)
    if high is None:
        return f"at least {least}"
    return least if least == _minutes(high) else f"{least}-{_minutes(high)}"


def _remarks(found: tuple[WorkloadCuts, ...]) -> tuple[str, ...]:
    lines = [
        "A set is certain when it stops the workload in the best case for unknown facts too.",
        "Whole accounts and operating systems are bounds: listed last and not counted above.",
        "Left out: sets in which a narrower domain does the same, such as a region beside its resolver.",
    ]
    short = [cuts for cuts in found if not cuts.exhausted]
    if short:
        order = min(cuts.order for cuts in short)
        lines.append(
            f"Sets of up to {order} were looked for; "
            f"{len(short)} of {len(found)} workloads have, or may have, larger ones."
        )
    unrated = {name for cuts in found for name in cuts.unrated}
    if unrated:
        lines.append(
            f"The record says nothing about {len(unrated)} of the elements; "
            "sums that need them are lower bounds."
        )
    return tuple(lines)
