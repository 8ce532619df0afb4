"""The connector end to end: real SDK clients over HTTPS against the stand-in, well and badly behaved."""

from __future__ import annotations

import time

import pytest

from auditor.config import AzureSettings
from auditor.connectors.azure import collect
from auditor.connectors.azure.session import scope_of
from auditor.demo.arm import Behaviour, Subscription
from auditor.errors import CredentialsError
from auditor.inventory import Inventory, InventoryBuilder
from auditor.model.gap import Gap, GapReason
from auditor.progress import SilentProgress
from tests.connectors.azure.bodies import (
    OTHER,
    SUBSCRIPTION,
    Body,
    arm_id,
    body,
    card,
    disk,
    extension,
    machine,
)
from tests.connectors.azure.collecting import collected, standing_in

GRAPH = ("POST", "/providers/Microsoft.ResourceGraph/resources")
SQL = "Microsoft.Sql/servers"
EACH = 9
"""Resources of one shop: what is only part of another (extension, origin) is none."""


def shop(subscription: str = SUBSCRIPTION) -> tuple[Body, ...]:
    """Return a small estate with every shape of reading: details, extensions, databases, origins."""
    found = [
        machine("web", state="running", tags={"app": "shop"}),
        disk("web-os"),
        card("web-nic", "web"),
        extension("web", "Crowdstrike.Falcon", "FalconSensorLinux"),
        body(SQL, "here", properties={"fullyQualifiedDomainName": "here.database.windows.net"}),
        body(f"{SQL}/databases", "here/shop", properties={"zoneRedundant": True}),
        body(
            f"{SQL}/failoverGroups",
            "here/fog",
            properties={
                "readWriteEndpoint": {"failoverPolicy": "Manual"},
                "partnerServers": [{"id": arm_id(SQL, "there"), "location": "Japan East"}],
            },
        ),
        body(
            "Microsoft.Cdn/profiles", "door", "Global", sku={"name": "Standard_AzureFrontDoor"}, properties={}
        ),
        body("Microsoft.Cdn/profiles/originGroups", "door/web", None, properties={}),
        body(
            "Microsoft.Cdn/profiles/originGroups/origins",
            "door/web/a",
            None,
            properties={"hostName": "a.example"},
        ),
        body("Contoso.Odd/things", "odd", "westus", sku={"name": "S1"}),
    ]
    return tuple({**item, "id": item["id"].replace(SUBSCRIPTION, subscription)} for item in found)


ONE = (Subscription(id=SUBSCRIPTION, resources=shop()),)
TWO = (*ONE, Subscription(id=OTHER, resources=shop(OTHER)))


def rows(inventory: Inventory) -> list[object]:
    """Return everything about every resource."""
    return [inventory.resource(row) for row in range(len(inventory))]


def test_all_subscriptions_are_read_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of two subscriptions come in pages of three; nothing is missing and no gap is left."""
    with standing_in(monkeypatch, TWO, Behaviour(page_size=3)) as arm:
        read, inventory = collected(arm)
    assert read
    assert inventory.gaps == ()
    assert len(inventory) == 2 * EACH
    assert arm.requests.count(GRAPH) == 6
    assert set(inventory.resources["account"]) == {SUBSCRIPTION, OTHER}
    assert {zone.zone for zone in inventory.zones if zone.region == "koreacentral"} == {
        "koreacentral-az1",
        "koreacentral-az2",
        "koreacentral-az3",
    }


def beside_graph(inventory: Inventory) -> set[Gap]:
    """Return the gaps other than the refusal of Resource Graph itself."""
    return {gap for gap in inventory.gaps if gap.operation != "Microsoft.ResourceGraph/resources/read"}


@pytest.mark.parametrize("empty", [False, True])
def test_the_other_road_gives_the_same_resources(monkeypatch: pytest.MonkeyPatch, *, empty: bool) -> None:
    """Where Resource Graph is refused, listing, details and child lists bring the same, and it is told."""
    with standing_in(monkeypatch, TWO) as arm:
        _, main = collected(arm)
    with standing_in(
        monkeypatch, TWO, Behaviour(graph_status=403, page_size=2, empty_first_page=empty)
    ) as arm:
        read, other = collected(arm)
    assert read
    assert beside_graph(other) == set()
    assert {gap.account for gap in other.gaps} == {each.id for each in TWO}
    assert rows(other) == rows(main)


def test_settings_restrict_the_subscriptions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the subscriptions asked for are read; one that is not visible is a gap."""
    with standing_in(monkeypatch, TWO) as arm:
        _, inventory = collected(arm, subscriptions=[OTHER.upper(), "99999999-0000-0000-0000-000000000000"])
    assert set(inventory.resources["account"]) == {OTHER}
    (gap,) = inventory.gaps
    assert (gap.account, gap.reason) == ("99999999-0000-0000-0000-000000000000", GapReason.DENIED)


