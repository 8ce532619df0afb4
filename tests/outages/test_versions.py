"""Versions of agents, packages and systems in order."""

from __future__ import annotations

import pytest

from auditor.outages.versions import Version, bounds, within


def parsed(text: str) -> Version:
    version = Version.parse(text)
    assert version is not None
    return version


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("7.9", "7.11"),
        ("7.10", "7.11"),
        ("7.11", "7.11.18110"),
        ("237-3ubuntu10.53", "237-3ubuntu10.54"),
        ("237-3ubuntu9", "237-3ubuntu10"),
        ("1.0.2", "1.0.2k"),
        ("1.0.2k", "1.0.3"),
        ("8", "8u141"),
        ("8u131", "8u141"),
        ("2.0-rc1", "2.0"),
        ("2.0~beta", "2.0"),
        ("9.9", "1:1.0"),
    ],
)
def test_versions_have_an_order(lower: str, higher: str) -> None:
    """Numbers compare as numbers, patch letters come after, release candidates before."""
    assert parsed(lower) < parsed(higher)
    assert not parsed(higher) < parsed(lower)
    assert parsed(lower) != parsed(higher)


@pytest.mark.parametrize(
    ("one", "other"), [("7.11", "7.11.0"), ("v1.2", "1.2"), ("1.2-3", "1.2.3"), ("0:1", "1")]
)
def test_spellings_of_one_version_are_equal(one: str, other: str) -> None:
    """Missing parts are zero, and separators do not matter."""
    assert parsed(one) == parsed(other)
    assert hash(parsed(one)) == hash(parsed(other))


@pytest.mark.parametrize("text", ["", "latest", "present"])
def test_text_without_a_number_is_no_version(text: str) -> None:
    """A channel's name says nothing about order."""
    assert Version.parse(text) is None


@pytest.mark.parametrize(
    ("version", "bound", "met"),
    [
        ("7.11", ">=7.11", True),
        ("7.10", ">=7.11", False),
        ("7.15", ">=7.11,<7.16", True),
        ("7.16", ">=7.11,<7.16", False),
        ("18.04", "==18.04.*", True),
        ("18.04.6", "==18.04.*", True),
        ("18.10", "==18.04.*", False),
        ("18.10", "!=18.04.*", True),
        ("1.0", "!=1.0.0", False),
        ("1.0", "<=1", True),
        ("1.0", ">1", False),
    ],
)
def test_bounds_are_lists_of_clauses(version: str, bound: str, met: bool) -> None:  # noqa: FBT001 -- a table of truths
    """Every clause must hold; a star asks for the beginning only."""
    assert within(parsed(version), bound) is met


@pytest.mark.parametrize("bound", ["", "7.11", ">=", ">=latest", ">=7.*", ">=7,"])
def test_what_is_no_bound_is_refused(bound: str) -> None:
    """A bound without operator or number is a mistake of the file."""
    with pytest.raises(ValueError, match="is no version bound"):
        bounds(bound)
