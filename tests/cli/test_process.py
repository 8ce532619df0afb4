"""How the process of a command is set up."""

from __future__ import annotations

import subprocess
import sys

SETTLED = """
import gc
from auditor.cli._process import YOUNG, settle
settle()
settle()
import numpy as np
print(gc.isenabled(), gc.get_threshold()[0] == YOUNG, int(np.ones(1 << 22).sum()))
"""


def test_memory_is_kept_and_cycles_are_looked_for_seldom() -> None:
    """Setting up twice is as good as once, the collector stays on, and large arrays still work."""
    done = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", str(1 << 22)]
