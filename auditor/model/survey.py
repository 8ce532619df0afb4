"""What else may fail while some things are out: every further loss, and whom it would stop."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from auditor.model.evidence import Range


class What(StrEnum):
    """What may fail next."""

    DOMAINS = "domains"
    RESOURCES = "resources"
    PAIRS = "pairs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """One further loss, and those that take just the same.

    Shares are of criticality weight beyond what is already lost, the lowest and the highest of all cases.

    Attributes:
        of: what is lost: one id, or two together.
        lost_share: all it takes.
        joint_share: what of it no element of ``of`` takes by itself; of a single loss all.
        beyond: what of it the worse of the two alone does not take; of a single loss all.
        workloads: whom it stops in some case; of a pair those that neither stops alone. ``certain``: in all.
        weakened: workloads not among these that need one of them in the worst case, so have one way less.
        bound: it takes a whole provider, account or operating system: a bound, no headline.
        alike: how many other losses take just the same; ``like`` names some.
    """

    of: tuple[str, ...]
    lost_share: Range
    joint_share: Range
    beyond: Range
    workloads: tuple[str, ...]
    certain: tuple[str, ...]
    weakened: tuple[str, ...]
    bound: bool
    alike: int = 0
    like: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What else may fail while some things are out.

    Attributes:
        given: what is out: domains, resources or outages; empty = nothing.
        minutes: for how long; a workload that may be out for so long (``bearing``) counts as never lost.
        what: what may fail next.
        already_share, already: what the given alone takes, lowest and highest, and whom in some case.
        tried: losses looked at; a pair that cannot matter to any workload needs no look.
        stopping: how many of them stop something more.
        weakening: how many single losses stop nothing more, yet some workload needs them; None for pairs.
        broader: pairs left out because one with a narrower domain in it takes as many.
        untried: pairs not looked at because they are too many, each taking ``untried_share`` at most.
        losses: worst first, bounds last.
        omitted: losses that stop something more and are neither listed nor alike to one that is.
    """

    given: tuple[str, ...]
    minutes: float
    what: What
    already_share: Range
    already: tuple[str, ...]
    bearing: tuple[str, ...]
    tried: int
    stopping: int
    weakening: int | None
    broader: int
    untried: int
    untried_share: float
    losses: tuple[Loss, ...]
    omitted: int

    def named(self) -> set[str]:
        """Return every workload that is named."""
        found = {*self.already, *self.bearing}
        return found.union(*((*loss.workloads, *loss.weakened) for loss in self.losses))
