"""What is known of providers' insides: which services stand on which, and which exist once for all regions.

From post-event summaries and providers' own papers, as ``knowledge/<provider>.toml``; each line names the
outage that showed it or the address that says it. It is knowledge of what was seen, not of all there is.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import Field, ValidationError

from auditor.config.refusal import Form
from auditor.errors import CatalogueError
from auditor.outages.form import Slug, Text
from auditor.outages.load import catalogue
from auditor.outages.schema import Plane

PROVIDERS = ("aws", "azure", "gcp")
"""Providers of whose insides something is known."""

HTTP = r"^https://\S+$"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandsOn:
    """A service that needs another of its provider.

    Attributes:
        provider, service, on: as domain ids spell them.
        once: what it stands on exists once for all regions, else in each.
        plane: what of it fails with the other.
        what: one sentence.
        outage, source: where it was seen: an id of the catalogue, an address; at least one.
        verified: false where the source is weaker than the provider's own word.
    """

    provider: str
    service: str
    on: str
    once: bool
    plane: Plane
    what: str
    outage: str | None
    source: str
    verified: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """A service that a provider has once for all regions.

    ``home`` is the region where it is changed, None where the provider names none.
    """

    provider: str
    service: str
    home: str | None
    plane: Plane
    what: str
    outage: str | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Insides:
    """What is known of one provider; ``pairs`` is (what it says of paired regions, source)."""

    provider: str
    stands_on: tuple[StandsOn, ...]
    once: tuple[Once, ...]
    pairs: tuple[str, str] | None = None


class _Seen(Form):
    service: Text
    plane: Plane = Field(strict=False)
    what: Text
    outage: Slug | None = None
    source: str | None = Field(default=None, pattern=HTTP)


class _StandsOnForm(_Seen):
    on: Text
    on_once: bool = False
    verified: bool = True


class _OnceForm(_Seen):
    home: Text | None = None


class _PairsForm(Form):
    what: Text
    source: str = Field(pattern=HTTP)


class _File(Form):
    schema_: Literal[1] = Field(alias="schema")
    provider: Slug
    stands_on: tuple[_StandsOnForm, ...] = Field(default=(), strict=False)
    once: tuple[_OnceForm, ...] = Field(default=(), strict=False)
    pairs: _PairsForm | None = None


@cache
def insides() -> Mapping[str, Insides]:
    """Return what is known, by provider.

    Raises:
        CatalogueError: a file does not hold to its form, or a line has no source.
    """
    return {provider: parsed(provider, _text(provider)) for provider in PROVIDERS}


def home_of_control_plane(node: str) -> Once | None:
    """Return what is known of ``control-plane:aws/iam``, None for one that is in a region or unknown."""
    provider, slash, service = node.removeprefix("control-plane:").partition("/")
    known = insides().get(provider)
    if known is None or not slash or not node.startswith("control-plane:"):
        return None
    return next((each for each in known.once if each.service == service), None)


def parsed(name: str, text: str) -> Insides:
    """Return what a file says.

    Raises:
        CatalogueError: it does not hold to its form, or a line has no source.
    """
    try:
        form = _File.model_validate(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise _wrong(name, str(error).splitlines()[0]) from error
    return Insides(
        provider=form.provider,
        stands_on=tuple(
            StandsOn(
                provider=form.provider,
                service=row.service,
                on=row.on,
                once=row.on_once,
                plane=row.plane,
                what=row.what,
                outage=row.outage,
                source=_source(row, name),
                verified=row.verified,
            )
            for row in form.stands_on
        ),
        once=tuple(
            Once(
                provider=form.provider,
                service=row.service,
                home=row.home,
                plane=row.plane,
                what=row.what,
                outage=row.outage,
                source=_source(row, name),
            )
            for row in form.once
        ),
        pairs=None if form.pairs is None else (form.pairs.what, form.pairs.source),
    )


def _source(row: _Seen, name: str) -> str:
    """Return the address of a line, of the outage that showed it where it has none of its own."""
    if row.source is not None:
        return row.source
    outage = catalogue().get(row.outage or "")
    if outage is None:
        raise _wrong(name, f"{row.service}: needs the id of an outage of the catalogue, or a source")
    return next((each.url for each in outage.sources if each.url), outage.sources[0].title)


def _text(provider: str) -> str:
    path = resources.files("auditor.outages").joinpath("knowledge", f"{provider}.toml")
    return path.read_text(encoding="utf-8")


def _wrong(name: str, what: str) -> CatalogueError:
    return CatalogueError(f"knowledge of {name}: {what}", hint="see auditor/outages/knowledge/aws.toml")