def test_a_denied_subscription_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """One subscription refused: the other is read, and the gap says what to grant on which."""
    denied = Subscription(id=OTHER, resources=shop(OTHER), denied=True)
    with standing_in(monkeypatch, (*ONE, denied)) as arm:
        read, inventory = collected(arm)
    assert read
    assert set(inventory.resources["account"]) == {SUBSCRIPTION}
    assert {gap.account for gap in inventory.gaps} == {OTHER}
    assert {gap.reason for gap in inventory.gaps} == {GapReason.DENIED}
    assert any("Reader" in gap.remedy for gap in inventory.gaps)


def test_nothing_readable_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """With every subscription refused nothing was read."""
    with standing_in(monkeypatch, [Subscription(id=OTHER, denied=True)]) as arm:
        read, inventory = collected(arm)
    assert not read
    assert inventory.gaps


def test_an_empty_subscription_is_no_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A subscription without a resource was read."""
    with standing_in(monkeypatch, [Subscription(id=OTHER)]) as arm:
        read, inventory = collected(arm)
    assert read
    assert inventory.gaps == ()


@pytest.mark.parametrize(
    "headers",
    [{"Retry-After": "1"}, {"x-ms-user-quota-resets-after": "00:00:01"}, {"x-ms-retry-after-ms": "900"}],
)
def test_throttling_is_waited_out(monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]) -> None:
    """A throttled query is repeated after the wait the headers ask for, which the SDK alone would not do."""
    with standing_in(monkeypatch, ONE, Behaviour(graph_throttles=1, throttle_headers=headers)) as arm:
        begun = time.monotonic()
        _, inventory = collected(arm)
        took = time.monotonic() - begun
    assert inventory.gaps == ()
    assert len(inventory) == EACH
    assert took >= 0.9
    assert arm.requests.count(GRAPH) == 2


def test_a_wait_past_the_deadline_becomes_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the quota comes back too late, the listing is tried instead of waiting."""
    behaviour = Behaviour(graph_throttles=99, throttle_headers={"Retry-After": "3600"})
    with standing_in(monkeypatch, ONE, behaviour) as arm:
        begun = time.monotonic()
        read, inventory = collected(arm, deadline=20)
        took = time.monotonic() - begun
    assert took < 10
    assert read
    assert len(inventory) == EACH


@pytest.mark.parametrize("behaviour", [Behaviour(truncated=True, page_size=3), Behaviour(lost_rows=2)])
def test_rows_that_are_missing_are_a_gap(monkeypatch: pytest.MonkeyPatch, behaviour: Behaviour) -> None:
    """A result cut short, said or unsaid, is told from a whole one."""
    with standing_in(monkeypatch, ONE, behaviour) as arm:
        _, inventory = collected(arm)
    assert len(inventory) > 0
    (gap,) = inventory.gaps
    assert gap.operation == "Microsoft.ResourceGraph/resources/read"
    assert "rows" in gap.detail


def test_a_next_link_to_another_host_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token is sent to the endpoint only: a page that leads elsewhere ends in a gap, unread."""
    with standing_in(monkeypatch, [Subscription(id=OTHER)]) as elsewhere:
        behaviour = Behaviour(graph_status=403, page_size=2, foreign_link=elsewhere.endpoint)
        with standing_in(monkeypatch, ONE, behaviour) as arm:
            read, inventory = collected(arm)
        assert elsewhere.requests == []
    assert not read
    assert any("token is not sent there" in gap.detail for gap in inventory.gaps)


def test_refused_details_leave_the_listing_and_one_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What may be listed and not read is kept without details; one gap per type names the permission."""
    behaviour = Behaviour(graph_status=403, refusals={"/disks/web-os": 403, "/virtualmachines/web": 403})
    with standing_in(monkeypatch, ONE, behaviour) as arm:
        _, inventory = collected(arm)
    assert len(inventory) == EACH
    assert {gap.remedy for gap in beside_graph(inventory)} == {
        "grant Microsoft.Compute/disks/read",
        "grant Microsoft.Compute/virtualMachines/read",
    }


def test_what_is_deleted_between_listing_and_reading_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A resource that answers 404 after it was listed is neither kept nor a gap."""
    behaviour = Behaviour(graph_status=403, refusals={"/networkinterfaces/web-nic": 404})
    with standing_in(monkeypatch, ONE, behaviour) as arm:
        _, inventory = collected(arm)
    assert len(inventory) == EACH - 1
    assert beside_graph(inventory) == set()


def test_without_locations_zones_are_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused zone mapping is a gap, and the machine's building unknown instead of guessed."""
    with standing_in(monkeypatch, ONE, Behaviour(refusals={"/locations": 403})) as arm:
        _, inventory = collected(arm)
    machines = [r for r in rows(inventory) if getattr(r, "id", "").endswith("/virtualmachines/web")]
    assert machines[0].placement.zones is None  # type: ignore[attr-defined]
    assert [gap.operation for gap in inventory.gaps] == ["Microsoft.Resources/subscriptions/locations/read"]


