"""The score as a function of what single losses take, so that a change of the estate can be scored too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.model.audit import ScoreAxis
from auditor.model.domain import SCORED_AXES, axis_of
from auditor.model.evidence import Range

Places = NDArray[np.intp]
Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gauge:
    """The formula of the score with its weights: 100 x sum of weight x (1 - worst loss on the axis).

    An axis that was not observed may lose everything, whatever else is known.
    """

    axes: tuple[ScoreAxis, ...]

    def places(self, names: Sequence[str]) -> Places:
        """Return for each domain id on which axis of the score it lies, -1 on none."""
        place = {kind: at for at, axis in enumerate(self.axes) for kind in SCORED_AXES[axis.axis]}
        axes = [axis_of(name) for name in names]
        return np.array([-1 if axis is None else place.get(axis, -1) for axis in axes], np.intp)

    def score(self, places: Places, best: Shares, worst: Shares) -> Range:
        """Return the score for the shares [domains] that each domain takes in the best and worst case."""
        on = places >= 0
        low, high = (np.zeros(len(self.axes)) for _ in range(2))
        np.maximum.at(low, places[on], np.minimum(best, worst)[on].round(12))
        np.maximum.at(high, places[on], np.maximum(best, worst)[on].round(12))
        high[[not axis.observed for axis in self.axes]] = 1.0
        weight = np.array([axis.weight for axis in self.axes])
        return (
            round(float(100 * (weight * (1 - high)).sum()), 6),
            round(float(100 * (weight * (1 - low)).sum()), 6),
        )
