"""What the configuration of databases and caches means once the estate is built: who is out, for how long."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.connectors.aws.catalogue.rds import GLOBAL_CLUSTERS
from auditor.connectors.aws.link import linked
from auditor.connectors.aws.where import Where
from auditor.model.audit import Verdict
from auditor.model.need import requires
from auditor.model.resource import Resource
from auditor.model.workload import Workload
from tests.analyses.played import impact, outage, replayed
from tests.connectors.aws.answers import SEOUL, facts, harvested, only
from tests.estate.samples import estate

CACHE = "arn:aws:elasticache:ap-northeast-2:123456789012:replicationgroup:s"
RDS = "arn:aws:rds:{region}:123456789012:cluster:books"
PRIMARY, SECONDARY = RDS.format(region="ap-northeast-2"), RDS.format(region="us-east-1")
BOOKS = "arn:aws:rds::123456789012:global-cluster:books"
VIRGINIA = Where(partition="aws", account="123456789012", region="us-east-1")


def verdict(*found: Resource, needs: str, lost: tuple[str, ...], minutes: float = 60) -> Any:
    """Return verdict and minutes of a workload that needs one of the resources when these domains fail."""
    shop = Workload(name="shop", needs=requires("data", needs))
    (replay,) = replayed(estate(*found, workloads=(shop,)), outage(impact(*lost, minutes=minutes)))
    (row,) = (row for row in replay.workloads if row.workload == "shop")
    return row.verdict, row.minutes


@pytest.mark.parametrize("zone", ["apne2-az1", "apne2-az2"])
def test_either_zone_of_a_clustered_cache_may_be_the_primarys(zone: str) -> None:
    """Losing a zone weakens it, or interrupts it for the failover; losing both brings it down."""
    nodes = [
        {"CacheClusterId": f"s-{letter}", "PreferredAvailabilityZone": f"ap-northeast-2{letter}"}
        for letter in "ab"
    ]
    answer = {
        "ReplicationGroupId": "s",
        "ARN": CACHE,
        "AutomaticFailover": "enabled",
        "NodeGroups": [{"NodeGroupMembers": nodes}],
    }
    answers = {"DescribeReplicationGroups": {"ReplicationGroups": [answer]}}
    cache = only("elasticache", answers, "aws.elasticache.replicationgroup")
    assert verdict(cache, needs=CACHE, lost=(f"zone:aws/{zone}",)) == (
        (Verdict.WEAKENED, Verdict.INTERRUPTED),
        (0.0, 2.0),
    )
    both = ("zone:aws/apne2-az1", "zone:aws/apne2-az2")
    assert verdict(cache, needs=CACHE, lost=both) == ((Verdict.DOWN, Verdict.DOWN), (60.0, 60.0))


def books(where: Where, arn: str) -> tuple[Resource, ...]:
    """Return what one region tells of a global database: its own cluster, and the whole."""
    members = [
        {"DBClusterArn": PRIMARY, "IsWriter": True, "Readers": [SECONDARY]},
        {"DBClusterArn": SECONDARY, "IsWriter": False},
    ]
    answers = {
        "DescribeDBInstances": {"DBInstances": []},
        "DescribeDBClusters": {"DBClusters": [{"DBClusterIdentifier": "books", "DBClusterArn": arn}]},
        "DescribeGlobalClusters": {
            "GlobalClusters": [
                {
                    "GlobalClusterIdentifier": "books",
                    "GlobalClusterArn": BOOKS,
                    "GlobalClusterMembers": members,
                }
            ]
        },
    }
    return tuple(harvested("rds", answers, where=where).resources)


def test_a_secondary_cluster_is_a_standby_by_hand() -> None:
    """It says whose copy it is; the global database waits for people, unless their tool is out as well."""
    found = linked((*books(SEOUL, PRIMARY), *books(VIRGINIA, SECONDARY)), ())
    by_id = {one.id: one for one in found}
    assert set(by_id) == {PRIMARY, SECONDARY, BOOKS}
    (fact,) = (fact for fact in by_id[SECONDARY].facts if fact.name == "replica_of")
    assert (fact.value, fact.origin) == (PRIMARY, GLOBAL_CLUSTERS)
    assert "replica_of" not in facts(by_id[PRIMARY])
    seoul = ("region:aws/ap-northeast-2",)
    assert verdict(*found, needs=BOOKS, lost=seoul, minutes=600) == (
        (Verdict.INTERRUPTED, Verdict.INTERRUPTED),
        (60.0, 240.0),
    )
    tool = "control-plane:aws/us-east-1/rds"
    assert verdict(*found, needs=BOOKS, lost=(*seoul, tool), minutes=600)[0] == (Verdict.DOWN, Verdict.DOWN)
