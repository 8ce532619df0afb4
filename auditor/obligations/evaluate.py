"""One evaluator for all laws: which is triggered, by what, at what minute, and which notices are due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from auditor.model.audit import Answer, NoticeDue, Obligation, OpenRange, ThresholdCheck, Window
from auditor.obligations.binding import binding
from auditor.obligations.deadlines import Due, From, deadlines
from auditor.obligations.interruption import FOREVER, Case, Interruption, Kind, episodes
from auditor.obligations.judge import Bench, Judgement, both
from auditor.obligations.schema import Anchor, Regime, Status, Threshold
from auditor.obligations.stretches import merged, total

LABEL = "exposed: confirm with your incident log; not legal advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What laws say about cases; ``not_asked`` are laws that could not bind, with the reason."""

    obligations: tuple[Obligation, ...]
    not_asked: tuple[tuple[str, str], ...]


def evaluate(regimes: Mapping[str, Regime], cases: Sequence[Case], *, law_on: date | None = None) -> Found:
    """Ask every law about every case; subjects with the same answer are told together.

    Args:
        regimes: laws by id.
        cases: what happened, one party and one subject each.
        law_on: the day whose law is asked, None = that of each interruption.
    """
    found: list[Obligation] = []
    not_asked = {}
    for regime in regimes.values():
        reasons = set()
        for case in cases:
            for stops in episodes(case.stops):
                result = _asked(regime, case, stops, law_on)
                if isinstance(result, str):
                    reasons.add(result)
                else:
                    found.append(result)
        if reasons and not any(each.law == regime.id for each in found):
            not_asked[regime.id] = min(reasons)
    return Found(obligations=_together(found), not_asked=tuple(sorted(not_asked.items())))


def _asked(
    regime: Regime, case: Case, stops: tuple[Interruption, ...], law_on: date | None
) -> Obligation | str:
    """Return what a law says about one episode of a case, or why it is not asked."""
    if regime.status is Status.BILL:
        return "a bill, not law"
    if case.clock not in regime.clocks:
        return "it does not bind a provider" if case.clock == "provider" else "it binds the provider only"
    stops = tuple(stop for stop in stops if stop.kind is not Kind.PLANNED)
    if not stops:
        return "nothing but planned stops"
    zone = ZoneInfo(regime.timezone) if regime.timezone else case.timezone
    span = _Span(since=regime.since, until=None, zone=zone, law_on=law_on)
    if not span.of(stops):
        return f"in force from {regime.since}"
    applies = binding(regime, replace(case, stops=stops))
    if isinstance(applies, str):
        return applies
    earlier = tuple(s for s in case.stops if s.kind is not Kind.PLANNED and s.start <= stops[-1].start)
    episode = _Episode(stops=span.of(stops), history=span.of(earlier), zone=zone, law_on=law_on)
    return _obligation(regime, case, episode, applies)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """When a rule is in force, in the law's own time zone; ``law_on`` asks one day for all stops."""

    since: date | None
    until: date | None
    zone: ZoneInfo
    law_on: date | None

    def of(self, stops: Iterable[Interruption]) -> tuple[Interruption, ...]:
        """Return the stops that began while it was in force."""
        return tuple(stop for stop in stops if self._holds(stop))

    def _holds(self, stop: Interruption) -> bool:
        day = self.law_on or stop.start.astimezone(self.zone).date()
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Episode:
    """The stops told of together, and all before them that a yearly limit adds up."""

    stops: tuple[Interruption, ...]
    history: tuple[Interruption, ...]
    zone: ZoneInfo
    law_on: date | None

    def judged(self, threshold: Threshold, facts: Mapping[str, object]) -> Judgement | None:
        """Return the verdict on one threshold, None where it was not in force for any stop."""
        span = _Span(since=threshold.since, until=threshold.until, zone=self.zone, law_on=self.law_on)
        stops = span.of(self.stops)
        if not stops:
            return None
        return Bench(stops=stops, facts=facts, history=span.of(self.history)).judge(threshold.test)


