"""Write a file whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from auditor.errors import AuditorError, OutputError

_HINTS = {
    "ENOSPC": "free some space, or write to another disk",
    "EFBIG": "the file is larger than this system allows; write to another place",
    "EDQUOT": "your quota is used up; free some space, or write to another disk",
    "EACCES": "you may not write there; choose another place",
    "EPERM": "you may not write there; choose another place",
    "EROFS": "that file system cannot be written; choose another place",
    "EISDIR": "that is a folder; give a file name",
    "ENOTDIR": "a part of that path is a file; choose another place",
}


def write_atomic(path: Path, data: bytes, *, error: type[AuditorError] = OutputError) -> None:
    """Write ``data`` to ``path``; whatever was there stays untouched unless all of it arrived.

    Folders that are missing are made.

    Raises:
        AuditorError: of the class ``error``, when it cannot be written.
    """
    with open_atomic(path, error=error) as file:
        file.write(data)


@contextmanager
def open_atomic(path: Path, *, error: type[AuditorError] = OutputError) -> Iterator[BinaryIO]:
    """Yield a binary file that takes the place of ``path`` when the block ends well, and vanishes otherwise.

    Raises:
        AuditorError: of the class ``error``, when it cannot be written.
    """
    try:
        path = Path(os.path.realpath(path))  # a link stays a link, to new content
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():
            with path.open("wb") as file:  # a device or a pipe cannot be replaced; a folder says so itself
                yield file
            return
        temporary = path.with_name(f".auditor-{secrets.token_hex(6)}.part")
        try:
            with temporary.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                temporary.chmod(path.stat().st_mode & 0o777)
            temporary.replace(path)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as problem:
        raise _refused(path, problem, error) from problem


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut where the system can."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refused(path: Path, problem: OSError, error: type[AuditorError]) -> AuditorError:
    name = errno.errorcode.get(problem.errno or 0, "")
    why = (problem.strerror or str(problem)).lower()
    return error(f"{path}: cannot be written: {why}", hint=_HINTS.get(name, "choose another place"))
