"""A matrix in few columns: verdicts as letters, columns as numbers, both explained beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditor.model.audit import VERDICT_ORDER, Verdict
from auditor.model.section import Cell, Matrix

CODES: dict[Verdict, str] = {
    Verdict.DOWN: "D",
    Verdict.INTERRUPTED: "I",
    Verdict.IMPAIRED: "M",
    Verdict.WEAKENED: "W",
    Verdict.SPARED: "·",
}
_WORDS = "|".join(verdict.value for verdict in VERDICT_ORDER)
_VERDICTS = re.compile(rf"({_WORDS})(?:\s*(?:\.\.\.|…|to)\s*({_WORDS}))?\b")
WIDE, NARROW = 2, 1
_LEAST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """As many columns of a matrix as fit side by side.

    Attributes:
        heads: one per column, short.
        cells: (text, cell) per row and column, the text as short as it has to be.
    """

    heads: tuple[str, ...]
    cells: tuple[tuple[tuple[str, Cell], ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How to draw a matrix in a given width.

    Attributes:
        bands: drawn one under the other.
        gutter: blanks between columns.
        legend: what the letters mean, empty where words are written out.
        columns: number and label of each column, empty where the heads are the labels.
    """

    bands: tuple[Band, ...]
    gutter: int
    legend: str
    columns: tuple[tuple[str, str], ...]


def verdicts(text: str) -> tuple[Verdict, Verdict] | None:
    """Return the (best, worst) verdicts a cell's text begins with, None when it names none."""
    found = _VERDICTS.match(text)
    if found is None:
        return None
    best = Verdict(found[1])
    return best, Verdict(found[2]) if found[2] else best


def beside(text: str) -> str:
    """Return what a cell's text says beside its verdicts, such as ``84 min``."""
    found = _VERDICTS.match(text)
    return text[found.end() :].strip() if found else text


def _bare(text: str) -> str:
    """Return a cell's verdicts without what stands beside them."""
    found = _VERDICTS.match(text)
    return found.group() if found else text


def code(text: str) -> str:
    """Return a cell's text as letters: ``down`` -> ``D``, ``spared...down`` -> ``·-D``; others unchanged."""
    pair = verdicts(text)
    if pair is None:
        return text
    best, worst = CODES[pair[0]], CODES[pair[1]]
    return worst if best == worst else f"{best}-{worst}"


def layout(matrix: Matrix, *, room: int) -> Layout:
    """Return how to draw the matrix beside its row labels in ``room`` columns of text.

    Words are written out where all columns fit in one band; otherwise letters stand for them.
    """
    texts = [[cell.text for cell in row] for row in matrix.cells]
    bare = [[_bare(text) for text in row] for row in texts]
    labels = matrix.columns
    numbers = tuple(str(index + 1) for index in range(len(labels)))
    numbered = tuple(zip(numbers, labels, strict=True))
    for heads, words in ((labels, texts), (numbers, texts), (labels, bare), (numbers, bare)):
        if sum(_widths(heads, words, WIDE)) <= room:
            bands = _bands(matrix, heads, words, room, WIDE)
            return Layout(bands=bands, gutter=WIDE, legend="", columns=() if heads is labels else numbered)
    coded = [[code(text) for text in row] for row in texts]
    return Layout(
        bands=_bands(matrix, numbers, coded, room, NARROW),
        gutter=NARROW,
        legend=_legend(texts),
        columns=numbered,
    )


def _widths(heads: tuple[str, ...], texts: list[list[str]], gutter: int) -> list[int]:
    return [
        max(_LEAST, len(head), *(len(row[index]) for row in texts)) + gutter
        for index, head in enumerate(heads)
    ]


def _bands(
    matrix: Matrix, heads: tuple[str, ...], texts: list[list[str]], room: int, gutter: int
) -> tuple[Band, ...]:
    bands: list[Band] = []
    start, used = 0, 0
    widths = _widths(heads, texts, gutter)
    for index, width in enumerate([*widths, room + 1]):
        if index > start and used + width > room:
            columns = slice(start, index)
            bands.append(
                Band(
                    heads=heads[columns],
                    cells=tuple(
                        tuple(zip(row[columns], cells[columns], strict=True))
                        for row, cells in zip(texts, matrix.cells, strict=True)
                    ),
                )
            )
            start, used = index, 0
        used += width
    return tuple(bands)


def _legend(texts: list[list[str]]) -> str:
    """Return what the letters in use mean, the worst first."""
    pairs = [pair for row in texts for text in row if (pair := verdicts(text)) is not None]
    used = {verdict for pair in pairs for verdict in pair}
    parts = [f"{CODES[verdict]} {verdict.value}" for verdict in reversed(VERDICT_ORDER) if verdict in used]
    if any(best != worst for best, worst in pairs):
        parts.append("a-b best to worst")
    return "   ".join(parts)
