"""Needs on their way into a graph: members put behind others, dropped, and named twice."""

from __future__ import annotations

import numpy as np
import polars as pl

from auditor.estate.parts import ODD, Each, Several, odd_of, repeated


def part(need: list[int], node: list[int], late: dict[int, float]) -> Several:
    """Return three needs of k = 2 with these members, some of them standbys (row to minutes)."""
    odd = {name: [0.0] * len(late) for name in ODD} | {"row": list(late), "delay_high": list(late.values())}
    return Several(
        owner=np.array([7, 8, 9], np.int32),
        k_best=np.array([2, 2, 2], np.int32),
        k_worst=2,
        role=0,
        origin=np.array([3, 4, 5], np.int32),
        evidence=0,
        unknown=-1,
        quorum=False,
        need=np.array(need, np.int32),
        node=np.array(node, np.int32),
        odd=odd_of(pl.DataFrame(odd, strict=False)),
    )


def shown(some: Several) -> tuple[list[int], list[int], dict[int, float]]:
    """Return need and node of members, and the minutes of standbys by row."""
    late = dict(zip(some.odd["row"], some.odd["delay_high"], strict=True))
    return some.need.tolist(), some.node.tolist(), late


def test_extended() -> None:
    """Members go behind those of their need, and standbys stay standbys where they move to."""
    more = {"need": [0, 2, 2], "node": [50, 51, 52], "delay_high": [1.0, 2.0, 3.0]}
    table = pl.DataFrame(more).with_columns(
        delay_low=0.0, manual=pl.lit(value=True), unknown=-1, loss_low=None, loss_high=None
    )
    found = part([0, 1, 2], [10, 11, 12], {1: 9.0}).extended(table)
    assert shown(found) == ([0, 0, 1, 2, 2, 2], [10, 50, 11, 12, 51, 52], {1: 1.0, 2: 9.0, 4: 2.0, 5: 3.0})
    assert np.isnan(found.odd.filter(pl.col("row") != 2)["loss_low"].to_numpy()).all()


def test_without() -> None:
    """A need left without members goes, k is no more than are left, and what is said of others moves on."""
    found = part([0, 0, 1, 2, 2], [10, 11, 12, 13, 14], {0: 5.0, 4: 6.0}).without(np.array([0, 2]))
    assert shown(found) == ([0, 1, 1], [11, 13, 14], {2: 6.0})
    assert (found.owner.tolist(), np.asarray(found.k_best).tolist()) == ([7, 9], [1, 2])
    assert np.asarray(found.origin).tolist() == [3, 5]


def test_distinct() -> None:
    """Of a node named twice in a need the one soonest in service stays."""
    found = part([0, 0, 0, 1, 2], [10, 11, 10, 10, 10], {0: 5.0}).distinct()
    assert shown(found) == ([0, 0, 1, 2], [11, 10, 10, 10], {})
    whole = part([0, 1, 2], [10, 10, 10], {})
    assert whole.distinct() is whole


def test_repeated() -> None:
    """The sooner at worst stays, then the sooner at best, then the first."""
    need, node = np.zeros(4, np.int32), np.ones(4, np.int32)
    low, high = np.array([1.0, 2.0, 1.0, 0.0]), np.array([5.0, 5.0, 5.0, 6.0])
    assert sorted(repeated(need, node, low, high).tolist()) == [1, 2, 3]


def test_several() -> None:
    """Needs of one member each are the same in the form that can hold more."""
    each = Each(
        owner=np.array([3, 4], np.int32),
        node=np.array([5, 6], np.int32),
        evidence=1,
        role=2,
        origin=3,
        unknown=-1,
    )
    found = each.several()
    assert found.owners.tolist() == each.owners.tolist()
    assert found.need_of(np.array([1])).tolist() == each.need_of(np.array([1])).tolist() == [1]
