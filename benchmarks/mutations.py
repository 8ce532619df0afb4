"""Plant errors in the kernels (``mutations.toml``), one at a time, and see whether their tests notice.

Run ``python benchmarks/mutations.py``; each error is an exact replacement in a temporary copy of the package,
whose tests/kernels are then run. Needs the development extras; takes some minutes.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_ROOT = Path(__file__).resolve().parent.parent
_NEAR = {"fold": ("digest",), "words": ("edges", "refusals")}  # where errors of a file show first
_SECONDS = 300  # a run that takes longer is one that never ends: noticed


class Mutant(NamedTuple):
    """``old`` in a file of the kernels becomes ``new``: what is wrong then."""

    file: str
    old: str
    new: str
    wrong: str


def main(argv: Sequence[str] | None = None) -> int:
    """Run the mutants asked for; return how many survived."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--file", action="append", help="only mutants of this file (words, bits, ...)")
    given = parser.parse_args(argv)
    listed = tomllib.loads((_ROOT / "benchmarks" / "mutations.toml").read_text(encoding="utf-8"))["mutant"]
    chosen = [Mutant(**each) for each in listed if not given.file or each["file"] in given.file]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("auditor", "tests"):
            shutil.copytree(_ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(_ROOT / "pyproject.toml", copy)
        if run(copy, "words"):
            raise SystemExit("the tests fail without any error planted")
        survivors = [each for each in chosen if not noticed(copy, each)]
    print(f"{len(chosen) - len(survivors)} of {len(chosen)} noticed")
    return len(survivors)


def noticed(copy: Path, mutant: Mutant) -> bool:
    """Plant the error in the copy, run the tests and take it out again; return whether they failed."""
    path = copy / "auditor" / "kernels" / f"{mutant.file}.py"
    sound = path.read_text(encoding="utf-8")
    if sound.count(mutant.old) != 1:
        raise SystemExit(f"{mutant.file}: not there exactly once: {mutant.old!r}")
    path.write_text(sound.replace(mutant.old, mutant.new, 1), encoding="utf-8")
    began = time.perf_counter()
    found = run(copy, mutant.file)
    path.write_text(sound, encoding="utf-8")
    said, seconds = "noticed " if found else "SURVIVED", time.perf_counter() - began
    print(f"{said} {seconds:5.0f} s  {mutant.file}: {mutant.wrong}", flush=True)
    return found


def run(copy: Path, file: str) -> bool:
    """Return whether the kernels' tests in ``copy`` fail, those named after ``file`` first, or do not end."""
    near = _NEAR.get(file, (file,))
    ahead = dict.fromkeys((*near, "hand_solved", "small_systems", "condense", "cutsets"))
    first = [path for name in ahead if (copy / (path := f"tests/kernels/test_{name}.py")).is_file()]
    rest = sorted(
        f"tests/kernels/{path.name}"
        for path in (copy / "tests" / "kernels").glob("test_*.py")
        if "aralia" not in path.name and f"tests/kernels/{path.name}" not in first
    )
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *first, *rest]
    try:
        ended = subprocess.run(  # noqa: S603 - our own tests
            command, cwd=copy, capture_output=True, timeout=_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    return ended.returncode != 0


if __name__ == "__main__":
    sys.exit(min(main(), 1))
