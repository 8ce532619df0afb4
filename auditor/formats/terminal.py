"""The summary for a terminal: readable at 80 columns, without colour, in a pipe, in ASCII."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest

from rich import box
from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from auditor.formats._interface import PLAIN, Format, Look
from auditor.formats._matrix import layout
from auditor.formats._text import encodable, visible
from auditor.model.audit import Audit
from auditor.model.section import (
    Bars,
    Block,
    Cell,
    Chain,
    Curve,
    Figures,
    Map,
    Matrix,
    Note,
    Section,
    Table,
    Tone,
)
from auditor.report import Document

STYLES = {
    Tone.PLAIN: "",
    Tone.GOOD: "green",
    Tone.CAUTION: "yellow",
    Tone.BAD: "bold red",
    Tone.UNKNOWN: "magenta",
}
SIGNS = {Tone.PLAIN: " ", Tone.GOOD: "✓", Tone.CAUTION: "!", Tone.BAD: "✗", Tone.UNKNOWN: "?"}
ASCII = {
    "✓": "+",
    "✗": "x",
    "\N{EN DASH}": "-",
    "\N{EM DASH}": "-",
    "…": "...",
    "·": ".",
    "•": "*",
    "→": "->",
    "└": "`",
    "─": "-",
    "█": "#",
    "░": "-",
    "\N{MULTIPLICATION SIGN}": "x",
}
INDENT = (0, 0, 0, 2)
ASCII_HEAD = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
NAME_SHARE = 0.3
FIRST_SHARE = 0.65
LONGEST_WORD = 16
# A comma or point between digits belongs to a number, which stays whole.
PIECE = re.compile(r"\s+|(?:[^\s/:,_.-]|(?<=\d)[,.](?=\d))*(?:[/:,_.-]+|(?=\s)|$)")
BAR_SHARE = 0.4
POINTS = 10
SHORTEST_RULE = 4
REST = "A summary. All of it: --verbose, or --format html, markdown or json."
NO_VALUE = frozenset({"", "-"})


def render(audit: Audit, document: Document, look: Look = PLAIN, /) -> bytes:  # noqa: ARG001 - one signature
    """Return the summary (every block where ``look.full``) as text in the look's encoding."""
    return page(document, look)


def page(document: Document, look: Look = PLAIN) -> bytes:
    """Return any document as text, whether it tells an audit or not."""
    drawn = _Page(look)
    console = Console(
        file=io.StringIO(),
        width=look.width,
        force_terminal=look.colour,
        color_system="standard" if look.colour else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )
    with console.capture() as captured:
        for part in drawn.document(document):
            console.print(part)
    lines = (line.rstrip() for line in captured.get().splitlines())
    return ("\n".join(lines).strip("\n") + "\n").encode(drawn.encoding, "backslashreplace")


class _Words:
    """Text that breaks at blanks, and inside an id after its punctuation only where it has to."""

    def __init__(self, text: Text) -> None:
        self.text = text

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        words = [cell_len(word) for word in self.text.plain.split()]
        return Measurement(min(max(words, default=0), LONGEST_WORD), self.text.cell_len)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.text.divide(_breaks(self.text.plain, options.max_width)):
            line.rstrip()
            line.justify = options.justify
            yield line


def _breaks(text: str, width: int) -> list[int]:
    """Return the offsets at which lines of at most ``width`` cells begin."""
    offsets: list[int] = []
    used = position = 0
    for word in re.findall(r"\s+|\S+", text):
        whole = cell_len(word)
        fits = used + whole <= width
        pieces = (
            [word]
            if fits or (used and whole <= width)
            else [part for piece in PIECE.findall(word) for part in chop_cells(piece, width)]
        )
        for piece in pieces:
            size = cell_len(piece)
            if used and used + size > width and not piece.isspace():
                offsets.append(position)
                used = 0
            used += size
            position += len(piece)
    return offsets


