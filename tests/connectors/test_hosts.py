"""Names of other services in settings: hosts come out, values do not."""

from __future__ import annotations

import pytest

from auditor.connectors.hosts import references


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("db.example.com", ("db.example.com",)),
        ("DB.Example.com:5432", ("db.example.com",)),
        ("a.example.com:9092,b.example.com:9092", ("a.example.com", "b.example.com")),
        ("postgres://user:p%40ss.word@db.example.com:5432/app?sslmode=require", ("db.example.com",)),
        ("mongodb://u:p@h1.example.com:27017,h2.example.com:27017/db", ("h1.example.com", "h2.example.com")),
        ("jdbc:sqlserver://sql.example.com:1433;database=x;password=not.a.host", ("sql.example.com",)),
        ("Server=tcp:shop.database.windows.net,1433;Password=pa.ss.word;", ("shop.database.windows.net",)),
        (
            "AccountEndpoint=https://shop.documents.azure.com:443/;AccountKey=abc==;",
            ("shop.documents.azure.com",),
        ),
        ('{"url": "https://api.example.com/v1", "retries": 3}', ("api.example.com",)),
        (
            "https://sqs.eu-west-1.amazonaws.com/123456789012/orders",
            ("sqs.eu-west-1.amazonaws.com/123456789012/orders",),
        ),
        ("arn:aws:sns:eu-west-1:123456789012:placed", ("arn:aws:sns:eu-west-1:123456789012:placed",)),
    ],
)
def test_hosts_and_things_are_named(value: str, names: tuple[str, ...]) -> None:
    """URLs, connection strings, lists of hosts, queue addresses and ARNs name what they lead to."""
    assert references([("SETTING", value)]) == names


@pytest.mark.parametrize(
    "value",
    [
        "",
        "production",
        "3.11",
        "10.0.0.5",
        "settings.json",
        "main.handler",
        "com/example/Main.class",
        "localhost:8080",
        "http://localhost:8080/x",
        "http://169.254.169.254/latest",
        "http://127.0.0.1:9000",
        "please see www dot example dot com",
        "see www.example.com for more",
        "user@example.com",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ",
        "10:30",
    ],
)
def test_what_is_no_host_gives_nothing(value: str) -> None:
    """File names, versions, addresses of the machine itself, mail, tokens and prose name no service."""
    assert references([("SETTING", value)]) == ()


@pytest.mark.parametrize("key", ["DB_PASSWORD", "API_TOKEN", "CLIENT_SECRET", "PRIVATE_KEY", "LICENSE"])
def test_a_secret_is_never_taken_for_a_host(key: str) -> None:
    """Under a name that smells of a secret a dotted value is not read, a URL in it still is."""
    assert references([(key, "correct.horse.battery")]) == ()
    assert references([(key, "https://u:correct.horse@vault.example.com/x")]) == ("vault.example.com",)


def test_names_are_sorted_and_told_once() -> None:
    """The same host in several settings is one name, and the order of settings does not matter."""
    settings = [("B", "https://b.example.com"), ("A", "a.example.com"), ("C", "b.example.com")]
    assert references(settings) == references(reversed(settings)) == ("a.example.com", "b.example.com")
