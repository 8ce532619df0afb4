"""How an AWS kind is described: what to call, where its fields are, and what its configuration needs.

A spec is data. ``scan`` makes the calls, ``shape`` reads the fields, ``permissions`` derives the policy, the
tests check every name in it against botocore's own models. Paths are JMESPath on one item of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from auditor.connectors.aws.where import Where
from auditor.connectors.spec import KindSpec
from auditor.discovery import discover
from auditor.model.evidence import Evidence
from auditor.model.resource import Resource

CATALOGUE = "auditor.connectors.aws.catalogue"

Item = Mapping[str, Any]
"""One thing as the API answered it, with the answers of its details put in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A resource as the spec's paths made it, the item it was made from, and where it is."""

    resource: Resource
    item: Item
    where: Where


Refine = Callable[[Draft], Resource | None]
"""What data cannot say; None leaves the thing out."""

PARENT = "Parent"
"""Key under which a child's item holds its parent's item."""

SHORT = "Short"
"""Key under which an item holds its id without any path before it: ``/hostedzone/Z1`` -> ``Z1``."""

SIBLINGS = "Siblings"
"""Key under which the item that stands for a group holds all items of the group."""

VALUE = "Value"
"""Key of an item that the API lists as a bare string."""


class Scope(StrEnum):
    """Where a service is asked."""

    REGIONAL = "regional"  # in every region
    GLOBAL = "global"  # once per account


class Of(StrEnum):
    """How many of several members are needed."""

    ALL = "all"  # each is a need of its own
    ANY = "any"  # one is enough
    SOME = "some"  # one in the best case, all in the worst: the configuration does not tell
    HALF = "half"  # one in the best case, half of them in the worst: a pool of equals


class Bind(StrEnum):
    """What a provider of service does to the needs of whom it serves."""

    ADDS = "adds"  # becomes a member
    REPLACES = "replaces"  # takes the place of what is there: a service for its single tasks
    BOUNDS = "bounds"  # states the minimum of a pool that is already there


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One read-only operation.

    Attributes:
        operation: as the API names it, such as ``DescribeVpcs``.
        items: JMESPath on each page; a list of things, or one thing.
        args: fixed parameters.
        paged: it has a paginator (checked by a test both ways).
        page_size: where the API pages only when asked to.
        permission: IAM action where it is not ``<prefix>:<operation>``.
        resource: what the action is needed on, a pattern with ``{partition}``.
        ignore: error codes that mean "there is none".
    """

    operation: str
    items: str
    args: tuple[tuple[str, Any], ...] = ()
    paged: bool = True
    page_size: int | None = None
    permission: str | None = None
    resource: str = "*"
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A call for each item, or for a batch of items; its answer joins the item.

    Attributes:
        call: what to call; ``items`` is what is put in.
        into: key in the item; empty = the answer's own keys are merged in. Missing where the call failed.
        args: (parameter, path on the item); an item lacking one is not asked about.
        unless: path; items where it holds are not asked about.
        region: path to the region to ask in, where it is not the scanned one.
        batch: at most so many items per call, whose single argument is then a list; 0 = one call each.
        match: with ``batch``: (path on the item, path on the answer) that must be equal.
        chunk: the last argument is a list, given at most so many at a time; 0 = as it is.
    """

    call: Call
    into: str
    args: tuple[tuple[str, str], ...]
    unless: str | None = None
    region: str | None = None
    batch: int = 0
    match: tuple[str, str] = ("", "")
    chunk: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A list read once per region and joined to items: ``match`` is (path on the item, path on the row).

    A row in which the path finds several values joins the items of each.
    """

    call: Call
    into: str
    match: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """The thing is listed once per parent of the same service: kind, and (parameter, path on the parent)."""

    kind: str
    args: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactField:
    """A fact and where it is; empty values are no facts, lists become tuples."""

    name: str
    path: str
    evidence: Evidence = Evidence.CONFIGURED


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedField:
    """A need and the path to the references of its members."""

    role: str
    path: str
    of: Of = Of.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Serves:
    """The item serves another resource, which does not say so itself.

    Attributes:
        role: role of the need on the other resource.
        to: path to references of the served.
        bind: what it does to them.
        minimum: with ``BOUNDS``: path to the number needed in the worst case.
    """

    role: str
    to: str
    bind: Bind = Bind.ADDS
    minimum: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsSpec(KindSpec):
    """One kind of AWS resource.

    Attributes:
        service: botocore's name.
        iam: prefix of its IAM actions where it is not ``service``.
        call: lists the things.
        arn: path of the ARN where the API gives it.
        arn_of: where it does not: template over ``partition``, ``region``, ``account``, ``id`` and ``parent``
            (the parent's id).
        id: path of the id; its last part is the default name and what the template takes.
        name: path; the tag ``Name`` goes before it.
        group: path; items alike in it are one thing, and the first stands for all.
        scope: where the service is asked.
        within: listed per parent.
        details, lookups: further calls.
        region: path of the region, for things listed globally but placed somewhere.
        zones: path of zone names or ids; None = the kind is not zonal.
        tags: path of the tags, in any spelling.
        facts, aliases, needs, serves: what the item says; aliases are paths.
        refine: what data cannot say.
    """

    service: str
    call: Call
    id: str
    iam: str = ""
    arn: str = ""
    arn_of: str = ""
    name: str = ""
    group: str | None = None
    scope: Scope = Scope.REGIONAL
    within: Within | None = None
    details: tuple[Detail, ...] = ()
    lookups: tuple[Lookup, ...] = ()
    region: str | None = None
    zones: str | None = None
    tags: str = "Tags"
    facts: tuple[FactField, ...] = ()
    aliases: tuple[str, ...] = ()
    needs: tuple[NeedField, ...] = ()
    serves: tuple[Serves, ...] = ()
    refine: Refine | None = None

    def __post_init__(self) -> None:
        if not (self.arn or self.arn_of):
            raise ValueError(f"{self.kind}: give arn or arn_of")
        if not self.kind.startswith(f"aws.{self.service}."):
            raise ValueError(f"{self.kind}: the kind must name its service {self.service!r}")

    @property
    def iam_prefix(self) -> str:
        """Prefix of the service's IAM actions."""
        return self.iam or self.service

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call the spec may make."""
        return (
            self.call,
            *(detail.call for detail in self.details),
            *(lookup.call for lookup in self.lookups),
        )

    def permission(self, call: Call) -> str:
        """Return the IAM action a call needs."""
        return call.permission or f"{self.iam_prefix}:{call.operation}"

    @property
    def origin(self) -> str:
        """The call its facts come from, for the reader."""
        return f"{self.service}:{self.call.operation}"


@cache
def specs() -> Mapping[str, AwsSpec]:
    """Return every described kind by name."""
    return discover(CATALOGUE, "SPECS", AwsSpec, key=lambda spec: spec.kind)


def by_service() -> Mapping[str, tuple[AwsSpec, ...]]:
    """Return the specs of each service, parents before the things within them."""
    grouped: dict[str, list[AwsSpec]] = {}
    for spec in specs().values():
        grouped.setdefault(spec.service, []).append(spec)
    return {service: _parents_first(group) for service, group in sorted(grouped.items())}


def _parents_first(group: list[AwsSpec]) -> tuple[AwsSpec, ...]:
    known = {spec.kind: spec for spec in group}

    def depth(spec: AwsSpec) -> int:
        return 0 if spec.within is None else 1 + depth(known[spec.within.kind])

    return tuple(sorted(group, key=lambda spec: (depth(spec), spec.kind)))