class _Page:
    """Draws blocks for one look."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.encoding = look.encoding
        try:
            "".join(ASCII).encode(look.encoding)
            self._signs: dict[int, str] = {}
        except (UnicodeEncodeError, LookupError):
            self._signs = str.maketrans(ASCII)
        try:
            "".encode(look.encoding)
        except LookupError:
            self.encoding = "ascii"

    def text(self, text: str, style: str = "") -> Text:
        """Return a stranger's text, safe to print."""
        return Text(self.plain(text), style=style)

    def words(self, text: str, style: str = "") -> _Words:
        """Return a stranger's text that breaks well in a narrow column."""
        return _Words(self.text(text, style))

    def plain(self, text: str) -> str:
        """Return text with nothing in it that moves a cursor or that the encoding cannot hold."""
        return encodable(visible(text).translate(self._signs), self.encoding)

    def document(self, document: Document) -> Iterator[RenderableType]:
        """Yield the parts of a page."""
        yield self.text(document.title, "bold")
        yield self.words(document.subtitle, "dim")
        if document.headline.items:
            yield ""
            yield self.figures(document.headline)
        for section in document.sections:
            blocks = section.blocks if self.look.full else section.brief
            if blocks:
                yield ""
                if section.title:
                    yield self.heading(section)
                if section.summary and not _says(blocks, section.summary):
                    yield self.words(section.summary)
                yield from (self.block(block) for block in blocks)
        if not self.look.full and any(section.blocks != section.brief for section in document.sections):
            yield ""
            yield self.words(REST, "dim")

    def heading(self, section: Section) -> RenderableType:
        """Return a section's title on one line, with a rule behind it without colour too."""
        title = Text(self.plain(section.title), style="bold cyan")
        room = self.look.width - title.cell_len - 1
        if room >= SHORTEST_RULE:
            title.append(" " + self.plain("─") * room, style="cyan")
        return title

    def block(self, block: Block) -> RenderableType:
        """Return one block as something rich can print."""
        draw: dict[type[Block], Callable[..., RenderableType]] = {
            Figures: self.figures,
            Table: self.table,
            Matrix: self.matrix,
            Bars: self.bars,
            Curve: self.curve,
            Map: self.map,
            Note: self.note,
            Chain: self.chain,
        }
        return draw[type(block)](block)

    def figures(self, block: Figures) -> RenderableType:
        """Return figures one per line: sign, label, value, detail."""
        grid = Grid.grid(padding=(0, 2, 0, 0))
        for item in block.items:
            grid.add_row(
                self.text(SIGNS[item.tone], STYLES[item.tone]),
                self.words(item.label),
                self.words(item.value, STYLES[item.tone] or "bold"),
                self.words(item.detail, "dim"),
            )
        return grid

    def table(self, block: Table) -> RenderableType:
        """Return a table, or one record per row where columns would be too narrow to read."""
        parts: list[RenderableType] = []
        room = self.look.width - sum(self._least(block))
        if room >= 0:
            parts.append(self._columns(block, room))
        else:
            parts.extend(self._record(block.columns, row) for row in block.rows)
        if block.caption:
            parts.append(self.words(block.caption, "dim"))
        return Group(*parts)

    def _least(self, block: Table) -> list[int]:
        """Return how narrow each column can be, with the blanks after it."""
        columns = zip(block.columns, *([cell.text for cell in row] for row in block.rows), strict=True)
        longest = (
            max((cell_len(self.plain(word)) for text in column for word in text.split()), default=0)
            for column in columns
        )
        return [min(width, LONGEST_WORD) + 2 for width in longest]

    def _columns(self, block: Table, room: int) -> Grid:
        """Draw columns; the first stays whole where the others leave it ``room``."""
        whole = max((cell_len(self.plain(row[0].text)) for row in block.rows if row), default=0)
        more = whole + 2 - self._least(block)[0]
        keep = 0 < more <= room and whole <= self.look.width * FIRST_SHARE
        grid = self._grid()
        for place, name in enumerate(block.columns):
            grid.add_column(
                self.words(name),
                justify="right" if name in block.numeric else "left",
                no_wrap=keep and not place,
            )
        for row in block.rows:
            grid.add_row(*(self.cell(cell) for cell in row))
        return grid

    def _record(self, names: Sequence[str], row: Sequence[Cell]) -> RenderableType:
        """Return a row as its first two cells and a paragraph of the others, each with its column's name."""
        head, *rest = (self.cell(cell, "bold" if place == 0 else "").text for place, cell in enumerate(row))
        told: list[Text] = []
        for name, value in zip(names[1:], rest, strict=True):
            if value.plain not in NO_VALUE:
                told.append(Text.assemble((self.plain(name), "dim"), " ", value))
        between = Text(self.plain(" · "), style="dim")
        return Group(_Words(head), Padding(_Words(between.join(told)), INDENT))

    def _grid(self, gutter: int = 2) -> Grid:
        lines = ASCII_HEAD if self._signs else box.SIMPLE_HEAD
        return Grid(
            box=lines, padding=(0, gutter - 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold"
        )

    def cell(self, cell: Cell, style: str = "") -> _Words:
        """Return a cell; its detail only on a full page."""
        text = self.text(cell.text, STYLES[cell.tone] or style)
        if self.look.full and cell.detail:
            text.append(self.plain(f" ({cell.detail})"), style="dim")
        return _Words(text)

    def matrix(self, block: Matrix) -> RenderableType:
        """Return a matrix in as many bands as it takes, with what its letters and numbers mean."""
        longest = max((Text(self.plain(row)).cell_len for row in block.rows), default=0)
        names = min(max(longest, len(block.row_title)), max(12, int(self.look.width * NAME_SHARE)))
        plan = layout(block, room=self.look.width - names - 2)
        parts: list[RenderableType] = []
        for band in plan.bands:
            grid = self._grid(plan.gutter)
            grid.add_column(self.words(block.row_title), width=names)
            for head in band.heads:
                grid.add_column(self.text(head), no_wrap=True, min_width=3)
            for name, row in zip(block.rows, band.cells, strict=True):
                grid.add_row(self.words(name), *(self.text(text, STYLES[cell.tone]) for text, cell in row))
            parts.append(grid)
        parts.extend(self.words(line, "dim") for line in (plan.legend, block.caption) if line)
        if plan.columns:
            keys = Grid.grid(padding=(0, 2, 0, 0))
            keys.add_column(justify="right")
            for number, label in plan.columns:
                keys.add_row(self.text(number, "bold"), self.words(label))
            parts.append(keys)
        return Group(*parts)

    def bars(self, block: Bars) -> RenderableType:
        """Return one bar per label, solid up to the low bound and shaded up to the high one."""
        grid = Grid.grid(padding=(0, 2, 0, 0))
        grid.add_column()
        grid.add_column(no_wrap=True)
        grid.add_column(justify="right")
        top = 100.0 if block.unit == "%" else max(block.high, default=0.0)
        room = int(self.look.width * BAR_SHARE)
        for label, low, high in zip(block.labels, block.low, block.high, strict=True):
            solid = round(room * low / top) if top else 0
            shade = (round(room * high / top) if top else 0) - solid
            value = f"{low:,.0f}" if low == high else f"{low:,.0f}-{high:,.0f}"
            bar = self.text("█" * solid + "░" * shade, "cyan")
            grid.add_row(self.words(label), bar, self.text(f"{value} {block.unit}"))
        return Group(grid, self.words(block.caption, "dim")) if block.caption else grid

    def curve(self, block: Curve) -> RenderableType:
        """Return some points of a curve as a table."""
        step = max(1, -(-len(block.x) // POINTS))
        return self.table(
            Table(
                columns=(block.x_label, block.y_label),
                rows=tuple(
                    (Cell(text=f"{x:,g}"), Cell(text=f"{y:,g}"))
                    for x, y in zip(block.x[::step], block.y[::step], strict=True)
                ),
                numeric=(block.x_label, block.y_label),
                caption=block.caption,
            )
        )

    def map(self, block: Map) -> RenderableType:
        """Return the places of a map as a list."""
        grid = Grid.grid(padding=(0, 2, 0, 0))
        for marker in block.markers:
            grid.add_row(
                self.text(SIGNS[marker.tone], STYLES[marker.tone]),
                self.words(marker.label),
                self.text(_degrees(marker.latitude, "NS") + " " + _degrees(marker.longitude, "EW"), "dim"),
            )
        return Group(grid, self.words(block.caption, "dim")) if block.caption else grid

    def note(self, block: Note) -> RenderableType:
        """Return lines, with a bullet or the tone's sign in front."""
        grid = Grid.grid(padding=(0, 1, 0, 0))
        for line in block.lines:
            sign = "•" if block.bulleted else SIGNS[block.tone]
            grid.add_row(self.text(sign, STYLES[block.tone]), self.words(line))
        return grid

    def chain(self, block: Chain) -> RenderableType:
        """Return each path as a staircase from what failed to the workload."""
        parts: list[RenderableType] = []
        for path, evidence in zip_longest(block.paths, block.evidence, fillvalue=()):
            steps = ("", *evidence) if len(evidence) < len(path) else evidence
            for depth, node in enumerate(path):
                line = self.text(node)
                if depth < len(steps) and steps[depth]:
                    line.append(self.plain(f"  [{steps[depth]}]"), style="dim")
                lead = Grid.grid()
                lead.add_row(self.text("  " * (depth - 1) + "└─ "), _Words(line))
                parts.append(lead if depth else _Words(line))
        return Group(*parts)


def _says(blocks: Sequence[Block], summary: str) -> bool:
    """Tell whether a note among the blocks has the summary's words already."""
    return any(isinstance(block, Note) and summary in block.lines for block in blocks)


def _degrees(value: float, letters: str) -> str:
    return f"{abs(value):.1f} {letters[value < 0]}"


FORMAT = Format(name="terminal", suffix="txt", title="the summary for a terminal", render=render, kept=False)
