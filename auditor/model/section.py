"""Blocks that analyses emit and formats render; a block knows its data, never its looks.

Texts are plain: no markup of any format. Formats escape them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a value means to the reader; formats choose colours and signs."""

    PLAIN = "plain"
    GOOD = "good"
    CAUTION = "caution"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One value of a table or matrix: text for people, and how it is meant."""

    text: str
    tone: Tone = Tone.PLAIN
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One number with its label, such as "Score 41-67"."""

    label: str
    value: str
    tone: Tone = Tone.PLAIN
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A row of figures."""

    items: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under column names; ``numeric`` names the columns to align right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[str, ...] = ()
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Row labels x column labels with one cell each, such as workloads x outages."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    row_title: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """Labelled shares or amounts with a low and a high bound; ``unit`` such as "%" or "min"."""

    labels: tuple[str, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    unit: str = ""
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """A line through points, such as a loss-exceedance curve."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    x_label: str
    y_label: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A place on the map: degrees, a size in [0, 1], and what it is."""

    label: str
    latitude: float
    longitude: float
    size: float
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """Places on the earth."""

    markers: tuple[Marker, ...]
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A sentence or a list of sentences to the reader."""

    lines: tuple[str, ...]
    tone: Tone = Tone.PLAIN
    bulleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Reason chains: each a path of node names from what failed to the workload, with evidence."""

    paths: tuple[tuple[str, ...], ...]
    evidence: tuple[tuple[str, ...], ...]


Block = Figures | Table | Matrix | Bars | Curve | Map | Note | Chain


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Blocks under a title.

    Attributes:
        id: stable slug; the anchor in pages and the key in extensions.
        title: for people.
        blocks: in reading order.
        summary: one sentence a summary may quote.
        brief: what the terminal's summary shows of it, a few lines in place of ``blocks``; empty = only the
            full report. ``docs/extending.md`` says what belongs there.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]
    summary: str = ""
    brief: tuple[Block, ...] = ()
