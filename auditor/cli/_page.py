"""Pages of commands that show no audit: a title and some blocks."""

from __future__ import annotations

from auditor.cli._destination import look, write_stdout
from auditor.model.section import Block, Figures, Section


def show(
    title: str,
    subtitle: str,
    blocks: tuple[Block, ...] = (),
    *,
    sections: tuple[Section, ...] = (),
    no_color: bool = False,
) -> None:
    """Print a page on stdout, as the terminal summary prints its own."""
    from auditor.formats.terminal import page
    from auditor.report import Document

    opening = (Section(id="page", title="", blocks=blocks),) if blocks else ()
    made = Document(
        title=title, subtitle=subtitle, headline=Figures(items=()), sections=(*opening, *sections)
    )
    write_stdout(page(made, look(no_color=no_color, full=True)))
