"""What holds for every format, those to come too."""

from __future__ import annotations

import re
import tracemalloc

import pytest

from auditor.errors import ConfigError
from auditor.formats import Look, format_named, formats
from auditor.model.audit import Audit
from auditor.report import document

NAMES = sorted(formats())


def test_the_formats_of_this_release_are_found() -> None:
    """Discovery finds a module's format by its constant."""
    assert {"terminal", "json", "markdown", "html"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_format_is_described(name: str) -> None:
    """Name and suffix are fit for the command line and file names, and the title says what it is for."""
    found = formats()[name]
    assert found.name == name
    assert re.fullmatch(r"[a-z]+", found.name)
    assert re.fullmatch(r"[a-z0-9]+", found.suffix)
    assert found.title


def test_suffixes_differ() -> None:
    """Files of one run in one folder do not overwrite each other."""
    suffixes = [found.suffix for found in formats().values()]
    assert len(suffixes) == len(set(suffixes))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("look", [Look(), Look(width=140, colour=True, full=True)])
def test_the_same_audit_gives_the_same_bytes(
    name: str, look: Look, audit: Audit, hostile_audit: Audit, empty_audit: Audit
) -> None:
    """Rendering reads nothing but its arguments."""
    for made in (audit, hostile_audit, empty_audit):
        render = formats()[name].render
        assert render(made, document(made), look) == render(made, document(made), look)


@pytest.mark.parametrize("name", NAMES)
def test_files_end_in_one_line_end(name: str, audit: Audit) -> None:
    """Written files are proper text files."""
    data = formats()[name].render(audit, document(audit))
    assert data.endswith(b"\n")
    assert not data.endswith(b"\n\n")


def test_a_name_nearly_right_is_answered_with_the_right_one() -> None:
    """A mistyped format names the one that was meant."""
    with pytest.raises(ConfigError) as caught:
        format_named("markdwon")
    assert "did you mean 'markdown'?" in caught.value.hint


def test_rendering_leaves_nothing_behind(audit: Audit) -> None:
    """A long-lived process may render again and again."""
    made = document(audit)
    for _ in range(2):
        format_named("html").render(audit, made)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(3):
        format_named("html").render(audit, made)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 200_000
