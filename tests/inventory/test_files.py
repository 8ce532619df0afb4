"""Writing whole or not at all."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.errors import OutputError, SnapshotError
from auditor.inventory.files import open_atomic, write_atomic

TOO_MUCH = """
import resource, signal, sys
from pathlib import Path
from auditor.errors import OutputError
from auditor.inventory.files import write_atomic

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_atomic(Path(sys.argv[1]), b"x" * 100_000)
except OutputError as error:
    print(error, "|", error.hint)
"""


def test_new_file_in_new_folder(tmp_path: Path) -> None:
    """Missing folders are made and nothing but the file is left behind."""
    target = tmp_path / "a" / "b" / "report.json"
    write_atomic(target, b"{}")
    assert target.read_bytes() == b"{}"
    assert [each.name for each in target.parent.iterdir()] == ["report.json"]


def test_old_file_is_replaced_and_keeps_its_permissions(tmp_path: Path) -> None:
    """A replaced file keeps who may read it."""
    target = tmp_path / "report.json"
    target.write_bytes(b"old")
    target.chmod(0o640)
    write_atomic(target, b"new")
    assert target.read_bytes() == b"new"
    assert target.stat().st_mode & 0o777 == 0o640


def interrupted(target: Path) -> None:
    with open_atomic(target) as file:
        file.write(b"half")
        raise KeyboardInterrupt


def test_failure_leaves_the_old_file_alone(tmp_path: Path) -> None:
    """An error while writing leaves the old content, and no half file."""
    target = tmp_path / "report.json"
    target.write_bytes(b"old")
    with pytest.raises(KeyboardInterrupt):
        interrupted(target)
    assert target.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="no file size limit on this system")
def test_no_room(tmp_path: Path) -> None:
    """When the system refuses more bytes there is one line with a hint, and the old file is untouched."""
    target = tmp_path / "report.json"
    target.write_bytes(b"old")
    done = subprocess.run(
        [sys.executable, "-c", TOO_MUCH, str(target)], capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(f"{target}: cannot be written: file too large | ")
    assert target.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]


def test_a_full_device_is_an_error_not_a_replacement() -> None:
    """A device is written to, never replaced, and its refusal is one line with a hint."""
    full = Path("/dev/full")
    if not full.is_char_device():
        pytest.skip("no /dev/full on this system")
    with pytest.raises(
        OutputError, match=r"^/dev/full: cannot be written: no space left on device$"
    ) as caught:
        write_atomic(full, b"x")
    assert "free some space" in caught.value.hint
    assert full.is_char_device()


def test_folder_in_the_way(tmp_path: Path) -> None:
    """A folder cannot be written as a file; the error is of the class asked for."""
    with pytest.raises(SnapshotError, match="cannot be written: is a directory") as caught:
        write_atomic(tmp_path, b"x", error=SnapshotError)
    assert caught.value.hint == "that is a folder; give a file name"


def test_link_stays_a_link(tmp_path: Path) -> None:
    """A link is followed: its target gets the new content."""
    real, link = tmp_path / "real.json", tmp_path / "latest.json"
    real.write_bytes(b"old")
    link.symlink_to(real)
    write_atomic(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
