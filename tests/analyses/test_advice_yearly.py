"""Costs and exposure a year are what was declared or recorded, and unknown where nobody knows."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import pytest

from auditor.analyses import advice_sets, survival
from auditor.analyses._cutsets_rates import YEAR, unavailability
from auditor.analyses.advice import measure
from auditor.analyses.base import Context
from auditor.config import Settings, parse_settings
from auditor.estate.graph import Estate
from auditor.model.change import Change
from auditor.model.resource import Resource
from auditor.model.workload import Workload
from auditor.outages import catalogue
from auditor.outages.schema import Outage
from tests.analyses.estates import estate, fact, server, workload

ZONE = "zone:aws/apne2-az1"
LESSER = """
[report]
currency = "USD"
[[simulation.lesser]]
axis = "zone"
domain = "zone:aws/apne2-az1"
per_year = 2.0
minutes = 90
share = 0.5
"""


def _earning(name: str, currency: str = "USD") -> Workload:
    return dataclasses.replace(workload(name), revenue_per_hour=1_000.0, currency=currency)


def _advised(
    subject: Estate, settings: str = "", outages: Mapping[str, Outage] | None = None
) -> dict[str, Change]:
    context = Context(estate=subject, settings=parse_settings(settings), outages=outages or {})
    found = measure(subject, survival.measure(subject), context=context)
    return {change.domain: change for change in found}


def _costed(name: str, cost: float | None, **more: str) -> Resource:
    facts = () if cost is None else (fact("monthly_cost", cost),)
    return server(name, workload="w", facts=facts, **more)


def test_removed_exposure_is_rate_times_duration_of_what_no_longer_falls() -> None:
    """By hand: two zone outages a year of 90 minutes, half of which reach us: 90 minutes, 1,500 USD."""
    subject = estate(server("a", workload="w"), workloads=(_earning("w"),))
    exposure = _advised(subject, LESSER)[ZONE].exposure
    assert exposure is not None
    assert exposure.minutes == pytest.approx((90.0, 90.0))
    assert exposure.money["USD"] == pytest.approx((1_500.0, 1_500.0))


def test_the_record_rates_what_nobody_declared() -> None:
    """A zone's exposure is the share of time that the record has zones of its provider out."""
    subject = estate(server("a", workload="w"), workloads=(workload("w"),))
    exposure = _advised(subject, outages=catalogue())[ZONE].exposure
    assert exposure is not None
    expected = unavailability(catalogue(), [ZONE])[ZONE] * YEAR
    assert exposure.minutes == pytest.approx((expected, expected))
    assert exposure.money == {}


def test_without_rates_exposure_is_unknown_not_none() -> None:
    """Nobody says how often a zone fails: null, and the change is advised all the same."""
    subject = estate(server("a", workload="w"), workloads=(_earning("w"),))
    change = _advised(subject)[ZONE]
    assert (change.exposure, change.cost, change.worth) == (None, None, None)
    assert change.removes == (1.0, 1.0)


def test_an_unknown_agent_makes_removed_exposure_a_range() -> None:
    """Nothing is removed where the machine has no agent, everything where it has one."""
    seen = server("b", workload="v", facts=(fact("agent.falcon", "7.11"),))
    doubtful = server("a", workload="w", facts=(fact("agent.falcon", ""),))
    subject = estate(seen, doubtful, workloads=(workload("v"), workload("w")))
    context = Context(estate=subject, settings=Settings(), outages=catalogue())
    found = measure(subject, survival.measure(subject), context=context)
    change = next(c for c in found if (c.workload, c.kind) == ("w", "ring"))
    assert change.exposure is not None
    assert change.exposure.minutes[0] == 0.0 < change.exposure.minutes[1]


