"""Names come from strangers: what may not reach a page or a terminal is made visible here."""

from __future__ import annotations

import unicodedata

JOINERS = frozenset("\u200c\u200d")
"""Format characters that scripts and emoji need, and that hide nothing."""
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_BLANKS = frozenset("\t\n\r")


def visible(text: str) -> str:
    """Return the text with control, bidirectional and invisible characters written as escapes.

    Tabs and line ends become spaces, so one value stays on its line.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(char) for char in text)


def _shown(char: str) -> str:
    if char in _BLANKS:
        return " "
    if char in JOINERS or unicodedata.category(char) not in _HIDDEN:
        return char
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def encodable(text: str, encoding: str) -> str:
    """Return the text with what ``encoding`` cannot hold written as an escape."""
    return text.encode(encoding, "backslashreplace").decode(encoding)
