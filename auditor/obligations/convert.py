"""From a file's tables to a ``Regime``, with the rules between keys that its shape cannot say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from auditor.model.duties import ROLES
from auditor.model.spelling import closest, one_of
from auditor.obligations.form import NoticeForm, RegimeForm, ThresholdForm
from auditor.obligations.moments import zone_of
from auditor.obligations.rules import Fault, parse
from auditor.obligations.schema import Anchor, AtLeast, Letter, Met, Notice, Period, Regime, Rule, Threshold


def converted(form: RegimeForm, stem: str) -> Regime:
    """Return the law that a file called ``stem`` describes.

    Raises:
        Fault: the first rule broken, with its key.
    """
    if form.id != stem:
        raise Fault("id", f"{form.id!r} must be the file's name, {stem!r}")
    thresholds = tuple(_threshold(each, n) for n, each in enumerate(form.thresholds, start=1))
    _roles(form.binds.roles)
    _timezone(form.timezone)
    rule = _rule(form.rule, thresholds)
    scope = form.binds.scope
    return Regime(
        id=form.id,
        jurisdiction=form.jurisdiction,
        name=form.name,
        instrument=form.instrument,
        articles=tuple(form.articles),
        applies_to=form.binds.who,
        authority=form.authority,
        countries=tuple(form.binds.countries),
        roles=tuple(form.binds.roles),
        clocks=tuple(form.binds.clocks),
        status=form.status,
        since=form.since,
        scope=None if scope is None else parse(scope, "binds.scope"),
        rule=rule,
        rule_text=form.rule_text,
        thresholds=thresholds,
        notices=_notices(form.notices),
        content=tuple(form.content),
        channels=tuple(form.channels),
        other_triggers=tuple(form.other_triggers),
        exemptions=tuple(form.binds.exemptions),
        sanction=form.sanction,
        verified=form.verification.verified,
        unverified=tuple(form.verification.unverified),
        sources=tuple(form.sources),
        timezone=form.timezone,
        warning=form.verification.warning,
        letters={
            language: Letter(law=each.law, basis=each.basis, asks=tuple(each.asks))
            for language, each in sorted(form.letters.items())
        },
    )


def _rule(given: dict[str, Any], thresholds: tuple[Threshold, ...]) -> Rule:
    """Return the rule over ``thresholds``, each of which it must use."""
    known = frozenset(each.id for each in thresholds)
    if len(known) < len(thresholds):
        raise Fault("thresholds", "two thresholds have the same id")
    rule = parse(given, "rule", thresholds=known)
    for unused in sorted(known - set(_named(rule))):
        raise Fault("rule", f"does not use the threshold {unused!r}")
    return rule


def _threshold(form: ThresholdForm, number: int) -> Threshold:
    path = f"thresholds[{number}]"
    if form.since is not None and form.until is not None and form.until <= form.since:
        raise Fault(f"{path}.until", f"{form.until} is not after since, {form.since}")
    return Threshold(
        id=form.id,
        text=form.text,
        test=parse(form.test, f"{path}.test"),
        verified=form.verified,
        since=form.since,
        until=form.until,
    )


def _notices(forms: Sequence[NoticeForm]) -> tuple[Notice, ...]:
    anchors = {str(anchor) for anchor in Anchor}
    found = []
    for number, form in enumerate(forms, start=1):
        for place, period in enumerate(form.periods, start=1):
            if period.after not in anchors:
                raise Fault(
                    f"notices[{number}].periods[{place}].after",
                    f"{period.after!r} must be {one_of(Anchor)}, or an earlier notice",
                )
        anchors.add(form.what)
        periods = tuple(Period(amount=p.amount, unit=p.unit, after=p.after) for p in form.periods)
        found.append(Notice(what=form.what, to=tuple(form.to), wording=form.wording, periods=periods))
    return tuple(found)


def _roles(roles: Sequence[str]) -> None:
    for role in roles:
        if role not in ROLES:
            near = closest(role, ROLES)
            raise Fault(
                "binds.roles", f"there is no role {role!r}" + (f"; did you mean {near!r}?" if near else "")
            )


def _timezone(name: str | None) -> None:
    try:
        zone_of(name or "UTC")
    except ValueError as error:
        raise Fault("timezone", str(error)) from error


def _named(rule: Rule) -> Iterator[str]:
    if isinstance(rule, Met):
        yield rule.threshold
    for part in rule.parts if isinstance(rule, AtLeast) else ():
        yield from _named(part)
