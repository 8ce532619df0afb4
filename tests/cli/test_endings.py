"""How it ends: exit status, full disks, closed pipes, Ctrl-C, missing credentials."""

from __future__ import annotations

import os
import pty
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.cli.conftest import SETTINGS, Run, Shell, environment, program

DENIED = '[aws]\nenabled = true\nprofile = "no-such-profile"\n'


def test_without_credentials_there_is_one_line_and_what_to_do(run: Run, folder: Path) -> None:
    """Exit 4, nothing on stdout."""
    (folder / "auditor.toml").write_text("[azure]\nenabled = false\n", encoding="utf-8")
    done = run("audit")
    assert done.exit_code == 4
    assert done.stdout == ""
    error, hint = done.stderr.splitlines()
    assert error.startswith("error: nothing to audit: no credentials for AWS or Azure were found")
    assert hint.startswith("hint: sign in with `aws configure` or `az login`")


def test_a_provider_asked_for_by_name_and_refused_is_a_gap(run: Run, folder: Path) -> None:
    """With anything else to look at, missing credentials are a place not seen."""
    text = SETTINGS.replace("[aws]\nenabled = false", DENIED.strip())
    (folder / "auditor.toml").write_text(text, encoding="utf-8")
    done = run("audit")
    assert done.exit_code == 0, done.stderr
    assert "1 place could not be read. Not seen is not absent." in done.stdout


def test_a_provider_nobody_asked_for_is_only_a_note(run: Run, folder: Path) -> None:
    """Most companies have one cloud; the other one missing is no fault."""
    text = SETTINGS.replace("[aws]\nenabled = false", "[aws]")
    (folder / "auditor.toml").write_text(text, encoding="utf-8")
    done = run("audit", "--strict")
    assert done.exit_code == 0, done.stderr
    assert done.stderr.startswith("note: aws left out: ")
    assert "Places not seen              0" in done.stdout


def test_strict_runs_end_with_3_when_anything_was_not_seen(run: Run, folder: Path) -> None:
    """The report is still written: incomplete is a status, not a failure."""
    text = SETTINGS.replace("[aws]\nenabled = false", DENIED.strip())
    (folder / "auditor.toml").write_text(text, encoding="utf-8")
    done = run("audit", "--strict")
    assert done.exit_code == 3
    assert done.stdout.startswith("What takes us down")
    assert "incomplete: 1 place" in done.stderr
    assert run("collect", "-o", "x.auditor", "--strict").exit_code == 3


def test_a_passed_limit_ends_with_1_and_is_named(run: Run, folder: Path) -> None:
    """Pipelines stop on what the settings do not allow."""
    limits = "\n[limits]\nmin_score = 90.0\nmax_lost_share = { region = 0.5 }\n"
    (folder / "auditor.toml").write_text(SETTINGS + limits, encoding="utf-8")
    done = run("audit")
    assert done.exit_code == 1
    assert "limit passed: score" in done.stderr
    assert "limit passed: losing region:aws/ap-northeast-2 takes 80%, more than 50%" in done.stderr


def test_wrong_settings_end_with_2_and_name_the_line(run: Run, folder: Path) -> None:
    """File, line and key."""
    (folder / "auditor.toml").write_text(SETTINGS + "\n[report]\nouput = 'x'\n", encoding="utf-8")
    done = run("audit")
    assert done.exit_code == 2
    assert done.stderr.startswith("error: auditor.toml:")
    assert "ouput" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [["--no-such-option"], ["no-such-command"], ["report"], ["collect"], ["whatif"], ["audit", "--format"]],
)
def test_wrong_usage_ends_with_2(run: Run, arguments: list[str]) -> None:
    """The command line's own errors have the same status."""
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "json", "--format", "html"], "several formats cannot go to stdout"),
        (["--format", "json", "--format", "html", "-o", "-"], "several formats cannot go to stdout"),
        (["--format", "json", "--format", "html", "-o", "x.json"], "several formats cannot go to x.json"),
        (["-o", "report.docx"], "report.docx: no format is written to *.docx"),
    ],
)
def test_formats_and_output_that_do_not_go_together_are_refused(
    run: Run, arguments: list[str], message: str
) -> None:
    """Before anything is read, not after."""
    done = run("audit", *arguments)
    assert (done.exit_code, done.stdout) == (2, "")
    assert message in done.stderr


@pytest.mark.parametrize(
    ("name", "start"),
    [("a.json", b'{\n  "schema"'), ("a.html", b"<!doctype html>"), ("deep/er/a.md", b"# What")],
)
def test_a_file_name_says_its_format(run: Run, folder: Path, name: str, start: bytes) -> None:
    """``-o report.html`` needs no ``--format``; missing folders are made."""
    done = run("audit", "-o", name)
    assert (done.exit_code, done.stdout) == (0, "")
    assert (folder / name).read_bytes().startswith(start)


