"""Needs nobody states: places, systems, agents, resolvers, vendors."""

from __future__ import annotations

import pytest

from auditor.estate.hierarchy import parent
from auditor.model.evidence import Evidence
from auditor.model.need import Member, Need, requires
from auditor.model.workload import Vendor
from tests.estate.samples import SEOUL, below, estate, machine, needs, planned, resource

RESOLVER = f"service:aws/{SEOUL}/vpc-resolver"


def test_a_zonal_resource_needs_service_account_and_zone() -> None:
    """The rule for every kind: its service where it is, its account, and its zone where it has one."""
    found = estate(resource("v", "aws.ec2.volume", zones=("apne2-az1",)))
    assert needs(found, "v") == [
        ("account", (1, 1), ("account:aws/111122223333",)),
        ("service", (1, 1), (f"service:aws/{SEOUL}/ec2",)),
        ("zone", (1, 1), ("zone:aws/apne2-az1",)),
    ]


def test_a_multi_az_database_keeps_its_own_zone_need() -> None:
    """Primary and standby zone as configured; no further need of the primary's zone."""
    zones = (Member(ref="zone:aws/apne2-az1"), Member(ref="zone:aws/apne2-az2", delay=(1, 2)))
    found = estate(
        resource("db", "aws.rds.instance", zones=("apne2-az1",), needs=[Need(role="zone", members=zones)])
    )
    assert below(found, "db", "zone") == ["zone:aws/apne2-az1", "zone:aws/apne2-az2"]
    assert {role: k for role, k, _ in needs(found, "db")}["zone"] == (1, 1)


def test_a_resource_in_several_zones_needs_none() -> None:
    """A regional thing is spread by its provider."""
    found = estate(resource("lb", "aws.elbv2.loadbalancer", zones=("apne2-az1", "apne2-az2")))
    assert below(found, "lb", "zone") == []


def test_an_unseen_zone_is_any_zone_in_the_worst_case_and_none_in_the_best() -> None:
    """Nobody knows which zone: only the worst plan falls with each of them."""
    found = estate(resource("i", zones=None))
    every = ["zone:aws/apne2-az1", "zone:aws/apne2-az2", "zone:aws/apne2-az3"]
    assert planned(found, found.worst, "i", "zone") == every
    assert planned(found, found.best, "i", "zone") == []
    assert "zone" in found.graph.fact_names


def test_zones_of_a_region_come_from_provider_knowledge_where_none_was_collected() -> None:
    """A declared resource in a region nobody collected still ranges over its zones."""
    found = estate(resource("i", zones=None, region="eu-central-1"), zones=())
    assert planned(found, found.worst, "i", "zone") == [f"zone:aws/euc1-az{n}" for n in (1, 2, 3)]


@pytest.mark.parametrize(
    ("kind", "provider", "region", "role", "domain"),
    [
        ("aws.route53.record", "aws", "global", "service", "service:aws/global/route53"),
        ("azure.sql.servers", "azure", "koreacentral", "service", "service:azure/koreacentral/microsoft.sql"),
        ("onprem.server", "onprem", "pangyo", "region", "region:onprem/pangyo"),
        ("onprem.server", "onprem", None, "provider", "provider:onprem"),
        ("aws.s3.bucket", "aws", None, "provider", "provider:aws"),
    ],
)
def test_what_a_resource_needs_above_it(
    kind: str, provider: str, region: str | None, role: str, domain: str
) -> None:
    """Service in region, global service, bare region, or the provider: the narrowest that is known."""
    found = estate(resource("x", kind, provider=provider, region=region, account=None))
    assert needs(found, "x") == [(role, (1, 1), (domain,))]


