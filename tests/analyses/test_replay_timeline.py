"""Outages over time on one plan: hand-solved courses, and random ones against a minute-by-minute oracle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from auditor.analyses._replays.timeline import Course, Machine, Strike, courses, total
from tests.oracles.needs import Need, compile_plan, need
from tests.oracles.timeline import Failure, minutes_out

SITE, PRIMARY, STANDBY, OTHER = range(4)


def machine(nodes: int, needs: Sequence[Need]) -> Machine:
    return Machine.of(compile_plan(nodes, needs))


def strike(start: float, minutes: float, *nodes: int, grey: bool = False) -> Strike:
    return Strike(start=start, minutes=minutes, nodes=np.array(nodes, np.int64), grey=grey)


def course(nodes: int, needs: Sequence[Need], *strikes: Strike) -> Course:
    return next(iter(courses(machine(nodes, needs), [strikes])))


def out(played: Course) -> list[float]:
    return [float(each) for each in total(played.out, played.onsets)]


def grey(played: Course) -> list[float]:
    return [float(each) for each in total(played.grey, played.onsets)]


STANDBY_SITE = (need(SITE, 1, PRIMARY, (STANDBY, 5)),)


def test_two_windows_add_up() -> None:
    """Two windows that do not meet count their sum."""
    played = course(2, [need(0, 1, 1)], strike(0, 172, 1), strike(342, 519, 1))
    assert out(played) == [691, 691]


def test_overlapping_windows_count_once() -> None:
    """Where two windows overlap, the minutes are those of their union."""
    played = course(3, [need(0, 1, 1), need(0, 1, 2)], strike(0, 60, 1), strike(40, 50, 2))
    assert out(played)[0] == 90


def test_a_window_inside_another_adds_nothing() -> None:
    """A second onset within a longer outage of the same node changes nothing."""
    played = course(2, [need(0, 1, 1)], strike(0, 100, 1), strike(20, 30, 1))
    assert out(played) == [100, 100]


def test_a_standby_takes_over() -> None:
    """A standby ends the outage after its delay."""
    played = course(3, STANDBY_SITE, strike(0, 84, PRIMARY))
    assert out(played)[SITE] == 5


def test_a_standby_once_in_service_has_no_delay_at_the_next_onset() -> None:
    """The second onset finds the standby serving: only the first costs its delay."""
    played = course(3, STANDBY_SITE, strike(0, 60, PRIMARY), strike(200, 60, PRIMARY))
    assert out(played)[SITE] == 5
    assert played.brought.tolist() == [False, True]


def test_a_second_onset_on_the_standby_finds_the_primary_back() -> None:
    """When the standby that serves fails and the primary is back, nothing is out."""
    played = course(3, STANDBY_SITE, strike(0, 60, PRIMARY), strike(200, 60, STANDBY))
    assert out(played)[SITE] == 5


def test_losing_the_standby_while_the_primary_is_out_counts_both() -> None:
    """A standby lost while the primary is still out leaves the site down until either is back."""
    played = course(3, STANDBY_SITE, strike(0, 100, PRIMARY), strike(40, 30, STANDBY))
    assert out(played)[SITE] == 5 + 30


def test_a_running_switch_goes_on_over_an_onset() -> None:
    """An unrelated onset in the middle of a switch does not begin it anew."""
    needs = (need(SITE, 1, PRIMARY, (STANDBY, 60)),)
    played = course(4, needs, strike(0, 84, PRIMARY), strike(50, 10, OTHER))
    assert out(played)[SITE] == 60


def test_a_switch_that_was_called_off_begins_anew() -> None:
    """When the primary is back before the standby, the next outage waits for the whole delay."""
    played = course(3, STANDBY_SITE, strike(0, 4, PRIMARY), strike(10, 60, PRIMARY))
    assert out(played)[SITE] == 4 + 5
    assert played.brought.tolist() == [False, True]


def test_slowness_calls_no_standby_in() -> None:
    """A primary that errs stays in service for its health check: impaired all the time, never out."""
    played = course(3, STANDBY_SITE, strike(0, 84, PRIMARY, grey=True))
    assert out(played)[SITE] == 0
    assert grey(played)[SITE] == 84


def test_a_standby_brought_in_ends_impairment_too() -> None:
    """After a takeover the site is neither out nor slow."""
    played = course(3, STANDBY_SITE, strike(0, 84, PRIMARY))
    assert grey(played)[SITE] == 5


def test_a_slow_standby_leaves_the_site_slow() -> None:
    """A takeover by a standby that errs ends the outage, not the impairment."""
    played = course(3, STANDBY_SITE, strike(0, 84, PRIMARY), strike(0, 84, STANDBY, grey=True))
    assert out(played)[SITE] == 5
    assert grey(played)[SITE] == 84


def test_bare_minutes_ignore_standbys() -> None:
    """What would have been without standbys is kept beside what is."""
    played = course(3, STANDBY_SITE, strike(0, 84, PRIMARY))
    assert total(played.bare, played.onsets)[SITE] == 84


def test_an_outage_of_nothing_is_nothing() -> None:
    """An outage that strikes no node has no onsets and no minutes."""
    played = course(2, [need(0, 1, 1)])
    assert played.onsets.size == 0
    assert out(played) == [0, 0]


def test_a_plan_without_needs_is_played() -> None:
    """Nodes that need nothing are out for their own minutes."""
    assert out(course(2, [], strike(3, 7, 1))) == [0, 7]


def test_outages_do_not_disturb_each_other() -> None:
    """Each outage of a batch goes as it would alone, in the order given."""
    system = machine(3, STANDBY_SITE)
    both = [[strike(0, 84, PRIMARY)], [strike(0, 2, PRIMARY), strike(9, 84, PRIMARY)], []]
    assert [out(each)[SITE] for each in courses(system, both)] == [5, 2 + 5, 0]


def random_system(rng: np.random.Generator) -> tuple[int, list[Need]]:
    """Return a random system with cycles, k-of-n and standbys."""
    nodes = int(rng.integers(3, 10))
    needs = []
    for owner in range(nodes):
        for _ in range(int(rng.integers(0, 3))):
            members = rng.choice(nodes, size=int(rng.integers(1, min(4, nodes) + 1)), replace=False)
            serving = int(rng.integers(1, members.size + 1))
            k = int(rng.integers(1, serving + 1))
            delays = [0 if at < serving else int(rng.integers(1, 9)) for at in range(members.size)]
            needs.append(need(owner, k, *[(int(m), d) for m, d in zip(members, delays, strict=True)]))
    return nodes, needs


@pytest.mark.parametrize("seed", range(300))
def test_random_outages_agree_with_the_clock(seed: int) -> None:
    """On random systems with cycles, several onsets give what passing the minutes one by one gives."""
    rng = np.random.default_rng(seed)
    nodes, needs = random_system(rng)
    failures = [
        Failure(
            start=int(rng.integers(0, 30)),
            minutes=int(rng.integers(1, 20)),
            nodes=frozenset(rng.choice(nodes, size=int(rng.integers(1, 3)), replace=False).tolist()),
        )
        for _ in range(int(rng.integers(1, 5)))
    ]
    strikes = [strike(each.start, each.minutes, *sorted(each.nodes)) for each in failures]
    assert out(course(nodes, needs, *strikes)) == minutes_out(nodes, needs, failures)
