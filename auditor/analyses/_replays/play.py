"""Play outages on an estate: scenarios in, one ``Replay`` each out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from auditor.analyses._ready import make_ready
from auditor.analyses._replays.effects import Effect, Scenario
from auditor.analyses._replays.outcome import Case, Outcome, because
from auditor.analyses._replays.reading import Reading, windows
from auditor.analyses._replays.rows import Rows
from auditor.analyses._replays.standing import Standing
from auditor.analyses._replays.telling import Teller
from auditor.estate.condense import Condensed, uncondensed
from auditor.estate.graph import Estate
from auditor.model.audit import Lost, OpenRange, Replay, Verdict, Window, WorkloadReplay
from auditor.model.workload import Workload

OUT = (Verdict.DOWN, Verdict.INTERRUPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One replay to come: how it is called, and its scenarios (one per candidate of what is open).

    ``windows`` are those of all effects, those that miss this estate included.
    """

    id: str
    title: str
    in_reach: bool
    verified: bool
    fixed_since: bool
    windows: tuple[Window, ...]
    scenarios: tuple[Scenario, ...]
    notes: tuple[str, ...] = ()


def play(
    estate: Estate | Condensed,
    scripts: Sequence[Script],
    *,
    reasons: bool = True,
    done: Callable[[str], None] = lambda _: None,
) -> tuple[Replay, ...]:
    """Solve every script on the best and the worst plan and read the outcomes, in the order given.

    Scripts are made on the small estate of a condensed one; the outcomes are those of all workloads of the
    whole. Reason chains are much of the work on large estates; ``reasons=False`` leaves them out.
    """
    view = estate if isinstance(estate, Condensed) else uncondensed(estate)
    make_ready(view.small)
    best, worst = (Case.of(view, worst=each, reasons=reasons) for each in (False, True))
    teller = Teller.of(view, worst.lens.compiled)
    scenarios = [scenario for script in scripts for scenario in script.scenarios]
    outcomes = zip(best.outcomes(scenarios), worst.outcomes(scenarios), strict=True)
    lows: list[Outcome] = []
    highs: list[Outcome] = []
    ways = []
    for script in scripts:
        low, high = zip(*islice(outcomes, len(script.scenarios)), strict=True)
        ways.append(because(high))
        # What reasons are read from is large, and no longer wanted.
        lows += low
        highs += [replace(each, reasons=None) for each in high]
        done(script.id)
    low_of, high_of = iter(best.with_losses(lows)), iter(worst.with_losses(highs))
    pairs = [
        (list(islice(low_of, len(script.scenarios))), list(islice(high_of, len(script.scenarios))))
        for script in scripts
    ]
    readings = Reading.all(Standing(lens=worst.lens), pairs)
    rows = Rows(view=view)
    return tuple(
        _replay(script, view.whole.workloads, rows.of(reading, teller.chains(led)), reading.effects)
        for script, reading, led in zip(scripts, readings, ways, strict=True)
    )


def _replay(
    script: Script,
    workloads: Sequence[Workload],
    rows: tuple[WorkloadReplay, ...],
    effects: tuple[Effect, ...],
) -> Replay:
    return Replay(
        outage=script.id,
        title=script.title,
        in_reach=script.in_reach,
        verified=script.verified,
        fixed_since=script.fixed_since,
        windows=script.windows or windows(effects),
        lost=lost(workloads, rows),
        workloads=rows,
        notes=script.notes,
    )


def lost(workloads: Sequence[Workload], rows: Sequence[WorkloadReplay]) -> Lost:
    """Return exposure summed: minutes out (not those of impairment) by criticality weight, and by revenue."""
    currencies = sorted({w.currency for w in workloads if w.currency and w.revenue_per_hour is not None})
    pairs = [(w, row.minutes) for w, row in zip(workloads, rows, strict=True) if row.verdict[1] in OUT]
    return Lost(
        weight_minutes=_total((minutes, w.weight) for w, minutes in pairs),
        money={
            currency: _total(
                (minutes, (w.revenue_per_hour or 0.0) / 60) for w, minutes in pairs if w.currency == currency
            )
            for currency in currencies
        },
    )


def outage_minutes(row: WorkloadReplay) -> OpenRange:
    """Return minutes out: none where at worst impaired."""
    return row.minutes if row.verdict[1] in OUT else (0.0, 0.0)


def _total(terms: Iterable[tuple[OpenRange, float]]) -> OpenRange:
    low: float | None = 0.0
    high: float | None = 0.0
    for minutes, factor in terms:
        if factor == 0:
            continue
        low = None if low is None or minutes[0] is None else low + minutes[0] * factor
        high = None if high is None or minutes[1] is None else high + minutes[1] * factor
    return (None if low is None else round(low, 2), None if high is None else round(high, 2))