@pytest.mark.parametrize(
    ("domain", "above"),
    [
        ("zone:aws/apne2-az1", f"region:aws/{SEOUL}"),
        ("zone:aws/use1-az4", "region:aws/us-east-1"),
        ("zone:azure/koreacentral-az2", "region:azure/koreacentral"),
        ("zone:azure/newregion-az2", "region:azure/newregion"),
        ("zone:aws/ap-northeast-2c", f"region:aws/{SEOUL}"),
        ("zone:onprem/hall-a", "provider:onprem"),
        ("region:aws/us-east-1", "provider:aws"),
        ("service:aws/global/route53", "provider:aws"),
        ("service:azure/koreacentral/microsoft.sql", "region:azure/koreacentral"),
        ("control-plane:aws/iam", "provider:aws"),
        ("control-plane:aws/us-east-1/ec2", "region:aws/us-east-1"),
        ("provider:aws", None),
        ("vendor:x", None),
        ("agent:falcon/windows", None),
        ("account:aws/1", None),
    ],
)
def test_domains_nest(domain: str, above: str | None) -> None:
    """Each domain needs the next wider one; software, vendors and accounts stand alone."""
    assert parent(domain, {}) == above


def test_collected_zones_win_over_provider_knowledge() -> None:
    """What an account reports of its zones is the truth."""
    assert parent("zone:aws/apne2-az1", {("aws", "apne2-az1"): "elsewhere"}) == "region:aws/elsewhere"


def test_a_vendor_falls_with_the_cloud_it_runs_on() -> None:
    """A vendor on Azure brings Azure into an estate that is all AWS."""
    vendor = Vendor(name="navitaire", hosted_on=("region:azure/centralus",))
    found = estate(machine("i", needs=requires("booking", "vendor:navitaire")), vendors=(vendor,))
    assert below(found, "vendor:navitaire", "hosted on") == ["region:azure/centralus"]
    assert below(found, "region:azure/centralus", "inside") == ["provider:azure"]


def test_a_vendor_without_host_is_an_assumption() -> None:
    """Not knowing what a vendor runs on is said."""
    found = estate(vendors=(Vendor(name="x"),))
    assert any("vendors of which nobody knows" in note.text for note in found.assumptions)


# -- resolver ---------------------------------------------------------------------------------------------


def _network(servers: tuple[str, ...] | None, cidrs: tuple[str, ...] = ("10.0.0.0/16",)) -> list[object]:
    options = () if servers is None else requires("dhcp", "dopt-1")
    made: list[object] = [resource("vpc-1", "aws.ec2.vpc", facts={"cidrs": cidrs}, needs=options)]
    if servers is not None:
        made.append(resource("dopt-1", "aws.ec2.dhcpoptions", facts={"dns.servers": servers}))
    return made


@pytest.mark.parametrize(
    ("servers", "best", "worst"),
    [
        (None, [RESOLVER], [RESOLVER]),
        (("AmazonProvidedDNS",), [RESOLVER], [RESOLVER]),
        (("10.0.0.2",), [RESOLVER], [RESOLVER]),
        (("169.254.169.253",), [RESOLVER], [RESOLVER]),
        (("10.0.5.5",), [], [RESOLVER]),
        (("10.0.5.5", "AmazonProvidedDNS"), [], [RESOLVER]),
        (("1.1.1.1", "8.8.8.8"), [], []),
        (("dns.example",), [], []),
    ],
)
def test_dhcp_options_say_who_resolves(
    servers: tuple[str, ...] | None, best: list[str], worst: list[str]
) -> None:
    """Amazon's own server, one inside the VPC that may forward to it, or one outside."""
    host = machine("i", assumed={"resolver": "vpc"}, needs=requires("vpc", "vpc-1"))
    found = estate(host, *_network(servers))  # type: ignore[arg-type]
    assert planned(found, found.best, "i", "resolver") == best
    assert planned(found, found.worst, "i", "resolver") == worst


@pytest.mark.parametrize(
    ("value", "best", "worst"),
    [
        ("vpc", [RESOLVER], [RESOLVER]),
        ("inside", [], [RESOLVER]),
        ("inside-forwarding", [RESOLVER], [RESOLVER]),
        ("outside", [], []),
    ],
)
def test_a_stated_resolver_wins_over_dhcp_options(value: str, best: list[str], worst: list[str]) -> None:
    """What the user declares is the truth, whatever the options say."""
    host = machine("i", facts={"resolver": value}, needs=requires("vpc", "vpc-1"))
    found = estate(host, *_network(("AmazonProvidedDNS",) if value != "vpc" else ("1.1.1.1",)))  # type: ignore[arg-type]
    assert planned(found, found.best, "i", "resolver") == best
    assert planned(found, found.worst, "i", "resolver") == worst


