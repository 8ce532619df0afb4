"""A graph in which a missing fact is known everywhere: answers that take least, and those that take most."""

from __future__ import annotations

import dataclasses

import numpy as np

from auditor.estate.arrays import count_members, drop_members, take_needs
from auditor.estate.draft import CERTAIN
from auditor.estate.graph import Graph


def fortunate(graph: Graph, fact: int) -> Graph:
    """Return the graph in which no need that hangs on the fact is there, and every member that does is.

    ``fact`` indexes ``graph.fact_names``.
    """
    sure = np.where(graph.member_unknown == fact, CERTAIN, graph.member_unknown).astype(np.int32)
    known = dataclasses.replace(graph, member_unknown=sure)
    return take_needs(known, np.flatnonzero(graph.unknown != fact))


def unfortunate(graph: Graph, fact: int) -> Graph:
    """Return the graph in which every need that hangs on the fact is there, and no member that does is.

    Where too few members are certain without them, they stay uncertain: a need nobody meets would say that it
    is down today.
    """
    sure = np.where(graph.unknown == fact, CERTAIN, graph.unknown).astype(np.int32)
    known = dataclasses.replace(graph, unknown=sure)
    serving = count_members(graph, (graph.member_unknown < 0) & ~graph.delay_high.nonzero())
    enough = np.repeat(serving >= graph.k_worst, np.diff(graph.start))
    return drop_members(known, (graph.member_unknown == fact) & enough)
