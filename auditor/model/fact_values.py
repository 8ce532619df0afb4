"""Which values a fact may have, whether a file declares them or a tag spells them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from auditor.model.evidence import FactValue
from auditor.model.facts import AGENT_PREFIX, FACTS, FactSpec, Holds, fact_spec
from auditor.model.spelling import closest, one_of

PRESENT, ABSENT = "present", "none"

_HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)")
_VERSION = re.compile(r"v?\d+([.\-_+]?[0-9A-Za-z]+)*")
_PRODUCT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_YES_NO = {"true": True, "yes": True, "false": False, "no": False}


LISTED = 8
"""Words a hint names at the most."""


class FactError(ValueError):
    """A fact's name or value is not one of the vocabulary; ``hint`` says what would be."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def checked(name: str, value: object) -> FactValue:
    """Return a declared value in the fact's own form.

    Raises:
        FactError: no such fact, or not a value it may have.
    """
    spec = known(name)
    if spec.choices and isinstance(value, str):
        value = value.lower()
    found = _READERS[spec.holds](value)
    if spec.choices and found not in spec.choices:
        raise FactError(
            f'must be {one_of(spec.choices)}, not "{value}"', hint=_meant(str(value), spec.choices)
        )
    return found


def from_text(name: str, text: str) -> FactValue:
    """Return the value that a tag's text stands for: lists by space, comma or semicolon, flags as yes/no.

    Raises:
        FactError: no such fact, or not a value it may have.
    """
    spec, word = known(name), text.strip()
    if spec.holds is Holds.FLAG:
        return checked(name, _YES_NO.get(word.lower(), word))
    if spec.holds is Holds.NUMBER:
        try:
            return checked(name, float(word))
        except ValueError:
            return checked(name, word)
    if spec.holds in {Holds.TEXTS, Holds.HOURS}:
        return checked(name, re.split(r"[\s,;]+", word))
    return checked(name, word)


def known(name: str) -> FactSpec:
    """Return the description of a fact.

    Raises:
        FactError: no such fact; the hint names the nearest.
    """
    spec = fact_spec(name)
    if spec is None:
        raise FactError(f'there is no fact "{name}"', hint=_meant(name, [*FACTS, AGENT_PREFIX + "<product>"]))
    if spec.holds is Holds.VERSION and not _PRODUCT.fullmatch(name.removeprefix(AGENT_PREFIX)):
        raise FactError(f'"{name}" is not an agent', hint="write it like agent.crowdstrike-falcon")
    return spec


def _meant(word: str, words: tuple[str, ...] | list[str]) -> str:
    near = closest(word, words)
    if near:
        return f'did you mean "{near}"?'
    known = sorted(words)
    more = f" and {len(known) - LISTED} more" if len(known) > LISTED else ""
    return f"one of: {', '.join(known[:LISTED])}{more}"


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise FactError("must be a text in quotes")
    return value.strip()


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise FactError(f'must be true or false, not "{value}"')
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise FactError(f'must be a number, 0 or more, not "{value}"')
    return float(value)


def _texts(value: object) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple) or not values:
        raise FactError("must be a list of texts")
    return tuple(_text(each) for each in values)


def _date(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    try:
        return dt.date.fromisoformat(_text(value)).isoformat()
    except ValueError:
        raise FactError(f'must be a date such as 2026-03-31, not "{value}"') from None


def _hours(value: object) -> tuple[str, ...]:
    values = _texts(value)
    for each in values:
        if not _HOURS.fullmatch(each):
            raise FactError(f'must be windows of the day in UTC such as "04:00-06:00", not "{each}"')
    return values


def _version(value: object) -> str:
    if isinstance(value, bool):
        return PRESENT if value else ABSENT
    if isinstance(value, int | float):
        raise FactError("must be a text in quotes", hint="7.10 without quotes is the number 7.1")
    word = _text(value)
    if word.lower() in {PRESENT, ABSENT}:
        return word.lower()
    if not _VERSION.fullmatch(word):
        raise FactError(f'must be a version, "present" or "none", not "{word}"')
    return word


_READERS: dict[Holds, Callable[[object], FactValue]] = {
    Holds.TEXT: _text,
    Holds.FLAG: _flag,
    Holds.NUMBER: _number,
    Holds.TEXTS: _texts,
    Holds.DATE: _date,
    Holds.HOURS: _hours,
    Holds.VERSION: _version,
}
