"""What the record is read as: homes, rates, durations, and the same failure elsewhere."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from datetime import UTC, datetime

import numpy as np
import pytest
from scipy import stats

from auditor.analyses._simulation.durations import Spell, cut_mean, fits, headline
from auditor.analyses._simulation.record import homes, rate, together, window
from auditor.analyses._simulation.relocate import relocate
from auditor.analyses._simulation.truths import Truths
from auditor.model.domain import Axis
from auditor.outages import Impact, Outage, catalogue
from auditor.outages.columns import columns
from auditor.outages.predicate import AllOf, Column, PlaceAtom
from auditor.outages.schema import Plane, Severity
from auditor.outages.touch import evaluate
from tests.analyses.estates import TOKYO, estate, fact, server

SEOUL_DNS = "aws-2018-11-22-ap-northeast-2-dns"


@pytest.fixture(scope="module")
def known() -> Mapping[str, Outage]:
    return catalogue()


def impact(*nodes: str, where: AllOf | PlaceAtom | None = None) -> Impact:
    return Impact(
        what="out",
        plane=Plane.DATA,
        severity=Severity.DOWN,
        start=datetime(2020, 1, 1, tzinfo=UTC),
        nodes=nodes,
        where=where,
    )


def moved(subject: Impact, *, region: str, zone: str | None = None) -> Impact | None:
    return relocate(
        subject,
        provider="aws",
        home="us-east-1",
        region=region,
        zones=frozenset({"use1-az4"}),
        zone=zone,
    )


def test_every_outage_has_a_home_and_the_known_ones_the_right_one(known: Mapping[str, Outage]) -> None:
    """Seoul's resolver is the region's, CrowdStrike is one agent's, Kakao's fire a vendor's."""
    found = homes(known)
    assert {home.outage.id for home in found} == set(known)
    by_id = {home.outage.id: home for home in found}
    assert (by_id[SEOUL_DNS].axis, by_id[SEOUL_DNS].name) == (Axis.REGION, "ap-northeast-2")
    assert by_id["crowdstrike-2024-07-19"].name == "agent:crowdstrike-falcon/windows"
    assert by_id["kakao-2022-10-15-pangyo"].axis is Axis.VENDOR
    cooling = by_id["aws-2021-06-10-eu-central-1-cooling"]
    assert (cooling.axis, cooling.name, cooling.zones) == (
        Axis.ZONE,
        "eu-central-1",
        frozenset({"euc1-az1"}),
    )


def test_the_window_is_whole_calendar_years(known: Mapping[str, Outage]) -> None:
    """From the first outage's year to the last one's, both counted."""
    some = [known[SEOUL_DNS], known["crowdstrike-2024-07-19"]]
    seen = window(some)
    assert seen is not None
    assert (seen.first.year, seen.last.year, seen.years) == (2018, 2024, 7.0)
    assert window([]) is None


def test_a_rate_is_the_posterior_of_jeffreys_prior() -> None:
    """Three outages in forty domain-years are Gamma(3.5, 40), as scipy has it."""
    mean, (low, high) = rate(3, 40.0)
    expected = stats.gamma(3.5, scale=1 / 40)
    assert mean == pytest.approx(expected.mean())
    assert (low, high) == pytest.approx((expected.ppf(0.05), expected.ppf(0.95)))


def test_what_came_together_is_counted(known: Mapping[str, Outage]) -> None:
    """A second zone named, or another provider's outage at that time in that metro; a Beta posterior."""
    one = known["aws-2021-06-10-eu-central-1-cooling"]
    wide = dataclasses.replace(
        one, id="wide", reach=dataclasses.replace(one.reach, zones=("euc1-az1", "euc1-az2"))
    )
    other = dataclasses.replace(one, id="other", provider="azure")
    zones, metro = together(homes({each.id: each for each in (one, wide, other)}))
    assert (zones.seen, zones.of, metro.seen) == (1, 3, 3)
    assert zones.probability == pytest.approx(1.5 / 4, abs=1e-6)


def test_places_move_and_what_is_global_stays() -> None:
    """Region, zone and service ids become those of the other place; a global control plane does not come."""
    subject = impact(
        "service:aws/us-east-1/rds", "region:aws/us-east-1", "zone:aws/use1-az4", "control-plane:aws/iam"
    )
    away = moved(subject, region="ap-northeast-2", zone="apne2-az1")
    assert away is not None
    assert away.nodes == ("service:aws/ap-northeast-2/rds", "region:aws/ap-northeast-2", "zone:aws/apne2-az1")
    home = moved(subject, region="us-east-1", zone="use1-az4")
    assert home is not None
    assert home.nodes == subject.nodes