def _obligation(regime: Regime, case: Case, episode: _Episode, applies: Judgement) -> Obligation:
    zone, stops = episode.zone, episode.stops
    judged = [(each, episode.judged(each, case.facts)) for each in regime.thresholds]
    met = {each.id: verdict for each, verdict in judged if verdict is not None}
    crossed = Bench(stops=stops, facts=case.facts, met=met).judge(regime.rule)
    owed = both(applies, crossed)
    at = None if crossed.answer is Answer.NO else crossed.at or stops[0].start
    notices = () if owed.answer is Answer.NO or at is None else _notices(regime, stops, at, zone)
    return Obligation(
        law=regime.id,
        name=regime.name,
        jurisdiction=regime.jurisdiction,
        instrument=regime.instrument,
        articles=regime.articles,
        cause=case.cause,
        title=case.title,
        clock=case.clock,
        owed_by=case.party,
        owed_to=tuple(dict.fromkeys(to for notice in regime.notices for to in notice.to)),
        subjects=(case.subject,),
        answer=owed.answer,
        applies=applies.answer,
        crossed=crossed.answer,
        crossed_at=_utc(at),
        crossed_local=_local(at, zone),
        timezone=zone.key,
        minutes=_minutes(stops),
        windows=tuple(_window(stop) for stop in stops),
        thresholds=tuple(_check(each, met[each.id], zone) for each in regime.thresholds if each.id in met),
        notices=tuple(_due(each, zone) for each in notices),
        content=regime.content,
        exemptions=regime.exemptions,
        learned="; ".join(dict.fromkeys(stop.learned for stop in stops if stop.learned)),
        missing=owed.missing,
        verified=regime.verified,
        unverified=regime.unverified,
        sources=regime.sources,
        label=LABEL,
    )


def _notices(regime: Regime, stops: Sequence[Interruption], at: datetime, zone: ZoneInfo) -> tuple[Due, ...]:
    start = stops[0].start
    said_aware = min((stop.aware for stop in stops if stop.aware), default=None)
    said_classified = min((stop.classified for stop in stops if stop.classified), default=None)
    aware = said_aware or start
    anchors = {
        Anchor.START: From(at=start, words="the start of the interruption"),
        Anchor.CROSSING: From(at=at, words="the moment the threshold was crossed"),
        Anchor.AWARENESS: From(
            at=aware,
            words="becoming aware" + ("" if said_aware else ", at the earliest when it began"),
            assumed=said_aware is None,
        ),
        Anchor.CLASSIFICATION: From(
            at=said_classified or max(at, aware),
            words="classifying it" + ("" if said_classified else ", at the earliest when the test was met"),
            assumed=said_classified is None,
        ),
    }
    return deadlines(regime.notices, {str(key): value for key, value in anchors.items()}, zone)


def _due(due: Due, zone: ZoneInfo) -> NoticeDue:
    return NoticeDue(
        what=due.notice.what,
        to=due.notice.to,
        due=_utc(due.at),
        due_local=_local(due.at, zone),
        wording=due.notice.wording,
        counted_from=due.counted.words if due.counted else "",
        assumed=due.counted.assumed if due.counted else False,
    )


def _check(threshold: Threshold, verdict: Judgement, zone: ZoneInfo) -> ThresholdCheck:
    return ThresholdCheck(
        threshold=threshold.id,
        text=threshold.text,
        answer=verdict.answer,
        at=_utc(verdict.at),
        at_local=_local(verdict.at, zone),
        missing=verdict.missing,
        verified=threshold.verified,
    )


def _minutes(stops: Sequence[Interruption]) -> OpenRange:
    sure = total(merged((stop.start, stop.certain_until) for stop in stops))
    if any(stop.until == FOREVER for stop in stops):
        return sure.total_seconds() / 60, None
    most = total(merged((stop.start, stop.until) for stop in stops))
    return sure.total_seconds() / 60, most.total_seconds() / 60


def _window(stop: Interruption) -> Window:
    return Window(start=_stamp(stop.start), end=_utc(stop.end), what=stop.what)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else _stamp(moment)


def _local(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return None if moment is None else moment.astimezone(zone).isoformat()


_ORDER = {Answer.YES: 0, Answer.UNKNOWN: 1, Answer.NO: 2}


def _together(found: Iterable[Obligation]) -> tuple[Obligation, ...]:
    """Return the obligations, those that differ only in their subject as one; yes first, no last."""
    groups: dict[str, tuple[Obligation, list[str]]] = {}
    for each in found:
        key = repr(replace(each, subjects=()))
        groups.setdefault(key, (each, []))[1].extend(each.subjects)
    whole = (replace(each, subjects=tuple(sorted(set(names)))) for each, names in groups.values())
    return tuple(sorted(whole, key=_place))


def _place(each: Obligation) -> tuple[int, str, str, str, str, tuple[str, ...]]:
    return _ORDER[each.answer], each.crossed_at or "", each.cause, each.clock, each.law, each.subjects
