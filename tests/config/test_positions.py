"""Lines of keys in a TOML text."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
import tomlkit
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.config.positions import line_at, lines_of

TEXT = '''# a comment with [brackets] and "quotes
top = 1979-05-27 07:32:00 # a date with a space

[aws]
regions = [
  "ap-northeast-2", # one ]
  'us-east-1',
]
"quoted key" = """
several
lines"""

[[workloads]]
name = "shop"
match = { tags = { app = "a } b" }, names = [] }

[workloads.extra]
deep.er = true

[[workloads]]
name = 'x\\'
needs = [{ any = ["a",
  { ref = "b" }] }]
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("top",), 2),
        (("aws",), 4),
        (("aws", "regions", 0), 6),
        (("aws", "regions", 1), 7),
        (("aws", "quoted key"), 9),
        (("workloads",), 13),
        (("workloads", 0, "match", "tags", "app"), 15),
        (("workloads", 0, "extra"), 17),
        (("workloads", 0, "extra", "deep", "er"), 18),
        (("workloads", 1), 20),
        (("workloads", 1, "needs", 0, "any", 0), 22),
        (("workloads", 1, "needs", 0, "any", 1, "ref"), 23),
        (("workloads", 1, "owner"), 20),
        (("nowhere",), None),
    ],
)
def test_lines(path: tuple[str | int, ...], line: int | None) -> None:
    """Every key and item has the line it begins on; a missing key that of its table."""
    assert line_at(lines_of(TEXT), path) == line


def paths(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in items:
        yield (*before, key)
        yield from paths(each, (*before, key))


_texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_tables = st.dictionaries(
    _texts,
    st.recursive(
        _texts | st.integers(-99, 99) | st.floats(allow_nan=False) | st.booleans() | st.datetimes(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_texts, inner, max_size=3),
        max_leaves=8,
    ),
    max_size=4,
)


@given(_tables)
@settings(max_examples=150, deadline=None)
def test_every_key_of_any_file_is_found(table: dict[str, Any]) -> None:
    """Whatever a valid file holds, the scanner finds what the decoder finds, nothing else."""
    text = tomlkit.dumps(table)
    assert set(lines_of(text)) == set(paths(tomllib.loads(text)))
