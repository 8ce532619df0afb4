"""The JSON contract: keys, order, schema, bytes."""

from __future__ import annotations

import dataclasses
import json
from importlib import resources
from typing import Any

import jsonschema
import pytest

from auditor.formats import format_named
from auditor.formats.json import schema
from auditor.model.audit import Audit, Score
from auditor.report import document

KEYS = [
    *("schema", "tool", "taken_at", "inputs", "coverage", "score", "concentration", "survival", "cut_sets"),
    *("replays", "simulation", "advice", "obligations", "workloads", "gaps", "assumptions", "extensions"),
]
REPLAY = {"outage", "in_reach", "lost", "workloads"}
WORKLOAD = {
    *("workload", "verdict", "minutes", "partial", "share", "control_plane", "rto_breach", "data_loss"),
    *("unknown_facts", "because"),
}


def written(audit: Audit) -> bytes:
    return format_named("json").render(audit, document(audit))


def shipped() -> dict[str, Any]:
    text = resources.files("auditor.formats").joinpath("audit.schema.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def test_the_top_level_keys_stand_in_the_contracts_order(audit: Audit) -> None:
    """Programs that read the file rely on exactly these keys, in this order; sections are not among them."""
    assert list(json.loads(written(audit))) == KEYS


def test_nested_models_carry_the_keys_of_the_contract(audit: Audit) -> None:
    """What the design names inside replays, survival, score and concentration is there."""
    data = json.loads(written(audit))
    assert set(data["replays"][0]) >= REPLAY
    assert set(data["replays"][0]["workloads"][0]) >= WORKLOAD
    assert set(data["replays"][0]["lost"]) == {"weight_minutes", "money"}
    assert set(data["replays"][0]["workloads"][0]["because"][0]) == {"chain", "evidence"}
    assert list(data["survival"][0]) == ["axis", "domain", "lost_share", "lost_share_no_manual", "workloads"]
    assert list(data["score"])[:3] == ["value", "grade", "axes"]
    assert list(data["concentration"][0]) == ["axis", "weight", "hhi", "effective", "unplaced", "top"]


def test_verdicts_and_ranges_are_pairs(audit: Audit) -> None:
    """A verdict is [best, worst] in words, minutes are [low, high], an unknown bound is null."""
    replay = json.loads(written(audit))["replays"][3]
    assert replay["workloads"][0]["verdict"] == ["interrupted", "down"]
    assert replay["workloads"][0]["minutes"] == [0.0, None]
    assert replay["lost"]["money"]["USD"] == [0.0, None]


def test_the_shipped_schema_is_the_one_the_model_makes() -> None:
    """``audit.schema.json`` cannot fall behind the model."""
    again = "from auditor.formats.json import schema_text; print(schema_text(), end='')"
    assert shipped() == schema(), f'python -c "{again}" > auditor/formats/audit.schema.json'


def test_output_holds_to_the_shipped_schema(audit: Audit, hostile_audit: Audit, empty_audit: Audit) -> None:
    """Full, hostile and empty audits are all valid, and the schema itself is one."""
    jsonschema.Draft202012Validator.check_schema(shipped())
    validator = jsonschema.Draft202012Validator(shipped())
    for made in (audit, hostile_audit, empty_audit):
        assert list(validator.iter_errors(json.loads(written(made)))) == []


def test_the_schema_refuses_what_breaks_the_contract(audit: Audit) -> None:
    """A missing key, a wrong verdict and a pair of three are all refused."""
    validator = jsonschema.Draft202012Validator(shipped())
    data = json.loads(written(audit))
    without = {key: value for key, value in data.items() if key != "score"}
    assert not validator.is_valid(without)
    data["replays"][0]["workloads"][0]["verdict"] = ["spared", "exploded"]
    assert not validator.is_valid(data)
    data["replays"][0]["workloads"][0]["verdict"] = ["spared", "down", "down"]
    assert not validator.is_valid(data)


def test_the_same_audit_gives_the_same_bytes(audit: Audit) -> None:
    """Nothing of the run gets into the file."""
    assert written(audit) == written(audit)


def test_what_no_issue_has_built_is_null(empty_audit: Audit) -> None:
    """Fields nobody filled are there, as null."""
    data = json.loads(written(empty_audit))
    assert data["score"] is None
    assert data["cut_sets"] is None
    assert data["gaps"] == []


@pytest.mark.parametrize("value", [float("inf"), float("nan")])
def test_what_json_cannot_hold_becomes_null(audit: Audit, value: float) -> None:
    """Infinity and not-a-number never make invalid JSON."""
    made = dataclasses.replace(audit, score=Score(value=(0.0, value), grade=None, axes=()))
    assert json.loads(written(made), parse_constant=pytest.fail)["score"]["value"] == [0.0, None]


def test_names_arrive_unchanged(hostile_audit: Audit) -> None:
    """Programs get the names as they are, control characters and all."""
    names = [workload["workload"] for workload in json.loads(written(hostile_audit))["workloads"]]
    assert "escape\x1b[31mred\x9b2J" in names
