"""Replays: the same failure against today's estate, for every outage of the catalogue.

An outage is a predicate over facts with windows, never "provider X is down". Best case: only what is touched
for certain, on the best plan; worst case: what may be touched as well, on the worst. Verdicts and minutes are
given for both, with reason chains. Inventory proves exposed, never hit.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

from auditor.analyses._replays.effects import scenarios, together
from auditor.analyses._replays.pairs import PAIR, joint_notes, near
from auditor.analyses._replays.play import Script, play
from auditor.analyses._replays.reading import windows
from auditor.analyses._replays.sections import explain, section
from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate.graph import Estate
from auditor.model.audit import Replay
from auditor.outages import in_reach
from auditor.outages.schema import Outage
from auditor.progress import Progress, SilentProgress

STAGE = "replay"


def replays(
    estate: Estate, outages: Mapping[str, Outage], *, progress: Progress | None = None
) -> tuple[Replay, ...]:
    """Replay every outage, by id, then those near in time together.

    Outages that began within a day of each other and can both reach the estate are also solved as one, so
    that a standby lost to the first is missed in the second and no minute is counted twice.
    """
    progress = progress or SilentProgress()
    scripts = {key: script(outages[key], estate) for key in sorted(outages)}
    pairs = [
        (first, second)
        for first, second in combinations(sorted(scripts, key=lambda key: (outages[key].start, key)), 2)
        if scripts[first].in_reach and scripts[second].in_reach and near(outages[first], outages[second])
    ]
    joint = [_joint(scripts[first], scripts[second]) for first, second in pairs]
    progress.start(STAGE, len(scripts) + len(joint))
    found = play(estate, [*scripts.values(), *joint], done=lambda name: progress.step(STAGE, note=name))
    progress.done(STAGE)
    by_id = {replay.outage: replay for replay in found}
    return found[: len(scripts)] + tuple(
        joint_notes(by_id[first], by_id[second], by_id[PAIR.join((first, second))]) for first, second in pairs
    )


def script(outage: Outage, estate: Estate) -> Script:
    """Return what one outage would put out in an estate, with what the reader must know about it."""
    return Script(
        id=outage.id,
        title=outage.title,
        in_reach=in_reach(outage, estate.inventory),
        verified=outage.verified,
        fixed_since=outage.fixed_since is not None,
        windows=windows(outage.impacts),
        scenarios=scenarios(outage, estate),
        notes=_notes(outage),
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


def _notes(outage: Outage) -> tuple[str, ...]:
    notes = []
    if any(impact.partial for impact in outage.impacts):
        notes.append(
            "Some effects hit only a part of what matches, and no inventory knows which: there low is 0."
        )
    if any(impact.one_zone_of is not None for impact in outage.impacts):
        notes.append("Nobody named the zone: replayed once per physical zone, from the least to the most.")
    if any(impact.duration[1] is None for impact in outage.impacts):
        notes.append("No end is known for some effects: minutes say at least how long.")
    if outage.fixed_since is not None:
        notes.append(f"This very defect has been fixed since: {outage.fixed_since}")
    if not outage.verified:
        notes.append("Its key times were not in any source read.")
    return tuple(notes)


def run(context: Context) -> Finding:
    """Replay the context's outages."""
    found = replays(context.estate, context.outages, progress=context.progress)
    return Finding(value=found, sections=(section(found, context.estate.workloads),))


ANALYSIS = Analysis(name="replays", run=run, order=30)

__all__ = ["ANALYSIS", "explain", "replays", "run", "script", "section"]
