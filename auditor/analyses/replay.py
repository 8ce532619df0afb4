"""Replays: the same failure against today's estate, for every outage of the catalogue.

An outage is a predicate over facts with windows, never "provider X is down". Best case: only what is touched
for certain, on the best plan; worst case: what may be touched as well, on the worst. Verdicts and minutes are
given for both, with reason chains. Inventory proves exposed, never hit.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from auditor.analyses._replays.effects import together
from auditor.analyses._replays.ground import Ground, places_in_use
from auditor.analyses._replays.pairs import PAIR, joint_notes, near
from auditor.analyses._replays.play import Script, play
from auditor.analyses._replays.scripts import script
from auditor.analyses._replays.sections import explain, section
from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate.condense import condense
from auditor.estate.graph import Estate
from auditor.model.audit import Replay
from auditor.outages import facts_asked
from auditor.outages.schema import Outage
from auditor.progress import Progress, SilentProgress

STAGE = "replay"


def replays(
    estate: Estate,
    outages: Mapping[str, Outage],
    *,
    reasons: bool = True,
    progress: Progress | None = None,
) -> tuple[Replay, ...]:
    """Replay every outage, by id, then those near in time together.

    Outages that began within a day of each other and can both reach the estate are also solved as one, so
    that a standby lost to the first is missed in the second and no minute is counted twice. Without
    ``reasons`` verdicts and minutes come without reason chains.
    """
    progress = progress or SilentProgress()
    view = condense(estate, facts=facts_asked(outages.values()))
    ground = Ground.of(view)
    scripts = {key: script(outages[key], ground) for key in sorted(outages)}
    pairs = [
        (first, second)
        for first, second in combinations(sorted(scripts, key=lambda key: (outages[key].start, key)), 2)
        if scripts[first].in_reach and scripts[second].in_reach and near(outages[first], outages[second])
    ]
    joint = [_joint(scripts[first], scripts[second]) for first, second in pairs]
    progress.start(STAGE, len(scripts) + len(joint))
    found = play(
        view,
        [*scripts.values(), *joint],
        reasons=reasons,
        done=lambda name: progress.step(STAGE, note=name),
    )
    progress.done(STAGE)
    by_id = {replay.outage: replay for replay in found}
    return found[: len(scripts)] + tuple(
        joint_notes(by_id[first], by_id[second], by_id[PAIR.join((first, second))]) for first, second in pairs
    )


def _joint(first: Script, second: Script) -> Script:
    return Script(
        id=PAIR.join((first.id, second.id)),
        title=f"{first.title}, and {second.title}",
        in_reach=True,
        verified=first.verified and second.verified,
        fixed_since=first.fixed_since and second.fixed_since,
        windows=tuple(
            sorted({*first.windows, *second.windows}, key=lambda w: (w.start, w.end or "~", w.what))
        ),
        scenarios=together(first.scenarios, second.scenarios),
    )


def run(context: Context) -> Finding:
    """Replay the context's outages."""
    found = replays(context.estate, context.outages, progress=context.progress)
    return Finding(value=found, sections=(section(found, context.estate.workloads),))


ANALYSIS = Analysis(name="replays", run=run, order=30)

__all__ = ["ANALYSIS", "explain", "places_in_use", "replays", "run", "script", "section"]
