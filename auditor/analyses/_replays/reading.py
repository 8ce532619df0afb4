"""From outcomes of the best and the worst case to what a reader gets: verdicts, ranges, facts, reasons."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from auditor.analyses._replays.effects import Effect
from auditor.analyses._replays.lens import Lens
from auditor.analyses._replays.needed import Means, Questions
from auditor.analyses._replays.outcome import Outcome
from auditor.analyses._replays.standing import Standing
from auditor.analyses._replays.timeline import OPEN
from auditor.estate.graph import Estate
from auditor.kernels import Bools
from auditor.kernels.mixing import scattered
from auditor.model.audit import VERDICT_ORDER, Breach, OpenRange, Range, Verdict, Window, WorkloadReplay

Index = NDArray[np.intp]
T = TypeVar("T", int, float)

WORD_BYTES = 8

DIGITS = 3
"""Decimals of a minute kept: seconds of a standby, not noise of floating point."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One outage's outcomes: a best and a worst one per scenario (candidate zone), in the same order.

    ``answers`` bool [w, q] are those to ``questions``.
    """

    estate: Estate
    means: Means
    effects: tuple[Effect, ...]
    best: Sequence[Outcome]
    worst: Sequence[Outcome]
    low: Index
    high: Index
    questions: Questions
    answers: Bools

    @classmethod
    def all(
        cls, standing: Standing, pairs: Iterable[tuple[Sequence[Outcome], Sequence[Outcome]]]
    ) -> list[Reading]:
        """Lay the outcomes of outages side by side, and ask all they leave open together."""
        means = Means.of(standing)
        asked = [cls._asking(means, standing.lens, best, worst) for best, worst in pairs]
        answers = standing.on([seed for each in asked for seed in each.questions.seeds])
        ends = np.cumsum([len(each.questions.seeds) for each in asked])
        parts = np.split(answers, ends[:-1], axis=1) if asked else []
        return [replace(each, answers=part) for each, part in zip(asked, parts, strict=True)]

    @classmethod
    def _asking(cls, means: Means, lens: Lens, best: Sequence[Outcome], worst: Sequence[Outcome]) -> Reading:
        effects = _distinct(o.effects for o in worst)
        ranks = np.min([o.rank for o in best], axis=0), np.max([o.rank for o in worst], axis=0)
        low, high = np.minimum(*ranks), np.maximum(*ranks)
        hit = np.any([o.hit for o in worst if o.hit is not None], axis=0)
        return cls(
            estate=lens.estate,
            means=means,
            effects=effects,
            best=best,
            worst=worst,
            low=low,
            high=high,
            questions=Questions.of(lens, effects, hit, undecided=bool((low != high).any())),
            answers=np.zeros((low.size, 0), np.bool_),
        )

    def alike(self) -> tuple[Index, Index]:
        """Return workloads [p] that stand for all that this outage does the same to, and which [w] does."""
        targets = [-1.0 if w.rto_minutes is None else w.rto_minutes for w in self.estate.workloads]
        columns: list[NDArray[Any]] = [self.answers, np.array(targets), self.control_planes[1]]
        for outcome in (*self.best, *self.worst):
            columns += [outcome.rank, outcome.out, outcome.impaired, outcome.roots_out]
            columns += [outcome.switched, outcome.loss, outcome.touched]
        rows = self.estate.workload_nodes.size
        if not rows:
            return np.zeros(0, np.intp), np.zeros(0, np.intp)
        told = [np.ascontiguousarray(each.reshape(rows, -1)).view(np.uint8) for each in columns if each.size]
        padding = -sum(each.shape[1] for each in told) % WORD_BYTES
        whole = np.concatenate([*told, np.zeros((rows, padding), np.uint8)], axis=1).view(np.uint64)
        salt = scattered(np.arange(whole.shape[1], dtype=np.uint64))
        keys = scattered(whole ^ salt).sum(axis=1)
        _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
        return first, inverse.reshape(-1)

    @cached_property
    def control_planes(self) -> tuple[tuple[str, ...], Bools]:
        """The control planes touched, and which workloads would need each to act: bool [w, planes]."""
        return self.questions.control_planes(self.effects, self.means, self.answers)

    def workload(self, w: int) -> WorkloadReplay:
        """Return what the outage does to one workload, but for its name and the reasons."""
        planes, acting = self.control_planes
        verdict = (VERDICT_ORDER[self.low[w]], VERDICT_ORDER[self.high[w]])
        out = _span((o.out[w] for o in self.best), (o.out[w] for o in self.worst))
        impaired = _span((o.impaired[w] for o in self.best), (o.impaired[w] for o in self.worst))
        touching = self._touching(w)
        running = [effect for effect in touching if not effect.acting]
        minutes = impaired if verdict[1] is Verdict.IMPAIRED else out
        loss, possible = self._loss(w)
        return WorkloadReplay(
            workload="",
            verdict=verdict,
            minutes=minutes,
            impaired_minutes=impaired,
            partial=any(effect.partial for effect in running),
            share=_share(running),
            roots_out=self._roots_out(w),
            control_plane=tuple(planes[at] for at in np.flatnonzero(acting[w])),
            rto_breach=_breach(self.estate.workloads[w].rto_minutes, out),
            data_loss=loss,
            data_loss_possible=possible,
            unknown_facts=self.questions.missing(w, self.answers) if verdict[0] is not verdict[1] else (),
            windows=windows(touching),
            because=(),
        )

    def _touching(self, w: int) -> tuple[Effect, ...]:
        return _distinct(
            [effect for effect, hit in zip(o.effects, o.touched[w], strict=True) if hit] for o in self.worst
        )

    def _roots_out(self, w: int) -> Range | None:
        low = min(float(o.roots_out[w]) for o in self.best)
        high = max(float(o.roots_out[w]) for o in self.worst)
        return None if np.isnan(low) else _ordered(low, high)

    def _loss(self, w: int) -> tuple[OpenRange | None, bool]:
        """Return minutes of writes lost by switching, and whether any can be."""
        if not any(o.switched[w] for o in (*self.best, *self.worst)):
            return None, False
        losses = [float(o.loss[w]) if o.switched[w] else 0.0 for o in (*self.best, *self.worst)]
        known = [loss for loss in losses if not np.isnan(loss)]
        if not known:
            return None, True
        return (min(known), max(known) if len(known) == len(losses) else None), True


class _Timed(Protocol):
    """What has a window: an effect, or an impact of the catalogue."""

    @property
    def start(self) -> datetime: ...
    @property
    def until(self) -> datetime | None: ...
    @property
    def what(self) -> str: ...


def windows(timed: Iterable[_Timed]) -> tuple[Window, ...]:
    """Return the stretches of time of effects or impacts, in order, each once."""
    found = sorted({(each.start, each.until or _LAST, each.what) for each in timed})
    return tuple(
        Window(start=moment(start), end=None if end == _LAST else moment(end), what=what)
        for start, end, what in found
    )


_LAST = datetime.max.replace(tzinfo=UTC)


def moment(when: datetime) -> str:
    """Return a moment as ISO 8601 in UTC."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def closed(minutes: float) -> float | None:
    """Return minutes for the reader, None where they stand for "no end known"."""
    return None if minutes >= OPEN / 2 else round(float(minutes), DIGITS)


def _span(best: Iterable[float], worst: Iterable[float]) -> OpenRange:
    low, high = sorted((float(min(best)), float(max(worst))))
    return closed(low), closed(high)


def _ordered(low: T, high: T) -> tuple[T, T]:
    return (low, high) if low <= high else (high, low)


def _share(effects: Sequence[Effect]) -> float | None:
    """Return the share of the population hit where all partial effects agree on one."""
    shares = {effect.share for effect in effects if effect.partial}
    return shares.pop() if len(shares) == 1 else None


def _breach(target: float | None, out: OpenRange) -> Breach | None:
    """Return whether a recovery-time target is passed; an unknown low bound proves nothing."""
    if target is None:
        return None
    low, high = out
    if low is not None and low > target:
        return Breach.YES
    return Breach.NO if high is not None and high <= target else Breach.POSSIBLE


def _distinct(groups: Iterable[Iterable[Effect]]) -> tuple[Effect, ...]:
    """Return every effect once; scenarios of one outage share those that no open zone changes."""
    return tuple({id(effect): effect for group in groups for effect in group}.values())
