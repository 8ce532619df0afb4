"""The shape of a law's file: every key, its type, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StringConstraints

from auditor.config.refusal import Form
from auditor.model.audit import Clock
from auditor.obligations.schema import Status, Unit

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError("must be one line")
    return text


Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_one_line)]
Slug = Annotated[str, StringConstraints(pattern=SLUG)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


class BindsForm(Form):
    """``[binds]``; ``scope`` is read by the rule parser."""

    who: Text
    countries: Annotated[list[Country], Field(min_length=1)]
    roles: Annotated[list[Text], Field(min_length=1)]
    clocks: Annotated[list[Annotated[Clock, Field(strict=False)]], Field(min_length=1)]
    scope: dict[str, Any] | None = None
    exemptions: list[Text] = []


class ThresholdForm(Form):
    """``[[thresholds]]``; ``test`` is read by the rule parser."""

    id: Slug
    text: Text
    test: dict[str, Any]
    verified: bool
    since: date | None = None
    until: date | None = None


class PeriodForm(Form):
    """One entry of ``notices.periods``."""

    amount: Annotated[int, Field(ge=0)]
    unit: Unit = Field(strict=False)
    after: Text


class NoticeForm(Form):
    """``[[notices]]``."""

    what: Text
    to: Annotated[list[Text], Field(min_length=1)]
    wording: Text
    periods: list[PeriodForm] = []


class LetterForm(Form):
    """``[letters.<language>]``."""

    law: Text
    basis: Text
    asks: Annotated[list[Text], Field(min_length=1)]


class VerificationForm(Form):
    """``[verification]``."""

    verified: bool
    unverified: list[Text] = []
    warning: str = ""


class RegimeForm(Form):
    """A whole file; ``rule`` is read by the rule parser."""

    id: Slug
    jurisdiction: Text
    name: Text
    instrument: Text
    articles: list[Text] = []
    authority: Text
    status: Status = Field(strict=False)
    since: date | None = None
    timezone: Text | None = None
    rule: dict[str, Any]
    rule_text: Text
    content: list[Text] = []
    channels: list[Text] = []
    other_triggers: list[Text] = []
    sanction: str = ""
    binds: BindsForm
    thresholds: Annotated[list[ThresholdForm], Field(min_length=1)]
    notices: Annotated[list[NoticeForm], Field(min_length=1)]
    letters: dict[Literal["en", "ko"], LetterForm] = {}
    verification: VerificationForm
    sources: Annotated[list[Text], Field(min_length=1)]
