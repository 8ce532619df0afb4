"""What starting up costs."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("boto3", "botocore", "azure", "numpy", "polars", "scipy", "moto", "pydantic", "jinja2")


def loaded_after(statement: str) -> set[str]:
    """Return the top-level modules of a fresh interpreter after one statement."""
    code = f"{statement}\nimport sys\nprint(' '.join(sorted({{name.split('.')[0] for name in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_command_line_loads_nothing_heavy() -> None:
    """``import auditor.cli`` loads no SDK, no numpy, no polars."""
    assert not loaded_after("import auditor.cli").intersection(HEAVY)


def test_putting_the_commands_together_loads_nothing_heavy() -> None:
    """Nor does building every command, so help is quick."""
    found = loaded_after("from auditor.cli._app import application; application()")
    assert not found.intersection(HEAVY)


def test_importing_the_package_loads_nothing_heavy() -> None:
    """``import auditor`` is cheap; its names load when they are asked for."""
    assert not loaded_after("import auditor").intersection(HEAVY)
    assert "polars" in loaded_after("import auditor; auditor.load")
