"""Every entry of the catalogue, held against what all entries must be, and against the recorded facts."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from auditor.model.domain import Axis, axis_of
from auditor.model.places import metro
from auditor.outages import catalogue
from auditor.outages.predicate import Column, Not, PlaceAtom, Predicate, atoms
from auditor.outages.schema import Outage, Plane, Severity

ENTRIES = tuple(catalogue().values())
REQUIRED = {
    "aws-2018-11-22-ap-northeast-2-dns",
    "aws-2021-06-10-eu-central-1-cooling",
    "aws-2021-12-07-us-east-1-internal-network",
    "aws-2022-02-06-ap-northeast-2-az3-network",
    "aws-2025-10-20-us-east-1-dynamodb-dns",
    "azure-2021-03-15-aad",
    "azure-2022-08-30-ubuntu-dns",
    "azure-2023-08-30-australiaeast-power",
    "azure-2024-07-18-centralus-storage",
    "azure-2025-10-29-frontdoor",
    "cloudflare-2025-11-18",
    "crowdstrike-2024-07-19",
    "kakao-2022-10-15-pangyo",
}

every_entry = pytest.mark.parametrize("outage", ENTRIES, ids=lambda outage: outage.id)


def test_the_famous_ones_are_there() -> None:
    """The catalogue is sorted and holds at least these."""
    assert set(catalogue()) >= REQUIRED
    assert list(catalogue()) == sorted(catalogue())


@every_entry
def test_windows_lie_within_the_event(outage: Outage) -> None:
    """No impact on running things begins before the outage, and none ends after its recorded tail."""
    tail = (outage.end, outage.recovered, *(step.at for step in outage.milestones))
    last = max((at for at in tail if at is not None), default=None)
    for impact in outage.impacts:
        assert impact.start >= outage.start or impact.plane is Plane.CONTROL
        if impact.end is not None and last is not None:
            assert impact.end <= max(last, outage.end or last) or impact.plane is Plane.CONTROL


@every_entry
def test_minutes_agree_with_the_window(outage: Outage) -> None:
    """Where the count is called exact it is the window's length."""
    if outage.minutes_kind == "exact":
        assert outage.end is not None
        assert outage.minutes == (outage.end - outage.start).total_seconds() / 60


@every_entry
def test_zone_conditions_name_their_region(outage: Outage) -> None:
    """A zone condition stands beside its region, so an unknown zone elsewhere stays untouched."""
    for impact in outage.impacts:
        places = [atom for atom in atoms(impact.where) if isinstance(atom, PlaceAtom)] if impact.where else []
        if any(atom.column is Column.ZONE for atom in places):
            assert any(atom.column is Column.REGION for atom in places)


@every_entry
def test_kinds_and_services_can_be(outage: Outage) -> None:
    """Kinds are dotted with a provider first, services are spelled as domain ids spell them."""
    for impact in outage.impacts:
        for atom in atoms(impact.where) if impact.where else ():
            if isinstance(atom, PlaceAtom) and atom.column is Column.KIND:
                assert all(
                    re.fullmatch(r"(aws|azure|gcp|alibaba)\.[a-z0-9-]+\.[a-z0-9.*]+", each)
                    for each in atom.values
                )
            if isinstance(atom, PlaceAtom) and atom.column is Column.SERVICE:
                assert all(re.fullmatch(r"(microsoft\.)?[a-z0-9-]+", each) for each in atom.values)


@every_entry
def test_the_reader_is_told_enough(outage: Outage) -> None:
    """What is unverified says so, open ends and open zones have a note, every impact has a duration."""
    assert outage.mechanism.endswith(".")
    assert outage.verified or outage.unverified
    assert all(impact.verified for impact in outage.impacts) or outage.unverified
    assert outage.reach.metro is None or metro(outage.reach.metro) is not None
    for impact in outage.impacts:
        assert impact.end or impact.minutes or impact.at_least
        if impact.one_zone_of or impact.at_least:
            assert impact.note


@every_entry
def test_only_running_things_go_down_without_a_control_plane(outage: Outage) -> None:
    """``blocked`` is about changing things, so it never stands on the data plane."""
    assert not [
        each for each in outage.impacts if each.severity is Severity.BLOCKED and each.plane is Plane.DATA
    ]