def test_conditions_move_with_their_place() -> None:
    """A condition on the home region asks for the other one; one on a third place does not come."""
    here = PlaceAtom(column=Column.REGION, values=("aws/us-east-1", "aws/us-west-2"))
    service = PlaceAtom(column=Column.SERVICE, values=("aws/ec2",))
    away = moved(impact(where=AllOf(parts=(here, service))), region=TOKYO)
    assert away is not None
    assert away.where == AllOf(parts=(PlaceAtom(column=Column.REGION, values=(f"aws/{TOKYO}",)), service))
    third = PlaceAtom(column=Column.REGION, values=("aws/us-west-2",))
    assert moved(impact(where=third), region=TOKYO) is None


def test_at_home_an_outage_is_as_it_was(known: Mapping[str, Outage]) -> None:
    """Carried over to where it happened, nothing of an outage of one region is lost."""
    for home in homes(known):
        if home.axis is not Axis.REGION or len(home.outage.reach.regions) > 1:
            continue
        for subject in home.outage.impacts:
            same = relocate(
                subject,
                provider=home.provider,
                home=home.name,
                region=home.name,
                zones=home.zones,
                zone=None,
            )
            zonal = [node for node in subject.nodes if node.startswith("zone:")]
            assert same is None or set(same.nodes) == set(subject.nodes) - set(zonal), home.outage.id


def test_remembered_conditions_read_as_the_others_do(known: Mapping[str, Outage]) -> None:
    """Every condition of the catalogue has the same truth on every resource, asked twice."""
    subject = estate(
        server("a", facts=(fact("os", "windows"), fact("agent.crowdstrike-falcon", "7.15"))),
        server("b", zone=None, region="us-east-1", facts=(fact("os", ""),)),
        server("c", kind="aws.rds.instance", region=TOKYO, zone=None),
    )
    view = columns(subject.inventory)
    truths = Truths(view)
    for each in (impact for outage in known.values() for impact in outage.impacts if impact.where):
        assert each.where is not None
        for _ in range(2):
            assert np.array_equal(truths.of(each.where), evaluate(each.where, view))


def test_a_fit_finds_what_durations_were_drawn_from() -> None:
    """With many outages the common spread no longer weighs, and a sound fit is not called a bad one."""
    drawn = np.random.default_rng(4).lognormal(5.0, 0.8, 400)
    fit = fits({"zone": [Spell(minutes=float(each), at_least=False) for each in drawn]})["zone"]
    assert math.log(fit.median) == pytest.approx(5.0, abs=0.15)
    assert fit.sigma == pytest.approx(0.8, abs=0.08)
    assert fit.p_value is not None
    assert fit.p_value > 0.01


def test_goodness_is_anderson_darlings() -> None:
    """The statistic is scipy's, corrected for small samples; the distance is Kolmogorov's."""
    minutes = [20.0, 45.0, 84.0, 188.0, 240.0, 700.0]
    fit = fits({"dns": [Spell(minutes=each, at_least=False) for each in minutes]})["dns"]
    logs = np.log(minutes)
    n = len(minutes)
    squared = _anderson(logs) * (1 + 0.75 / n + 2.25 / n**2)
    distance = stats.kstest((logs - logs.mean()) / logs.std(ddof=1), "norm").statistic
    assert fit.anderson_darling == pytest.approx(squared, abs=1e-3)
    assert fit.kolmogorov_smirnov == pytest.approx(distance, abs=1e-3)


def _anderson(logs: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    below = stats.norm.cdf(np.sort((logs - logs.mean()) / logs.std(ddof=1)))
    n = below.size
    return float(-n - sum((2 * i + 1) * math.log(below[i] * (1 - below[n - 1 - i])) for i in range(n)) / n)


def test_an_open_end_counts_as_what_goes_on_from_there() -> None:
    """An outage known to have lasted a minute at least is not one of a minute."""
    exact = [Spell(minutes=each, at_least=False) for each in (60.0, 120.0, 240.0)]
    found = fits({"zone": exact, "third-party": [Spell(minutes=1.0, at_least=True)]})["third-party"]
    assert found.median == pytest.approx(120.0, rel=0.05)
    assert found.censored == 1


def test_too_few_durations_have_no_goodness_and_no_class_is_without_a_spread() -> None:
    """One outage takes the common spread, and says nothing about how well it fits."""
    fit = fits({"zone": [Spell(minutes=100.0, at_least=False)]})["zone"]
    assert (fit.p_value, fit.anderson_darling, fit.sigma) == (None, None, 1.0)


def test_the_mean_is_of_what_is_drawn() -> None:
    """Durations above the cut count as the cut."""
    drawn = np.minimum(np.random.default_rng(1).lognormal(4.0, 1.0, 400_000), 200.0)
    assert cut_mean(4.0, 1.0, 200.0) == pytest.approx(drawn.mean(), rel=0.005)
    assert cut_mean(4.0, 0.0, 10.0) == 10.0


def test_the_headline_is_the_longest_effect_on_running_things(known: Mapping[str, Outage]) -> None:
    """Control planes slow for longer do not count where running things went out."""
    spell = headline(known["aws-2021-06-10-eu-central-1-cooling"])
    assert spell == Spell(minutes=241.0, at_least=False)
