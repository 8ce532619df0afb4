"""What takes us down that we do not control, and what would it cost to change that?

>>> import auditor
>>> inventory = auditor.load("estate.auditor")  # or auditor.collect()
>>> auditor.audit(inventory).score
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from auditor.api import Audit, Inventory, audit, collect, load

__all__ = ["Audit", "Inventory", "audit", "collect", "load"]


def __getattr__(name: str) -> object:
    """Load the public names when first asked for: importing the package stays cheap."""
    if name in __all__:
        return getattr(import_module("auditor.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
