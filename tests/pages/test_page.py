"""The page in a real browser: it renders on its own, asks for nothing, and shows what the audit found."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from auditor.cli._app import application

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "i-seoul-all-zones" / "auditor.toml"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine: apt-get install chromium"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the page of one example, written by the command line."""
    target = tmp_path_factory.mktemp("page") / "report.html"
    result = CliRunner().invoke(
        application(), ["audit", "-c", str(EXAMPLE), "--format", "html", "-o", str(target)]
    )
    assert result.exit_code == 0, result.output
    return target


def _browse(page: Path, *flags: str) -> str:
    assert BROWSER is not None
    profile = page.parent / "profile"
    command = [BROWSER, *QUIET, f"--user-data-dir={profile}", *flags, page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout


def test_a_browser_shows_the_verdicts(page: Path) -> None:
    """The document the browser built holds the workload, the outage and the minutes."""
    shown = re.sub(r"<[^>]+>", " ", _browse(page, "--dump-dom"))
    assert "84 min" in shown
    assert "down" in shown
    assert "vpc-resolver" in shown


def test_a_browser_draws_it(page: Path) -> None:
    """A screenshot is not blank: it takes more bytes than an empty page does."""
    picture = page.parent / "page.png"
    _browse(page, f"--screenshot={picture}", "--window-size=1000,1400")
    assert picture.stat().st_size > 30_000


def test_the_page_asks_the_network_for_nothing(page: Path) -> None:
    """No address outside the page is loaded: links to sources are the only ones named."""
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"<(script|link|img|iframe)\b[^>]*(src|href)=[\"']?(https?:)?//", text)
    assert "default-src 'none'" in html.unescape(text)
