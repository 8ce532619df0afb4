"""What a provider lists: a resource with placement, facts, names and needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from auditor.model.evidence import Fact
from auditor.model.need import Need


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a resource is.

    Attributes:
        provider: ``aws``, ``azure``, ``gcp``, ``onprem`` or any other declared name.
        account: account or subscription id, None when it has none.
        region: region code, ``global`` for a global service, None when unknown.
        zones: physical zone ids (``apne2-az1``, ``koreacentral-az2``), empty for a thing that is not
            zonal, None when it is zonal but nobody could see where.
    """

    provider: str
    account: str | None = None
    region: str | None = None
    zones: tuple[str, ...] | None = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One thing a provider lists.

    Attributes:
        id: ARN, ARM id in lower case, or a declared id; unique in an inventory.
        kind: dotted lower-case kind: ``aws.<service>.<thing>``, ``azure.<namespace>.<type...>``.
        name: what people call it.
        placement: where it is.
        facts: known facts; a name not here is unknown.
        tags: as the provider has them, sorted by key.
        aliases: other names references may use: short ids, DNS names, addresses. All lower case.
        needs: what it needs, with members named by id, alias or domain id; linked later.
    """

    id: str
    kind: str
    name: str
    placement: Placement
    facts: tuple[Fact, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    needs: tuple[Need, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A physical zone that exists in a region, whether used or not."""

    provider: str
    region: str
    zone: str
