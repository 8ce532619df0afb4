"""The terminal summary: readable narrow, wide, in a pipe, without colour, in ASCII."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from rich.cells import cell_len

from auditor.formats import Look, format_named
from auditor.formats.terminal import page
from auditor.model.audit import Audit
from auditor.model.section import Cell, Figures, Matrix, Note, Section, Table
from auditor.report import Document, document

ESCAPE = re.compile(r"\x1b|\x9b")


def written(audit: Audit, look: Look) -> str:
    return format_named("terminal").render(audit, document(audit), look).decode(look.encoding)


def drawn(block: Table | Matrix, width: int = 80) -> list[str]:
    section = Section(id="one", title="", blocks=(block,))
    made = Document(title="t", subtitle="s", headline=Figures(items=()), sections=(section,))
    return page(made, Look(width=width, full=True)).decode().splitlines()[3:]


SUMMARY = """\
What takes us down that we do not control
Taken 2026-11-20 09:00 UTC · AWS, Azure · 1,234 resources in 4 regions · 6
workloads · 13 outages replayed

!  Score, 0 to 100              41-67   grade D to C; higher is better
✗  Worst single loss            71%     of criticality weight, if
                                        service:aws/ap-northeast-2/vpc-resolver
                                        fails; it has happened
✗  Outages that stop something  8 of 8  that could reach you, of 13 known
✓  Coverage                     94%     1,180 of 1,234 resources understood
!  Places not seen              5       gaps; each may hide an exposure
"""

MATRIX = """\
Workload              1   2   3   4   5   6   7   8   9   10  11  12  13
─────────────────────────────────────────────────────────────────────────
shop                  ·   W-I M   I-D ·   ·   ·   M   ·   ·   ·   ·   M
payment               M   I-D D   ·   ·   M   ·   D   ·   ·   M   ·   D
analytics             D   ·   W-I M   ·   D   ·   W-I ·   ·   D   ·   W-I
booking               W-I M   I-D D   ·   W-I ·   I-D ·   ·   W-I ·   I-D
booking-backoffice    I-D D   ·   W-I ·   I-D ·   ·   ·   ·   I-D ·   ·
loyalty-active-active ·   W-I M   I-D ·   ·   ·   M   ·   ·   ·   ·   M
D down   I interrupted   M impaired   W weakened   · spared   a-b best to worst
Exposed: would be down up to the minutes shown; an inventory never proves hit.
 1  aws-2018-11-22-ap-northeast-2-dns
 2  aws-2021-12-07-us-east-1-network
"""


def test_the_headline_reads_at_eighty_columns(audit: Audit) -> None:
    """Score, worst single loss, outages, coverage and gaps come first, one a line."""
    assert written(audit, Look(width=80)).startswith(SUMMARY)


def test_the_verdict_matrix_reads_at_eighty_columns(audit: Audit) -> None:
    """Letters stand for verdicts, numbers for outages; both are explained under the matrix."""
    assert MATRIX in written(audit, Look(width=80))


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140, 200])
@pytest.mark.parametrize("full", [False, True])
def test_no_line_is_wider_than_the_terminal(audit: Audit, width: int, *, full: bool) -> None:
    """Whatever the width, nothing is left to the terminal to wrap."""
    lines = written(audit, Look(width=width, full=full)).splitlines()
    assert max(cell_len(line) for line in lines) <= width


@pytest.mark.parametrize("width", [80, 140])
def test_every_workload_and_outage_is_in_the_summary(audit: Audit, width: int) -> None:
    """Narrow pages abbreviate and break; they never leave anything out."""
    text = re.sub(r"\s", "", written(audit, Look(width=width)))
    assert [name for name in (item.workload for item in audit.workloads or ()) if name not in text] == []
    assert [name for name in audit.inputs.outages if name not in text] == []


def test_a_wide_terminal_gets_more_on_a_line(audit: Audit) -> None:
    """At 140 columns the single losses are one line each."""
    wide = written(audit, Look(width=140))
    assert re.search(
        r"service +service:aws/ap-northeast-2/vpc-resolver +71% +71-80% +shop, payment, analytics", wide
    )


def test_a_pipe_gets_no_escape_codes(audit: Audit) -> None:
    """Without colour there is not one control character but line ends."""
    assert not ESCAPE.search(written(audit, Look()))


def test_colour_adds_escape_codes_and_changes_no_word(audit: Audit) -> None:
    """Colour carries nothing that the text does not say."""
    coloured = written(audit, Look(colour=True))
    assert ESCAPE.search(coloured)
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in bare.splitlines()] == written(audit, Look()).splitlines()


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "no-such-encoding"])
def test_an_encoding_without_box_characters_gets_plain_ones(audit: Audit, encoding: str) -> None:
    """What a terminal cannot show is written in another way, never as an error."""
    data = format_named("terminal").render(audit, document(audit), Look(encoding=encoding, full=True))
    text = data.decode("ascii")
    assert "x  Worst single loss" in text
    assert "`- arn:aws" in text


def test_korean_names_survive_where_the_encoding_holds_them(hostile_audit: Audit) -> None:
    """A Korean terminal shows Korean, an ASCII one the code points."""
    assert "무결점 결제" in written(hostile_audit, Look(full=True))
    assert "무결점 결제" in written(hostile_audit, Look(encoding="cp949", full=True))
    assert "\\ubb34" in written(hostile_audit, Look(encoding="ascii", full=True))


def test_hostile_names_move_no_cursor_and_set_no_colour(hostile_audit: Audit) -> None:
    """Escape sequences, bidirectional overrides and markup in names are shown, not obeyed."""
    text = written(hostile_audit, Look(full=True))
    assert not ESCAPE.search(text)
    assert "\u202e" not in text
    assert "escape\\x1b[31mred\\x9b2J" in text
    assert "[red]not red[/red]" in text
    assert "line break tab" in text


def test_the_summary_shows_only_what_is_brief(audit: Audit) -> None:
    """Sections without a brief part wait for the full page."""
    assert "Outage years" not in written(audit, Look())
    assert "Outage years" in written(audit, Look(full=True))


def test_a_summary_says_where_the_rest_is_and_a_full_page_does_not(audit: Audit) -> None:
    """The last line names the way to what a summary leaves out."""
    assert written(audit, Look()).splitlines()[-1].startswith("A summary. All of it: --verbose")
    assert "A summary" not in written(audit, Look(full=True))


def test_a_note_that_says_the_summary_says_it_once() -> None:
    """A sentence that is both a section's summary and its brief note is printed once."""
    note = Note(lines=("Only this.",))
    section = Section(id="one", title="One", blocks=(note,), summary="Only this.", brief=(note,))
    made = Document(title="t", subtitle="s", headline=Figures(items=()), sections=(section,))
    assert page(made).decode().count("Only this.") == 1


