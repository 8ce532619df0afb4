"""A whole inventory in one file: a header and one Parquet table each, in an uncompressed zip.

The same inventory gives the same bytes. The header names the format and the digest of every table, so a
truncated, changed or newer file is refused in one line.
"""

from __future__ import annotations

import hashlib
import io
import json
import struct
import zipfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import TypeAdapter, ValidationError

from auditor.errors import SnapshotError
from auditor.inventory.files import open_atomic
from auditor.inventory.tables import SCHEMAS, VALUE_FIELDS, Inventory, tables_of
from auditor.model.gap import Gap
from auditor.model.resource import Zone
from auditor.model.workload import Fleet, Vendor, Workload

FORMAT = "auditor-snapshot"
VERSION = 1
SUFFIX = ".auditor"

_HEADER = "header.json"
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold; a real one would change the bytes."""

_AGAIN = "make it again with `auditor collect -o FILE`"

_VALUES: Mapping[str, Any] = {
    "taken_at": str,
    "zones": tuple[Zone, ...],
    "gaps": tuple[Gap, ...],
    "workloads": tuple[Workload, ...],
    "vendors": tuple[Vendor, ...],
    "fleets": tuple[Fleet, ...],
    "settled": tuple[tuple[str, str], ...],
}
assert set(_VALUES) == set(VALUE_FIELDS)  # noqa: S101 - a new field must not be lost on the way to disk


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(_VALUES[name])


def save(inventory: Inventory, path: Path) -> None:
    """Write an inventory to ``path``, whole or not at all.

    Raises:
        SnapshotError: it cannot be written.
    """
    parts = {f"{name}.parquet": _packed(frame) for name, frame in tables_of(inventory).items()}
    values = {
        name: _adapter(name).dump_python(getattr(inventory, name), mode="json") for name in VALUE_FIELDS
    }
    header = {
        "format": FORMAT,
        "version": VERSION,
        "sha256": _digests(parts, values),
        **values,
    }
    text = json.dumps(header, ensure_ascii=False, indent=1).encode()
    with open_atomic(path, error=SnapshotError) as file, zipfile.ZipFile(file, "w") as archive:
        for name, data in {_HEADER: text, **parts}.items():
            # Stored, not deflated: the tables are compressed already. 3 = Unix, whatever made it.
            entry = zipfile.ZipInfo(name, date_time=_EPOCH)
            entry.create_system = 3
            archive.writestr(entry, data)


def load(path: Path) -> Inventory:
    """Return the inventory that ``save`` wrote, equal to the one given to it.

    Raises:
        SnapshotError: the file is missing, not a snapshot, truncated, changed, or from a newer version.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            header = _header(path, archive)
            frames: dict[str, Any] = {name: _table(path, archive, name, header) for name in SCHEMAS}
    except FileNotFoundError:
        raise SnapshotError(f"{path}: there is no such file", hint=_AGAIN) from None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, struct.error):
        # What zipfile raises on bytes it cannot make sense of.
        raise _damaged(path) from None
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise SnapshotError(
            f"{path}: cannot be read: {why}", hint="give a snapshot file you may read"
        ) from None
    values: dict[str, Any] = {name: _value(path, header, name) for name in VALUE_FIELDS}
    return Inventory(**values, **frames)


def digest(path: Path) -> str:
    """Return the SHA-256 of a snapshot file, in hexadecimal.

    Raises:
        SnapshotError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise SnapshotError(
            f"{path}: cannot be read: {why}", hint="give a snapshot file you may read"
        ) from None


def _packed(frame: pl.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(buffer, compression="zstd", statistics=False)
    return buffer.getvalue()


def _digests(parts: Mapping[str, bytes], values: Mapping[str, Any]) -> dict[str, str]:
    """Return what every part of the file must hash to, the values of the header as one of them."""
    text = json.dumps(values, sort_keys=True)
    all_parts = {**parts, "values": text.encode()}
    return {name: hashlib.sha256(data).hexdigest() for name, data in all_parts.items()}


def _header(path: Path, archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        header = json.loads(archive.read(_HEADER))
    except (KeyError, ValueError):
        raise _foreign(path) from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise _foreign(path)
    version = header.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise SnapshotError(
            f"{path}: is a snapshot of version {version}, this program reads up to version {VERSION}",
            hint="update the auditor, or collect again with this one",
        )
    digests = header.get("sha256")
    values = {name: header.get(name) for name in VALUE_FIELDS}
    if not isinstance(digests, dict) or digests.get("values") != _digests({}, values)["values"]:
        raise SnapshotError(f"{path}: its header has been changed", hint=_AGAIN)
    return header


def _table(path: Path, archive: zipfile.ZipFile, name: str, header: Mapping[str, Any]) -> pl.DataFrame:
    part = f"{name}.parquet"
    try:
        data = archive.read(part)
    except KeyError:
        raise _damaged(path) from None
    if header["sha256"].get(part) != hashlib.sha256(data).hexdigest():
        raise SnapshotError(f"{path}: its table of {name} has been changed", hint=_AGAIN)
    try:
        frame = pl.read_parquet(io.BytesIO(data))
    except (pl.exceptions.PolarsError, OSError):
        raise _damaged(path) from None
    if dict(frame.schema) != SCHEMAS[name]:
        raise SnapshotError(f"{path}: its table of {name} has other columns than expected", hint=_AGAIN)
    return frame


def _value(path: Path, header: Mapping[str, Any], name: str) -> Any:  # noqa: ANN401 - typed by its adapter
    try:
        return _adapter(name).validate_python(header[name])
    except (KeyError, ValidationError):
        raise SnapshotError(f"{path}: its header has no valid {name}", hint=_AGAIN) from None


def _foreign(path: Path) -> SnapshotError:
    return SnapshotError(f"{path}: is not a snapshot of the auditor", hint=_AGAIN)


def _damaged(path: Path) -> SnapshotError:
    """Tell a truncated snapshot from some other file by its first bytes."""
    with path.open("rb") as file:
        begin = file.read(64)
    if begin.startswith(b"PK") and _HEADER.encode() in begin:
        return SnapshotError(f"{path}: is truncated or damaged", hint=_AGAIN)
    return _foreign(path)
