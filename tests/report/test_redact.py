"""Pseudonyms: nothing private left in any format, the same one throughout, public words kept."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from auditor import api
from auditor.config import parse_settings
from auditor.connectors.manifest import declare
from auditor.formats import Look, formats
from auditor.inventory import Inventory, empty
from auditor.model.audit import Assumption, Audit
from auditor.model.gap import Gap, GapReason
from auditor.model.section import Note, Section
from auditor.report import document
from auditor.report.redact import redact

SETTINGS = """\
[[workloads]]
name = "checkout"
criticality = "critical"
match = { names = "web-*" }
needs = ["web-seoul-1", "vendor:paymaster"]

[[workloads]]
name = "Back office & <b>HR</b>"
match = { names = "office-*" }

[[vendors]]
name = "paymaster"
hosted_on = ["region:azure/centralus"]

[[resources]]
name = "web-seoul-1"
kind = "aws.ec2.instance"
account = "123456789012"
region = "ap-northeast-2"
zones = ["apne2-az1"]
facts = { os = "linux" }

[[resources]]
name = "office-host"
kind = "azure.compute.virtualmachines"
account = "5d2c9a3e-7f40-4a51-9b1e-0f6a1c2d3e4f"
region = "centralus"
facts = { os = "windows", "agent.crowdstrike-falcon" = "7.15" }
"""
PRIVATE = (
    *("123456789012", "5d2c9a3e-7f40-4a51-9b1e-0f6a1c2d3e4f", "web-seoul-1", "office-host"),
    *(
        "checkout",
        "Back office",
        "HR",
        "paymaster",
        "alice",
        "10.1.2.3",
        "i-0abc123def4567890",
        "hidden-bucket",
    ),
)
ARN = "arn:aws:s3:::hidden-bucket"


@pytest.fixture(scope="module")
def inventory() -> Inventory:
    return declare(empty("2026-11-20T09:00:00Z"), parse_settings(SETTINGS))


@pytest.fixture(scope="module")
def audit(inventory: Inventory) -> Audit:
    made = api.audit(inventory, parse_settings(SETTINGS, name="/home/alice/auditor.toml"))
    gap = Gap(
        provider="aws",
        account="123456789012",
        region="ap-northeast-2",
        service="s3",
        operation="s3:GetBucketReplication",
        reason=GapReason.DENIED,
        detail=f"arn:aws:iam::123456789012:user/alice may not read {ARN} from 10.1.2.3",
        remedy="allow s3:GetReplicationConfiguration",
    )
    note = Note(lines=("web-seoul-1 (i-0abc123def4567890) of checkout; mail alice@example.com", ARN))
    return dataclasses.replace(
        made,
        gaps=(gap,),
        assumptions=(*made.assumptions, Assumption(text="office-host is online", count=1)),
        extensions={"owners": {"checkout": ["alice@example.com"]}},
        sections=(*made.sections, Section(id="x", title="About checkout", blocks=(note,))),
    )


@pytest.mark.parametrize("name", sorted(formats()))
def test_nothing_private_is_left_in_any_format(name: str, audit: Audit, inventory: Inventory) -> None:
    """Accounts, names, ids, addresses, people: none survives."""
    made = redact(audit, inventory)
    look = Look(width=200, full=True)
    before = formats()[name].render(audit, document(audit), look).decode()
    after = formats()[name].render(made, document(made), look).decode()
    assert "checkout" in before
    assert [word for word in PRIVATE if re.search(rf"\b{re.escape(word)}\b", after)] == []


def test_public_words_stay(audit: Audit, inventory: Inventory) -> None:
    """Providers, regions, zones, services, agents and outages are what the report is about."""
    text = json.dumps(dataclasses.asdict(redact(audit, inventory)))
    for word in (
        "region:aws/ap-northeast-2",
        "zone:aws/apne2-az1",
        "service:aws/ap-northeast-2/vpc-resolver",
        "agent:crowdstrike-falcon/windows",
        "aws-2018-11-22-ap-northeast-2-dns",
        "s3:GetReplicationConfiguration",
    ):
        assert word in text


def test_one_name_has_one_pseudonym(audit: Audit, inventory: Inventory) -> None:
    """A reader can still follow a workload through the report."""
    made = redact(audit, inventory)
    names = {item.workload for item in made.workloads or ()}
    assert names == {"workload-1", "workload-2"}
    assert {row.workload for replay in made.replays or () for row in replay.workloads} == names
    assert made.sections[-1].title == "About workload-2"
    assert made.extensions["owners"].keys() == {"workload-2"}
    chains = [c.chain for r in made.replays or () for w in r.workloads for c in w.because]
    assert any("workload:workload-2" in chain for chain in chains)


def test_pseudonyms_are_stable(audit: Audit, inventory: Inventory) -> None:
    """The same audit gives the same ones."""
    assert redact(audit, inventory) == redact(audit, inventory)


def test_figures_and_verdicts_do_not_change(audit: Audit, inventory: Inventory) -> None:
    """Redaction touches names, never results."""
    made = redact(audit, inventory)
    assert made.score is not None
    assert audit.score is not None
    assert (made.score.value, made.score.grade) == (audit.score.value, audit.score.grade)
    assert [[w.verdict for w in r.workloads] for r in made.replays or ()] == [
        [w.verdict for w in r.workloads] for r in audit.replays or ()
    ]
    assert made.inputs.config == "auditor.toml"
    assert (made.schema, made.taken_at, made.tool) == (audit.schema, audit.taken_at, audit.tool)
