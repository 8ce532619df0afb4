"""Rules on a case: yes, no or unknown, at what moment, and what would decide it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from auditor.model.audit import Answer
from auditor.model.duties import FACTS
from auditor.obligations.interruption import Interruption, Kind
from auditor.obligations.schema import Ask, AtLeast, Fact, Lasting, Met, Rule, Totalling
from auditor.obligations.stretches import Stretch, lasting, merged, totalling

DOUBT = {
    Kind.DEGRADED: "whether it stopped for its users, or was only slow or erring",
    Kind.INTERMITTENT: "whether it failed without a break for its users",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """An answer, the moment it became so (None = from the start), and what is missing.

    Of an unknown answer the moment is the earliest possible one.
    """

    answer: Answer
    at: datetime | None = None
    missing: tuple[str, ...] = ()


NO = Judgement(answer=Answer.NO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What rules are judged on.

    Attributes:
        stops: of one episode.
        facts: by name.
        met: thresholds already judged, by id.
        history: all stops up to the episode's last, for limits over longer than it; empty = ``stops``.
    """

    stops: tuple[Interruption, ...]
    facts: Mapping[str, object]
    met: Mapping[str, Judgement] = field(default_factory=lambda: MappingProxyType({}))
    history: tuple[Interruption, ...] = ()

    def judge(self, rule: Rule) -> Judgement:
        """Return whether the rule holds."""
        match rule:
            case Met():
                return self.met.get(rule.threshold, NO)
            case Fact():
                return self._fact(rule)
            case AtLeast():
                return at_least(rule.count, [self.judge(part) for part in rule.parts])
            case Lasting():
                return _timed(rule, self.stops, lambda stops: lasting(stops, rule.minutes, over=rule.over))
            case Totalling():
                return self._totalling(rule)

    def _fact(self, rule: Fact) -> Judgement:
        value = self.facts.get(rule.name)
        if value is None:
            return Judgement(answer=Answer.UNKNOWN, missing=(f"{FACTS[rule.name][1]} ({rule.name})",))
        assert isinstance(value, bool | int | float)  # noqa: S101 - facts are checked where they are read
        holds = {
            Ask.IS: value == rule.value,
            Ask.OVER: value > rule.value,
            Ask.AT_LEAST: value >= rule.value,
        }[rule.ask]
        return Judgement(answer=Answer.YES) if holds else NO

    def _totalling(self, rule: Totalling) -> Judgement:
        since = min((stop.start for stop in self.stops), default=None)

        def crossing(stops: Sequence[Stretch]) -> datetime | None:
            return totalling(
                stops,
                count=rule.stops,
                hours=rule.hours,
                minutes=rule.minutes,
                over=rule.over,
                since=since,
            )

        return _timed(rule, self.history or self.stops, crossing)


def _timed(
    rule: Lasting | Totalling,
    stops: Sequence[Interruption],
    crossing: Callable[[Sequence[Stretch]], datetime | None],
) -> Judgement:
    """Judge a limit on what is certain, then on what is possible."""
    sure = [stop for stop in stops if stop.kind in rule.counts]
    at = crossing(merged((stop.start, stop.certain_until) for stop in sure))
    if at is not None:
        return Judgement(answer=Answer.YES, at=at)
    open_ = [stop for stop in stops if stop.kind in {*rule.counts, *rule.may_count}]
    at = crossing(merged((stop.start, stop.until) for stop in open_))
    if at is None:
        return NO
    return Judgement(answer=Answer.UNKNOWN, at=at, missing=_doubts(open_, rule.counts))


def _doubts(stops: Iterable[Interruption], counts: tuple[Kind, ...]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for stop in stops:
        found |= dict.fromkeys(stop.doubt)
        if stop.kind not in counts:
            found[DOUBT[stop.kind]] = None
    return tuple(found)


def at_least(count: int, parts: Sequence[Judgement]) -> Judgement:
    """Return whether at least ``count`` of the parts hold (Kleene), and since when."""
    yes = [part for part in parts if part.answer is Answer.YES]
    open_ = [part for part in parts if part.answer is Answer.UNKNOWN]
    if len(yes) >= count:
        return Judgement(answer=Answer.YES, at=_nth(count, yes))
    if len(yes) + len(open_) < count:
        return NO
    missing = tuple(dict.fromkeys(line for part in open_ for line in part.missing))
    return Judgement(answer=Answer.UNKNOWN, at=_nth(count, [*yes, *open_]), missing=missing)


def both(*parts: Judgement) -> Judgement:
    """Return whether all parts hold."""
    return at_least(len(parts), parts)


def _nth(count: int, parts: Sequence[Judgement]) -> datetime | None:
    """Return when ``count`` of the parts hold at the earliest; None = from the start."""
    untimed = sum(part.at is None for part in parts)
    timed = sorted(part.at for part in parts if part.at is not None)
    return timed[count - untimed - 1] if count > untimed else None
