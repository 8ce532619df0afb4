"""The shape of an outage file: every key, its type, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from auditor.config.refusal import Form
from auditor.outages.schema import AppliesTo, FaultClass, Plane, RecoveryKind, Severity

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"

DATE_HINT = "must be a date and time with its offset and no quotes, such as 2018-11-21T23:19:00Z"


def _moment(value: object) -> object:
    if not isinstance(value, datetime):
        raise ValueError(f"{value!r} {DATE_HINT}")  # noqa: TRY004 -- pydantic turns only ValueError into its error
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no offset: it {DATE_HINT}")
    return value.astimezone(UTC)


def _one_line(text: str) -> str:
    if "\n" in text:
        raise ValueError("must be one line")
    return text


Moment = Annotated[datetime, BeforeValidator(_moment)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True), AfterValidator(_one_line)]
Slug = Annotated[str, StringConstraints(pattern=SLUG)]
Share = Annotated[float, Field(ge=0, le=1)]
Minutes = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Precision = Literal["minute", "approx", "day", "derived", "unverified", "unknown"]
Protects = Literal["yes", "no", "partly", "unknown", "not-applicable"]


class MilestoneForm(Form):
    """``[[time.milestones]]``."""

    at: Moment
    what: Text
    precision: Precision = "minute"
    verified: bool = True


class TimeForm(Form):
    """``[time]``."""

    start: Moment
    end: Moment | None = None
    start_precision: Precision = "minute"
    end_precision: Precision | None = None
    timezone: Text = "UTC"
    minutes: Minutes | None = None
    minutes_kind: Literal["exact", "approx", "at-least", "sum-of-windows", "unknown"] = "unknown"
    basis: str = ""
    recovered: Moment | None = None
    milestones: list[MilestoneForm] = []


class PopulationForm(Form):
    """``[[scope.population]]``."""

    what: Text
    of: Text
    share: Share | None = None
    note: str = ""


class ScopeForm(Form):
    """``[scope]``."""

    reach: Literal[
        "zone",
        "region",
        "multi-region",
        "global",
        "datacentre",
        "host-population",
        "provider-population",
    ]
    regions: list[Text] = []
    zones: list[Text] = []
    zone_note: str = ""
    metro: Text | None = None
    services: list[Text] = []
    condition: str = ""
    not_hit: list[Text] = []
    population: list[PopulationForm] = []
    multi_az_protects: Protects = "unknown"
    multi_region_protects: Protects = "unknown"


class OnlineForm(Form):
    """``impacts.online``."""

    since: Moment
    until: Moment


class ImpactForm(Form):
    """``[[impacts]]``; ``where`` is read by the predicate parser."""

    what: Text
    applies_to: AppliesTo = Field(strict=False)
    plane: Plane = Field(strict=False)
    severity: Severity = Field(strict=False)
    start: Moment
    end: Moment | None = None
    nodes: list[Text] = []
    where: dict[str, Any] | None = None
    cause: Text | None = None
    one_zone_of: Text | None = None
    minutes: Annotated[list[Minutes], Field(min_length=2, max_length=2)] | None = None
    at_least: Minutes | None = None
    partial: bool = False
    share: Share | None = None
    online: OnlineForm | None = None
    verified: bool = True
    note: str = ""


class ObservedForm(Form):
    """``[[recovery.observed]]``."""

    what: Text
    minutes: Minutes
    precision: Precision = "approx"


class RecoveryForm(Form):
    """``[recovery]``."""

    kind: RecoveryKind = Field(strict=False)
    note: str = ""
    observed: list[ObservedForm] = []


class NotificationForm(Form):
    """``[notification]``."""

    conduct: str = ""
    first: Moment | None = None
    channels: list[Text] = []
    regulator: str = ""
    legal: str = ""


class TollForm(Form):
    """``[toll]``."""

    victims: list[Text] = []
    note: str = ""
    figures: list[Text] = []


class VerificationForm(Form):
    """``[verification]``."""

    verified: bool
    level: Literal["primary", "secondary", "press"]
    unverified: list[Text] = []
    note: str = ""


class SourceForm(Form):
    """``[[sources]]``; an empty address means none was kept."""

    title: Text
    url: Annotated[str, StringConstraints(pattern=r"^(https?://\S+)?$")]
    kind: Literal["primary", "primary-copy", "secondary", "press", "issue"]
    supports: str = ""


class OutageForm(Form):
    """A whole file."""

    id: Slug
    title: Text
    tier: Literal["core", "extended"] = "core"
    provider: Slug
    provider_kind: Literal["cloud", "cdn", "dns", "software", "saas", "datacentre", "certificate-authority"]
    fault_class: FaultClass = Field(strict=False)
    also: list[Annotated[FaultClass, Field(strict=False)]] = []
    mechanism: Text
    fixed_since: Text | None = None
    notes: str = ""
    time: TimeForm
    scope: ScopeForm
    toll: TollForm = TollForm()
    notification: NotificationForm = NotificationForm()
    recovery: RecoveryForm
    verification: VerificationForm
    impacts: Annotated[list[ImpactForm], Field(min_length=1)]
    sources: Annotated[list[SourceForm], Field(min_length=1)]
