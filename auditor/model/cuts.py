"""What stops each workload: minimal sets of failure domains, how probable, and which matter most."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CutSet:
    """A smallest set of things whose loss together stops a workload in the worst case.

    ``certain``: in the best case too. ``probability`` is the share of time all are out at once, as far as
    the record of outages tells; None where it says nothing about one of them.
    """

    of: tuple[str, ...]
    certain: bool
    probability: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Importance:
    """What one element means for a workload, worst case.

    ``birnbaum`` is what its loss adds to the probability of a stop, ``fussell_vesely`` the share of that
    probability which would go with it, ``achievement`` how many times more probable a stop is once it is out
    (risk achievement worth). None where the record says nothing about its rate.
    """

    element: str
    birnbaum: float
    fussell_vesely: float | None
    achievement: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkloadCuts:
    """The minimal cut sets of one workload.

    Attributes:
        workload: which.
        order: every minimal set of up to so many elements was looked for.
        exhausted: there are no larger ones.
        counts: how many there are of each size.
        sets: those in which no element can be replaced by a narrower domain; most telling first.
        broader: those implied by narrower ones.
        omitted: sets counted but listed under neither.
        probability: share of time stopped, (best case at the least, worst case at the most); a bound is None
            where the record knows no rate for something that stops it.
        unrated: elements of some set about which the record says nothing.
        importance: elements that matter, most first.
        method: how the worst case's probability was found: ``exact``, ``bounds`` or ``diagram``.
        digest: of all that the rest was computed from; equal ones mean that the rest is equal. Empty where
            the audit is redacted or from before there were any.
    """

    workload: str
    order: int
    exhausted: bool
    counts: tuple[int, ...]
    sets: tuple[CutSet, ...]
    broader: tuple[CutSet, ...]
    omitted: int
    probability: tuple[float | None, float | None]
    unrated: tuple[str, ...]
    importance: tuple[Importance, ...]
    method: str
    digest: str = ""
