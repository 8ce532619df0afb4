"""What must come out right, case by case: the estates are the files under ``examples/``, for users to run."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from auditor.analyses._whatif import whatif
from auditor.analyses.replay import explain, replays
from auditor.analyses.runner import run_audit
from auditor.config import load_settings
from auditor.connectors.manifest import declare
from auditor.estate import build
from auditor.estate.graph import Estate
from auditor.inventory import empty
from auditor.model.audit import Breach, Concentration, Replay, Verdict, WorkloadReplay
from auditor.model.section import Chain
from auditor.outages import catalogue

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TAKEN_AT = "2026-01-15T00:00:00Z"

SEOUL_2018 = "aws-2018-11-22-ap-northeast-2-dns"
SEOUL_2022 = "aws-2022-02-06-ap-northeast-2-az3-network"
US_EAST_2025 = "aws-2025-10-20-us-east-1-dynamodb-dns"
AUSTRALIA_2023 = "azure-2023-08-30-australiaeast-power"
STORAGE = "azure-2024-07-18-centralus-storage"
FALCON = "crowdstrike-2024-07-19"
BOTH = f"{STORAGE} + {FALCON}"

SPARED, WEAKENED, INTERRUPTED, DOWN = (
    Verdict.SPARED,
    Verdict.WEAKENED,
    Verdict.INTERRUPTED,
    Verdict.DOWN,
)
CASES = sorted(path.parent.name for path in EXAMPLES.glob("[a-q]-*/auditor.toml"))


@cache
def estate_of(case: str) -> Estate:
    settings = load_settings(EXAMPLES / case / "auditor.toml")
    return build(declare(empty(TAKEN_AT), settings))


@cache
def replays_of(case: str) -> dict[str, Replay]:
    return {replay.outage: replay for replay in replays(estate_of(case), catalogue())}


def row(case: str, outage: str, workload: str) -> WorkloadReplay:
    return next(each for each in replays_of(case)[outage].workloads if each.workload == workload)


def verdicts(case: str, outage: str, workload: str) -> tuple[Verdict, Verdict]:
    return row(case, outage, workload).verdict


def touched(case: str, workload: str) -> set[str]:
    """Return the single outages that could touch a workload at all."""
    return {
        outage
        for outage in replays_of(case)
        if " + " not in outage and verdicts(case, outage, workload) != (SPARED, SPARED)
    }


@pytest.mark.parametrize("case", CASES)
def test_every_example_links(case: str) -> None:
    """Every reference of every example finds its node, and every workload gets a verdict."""
    estate = estate_of(case)
    assert estate.unresolved == ()
    assert all(len(replay.workloads) == len(estate.workloads) for replay in replays_of(case).values())


def test_every_letter_has_an_example() -> None:
    """The cases (a) to (q) each have a folder."""
    assert sorted({case[0] for case in CASES}) == list("abcdefghijklmnopq")


def test_every_example_is_listed() -> None:
    """The overview names every example."""
    overview = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert [case for case in CASES if f"]({case}/auditor.toml)" not in overview] == []


def test_a_linux_on_aws_is_spared_on_both_days() -> None:
    """(a) AWS Linux with Falcon: spared on both July 2024 days."""
    for outage in (STORAGE, FALCON):
        assert verdicts("a-aws-linux-falcon", outage, "reservation") == (SPARED, SPARED)


def test_b_windows_on_aws_is_down_on_the_19th() -> None:
    """(b) AWS Windows with Falcon 7.11: down on the 19th only, 180 to 720 minutes."""
    found = row("b-aws-windows-falcon", FALCON, "check-in")
    assert found.verdict == (DOWN, DOWN)
    assert found.minutes == (180, 720)
    assert touched("b-aws-windows-falcon", "check-in") & {STORAGE, FALCON} == {FALCON}


def test_b_chain_leads_from_the_agent() -> None:
    """(b) The reason begins at the agent's update channel and ends at the workload."""
    chain = row("b-aws-windows-falcon", FALCON, "check-in").because[0].chain
    assert chain == ("agent:crowdstrike-falcon/windows", "declared:check-in-1", "workload:check-in")


def test_c_premium_ssd_is_exposed_in_part() -> None:
    """(c) Central US Linux VM on Premium SSD: exposed on the 18th only, a subset of clusters, high 315."""
    found = row("c-azure-linux-premium-ssd", STORAGE, "booking")
    assert found.verdict == (SPARED, DOWN)
    assert found.minutes == (0, 315)
    assert found.partial
    assert touched("c-azure-linux-premium-ssd", "booking") & {STORAGE, FALCON} == {STORAGE}


def test_d_v2_and_ephemeral_disks_are_spared() -> None:
    """(d) v2 data disks and an ephemeral OS disk: spared, and the degraded control planes are named."""
    found = row("d-azure-premium-ssd-v2", STORAGE, "ledger")
    assert found.verdict == (SPARED, SPARED)
    assert "control-plane:azure/centralus/microsoft.resources" in found.control_plane
    assert "control-plane:azure/centralus/microsoft.compute" in found.control_plane
    assert "control-plane:azure/centralus/microsoft.web" not in found.control_plane


