"""Small systems solved by hand: what both kernels must answer."""

from __future__ import annotations

import numpy as np
import pytest

from auditor.kernels import lost, minutes, pack, prepare, unpack
from tests.oracles.needs import Need, compile_plan, need

Case = tuple[int, list[Need], dict[int, float], list[float]]

# nodes, needs, own minutes, and the minutes every node is out
CASES: dict[str, Case] = {
    "nothing is out": (2, [need(0, 1, 1)], {}, [0, 0]),
    "series: a needs b needs c": (3, [need(0, 1, 1), need(1, 1, 2)], {2: 84}, [84, 84, 84]),
    "the longer of two needs": (3, [need(0, 1, 1), need(0, 1, 2)], {1: 5, 2: 9}, [9, 5, 9]),
    "own outage outlasts the need": (2, [need(0, 1, 1)], {0: 30, 1: 5}, [30, 5]),
    "parallel: one of two is enough": (3, [need(0, 1, 1, 2)], {1: 84}, [0, 84, 0]),
    "parallel: the first one back ends it": (3, [need(0, 1, 1, 2)], {1: 84, 2: 10}, [10, 84, 10]),
    "two of three, one out": (4, [need(0, 2, 1, 2, 3)], {1: 84}, [0, 84, 0, 0]),
    "two of three, two out": (4, [need(0, 2, 1, 2, 3)], {1: 84, 3: 20}, [20, 84, 0, 20]),
    "two of three, all out": (4, [need(0, 2, 1, 2, 3)], {1: 84, 2: 50, 3: 20}, [50, 84, 50, 20]),
    "standby takes over": (3, [need(0, 1, 1, (2, 2))], {1: 84}, [2, 84, 0]),
    "standby is slower than the repair": (3, [need(0, 1, 1, (2, 120))], {1: 84}, [84, 84, 0]),
    "standby was out too": (3, [need(0, 1, 1, (2, 2))], {1: 84, 2: 10}, [12, 84, 10]),
    "standby never switched": (3, [need(0, 1, 1, (2, np.inf))], {1: 84}, [84, 84, 0]),
    "standby idle while the primary serves": (3, [need(0, 1, 1, (2, 2))], {2: 84}, [0, 0, 84]),
    "two of three with a standby": (4, [need(0, 2, 1, 2, (3, 5))], {2: 84}, [5, 0, 84, 0]),
    # 3 brings in the standby 2 and needs the switch 4, which is out for 15 minutes
    "standby that needs its switch": (
        5,
        [need(0, 1, 1, (3, 2)), need(3, 2, 2, 4)],
        {1: 84, 4: 15},
        [17, 84, 0, 15, 15],
    ),
    "cycle, all of, nothing out": (2, [need(0, 1, 1), need(1, 1, 0)], {}, [0, 0]),
    "cycle, all of, one out": (3, [need(0, 1, 1), need(1, 1, 2), need(2, 1, 0)], {1: 84}, [84, 84, 84]),
    # collapsing the cycle to one node would call all of it lost
    "cycle, one of: each holds the other up": (
        3,
        [need(0, 1, 1, 2), need(1, 1, 0, 2)],
        {2: 84},
        [0, 0, 84],
    ),
    "cycle, two of three": (
        4,
        [need(0, 2, 1, 2, 3), need(1, 2, 0, 2, 3), need(2, 2, 0, 1, 3)],
        {3: 84, 2: 10},
        [10, 10, 10, 84],
    ),
    # 0 needs 1 or, a minute after it is up, 2; 2 needs 0: no way out but the repair of 1
    "cycle through a standby": (3, [need(0, 1, 1, (2, 1)), need(2, 1, 0)], {1: 1440}, [1440, 1440, 1440]),
    "a need of itself is no need": (2, [need(0, 1, 0), need(0, 1, 1)], {1: 84}, [84, 84]),
    "itself or another": (2, [need(0, 1, 0, 1)], {1: 84}, [0, 84]),
    "itself and one of two others": (3, [need(0, 2, 0, 1, 2)], {1: 84, 2: 5}, [5, 84, 5]),
    "a member written twice counts twice": (3, [need(0, 2, 1, 1, 2)], {2: 84}, [0, 0, 84]),
    "a member in several needs": (
        4,
        [need(0, 1, 1, 2), need(0, 1, 1, 3)],
        {1: 9, 2: 84, 3: 3},
        [9, 9, 84, 3],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_minutes(case: Case) -> None:
    """Every node is out for as long as worked out by hand."""
    nodes, needs, own, expected = case
    column = np.zeros((nodes, 1))
    column[list(own), 0] = list(own.values())
    solved = minutes(prepare(compile_plan(nodes, needs)), column)
    assert solved[:, 0].tolist() == expected


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_lost(case: Case) -> None:
    """With late members removed, exactly the nodes that are out for some time are lost."""
    nodes, needs, own, _ = case
    plan = compile_plan(nodes, needs)
    plan = plan.without(plan.delay > 0)
    column = np.zeros((nodes, 1))
    column[list(own), 0] = list(own.values())
    prepared = prepare(plan)
    solved = unpack(lost(prepared, pack(column > 0), scenarios=1), 1)
    assert solved[:, 0].tolist() == (minutes(prepared, column)[:, 0] > 0).tolist()


def test_lost_counts_late_members() -> None:
    """A standby counts as present in the yes/no form, unless the caller says it is absent."""
    plan = compile_plan(3, [need(0, 1, 1, (2, 60))])
    prepared, failed = prepare(plan), pack(np.array([[False], [True], [False]]))
    assert unpack(lost(prepared, failed, scenarios=1), 1)[:, 0].tolist() == [False, True, False]
    absent = plan.delay > 30
    assert unpack(lost(prepared, failed, scenarios=1, absent=absent), 1)[:, 0].tolist() == [True, True, False]


def test_other_delays() -> None:
    """Delays given to a call replace those of the plan for that call."""
    prepared = prepare(compile_plan(3, [need(0, 1, 1, (2, 60))]))
    own = np.array([[0.0], [84.0], [0.0]])
    assert minutes(prepared, own, delay=np.array([0.0, 1.0]))[0, 0] == 1.0
    assert minutes(prepared, own, delay=np.array([0.0, np.inf]))[0, 0] == 84.0
    assert minutes(prepared, own)[0, 0] == 60.0
