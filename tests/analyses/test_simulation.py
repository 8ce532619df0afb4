"""Simulated years: the fast way against the slow one, the same seed, and what is said beside them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from auditor.analyses._replays.timeline import Machine, Strike, courses, total
from auditor.analyses._simulation.draw import Events, Terms, draw
from auditor.analyses._simulation.hazards import Hazards, hazards
from auditor.analyses._simulation.record import homes, window
from auditor.analyses._simulation.sections import section
from auditor.analyses._simulation.solve import solve
from auditor.analyses._simulation.tally import tally
from auditor.analyses.base import Context
from auditor.analyses.simulation import run, simulate
from auditor.config import Settings, parse_settings
from auditor.config.settings import LesserOutages, SimulationSettings
from auditor.errors import ConfigError
from auditor.estate.graph import Estate
from auditor.kernels import Floats, closure
from auditor.model.domain import Axis
from auditor.model.need import Member, Need
from auditor.model.section import Curve, Figures, Note, Table
from auditor.outages import catalogue
from auditor.outages.schema import (
    FaultClass,
    Impact,
    Outage,
    Plane,
    Reach,
    Recovery,
    RecoveryKind,
    Severity,
)
from tests.analyses.estates import TOKYO, estate, fact, server, workload

START = datetime(2020, 3, 1, tzinfo=UTC)


def lesser(axis: Axis, per_year: float, minutes: tuple[float, float], share: float = 1.0) -> LesserOutages:
    return LesserOutages(axis=axis, per_year=per_year, minutes=minutes, share=share)


def outage(
    name: str, *impacts: Impact, fault: FaultClass = FaultClass.SERVICE, kind: str = "region"
) -> Outage:
    return Outage(
        id=name,
        title=name,
        provider="aws",
        provider_kind="cloud",
        fault_class=fault,
        mechanism="",
        start=impacts[0].start,
        end=None,
        impacts=impacts,
        recovery=Recovery(kind=RecoveryKind.AUTOMATIC),
        sources=(),
        reach=Reach(kind=kind, regions=("us-east-1",)),
    )


def impact(*nodes: str, after: float = 0.0, minutes: float = 60.0, share: float | None = None) -> Impact:
    start = START + timedelta(minutes=after)
    return Impact(
        what="out",
        plane=Plane.DATA,
        severity=Severity.DOWN,
        start=start,
        end=start + timedelta(minutes=minutes),
        nodes=nodes,
        partial=share is not None,
        share=share,
    )


def mixed(seed: int) -> Estate:
    """Return machines over three zones under gates, standbys and each other, as chance will have it."""
    rng = np.random.default_rng(seed)
    machines = [
        server(f"m{at}", zone=f"apne2-az{rng.integers(1, 4)}")
        if rng.random() < 0.7
        else server(f"m{at}", region=TOKYO, zone=f"apne1-az{rng.integers(1, 4)}")
        for at in range(12)
    ]
    workloads = []
    for number in range(6):
        needs = []
        for _ in range(int(rng.integers(1, 3))):
            chosen = rng.choice(12, 3, replace=False)
            late = float(rng.choice([0.0, 5.0, 60.0]))
            members = tuple(
                Member(ref=f"m{at}", delay=(late, 2 * late) if place == 2 else (0.0, 0.0), loss=None)
                for place, at in enumerate(chosen)
            )
            needs.append(Need(role="members", members=members, k=(1, 1 + int(rng.integers(2)))))
        workloads.append(workload(f"w{number}", *needs))
    return estate(*machines, workloads=tuple(workloads))


def fast(subject: Estate, possible: Hazards, events: Events, *, years: int, worst: bool) -> Floats:
    """Return minutes [workloads, years] as the product finds them."""
    solved = solve(subject, possible, events, worst=worst)
    each = np.eye(len(subject.workloads))
    return tally(
        solved, events, events.group, labels=len(possible.groups) + 1, years=years, weights=each
    ).totals


def slow(subject: Estate, possible: Hazards, events: Events, *, years: int, worst: bool) -> Floats:
    """Return the same on the whole plan: what overlaps on one clock, as a replay; then all is as before."""
    machine = Machine.of((subject.worst if worst else subject.best).plan)
    needed = np.zeros(machine.prepared.plan.nodes, np.bool_)
    for node in subject.workload_nodes:
        needed |= closure(machine.prepared, int(node))
    found = np.zeros((len(subject.workloads), years))
    for year in range(years):
        strikes_ = strikes_of(possible, events, year, worst=worst)
        for strikes in apart([each for each in strikes_ if needed[each.nodes].any()]):
            (course,) = courses(machine, [strikes])
            found[:, year] += total(course.out[subject.workload_nodes], course.onsets)
    return found


def strikes_of(possible: Hazards, events: Events, year: int, *, worst: bool) -> list[Strike]:
    found = []
    for at in np.flatnonzero(events.year == year):
        form = events.forms[events.form[at]]
        for hazard in (form.hazard, form.sibling):
            for level in possible.hazards[hazard].levels if hazard >= 0 else ():
                nodes = level.possible if worst else level.sure
                if nodes.size and (level.draw < 0 or form.hits >> level.draw & 1):
                    start = events.start[at] + level.offset * events.minutes[at]
                    length = level.length * events.minutes[at]
                    found.append(Strike(start=start, minutes=length, nodes=nodes))
    return sorted(found, key=lambda strike: strike.start)


def apart(strikes: list[Strike]) -> list[list[Strike]]:
    """Return runs of strikes with nothing out between them."""
    runs: list[list[Strike]] = []
    until = -1.0
    for strike in strikes:
        if strike.start >= until:
            runs.append([])
        runs[-1].append(strike)
        until = max(until, strike.start + strike.minutes)
    return runs


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("worst", [False, True])
def test_years_are_those_of_the_slow_way(seed: int, *, worst: bool) -> None:
    """Sets solved once, unions and clusters give each workload and year what one long replay of it gives."""
    subject = mixed(seed)
    declared = (
        lesser(Axis.ZONE, 20.0, (10.0, 3000.0), 0.8),
        lesser(Axis.REGION, 2.0, (10.0, 600.0)),
        lesser(Axis.SERVICE, 3.0, (10.0, 600.0), 0.5),
    )
    possible = hazards(subject, [], None, declared)
    events = draw(possible, Terms(years=12, seed=seed, longest=1e6))
    found = fast(subject, possible, events, years=12, worst=worst)
    assert np.allclose(found, slow(subject, possible, events, years=12, worst=worst), rtol=1e-9, atol=1e-6)
    assert found.any()


def test_outages_of_the_catalogue_are_added_up_as_the_slow_way_does() -> None:
    """Effects of one outage that hang together are tabulated; in between the error is within two per cent."""
    subject = mixed(1)
    first = impact("zone:aws/apne2-az1", "zone:aws/apne2-az2", minutes=100.0)
    second = impact("region:aws/ap-northeast-1", after=50.0, minutes=100.0)
    third = impact("zone:aws/apne2-az3", after=20.0, minutes=60.0, share=0.5)
    known = {"o": outage("o", first, second, third, kind="global")}
    possible = hazards(subject, homes(known), window(known.values()))
    events = draw(possible, Terms(years=300, seed=5, longest=1e5))
    found = fast(subject, possible, events, years=300, worst=True)
    expected = slow(subject, possible, events, years=300, worst=True)
    assert expected.sum() > 0
    assert np.allclose(found.sum(axis=1), expected.sum(axis=1), rtol=0.02)


@pytest.fixture(scope="module")
def known() -> Mapping[str, Outage]:
    return catalogue()


def windows_and_linux() -> Estate:
    falcon = (fact("os", "windows"), fact("agent.falcon", ""), fact("agent.crowdstrike-falcon", "7.15"))
    return estate(
        server("tills", workload="tills", facts=falcon),
        server("shop", workload="shop"),
        workloads=(workload("tills"), workload("shop")),
    )


def test_the_same_seed_gives_the_same_years(known: Mapping[str, Outage]) -> None:
    """Same input, same value; another seed, another sample."""
    subject = windows_and_linux()
    one, again, other = (
        simulate(subject, known, SimulationSettings(years=500, seed=seed)) for seed in (1, 1, 2)
    )
    assert one == again
    assert one != other


def test_a_declared_assumption_does_not_stir_the_years_of_the_record(known: Mapping[str, Outage]) -> None:
    """Adding lesser outages adds their minutes and changes no draw of the others."""
    subject = windows_and_linux()
    plain, more = (
        simulate(subject, known, SimulationSettings(years=2000, seed=1, lesser=some))
        for some in ((), (lesser(Axis.ACCOUNT, 0.001, (1.0, 1.0)),))
    )
    assert plain is not None
    assert more is not None
    assert [each for each in more.rates if not each.declared] == list(plain.rates)
    before = {each.name: each.weight_minutes[0] for each in plain.by_class}
    after = {each.name: each.weight_minutes[0] for each in more.by_class}
    assert after["agent-software"] == pytest.approx(before["agent-software"], rel=1e-3)


def test_the_agent_is_struck_wherever_it_runs_and_nowhere_else(known: Mapping[str, Outage]) -> None:
    """Windows hosts with Falcon carry what agents add; Linux hosts without an agent do not."""
    found = simulate(windows_and_linux(), known, SimulationSettings(years=5000, seed=1))
    assert found is not None
    by_name = {risk.workload: risk.minutes.expected.value[0] for risk in found.workloads}
    assert by_name["tills"] > 2 * by_name["shop"]
    assert any(each.name == "agent" for each in found.by_axis)


def test_contributions_add_up_to_the_expected_year(known: Mapping[str, Outage]) -> None:
    """Classes and axes each sum to the whole, in the best and in the worst case."""
    found = simulate(windows_and_linux(), known, SimulationSettings(years=3000, seed=1))
    assert found is not None
    for some in (found.by_axis, found.by_class):
        for case in (0, 1):
            added = sum(each.weight_minutes[case] for each in some)
            assert added == pytest.approx(found.weight_minutes.expected.value[case], abs=0.01)


def test_the_curve_falls_and_stays_where_years_lie_beyond(known: Mapping[str, Outage]) -> None:
    """Rarer years take no less, and no point rests on fewer than ten sampled years."""
    found = simulate(windows_and_linux(), known, SimulationSettings(years=3000, seed=1))
    assert found is not None
    values = [point.weight_minutes.value[1] for point in found.exceedance]
    assert values == sorted(values)
    assert min(point.probability for point in found.exceedance) * 3000 >= 10


def test_few_outages_leave_a_wide_interval() -> None:
    """One outage in one year leaves the expected year open by more than a factor of five."""
    known = {"o": outage("o", impact("region:aws/us-east-1"))}
    machine = server("a", workload="w", region="us-east-1", zone="use1-az1")
    subject = estate(machine, workloads=(workload("w"),))
    found = simulate(subject, known, SimulationSettings(years=2000))
    assert found is not None
    low, high = found.workloads[0].minutes.credible
    assert high > 5 * low > 0


def test_no_workloads_and_no_outages_are_told_not_computed() -> None:
    """Without anything to strike or to be struck there is no simulation, and the section says why."""
    nothing = estate(server("a"))
    assert simulate(estate(), {}, SimulationSettings()) is None
    assert simulate(nothing, {}, SimulationSettings()) is None
    note = section(None, ()).blocks[0]
    assert isinstance(note, Note)
    assert "No workloads" in note.lines[0]


def test_the_section_says_that_it_is_a_model(known: Mapping[str, Outage]) -> None:
    """Figures lead, the curve follows, and the label, the window and the bias are never left out."""
    subject = windows_and_linux()
    settings = Settings(simulation=SimulationSettings(years=2000))
    made = run(Context(estate=subject, settings=settings, outages=known)).sections[0]
    lines = " ".join(line for block in made.blocks if isinstance(block, Note) for line in block.lines)
    assert "not a forecast" in lines
    assert "famous outages only" in lines
    assert "2011-01-01" in lines
    assert isinstance(made.blocks[0], Figures)
    (brief,) = made.brief
    assert isinstance(brief, Table)
    assert "famous ones only" in brief.caption
    assert "not a forecast" in made.summary
    assert any(isinstance(block, Curve) for block in made.blocks)


def test_settings_declare_lesser_outages() -> None:
    """They are read from the file, none by default."""
    text = '[simulation]\nyears = 500\n[[simulation.lesser]]\naxis = "zone"\nper_year = 0.5\n'
    read = parse_settings(text + "minutes = [20, 180]\n").simulation
    assert (read.years, read.lesser[0].minutes, Settings().simulation.lesser) == (500, (20.0, 180.0), ())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('axis = "metro"\nper_year = 1.0\nminutes = 5', "metro"),
        ('axis = "zone"\nper_year = 1.0\nminutes = 0', "more than 0"),
        ('axis = "zone"\nper_year = 0.0\nminutes = 5', "more than 0"),
    ],
)
def test_settings_that_cannot_be_are_refused(line: str, why: str) -> None:
    """The first mistake is told in one line."""
    with pytest.raises(ConfigError, match=why):
        parse_settings(f"[[simulation.lesser]]\n{line}\n")
