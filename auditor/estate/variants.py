"""A plan with some standbys taken away: what holds within a limit, by itself, or at once."""

from __future__ import annotations

from auditor.estate.graph import CompiledPlan
from auditor.kernels.plan import Bools, Plan


def within(compiled: CompiledPlan, limit_minutes: float, *, manual: bool = True) -> Plan:
    """Return the plan without members that take longer than the limit; ``manual`` keeps those by hand."""
    late = compiled.plan.delay > limit_minutes
    return compiled.plan.without(late if manual else late | _by_hand(compiled))


def no_manual(compiled: CompiledPlan) -> Plan:
    """Return the plan without standbys that people must switch to."""
    return compiled.plan.without(_by_hand(compiled))


def no_delayed(compiled: CompiledPlan) -> Plan:
    """Return the plan of what is in service, without any standby."""
    return compiled.plan.without(compiled.plan.delay > 0)


def _by_hand(compiled: CompiledPlan) -> Bools:
    return compiled.manual & (compiled.plan.delay > 0)
