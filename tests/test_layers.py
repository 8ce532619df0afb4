"""The rooms of the house: who may import whom, read from the code's own imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "auditor"

BASE = {"model", "errors", "progress"}
SEAM = BASE | {"inventory"}
COLLECTING = SEAM | {"discovery", "config"}
# Each room and the rooms of ours it may import, besides itself.
MAY_IMPORT: dict[str, set[str]] = {
    "model": set(),
    "errors": set(),
    "progress": set(),
    "kernels": set(),
    "discovery": {"errors"},
    "config": {"model", "errors"},
    "inventory": BASE,
    "connectors": COLLECTING,
    "estate": COLLECTING | {"kernels"},
    "outages": COLLECTING,
    "obligations": COLLECTING,
    "analyses": COLLECTING | {"estate", "kernels", "outages", "obligations"},
    "report": SEAM,
    "history": SEAM,
    "formats": BASE | {"report", "discovery"},
    "demo": COLLECTING | {"connectors"},
}
# Libraries that only these modules may import.
GUARDED: dict[str, tuple[str, ...]] = {
    "boto3": ("auditor/connectors/aws/session.py", "auditor/demo/"),
    "botocore": ("auditor/connectors/aws/session.py", "auditor/demo/"),
    "azure": ("auditor/connectors/azure/session.py",),
    "moto": ("auditor/demo/",),
    "rich": ("auditor/formats/terminal.py", "auditor/cli/"),
    "typer": ("auditor/cli/",),
}
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py"))


def _parsed(path: Path) -> ast.Module:
    """Return a module's syntax tree.

    CPython 3.11 counts the depth of a tree once for all threads (python/cpython#106905), so a server that
    another test left answering can disturb the count; reading again is right then.
    """
    source = path.read_text(encoding="utf-8")
    try:
        return ast.parse(source)
    except SystemError:
        return ast.parse(source)


@cache
def imported(path: Path) -> frozenset[str]:
    """Return every absolute module name a file imports, at any depth."""
    names: set[str] = set()
    for node in ast.walk(_parsed(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(names)


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_the_rooms_below_it(module: str) -> None:
    """Every import of ours goes to a room that the design lets this room see."""
    room = module.removeprefix("auditor/").split("/")[0].removesuffix(".py")
    allowed = MAY_IMPORT.get(room)
    seen = {name.split(".")[1] for name in imported(ROOT / module) if name.startswith("auditor.")} - {room}
    if allowed is None:  # the public face and the command line may import everything
        assert room in {"__init__", "__main__", "api", "cli"}
        return
    assert seen <= allowed, f"{module} may not import {sorted(seen - allowed)}"


@pytest.mark.parametrize("module", MODULES)
def test_a_library_is_imported_only_at_its_border(module: str) -> None:
    """SDKs stay in the session modules, rich and typer where people are talked to."""
    for name in imported(ROOT / module):
        homes = GUARDED.get(name.split(".")[0])
        assert homes is None or module.startswith(homes), f"{module} may not import {name}"


def test_nobody_imports_the_command_line() -> None:
    """The command line is the outermost room."""
    offenders = [
        module
        for module in MODULES
        if not module.startswith("auditor/cli/") and module != "auditor/__main__.py"
        for name in imported(ROOT / module)
        if name.startswith("auditor.cli")
    ]
    assert offenders == []


def test_importing_the_command_line_loads_no_sdk_and_no_numpy() -> None:
    """Help and completion answer at once."""
    heavy = "{'boto3', 'botocore', 'azure', 'numpy', 'polars'}"
    code = f"import sys, auditor.cli; print(sorted(set(sys.modules) & {heavy}))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_keeps_to_a_readable_size(module: str) -> None:
    """No module passes 400 lines: past that it holds two things."""
    assert len((ROOT / module).read_text(encoding="utf-8").splitlines()) <= 400