@pytest.mark.parametrize("text", [b"", b"no snapshot", b"PK\x03\x04"])
def test_a_file_that_is_no_snapshot_is_refused_in_one_line(run: Run, folder: Path, text: bytes) -> None:
    """Exit 2, no traceback."""
    (folder / "x.auditor").write_bytes(text)
    done = run("report", "x.auditor")
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 2


def test_a_full_disk_is_told_in_one_line(shell: Shell, run: Run) -> None:
    """Exit 2, whether the result goes to stdout or to a file."""
    with Path("/dev/full").open("wb") as full:
        piped = shell("outages", "list", capture_output=False, stdout=full, stderr=subprocess.PIPE)
        helped = shell("--help", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    written = run("audit", "--format", "json", "-o", "/dev/full")
    for status, told in ((piped.returncode, piped.stderr.decode()), (written.exit_code, written.stderr)):
        assert status == 2
        error, hint = told.splitlines()
        assert "no space left on device" in error
        assert hint.startswith("hint: free some space")
    assert (helped.returncode, helped.stderr) == (2, b"error: no space left on device\n")


def test_a_folder_that_cannot_be_made_is_told_before_anything_is_read(run: Run, folder: Path) -> None:
    """A file stands where the folder should."""
    (folder / "taken").write_text("", encoding="utf-8")
    done = run("audit", "-o", "taken/reports/")
    assert done.exit_code == 2
    assert "taken/reports: cannot be made" in done.stderr


def test_a_reader_that_leaves_early_is_no_error(folder: Path) -> None:
    """``auditor outages list | head -0`` ends quietly."""
    with subprocess.Popen(
        [*program(), "outages", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=environment(),
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(60) == 141


def test_ctrl_c_ends_at_once_with_one_line(folder: Path) -> None:
    """Even while a provider does not answer: exit 130, no traceback, no waiting."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        asked = threading.Event()

        def accept() -> None:
            held, _ = silent.accept()
            with held:
                asked.set()
                while held.recv(4096):  # hear the request out, answer nothing
                    pass

        listener = threading.Thread(target=accept)
        listener.start()
        (folder / "auditor.toml").write_text("[azure]\nenabled = false\n", encoding="utf-8")
        keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y"}
        with subprocess.Popen(
            [*program(), "audit"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=folder,
            env=environment() | keys | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"},
        ) as running:
            assert asked.wait(60)
            began = time.monotonic()
            running.send_signal(signal.SIGINT)
            out, err = running.communicate(timeout=30)
            assert time.monotonic() - began < 5
        listener.join(10)
    assert (running.returncode, out, err) == (130, b"", b"interrupted\n")


def on_a_terminal(folder: Path, *arguments: str) -> tuple[int, bytes, bytes]:
    """Run with stderr on a terminal; return status, stdout and what the terminal got."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*program(), *arguments],
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=folder,
        env=environment() | {"TERM": "xterm"},
    ) as running:
        os.close(theirs)
        assert running.stdout is not None
        out = running.stdout.read()
        told = b""
        while True:
            try:
                told += os.read(ours, 4096)
            except OSError:  # the other end is closed
                break
        status = running.wait(60)
    os.close(ours)
    return status, out, told


def test_progress_is_shown_on_a_terminal_only(folder: Path) -> None:
    """Bars, in colour, go to stderr while there is someone to watch, and never when told to be quiet."""
    status, out, told = on_a_terminal(folder, "audit", "--format", "json")
    assert status == 0
    assert out.startswith(b"{\n")
    assert b"analyse" in told
    assert b"\x1b[3" in told
    status, _, told = on_a_terminal(folder, "audit", "--format", "json", "--quiet")
    assert (status, told) == (0, b"")


def test_progress_heeds_no_color(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks for no colour gets none in the bars either."""
    monkeypatch.setenv("NO_COLOR", "1")
    told = on_a_terminal(folder, "audit", "--format", "json")[2]
    assert b"analyse" in told
    assert b"\x1b[3" not in told


def test_quiet_runs_say_nothing_on_stderr(run: Run) -> None:
    """Cron mails only what went wrong."""
    done = run("audit", "-o", "out", "--quiet")
    assert (done.exit_code, done.stderr) == (0, "")


def test_verbose_runs_tell_everything(run: Run) -> None:
    """The full report on stdout, the stages on stderr."""
    brief, full = run("audit").stdout, run("audit", "--verbose")
    assert len(full.stdout) > len(brief)
    assert "analyse: done" in full.stderr


def test_messages_survive_a_terminal_without_unicode(shell: Shell) -> None:
    """An ASCII locale gets escapes, never an encoding error."""
    plain = environment() | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = shell("outages", "show", "무결점", env=plain)
    assert done.returncode == 2
    assert b"\\ubb34" in done.stderr
    assert shell("audit", env=plain).stdout.decode("ascii").startswith("What takes us down")
