"""Markdown: everything there, nothing of a stranger's name obeyed."""

from __future__ import annotations

import re

import pytest

from auditor.formats import format_named
from auditor.formats.markdown import escape
from auditor.model.audit import Audit
from auditor.report import document


def written(audit: Audit) -> str:
    return format_named("markdown").render(audit, document(audit)).decode()


def test_the_whole_document_is_told(audit: Audit) -> None:
    """Title, headline and every section are there, as headings and tables."""
    text = written(audit)
    assert text.startswith("# What takes us down that we do not control\n\nTaken 2026-11-20 09:00 UTC")
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [
        section.title for section in document(audit).sections
    ]
    assert "| Score, 0 to 100 | **! 41-67** | grade D to C; higher is better |" in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head(hostile_audit: Audit) -> None:
    """No name breaks a table: pipes and line ends inside cells are escaped."""
    tables = re.findall(r"(?:^\|.*\n)+", written(hostile_audit), flags=re.MULTILINE)
    assert tables
    for table in tables:
        counts = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(counts) == 1, table


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<script>alert(1)</script>", r"\<script\>alert\(1\)\</script\>"),
        ("[click](javascript:alert(1))", r"\[click\]\(javascript:alert\(1\)\)"),
        ("a|b`c*d_e", r"a\|b\`c\*d\_e"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
        ("- item", r"\- item"),
        ("1. item", r"1\. item"),
        ("two\nlines", "two lines"),
    ],
)
def test_names_are_escaped(name: str, shown: str) -> None:
    """Markup, HTML, links and lists in a name come out as the name."""
    assert escape(name) == shown


@pytest.mark.parametrize("name", ["https://evil.example", "www.evil.example", "mailto:a@b.example"])
def test_addresses_in_names_do_not_become_links(name: str) -> None:
    """Renderers that link bare addresses find none."""
    assert not re.search(r"(?i)(https?:|www\.|mailto:|@\w)", escape(name))


def test_nobody_is_mentioned() -> None:
    """A name cannot call a person or a team into a ticket."""
    assert "@team" not in escape("@team")


def test_control_and_bidirectional_characters_are_shown(hostile_audit: Audit) -> None:
    """What hides or reorders text is made visible."""
    text = written(hostile_audit)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_an_empty_audit_has_a_report(empty_audit: Audit) -> None:
    """Nothing found is a report too."""
    assert "0 resources in 0 regions" in written(empty_audit)
