"""The snapshot file: read back equal, same bytes, and one clear line for every broken one."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.errors import SnapshotError
from auditor.inventory import Inventory, empty, same, snapshot
from auditor.model.resource import Resource
from tests.inventory.samples import TAKEN_AT, built, one_of_everything, resources


def test_one_of_everything_is_read_back_equal(tmp_path: Path) -> None:
    """Every field of every type survives the file."""
    taken = one_of_everything()
    snapshot.save(taken, tmp_path / "a.auditor")
    assert same(snapshot.load(tmp_path / "a.auditor"), taken)


def test_nothing_is_read_back_equal(tmp_path: Path) -> None:
    """An empty inventory keeps its columns and their types."""
    snapshot.save(empty(TAKEN_AT), tmp_path / "a.auditor")
    assert same(snapshot.load(tmp_path / "a.auditor"), empty(TAKEN_AT))


@given(st.lists(resources, max_size=5))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_inventory_is_read_back_equal(tmp_path: Path, values: list[Resource]) -> None:
    """What goes in comes out, whatever the texts, numbers and gaps in it."""
    taken = built(values)
    snapshot.save(taken, tmp_path / "a.auditor")
    assert same(snapshot.load(tmp_path / "a.auditor"), taken)


def test_same_inventory_same_bytes(tmp_path: Path) -> None:
    """Neither the clock nor the name of the file is in it."""
    snapshot.save(one_of_everything(), tmp_path / "a.auditor")
    snapshot.save(one_of_everything(), tmp_path / "b.auditor")
    assert (tmp_path / "a.auditor").read_bytes() == (tmp_path / "b.auditor").read_bytes()
    expected = hashlib.sha256((tmp_path / "a.auditor").read_bytes()).hexdigest()
    assert snapshot.digest(tmp_path / "a.auditor") == expected


def outcome(path: Path, expected: Inventory) -> str:
    """Return what is wrong with a file, nothing when it reads as expected."""
    try:
        return "" if same(snapshot.load(path), expected) else "reads as something else"
    except SnapshotError as error:
        return str(error)


def test_no_broken_byte_passes_unseen(tmp_path: Path) -> None:
    """Any single changed byte gives a SnapshotError, or changes nothing of what is read."""
    taken, path = one_of_everything(), tmp_path / "a.auditor"
    snapshot.save(taken, path)
    whole = path.read_bytes()
    for at in range(0, len(whole), 23):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x5A]) + whole[at + 1 :])
        told = outcome(path, taken)
        assert told == "" or told.startswith(f"{path}: "), f"byte {at}"
        assert "\n" not in told


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.9, 0.999])
def test_truncated(tmp_path: Path, share: float) -> None:
    """A file cut short says so."""
    path = tmp_path / "a.auditor"
    snapshot.save(one_of_everything(), path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    expected = "is not a snapshot of the auditor" if share == 0.0 else "is truncated or damaged"
    with pytest.raises(SnapshotError) as caught:
        snapshot.load(path)
    assert str(caught.value) == f"{path}: {expected}"
    assert caught.value.hint == "make it again with `auditor collect -o FILE`"


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Take a snapshot apart, change its parts, and zip it again."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def newer(parts: dict[str, bytes]) -> None:
    parts["header.json"] = json.dumps({**json.loads(parts["header.json"]), "version": 99}).encode()


def tampered_value(parts: dict[str, bytes]) -> None:
    parts["header.json"] = parts["header.json"].replace(b"shop", b"shed")


def tampered_table(parts: dict[str, bytes]) -> None:
    parts["facts.parquet"] = parts["tags.parquet"]


def table_gone(parts: dict[str, bytes]) -> None:
    del parts["needs.parquet"]


def header_gone(parts: dict[str, bytes]) -> None:
    del parts["header.json"]


def other_format(parts: dict[str, bytes]) -> None:
    parts["header.json"] = b'{"format": "holiday photos"}'


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (newer, "is a snapshot of version 99, this program reads up to version 1"),
        (tampered_value, "its header has been changed"),
        (tampered_table, "its table of facts has been changed"),
        (table_gone, "is truncated or damaged"),
        (header_gone, "is not a snapshot of the auditor"),
        (other_format, "is not a snapshot of the auditor"),
    ],
)
def test_wrong_inside(tmp_path: Path, change: Callable[[dict[str, bytes]], None], message: str) -> None:
    """A zip that is not what it says is refused with the reason."""
    path = tmp_path / "a.auditor"
    snapshot.save(one_of_everything(), path)
    rewritten(path, change)
    with pytest.raises(SnapshotError) as caught:
        snapshot.load(path)
    assert str(caught.value) == f"{path}: {message}"


def test_not_there(tmp_path: Path) -> None:
    """A missing file is named."""
    with pytest.raises(SnapshotError, match=r"x\.auditor: there is no such file$"):
        snapshot.load(tmp_path / "x.auditor")
    with pytest.raises(SnapshotError, match=r"x\.auditor: cannot be read: no such file or directory$"):
        snapshot.digest(tmp_path / "x.auditor")


def test_a_text_file(tmp_path: Path) -> None:
    """Some other file is not called damaged."""
    path = tmp_path / "a.auditor"
    path.write_text("hello")
    with pytest.raises(SnapshotError, match=r"is not a snapshot of the auditor$"):
        snapshot.load(path)


def test_a_folder(tmp_path: Path) -> None:
    """A folder is named as such, for reading and for writing."""
    with pytest.raises(SnapshotError, match=r"cannot be read: is a directory$"):
        snapshot.load(tmp_path)
    with pytest.raises(SnapshotError, match=r"cannot be written: is a directory$"):
        snapshot.save(empty(TAKEN_AT), tmp_path)
