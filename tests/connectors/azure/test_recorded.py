"""The connector over recorded ARM bodies, read in place where they are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from auditor.connectors.azure.failure import refusal
from auditor.connectors.azure.spec import specs
from auditor.connectors.extract import parse_arm_id
from auditor.connectors.spec import known_kinds
from auditor.demo.arm import Behaviour, Subscription
from auditor.inventory import Inventory
from auditor.model.facts import fact_spec
from auditor.model.gap import GapReason
from tests.connectors.azure.collecting import collected, standing_in


@pytest.fixture(scope="module")
def recordings(shared_data: Path) -> Path:
    folder = shared_data / "azure"
    if not (folder / "index.json").is_file():
        pytest.skip(f"no recorded ARM bodies at {folder}")
    return folder


def index(folder: Path) -> list[dict[str, Any]]:
    """Return the entries of the index."""
    entries: list[dict[str, Any]] = json.loads((folder / "index.json").read_text(encoding="utf-8"))["items"]
    return entries


def bodies(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Yield every resource in a recorded list or get answer; what has no id in a subscription is none."""
    for entry in index(folder):
        if entry["status"] != 200 or entry["response"] not in {"list", "get"}:
            continue
        answer = json.loads((folder / entry["file"]).read_text(encoding="utf-8"))
        for item in answer.get("value", [answer]):
            arm = parse_arm_id(str(item.get("id") or "")) if isinstance(item, dict) else None
            if arm and arm.subscription and not arm.type.startswith("microsoft.resources/subscriptions"):
                yield item


@pytest.fixture(scope="module")
def recorded(recordings: Path) -> dict[str, Mapping[str, Any]]:
    """Return recorded bodies by id, the fullest of each."""
    found: dict[str, Mapping[str, Any]] = {}
    for item in bodies(recordings):
        arm = parse_arm_id(item["id"])
        assert arm is not None
        known = found.get(arm.id)
        if known is None or len(json.dumps(item)) > len(json.dumps(known)):
            found[arm.id] = item
    return found


def owned(recorded: dict[str, Mapping[str, Any]]) -> list[Subscription]:
    """Return the subscriptions of the recorded bodies."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for id_, item in recorded.items():
        found.setdefault(id_.split("/")[2], []).append(item)
    return [Subscription(id=id_, resources=tuple(items)) for id_, items in sorted(found.items())]


@pytest.fixture(scope="module")
def inventory(recorded: dict[str, Mapping[str, Any]]) -> Inventory:
    """Return what the connector makes of all of them, served by the stand-in."""
    with pytest.MonkeyPatch.context() as monkeypatch, standing_in(monkeypatch, owned(recorded)) as arm:
        read, found = collected(arm)
    assert read
    return found


def test_every_recorded_resource_is_collected(
    recorded: dict[str, Mapping[str, Any]], inventory: Inventory
) -> None:
    """Each recorded body becomes a resource, unless it is part of another or below one never recorded."""
    ids = set(inventory.resources["id"])
    unlisted = {
        child.type.lower() for spec in specs().values() for child in spec.children if not child.in_graph
    }
    missing = []
    for id_ in recorded:
        arm = parse_arm_id(id_)
        assert arm is not None
        spec = specs().get(arm.type)
        folded = spec is not None and spec.folded
        if id_ not in ids and not folded and not (arm.type in unlisted and arm.parent not in recorded):
            missing.append(id_)
    assert missing == []
    assert len(inventory) > 500
    assert inventory.gaps == ()


def test_known_types_are_understood(inventory: Inventory) -> None:
    """Resources of described types carry their kind; the others are kept as generic ones."""
    kinds = Counter(inventory.resources["kind"])
    understood = sum(count for kind, count in kinds.items() if kind in known_kinds())
    assert kinds["azure.compute.virtualmachines"] > 80
    assert kinds["azure.compute.disks"] > 30
    assert kinds["azure.insights.activitylogalerts"] > 10
    assert understood / len(inventory) > 0.7
    assert set(inventory.resources["provider"]) == {"azure"}


def test_every_fact_is_of_the_vocabulary(inventory: Inventory) -> None:
    """No fact is stated that nobody described."""
    assert [name for name in set(inventory.facts["name"]) if fact_spec(name) is None] == []


def test_machines_by_system_are_plausible(
    recorded: dict[str, Mapping[str, Any]], inventory: Inventory
) -> None:
    """The systems found are those the bodies' OS disks name, counted independently."""
    expected: Counter[str] = Counter()
    for id_, item in recorded.items():
        arm = parse_arm_id(id_)
        if arm and arm.type == "microsoft.compute/virtualmachines":
            system = ((item.get("properties") or {}).get("storageProfile") or {}).get("osDisk") or {}
            expected[str(system.get("osType")).lower()] += 1
    machines = set(
        inventory.resources.with_row_index().filter(kind="azure.compute.virtualmachines")["index"].to_list()
    )
    seen = Counter(
        json.loads(value) for row, value, _ in inventory.fact_frame("os").iter_rows() if row in machines
    )
    assert seen == expected
    assert seen["windows"] > 10


def test_regions_are_codes(inventory: Inventory) -> None:
    """However a body spells its location, the inventory has one code for it."""
    regions = {region for region in inventory.resources["region"] if region is not None}
    assert all(region == region.lower() and " " not in region for region in regions)
    assert {"eastus", "westus", "global"} <= regions


def test_recorded_errors_are_worded(recordings: Path) -> None:
    """Every recorded refusal, in each of Azure's spellings, becomes a reason with one line of detail."""
    reasons = Counter[GapReason]()
    for entry in index(recordings):
        if entry["response"] == "error":
            text = (recordings / entry["file"]).read_text(encoding="utf-8")
            failure = refusal(entry["status"], entry.get("headers") or {}, text)
            assert failure.detail
            assert "\n" not in failure.detail
            reasons[failure.reason] += 1
    assert reasons == {GapReason.DENIED: 8, GapReason.UNSUPPORTED: 50, GapReason.ERROR: 1}


def test_the_other_road_reads_recordings_alike(
    recorded: dict[str, Mapping[str, Any]], inventory: Inventory
) -> None:
    """Without Resource Graph every top-level resource comes out the same from listing and details."""
    with (
        pytest.MonkeyPatch.context() as monkeypatch,
        standing_in(monkeypatch, owned(recorded), Behaviour(graph_status=403)) as arm,
    ):
        read, other = collected(arm)
    assert read
    assert {gap.operation for gap in other.gaps} == {"Microsoft.ResourceGraph/resources/read"}
    top = [id_ for id_ in other.resources["id"] if id_ in recorded and _is_top(id_)]
    assert len(top) > 400
    seen = {id_: row for row, id_ in enumerate(inventory.resources["id"])}
    mine = {id_: row for row, id_ in enumerate(other.resources["id"])}
    assert [id_ for id_ in top if other.resource(mine[id_]) != inventory.resource(seen[id_])] == []


def _is_top(id_: str) -> bool:
    arm = parse_arm_id(id_)
    return arm is not None and arm.type.count("/") == 1
