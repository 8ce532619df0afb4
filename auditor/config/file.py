"""The whole settings file: its sections, and the rules that look across entries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

from pydantic import Field, model_validator

from auditor.config.entries import FleetEntry, ResourceEntry, VendorEntry, WorkloadEntry
from auditor.config.scalars import Line, wrong
from auditor.config.settings import (
    PUBLIC_AZURE,
    AdviceSettings,
    AwsSettings,
    AzureSettings,
    CutSetSettings,
    LimitSettings,
    ObligationSettings,
    OutageSettings,
    ReportSettings,
    ScoreSettings,
    Section,
    SimulationSettings,
)
from auditor.model import places
from auditor.model.domain import SCORED_AXES, Axis, axis_of
from auditor.model.spelling import closest, one_of

At = tuple[str | int, ...]


class SettingsFile(Section):
    """``auditor.toml`` as it is written."""

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
    workloads: tuple[WorkloadEntry, ...] = ()
    vendors: tuple[VendorEntry, ...] = ()
    resources: tuple[ResourceEntry, ...] = ()
    fleets: tuple[FleetEntry, ...] = ()
    not_applicable: dict[str, Line] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _across(self) -> Self:
        self._unique_names()
        self._money()
        self._axes()
        self._hosted()
        for number, code in enumerate(self.aws.regions):
            self._region("aws", code, ("aws", "regions", number))
        for number, entry in enumerate(self.resources):
            self._place(entry, ("resources", number))
        for at, ref in self._references():
            self._reference(ref, at)
        return self

    def _unique_names(self) -> None:
        for section in ("workloads", "vendors", "resources", "fleets"):
            entries = getattr(self, section)
            _unique(section, "name", (entry.name for entry in entries))
        _unique("resources", "id", (entry.id for entry in self.resources))

    def _money(self) -> None:
        for number, entry in enumerate(self.workloads):
            if entry.revenue_per_hour is not None and not (entry.currency or self.report.currency):
                raise wrong(
                    "is money without a currency",
                    hint='add currency = "EUR" here or under [report]',
                    at=("workloads", number, "revenue_per_hour"),
                )
        if self.advice.cost_per_year and not (self.advice.currency or self.report.currency):
            raise wrong(
                "is money without a currency",
                hint='add currency = "EUR" here or under [report]',
                at=("advice", "cost_per_year"),
            )

    def _axes(self) -> None:
        given: tuple[tuple[At, Mapping[str, object]], ...] = (
            (("score", "weights"), self.score.weights),
            (("limits", "max_lost_share"), self.limits.max_lost_share),
            (("not_applicable",), self.not_applicable),
        )
        for at, table in given:
            for axis in table:
                if axis not in SCORED_AXES:
                    raise wrong(
                        f'"{axis}" is not a scored axis', hint=f"one of {one_of(SCORED_AXES)}", at=(*at, axis)
                    )
        if not any(self.score.weights.values()):
            raise wrong("every axis weighs nothing", at=("score", "weights"))

    def _place(self, entry: ResourceEntry, at: At) -> None:
        provider = provider_of(entry)
        if entry.region is not None and entry.region != "global":
            self._region(provider, entry.region, (*at, "region"))
        region = None if entry.region is None else places.region(provider, entry.region)
        for number, zone in enumerate(entry.zones or ()):
            there = (*at, "zones", number)
            if region is not None and not region.has_zone(zone):
                raise wrong(
                    f'"{zone}" is not a physical zone of {region.code}', hint=_zones(region), at=there
                )
            if entry.region is None and provider in places.providers() and not self._foreign(provider):
                _known_zone(provider, zone, at=there)

    def _references(self) -> Iterator[tuple[At, str]]:
        for section in ("workloads", "vendors", "resources"):
            for row, entry in enumerate(getattr(self, section)):
                for number, need in enumerate(entry.needs):
                    key = "of" if need.any is None else "any"
                    for place, member in enumerate(need.members):
                        at: At = (section, row, "needs", number, key, place)
                        yield (*at, "ref"), member.ref
                        yield from (((*at, "via", n), via) for n, via in enumerate(member.via))

    def _hosted(self) -> None:
        for row, vendor in enumerate(self.vendors):
            for number, domain in enumerate(vendor.hosted_on):
                at: At = ("vendors", row, "hosted_on", number)
                if axis_of(domain) is None:
                    raise wrong(
                        f'"{domain}" is not a failure domain',
                        hint="such as region:azure/centralus, provider:aws or vendor:cloudflare",
                        at=at,
                    )
                self._reference(domain, at)

    def _reference(self, ref: str, at: At) -> None:
        """Refuse a domain id in an unknown region; whether other references exist, collecting shows."""
        axis, (provider, place, *_) = axis_of(ref), [*ref.partition(":")[2].split("/"), "", ""]
        if axis in {Axis.REGION, Axis.SERVICE} and place != "global":
            self._region(provider, place, at)
        elif axis is Axis.ZONE and provider in places.providers() and not self._foreign(provider):
            _known_zone(provider, place, at=at)

    def _foreign(self, provider: str) -> bool:
        """Return whether a provider is pointed elsewhere, so that our lists say nothing about it."""
        if provider == "azure":
            return self.azure.endpoint != PUBLIC_AZURE
        return provider == "aws" and self.aws.endpoint_url is not None

    def _region(self, provider: str, code: str, at: At) -> None:
        listed = provider in places.providers() and not self._foreign(provider)
        if not listed or places.region(provider, code) is not None:
            return
        by_name = {_plain(each.name): each.code for each in places.regions(provider)}
        near = by_name.get(_plain(code)) or closest(code, [each.code for each in places.regions(provider)])
        raise wrong(
            f'there is no {provider} region "{code}" in the list of {places.as_of(provider)}',
            hint=f'did you mean "{near}"?' if near else f"such as {places.regions(provider)[0].code}",
            at=at,
        )


def provider_of(entry: ResourceEntry) -> str:
    """Return a declared resource's provider: stated, or the first word of its kind."""
    return (entry.provider or entry.kind.partition(".")[0]).lower()


def _plain(text: str) -> str:
    return "".join(sign for sign in text.lower() if sign.isalnum())


def _zones(region: places.Region) -> str:
    if not region.zone_ids:
        return "that region has no zones"
    return f"one of {one_of(region.zone_ids)}; letters and numbers of one account are not comparable"


def _known_zone(provider: str, zone: str, *, at: At) -> None:
    if places.region_of_zone(provider, zone) is None:
        raise wrong(
            f'"{zone}" is not a physical zone of {provider}',
            hint="such as apne2-az1 or koreacentral-az2",
            at=at,
        )


def _unique(section: str, key: str, values: Iterable[str | None]) -> None:
    seen: dict[str, int] = {}
    for number, value in enumerate(values):
        if value is not None and seen.setdefault(value.lower(), number) != number:
            raise wrong(f'"{value}" is there twice', hint=f"every {key} is unique", at=(section, number, key))
