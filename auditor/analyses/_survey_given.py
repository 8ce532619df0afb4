"""What is out to begin with: domains and resources by name, outages of the catalogue by what they touch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np

from auditor.analyses._replays.effects import NONE, Scenario, scenarios
from auditor.analyses._replays.ground import Ground
from auditor.analyses._survey_system import Given, Nodes
from auditor.analyses._whatif import called
from auditor.estate.graph import Estate
from auditor.outages.schema import Outage


def given(estate: Estate, names: Sequence[str], outages: Mapping[str, Outage]) -> tuple[Given, ...]:
    """Return the nodes that are out while all named things are, once per way to settle zones nobody named.

    An outage is on: all it puts out is out, whenever its impacts began; what it only slows is up.

    Raises:
        ConfigError: a name is neither an outage's nor that of anything here.
    """
    fixed = [called(estate, name, others=outages) for name in names if name not in outages]
    ground = Ground.plain(estate)
    on = [scenarios(outages[name], ground) for name in names if name in outages]
    found: dict[tuple[bytes, bytes], Given] = {}
    for chosen in product(*on):
        best, worst = (_joined([*fixed, *_out(chosen, worst=worst)]) for worst in (False, True))
        found.setdefault((best.tobytes(), worst.tobytes()), Given(best=best, worst=worst))
    return tuple(found.values())


def _out(chosen: Sequence[Scenario], *, worst: bool) -> list[Nodes]:
    effects = [effect for scenario in chosen for effect in scenario.effects]
    return [effect.nodes(worst=worst) for effect in effects if not effect.grey]


def _joined(parts: Sequence[Nodes]) -> Nodes:
    return np.unique(np.concatenate([NONE, *parts])).astype(np.int64)
