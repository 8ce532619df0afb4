"""A file's shape into the frozen values that every later room reads."""

from __future__ import annotations

from auditor.outages.form import (
    ImpactForm,
    NotificationForm,
    OutageForm,
    RecoveryForm,
    ScopeForm,
    TimeForm,
)
from auditor.outages.nodes import spelled_out
from auditor.outages.parse import Fault, parse
from auditor.outages.schema import (
    Impact,
    Milestone,
    Notification,
    Observed,
    Outage,
    Population,
    Reach,
    Recovery,
    Source,
    Toll,
)


def converted(form: OutageForm) -> Outage:
    """Return the outage a validated file describes.

    Raises:
        Fault: a condition in it does not hold to the language.
    """
    return Outage(
        id=form.id,
        title=form.title,
        tier=form.tier,
        provider=form.provider,
        provider_kind=form.provider_kind,
        fault_class=form.fault_class,
        also=tuple(form.also),
        mechanism=form.mechanism,
        fixed_since=form.fixed_since,
        notes=form.notes,
        start=form.time.start,
        end=form.time.end,
        start_precision=form.time.start_precision,
        end_precision=form.time.end_precision,
        timezone=form.time.timezone,
        minutes=form.time.minutes,
        minutes_kind=form.time.minutes_kind,
        basis=form.time.basis,
        recovered=form.time.recovered,
        milestones=_milestones(form.time),
        reach=_reach(form.scope),
        toll=Toll(victims=tuple(form.toll.victims), note=form.toll.note, figures=tuple(form.toll.figures)),
        notification=_notification(form.notification),
        recovery=_recovery(form.recovery),
        verified=form.verification.verified,
        level=form.verification.level,
        unverified=tuple(form.verification.unverified),
        verification_note=form.verification.note,
        impacts=tuple(_impact(each, number) for number, each in enumerate(form.impacts, start=1)),
        sources=tuple(
            Source(title=each.title, url=each.url, kind=each.kind, supports=each.supports)
            for each in form.sources
        ),
    )


def _milestones(form: TimeForm) -> tuple[Milestone, ...]:
    return tuple(
        Milestone(at=each.at, what=each.what, precision=each.precision, verified=each.verified)
        for each in form.milestones
    )


def _reach(form: ScopeForm) -> Reach:
    return Reach(
        kind=form.reach,
        regions=tuple(form.regions),
        zones=tuple(form.zones),
        zone_note=form.zone_note,
        metro=form.metro,
        services=tuple(form.services),
        condition=form.condition,
        not_hit=tuple(form.not_hit),
        population=tuple(
            Population(what=each.what, of=each.of, share=each.share, note=each.note)
            for each in form.population
        ),
        multi_az_protects=form.multi_az_protects,
        multi_region_protects=form.multi_region_protects,
    )


def _notification(form: NotificationForm) -> Notification:
    return Notification(
        conduct=form.conduct,
        first=form.first,
        channels=tuple(form.channels),
        regulator=form.regulator,
        legal=form.legal,
    )


def _recovery(form: RecoveryForm) -> Recovery:
    return Recovery(
        kind=form.kind,
        note=form.note,
        observed=tuple(
            Observed(what=each.what, minutes=each.minutes, precision=each.precision) for each in form.observed
        ),
    )


def _impact(form: ImpactForm, number: int) -> Impact:
    path = f"impacts[{number}]"
    return Impact(
        what=form.what,
        applies_to=form.applies_to,
        plane=form.plane,
        severity=form.severity,
        start=form.start,
        end=form.end,
        nodes=tuple(node for text in form.nodes for node in spelled_out(text)),
        where=None if form.where is None else parse(form.where, f"{path}.where"),
        cause=form.cause,
        one_zone_of=_one_zone_of(form.one_zone_of, f"{path}.one_zone_of"),
        minutes=None if form.minutes is None else (form.minutes[0], form.minutes[1]),
        at_least=form.at_least,
        partial=form.partial,
        share=form.share,
        online=None if form.online is None else (form.online.since, form.online.until),
        verified=form.verified,
        note=form.note,
    )


def _one_zone_of(text: str | None, path: str) -> tuple[str, str] | None:
    if text is None:
        return None
    provider, slash, code = text.partition("/")
    if not (slash and provider and code):
        raise Fault(path, f"{text!r} must be written <provider>/<region>, such as azure/australiaeast")
    return provider, code