def _negated(predicate: Predicate) -> Iterator[Predicate]:
    if isinstance(predicate, Not):
        yield predicate.part
    for part in getattr(predicate, "parts", ()):
        yield from _negated(part)


@every_entry
def test_places_are_never_negated(outage: Outage) -> None:
    """Where an outage was is said outright: reach and vendors are told from it."""
    for impact in outage.impacts:
        for part in _negated(impact.where) if impact.where else ():
            assert not [atom for atom in atoms(part) if isinstance(atom, PlaceAtom)]


def _recorded(shared_data: Path, outage: Outage) -> dict[str, Any]:
    path = shared_data / "outages" / f"{outage.id}.toml"
    if not path.is_file():
        pytest.skip(f"no recorded facts for {outage.id}")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def test_no_record_is_left_behind(shared_data: Path) -> None:
    """Every outage that was recorded has its entry."""
    recorded = {path.stem for path in (shared_data / "outages").glob("*.toml")}
    assert recorded
    assert recorded <= set(catalogue())


@every_entry
def test_recorded_facts_are_carried(shared_data: Path, outage: Outage) -> None:
    """Times, classes, places, victims, restore times and every source's address are those of the record."""
    facts = _recorded(shared_data, outage)
    assert outage.start == _moment(facts["time"]["start_utc"])
    assert outage.end == _moment(facts["time"]["end_utc"])
    assert outage.recovered == _moment(facts["time"]["full_recovery_utc"])
    assert (outage.minutes or -1) == facts["time"]["duration_minutes"]
    assert [outage.fault_class, *outage.also] == [facts["fault_class"], *facts["fault_class_secondary"]]
    assert outage.reach.kind == facts["scope"]["reach"]
    assert list(outage.reach.regions) == facts["scope"]["regions"]
    assert [zone.lower() for zone in facts["scope"]["zones"]] == list(outage.reach.zones)
    assert len(outage.reach.not_hit) == len(facts["scope"]["not_hit"])
    assert outage.verified == facts["verification"]["verified"]
    assert outage.level == facts["verification"]["level"]
    assert outage.recovery.kind == facts["recovery"]["kind"]
    assert [each.minutes for each in outage.recovery.observed] == [
        each["minutes"] for each in facts["recovery"]["observed"]
    ]
    assert [each.url for each in outage.sources] == [each["url"] for each in facts["sources"]]
    assert [each.at for each in outage.milestones] == [
        _moment(each["utc"]) for each in facts["time"]["milestones"]
    ]
    assert len(outage.toll.victims) == len(facts["impact"]["victims"])


@every_entry
def test_every_recorded_window_is_an_impact(shared_data: Path, outage: Outage) -> None:
    """Each effect of the record has an impact of its start (the outage's, if unknown), end and severity."""
    mine = {(each.start, each.end, each.severity.value) for each in outage.impacts}
    for effect in _recorded(shared_data, outage)["effects"]:
        start = _moment(effect["start_utc"]) or outage.start
        assert (start, _moment(effect["end_utc"]), effect["severity"]) in mine


@every_entry
def test_no_sentence_is_copied(shared_data: Path, outage: Outage) -> None:
    """Facts are carried over, sentences are not."""
    facts = _recorded(shared_data, outage)
    theirs = {text for text in _texts(facts) if len(text.split()) > 7}
    own = Path(__file__).parents[2] / "auditor" / "outages" / "catalogue" / f"{outage.id}.toml"
    written = tomllib.loads(own.read_text(encoding="utf-8"))
    titles = set(_texts([source["title"] for source in written["sources"]]))
    assert not theirs.intersection(_texts(written)) - titles


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from re.split(r"(?<=[.;])\s+", value)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


@every_entry
def test_domain_ids_are_known_axes(outage: Outage) -> None:
    """What goes out is a failure domain, never an account or a metro."""
    named = [
        node
        for impact in outage.impacts
        for node in (*impact.nodes, *([impact.cause] if impact.cause else []))
    ]
    assert {axis_of(node) for node in named} <= set(Axis) - {Axis.ACCOUNT, Axis.METRO}
