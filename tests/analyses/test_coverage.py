"""How much was seen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.analyses.coverage import GENERIC, measure
from auditor.model.gap import Gap, GapReason
from tests.analyses.estates import estate, fact, server, workload


def test_generic_kinds_lower_coverage() -> None:
    """A resource no spec describes counts as seen, not as understood."""
    odd = server("odd", kind="azure.strange.things", facts=(fact(GENERIC, True), fact("host", "")))
    found = measure(estate(server("a", workload="w"), odd, workloads=(workload("w"),)))
    assert (found.understood, found.generic) == (1, 1)
    assert found.generic_kinds == (("azure.strange.things", 1),)
    assert found.value == pytest.approx(0.5)


def test_places_that_could_not_be_read_lower_coverage() -> None:
    """One place read and one denied is half."""
    gap = Gap(provider="aws", account="1", region="us-east-1", service="rds", reason=GapReason.DENIED)
    found = measure(estate(server("a"), gaps=(gap,)))
    assert found.value == pytest.approx(0.5)
    assert found.gaps_by_reason == (("denied", 1),)


def test_unknown_facts_are_counted_with_what_would_narrow_them() -> None:
    """A machine whose zone nobody saw is named with the way to see it."""
    lost = server("a", workload="w")
    lost = replace(lost, placement=replace(lost.placement, zones=None))
    found = measure(estate(lost, workloads=(workload("w"),)))
    assert [(item.fact, item.resources) for item in found.unknown_facts] == [("zone", 1)]
    assert found.unknown_facts[0].narrowed_by


def test_nothing_seen_has_no_value() -> None:
    """An empty estate has no coverage at all, rather than full coverage."""
    assert measure(estate()).value is None
