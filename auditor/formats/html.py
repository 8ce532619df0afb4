"""One self-contained page: no script, no request, readable on screen and on paper."""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from functools import cache
from importlib import resources

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup, escape

from auditor.formats import _svg
from auditor.formats._interface import PLAIN, Format, Look
from auditor.formats._matrix import beside, verdicts
from auditor.formats._text import visible
from auditor.model.audit import Audit
from auditor.model.section import Block, Tone
from auditor.report import Document
from auditor.report.words import moment

PAGE, STYLE, LAND = "page.html.j2", "page.css", "land.svgpath"
SIGNS = {Tone.PLAIN: "", Tone.GOOD: "✓", Tone.CAUTION: "!", Tone.BAD: "✗", Tone.UNKNOWN: "?"}
_PIECE = re.compile(r"[^/:]*[/:]+|[^/:]+")
LONG_TABLE = 25
"""Rows from which a table is folded on the screen."""


def render(audit: Audit, document: Document, look: Look = PLAIN, /) -> bytes:  # noqa: ARG001 - one signature
    """Return the whole document as one HTML file."""
    style = _resource(STYLE)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = (
        _environment()
        .get_template(PAGE)
        .render(
            document=document,
            audit=audit,
            style=style,
            policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
            land=_resource(LAND).strip(),
            anchors=_anchors(document),
            taken=moment(audit.taken_at),
        )
    )
    return (page.strip() + "\n").encode("utf-8", "backslashreplace")


def _anchors(document: Document) -> list[str]:
    """Return one fragment name per section; a repeated id gets a number."""
    seen: Counter[str] = Counter()
    made = []
    for section in document.sections:
        seen[section.id] += 1
        slug = "-".join(re.findall(r"\w+", section.id)) or "section"
        made.append(f"s-{slug}" if seen[section.id] == 1 else f"s-{slug}-{seen[section.id]}")
    return made


@cache
def _resource(name: str) -> str:
    return resources.files("auditor.formats").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=DictLoader({PAGE: _resource(PAGE)}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalised,
    )
    environment.filters |= {
        "breaking": _breaking,
        "kind": _kind,
        "verdicts": verdicts,
        "beside": beside,
        "bars": _svg.bars,
        "line": _svg.line,
        "dots": _svg.dots,
    }
    environment.globals |= {"signs": SIGNS, "svg": _svg, "long_table": LONG_TABLE}
    return environment


def _finalised(value: object) -> object:
    """Make what strangers' names hide visible; safe markup and numbers pass."""
    return visible(value) if type(value) is str else value


def _breaking(text: str) -> Markup:
    """Return a text that may break within an id, after its punctuation."""
    return Markup("<wbr>").join(escape(piece) for piece in _PIECE.findall(visible(text)))


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


FORMAT = Format(name="html", suffix="html", title="one self-contained page", render=render)
