"""Files of laws into ``Regime`` values, a wrong one refused in one line that names file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError

from auditor.config.refusal import explained, first_line
from auditor.errors import CatalogueError
from auditor.obligations.convert import converted
from auditor.obligations.form import RegimeForm
from auditor.obligations.rules import Fault
from auditor.obligations.schema import Regime

HINT = "docs/obligations.md says how a law is written"


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Regime]:
    """Return every law by id, sorted.

    Raises:
        CatalogueError: a file does not hold to the schema.
    """
    folder = resources.files("auditor.obligations").joinpath("catalogue")
    found = {}
    for entry in sorted(folder.iterdir(), key=lambda each: each.name):
        if entry.name.endswith(".toml"):
            stem = entry.name.removesuffix(".toml")
            found[stem] = parse_text(entry.read_text(encoding="utf-8"), name=entry.name, stem=stem)
    return MappingProxyType(found)


def load(path: Path) -> Regime:
    """Return the law a file describes.

    Raises:
        CatalogueError: the file cannot be read or does not hold to the schema; one line, file and key.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CatalogueError(f"{path}: cannot be read: {first_line(error)}", hint=HINT) from error
    return parse_text(text, name=str(path), stem=path.stem)


def parse_text(text: str, *, name: str, stem: str) -> Regime:
    """Return the law a file's text describes; ``name`` is how errors call the file.

    Raises:
        CatalogueError: the text does not hold to the schema; one line, file and key.
    """
    try:
        return converted(RegimeForm.model_validate(tomllib.loads(text)), stem)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(f"{name}: is no valid TOML: {first_line(error)}", hint=HINT) from error
    except ValidationError as error:
        raise CatalogueError(f"{name}: {explained(error, RegimeForm)}", hint=HINT) from error
    except Fault as fault:
        raise CatalogueError(f"{name}: {fault.path}: {fault.message}", hint=HINT) from fault
