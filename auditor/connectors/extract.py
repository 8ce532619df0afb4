"""Reading providers' answers: JMESPath, ARNs, ARM ids, dates and host names, each normalised once.

Optional fields are read only through this module, never by indexing: a missing or empty value is None or
an empty tuple, whatever the provider left out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, cast
from urllib.parse import urlsplit

import jmespath

_ARN = re.compile(r"arn:([a-z0-9-]+):([a-z0-9-]+):([a-z0-9-]*):([a-z0-9-]*):(.+)", re.ASCII | re.DOTALL)
_HOST = re.compile(
    r"(?=.{1,253}$)([a-z0-9_*]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_SECONDS_BELOW = 1e11
"""Unix times above this (year 5138 in seconds) are in milliseconds."""


@lru_cache(maxsize=4096)
def _finder(path: str) -> Callable[[object], Any]:
    """Return what evaluates a path; plain member paths, nearly all there are, need no interpreter."""
    if _PLAIN.fullmatch(path):
        return partial(_member, tuple(path.split(".")))
    return cast("Callable[[object], Any]", jmespath.compile(path).search)


def _member(names: tuple[str, ...], data: object) -> Any:  # noqa: ANN401 - what a provider answered has no type
    found: Any = data
    for name in names:
        try:
            found = found.get(name)
        except AttributeError:  # no mapping: JMESPath finds nothing there either
            return None
    return found


def read(path: str, data: object) -> Any:  # noqa: ANN401 - what a provider answered has no type
    """Return what a JMESPath expression finds, None when nothing."""
    return _finder(path)(data)


def text(path: str, data: object) -> str | None:
    """Return a non-empty string (numbers are printed), None for anything else."""
    found = read(path, data)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return None
    return str(found) or None


def texts(path: str, data: object) -> tuple[str, ...]:
    """Return the strings found, nested lists flattened, empty and repeated ones dropped, order kept."""
    return tuple(dict.fromkeys(_strings(read(path, data))))


def _strings(found: object) -> Iterable[str]:
    if isinstance(found, str):
        if found:
            yield found
    elif isinstance(found, list | tuple):
        for item in found:
            yield from _strings(item)


def items(path: str, data: object) -> tuple[Mapping[str, Any], ...]:
    """Return the mappings a path finds; one mapping counts as a list of one."""
    found = read(path, data)
    if isinstance(found, Mapping):
        return (found,)
    if isinstance(found, list | tuple):
        return tuple(item for item in found if isinstance(item, Mapping))
    return ()


def tag_pairs(found: object) -> tuple[tuple[str, str], ...]:
    """Return tags sorted by key from a mapping or from Key/Value pairs in any spelling."""
    if isinstance(found, Mapping):
        pairs = {str(key): "" if value is None else str(value) for key, value in found.items()}
    elif isinstance(found, list | tuple):
        lowered = [
            {key.lower(): value for key, value in tag.items()} for tag in found if isinstance(tag, Mapping)
        ]
        pairs = {
            str(tag.get("key", tag.get("tagkey"))): str(tag.get("value", tag.get("tagvalue")) or "")
            for tag in lowered
            if tag.get("key", tag.get("tagkey")) is not None
        }
    else:
        pairs = {}
    return tuple(sorted(pairs.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Arn:
    """The parts of an Amazon resource name; region and account are empty where it has none."""

    partition: str
    service: str
    region: str
    account: str
    resource: str

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"

    @property
    def name(self) -> str:
        """The last part of the resource: ``instance/i-0ab`` -> ``i-0ab``, ``db:shop`` -> ``shop``."""
        return re.split(r"[/:]", self.resource)[-1]


def parse_arn(text: str) -> Arn | None:
    """Return the parts of an ARN, None for anything else."""
    found = _ARN.fullmatch(text.strip())
    if found is None:
        return None
    partition, service, region, account, resource = found.groups()
    return Arn(partition=partition, service=service, region=region, account=account, resource=resource)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmId:
    """The parts of an Azure resource id.

    Attributes:
        id: the whole id in lower case without a trailing slash; the one spelling used everywhere.
        subscription: lower case, None above subscriptions.
        resource_group: lower case, None outside of one.
        type: ``microsoft.compute/virtualmachines`` of the innermost resource; lower case.
        name: last name as written.
        parent: id of the resource or scope around it, None at the top.
    """

    id: str
    subscription: str | None
    resource_group: str | None
    type: str
    name: str
    parent: str | None

    @property
    def kind(self) -> str:
        """``azure.`` + type without ``microsoft.``, dots for slashes: ``azure.compute.virtualmachines``."""
        return "azure." + self.type.removeprefix("microsoft.").replace("/", ".")


def parse_arm_id(text: str) -> ArmId | None:
    """Return the parts of an ARM id (subscriptions and resource groups too), None for anything else."""
    parts = text.strip().rstrip("/").split("/")
    if len(parts) < 3 or parts[0] or not all(parts[1:]):  # noqa: PLR2004 - "", type, name
        return None
    scope, namespace, chain = _arm_scope(parts[1:])
    if scope is None or len(chain) % 2 or (namespace and not chain) or (chain and not namespace):
        return None
    lowered = "/".join(parts).lower()
    head = lowered.split("/")
    cut = 2 if len(chain) != 2 or not namespace else 4  # noqa: PLR2004 - /providers/<ns>/<type>/<name>
    parent = "/".join(head[:-cut]) or None
    kinds = [namespace, *chain[::2]] if namespace else [scope]
    return ArmId(
        id=lowered,
        subscription=_after(head, "subscriptions"),
        resource_group=_after(head, "resourcegroups"),
        type="/".join(kinds).lower(),
        name=parts[-1],
        parent=parent,
    )


def _arm_scope(parts: list[str]) -> tuple[str | None, str, list[str]]:
    """Return the scope's own type, the innermost provider namespace, and the type/name chain below it."""
    lowered = [part.lower() for part in parts]
    if "providers" in lowered:
        at = len(lowered) - 1 - lowered[::-1].index("providers")
        if at + 1 >= len(parts):
            return None, "", []
        return "", parts[at + 1], parts[at + 2 :]
    known = {
        ("subscriptions",): "microsoft.resources/subscriptions",
        ("subscriptions", "resourcegroups"): "microsoft.resources/subscriptions/resourcegroups",
    }
    if len(parts) % 2:
        return None, "", []
    return known.get(tuple(lowered[::2])), "", []


