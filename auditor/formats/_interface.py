"""What a format is: a name, a file suffix, and a function from an audit and its document to bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from auditor.model.audit import Audit
from auditor.report import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a page for people should look; formats that have no such choice ignore it.

    Attributes:
        width: columns of the terminal.
        colour: escape codes are wanted.
        encoding: of the terminal; what it cannot show is written in another way.
        full: every block, not the summary.
    """

    width: int = 80
    colour: bool = False
    encoding: str = "utf-8"
    full: bool = False


PLAIN = Look()


class Render(Protocol):
    """Writes one document; same arguments, same bytes."""

    def __call__(self, audit: Audit, document: Document, look: Look = PLAIN, /) -> bytes:
        """Return the finished file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to write a report.

    Attributes:
        name: what ``--format`` takes.
        suffix: of files, without the dot.
        title: for help texts.
        render: the function that writes it.
        for_people: renders blocks; otherwise other programs read it.
        kept: written by default into a folder of reports.
    """

    name: str
    suffix: str
    title: str
    render: Render
    for_people: bool = True
    kept: bool = True
