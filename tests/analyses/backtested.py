"""What ``auditor outages backtest`` writes: run once for all that is asked of it, as it takes seconds."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from auditor.cli._app import application


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtested:
    """How it ended, what programs get, and the page for people."""

    status: int
    found: dict[str, Any]
    page: str


@cache
def backtested() -> Backtested:
    """Run it into a folder, in this process."""
    with tempfile.TemporaryDirectory() as place:
        done = CliRunner().invoke(application(), ["outages", "backtest", "-o", f"{place}/"])
        text = {path.suffix: path.read_text(encoding="utf-8") for path in Path(place).iterdir()}
    return Backtested(
        status=done.exit_code,
        found=json.loads(text[".json"])["extensions"]["backtest"],
        page=text[".md"],
    )
