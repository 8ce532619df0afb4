"""A plan with some standbys taken away: what holds within a limit, by itself, or at once."""

from __future__ import annotations

from auditor.estate.graph import CompiledPlan
from auditor.kernels.plan import Plan


def within(compiled: CompiledPlan, limit_minutes: float) -> Plan:
    """Return the plan without members that take longer than the limit."""
    return compiled.plan.without(compiled.plan.delay > limit_minutes)


def no_manual(compiled: CompiledPlan) -> Plan:
    """Return the plan without standbys that people must switch to."""
    return compiled.plan.without(compiled.manual & (compiled.plan.delay > 0))


def no_delayed(compiled: CompiledPlan) -> Plan:
    """Return the plan of what is in service, without any standby."""
    return compiled.plan.without(compiled.plan.delay > 0)
