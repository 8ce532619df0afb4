"""What else may fail: every further loss of one domain, one resource or two domains, while some are out.

With nothing out it is the plain N-1 (as ``survival``) and N-2. Workloads are lost in the yes/no form: out for
longer than their limit. Best and worst case are solved each for itself, and once per way to settle a zone
that nobody named; a range runs from the lowest to the highest of them. ``docs/whatif.md`` explains it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from auditor.analyses import _survey_domains as _domains
from auditor.analyses import _survey_resources as _resources
from auditor.analyses._survey_found import Found
from auditor.analyses._survey_rank import Group, grouped
from auditor.analyses._survey_system import Case, Given, bearing, cases
from auditor.estate.graph import Estate
from auditor.kernels.order import Index
from auditor.model.domain import BOUND_AXES, axis_of
from auditor.model.evidence import Range
from auditor.model.survey import Loss, Survey, What

DAY = 1_440.0
"""Minutes a loss lasts unless told otherwise."""

LISTED = 200
"""Losses listed; all others are counted."""

LIKE = 10
"""Further losses named that take just the same; all of them are counted."""

NOTHING = Given(best=np.zeros(0, np.int64), worst=np.zeros(0, np.int64))


def survey(
    estate: Estate,
    what: What,
    *,
    names: tuple[str, ...] = (),
    given: Sequence[Given] = (NOTHING,),
    minutes: float = DAY,
) -> Survey:
    """Return what else may fail.

    Args:
        estate: the compiled graph.
        what: what may fail next.
        names: what is out, for the reader.
        given: the nodes that are out, one element per way to settle what nobody knows.
        minutes: how long everything is out.
    """
    solved = cases(estate, given, minutes)
    found, weakening, weak = _asked(estate, what, solved)
    groups, omitted = grouped(estate, found, most=LISTED, merge=what is not What.DOMAINS)
    already = np.array([case.already for case in solved])
    lost = np.round(already @ _domains.shares(estate), 12).tolist()
    return Survey(
        given=names,
        minutes=minutes,
        what=what,
        already_share=(min(lost), max(lost)),
        already=_named(estate, np.flatnonzero(already.any(axis=0))),
        bearing=_named(estate, np.flatnonzero(bearing(estate, minutes))),
        tried=found.tried,
        stopping=len(found.elements),
        weakening=weakening,
        broader=found.broader,
        untried=found.untried,
        untried_share=round(found.most, 12),
        losses=_losses(estate, found, groups, weak),
        omitted=omitted,
    )


Weak = Callable[[list[int]], list[Index]]
"""From items of what was found to the workloads that need one of each one's elements."""


def _asked(estate: Estate, what: What, solved: tuple[Case, ...]) -> tuple[Found, int | None, Weak]:
    """Return what was found, how many single losses weaken without stopping, and whom an item weakens."""
    if what is What.RESOURCES:
        found = _resources.alone(estate, solved)
        weakening = np.setdiff1d(_resources.needed(estate, solved), found.elements).size
        return (
            found,
            weakening,
            lambda items: _resources.weakened(estate, solved, found.elements[items, 0]),
        )
    ready = _domains.ready(estate, solved)
    needed = _domains.weakened(estate, solved, ready.nodes)
    found = ready.pairs() if what is What.PAIRS else ready.alone()

    def weak(items: list[int]) -> list[Index]:
        columns = np.searchsorted(ready.nodes, found.elements[items])
        return [np.flatnonzero(needed[:, column].any(axis=1)) for column in columns]

    weakening = np.setdiff1d(ready.nodes[needed.any(axis=0)], found.elements).size
    return found, None if what is What.PAIRS else weakening, weak


def _losses(estate: Estate, found: Found, groups: list[Group], weak: Weak) -> tuple[Loss, ...]:
    weakened = weak([group.items[0] for group in groups])
    return tuple(_loss(estate, found, group, each) for group, each in zip(groups, weakened, strict=True))


def _loss(estate: Estate, found: Found, group: Group, weakened: Index) -> Loss:
    lead, *others = group.items
    stopped = found.workloads(lead, found.possible)
    of = _elements(estate, found, lead)

    def bounds(table: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Range:
        return float(table[0, lead]), float(table[1, lead])

    return Loss(
        of=of,
        lost_share=bounds(found.total),
        joint_share=bounds(found.joint),
        beyond=bounds(found.beyond),
        workloads=_named(estate, stopped),
        certain=_named(estate, found.workloads(lead, found.certain)),
        weakened=_named(estate, np.setdiff1d(weakened, stopped)),
        bound=any(axis_of(name) in BOUND_AXES for name in of),
        alike=group.size - 1,
        like=tuple(_elements(estate, found, item) for item in others[:LIKE]),
    )


def _elements(estate: Estate, found: Found, item: int) -> tuple[str, ...]:
    return tuple(sorted(estate.names[node] for node in found.elements[item].tolist()))


def _named(estate: Estate, rows: Index) -> tuple[str, ...]:
    return tuple(sorted(estate.workloads[row].name for row in rows.tolist()))
