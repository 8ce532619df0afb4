"""The index of node ids: a mapping like any other."""

from __future__ import annotations

import pytest

from auditor.estate.graph import Index

NAMES = ("a", "b", "\u00e9", "\U0001f600", "region:x")


def index() -> Index:
    return Index(NAMES, 4, {"region:x": 4})


def test_every_name_leads_to_its_node() -> None:
    """Resources are found by search, others by their table, in node order."""
    assert dict(index()) == {name: node for node, name in enumerate(NAMES)}
    assert len(index()) == len(NAMES)


@pytest.mark.parametrize("name", ["", "aa", "\U0001f601", "region:y", "region"])
def test_other_names_are_not_there(name: str) -> None:
    """What is no node is refused, at both ends of the order and between."""
    assert name not in index()
    with pytest.raises(KeyError):
        index()[name]


def test_a_copy_grows_by_itself() -> None:
    """What a copy gets the first never sees, whatever mapping it was copied from."""
    for first in (index(), dict(index())):
        second = Index.of(first)
        second.add("new", 5)
        assert (second["new"], second["b"], "new" in first) == (5, 1, False)