def test_a_declared_cost_is_told_as_declared_and_weighed_against_money_removed() -> None:
    """Of 500 to 1,000 USD for 1,500 USD of exposure, each one spent removes 1.5 to 3."""
    subject = estate(server("a", workload="w"), workloads=(_earning("w"),))
    change = _advised(subject, LESSER + "[advice.cost_per_year]\nzone = [500, 1_000]\n")[ZONE]
    assert change.cost is not None
    assert (change.cost.currency, change.cost.amount) == ("USD", (500.0, 1_000.0))
    assert change.worth == pytest.approx((1.5, 3.0))


def test_a_cost_in_another_currency_is_not_compared() -> None:
    """Won earned and dollars spent stand beside each other, undivided."""
    subject = estate(server("a", workload="w"), workloads=(_earning("w", "KRW"),))
    change = _advised(subject, LESSER + "[advice.cost_per_year]\nzone = 500\n")[ZONE]
    assert change.cost is not None
    assert change.worth is None


def test_a_copy_costs_what_its_original_costs() -> None:
    """By hand: 100 a month is 1,200 a year for the second zone, a third to all of it for a warm region."""
    subject = estate(_costed("a", 100.0), workloads=(workload("w"),))
    settings = '[report]\ncurrency = "USD"\n[advice.cost_of_copy]\nregion = [0.25, 1]\n'
    found = {change.kind: change.cost for change in _advised(subject, settings).values()}
    assert found["zone"] is not None
    assert found["zone"].amount == (1_200.0, 1_200.0)
    assert found["region"] is not None
    assert found["region"].amount == (300.0, 1_200.0)


def test_a_copy_of_something_without_a_known_cost_costs_at_least_the_rest() -> None:
    """One of two machines has a cost: that is the low bound, the high one is unknown."""
    subject = estate(_costed("a", 100.0), _costed("b", None), workloads=(workload("w"),))
    cost = _advised(subject, '[report]\ncurrency = "USD"\n')[ZONE].cost
    assert cost is not None
    assert cost.amount == (1_200.0, None)


def test_costs_without_a_currency_are_not_told() -> None:
    """A number that nobody gave a currency is no money."""
    subject = estate(_costed("a", 100.0), workloads=(workload("w"),))
    assert _advised(subject)[ZONE].cost is None


def test_known_costs_of_all_changes_order_them() -> None:
    """The low-effort zone leads by effort; declared dear, it goes behind the cheap region."""
    subject = estate(server("a", workload="w"), workloads=(workload("w"),))
    costs = "\n".join(
        f"{kind} = {cost}"
        for kind, cost in {"zone": 9_000, "region": 100, "os": 500, "provider": 800}.items()
    )
    by_effort = list(_advised(subject))
    by_cost = list(_advised(subject, f'[advice]\ncurrency = "USD"\n[advice.cost_per_year]\n{costs}\n'))
    assert by_effort[0] == ZONE
    assert (by_cost[0], by_cost[-1]) == ("region:aws/ap-northeast-2", ZONE)


def test_units_of_effort_can_be_declared() -> None:
    """A company to which another zone is hard puts the region first."""
    subject = estate(server("a", workload="w"), workloads=(workload("w"),))
    found = list(_advised(subject, "[advice]\neffort = { low = 20 }\n"))
    assert (found[0], found[-1]) == ("region:aws/ap-northeast-2", ZONE)


def test_a_set_tells_what_it_removes_and_costs_together() -> None:
    """Two second zones remove and cost twice what one does."""
    subject = estate(
        server("a", workload="v"), server("b", workload="w"), workloads=(_earning("v"), _earning("w"))
    )
    settings = parse_settings(LESSER + "[advice]\nbudget = 2\n[advice.cost_per_year]\nzone = 500\n")
    context = Context(estate=subject, settings=settings, outages={})
    single = measure(subject, survival.measure(subject), context=context)
    found = advice_sets.measure(subject, single, settings=settings).within_budget
    assert [step.domain for step in found.steps] == [ZONE, ZONE]
    assert found.exposure is not None
    assert found.exposure.minutes == pytest.approx((180.0, 180.0))
    assert found.cost_per_year is not None
    assert found.cost_per_year.amount == (1_000.0, 1_000.0)