def test_a_dead_endpoint_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """An endpoint that takes connections and never answers costs the read timeouts, not for ever."""
    with standing_in(monkeypatch, ONE, Behaviour(dead=True)) as arm:
        begun = time.monotonic()
        read, inventory = collected(arm, read_timeout=0.3, deadline=3)
        took = time.monotonic() - begun
    assert not read
    assert took < 5
    assert [gap.reason for gap in inventory.gaps] == [GapReason.TIMEOUT]


def test_a_slow_endpoint_meets_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that come too slowly end at the subscription's deadline with a gap."""
    with standing_in(monkeypatch, ONE, Behaviour(delay=0.4, page_size=1)) as arm:
        begun = time.monotonic()
        _, inventory = collected(arm, deadline=1)
        took = time.monotonic() - begun
    assert took < 6
    assert GapReason.TIMEOUT in {gap.reason for gap in inventory.gaps}


def test_an_unreachable_endpoint_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signed in, but nobody listens where Azure should be."""
    with standing_in(monkeypatch, ONE) as arm:
        read, inventory = collected(arm, endpoint="https://127.0.0.1:9", deadline=2)
    assert not read
    assert [gap.reason for gap in inventory.gaps] == [GapReason.UNREACHABLE]


def test_an_untrusted_certificate_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the CA file the stand-in's certificate is not believed, so no token is fetched."""
    with standing_in(monkeypatch, ONE) as arm, pytest.raises(CredentialsError):
        collected(arm, ca_file=None)


def test_no_credentials_is_one_clear_error_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """With nothing to sign in with the connector says so, with what to do, and does not wait about."""
    monkeypatch.setenv("PATH", "")
    begun = time.monotonic()
    with pytest.raises(CredentialsError, match="no Azure credentials were found") as caught:
        collect(AzureSettings(), InventoryBuilder("2026-01-01T00:00:00Z"), SilentProgress())
    assert time.monotonic() - begun < 5
    assert "az login" in caught.value.hint


def test_an_empty_secret_is_one_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that a pipeline left empty is told as such, not by the SDK's traceback."""
    with standing_in(monkeypatch, ONE) as arm:
        monkeypatch.setenv("AZURE_CLIENT_SECRET", "")
        with pytest.raises(CredentialsError, match="the Azure credentials are not valid: secret"):
            collected(arm)


def test_settings_name_the_application_and_the_environment_its_secret(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Tenant, client and authority from the settings and a secret from the environment sign in as well."""
    with standing_in(monkeypatch, ONE) as arm:
        monkeypatch.delenv("AZURE_TENANT_ID")
        monkeypatch.delenv("AZURE_CLIENT_ID")
        monkeypatch.delenv("AZURE_AUTHORITY_HOST")
        read, inventory = collected(
            arm,
            authority=arm.endpoint,
            tenant_id="11111111-2222-3333-4444-555555555555",
            client_id="66666666-7777-8888-9999-000000000000",
        )
    assert read
    assert len(inventory) == EACH


@pytest.mark.parametrize(
    ("endpoint", "authority", "scope"),
    [
        (None, None, "https://management.azure.com/.default"),
        ("https://arm.internal.example", None, "https://management.azure.com/.default"),
        ("https://arm.example/", "https://login.example", "https://arm.example/.default"),
        (
            "https://management.usgovcloudapi.net",
            "https://login.microsoftonline.us",
            "https://management.core.usgovcloudapi.net/.default",
        ),
        (
            "https://management.chinacloudapi.cn",
            "https://login.chinacloudapi.cn",
            "https://management.chinacloudapi.cn/.default",
        ),
    ],
)
def test_the_token_is_for_the_cloud_asked(endpoint: str | None, authority: str | None, scope: str) -> None:
    """Sovereign clouds, private endpoints and the public cloud each take a token of their own audience."""
    given = {"endpoint": endpoint, "authority": authority}
    settings = AzureSettings.model_validate({key: value for key, value in given.items() if value})
    assert scope_of(settings) == scope


def test_two_runs_give_the_same_inventory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads and pages leave no trace in the order of anything."""
    with standing_in(monkeypatch, TWO, Behaviour(graph_status=403, page_size=2)) as arm:
        first, second = collected(arm)[1], collected(arm)[1]
    assert rows(first) == rows(second)
    assert first.needs.equals(second.needs)


def test_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Besides signing in and asking Resource Graph the connector only reads."""
    with standing_in(monkeypatch, TWO) as arm:
        collected(arm)
    posts = {path for method, path in arm.requests if method == "POST" and "/oauth2/" not in path}
    assert posts == {GRAPH[1]}
