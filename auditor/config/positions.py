"""Find the line of each key in a TOML text that the standard decoder has already accepted."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

Path = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t]*")
_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""+' + r"|'''.*?'''+" + r'|"(?:\\.|[^"\\\n])*"' + r"|'[^'\n]*'", re.DOTALL
)
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\s#]+(?: \d[^,\]}\s#]*)?")


def lines_of(text: str) -> dict[Path, int]:
    """Return the line (from 1) on which each key, table and list item of a valid TOML text begins."""
    return _Scanner(text).scan()


def line_at(lines: Mapping[Path, int], path: Path) -> int | None:
    """Return the line of a path, or of the nearest thing around it; None when there is none at all."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return None


class _Scanner:
    """Walks the text once; every method leaves ``at`` behind what it read."""

    def __init__(self, text: str) -> None:
        # The decoder reads a carriage return before a newline as part of it; so do we.
        self.text = text
        self.at = 0
        self.line = 1
        self.counted = 0
        self.lines: dict[Path, int] = {}
        self.lengths: dict[Path, int] = {}

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        self._pass(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._pass(_BLANK)
        return self.lines

    def _header(self) -> Path:
        doubled = self.text.startswith("[[", self.at)
        begin = self._here()
        self.at += 2 if doubled else 1
        *parents, last = self._key()
        self.at += 2 if doubled else 1
        path = self._inside(tuple(parents))
        path = (*path, last)
        if doubled:
            number = self.lengths.get(path, 0)
            self.lengths[path] = number + 1
            path = (*path, number)
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], begin)
        return path

    def _inside(self, names: Path) -> Path:
        """Return the path of named tables, going into the last table of each list of tables."""
        path: Path = ()
        for name in names:
            path = (*path, name)
            if path in self.lengths:
                path = (*path, self.lengths[path] - 1)
        return path

    def _pair(self, table: Path) -> None:
        begin = self._here()
        path = table
        for name in self._key():
            path = (*path, name)
            self.lines.setdefault(path, begin)
        self.at += 1  # the equals sign
        self._pass(_SPACE)
        self._value(path)

    def _key(self) -> list[str]:
        names = []
        while True:
            self._pass(_SPACE)
            if self.text[self.at] in "\"'":
                names.append(str(tomllib.loads(f"key = {self._match(_STRING)}")["key"]))
            else:
                names.append(self._match(_BARE))
            self._pass(_SPACE)
            if self.text[self.at] != ".":
                return names
            self.at += 1

    def _value(self, path: Path) -> None:
        self.lines.setdefault(path, self._here())
        sign = self.text[self.at]
        if sign == "[":
            self._items(path)
        elif sign == "{":
            self._inline(path)
        else:
            self._match(_STRING if sign in "\"'" else _SCALAR)

    def _items(self, path: Path) -> None:
        self.at += 1
        number = 0
        self._pass(_BLANK)
        while self.text[self.at] != "]":
            self._value((*path, number))
            number += 1
            self._comma()
        self.at += 1

    def _inline(self, path: Path) -> None:
        self.at += 1
        self._pass(_BLANK)
        while self.text[self.at] != "}":
            self._pair(path)
            self._comma()
        self.at += 1

    def _comma(self) -> None:
        self._pass(_BLANK)
        if self.text[self.at] == ",":
            self.at += 1
            self._pass(_BLANK)

    def _pass(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise ValueError(f"no TOML at line {self._here()}")
        self.at = found.end()
        return found.group()

    def _here(self) -> int:
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        return self.line
