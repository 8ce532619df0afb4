"""The ARM stand-in itself: sign-in, lists, pages, queries, refusals, and a clean end."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from auditor.demo.arm import ArmServer, Behaviour, Subscription, location

ID = "00000000-0000-0000-0000-00000000000a"
HOME = f"/subscriptions/{ID}/resourceGroups/G/providers/Microsoft.Odd"
THINGS: tuple[dict[str, Any], ...] = (
    *(
        {
            "id": f"{HOME}/things/t{n}",
            "type": "Microsoft.Odd/things",
            "location": "East US",
            "properties": {"n": n},
        }
        for n in range(5)
    ),
    {"id": f"{HOME}/things/t0/parts/p", "type": "Microsoft.Odd/things/parts", "properties": {}},
)
QUERY = "resources | project id, type, location, subscriptionId | order by subscriptionId asc, id asc"


class Client:
    """A signed-in plain HTTP client of a stand-in."""

    def __init__(self, arm: ArmServer) -> None:
        self.arm, self.http = arm, requests.Session()
        self.http.verify = str(arm.ca_file)
        tenant = arm.environment()["AZURE_TENANT_ID"]
        found = self.http.get(f"{arm.endpoint}/{tenant}/v2.0/.well-known/openid-configuration").json()
        token = self.http.post(found["token_endpoint"], data={"grant_type": "client_credentials"}).json()
        self.http.headers["Authorization"] = f"Bearer {token['access_token']}"

    def get(self, path: str, **params: str) -> requests.Response:
        """Get one page."""
        return self.http.get(f"{self.arm.endpoint}{path}", params={"api-version": "2021-04-01", **params})

    def all(self, path: str) -> list[dict[str, Any]]:
        """Get all pages of a list."""
        page = self.get(path).json()
        found = list(page["value"])
        while "nextLink" in page:
            page = self.http.get(page["nextLink"]).json()
            found += page["value"]
        return found

    def query(self, text: str = QUERY, **options: str) -> requests.Response:
        """Ask Resource Graph."""
        return self.http.post(
            f"{self.arm.endpoint}/providers/Microsoft.ResourceGraph/resources",
            params={"api-version": "2021-03-01"},
            json={"subscriptions": [ID], "query": text, "options": options},
        )


@pytest.fixture
def arm() -> Iterator[ArmServer]:
    with ArmServer(
        subscriptions=[Subscription(id=ID, resources=THINGS)], behaviour=Behaviour(page_size=2)
    ) as found:
        yield found


@pytest.fixture
def client(arm: ArmServer) -> Iterator[Client]:
    found = Client(arm)
    yield found
    found.http.close()


def test_it_lists_subscriptions_and_locations(client: Client) -> None:
    """Subscriptions and their locations with physical zones are answered."""
    assert [item["subscriptionId"] for item in client.all("/subscriptions")] == [ID]
    places = {item["name"]: item for item in client.all(f"/subscriptions/{ID}/locations")}
    assert places["koreacentral"]["availabilityZoneMappings"][0] == {
        "logicalZone": "1",
        "physicalZone": "koreacentral-az2",
    }
    assert "availabilityZoneMappings" not in places["koreasouth"]
    assert location("x", "X", "x-az9")["availabilityZoneMappings"][0]["physicalZone"] == "x-az9"


def test_the_generic_listing_is_paged_and_poor(client: Client) -> None:
    """Pages of two, no properties, nothing from below."""
    found = client.all(f"/subscriptions/{ID}/resources")
    assert [item["id"].rpartition("/")[2] for item in found] == ["t0", "t1", "t2", "t3", "t4"]
    assert all("properties" not in item for item in found)


def test_resources_and_lists_below_them_are_found_in_any_letter_case(client: Client) -> None:
    """One body by id, a list by its path, 404 for what is not there."""
    assert client.get(f"{HOME.upper()}/THINGS/T3").json()["properties"] == {"n": 3}
    assert len(client.all(f"{HOME}/things/t0/parts")) == 1
    assert client.all(f"{HOME}/things/t1/parts") == []
    assert client.get(f"{HOME}/things/t9").status_code == 404
    assert client.get(f"{HOME}/things/t9/parts").json()["error"]["code"] == "ResourceNotFound"
    assert client.get("/subscriptions/nobody/resources").status_code == 404


def test_queries_are_sorted_paged_and_counted(client: Client) -> None:
    """Rows come in the order asked for, in pages with a token, with the total; the type in lower case."""
    page = client.query().json()
    assert (page["totalRecords"], page["count"], page["resultTruncated"]) == (6, 2, "false")
    rows = list(page["data"])
    while "$skipToken" in page:
        page = client.query(**{"$skipToken": page["$skipToken"]}).json()
        rows += page["data"]
    assert [row["id"] for row in rows] == sorted((row["id"] for row in rows), key=str.lower)
    assert {row["type"] for row in rows} == {"microsoft.odd/things", "microsoft.odd/things/parts"}
    assert set(rows[0]) == {"id", "type", "location", "subscriptionId"}


@pytest.mark.parametrize(
    "text", ["resources", "resources | take 5", "secrets | project id | order by id asc"]
)
def test_other_queries_are_refused(client: Client, text: str) -> None:
    """A query the stand-in does not speak is an error, not an empty answer."""
    answer = client.query(text)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "InvalidQuery"


def test_calls_need_a_token_and_a_version(arm: ArmServer, client: Client) -> None:
    """Unsigned calls get 401, calls without an API version 400, as from ARM."""
    assert client.http.get(f"{arm.endpoint}/subscriptions").status_code == 400
    url = f"{arm.endpoint}/subscriptions?api-version=2022-12-01"
    assert requests.get(url, verify=str(arm.ca_file), timeout=5).status_code == 401
    wrong = {"Authorization": "Bearer made-up"}
    assert requests.get(url, verify=str(arm.ca_file), headers=wrong, timeout=5).status_code == 401


def test_it_throttles_as_told() -> None:
    """The first queries are answered 429 with the given headers, later ones are not."""
    behaviour = Behaviour(graph_throttles=1, throttle_headers={"x-ms-user-quota-resets-after": "00:00:03"})
    with ArmServer(subscriptions=[Subscription(id=ID)], behaviour=behaviour) as arm:
        client = Client(arm)
        first, second = client.query(), client.query()
        client.http.close()
    assert (first.status_code, second.status_code) == (429, 200)
    assert first.headers["x-ms-user-quota-resets-after"] == "00:00:03"


def test_wrong_ids_are_refused_at_once() -> None:
    """A body without an ARM id is a mistake of whoever fills the stand-in."""
    with pytest.raises(ValueError, match="not an ARM id"):
        ArmServer(subscriptions=[Subscription(id=ID, resources=({"id": "thing"},))])


def test_many_clients_are_served_at_once(arm: ArmServer) -> None:
    """Thirty-two clients sign in and ask in parallel; every one is answered."""
    answers: list[int] = []

    def ask() -> None:
        client = Client(arm)
        answers.append(client.query().status_code)
        client.http.close()

    threads = [threading.Thread(target=ask) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 32


def test_it_ends_even_with_connections_open() -> None:
    """Leaving closes idle connections, unfinished handshakes and the port, and waits for nobody."""
    with ArmServer(subscriptions=[Subscription(id=ID)]) as arm:
        port = urlsplit(arm.endpoint).port
        idle = socket.create_connection(("127.0.0.1", port or 0))
        client = Client(arm)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port or 0), timeout=1)
    idle.close()
    client.http.close()
    with pytest.raises(RuntimeError, match="not running"):
        _ = arm.endpoint
