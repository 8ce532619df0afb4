"""The settings every later room reads: validated, frozen, with defaults that need no file at all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    InstanceOf,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
)

from auditor.config.scalars import (
    Currency,
    HttpsUrl,
    Line,
    Lines,
    Seconds,
    Share,
    Span,
    Sums,
    Url,
    Weight,
    wrong,
)
from auditor.model import efforts
from auditor.model.domain import SCORED_AXES, Axis
from auditor.model.duties import checked_facts
from auditor.model.evidence import Range
from auditor.model.resource import Resource
from auditor.model.spelling import closest, one_of
from auditor.model.workload import Fleet, Vendor, Workload

DutyFact = StrictBool | StrictInt | StrictFloat | tuple[StrictStr, ...]
Workers = Annotated[StrictInt, Field(ge=1, le=256)]


def _simulated(axis: Axis) -> Axis:
    if axis is Axis.METRO:
        raise wrong("a metro is no failure domain of its own", hint="name a zone or a region")
    return axis


def _lasting(value: Range) -> Range:
    if value[0] <= 0:
        raise wrong("an outage lasts more than 0 minutes")
    return value


SimulatedAxis = Annotated[Axis, AfterValidator(_simulated)]
PositiveSpan = Annotated[Span, AfterValidator(_lasting)]

DEFAULT_WEIGHTS: dict[str, float] = {
    "region": 0.30,
    "provider": 0.20,
    "zone": 0.20,
    "software": 0.15,
    "vendor": 0.15,
}
"""Weight of each scored axis unless the settings say otherwise."""


class Section(BaseModel):
    """A table of the settings file: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AwsSettings(Section):
    """How AWS is read; names and secrets come from boto3's own chain.

    Attributes:
        enabled: None = wherever credentials are found.
        profile: profile of the shared configuration; None = boto3's default.
        regions: region codes to read; empty = every enabled region.
        endpoint_url: another endpoint for all services; None = boto3's own rules (``AWS_ENDPOINT_URL``).
        workers: calls in flight at once.
        connect_timeout, read_timeout, region_deadline: seconds.
    """

    enabled: StrictBool | None = None
    profile: Line | None = None
    regions: Lines = ()
    endpoint_url: Url | None = None
    workers: Workers = 16
    connect_timeout: Seconds = 5.0
    read_timeout: Seconds = 30.0
    region_deadline: Seconds = 120.0


PUBLIC_AZURE = "https://management.azure.com"


class AzureSettings(Section):
    """How Azure is read; secrets come only from the environment.

    Attributes:
        enabled: None = wherever credentials are found.
        endpoint: Azure Resource Manager; another one for sovereign clouds and tests.
        authority: where tokens come from.
        ca_file: certificates to trust instead of the system's; relative to the settings file.
        tenant_id, client_id: None = azure-identity's default chain.
        subscriptions: ids to read; empty = all the credential sees.
        workers: calls in flight at once.
        connect_timeout, read_timeout, deadline: seconds; ``deadline`` is per subscription.
    """

    enabled: StrictBool | None = None
    endpoint: HttpsUrl = PUBLIC_AZURE
    authority: HttpsUrl = "https://login.microsoftonline.com"
    ca_file: Path | None = None
    tenant_id: Line | None = None
    client_id: Line | None = None
    subscriptions: Lines = ()
    workers: Workers = 8
    connect_timeout: Seconds = 5.0
    read_timeout: Seconds = 30.0
    deadline: Seconds = 300.0


class ReportSettings(Section):
    """Where reports go, and the currency of money that names none.

    Attributes:
        output: folder, relative to where the command runs.
        currency: ISO 4217 code.
    """

    output: Path = Path("reports")
    currency: Currency | None = None


def _complete(weights: dict[str, float]) -> dict[str, float]:
    return DEFAULT_WEIGHTS | weights


class ScoreSettings(Section):
    """Relative weight of each scored axis; axes left out keep theirs, the score brings the sum to 1."""

    weights: Annotated[dict[str, Weight], AfterValidator(_complete)] = Field(
        default_factory=lambda: dict(DEFAULT_WEIGHTS)
    )


class OutageSettings(Section):
    """Folders with outages of your own, in the catalogue's format; relative to the settings file."""

    folders: tuple[Path, ...] = ()


class LimitSettings(Section):
    """What a pipeline must not pass.

    Attributes:
        min_score: the worst score allowed, 0 to 100; None = no limit.
        max_lost_share: axis to the largest share of criticality weight that one domain may take along.
    """

    min_score: Annotated[float, Field(strict=True, ge=0, le=100)] | None = None
    max_lost_share: dict[str, Share] = Field(default_factory=dict)


class CutSetSettings(Section):
    """How far minimal cut sets are looked for.

    Attributes:
        order: largest number of things out together; None = 3, on large estates 2.
        resources: whether single resources count, not only failure domains.
    """

    order: Annotated[StrictInt, Field(ge=1, le=6)] | None = None
    resources: bool = False


