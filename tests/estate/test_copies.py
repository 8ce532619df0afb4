"""Copies that take over by hand stand by wherever their source is needed."""

from __future__ import annotations

import pytest

from auditor.model.evidence import FactValue
from auditor.model.need import Member, Need, requires
from auditor.model.resource import Resource
from auditor.model.workload import Join, Workload
from tests.estate.samples import any_of, below, estate, machine, needs, resource
from tests.estate.test_compile import outage

PLANE = "control-plane:aws/us-east-1/rds"
SHOP = {"app": "shop"}
WORKLOAD = (Workload(name="shop", joins=(Join(tags=(("app", "shop"),)),)),)


def database(**facts: object) -> list[Resource]:
    """Return a database and its copy in another region."""
    return [
        resource("db", "aws.rds.instance", tags=SHOP),
        resource(
            "copy",
            "aws.rds.instance",
            region="us-east-1",
            tags=SHOP,
            facts={"replica_of": "db", **facts},  # type: ignore[dict-item]
        ),
    ]


def test_a_copy_is_a_standby_by_hand_where_its_source_is_needed() -> None:
    """Sixty to 240 minutes, and the control plane where the copy is must be up to promote it."""
    found = estate(
        machine("web", tags=SHOP, needs=requires("database", "db")), *database(), workloads=WORKLOAD
    )
    assert below(found, "web", "database") == [f"activation:copy+{PLANE}", "db"]
    assert outage(found, "db", length=300.0)["workload:shop"] == (60.0, 240.0)
    assert outage(found, "db", PLANE, length=300.0)["workload:shop"] == (300.0, 300.0)
    assert any("promoted by hand" in note.text for note in found.assumptions)
    assert found.graph.manual.sum() == 1


def test_a_declared_failover_time_replaces_the_rule_of_thumb() -> None:
    """Who has measured it is believed."""
    found = estate(machine("web", needs=requires("database", "db")), *database(failover_minutes=25.0))
    assert outage(found, "db", length=300.0)["web"] == (25.0, 25.0)
    assert not any("promoted by hand" in note.text for note in found.assumptions)


def test_a_copy_is_no_root_beside_its_source_but_covers_it() -> None:
    """A workload that is only a database rests on it or, in time, on its copy; never on both."""
    found = estate(*database(), workloads=WORKLOAD)
    assert needs(found, "workload:shop") == [("root", (1, 1), ("db", f"activation:copy+{PLANE}"))]


def test_a_need_that_names_the_copy_is_left_as_it_is() -> None:
    """Whoever states how the copy takes over knows better."""
    stated = Need(role="database", members=(Member(ref="db"), Member(ref="copy", delay=(5, 5))))
    found = estate(machine("web", needs=[stated]), *database())
    assert below(found, "web", "database") == ["copy", "db"]


def test_a_copy_does_not_stand_in_for_another_member() -> None:
    """Where two databases are needed together, the copy of one is none of the other."""
    found = estate(
        machine("web", needs=[any_of("databases", "db", "other", k=(2, 2))]),
        resource("other", "aws.rds.instance"),
        *database(),
    )
    assert below(found, "web", "databases") == ["db", "other"]


@pytest.mark.parametrize(
    ("kind", "arn", "told"),
    [
        ("aws.s3.bucket", "arn:aws:s3:::{}", "arn:aws:s3:::us-east-1"),
        ("aws.dynamodb.table", "arn:aws:dynamodb:{}:1:table/t", "us-east-1"),
    ],
)
def test_data_kept_in_another_region_is_a_standby_by_hand(kind: str, arn: str, told: str) -> None:
    """Replication writes there and sends nobody there; each side is the other's copy, and stays a root."""
    here, there = arn.format("ap-northeast-2"), arn.format("us-east-1")
    back = "ap-northeast-2" if told == "us-east-1" else here
    found = estate(
        machine("web", needs=requires("data", here)),
        resource(here, kind, facts={"replicas": (told,)}, tags=SHOP),
        resource(there, kind, region="us-east-1", facts={"replicas": (back,)}, tags=SHOP),
        workloads=WORKLOAD,
    )
    service = kind.split(".")[1]
    assert below(found, "web", "data") == [f"activation:{there}+control-plane:aws/us-east-1/{service}", here]
    assert outage(found, "region:aws/ap-northeast-2", length=300.0)[here] == (300.0, 300.0)
    assert len(needs(found, "workload:shop")) == 2


def test_a_replica_nobody_collected_is_no_standby() -> None:
    """Where it is, and whether it can be read, is not known."""
    bucket = resource("arn:aws:s3:::a", "aws.s3.bucket", facts={"replicas": ("arn:aws:s3:::elsewhere",)})
    found = estate(machine("web", needs=requires("data", "arn:aws:s3:::a")), bucket)
    assert below(found, "web", "data") == ["arn:aws:s3:::a"]


@pytest.mark.parametrize(
    ("declared", "minutes"), [({}, (60.0, 240.0)), ({"failover_minutes": 30.0}, (30.0, 30.0))]
)
def test_geo_redundant_storage_is_a_standby_by_hand(
    declared: dict[str, float], minutes: tuple[float, float]
) -> None:
    """The account fails over to its secondary region, whose service and control plane must be up."""
    kind = "azure.storage.storageaccounts"
    facts: dict[str, FactValue] = {"secondary_region": "Korea South", **declared}
    account = resource("st", kind, provider="azure", region="koreacentral", facts=facts)
    found = estate(machine("web", needs=requires("data", "st")), account)
    there = "azure/koreasouth/microsoft.storage"
    assert below(found, "web", "data") == [f"activation:service:{there}+control-plane:{there}", "st"]
    assert outage(found, "region:azure/koreacentral", length=300.0)["web"] == minutes
    assert outage(found, "provider:azure", length=300.0)["web"] == (300.0, 300.0)


def test_stopped_machines_are_no_roots_beside_running_ones() -> None:
    """What is switched off holds nothing up; when all is off, it is all there is."""
    off = machine("b", tags=SHOP, facts={"state": "stopped"})
    found = estate(machine("a", tags=SHOP), off, workloads=WORKLOAD)
    alone = estate(off, workloads=WORKLOAD)
    assert below(found, "workload:shop", "root") == ["a"]
    assert below(alone, "workload:shop", "root") == ["b"]
