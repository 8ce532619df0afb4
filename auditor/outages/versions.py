"""Compare versions of agents, packages and systems, which follow no one scheme.

A version is cut into numbers and words (``237-3ubuntu10.54`` -> 237, 3, ubuntu, 10, 54) and compared part
by part: numbers as numbers (7.11 is above 7.9), a missing part as 0 (7.11 equals 7.11.0). A word is above a
missing part (1.0.2k is above 1.0.2, 8u141 above 8) unless it marks a version before the release (``rc``,
``beta``, ``~``). A leading ``v`` is dropped; a Debian epoch (``1:2.3``) comes first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, total_ordering
from itertools import zip_longest

_BEFORE_RELEASE = frozenset({"alpha", "beta", "rc", "pre", "preview", "dev", "~"})
_PART = re.compile(r"\d+|[a-z]+|~")
_CLAUSE = re.compile(r"^\s*(==|!=|>=|<=|>|<)\s*([^\s<>=!,]+)\s*$")

_Part = tuple[int, int, str]
_ABSENT: _Part = (1, 0, "")


@total_ordering
class Version:
    """A version that can be compared; ``Version.parse`` makes it from text."""

    __slots__ = ("_parts",)

    def __init__(self, parts: tuple[_Part, ...]) -> None:
        self._parts = parts

    @classmethod
    def parse(cls, text: str) -> Version | None:
        """Return the version in ``text``, None when it holds no number."""
        lowered = text.strip().lower()
        epoch, colon, rest = lowered.partition(":")
        if not (colon and epoch.isdigit()):
            epoch, rest = "0", lowered
        parts = [_part(each) for each in _PART.findall(re.sub(r"^v(?=\d)", "", rest))]
        if not any(rank == 1 for rank, _, _ in parts):
            return None
        return cls((_part(epoch), *parts))

    def starts_with(self, other: Version) -> bool:
        """Return whether the parts begin with all of the other's."""
        return self._parts[: len(other._parts)] == other._parts

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Version):
            return NotImplemented
        return not self < other and not other < self

    def __lt__(self, other: Version) -> bool:
        for mine, theirs in zip_longest(self._parts, other._parts, fillvalue=_ABSENT):
            if mine != theirs:
                return mine < theirs
        return False

    def __hash__(self) -> int:
        parts = self._parts
        while parts and parts[-1] == _ABSENT:
            parts = parts[:-1]
        return hash(parts)


def _part(text: str) -> _Part:
    # Rank: before a release < a number (a missing one is 0) < a word such as a patch letter.
    if text.isdigit():
        return (1, int(text), "")
    return (0 if text in _BEFORE_RELEASE else 2, 0, text)


_COMPARE: dict[str, Callable[[Version, Version], bool]] = {
    "==": lambda mine, bound: mine == bound,
    "!=": lambda mine, bound: mine != bound,
    ">=": lambda mine, bound: mine >= bound,
    "<=": lambda mine, bound: mine <= bound,
    ">": lambda mine, bound: mine > bound,
    "<": lambda mine, bound: mine < bound,
}


@cache
def bounds(text: str) -> tuple[tuple[str, Version, bool], ...]:
    """Return the clauses of a bound such as ``>=7.11,<7.16`` or ``==18.04.*``: operator, version, prefix.

    Raises:
        ValueError: it is not such a list; the message says what is wrong.
    """
    clauses = []
    for clause in text.split(","):
        match = _CLAUSE.match(clause)
        if match is None:
            raise ValueError(
                f"{clause.strip()!r} is no version bound: write one such as '>=7.11' or '==18.04.*'"
            )
        operator, written = match.groups()
        prefix = written.endswith(".*")
        version = Version.parse(written.removesuffix(".*"))
        if version is None or (prefix and operator not in {"==", "!="}):
            raise ValueError(
                f"{clause.strip()!r} is no version bound: write one such as '>=7.11' or '==18.04.*'"
            )
        clauses.append((operator, version, prefix))
    return tuple(clauses)


def within(version: Version, bound: str) -> bool:
    """Return whether the version meets every clause of the bound."""
    return all(
        (version.starts_with(limit) is (operator == "==")) if prefix else _COMPARE[operator](version, limit)
        for operator, limit, prefix in bounds(bound)
    )
