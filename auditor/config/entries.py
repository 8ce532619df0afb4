"""What users declare in the settings file, entry by entry, before it becomes the model's values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StrictBool, StrictInt, model_validator

from auditor.config.scalars import Currency, Line, Lines, Minutes, Money, Span, listed, wrong
from auditor.config.settings import Section
from auditor.model.evidence import EXACT_ZERO, FactValue, Range
from auditor.model.fact_values import FactError, checked
from auditor.model.workload import Criticality, Substitutability

ASSUMED_MANUAL: Range = (60.0, 240.0)
"""Minutes people are assumed to need for a switch nobody has timed."""


def _tables(value: Any) -> Any:  # noqa: ANN401 - whatever the file holds; pydantic checks it next
    return [value] if isinstance(value, dict) else value


def _named(value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    return {"ref": value} if isinstance(value, str) else value


def _needed(value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    return {"of": [value]} if isinstance(value, str) else value


def _flat(table: Mapping[str, Any], before: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _flat(value, (*before, key))
        else:
            yield (*before, key), value


def _facts(table: Any) -> dict[str, FactValue]:  # noqa: ANN401 - whatever the file holds
    """Check facts by the vocabulary; ``agent.x = "1"`` and ``"agent.x" = "1"`` mean the same."""
    if not isinstance(table, Mapping):
        raise wrong('must be a table such as { os = "linux" }')
    found: dict[str, FactValue] = {}
    for path, value in _flat(table):
        try:
            found[".".join(path)] = checked(".".join(path), value)
        except FactError as error:
            raise wrong(str(error), hint=error.hint, at=path) from None
    return dict(sorted(found.items()))


Facts = Annotated[dict[str, Any], BeforeValidator(_facts)]


class MemberEntry(Section):
    """One member of a need: a text names one in service, a table says more."""

    ref: Line
    delay: Span | None = None
    manual: StrictBool = False
    failover_minutes: Span | None = None
    tested_on: dt.date | None = None
    loss: Span | Literal["unknown"] | None = None
    via: Lines = ()

    @model_validator(mode="after")
    def _one_delay(self) -> Self:
        if self.delay is not None and self.failover_minutes is not None:
            raise wrong("give delay or failover_minutes, not both", at=("failover_minutes",))
        if self.manual and self.stated == EXACT_ZERO:
            raise wrong(
                "people cannot switch to it in 0 minutes",
                hint="leave manual out, or say how long it takes: delay = [60, 240]",
                at=("manual",),
            )
        return self

    @property
    def stated(self) -> Range | None:
        """The delay somebody stated, None when nobody did."""
        return self.delay if self.delay is not None else self.failover_minutes

    @property
    def minutes(self) -> Range:
        """The delay to reckon with."""
        return self.stated or (ASSUMED_MANUAL if self.manual else EXACT_ZERO)


Members = Annotated[
    tuple[Annotated[MemberEntry, BeforeValidator(_named)], ...], Field(min_length=1), BeforeValidator(listed)
]


def _count(value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    return [value, value] if isinstance(value, int) else value


class NeedEntry(Section):
    """A need: ``"x"`` = x, ``{ any = [..] }`` = one of them, ``{ of = [..], k = 2 }`` = two of them."""

    any: Members | None = None
    of: Members | None = None
    k: Annotated[tuple[StrictInt, StrictInt], BeforeValidator(_count)] | None = None
    role: Line = "declared"
    quorum: StrictBool = False

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.any is None) == (self.of is None):
            raise wrong('a need is a text, { any = ["a", "b"] } or { of = ["a", "b", "c"], k = 2 }')
        if self.any is not None and self.k is not None:
            raise wrong("any means one of them", hint="write { of = [...], k = 2 } for more", at=("k",))
        if self.of is not None and self.k is None and len(self.of) > 1:
            raise wrong("says how many of them are needed", hint="add k = 2, or write any = [...]", at=("k",))
        self._enough()
        return self

    def _enough(self) -> None:
        best, worst = self.wanted
        ready = sum(member.minutes == EXACT_ZERO for member in self.members)
        if not 1 <= best <= worst:
            raise wrong("must be 1 or more, or [best, worst] with best <= worst", at=("k",))
        if worst > ready:
            raise wrong(
                f"needs {worst} in service but only {ready} of its {len(self.members)} members have no delay",
                hint="a standby does not count until it has been brought in",
                at=("k",) if self.k is not None else (),
            )

    @property
    def members(self) -> tuple[MemberEntry, ...]:
        """The members, however they were written."""
        return self.any or self.of or ()

    @property
    def wanted(self) -> tuple[int, int]:
        """How many are needed, best and worst."""
        return self.k or (1, 1)


Needs = Annotated[
    tuple[Annotated[NeedEntry, BeforeValidator(_needed)], ...],
    BeforeValidator(_tables),
    BeforeValidator(listed),
]


class JoinEntry(Section):
    """Which resources are meant; every given condition must hold."""

    tags: dict[str, Line] = Field(default_factory=dict)
    accounts: Lines = ()
    resource_groups: Lines = ()
    stacks: Lines = ()
    names: Lines = ()
    ids: Lines = ()
    kinds: Lines = ()
    regions: Lines = ()

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not any(getattr(self, name) for name in type(self).model_fields):
            raise wrong("matches everything", hint='if that is meant, write names = "*"')
        return self


Joins = Annotated[tuple[JoinEntry, ...], BeforeValidator(_tables)]


class WorkloadEntry(Section):
    """One ``[[workloads]]``."""

    name: Line
    criticality: Criticality | None = None
    owner: str = ""
    revenue_per_hour: Money | None = None
    currency: Currency | None = None
    rto_minutes: Minutes | None = None
    rpo_minutes: Minutes | None = None
    match: Joins = ()
    needs: Needs = ()


class VendorEntry(Section):
    """One ``[[vendors]]``."""

    name: Line
    hosted_on: Lines = ()
    hosts: Lines = ()
    substitutability: Substitutability | None = None
    needs: Needs = ()


def _dotted(value: str) -> str:
    if "." not in value.strip("."):
        raise wrong(
            f'"{value}" is not a kind', hint="such as onprem.server, gcp.compute.instance, aws.rds.instance"
        )
    return value.lower()


def _unless_unknown(value: Any) -> Any:  # noqa: ANN401 - whatever the file holds
    return None if value == "unknown" else listed(value)


class ResourceEntry(Section):
    """One ``[[resources]]``."""

    id: Line | None = None
    name: Line | None = None
    kind: Annotated[Line, AfterValidator(_dotted)]
    provider: Line | None = None
    account: Line | None = None
    region: Line | None = None
    zones: Annotated[tuple[Line, ...] | None, BeforeValidator(_unless_unknown)] = ()
    facts: Facts = Field(default_factory=dict)
    tags: dict[str, str] = Field(default_factory=dict)
    aliases: Lines = ()
    needs: Needs = ()

    @model_validator(mode="after")
    def _called(self) -> Self:
        if self.id is None and self.name is None:
            raise wrong("has neither name nor id", hint='add name = "..."')
        return self


class FleetEntry(Section):
    """One ``[[fleets]]``."""

    name: Line
    match: Annotated[Joins, Field(min_length=1)]
    facts: Annotated[Facts, Field(min_length=1)]
