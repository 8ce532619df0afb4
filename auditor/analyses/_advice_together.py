"""Several changes as one: what two make alike is made once, and no two things have one name."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping

from auditor.analyses._advice_ground import free
from auditor.analyses._changes import Proposal
from auditor.estate.edit import Edits, NewCopy, NewMember, NewNode
from auditor.model.domain import axis_of
from auditor.model.need import Member, Need

Node = NewNode | NewCopy


def together(proposals: Iterable[Proposal], taken: Collection[str] = ()) -> Edits:
    """Return the edits of several proposals as one: what two make alike is made once, no name twice.

    ``taken`` are names that no new node may have.
    """
    made: dict[str, Node] = {}
    members: dict[NewMember, None] = {}
    for proposal in proposals:
        nodes = [edit for edit in proposal.edits if isinstance(edit, Node)]
        clash = any(axis_of(n.name) is None and not _alike(made.get(n.name, n), n) for n in nodes)
        names = {n.name: free(n.name, made, taken) for n in nodes if axis_of(n.name) is None} if clash else {}
        for node in nodes:
            new = _renamed(node, names) if names else node
            made[new.name] = _both(made.get(new.name, new), new)
        for edit in proposal.edits:
            if isinstance(edit, NewMember):
                members[dataclasses.replace(edit, member=_member(edit.member, names))] = None
    return (*made.values(), *members)


def _alike(one: Node, other: Node) -> bool:
    """Return whether two nodes are the same, but for what copies serve."""
    if one == other:
        return True
    return (
        isinstance(one, NewCopy)
        and isinstance(other, NewCopy)
        and dataclasses.replace(one, beside=other.beside) == other
    )


def _both(one: Node, other: Node) -> Node:
    """Return what serves all that either of two nodes alike does."""
    if one == other or not (isinstance(one, NewCopy) and isinstance(other, NewCopy)):
        return one
    return dataclasses.replace(one, beside=tuple(sorted({*one.beside, *other.beside})))


def _renamed(node: Node, names: Mapping[str, str]) -> Node:
    name = names.get(node.name, node.name)
    if isinstance(node, NewNode):
        return NewNode(name=name, needs=_needs(node.needs, names))
    instead = tuple((each, names.get(ref, ref)) for each, ref in node.instead)
    return dataclasses.replace(node, name=name, instead=instead, extra=_needs(node.extra, names))


def _needs(needs: tuple[Need, ...], names: Mapping[str, str]) -> tuple[Need, ...]:
    return tuple(
        dataclasses.replace(need, members=tuple(_member(each, names) for each in need.members))
        for need in needs
    )


def _member(member: Member, names: Mapping[str, str]) -> Member:
    return dataclasses.replace(member, ref=names.get(member.ref, member.ref))
