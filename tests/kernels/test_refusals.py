"""What the kernels refuse, and that they name the offender."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from auditor.kernels import Late, lost, minutes, pack, prepare, unpack
from tests.oracles.needs import compile_plan, need

PLAN = compile_plan(4, [need(0, 1, 1), need(1, 1, 2, (3, 5))])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"owner": np.array([0, 1])}, "owner must be int32"),
        ({"k": np.array([1, 1, 1], np.int32)}, "k must be int32"),
        ({"start": np.array([0, 1, 3], np.int32)}, "start must be int64"),
        ({"member": np.array([[1, 2, 3]], np.int32)}, "member must be int32"),
        ({"delay": np.zeros(3, np.float32)}, "delay must be float64"),
        ({"delay": np.zeros(2)}, "delay must be float64"),
        ({"delay": np.array([0, -1.0, 0])}, "need 1: a delay is negative"),
        ({"delay": np.array([0, np.nan, 0])}, "need 1: a delay is negative or not a number"),
        ({"start": np.array([0, 1, 2])}, "start must run from 0 to 3"),
        ({"start": np.array([0, 4, 3])}, "need 1: start must not fall"),
        ({"owner": np.array([0, 4], np.int32)}, "need 1: the owner is not a node below 4"),
        ({"owner": np.array([-1, 1], np.int32)}, "need 0: the owner is not a node"),
        ({"member": np.array([4, 2, 3], np.int32)}, "need 0: a member is not a node below 4"),
        ({"k": np.array([1, 0], np.int32)}, "need 1: k must be at least 1"),
        ({"k": np.array([1, 3], np.int32)}, r"need 1: k is larger .* \(1 such needs\)"),
    ],
)
def test_unsound_plans_are_refused(changes: dict[str, Any], message: str) -> None:
    """An unsound plan is refused before anything is solved, naming the need."""
    with pytest.raises(ValueError, match=message):
        prepare(replace(PLAN, **changes))


def test_needs_emptied_by_removal_are_refused() -> None:
    """Removing members may leave too few; that is found even where none is left."""
    with pytest.raises(ValueError, match="need 0: k is larger"):
        prepare(PLAN.without(np.array([True, False, False])))


def test_without_keeps_the_others() -> None:
    """Removing members keeps the rest in place, needs emptied of members included."""
    plan = compile_plan(4, [need(0, 1, 1), need(1, 1, 2, 3), need(2, 1, 3)])
    left = plan.without(np.array([True, False, True, True]))
    assert left.start.tolist() == [0, 0, 1, 1]
    assert left.member.tolist() == [2]


@pytest.mark.parametrize(
    ("own", "message"),
    [
        (np.zeros((4, 1), np.int64), "own must be float64 or float32"),
        (np.zeros((3, 1)), r"own must be .* \[4, s\]"),
        (np.zeros(4), "own must be"),
        (np.array([[0.0], [0.0], [-1.0], [0.0]]), "node 2: own must be finite"),
        (np.array([[0.0], [np.inf], [0.0], [0.0]]), "node 1: own must be finite"),
        (np.array([[np.nan], [0.0], [0.0], [0.0]]), "node 0: own must be finite"),
    ],
)
def test_unsound_minutes_are_refused(own: Any, message: str) -> None:
    """Own minutes must be finite floats of the right shape."""
    with pytest.raises(ValueError, match=message):
        minutes(prepare(PLAN), own)


def test_minutes_wants_k_members_in_service() -> None:
    """A need that only late members could meet would be out for no reason: refused."""
    with pytest.raises(ValueError, match="need 0: fewer than k members have delay 0"):
        minutes(prepare(PLAN), np.zeros((4, 1)), delay=np.array([1.0, 0.0, 0.0]))


@pytest.mark.parametrize(
    ("delay", "message"),
    [
        (np.zeros((1, 3)), r"delay must be float64 \[1, 1 or 2\]"),
        (np.zeros(1), r"delay must be float64 \[1, 1 or 2\]"),
        (np.zeros((1, 2), np.float32), "is float32"),
        (np.full((1, 2), -1.0), "negative or not a number"),
        (np.full((1, 2), np.nan), "negative or not a number"),
    ],
)
def test_unsound_delays_of_scenarios_are_refused(delay: Any, message: str) -> None:
    """Delays per scenario are checked for shape, type and sign."""
    prepared = prepare(compile_plan(3, [need(0, 1, 1, (2, 60))]))
    with pytest.raises(ValueError, match=message):
        minutes(prepared, np.zeros((3, 2)), late=Late(rows=np.array([1]), delay=delay))


def test_minutes_wants_k_members_in_service_in_each_scenario() -> None:
    """A need whose members are all late in one scenario is refused."""
    prepared = prepare(compile_plan(3, [need(0, 1, 1, (2, 60))]))
    with pytest.raises(ValueError, match="fewer than k members have delay 0"):
        minutes(prepared, np.zeros((3, 2)), late=Late(rows=np.arange(2), delay=np.array([[0, 1.0], [1, 1]])))


def test_lost_wants_k_members_present() -> None:
    """A need that too few members are present for would be lost for no reason: refused."""
    with pytest.raises(ValueError, match="need 0: fewer than k members are not absent"):
        lost(prepare(PLAN), np.zeros((4, 1), np.uint64), scenarios=1, absent=np.array([True, False, False]))


@pytest.mark.parametrize(
    ("words", "scenarios"),
    [
        (np.zeros((4, 1), np.int64), 1),
        (np.zeros((4, 1), np.uint64), 65),
        (np.zeros((4, 2), np.uint64), 64),
        (np.zeros((3, 1), np.uint64), 1),
        (np.zeros((4, 0), np.uint64), -1),
    ],
)
def test_unsound_words_are_refused(words: Any, scenarios: int) -> None:
    """Words must be uint64 and just enough for the scenarios."""
    with pytest.raises(ValueError, match="words must be uint64"):
        lost(prepare(PLAN), words, scenarios=scenarios)


def test_packing_wants_booleans() -> None:
    """Packing refuses anything but rows of booleans."""
    numbers: Any = np.zeros((2, 2))
    with pytest.raises(ValueError, match="bools must be bool"):
        pack(numbers)
    with pytest.raises(ValueError, match="words must be uint64"):
        unpack(numbers, 2)
