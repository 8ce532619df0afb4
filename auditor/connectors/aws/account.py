"""One account, from credentials to resources in the builder."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from auditor.config import AwsSettings
from auditor.connectors.aws.link import linked
from auditor.connectors.aws.places import REGIONS
from auditor.connectors.aws.session import PROBE_ATTEMPTS, AwsSession, Identity
from auditor.connectors.aws.sweep import Region, Sweep
from auditor.connectors.aws.unread import UnreadError
from auditor.connectors.aws.where import GLOBAL, PROVIDER, Where
from auditor.connectors.extract import texts
from auditor.inventory import InventoryBuilder
from auditor.model.gap import Gap, GapReason
from auditor.progress import Progress

SOURCE = "aws"


def read_account(settings: AwsSettings, builder: InventoryBuilder, progress: Progress) -> bool:
    """Read one account; see ``auditor.connectors.aws.collect``."""
    session = AwsSession(settings)
    try:
        identity = session.identity()
    except UnreadError as error:
        builder.add_gaps((error.gap,))
        return False
    names, gaps = _regions(session, settings, identity)
    builder.add_gaps(gaps)
    suffix = session.dns_suffix(identity.partition)
    places = tuple(
        Where(partition=identity.partition, account=identity.account, region=name, dns_suffix=suffix)
        for name in (GLOBAL, *names)
    )
    regions = Sweep(session, settings, progress).run(places)
    return _keep(regions, set(settings.regions), builder)


def _regions(
    session: AwsSession, settings: AwsSettings, identity: Identity
) -> tuple[tuple[str, ...], tuple[Gap, ...]]:
    """Return the regions to read: the enabled ones, of those the wanted."""
    wanted = tuple(dict.fromkeys(settings.regions))
    try:
        pages = session.pages(
            "ec2", session.home, REGIONS, permission=f"ec2:{REGIONS.operation}", attempts=PROBE_ATTEMPTS
        )
        enabled = {name for page in pages for name in texts("[].RegionName", page)}
    except UnreadError as error:
        gap = dataclasses.replace(error.gap, account=identity.account)
        return wanted or session.known_regions(identity.partition), (gap,)
    missing = tuple(
        Gap(
            provider=PROVIDER,
            account=identity.account,
            region=name,
            operation="ec2:DescribeRegions",
            reason=GapReason.UNSUPPORTED,
            detail="this region is not enabled for the account, or does not exist",
            remedy="enable it, or take it out of [aws] regions",
        )
        for name in wanted
        if name not in enabled
    )
    return tuple(sorted(enabled.intersection(wanted) if wanted else enabled)), missing


def _keep(regions: Iterable[Region], wanted: set[str], builder: InventoryBuilder) -> bool:
    """Hand over what was read, leaving out what lies in regions that were not wanted."""
    regions = tuple(regions)
    harvests = [harvest for region in regions for _, harvest in sorted(region.harvests.items())]
    # a service left behind at its deadline may still be adding
    found = [resource for harvest in harvests for resource in tuple(harvest.resources)]
    served = [bond for harvest in harvests for bond in tuple(harvest.served)]
    kept = linked(found, served)
    if wanted:
        allowed = wanted | {GLOBAL}
        kept = tuple(resource for resource in kept if resource.placement.region in allowed)
    builder.add(kept, source=SOURCE)
    builder.add_zones(zone for region in regions for zone in region.zones)
    builder.add_gaps(gap for harvest in harvests for gap in harvest.gaps())
    builder.add_gaps(gap for region in regions for gap in region.gaps)
    return any(harvest.answered for harvest in harvests)
