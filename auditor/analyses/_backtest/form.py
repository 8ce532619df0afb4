"""The shape of a file of cases: every key, its type, and nothing else."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from auditor.model.audit import VERDICT_ORDER, Verdict

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True, pattern=r"^[^\r\n]*$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Minutes = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Form(BaseModel):
    """A table of a file of cases; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CaseForm(Form):
    """``[[cases]]``: one firm or group, and what became of it."""

    id: Slug
    firm: Text
    quote: Text
    source: Text
    fate: Text
    verdict: Annotated[tuple[Verdict, ...], Field(min_length=1, max_length=2)]
    minutes: Annotated[tuple[Minutes, ...] | None, Field(min_length=1, max_length=2)] = None
    cannot_change: bool | None = None
    estate: Slug
    assumes: Text
    why_missed: Text | None = None

    @model_validator(mode="after")
    def _ordered(self) -> CaseForm:
        places = [VERDICT_ORDER.index(each) for each in self.verdict]
        if places != sorted(places):
            raise ValueError("verdict goes from the best to the worst")
        if places[0] == 0 and self.verdict[-1] is Verdict.DOWN:
            raise ValueError("a fate from spared to down says nothing")
        if self.minutes is not None and list(self.minutes) != sorted(self.minutes):
            raise ValueError("minutes are [least, most], or [least] where no most is known")
        return self


class CasesForm(Form):
    """A whole file."""

    outage: Slug
    estates: dict[Slug, dict[str, Any]]
    cases: Annotated[tuple[CaseForm, ...], Field(min_length=1)]