def test_an_empty_estate_is_told_without_fuss(empty_audit: Audit) -> None:
    """Nothing found, nothing crashes."""
    assert "0 resources in 0 regions" in written(empty_audit, Look(full=True))


def test_words_are_written_out_where_they_fit() -> None:
    """A small matrix keeps verdicts and labels as words."""
    matrix = Matrix(
        rows=("shop",),
        columns=("aws 2018-11-22", "azure 2024-07-18"),
        cells=((Cell(text="down 84 min"), Cell(text="spared...down up to 315 min")),),
        row_title="Workload",
    )
    lines = drawn(matrix)
    assert lines[0].split("  ") == ["Workload", "aws 2018-11-22", "azure 2024-07-18"]
    assert "down 84 min" in lines[2]
    assert "spared...down up to 315 min" in lines[2]


def test_a_matrix_wider_than_any_terminal_comes_in_bands() -> None:
    """Columns that do not fit beside each other follow below, with the row labels again."""
    columns = tuple(f"outage-{number}" for number in range(60))
    matrix = Matrix(rows=("shop",), columns=columns, cells=((Cell(text="down"),) * 60,), row_title="Workload")
    text = "\n".join(drawn(matrix))
    assert text.count("Workload") > 1
    assert text.count(" D") == 60


def test_a_matrix_that_holds_no_verdicts_keeps_its_texts() -> None:
    """Any matrix can be drawn."""
    matrix = Matrix(rows=("a",), columns=("b",), cells=((Cell(text="Downing Street 10"),),))
    assert "Downing Street 10" in "\n".join(drawn(matrix))


def test_ids_break_after_their_punctuation() -> None:
    """A long id in a narrow column breaks where people can still read it."""
    table = Table(
        columns=("Domain", "Text"),
        rows=((Cell(text="a" * 30), Cell(text="service:aws/ap-northeast-2/vpc-resolver " * 4)),),
    )
    ends = [line.rstrip()[-1] for line in drawn(table, 60)[2:]]
    assert set(ends) <= set("/:-r")


def test_rows_too_wide_for_columns_become_records() -> None:
    """A table of many columns is told row by row on a narrow terminal."""
    table = Table(
        columns=tuple(f"column {number}" for number in range(8)),
        rows=(tuple(Cell(text=f"value-number-{number}") for number in range(8)),),
    )
    lines = drawn(table, 60)
    assert lines[0] == "value-number-0"
    assert "column 1 value-number-1" in lines[1]


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
@pytest.mark.parametrize("columns", [2, 3, 5, 8, 12])
def test_no_cell_is_ever_cut(width: int, columns: int) -> None:
    """However many and long the columns, every word of every cell is on the page."""
    cells = tuple(
        Cell(text=f"{'word' * (1 + number % 3)}{number} and-{number}/more:{number}")
        for number in range(columns)
    )
    table = Table(columns=tuple(f"head {number}" for number in range(columns)), rows=(cells, cells))
    lines = drawn(table, width)
    assert max(len(line) for line in lines) <= width
    text = "".join(lines)
    for number in range(columns):
        pieces = (f"word{number}"[-4:], f"and-{number}/", f"more:{number}")
        assert all(text.count(piece) >= 2 for piece in pieces), pieces


def test_indented_lines_never_outgrow_their_parents(audit: Audit) -> None:
    """A reason chain is a staircase, one step deeper each time."""
    lines = written(audit, Look(width=140, full=True)).splitlines()
    start = lines.index("service:aws/ap-northeast-2/vpc-resolver")
    depths = [len(line) - len(line.lstrip()) for line in lines[start : start + 3]]
    assert all(later - earlier in {0, 2} for earlier, later in pairwise(depths))


def test_a_number_is_never_broken() -> None:
    """A line may break inside a range of amounts, never inside one of them."""
    note = Note(lines=("exposed to 6,590,000,000-10,500,000,000 KRW a year in the worst case",))
    section = Section(id="money", title="Money", blocks=(note,))
    told = Document(title="x", subtitle="", headline=Figures(items=()), sections=(section,))
    for width in range(40, 70):
        text = page(told, Look(width=width, full=True)).decode()
        assert "6,590,000,000" in text, width
        assert "10,500,000,000" in text, width