def test_d_one_premium_ssd_disk_is_enough() -> None:
    """(d) v2 data disks but a Premium SSD OS disk: exposed."""
    found = row("d-azure-premium-ssd-v2", STORAGE, "orders")
    assert found.verdict == (SPARED, DOWN)
    assert found.minutes == (0, 315)


def test_e_both_events_each_and_together() -> None:
    """(e) Central US Windows with Falcon 7.11: both, each shown, and the union without an overlap."""
    storage, falcon, both = (row("e-azure-windows-falcon", o, "crew") for o in (STORAGE, FALCON, BOTH))
    assert (storage.verdict, storage.minutes) == ((SPARED, DOWN), (0, 315))
    assert (falcon.verdict, falcon.minutes) == ((DOWN, DOWN), (180, 720))
    assert (both.verdict, both.minutes) == ((DOWN, DOWN), (180, 315 + 720))


def test_e_windows_do_not_overlap() -> None:
    """(e) The joint replay shows both windows, the second after the first, and says there is no overlap."""
    both = row("e-azure-windows-falcon", BOTH, "crew")
    first, second = (w for w in both.windows if "managed" not in w.what)
    assert (first.start, first.end) == ("2024-07-18T21:40:00Z", "2024-07-19T02:55:00Z")
    assert second.start == "2024-07-19T04:09:00Z"
    notes = replays_of("e-azure-windows-falcon")[BOTH].notes
    assert any("no overlap" in note for note in notes)


def test_e_chains_name_both_causes() -> None:
    """(e) The joint replay gives a reason for each of the two events."""
    heads = {chain.chain[0] for chain in row("e-azure-windows-falcon", BOTH, "crew").because}
    assert heads == {"service:azure/centralus/microsoft.storage", "agent:crowdstrike-falcon/windows"}


def test_f_older_falcon_elsewhere_is_spared() -> None:
    """(f) West Europe Windows with Falcon 7.10: spared."""
    for outage in (STORAGE, FALCON):
        assert verdicts("f-azure-windows-old-falcon", outage, "ticketing") == (SPARED, SPARED)


@pytest.mark.parametrize(("workload", "fact"), [("kiosk", "os"), ("lounge", "agent.crowdstrike-falcon")])
def test_g_unknown_software_is_a_range(workload: str, fact: str) -> None:
    """(g) OS or agent unknown: spared or down, and the missing fact is named."""
    found = row("g-unknown-software", FALCON, workload)
    assert found.verdict == (SPARED, DOWN)
    assert found.minutes == (0, 720)
    assert found.unknown_facts == (fact,)


def test_h_a_host_that_is_off_is_spared() -> None:
    """(h) Host declared offline 04:00-06:00 UTC: spared."""
    assert verdicts("h-offline-host", FALCON, "payroll") == (SPARED, SPARED)


def test_i_three_zones_are_no_defence_against_the_resolver() -> None:
    """(i) Seoul EC2 over all zones, default resolver: down 84 minutes in 2018, chain through vpc-resolver."""
    found = row("i-seoul-all-zones", SEOUL_2018, "shop")
    assert found.verdict == (DOWN, DOWN)
    assert found.minutes == (84, 84)
    assert found.because[0].chain[0] == "service:aws/ap-northeast-2/vpc-resolver"
    assert found.because[0].chain[-1] == "workload:shop"
    assert found.rto_breach is Breach.YES


def test_i_money_is_counted_by_currency() -> None:
    """(i) Exposure sums weighted minutes and declared revenue."""
    lost = replays_of("i-seoul-all-zones")[SEOUL_2018].lost
    assert lost.weight_minutes == (84 * 8, 84 * 8)
    assert lost.money == {"KRW": (168_000_000, 168_000_000)}


def test_i_explained() -> None:
    """(i) ``explain`` says exposed, never was, and prints the chain."""
    section = explain(replays_of("i-seoul-all-zones")[SEOUL_2018], "shop")
    chains = [block for block in section.blocks if isinstance(block, Chain)]
    assert "service:aws/ap-northeast-2/vpc-resolver" in chains[0].paths[0]
    text = str(section)
    assert "exposed: would be down 84 min" in text
    assert "was down" not in text


def test_j_a_static_site_is_spared() -> None:
    """(j) Seoul static site on S3: spared in 2018."""
    assert verdicts("j-seoul-static-site", SEOUL_2018, "brochure") == (SPARED, SPARED)


def test_k_three_zones_are_at_worst_weakened() -> None:
    """(k) The estate of (i) in the 2022 single-zone outage: at worst weakened."""
    assert verdicts("i-seoul-all-zones", SEOUL_2022, "shop")[1] is WEAKENED
    assert verdicts("k-seoul-single-zone", SEOUL_2022, "shop")[1] is WEAKENED


