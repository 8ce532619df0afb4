"""What the reader must know about a replayed outage: a sentence, and a mark that stands for it in tables."""

from __future__ import annotations

from collections.abc import Sequence

PARTIAL = "Some effects hit only a part of what matches, and no inventory knows which: there low is 0."
UNNAMED = "Nobody named the zone: replayed once per physical zone, from the least to the most."
ENDLESS = "No end is known for some effects: minutes say at least how long."
UNVERIFIED = "Its key times were not in any source read."
AS_IF = "Told as it never was:"
FIXED = "This very defect has been fixed since:"

MARKS: tuple[tuple[str, str], ...] = (
    (PARTIAL, "part"),
    (UNNAMED, "zone not named"),
    (ENDLESS, "no end known"),
    (UNVERIFIED, "unverified"),
    (FIXED, "fixed since"),
    (AS_IF, "as if"),
)


def marks(notes: Sequence[str]) -> tuple[str, ...]:
    """Return the marks of an outage's notes, in a fixed order."""
    return tuple(mark for sentence, mark in MARKS if any(note.startswith(sentence) for note in notes))


def legend(seen: Sequence[str]) -> tuple[str, ...]:
    """Return what each mark that was used means."""
    return tuple(f"{mark}: {sentence.rstrip(':.')}." for sentence, mark in MARKS if mark in seen)
