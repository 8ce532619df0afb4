"""Cases: firms and groups whose fate a source tells, as archetype estates, written down before the run.

An archetype is what such a firm would have to look like for the source's statement; nothing is claimed about
what a real firm runs. One file per outage in ``cases``, found by walking.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib import resources
from typing import Any

from pydantic import ValidationError

from auditor.analyses._backtest.form import CaseForm, CasesForm
from auditor.config import Settings, settings_from
from auditor.errors import CatalogueError
from auditor.model.audit import OpenRange, Verdict
from auditor.outages.schema import Outage

HINT = "docs/extending.md says how a case of the backtest is written"

RECORD = "record"
"""Source of what the outage's record itself says or infers without naming one of its sources for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One firm or group in one outage.

    Attributes:
        outage, id: whose; unique together.
        firm: as the source names it.
        quote: the words of the outage's record that tell the fate.
        source: title of the record's source for it, or ``record``.
        fate: in words.
        verdict: the fate as (best, worst) verdict.
        minutes: observed, in minutes, (least, most); None where no source tells.
        cannot_change: whether management is told to have been out of reach; None where nobody says.
        estate: name of the archetype; cases may share one.
        settings: the archetype as a settings file would declare it, with one workload.
        assumes: what the archetype takes for granted.
        why_missed: why the product's answer is known to differ.
    """

    outage: str
    id: str
    firm: str
    quote: str
    source: str
    fate: str
    verdict: tuple[Verdict, Verdict]
    minutes: OpenRange | None
    cannot_change: bool | None
    estate: str
    settings: Settings
    assumes: str
    why_missed: str | None


def cases(outages: Mapping[str, Outage]) -> tuple[Case, ...]:
    """Return every case, by outage and in the order of its file.

    Raises:
        CatalogueError: a file does not hold to the form, or says what its outage's record does not.
        ConfigError: an estate cannot be.
    """
    folder = resources.files("auditor.analyses._backtest").joinpath("cases")
    files = sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda e: e.name)
    return tuple(
        case for each in files for case in parse(each.read_text(encoding="utf-8"), each.name, outages)
    )


def parse(text: str, name: str, outages: Mapping[str, Outage]) -> tuple[Case, ...]:
    """Return the cases of one file's text; ``name`` is the file's.

    Raises:
        CatalogueError: the text does not hold to the form, or says what its outage's record does not.
        ConfigError: an estate cannot be.
    """
    try:
        form = CasesForm.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise _wrong(name, f"is no valid TOML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise _wrong(name, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if form.outage not in outages:
        raise _wrong(name, f"outage: there is no outage {form.outage!r}")
    estates = {key: settings_from(table, name=f"{name} estates.{key}") for key, table in form.estates.items()}
    _check(form, estates, outages[form.outage], name)
    return tuple(_case(each, form.outage, estates[each.estate]) for each in form.cases)


def _check(form: CasesForm, estates: Mapping[str, Settings], outage: Outage, name: str) -> None:
    if name != f"{form.outage}.toml":
        raise _wrong(name, f"outage: the file must be called {form.outage}.toml")
    for key, settings in estates.items():
        if len(settings.workloads) != 1:
            raise _wrong(name, f"estates.{key}: an archetype has one workload")
    unused = sorted(set(estates) - {each.estate for each in form.cases})
    if unused:
        raise _wrong(name, f"estates.{unused[0]}: no case uses it")
    known = {each.title for each in outage.sources} | {RECORD}
    texts = tuple(_texts(asdict(outage)))
    seen: set[str] = set()
    for each in form.cases:
        if each.id in seen:
            raise _wrong(name, f"cases.{each.id}: is there twice")
        if each.estate not in estates:
            raise _wrong(name, f"cases.{each.id}.estate: there is no estate {each.estate!r}")
        if each.source not in known:
            raise _wrong(name, f"cases.{each.id}.source: the outage lists no such source")
        if not any(each.quote in text for text in texts):
            raise _wrong(name, f"cases.{each.id}.quote: the outage's record has no such words")
        seen.add(each.id)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any value of a record
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)


def _case(form: CaseForm, outage: str, settings: Settings) -> Case:
    minutes = form.minutes
    return Case(
        outage=outage,
        id=form.id,
        firm=form.firm,
        quote=form.quote,
        source=form.source,
        fate=form.fate,
        verdict=(form.verdict[0], form.verdict[-1]),
        minutes=None if minutes is None else (minutes[0], minutes[1] if len(minutes) > 1 else None),
        cannot_change=form.cannot_change,
        estate=form.estate,
        settings=settings,
        assumes=form.assumes,
        why_missed=form.why_missed,
    )


def _wrong(name: str, message: str) -> CatalogueError:
    return CatalogueError(f"{name}: {message}", hint=HINT)
