"""A ready request to the provider for the notice a law owes you, with the evidence, in English and Korean."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from jinja2 import DictLoader, Environment, StrictUndefined

from auditor.model.audit import Answer, Clock, Obligation
from auditor.obligations.evaluate import LABEL
from auditor.obligations.interruption import Case, Interruption
from auditor.obligations.schema import Regime

LABELS: Mapping[str, str] = {
    "en": f"[{LABEL}]",
    "ko": "[노출됨: 발송 전에 당사의 장애 기록으로 확인할 것. 법률 자문이 아님. / " + f"{LABEL}]",
}
"""Language to what stands first and last in a letter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One letter: a name for its file, and its text."""

    name: str
    language: str
    text: str


def requests(
    found: Sequence[Obligation],
    regimes: Mapping[str, Regime],
    *,
    felt: Sequence[Case] = (),
    languages: Sequence[str] = tuple(LABELS),
) -> tuple[Request, ...]:
    """Return a letter per language for every notice that providers owe, or may owe, to users.

    Args:
        found: what laws said.
        regimes: laws by id; one without words for a letter gets none.
        felt: your own cases; their stops that overlap are what it did to you.
        languages: of ``LABELS``.
    """
    owed = [each for each in found if each.clock is Clock.PROVIDER and each.answer is not Answer.NO]
    made = []
    for number, each in enumerate(owed, start=1):
        for language in languages:
            if language in regimes[each.law].letters:
                name = f"notice-request-{number}-{each.law}.{language}.txt"
                text = _text(each, regimes[each.law], language, felt)
                made.append(Request(name=name, language=language, text=text))
    return tuple(made)


def _text(each: Obligation, regime: Regime, language: str, felt: Sequence[Case]) -> str:
    zone = ZoneInfo(each.timezone)
    words = regime.letters[language]
    stops = [_stop(window.start, window.end, window.what, zone) for window in each.windows]
    return (
        _environment()
        .get_template(language)
        .render(
            label=LABELS[language],
            provider=each.owed_by,
            subjects=each.subjects,
            certain=each.answer is Answer.YES,
            day=stops[0]["start"][: len("2018-11-22")],
            stops=stops,
            zone=each.timezone,
            law=words.law,
            basis=words.basis,
            asks=words.asks,
            crossed=_shown(each.crossed_at, zone),
            crossed_utc=_shown(each.crossed_at, ZoneInfo("UTC")),
            learned=each.learned.rstrip("."),
            felt=[_stop(*stop, zone) for stop in _felt(each, felt)],
            evidence=each.title,
        )
    )


def _felt(each: Obligation, felt: Iterable[Case]) -> list[tuple[str, str | None, str]]:
    """Return start, end and workload of your own stops that overlap the provider's."""
    spans = [
        (datetime.fromisoformat(window.start), datetime.fromisoformat(window.end or _NEVER))
        for window in each.windows
    ]
    return sorted(
        (stop.start.isoformat(), stop.end.isoformat() if stop.end else None, case.subject)
        for case in felt
        if case.clock is Clock.OWN and case.cause == each.cause
        for stop in case.stops
        if _overlaps(stop, spans)
    )


_NEVER = datetime.max.replace(tzinfo=UTC).isoformat()


def _overlaps(stop: Interruption, spans: Iterable[tuple[datetime, datetime]]) -> bool:
    return any(start < stop.until and stop.start < end for start, end in spans)


def _stop(start: str, end: str | None, what: str, zone: ZoneInfo) -> dict[str, str]:
    utc = ZoneInfo("UTC")
    length = datetime.fromisoformat(end) - datetime.fromisoformat(start) if end else None
    return {
        "start": _shown(start, zone),
        "end": _shown(end, zone),
        "start_utc": _shown(start, utc),
        "end_utc": _shown(end, utc),
        "minutes": f"{length.total_seconds() / 60:g}" if length is not None else "",
        "what": what,
    }


def _shown(stamp: str | None, zone: ZoneInfo) -> str:
    if stamp is None:
        return ""
    local = datetime.fromisoformat(stamp).astimezone(zone)
    return local.strftime("%Y-%m-%d %H:%M:%S").removesuffix(":00")


@cache
def _environment() -> Environment:
    folder = resources.files("auditor.obligations").joinpath("templates")
    texts = {
        language: folder.joinpath(f"{language}.txt.j2").read_text(encoding="utf-8") for language in LABELS
    }
    return Environment(
        loader=DictLoader(texts),
        autoescape=False,  # noqa: S701 - a letter is plain text, never a page
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_plain,
    )


def _plain(value: object) -> object:
    """Keep what a log says on its line, without characters that hide or move text."""
    if isinstance(value, str):
        return "".join(char if char.isprintable() else " " for char in value)
    return value
