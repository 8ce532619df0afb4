"""The embedded company, read by the real connectors from servers, tells the cases it was made for."""

from __future__ import annotations

import pytest

from auditor.analyses.runner import run_audit
from auditor.demo.company import collect_demo, settings
from auditor.formats import Look, format_named
from auditor.inventory import Inventory
from auditor.model.audit import Audit, Survival, Verdict, WorkloadReplay
from auditor.outages import catalogue
from auditor.report import document

SEOUL_2018 = "aws-2018-11-22-ap-northeast-2-dns"
SEOUL_2022 = "aws-2022-02-06-ap-northeast-2-az3-network"
CENTRAL_US = "azure-2024-07-18-centralus-storage"
CROWDSTRIKE = "crowdstrike-2024-07-19"
LONGEST_SUMMARY = 125
DOWN, SPARED = Verdict.DOWN, Verdict.SPARED

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def company() -> Inventory:
    return collect_demo()


@pytest.fixture(scope="module")
def audit(company: Inventory) -> Audit:
    return run_audit(company, settings(), catalogue())


def _replay(audit: Audit, outage: str, workload: str) -> WorkloadReplay:
    replays = {replay.outage: replay for replay in audit.replays or ()}
    return next(item for item in replays[outage].workloads if item.workload == workload)


def _loss(audit: Audit, domain: str) -> Survival:
    return next(item for item in audit.survival or () if item.domain == domain)


def test_both_clouds_are_read_without_a_gap(company: Inventory) -> None:
    """The stand-ins serve all that the connectors ask."""
    assert company.gaps == ()
    assert set(company.resources["provider"]) == {"aws", "azure"}


def test_what_was_on_moto_before_is_no_part_of_it(company: Inventory) -> None:
    """Moto's state is the process's: a company built in it again is the same one, not two."""
    assert len(collect_demo()) == len(company)


def test_every_reference_finds_its_resource(audit: Audit) -> None:
    """The company's own names, addresses and ids all resolve."""
    assert audit.coverage is not None
    assert audit.coverage.references_unresolved == 0
    assert audit.coverage.value == 1.0


def test_windows_with_falcon_on_aws_is_down_on_the_19th_only(audit: Audit) -> None:
    """Case (b): the tills did not escape by being on AWS."""
    tills = _replay(audit, CROWDSTRIKE, "store-tills")
    assert (tills.verdict, tills.minutes) == ((DOWN, DOWN), (180.0, 720.0))
    assert _replay(audit, CENTRAL_US, "store-tills").verdict == (SPARED, SPARED)


def test_linux_on_premium_ssd_in_central_us_is_exposed_on_the_18th_only(audit: Audit) -> None:
    """Case (c): a part of the clusters, so from nothing to 315 minutes."""
    search = _replay(audit, CENTRAL_US, "fare-search")
    assert (search.verdict, search.minutes, search.partial) == ((SPARED, DOWN), (0.0, 315.0), True)
    assert _replay(audit, CROWDSTRIKE, "fare-search").verdict == (SPARED, SPARED)


def test_three_zones_of_seoul_are_down_together_in_2018(audit: Audit) -> None:
    """Case (i): the resolver is nobody's resource, and the chain names it."""
    shop = _replay(audit, SEOUL_2018, "shop")
    assert (shop.verdict, shop.minutes) == ((DOWN, DOWN), (84.0, 84.0))
    assert shop.because[0].chain[0] == "service:aws/ap-northeast-2/vpc-resolver"


def test_one_zone_of_seoul_in_2022_takes_the_single_machine_only(audit: Audit) -> None:
    """Case (k): three zones are weakened at worst, one machine in that zone is down 22 minutes at worst."""
    assert _replay(audit, SEOUL_2022, "shop").verdict == (SPARED, Verdict.WEAKENED)
    batch = _replay(audit, SEOUL_2022, "settlement-batch")
    assert (batch.verdict, batch.minutes) == ((SPARED, DOWN), (0.0, 22.0))


def test_payment_fails_over_to_tokyo(audit: Audit) -> None:
    """Case (l): out for the failover delay (3 checks at 30 s and 60 s to live), not for 84 minutes."""
    payment = _replay(audit, SEOUL_2018, "payment")
    assert payment.verdict == (Verdict.INTERRUPTED, Verdict.INTERRUPTED)
    assert payment.minutes == (2.5, 2.5)


def test_diversity_is_redundancy_only_where_either_cloud_suffices(audit: Audit) -> None:
    """Case (m): loyalty needs both clouds and falls with either, search survives the loss of either."""
    for domain in ("region:aws/ap-northeast-2", "region:azure/koreacentral"):
        taken = _loss(audit, domain).workloads
        assert "loyalty" in taken, domain
        assert "search" not in taken, domain
    assert _replay(audit, SEOUL_2018, "search").verdict == (Verdict.WEAKENED, Verdict.WEAKENED)
    assert _replay(audit, SEOUL_2018, "loyalty").verdict == (DOWN, DOWN)


def test_the_two_days_of_july_2024_are_told_apart_and_together(audit: Audit) -> None:
    """Booking is exposed to both: each alone, and the union of two windows that do not overlap."""
    assert _replay(audit, CENTRAL_US, "booking").minutes == (0.0, 315.0)
    assert _replay(audit, CROWDSTRIKE, "booking").minutes == (180.0, 720.0)
    assert _replay(audit, f"{CENTRAL_US} + {CROWDSTRIKE}", "booking").minutes == (180.0, 1035.0)


def test_its_false_redundancies_are_few_and_true(audit: Audit) -> None:
    """One channel on all Windows machines, perhaps one on both sides of payment, and search in one city.

    The copy of payment in Tokyo leaves its three zones through one of them.
    """
    found = audit.extensions["false_redundancy"].findings
    assert [(each.sort.value, each.certainty.value, each.workloads) for each in found] == [
        ("agent channel", "sure", ("booking", "store-tills")),
        ("NAT gateway", "possible", ("payment",)),
        ("agent channel", "possible", ("payment",)),
        ("metro", "prior", ("search",)),
    ]


def test_its_summary_answers_in_one_reading(audit: Audit) -> None:
    """At 80 columns it stays short, leads from losses to changes with their cost, and names both days."""
    lines = format_named("terminal").render(audit, document(audit), Look(width=80)).decode().splitlines()
    assert len(lines) <= LONGEST_SUMMARY
    text = "\n".join(lines)
    story = (
        "Score",
        "What one loss takes",
        "Real outages replayed",
        "What to change first",
        "False redundancy",
    )
    places = [text.index(title) for title in (*story, "What to find out first")]
    assert places == sorted(places)
    assert "aws 2018-11-22" in text
    assert "crowdstrike 2024-07-19" in text
    assert "Costs a year" in text
