"""Where a scan is: partition, account, region, and the zones as this account names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from auditor.connectors.extract import Arn
from auditor.model.domain import zone_id

PROVIDER = "aws"
GLOBAL = "global"

_ZONE_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*-az[0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """One region of one account.

    Attributes:
        partition: ``aws``, ``aws-cn``, ``aws-us-gov``, ...
        account: twelve digits.
        region: region code, ``global`` for services that have none.
        dns_suffix: ``amazonaws.com`` or the partition's own.
        zones: zone name (``ap-northeast-2a``, relative to the account) to zone id (``apne2-az1``).
    """

    partition: str
    account: str
    region: str
    dns_suffix: str = "amazonaws.com"
    zones: Mapping[str, str] = field(default_factory=dict)

    def arn(self, service: str, resource: str, *, region: str | None = None) -> str:
        """Return the ARN of a thing of this account, in this region unless another is given."""
        if region is None:
            region = "" if self.region == GLOBAL else self.region
        return str(
            Arn(
                partition=self.partition,
                service=service,
                region=region,
                account=self.account,
                resource=resource,
            )
        )

    def zone(self, name: str) -> str | None:
        """Return the zone id of a zone name; ids pass through, unknown names give None."""
        known = self.zones.get(name)
        if known is None and _ZONE_ID.fullmatch(name):
            return name
        return known

    def zone_ids(self, names: Iterable[str]) -> tuple[str, ...] | None:
        """Return the sorted zone ids of the names, None if there is none or one is unknown."""
        found = [self.zone(name) for name in names]
        ids = sorted({zone for zone in found if zone is not None})
        return tuple(ids) if ids and None not in found else None

    def zone_refs(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the domain ids of those of the names that are known, in the order given."""
        found = (self.zone(name) for name in names)
        return tuple(dict.fromkeys(zone_id(PROVIDER, zone) for zone in found if zone is not None))
