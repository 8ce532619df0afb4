"""A maker's console is a means to act for those who use the maker, and takes nothing down."""

from __future__ import annotations

import pytest

from auditor.model.audit import Verdict
from auditor.model.need import Member, Need
from auditor.outages import catalogue
from tests.analyses.estates import estate, fact, server, workload
from tests.analyses.played import replayed

CONSOLE = "control-plane:sentinelone/console"
DASHBOARD = "control-plane:cloudflare/dashboard"


@pytest.mark.parametrize(("agent", "expected"), [("24.1", (CONSOLE,)), ("none", ())])
def test_an_agents_console_is_named_for_hosts_with_the_agent(agent: str, expected: tuple[str, ...]) -> None:
    """The hosts stay up whatever happens to the console."""
    host = server("a", facts=(fact("agent.sentinelone", agent),))
    shop = workload("shop", Need(role="site", members=(Member(ref="a"),)))
    found = replayed(estate(host, workloads=(shop,)), catalogue()["sentinelone-2025-05-29"])[0].workloads[0]
    assert found.verdict == (Verdict.SPARED, Verdict.SPARED)
    assert found.control_plane == expected


@pytest.mark.parametrize(("vendor", "expected"), [("vendor:cloudflare", (DASHBOARD,)), ("vendor:fastly", ())])
def test_a_vendors_dashboard_is_named_for_those_behind_it(vendor: str, expected: tuple[str, ...]) -> None:
    """Traffic went on as it was set; only setting it anew was impossible."""
    shop = workload("shop", Need(role="edge", members=(Member(ref=vendor),)))
    found = replayed(estate(workloads=(shop,)), catalogue()["cloudflare-2023-11-02"])[0].workloads[0]
    assert found.verdict == (Verdict.SPARED, Verdict.SPARED)
    assert found.control_plane == expected


def test_googles_console_concerns_whoever_is_on_google() -> None:
    """Paris burned, and the console failed around the world; what ran elsewhere ran on."""
    host = server("a", kind="gcp.compute.instance", region="us-east1", zone="us-east1-b")
    shop = workload("shop", Need(role="site", members=(Member(ref="a"),)))
    found = replayed(estate(host, workloads=(shop,)), catalogue()["gcp-2023-04-25-europe-west9"])[0]
    assert found.workloads[0].verdict == (Verdict.SPARED, Verdict.SPARED)
    assert found.workloads[0].control_plane == ("control-plane:gcp/console",)
