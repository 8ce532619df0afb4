"""The parts of an estate that changes reach, those of many changes beside each other in one graph.

A change edits a few needs. Only what needs an owner of those can come to differ. What it needs besides
stays as it is, and nothing of that needs it. So what is edited, with what it stands on of what can differ, is
solved by itself, and what stands above it afterwards.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._advice_ground import Ground
from auditor.analyses._advice_states import Nodes
from auditor.estate.arrays import MEMBER_ARRAYS, NEED_ARRAYS, drop_repeated, take_needs
from auditor.estate.circular import drop_circular
from auditor.estate.compile import Plans
from auditor.estate.edit import Edited, Edits, edited, joined
from auditor.estate.graph import NodeKind
from auditor.kernels import Bools
from auditor.kernels.order import distinct


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What one change edits, and what of the estate that reaches.

    Attributes:
        edited: what the edits come to.
        named: nodes that what is new needs, ascending.
        above: bool per node of the estate, whether it is changed itself or needs one that is.
        core: nodes that are changed or named, and what of ``above`` they need; ascending.
        fresh: the new nodes that are failure domains.
    """

    edited: Edited
    named: Nodes
    above: Bools
    core: Nodes
    fresh: Nodes


def reaches(ground: Ground, changes: Sequence[Edits]) -> list[Reach]:
    """Return what each of these changes reaches."""
    found = [edited(ground.estate, edits) for edits in changes]
    owners = [_owners(ground, each) for each in found]
    above = ground.above_each(owners)
    return [
        _reach(ground, each, changed, over) for each, changed, over in zip(found, owners, above, strict=True)
    ]


def _owners(ground: Ground, found: Edited) -> Nodes:
    graph = ground.estate.graph
    rows = np.concatenate([found.need[found.need < graph.owner.size], np.array(found.dropped, np.int64)])
    old = found.needs["owner"][found.needs["owner"] < len(ground.estate.names)]
    return distinct(np.concatenate([graph.owner[rows], old])).astype(np.int64)


def _reach(ground: Ground, found: Edited, owners: Nodes, above: Bools) -> Reach:
    member = found.members["member"]
    named = distinct(member[member < len(ground.estate.names)]).astype(np.int64)
    core = ground.below_within(np.union1d(owners, named[above[named]]), above)
    return Reach(
        edited=found,
        named=named,
        above=above,
        core=np.flatnonzero(core),
        fresh=np.flatnonzero(np.array(found.kinds) == NodeKind.DOMAIN),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Cores of many changes, edited, with what they need at their edges: no node of one needs one of another.

    Attributes:
        change: int64 [p], whose each node is; ascending.
        node: int64 [p], of the estate, or its number of nodes + i for the i-th new one of the change;
            ascending within a change.
        core: bool [p], whether it is of the estate and not at an edge.
        key: int64 [p], ascending: change x ``width`` + node.
        width: more than any number in ``node``.
        plans: those of the edited parts.
    """

    change: Nodes
    node: Nodes
    core: Bools
    key: Nodes
    width: int
    plans: Plans

    @classmethod
    def of(cls, ground: Ground, found: Sequence[Reach]) -> Parts:
        """Return the parts that changes reach."""
        graph, old = ground.estate.graph, len(ground.estate.names)
        width = old + max(len(each.edited.names) for each in found)
        rows = [ground.needs_of(each.core) for each in found]
        whose = np.repeat(np.arange(len(found)), [each.size for each in rows]) * width
        taken = take_needs(graph, np.concatenate(rows))
        owner = whose + taken.owner
        member = np.repeat(whose, np.diff(taken.start)) + taken.member
        more = _beside([each.edited for each in found], rows, graph.owner.size, width)
        core = _numbers([each.core for each in found], width)
        fresh = [old + np.arange(len(each.edited.names)) for each in found]
        nodes = distinct(np.concatenate([member, more.members["member"], core, _numbers(fresh, width)]))

        def number(keys: Nodes) -> NDArray[np.int32]:
            return np.searchsorted(nodes, keys).astype(np.int32)

        more = dataclasses.replace(
            more,
            needs={**more.needs, "owner": number(more.needs["owner"])},
            members={**more.members, "member": number(more.members["member"])},
        )
        whole = joined(dataclasses.replace(taken, owner=number(owner), member=number(member)), more)
        straight = drop_circular(drop_repeated(whole), nodes.size)
        inside = np.zeros(nodes.size, np.bool_)
        inside[number(core)] = True
        return cls(
            change=nodes // width,
            node=nodes % width,
            core=inside,
            key=nodes,
            width=width,
            plans=Plans(straight.graph, nodes.size),
        )

    def place(self, change: int, nodes: NDArray[np.integer]) -> Nodes:
        """Return where nodes are that the part of a change has."""
        return np.searchsorted(self.key, change * self.width + nodes)


def _numbers(nodes: Sequence[Nodes], width: int) -> Nodes:
    """Return nodes of several changes as different numbers, ascending if they are."""
    return np.concatenate([at * width + each for at, each in enumerate(nodes)])


def _beside(found: Sequence[Edited], rows: Sequence[Nodes], needs: int, width: int) -> Edited:
    """Return what several changes add to the needs that each takes (``rows``, ascending) of so many.

    Their nodes are told apart as in ``_numbers``. Texts of needs are left out: nobody asks.
    """
    first = np.cumsum([0, *(each.size for each in rows)])
    behind = first[-1] + np.cumsum([0, *(each.needs["owner"].size for each in found)])
    need, dropped = [], list[int]()
    for at, each in enumerate(found):
        here = first[at] + np.searchsorted(rows[at], each.need)
        need.append(np.where(each.need < needs, here, behind[at] + each.need - needs))
        dropped += (first[at] + np.searchsorted(rows[at], np.array(each.dropped, np.int64))).tolist()
    columns = {name: np.concatenate([each.needs[name] for each in found]) for name in NEED_ARRAYS}
    members = {name: np.concatenate([each.members[name] for each in found]) for name in MEMBER_ARRAYS}
    columns["owner"] = _numbers([each.needs["owner"].astype(np.int64) for each in found], width)
    members["member"] = _numbers([each.members["member"].astype(np.int64) for each in found], width)
    return Edited(
        names=(),
        kinds=(),
        needs=columns,
        members=members,
        need=np.concatenate(need),
        dropped=tuple(dropped),
        texts=(),
        fact_names=(),
    )
