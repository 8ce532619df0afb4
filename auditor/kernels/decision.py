"""The exact probability of a stop by a binary decision diagram, where the optional library is there.

A diagram of the whole system, cycles and k-of-n included, events ordered as a walk down from the top meets
them. Diagrams can grow beyond any bound, so their size is limited and nothing is returned beyond it.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from auditor.kernels.cutsets import Cone
from auditor.kernels.plan import Floats, Plan
from auditor.kernels.probability import Assessment, described

LIMIT = 1 << 20
"""Nodes a diagram may have, unless told otherwise."""

_ROOM = 16
"""Times the limit: room for what is under way and not yet cleared away, so that neither decides anything."""


def available() -> bool:
    """Return whether the library for decision diagrams (``oxidd``, extra ``bdd``) is installed."""
    return find_spec("oxidd") is not None


def exact(cone: Cone, probability: Floats, *, limit: int = LIMIT) -> Assessment | None:
    """Return the exact probability that the top of ``cone`` is lost and the importance of each event.

    None if ``oxidd`` is not installed or the diagram of some node passes ``limit`` nodes.

    Args:
        cone: the system.
        probability: float64 [n], of each node of the original plan; events are independent.
        limit: nodes the diagram may have.
    """
    if not available():
        return None
    diagrams = import_module("oxidd.bdd")
    manager = diagrams.BDDManager(_ROOM * limit, limit, 1)
    order = _walk(cone)
    try:
        variables = dict(zip(order, manager.add_vars(len(order)), strict=True))
        nodes = {node: manager.var(at) for node, at in variables.items()}
        top = _Builder(cone.prepared.plan, nodes, manager, limit).solve(cone)
        total, slope = _slopes(top, [float(probability[name]) for name in _names(cone, order)])
    except (MemoryError, _TooLargeError):
        return None
    birnbaum = dict(zip(order, slope, strict=True))
    chosen = np.array([at for at, node in enumerate(cone.event.tolist()) if birnbaum.get(node)], np.intp)
    names = cone.names[chosen]
    return described(
        (total, total),
        names,
        birnbaum=np.array([birnbaum[int(node)] for node in cone.event[chosen]]),
        probability=probability[names],
    )


def _walk(cone: Cone) -> list[int]:
    """Return the events in the order in which a walk down from the top meets them."""
    plan, owned, starts = cone.prepared.plan, cone.prepared.owned, cone.prepared.owned_start
    may_fail = set(cone.event.tolist())
    met: dict[int, None] = {}
    waiting = [cone.top]
    while waiting:
        node = waiting.pop()
        if node in met:
            continue
        met[node] = None
        for need in owned[starts[node] : starts[node + 1]][::-1].tolist():
            waiting += plan.member[plan.start[need] : plan.start[need + 1]][::-1].tolist()
    return [node for node in met if node in may_fail]


def _names(cone: Cone, nodes: list[int]) -> list[int]:
    name = dict(zip(cone.event.tolist(), cone.names.tolist(), strict=True))
    return [name[node] for node in nodes]


class _TooLargeError(Exception):
    """A diagram has passed the limit. When the library clears away is its own affair, sizes are not."""


class _Builder:
    """Diagrams of "this node is lost", from the leaves up; inside cycles again until they rest."""

    def __init__(self, plan: Plan, events: dict[int, Any], manager: Any, limit: int) -> None:  # noqa: ANN401 - optional library
        self._limit = limit
        self._needs: list[list[tuple[int, list[int]]]] = [[] for _ in range(plan.nodes)]
        for need, (owner, k) in enumerate(zip(plan.owner.tolist(), plan.k.tolist(), strict=True)):
            self._needs[owner].append((k, plan.member[plan.start[need] : plan.start[need + 1]].tolist()))
        self._manager = manager
        self._lost = [events.get(node, manager.false()) for node in range(plan.nodes)]

    def solve(self, cone: Cone) -> Any:  # noqa: ANN401 - optional library
        for knot in _knots(cone):
            before: list[Any] = []
            while before != (now := [self._lost[node] for node in knot]):
                before = now
                for node in knot:
                    self._raise(node)
                if len(knot) == 1:
                    break
        return self._lost[cone.top]

    def _raise(self, node: int) -> None:
        for k, members in self._needs[node]:
            fewer = self._fewer(k, [self._lost[member] for member in members])
            self._lost[node] = self._within(self._lost[node] | fewer)

    def _fewer(self, k: int, members: list[Any]) -> Any:  # noqa: ANN401 - optional library
        """Return "fewer than k of these are up": at least n - k + 1 are lost."""
        enough = len(members) - k + 1
        reached = [self._manager.false()] * enough  # reached[j]: more than j so far
        for member in members:
            for count in range(enough - 1, 0, -1):
                reached[count] = self._within(reached[count] | (reached[count - 1] & member))
            reached[0] = self._within(reached[0] | member)
        return reached[-1]

    def _within(self, diagram: Any) -> Any:  # noqa: ANN401 - optional library
        if diagram.node_count() > self._limit:
            raise _TooLargeError
        return diagram


def _knots(cone: Cone) -> list[list[int]]:
    """Return the nodes by strongly connected component, members' components first."""
    plan = cone.prepared.plan
    owner = np.repeat(plan.owner, np.diff(plan.start))
    arcs = sparse.coo_array(
        (np.ones(owner.size, np.int8), (owner, plan.member)), shape=(plan.nodes, plan.nodes)
    ).tocsr()
    label = csgraph.connected_components(arcs, directed=True, connection="strong")[1]
    found: dict[int, list[int]] = {}
    inside = np.flatnonzero(cone.needed)
    for node in inside[np.argsort(cone.prepared.row[inside], kind="stable")].tolist():
        found.setdefault(int(label[node]), []).append(node)
    # Rows ascend by level of the component, but components of one level may interleave: first rows decide.
    return list(found.values())


def _slopes(top: Any, probability: list[float]) -> tuple[float, list[float]]:  # noqa: ANN401 - optional library
    """Return P(top) and its slope in each variable."""
    inner = _below(top)
    value: dict[Any, float] = {}
    for node in reversed(inner):
        high, low = node.cofactors()
        chance = probability[node.node_var()]
        value[node] = chance * _value(high, value) + (1 - chance) * _value(low, value)
    slope = [0.0] * len(probability)
    flow = dict.fromkeys(inner, 0.0)
    flow[top] = 1.0
    for node in inner:
        high, low = node.cofactors()
        variable = node.node_var()
        slope[variable] += flow[node] * (_value(high, value) - _value(low, value))
        for part, share in ((high, probability[variable]), (low, 1 - probability[variable])):
            if part in flow:
                flow[part] += flow[node] * share
    return _value(top, value), slope


def _value(node: Any, value: dict[Any, float]) -> float:  # noqa: ANN401 - optional library
    found = value.get(node)
    return float(node.valid()) if found is None else found


def _below(top: Any) -> list[Any]:  # noqa: ANN401 - optional library
    """Return the inner nodes of a diagram, upper levels first."""
    met: set[Any] = set()
    levels: dict[int, list[Any]] = {}
    waiting = [top]
    while waiting:
        node = waiting.pop()
        parts = node.cofactors()
        if parts is None or node in met:
            continue
        met.add(node)
        levels.setdefault(node.node_level(), []).append(node)
        waiting += parts
    return [node for level in sorted(levels) for node in levels[level]]
