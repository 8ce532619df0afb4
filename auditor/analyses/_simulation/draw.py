"""Outage years drawn from hazards: when, what, for how long, and which parts of it hit.

Every year draws its own rate from the posterior, so that a year is as uncertain as the record is thin.
Each class has random numbers of its own: adding an outage to one class does not stir the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._simulation.hazards import Group, Hazard, Hazards
from auditor.analyses._simulation.strike import MOST_DRAWS
from auditor.kernels import Floats

YEAR = 365.25 * 24 * 60
"""Minutes."""

Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One distinct way in which an event strikes: a hazard, the coins that fell, and what came along."""

    hazard: int
    hits: int
    sibling: int
    site: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Events in order of year and minute; all arrays [e].

    Attributes:
        year: int64, 0 to years - 1.
        start: minute of the year.
        minutes: duration.
        group: int64, index of its class.
        form: int64, index into ``forms``.
        forms: the distinct forms that occur.
    """

    year: Numbers
    start: Floats
    minutes: Floats
    group: Numbers
    form: Numbers
    forms: tuple[Form, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How years are drawn.

    Attributes:
        years: how many.
        seed: of all random numbers.
        longest: minutes at which durations of classes of the record are cut.
        sibling: probability that a failing zone takes another of its region along.
        across: probability that it takes a site of another provider in its metro along.
    """

    years: int
    seed: int
    longest: float
    sibling: float = 0.0
    across: float = 0.0


def draw(hazards: Hazards, terms: Terms) -> Events:
    """Return the events of so many years, in order of time."""
    parts: list[_Drawn] = []
    for number, group in enumerate(hazards.groups):
        own = [at for at, hazard in enumerate(hazards.hazards) if hazard.group == number]
        if own:
            parts.append(_of_group(np.random.default_rng(_seed(terms.seed, group.name)), hazards, own, terms))
    if not parts:
        none = np.zeros(0, np.int64)
        zero = np.zeros(0)
        return Events(year=none, start=zero, minutes=zero, group=none, form=none, forms=())
    year, start = (
        np.concatenate([each.year for each in parts]),
        np.concatenate([each.start for each in parts]),
    )
    order = np.lexsort((start, year))
    code = np.concatenate([each.code for each in parts])[order]
    rows, form = _distinct(code)
    group_of = np.array([hazard.group for hazard in hazards.hazards], np.int64)
    return Events(
        year=year[order],
        start=start[order],
        minutes=np.concatenate([each.minutes for each in parts])[order],
        group=group_of[code[:, 0]],
        form=form,
        forms=tuple(
            Form(hazard=int(row[0]), hits=int(row[1]), sibling=int(row[2]), site=int(row[3])) for row in rows
        ),
    )


def _seed(seed: int, name: str) -> list[int]:
    digest = hashlib.sha256(name.encode()).digest()
    return [seed, *np.frombuffer(digest[:16], "<u4").tolist()]


def _distinct(codes: Numbers) -> tuple[Numbers, Numbers]:
    top = codes.max(axis=0, initial=0) + 2
    key = np.zeros(codes.shape[0], np.int64)
    for column in range(codes.shape[1]):
        key = key * top[column] + codes[:, column] + 1
    _, first, form = np.unique(key, return_index=True, return_inverse=True)
    return codes[first], form.astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """Events of one class; ``code`` [e, 4] are the fields of their forms."""

    year: Numbers
    start: Floats
    minutes: Floats
    code: Numbers


def _of_group(rng: np.random.Generator, hazards: Hazards, own: Sequence[int], terms: Terms) -> _Drawn:
    mine = [hazards.hazards[at] for at in own]
    group = hazards.groups[mine[0].group]
    weight = np.array([hazard.weight for hazard in mine])
    count = rng.poisson(_rates(rng, group, terms.years) * weight.sum())
    year = np.repeat(np.arange(terms.years), count)
    size = year.size
    picked = np.minimum(np.searchsorted(np.cumsum(weight), rng.random(size) * weight.sum()), len(own) - 1)
    start = rng.random(size) * YEAR
    minutes = np.exp(group.minutes.mu + group.minutes.sigma * rng.standard_normal(size))
    if group.shape:
        minutes = np.minimum(minutes, terms.longest)
    hits = _hits(rng, mine, picked)
    sibling = _along(rng, [hazard.siblings for hazard in mine], picked, terms.sibling)
    site = _along(rng, [hazard.across for hazard in mine], picked, terms.across)
    strikes = np.array([bool(hazard.levels) for hazard in mine])
    kept = np.flatnonzero(strikes[picked] | (sibling >= 0) | (site >= 0))
    code = np.stack([np.array(own)[picked], hits, sibling, site], axis=1)
    return _Drawn(year=year[kept], start=start[kept], minutes=minutes[kept], code=code[kept])


def _rates(rng: np.random.Generator, group: Group, years: int) -> Floats:
    if not group.shape:
        return np.full(years, group.per_year)
    return np.asarray(rng.gamma(group.shape, 1 / group.domain_years, years))


def _hits(rng: np.random.Generator, mine: Sequence[Hazard], picked: Numbers) -> Numbers:
    """Return which coins fell on "hit", a bit each; coins an event does not have stay 0."""
    share = np.zeros((len(mine), MOST_DRAWS))
    for at, hazard in enumerate(mine):
        share[at, : len(hazard.shares)] = hazard.shares
    hits = np.zeros(picked.size, np.int64)
    for coin in range(MOST_DRAWS):
        if share[:, coin].any():
            hits |= (rng.random(picked.size) < share[picked, coin]).astype(np.int64) << coin
    return hits


def _along(
    rng: np.random.Generator, choices: Sequence[tuple[int, ...]], picked: Numbers, odds: float
) -> Numbers:
    """Return for each event one of its hazard's choices with probability ``odds``, else -1."""
    if not any(choices):
        return np.full(picked.size, -1)
    size = np.array([len(each) for each in choices])
    start = np.cumsum(size) - size
    flat = np.array([each for some in choices for each in some], np.int64)
    coming = (rng.random(picked.size) < odds) & (size[picked] > 0)
    chosen = start[picked] + (rng.random(picked.size) * size[picked]).astype(np.int64)
    return np.where(coming, flat[np.minimum(chosen, flat.size - 1)], -1)