class LesserOutages(Section):
    """A declared belief about outages too small for the catalogue: how often, and how long.

    Attributes:
        axis: kind of failure domain they strike.
        domain: shell pattern on domain ids, such as ``zone:aws/*``; by default every domain of the axis.
        per_year: outages per domain and year; taken as known.
        minutes: how long, ``45`` or ``[20, 180]``: 5 % are shorter than the first, 5 % longer than the last.
        share: probability that such an outage reaches you at all.
    """

    axis: SimulatedAxis
    domain: Line = "*"
    per_year: Annotated[float, Field(strict=True, gt=0, le=10_000, allow_inf_nan=False)]
    minutes: PositiveSpan
    share: Annotated[float, Field(strict=True, gt=0, le=1)] = 1.0


def _facts(facts: dict[str, DutyFact]) -> dict[str, DutyFact]:
    try:
        checked_facts(facts)
    except ValueError as error:
        raise wrong(str(error), hint="docs/obligations.md lists what laws ask") from error
    return facts


class ObligationSettings(Section):
    """What notification laws ask that no inventory tells: who you are, where your users are, how many."""

    facts: Annotated[dict[str, DutyFact], AfterValidator(_facts)] = Field(default_factory=dict)


class SimulationSettings(Section):
    """How outage years are simulated.

    Attributes:
        years: how many.
        seed: same seed, same years.
        lesser: declared outages beside those of the catalogue; none unless you say so.
    """

    years: Annotated[StrictInt, Field(ge=100, le=10_000_000)] = 10_000
    seed: Annotated[StrictInt, Field(ge=0, le=2**63 - 1)] = 1
    lesser: tuple[LesserOutages, ...] = ()


def _known(names: Iterable[str], known: Iterable[str], what: str) -> None:
    choices = list(known)
    for name in names:
        if name not in choices:
            near = closest(name, choices)
            raise wrong(
                f'"{name}" is no {what}',
                hint=f'did you mean "{near}"?' if near else f"one of {one_of(choices)}",
                at=(name,),
            )


def _classes(units: dict[str, float]) -> dict[str, float]:
    _known(units, efforts.classes(), "class of effort")
    return {name: units.get(name, each.units) for name, each in efforts.classes().items()}


def _kinds(given: dict[str, Range]) -> dict[str, Range]:
    _known(given, efforts.kinds(), "kind of change")
    return given


def _copied(given: dict[str, Range]) -> dict[str, Range]:
    _known(
        given, [name for name, kind in efforts.kinds().items() if kind.copies], "kind of change that copies"
    )
    return given


Units = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]


class AdviceSettings(Section):
    """What changes cost, and how much may be spent; see docs/advice.md for the kinds of change.

    Attributes:
        budget: units of effort that the best set of changes may take.
        effort: class of effort to its units; classes left out keep theirs.
        currency: of the costs here; None = that of ``report``.
        cost_per_year: kind of change to what one such change of one workload costs a year.
        cost_of_copy: kind of change to what a copy costs, as a part of what the original costs; 1 by default.
    """

    budget: Units = 8.0
    effort: Annotated[dict[str, Units], AfterValidator(_classes)] = Field(
        default_factory=lambda: _classes({})
    )
    currency: Currency | None = None
    cost_per_year: Annotated[dict[str, Sums], AfterValidator(_kinds)] = Field(default_factory=dict)
    cost_of_copy: Annotated[dict[str, Sums], AfterValidator(_copied)] = Field(default_factory=dict)


class Settings(Section):
    """Everything a run can be told.

    Attributes:
        source: name of the file it was read from, None for the defaults.
        aws, azure, report, score, outages, limits, cut_sets, advice, simulation, obligations: the file's
            sections.
        workloads, vendors, resources, fleets: what the user declared, as the model's own values.
        not_applicable: scored axis to the reason it does not apply to this company.
    """

    source: str | None = None
    aws: AwsSettings = AwsSettings()
    azure: AzureSettings = AzureSettings()
    report: ReportSettings = ReportSettings()
    score: ScoreSettings = ScoreSettings()
    outages: OutageSettings = OutageSettings()
    limits: LimitSettings = LimitSettings()
    cut_sets: CutSetSettings = CutSetSettings()
    advice: AdviceSettings = AdviceSettings()
    simulation: SimulationSettings = SimulationSettings()
    obligations: ObligationSettings = ObligationSettings()
    workloads: tuple[InstanceOf[Workload], ...] = ()
    vendors: tuple[InstanceOf[Vendor], ...] = ()
    resources: tuple[InstanceOf[Resource], ...] = ()
    fleets: tuple[InstanceOf[Fleet], ...] = ()
    not_applicable: dict[str, str] = Field(default_factory=dict)


assert set(DEFAULT_WEIGHTS) == set(SCORED_AXES)  # noqa: S101 - two tables of one truth
