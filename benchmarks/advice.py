"""Time advice on a generated company: ``python -m benchmarks.advice [RESOURCES]``, or of a ``SNAPSHOT`` file.

Prints how many candidates were weighed and the seconds they took, of that what making them took; and, on a
sample, how long the named baseline takes for one: the edits on a copy of the whole estate, every single loss
solved again. Both are held to the same figures. Seconds are of processor time. Judges nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from auditor.analyses import advice, advice_sets, score, survival, value_of_information
from auditor.analyses._advice_outcome import Outcome, Scales
from auditor.analyses._changes import Proposal
from auditor.analyses._losses import domains, lost_in
from auditor.analyses.base import Context
from auditor.analyses.coverage import ANALYSIS as COVERAGE
from auditor.config import Settings
from auditor.estate import build
from auditor.estate.edit import Edits, apply
from auditor.estate.graph import Estate
from auditor.inventory import Inventory
from auditor.inventory.snapshot import load
from auditor.outages import catalogue
from benchmarks.pipeline import inventory

T = TypeVar("T")
SAMPLE = 5
"""Candidates weighed on the whole estate too."""


def main(subject: Inventory) -> None:
    """Run advice once, and a sample of its candidates the long way."""
    estate = build(subject)
    print(f"{len(subject):,} resources, {len(estate.workloads):,} workloads, {len(estate.names):,} nodes")
    settings, outages = Settings(), catalogue()
    first = Context(estate=estate, settings=settings, outages=outages)
    losses = survival.run(first).value
    scored = score.run(_after(first, survival=losses, coverage=COVERAGE.run(first).value)).value
    results = {"survival": losses, "score": scored, "coverage": COVERAGE.run(first).value}
    told, took = _timed(lambda: advice.run(_after(first, **results)).value)
    _, sets = _timed(lambda: advice_sets.run(_after(first, **results, advice=told)))
    _, facts = _timed(lambda: value_of_information.run(_after(first, **results)))
    print(
        f"advice {took:.2f} s, {len(told):,} changes; sets {sets:.2f} s; value of information {facts:.2f} s"
    )
    scales, scaling = _timed(lambda: Scales.of(estate, scored.axes))
    pairs, making = _timed(lambda: list(advice.candidates(scales.ground, losses)))
    distinct = list({proposal.edits: proposal for _, proposal in pairs}.values())
    outcomes, weighing = _timed(lambda: scales.weigh_each([each.edits for each in distinct]))
    print(
        f"{len(pairs):,} candidates, {len(distinct):,} distinct: the estate as it is {scaling:.2f} s, "
        f"making {making:.2f} s, weighing {weighing:.2f} s, {1000 * weighing / len(distinct):.1f} ms each"
    )
    _baseline(scales, distinct, outcomes, each=(making + weighing) / len(distinct))


def _baseline(
    scales: Scales, distinct: Sequence[Proposal], outcomes: Sequence[Outcome], *, each: float
) -> None:
    step = max(1, len(distinct) // SAMPLE)
    sample = range(0, len(distinct), step)[:SAMPLE]
    whole = 0.0
    for at in sample:
        (nodes, best, worst), took = _timed(partial(_on_the_whole, scales, distinct[at].edits))
        whole += took
        after = scales.standing((outcomes[at],))
        old = nodes < len(scales.ground.estate.names)
        same = np.allclose(after.best, best[old]) and np.allclose(after.worst, worst[old])
        if not same:
            sys.exit(f"{distinct[at].text}: the part says something else than the whole")
    whole /= len(sample)
    print(
        f"baseline, the whole changed, compiled, solved again: {whole:.3f} s each on {len(sample)} of them, "
        f"equal figures; x{whole / each:.0f}, {whole * len(distinct):,.0f} s for all (extrapolated)"
    )


def _on_the_whole(scales: Scales, edits: Edits) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    changed: Estate = apply(scales.ground.estate, edits)
    nodes = domains(changed)
    best, worst = (scales.weight @ lost_in(changed, case, nodes) for case in (changed.best, changed.worst))
    return nodes, best, worst


def _after(context: Context, **results: object) -> Context:
    return Context(estate=context.estate, settings=context.settings, outages=context.outages, results=results)


def _timed(call: Callable[[], T]) -> tuple[T, float]:
    start = time.process_time()
    value = call()
    return value, time.process_time() - start


if __name__ == "__main__":
    given = sys.argv[1] if len(sys.argv) > 1 else "100000"
    main(inventory(int(given)) if given.isdigit() else load(Path(given)))