def test_what_has_no_resolver_fact_needs_no_resolver() -> None:
    """A bucket asks no name server of yours."""
    found = estate(resource("b", "aws.s3.bucket"))
    assert RESOLVER not in found.index


# -- software ---------------------------------------------------------------------------------------------


def test_a_known_agent_needs_its_update_channel() -> None:
    """An agent is one domain per system it runs on; ``none`` is knowledge too."""
    found = estate(
        machine("w", facts={"os": "windows", "agent.falcon": "7.11"}),
        machine("l", facts={"agent.falcon": "none"}),
    )
    assert below(found, "w", "os") == ["os:windows"]
    assert below(found, "w", "agents") == ["agent:falcon/windows"]
    assert below(found, "l", "agents") == []


def test_an_agent_nobody_looked_for_ranges_over_those_seen() -> None:
    """A machine of which nothing is known may run any agent seen on its system; in the worst case it does."""
    found = estate(
        machine("w", facts={"os": "windows", "agent.falcon": "7.11"}),
        machine("w2", facts={"os": "windows"}),
        machine("l", facts={"agent.falcon": "none"}),
        machine("l2"),
    )
    assert planned(found, found.worst, "w2", "agents") == ["agent:falcon/windows"]
    assert planned(found, found.best, "w2", "agents") == []
    assert planned(found, found.worst, "l2", "agents") == []
    assert "agent.falcon" in found.graph.fact_names


def test_an_unknown_system_ranges_over_those_the_agent_runs_on() -> None:
    """The agent is known, its channel is not."""
    found = estate(
        machine("w", facts={"os": "windows", "agent.falcon": "7.11"}),
        machine("l", facts={"agent.falcon": "7.10"}),
        resource("u", zones=("apne2-az1",), facts={"host": True, "agent.falcon": "present"}),
        resource("v", zones=("apne2-az1",), facts={"host": True}),
    )
    channels = ["agent:falcon/linux", "agent:falcon/windows"]
    for unknown in ("u", "v"):
        assert planned(found, found.worst, unknown, "agents") == channels
        assert planned(found, found.best, unknown, "agents") == []
        assert planned(found, found.worst, unknown, "os") == ["os:linux", "os:windows"]
    graph = found.graph
    named = {
        graph.fact_names[f]
        for f, o in zip(graph.unknown, graph.owner, strict=True)
        if o == found.index["v"] and f >= 0
    }
    assert named == {"os", "agent.falcon"}


def test_an_agent_seen_only_on_machines_of_unknown_system_may_run_on_any() -> None:
    """With nothing to go by, the systems seen here, at last the usual two."""
    found = estate(resource("u", facts={"host": True, "agent.falcon": "present"}))
    assert planned(found, found.worst, "u", "agents") == ["agent:falcon/linux", "agent:falcon/windows"]


def test_what_is_no_machine_has_no_system() -> None:
    """Facts about a system on something that is no host mean nothing."""
    found = estate(resource("b", "aws.s3.bucket", facts={"os": "linux", "agent.falcon": "7.11"}))
    assert [role for role, _, _ in needs(found, "b")] == ["account", "service"]


def test_evidence_of_implied_needs_is_that_of_the_fact() -> None:
    """An agent the user declared is declared, a service is assumed, a collected zone configured."""
    found = estate(machine("i", facts={"agent.falcon": "7.11"}))
    graph = found.graph
    evidence = {
        graph.texts[graph.role[g]]: list(Evidence)[graph.evidence[g]] for g in range(6) if graph.owner[g] == 0
    }
    assert evidence["service"] is Evidence.ASSUMED
    assert evidence["zone"] is Evidence.CONFIGURED
    assert evidence["agents"] is Evidence.CONFIGURED
