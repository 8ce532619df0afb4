"""Simulated years against what can be worked out by hand, within the standard errors they state."""

from __future__ import annotations

import math

import pytest
from scipy.special import ndtr

from auditor.analyses.simulation import simulate
from auditor.config.settings import LesserOutages, SimulationSettings
from auditor.estate.graph import Estate
from auditor.model.domain import Axis
from auditor.model.need import Member, Need
from auditor.model.risk import RiskFigure, WorkloadRisk
from tests.analyses.estates import estate, server, workload

YEAR = 365.25 * 24 * 60
ALLOWED = 4.0
"""Standard errors a figure may be off."""


def zones(
    per_year: float, minutes: tuple[float, float], domain: str = "*", share: float = 1.0
) -> LesserOutages:
    return LesserOutages(axis=Axis.ZONE, domain=domain, per_year=per_year, minutes=minutes, share=share)


def run(subject: Estate, *lesser: LesserOutages, years: int = 20_000, seed: int = 3) -> WorkloadRisk:
    found = simulate(subject, {}, SimulationSettings(years=years, seed=seed, lesser=lesser))
    assert found is not None
    return found.workloads[0]


def close(figure: RiskFigure, expected: float, *, slack: float = 0.0) -> bool:
    return all(
        abs(value - expected) <= ALLOWED * error + slack
        for value, error in zip(figure.value, figure.error, strict=True)
    )


def one() -> Estate:
    return estate(server("a", workload="w"), workloads=(workload("w"),))


def two(k: int, delay: float = 0.0) -> Estate:
    """Return a workload that needs ``k`` of two machines in two zones, the second after a delay."""
    need = Need(
        role="members", members=(Member(ref="a"), Member(ref="b", delay=(delay, delay), loss=None)), k=(k, k)
    )
    return estate(
        server("a", workload="w"),
        server("b", zone="apne2-az2", workload="w"),
        workloads=(workload("w", need),),
    )


def test_one_domain_takes_rate_times_duration() -> None:
    """Two outages a year of 45 minutes are 90 minutes a year, and some years have none at all."""
    risk = run(one(), zones(2.0, (45.0, 45.0)))
    assert close(risk.minutes.expected, 90.0)
    assert risk.chance[0] == pytest.approx(1 - math.exp(-2.0), abs=4 * math.sqrt(0.25 / 20_000))


def test_quantiles_are_those_of_poisson_counts() -> None:
    """At two outages of 45 minutes a year, P50 is two of them, P95 five, P99 six."""
    minutes = run(one(), zones(2.0, (45.0, 45.0))).minutes
    assert [figure.value[0] for figure in (minutes.p50, minutes.p95, minutes.p99)] == [90.0, 225.0, 270.0]


def test_a_share_thins_the_outages() -> None:
    """Outages that reach us three times in ten take three tenths."""
    assert close(run(one(), zones(2.0, (45.0, 45.0), share=0.3)).minutes.expected, 27.0)


def test_durations_are_drawn_between_the_declared_bounds() -> None:
    """A lognormal with 5 % below 20 and 5 % above 180 minutes has its own mean."""
    mu, sigma = math.log(20 * 180) / 2, math.log(9) / (2 * 1.6448536269514722)
    assert close(run(one(), zones(1.0, (20.0, 180.0))).minutes.expected, math.exp(mu + sigma**2 / 2))


def test_stationary_unavailability_of_independent_domains() -> None:
    """Needing two zones, each often out, is unavailable 1 - exp(-sum of rate x duration) of the time."""
    risk = run(two(2), zones(400.0, (600.0, 600.0)), years=100)
    expected = YEAR * (1 - math.exp(-2 * 400 * 600 / YEAR))
    assert close(risk.minutes.expected, expected, slack=600.0)
    assert risk.minutes.expected.error[0] < 0.01 * expected


def test_two_parallel_domains_are_out_together_by_the_product() -> None:
    """One of two zones will do: out only while both are, the product of their unavailabilities."""
    risk = run(two(1), zones(100.0, (300.0, 300.0)), years=200)
    each = 1 - math.exp(-100 * 300 / YEAR)
    assert close(risk.minutes.expected, YEAR * each**2)


def test_a_standby_cuts_every_outage_at_its_delay() -> None:
    """A standby that takes over after 5 minutes leaves the mean of min(duration, 5)."""
    risk = run(two(1, delay=5.0), zones(1.5, (2.0, 20.0), domain="zone:aws/apne2-az1"))
    mu, sigma = math.log(2 * 20) / 2, math.log(10) / (2 * 1.6448536269514722)
    far = (math.log(5) - mu) / sigma
    mean = math.exp(mu + sigma**2 / 2) * ndtr(far - sigma) + 5 * ndtr(-far)
    assert close(risk.minutes.expected, 1.5 * mean)
    assert risk.minutes.p50.value[0] <= 5.0 * 2


def test_a_standby_that_is_out_itself_is_no_help() -> None:
    """Only the standby's own outages leave the workload up."""
    risk = run(two(1, delay=5.0), zones(1.5, (30.0, 30.0), domain="zone:aws/apne2-az2"))
    assert risk.minutes.expected.value == (0.0, 0.0)