def _after(parts: list[str], key: str) -> str | None:
    try:
        return parts[parts.index(key) + 1]
    except (ValueError, IndexError):
        return None


def to_utc(value: object) -> datetime | None:
    """Return an aware UTC time from ISO 8601 text, Unix seconds or milliseconds, or a datetime.

    A time without a zone counts as UTC, as both providers mean it. None for anything else.
    """
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, datetime):
        moment = value
    elif isinstance(value, int | float):
        seconds = value if abs(value) < _SECONDS_BELOW else value / 1000
        try:
            moment = datetime.fromtimestamp(seconds, tz=UTC)
        except (OverflowError, OSError, ValueError):
            return None
    else:
        try:
            moment = datetime.fromisoformat(str(value).strip())
        except ValueError:
            return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def host_of(text: str | None) -> str | None:
    """Return the host of a URL, ``host:port`` or bare name: lower case, no trailing dot; None if it is none.

    Credentials, port, path and query are dropped.
    """
    if not text:
        return None
    value = text.strip()
    try:
        host = urlsplit(value if "://" in value else f"//{value}").hostname
    except ValueError:
        return None
    if not host:
        return None
    host = host.rstrip(".")
    return host if _HOST.fullmatch(host) else _address(host)


def _address(host: str) -> str | None:
    return host if re.fullmatch(r"[0-9a-f:]*:[0-9a-f:.]*", host) else None
