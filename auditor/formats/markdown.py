"""Markdown for wikis, tickets and pull requests; every name escaped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import zip_longest

from auditor.formats._interface import PLAIN, Format, Look
from auditor.formats._text import visible
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
from auditor.report.words import moment

SIGNS = {Tone.PLAIN: "", Tone.GOOD: "✓ ", Tone.CAUTION: "! ", Tone.BAD: "✗ ", Tone.UNKNOWN: "? "}
_MARKS = re.compile(r"([\\`*_{}\[\]()<>#|~$!])")
_LINE_START = re.compile(r"^(\s*)(?:([-+=])|(\d+)([.)]))")
_AUTOLINK = re.compile(r"(?i)(https?|ftp|mailto|www)([:.])")
_MENTION = re.compile(r"@(?=\w)")


def escape(text: str) -> str:
    """Return a stranger's text as Markdown that shows just that: no markup, HTML, link or mention."""
    shown = _MARKS.sub(r"\\\1", visible(text).replace("&", "&amp;"))
    shown = _AUTOLINK.sub("\\1\N{ZERO WIDTH NON-JOINER}\\2", shown)
    shown = _MENTION.sub("@\N{ZERO WIDTH NON-JOINER}", shown)
    return _LINE_START.sub(_blunted, shown)


def _blunted(found: re.Match[str]) -> str:
    """Return the start of a line with what would begin a list or a rule escaped."""
    blank, mark, number, dot = found.groups()
    return f"{blank}\\{mark}" if mark else f"{blank}{number}\\{dot}"


def render(audit: Audit, document: Document, look: Look = PLAIN, /) -> bytes:  # noqa: ARG001 - one signature
    """Return the whole document as Markdown."""
    lines = [f"# {escape(document.title)}", "", escape(document.subtitle), ""]
    lines += _figures(document.headline)
    for section in document.sections:
        lines += ["", *_section(section)]
    lines += [
        "",
        "---",
        "",
        f"{escape(audit.tool.name)} {escape(audit.tool.version)}, {moment(audit.taken_at)}",
    ]
    return ("\n".join(lines) + "\n").encode()


def _section(section: Section) -> list[str]:
    lines = [f"## {escape(section.title)}"]
    if section.summary:
        lines += ["", escape(section.summary)]
    for block in section.blocks:
        lines += ["", *_DRAW[type(block)](block)]
    return lines


def _rows(columns: Iterable[str], rows: Iterable[Iterable[str]], numeric: Iterable[bool]) -> list[str]:
    lines = ["| " + " | ".join(escape(name) for name in columns) + " |"]
    lines.append("|" + "|".join(" ---: " if right else " --- " for right in numeric) + "|")
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return lines


def _cell(cell: Cell) -> str:
    detail = f" ({escape(cell.detail)})" if cell.detail else ""
    return escape(cell.text) + detail


def _caption(text: str) -> list[str]:
    return ["", f"*{escape(text)}*"] if text else []


def _figures(block: Figures) -> list[str]:
    rows = (
        (escape(item.label), f"**{SIGNS[item.tone]}{escape(item.value)}**", escape(item.detail))
        for item in block.items
    )
    return _rows(("Figure", "Value", "Means"), rows, (False, False, False))


def _table(block: Table) -> list[str]:
    numeric = [name in block.numeric for name in block.columns]
    return _rows(block.columns, (map(_cell, row) for row in block.rows), numeric) + _caption(block.caption)


def _matrix(block: Matrix) -> list[str]:
    rows = (
        (escape(name), *(escape(cell.text) for cell in row))
        for name, row in zip(block.rows, block.cells, strict=True)
    )
    columns = (block.row_title or " ", *block.columns)
    return _rows(columns, rows, [False] * len(columns)) + _caption(block.caption)


def _bars(block: Bars) -> list[str]:
    rows = (
        (escape(label), f"{low:,.0f}" if low == high else f"{low:,.0f}-{high:,.0f}")
        for label, low, high in zip(block.labels, block.low, block.high, strict=True)
    )
    return _rows(("What", block.unit or "Value"), rows, (False, True)) + _caption(block.caption)


def _curve(block: Curve) -> list[str]:
    rows = ((f"{x:,g}", f"{y:,g}") for x, y in zip(block.x, block.y, strict=True))
    return _rows((block.x_label, block.y_label), rows, (True, True)) + _caption(block.caption)


def _map(block: Map) -> list[str]:
    lines = [
        f"- {SIGNS[marker.tone]}{escape(marker.label)} ({marker.latitude:.1f}, {marker.longitude:.1f})"
        for marker in block.markers
    ]
    return lines + _caption(block.caption)


def _note(block: Note) -> list[str]:
    if block.bulleted:
        return [f"- {escape(line)}" for line in block.lines]
    return "\n\n".join(f"> {SIGNS[block.tone]}{escape(line)}" for line in block.lines).split("\n")


def _chain(block: Chain) -> list[str]:
    lines: list[str] = []
    for path, evidence in zip_longest(block.paths, block.evidence, fillvalue=()):
        shown = f" ({escape('; '.join(filter(None, evidence)))})" if any(evidence) else ""
        lines.append("- " + " → ".join(escape(node) for node in path) + shown)
    return lines


_DRAW: dict[type[Block], Callable[..., list[str]]] = {
    Figures: _figures,
    Table: _table,
    Matrix: _matrix,
    Bars: _bars,
    Curve: _curve,
    Map: _map,
    Note: _note,
    Chain: _chain,
}

FORMAT = Format(name="markdown", suffix="md", title="for wikis, tickets and pull requests", render=render)
