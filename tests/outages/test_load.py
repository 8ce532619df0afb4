"""Outage files: what is refused, and in which words."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from auditor.errors import CatalogueError
from auditor.outages import catalogue, load
from auditor.outages.load import parse_text

GOOD = """\
id = "acme-2030-01-01"
title = "Acme loses a room"
provider = "aws"
provider_kind = "cloud"
fault_class = "zone"
mechanism = "Water came in."

[time]
start = 2030-01-01T10:00:00Z
end = 2030-01-01T12:00:00+01:00
minutes = 60.0

[scope]
reach = "zone"
regions = ["us-east-1"]

[recovery]
kind = "provider-only"

[verification]
verified = true
level = "press"

[[impacts]]
what = "Machines in the room are off"
applies_to = "in-zone"
plane = "data"
severity = "down"
start = 2030-01-01T10:00:00Z
end = 2030-01-01T11:00:00Z
where = { all = [{ zone = "aws/use1-az1" }, { fact = "os", is = "linux" }] }
cause = "zone:aws/use1-az1"

[[sources]]
title = "Acme"
url = "https://acme.example/report"
kind = "primary"
"""
IMPACT = GOOD[GOOD.index("[[impacts]]") : GOOD.index("[[sources]]")]
WHERE = '{ all = [{ zone = "aws/use1-az1" }, { fact = "os", is = "linux" }] }'


def refused(text: str, stem: str = "acme-2030-01-01") -> str:
    with pytest.raises(CatalogueError) as caught:
        parse_text(text, name="acme.toml", stem=stem)
    assert "docs/outages.md" in caught.value.hint
    assert "\n" not in str(caught.value)
    return str(caught.value)


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return refused(GOOD.replace(old, new, 1))


def _label(mistake: dict[str, str]) -> str:
    return mistake["says"].partition(":")[0]


MISTAKES = tomllib.loads((Path(__file__).parent / "mistakes.toml").read_text())


def test_a_good_file_is_an_outage() -> None:
    """Times come out in UTC whatever their offset, and durations from the window."""
    outage = parse_text(GOOD, name="acme.toml", stem="acme-2030-01-01")
    assert outage.end is not None
    assert outage.end.isoformat() == "2030-01-01T11:00:00+00:00"
    assert outage.impacts[0].duration == (60.0, 60.0)


def test_outages_of_other_kinds_can_be_written() -> None:
    """Several windows, other clouds, vendors, certificates, open ends: the schema holds them all."""
    shapes = (Path(__file__).parent / "shapes.toml").read_text()
    outage = parse_text(GOOD.replace(IMPACT, shapes), name="acme.toml", stem="acme-2030-01-01")
    assert len(outage.impacts) == shapes.count("[[impacts]]")


def test_a_bad_date_is_refused() -> None:
    """A text in a date's place says how a date is written."""
    assert changed("start = 2030-01-01T10:00:00Z\nend", 'start = "2030-13-01"\nend') == (
        "acme.toml: time.start: '2030-13-01' must be a date and time with its offset and no quotes, "
        "such as 2018-11-21T23:19:00Z"
    )


def test_an_impossible_date_is_refused() -> None:
    """A thirteenth month is no TOML; the line is named."""
    assert changed("2030-01-01T10:00:00Z\nend", "2030-13-01T10:00:00Z\nend").startswith(
        "acme.toml: is no valid TOML: "
    )


def test_a_date_without_offset_is_refused() -> None:
    """Local times would move the window by hours."""
    assert changed("2030-01-01T10:00:00Z\nend", "2030-01-01T10:00:00\nend") == (
        "acme.toml: time.start: 2030-01-01T10:00:00 has no offset: it must be a date and time with its "
        "offset and no quotes, such as 2018-11-21T23:19:00Z"
    )


@pytest.mark.parametrize("mistake", MISTAKES["file"], ids=_label)
def test_mistakes_of_the_file_are_told_by_key(mistake: dict[str, str]) -> None:
    """One line, the file, the key path and what is wrong."""
    assert changed(mistake["old"], mistake["new"]) == f"acme.toml: {mistake['says']}"


def test_sources_must_not_be_empty() -> None:
    """A statement without a source is no record."""
    text = GOOD[: GOOD.index("[[sources]]")].replace("[time]", "sources = []\n\n[time]", 1)
    assert refused(text) == "acme.toml: sources: must not be empty"


@pytest.mark.parametrize("mistake", MISTAKES["impact"], ids=_label)
def test_mistakes_of_an_impact_are_told_by_key(mistake: dict[str, str]) -> None:
    """Impacts are counted from one, as a reader counts them."""
    text = IMPACT.replace(mistake["old"], mistake["new"], 1)
    assert text != IMPACT
    assert refused(GOOD.replace(IMPACT, text)) == f"acme.toml: impacts[1].{mistake['says']}"


@pytest.mark.parametrize("mistake", MISTAKES["condition"], ids=_label)
def test_mistakes_of_a_condition_are_told_by_key(mistake: dict[str, str]) -> None:
    """The key path leads into the condition, down to the word that is wrong."""
    assert changed(WHERE, mistake["new"]) == f"acme.toml: impacts[1].{mistake['says']}"


def test_a_users_folder_joins_the_catalogue(tmp_path: Path) -> None:
    """Entries of a folder stand beside ours, all of them sorted."""
    (tmp_path / "acme-2030-01-01.toml").write_text(GOOD)
    found = catalogue((tmp_path,))
    assert list(found) == sorted([*catalogue(), "acme-2030-01-01"])


def test_an_id_twice_is_refused(tmp_path: Path) -> None:
    """Nobody replaces an entry by accident."""
    taken = next(iter(catalogue()))
    (tmp_path / f"{taken}.toml").write_text(GOOD.replace("acme-2030-01-01", taken))
    with pytest.raises(CatalogueError, match=f"id: '{taken}' is in the catalogue already"):
        catalogue((tmp_path,))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """A mistyped folder must not look like a folder without outages."""
    with pytest.raises(CatalogueError, match="there is no such folder of outages"):
        catalogue((tmp_path / "none",))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A missing file and one that is no text each give one line."""
    with pytest.raises(CatalogueError, match="cannot be read: No such file or directory"):
        load(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(CatalogueError, match="cannot be read: 'utf-8' codec"):
        load(tmp_path / "bytes.toml")


def test_text_that_is_no_toml_is_refused() -> None:
    """The parser's own line and column are kept."""
    assert refused("id = ") == "acme.toml: is no valid TOML: Invalid value (at end of document)"
