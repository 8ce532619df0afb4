"""Names of other services in settings: environment variables, app settings, connection strings.

Only host names and resource names come out; the values they stood in are dropped here and go nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from urllib.parse import unquote

from auditor.connectors.extract import host_of, parse_arn

_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s\"'<>|;]+", re.IGNORECASE)
_PAIR = re.compile(
    r"(?:^|[;\s&?])(?:server|host|hostname|data ?source|address|addr|network ?address|endpoint|"
    r"account ?endpoint|bootstrap\.servers|serviceurl)\s*=\s*[\"']?(?:tcp:)?([^;\s&\"']+)",
    re.IGNORECASE,
)
_ARN = re.compile(r"arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:[0-9]*:[^\s\"',;\\}\])]+")
_NAME = re.compile(r"(?=.{4,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z]{2,24}")
_SECRET = re.compile(
    r"passw|secret|token|credential|private|signature|api_?key|access_?key|licen[cs]e", re.IGNORECASE
)
_QUEUE = re.compile(r"(?:sqs\.[a-z0-9-]+|[a-z0-9-]+\.queue)\.amazonaws\.com(?:\.cn)?", re.IGNORECASE)

NOT_HOSTS = frozenset(
    (
        "bash",
        "bat",
        "cer",
        "cert",
        "cfg",
        "class",
        "conf",
        "crt",
        "csv",
        "db",
        "dll",
        "dockerfile",
        "env",
        "exe",
        "gz",
        "handler",
        "html",
        "ini",
        "jar",
        "js",
        "json",
        "key",
        "local",
        "localhost",
        "lock",
        "log",
        "lua",
        "main",
        "md",
        "mjs",
        "module",
        "pem",
        "php",
        "pid",
        "png",
        "properties",
        "ps1",
        "py",
        "rb",
        "sh",
        "so",
        "sock",
        "sql",
        "svg",
        "tar",
        "test",
        "tgz",
        "toml",
        "ts",
        "txt",
        "xml",
        "yaml",
        "yml",
        "zip",
    )
)
"""Last labels that name files and code far more often than hosts."""

LOCAL = frozenset({"localhost", "0.0.0.0", "127.0.0.1", "::1", "169.254.169.254", "169.254.170.2"})  # noqa: S104 - names to leave out


def references(settings: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Return the hosts, queue addresses and ARNs that settings name, sorted; the values are not kept.

    A bare host counts only where the whole value is one or a list of them, and never under a name that
    smells of a secret; inside longer text only URLs, ``Server=...`` pairs and ARNs are looked for.
    """
    found: set[str] = set()
    for key, value in settings:
        if value:
            found.update(_references(key, value))
    return tuple(sorted(found))


def _references(key: str, value: str) -> Iterator[str]:
    for arn in _ARN.findall(value):
        if parse_arn(arn):
            yield arn
    for url in _URL.findall(value):
        yield from _named(url)
    for pair in _PAIR.findall(value):
        yield from _named(pair)
    if "://" not in value and not _SECRET.search(key):
        parts = [part for part in re.split(r"[,\s]+", value.strip()) if part]
        hosts = [_bare(part) for part in parts]
        if all(hosts):
            yield from (host for host in hosts if host)


def _named(text: str) -> Iterator[str]:
    """Yield what a URL or an endpoint names: a queue with its path, else each host of a list."""
    for part in text.split(","):
        host = host_of(part)
        if host is None or host in LOCAL or "." not in host or _NAME.fullmatch(host) is None:
            continue
        path = re.sub(r"^[a-z][a-z0-9+.-]*://[^/?#]*|[?#].*$", "", part, flags=re.IGNORECASE)
        yield f"{host}{unquote(path).rstrip('/')}" if _QUEUE.fullmatch(host) and path else host


def _bare(part: str) -> str | None:
    """Return the host of ``host`` or ``host:port`` alone, None for anything else."""
    name, colon, port = part.partition(":")
    if colon and not (port.isdigit() and name):
        return None
    host = name.lower().rstrip(".")
    if name != name.strip(".") and not name.endswith("."):
        return None
    if not _NAME.fullmatch(host) or host.rpartition(".")[2] in NOT_HOSTS:
        return None
    return host
