"""Find the one named constant of each module in a package: the only registry there is."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import TypeVar

from auditor.errors import CatalogueError

T = TypeVar("T")


def discover(
    package: str, constant: str, of: type[T], key: Callable[[T], str], *, skip: frozenset[str] = frozenset()
) -> dict[str, T]:
    """Import every module of ``package`` and gather its ``constant``.

    The constant is one value of type ``of`` or a tuple of them. Modules whose name starts with an
    underscore are skipped, and those in ``skip`` (what the package shares). Returns the values by ``key``,
    sorted by it.

    Raises:
        CatalogueError: a module lacks the constant, holds something else, or repeats a key.
    """
    found: dict[str, T] = {}
    root = importlib.import_module(package)
    for info in pkgutil.iter_modules(root.__path__):
        if info.name.startswith("_") or info.name in skip:
            continue
        module = importlib.import_module(f"{package}.{info.name}")
        value = getattr(module, constant, None)
        for item in value if isinstance(value, tuple) else (value,):
            if not isinstance(item, of):
                raise CatalogueError(
                    f"{module.__name__}: {constant} must hold {of.__name__} values",
                    hint=f"define {constant} in that module, or start its name with an underscore",
                )
            if key(item) in found:
                raise CatalogueError(
                    f"{module.__name__}: {constant} repeats {key(item)!r}",
                    hint="every key must be unique in its package",
                )
            found[key(item)] = item
    return dict(sorted(found.items()))
