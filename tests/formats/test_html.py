"""The page: whole, self-contained, safe, accessible."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest

from auditor.formats import format_named
from auditor.model.audit import Audit
from auditor.model.section import Section
from auditor.report import Document, document

VOID = {"meta", "br", "wbr", "link", "img", "input", "hr"}
SVG_EMPTY = {"rect", "path", "line", "circle", "polyline"}


class Page(HTMLParser):
    """Reads a page into tags with attributes, its text, and what was left open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SVG_EMPTY
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    @property
    def text(self) -> str:
        return "".join(self.texts)


def written(audit: Audit) -> str:
    return format_named("html").render(audit, document(audit)).decode()


@pytest.fixture
def page(audit: Audit) -> Page:
    return Page(written(audit))


def test_every_tag_is_closed(audit: Audit, hostile_audit: Audit, empty_audit: Audit) -> None:
    """The page is well formed, hostile names or none at all."""
    for made in (audit, hostile_audit, empty_audit):
        assert Page(written(made)).open == []


def test_the_page_asks_for_nothing(page: Page) -> None:
    """No script, no image, no frame, no link but to itself: it opens the same with no network."""
    assert {"script", "img", "iframe", "object", "embed", "link", "form", "base"}.isdisjoint(
        tag for tag, _ in page.tags
    )
    for tag, attributes in page.tags:
        assert "src" not in attributes
        assert "style" not in attributes, tag
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")


def test_the_policy_allows_this_style_and_nothing_else(audit: Audit) -> None:
    """The content security policy names the hash of the very style block."""
    text = written(audit)
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = next(a["content"] for t, a in Page(text).tags if t == "meta" and "http-equiv" in a)
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert "url(" not in style[1]
    assert "@import" not in style[1]


def test_every_link_of_the_contents_leads_to_a_section(page: Page) -> None:
    """Anchors are unique, and each entry has its section."""
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {(a.get("href") or "").removeprefix("#") for t, a in page.tags if t == "a"} <= set(ids)


def test_sections_of_one_id_get_different_anchors(audit: Audit) -> None:
    """Several explanations on one page can all be linked to."""
    twice = Section(id="explain", title="Why", blocks=(), brief=())
    made = document(audit)
    doubled = Document(
        title=made.title, subtitle=made.subtitle, headline=made.headline, sections=(twice, twice)
    )
    text = format_named("html").render(audit, doubled).decode()
    assert 'id="s-explain"' in text
    assert 'id="s-explain-2"' in text


def test_tables_name_their_rows_and_columns(page: Page) -> None:
    """Every head cell has a scope, and every table is reachable by keyboard where it may scroll."""
    heads = [attributes for tag, attributes in page.tags if tag == "th"]
    assert heads
    assert {attributes.get("scope") for attributes in heads} == {"col", "row"}
    regions = [a for t, a in page.tags if t == "div" and a.get("class") == "scroll"]
    assert all(a.get("tabindex") == "0" and a.get("aria-label") for a in regions)


def test_drawings_have_names(page: Page) -> None:
    """Each drawing says what it is, or is hidden beside a table that says it."""
    drawings = [attributes for tag, attributes in page.tags if tag == "svg"]
    assert drawings
    assert all("aria-label" in a or a.get("aria-hidden") == "true" for a in drawings)


def test_headings_do_not_skip_levels(page: Page) -> None:
    """One h1, then h2 only."""
    levels = [tag for tag, _ in page.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == "h1"
    assert set(levels[1:]) == {"h2"}


def test_every_block_is_told(page: Page) -> None:
    """Figures, tables, matrix, bars, map, curve, notes and chains all reach the page."""
    for wanted in (
        "71-80%",
        "weakened",
        "62-71 %",
        "Sydney",
        "Loss exceedance",
        "Effective regions",
        "assumed: every EC2 instance",
        "Replays ask what the same failure would do to today's estate.",
        "allow rds:DescribeDBInstances",
    ):
        assert wanted in page.text


def test_reasons_are_folded(page: Page) -> None:
    """Reason chains wait behind a line that says how many there are, so that the verdicts stay together."""
    assert re.search(r"Why: 1 way\s+from what fails|Why: \d+ ways from what fails", page.text)
    assert ("details", {"class": "why"}) in page.tags


def test_hostile_names_are_text(hostile_audit: Audit) -> None:
    """Markup in names is shown as the name; nothing of it becomes a tag or an attribute."""
    found = Page(written(hostile_audit))
    assert "script" not in {tag for tag, _ in found.tags}
    assert not any("onerror" in attributes for _, attributes in found.tags)
    assert "<script>alert(1)</script>" in found.text
    assert "escape\\x1b[31mred\\x9b2J" in found.text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", written(hostile_audit))


def test_the_same_audit_gives_the_same_page(audit: Audit) -> None:
    """No clock, no random id."""
    assert written(audit) == written(audit)