def test_k_a_single_host_in_that_zone_is_at_worst_down() -> None:
    """(k) A single host in that zone: at worst down 22 minutes."""
    found = row("k-seoul-single-zone", SEOUL_2022, "batch")
    assert found.verdict == (SPARED, DOWN)
    assert found.minutes == (0, 22)


def test_l_a_checked_failover_interrupts() -> None:
    """(l) Seoul with a health-checked standby in Tokyo: interrupted for the failover delay, not 84."""
    found = row("l-seoul-tokyo-standby", SEOUL_2018, "shop")
    assert found.verdict == (INTERRUPTED, INTERRUPTED)
    assert found.minutes == (2, 3)
    assert found.rto_breach is Breach.NO


def test_l_a_manual_standby_without_a_declared_time() -> None:
    """(l) A manual standby nobody timed: 60 to 84 minutes, and the loss of writes is not known."""
    found = row("l-seoul-tokyo-standby", SEOUL_2018, "erp")
    assert found.verdict == (INTERRUPTED, DOWN)
    assert found.minutes == (60, 84)
    assert found.data_loss_possible


@pytest.mark.parametrize("outage", [SEOUL_2018, STORAGE])
def test_m_both_needed_is_down_by_either(outage: str) -> None:
    """(m) Two clouds, both needed: down by either."""
    assert verdicts("m-two-clouds-both-needed", outage, "payment")[1] is DOWN


@pytest.mark.parametrize("provider", ["provider:aws", "provider:azure"])
def test_m_losing_a_whole_provider(provider: str) -> None:
    """(m) Losing either provider stops the one that needs both, and at worst weakens the other."""
    both = whatif(estate_of("m-two-clouds-both-needed"), [provider], minutes=90)
    either = whatif(estate_of("m-two-clouds-either"), [provider], minutes=90)
    assert (both.workloads[0].verdict, both.workloads[0].minutes) == ((DOWN, DOWN), (90, 90))
    assert (either.workloads[0].verdict, either.workloads[0].minutes) == ((WEAKENED, WEAKENED), (0, 0))


@pytest.mark.parametrize("outage", [SEOUL_2018, STORAGE])
def test_m_either_suffices_is_at_worst_weakened(outage: str) -> None:
    """(m) Two clouds, either suffices: at worst weakened."""
    assert verdicts("m-two-clouds-either", outage, "payment")[1] is WEAKENED


def test_m_concentration_is_equal() -> None:
    """(m) The concentration figures of both are the same: diversity is not redundancy."""

    def measured(case: str) -> tuple[Concentration, ...] | None:
        settings = load_settings(EXAMPLES / case / "auditor.toml")
        return run_audit(declare(empty(TAKEN_AT), settings), settings, {}).concentration

    both, either = measured("m-two-clouds-both-needed"), measured("m-two-clouds-either")
    assert both == either
    providers = [each for each in both or () if (each.axis, each.weight) == ("provider", "criticality")]
    assert providers[0].hhi == pytest.approx((5_000, 5_000))


def test_n_a_resolver_outside_the_vpc_spares() -> None:
    """(n) Custom resolver declared outside the VPC: spared in 2018."""
    assert verdicts("n-custom-resolver", SEOUL_2018, "mail") == (SPARED, SPARED)


def test_n_a_resolver_inside_with_unknown_upstream() -> None:
    """(n) Custom resolver inside the VPC, upstream undeclared: spared or down, and the fact is named."""
    found = row("n-custom-resolver", SEOUL_2018, "intranet")
    assert found.verdict == (SPARED, DOWN)
    assert found.minutes == (0, 84)
    assert found.unknown_facts == ("resolver",)


def test_o_an_unnamed_zone_weakens_a_sound_estate() -> None:
    """(o) One unnamed zone on a sound three-zone estate: at worst weakened."""
    assert verdicts("o-unnamed-zone", AUSTRALIA_2023, "banking")[1] is WEAKENED


def test_o_an_unnamed_zone_may_stop_a_single_zone_one() -> None:
    """(o) On a single-zone one: spared or down, for how long is not known."""
    found = row("o-unnamed-zone", AUSTRALIA_2023, "archive")
    assert found.verdict == (SPARED, DOWN)
    assert found.minutes == (0, None)


def test_p_mutual_fallbacks_hold_nothing_up() -> None:
    """(p) Two that name each other as fallback are down together, and both are reported as circular."""
    found = row("p-mutual-fallbacks", SEOUL_2018, "gateway")
    assert found.verdict == (DOWN, DOWN)
    assert found.minutes == (84, 84)
    assert set(estate_of("p-mutual-fallbacks").circular) == {
        ("declared:gateway-1", "declared:gateway-2"),
        ("declared:gateway-2", "declared:gateway-1"),
    }


def test_q_minutes_are_the_union_of_the_windows() -> None:
    """(q) Several onsets: minutes are the union of the windows, not the longest."""
    found = row("q-several-onsets", US_EAST_2025, "feed")
    assert found.verdict == (DOWN, DOWN)
    assert found.minutes == (172, 172)
    assert found.impaired_minutes == (172 + 519, 172 + 519)
