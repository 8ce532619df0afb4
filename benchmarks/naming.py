"""What lies where in one cloud of the generated company, and what it is called."""

from __future__ import annotations

import numpy as np
import polars as pl

from auditor.model.domain import zone_id
from auditor.model.places import Region, region
from benchmarks.workloads import REGIONS, SHARED, ZONES, Ints, Workloads, hubs

KINDS = {
    "vpc": ("ec2.vpc", "network.virtualnetworks"),
    "subnet": ("ec2.subnet", "network.virtualnetworks.subnets"),
    "dhcp": ("ec2.dhcpoptions", "network.dnsresolvers"),
    "record": ("route53.record", "network.trafficmanagerprofiles"),
    "cdn": ("cloudfront.distribution", "cdn.profiles"),
    "lb": ("elbv2.loadbalancer", "network.loadbalancers"),
    "fleet": ("elbv2.targetgroup", "compute.virtualmachinescalesets"),
    "machine": ("ec2.instance", "compute.virtualmachines"),
    "disk": ("ec2.volume", "compute.disks"),
    "db": ("rds.instance", "sql.servers.databases"),
    "copy": ("rds.instance", "sql.servers.databases"),
    "function": ("lambda.function", "web.sites"),
    "queue": ("sqs.queue", "servicebus.namespaces"),
    "bucket": ("s3.bucket", "storage.storageaccounts"),
    "table": ("dynamodb.table", "documentdb.databaseaccounts"),
    "topic": ("sns.topic", "eventhub.namespaces"),
    "replicationgroup": ("elasticache.replicationgroup", "cache.redis"),
    "cluster": ("kafka.cluster", "eventgrid.topics"),
    "repository": ("ecr.repository", "containerregistry.registries"),
    "key": ("kms.key", "keyvault.vaults"),
    "loggroup": ("logs.loggroup", "insights.components"),
    "statemachine": ("stepfunctions.statemachine", "logic.workflows"),
    "secret": ("secretsmanager.secret", "appconfiguration.configurationstores"),
    "filesystem": ("efs.filesystem", "search.searchservices"),
}
"""Parts of a workload: their kinds on AWS and on Azure."""

STORES = tuple(part for place, part in enumerate(KINDS) if place > list(KINDS).index("function"))
GLOBAL = frozenset({"record", "cdn"})
SHORT = {"machine": "i-", "disk": "vol-", "vpc": "vpc-", "subnet": "subnet-", "dhcp": "dopt-"}
"""Parts with a short id on AWS, and how it begins."""


def regions(cloud: str) -> list[Region]:
    """Return the regions of one cloud the company is in."""
    found = [region(cloud, code) for code in REGIONS[cloud]]
    return [each for each in found if each is not None]


class Side:
    """The half of the company that is in one cloud; workloads are numbered within it.

    Attributes:
        size, home, other, network: of its workloads, see ``Workloads``.
        mine: their numbers in the company of ``count``.
        networks, first_seats: networks, and the workload of each that lends them its account and region.
        seats: per workload, who does so for its network.
        parts: how many of each part every workload has; ``stores`` how many stores of any kind.
    """

    def __init__(self, whole: Workloads, cloud: str) -> None:
        self.cloud = cloud
        self.side = list(REGIONS).index(cloud)
        self.mine = np.flatnonzero(whole.cloud == self.side)
        self.size, self.home, self.other, account, network = (
            each[self.mine] for each in (whole.size, whole.home, whole.other, whole.account, whole.network)
        )
        self.count = whole.size.size
        self.names = _names(self.mine, self.count)
        form = "{:012d}" if cloud == "aws" else "{:08x}-0000-4000-8000-000000000000"
        self.accounts = pl.Series([form.format(each + 1) for each in account], dtype=pl.String)
        self.codes = pl.Series([each.code for each in regions(cloud)])
        self.zone_names = [name for each in regions(cloud) for name in each.zone_ids[:ZONES]]
        # The first workload of an account in a region lends its place to their network.
        self.networks, first, inverse = np.unique(network, return_index=True, return_inverse=True)
        self.seats, self.network = first[inverse], network
        self.first_seats = first

        self.parts: dict[str, Ints] = {}
        self.stores = np.zeros_like(self.size)

    def _zones(self, where: Ints, zone: Ints) -> pl.Series:
        lists = pl.Series([*([name] for name in self.zone_names), None], dtype=pl.List(pl.String))
        return lists.gather(np.where(zone < 0, len(self.zone_names), where * ZONES + zone))

    def _zone_domains(self, of: Ints, zone: Ints | int) -> pl.Series:
        """Return the domain id of a zone of each workload's region."""
        names = pl.Series([zone_id(self.cloud, name) for name in self.zone_names])
        return names.gather(self.home[of] * ZONES + zone)

    def _heads(self, part: str) -> pl.Series:
        """Return per workload how the ids of a part begin."""
        service, _, noun = KINDS[part][self.side].partition(".")
        codes = self.codes.gather(self.other if part == "copy" else self.home)
        frame = pl.DataFrame({"account": self.accounts, "region": codes, "name": self.names})
        if self.cloud == "aws":
            form = pl.format(f"arn:aws:{service}:{{}}:{{}}:{noun}/{{}}-{part}-", "region", "account", "name")
        else:
            path = f"providers/microsoft.{service}/{noun.replace('.', '/')}/{part}-"
            form = pl.format(f"/subscriptions/{{}}/resourcegroups/{{}}/{path}", "account", "name")
        return frame.select(form.alias("head"))["head"]

    def _ids(self, part: str, of: Ints, number: Ints) -> pl.Series:
        return glued(self._heads(part), of, number)

    def _store_ids(self, of: Ints, number: Ints) -> pl.Series:
        heads = pl.concat([self._heads(part) for part in STORES])
        return glued(heads, number % len(STORES) * self.size.size + of, number)

    def _ref(self, part: str, of: Ints, number: Ints) -> pl.Series:
        """Return how others refer to parts: AWS by short ids, unique in the company, Azure by whole ids."""
        if self.cloud == "azure" or part not in SHORT:
            return self._ids(part, of, number)
        counts = self.parts.get(part)
        unique = number if counts is None else (np.cumsum(counts) - counts)[of] + number
        digits = pl.Series(unique).cast(pl.String).str.zfill(17)
        return pl.select(pl.concat_str(pl.lit(SHORT[part]), digits).alias("ref"))["ref"]

    def _hub(self, of: Ints, role: int) -> Ints:
        """Return the workload that serves each in a shared role; one that serves itself asks the next."""
        serving, asked = hubs(self.count), self.mine[of]
        groups = max(serving // len(SHARED), 1)
        group = np.where(asked < serving, asked // len(SHARED), asked * 7 % groups)
        hub = np.minimum(group * len(SHARED) + role, serving - 1)
        return np.asarray(np.where(hub == asked, (hub + 1) % serving, hub), np.int64)


def _names(numbers: Ints, count: int) -> pl.Series:
    """Return what workloads are called: the first ones by what they do for the others."""
    serving = hubs(count)
    words = (SHARED[each % len(SHARED)] if each < serving else "service" for each in numbers.tolist())
    return pl.Series(
        [f"{word}-{each}" for word, each in zip(words, numbers.tolist(), strict=True)], dtype=pl.String
    )


def hosts(word: str, workload: Ints, number: Ints | int | None = None) -> pl.Series:
    """Return host names of a part of workloads."""
    first = pl.Series(workload).cast(pl.String)
    if number is None:
        return pl.select(pl.format(f"{word}-{{}}.corp.example", first).alias("host"))["host"]
    second = pl.Series(np.broadcast_to(number, workload.shape)).cast(pl.String)
    return pl.select(pl.format(f"{word}-{{}}-{{}}.corp.example", first, second).alias("host"))["host"]


def glued(heads: pl.Series, of: Ints, number: Ints) -> pl.Series:
    """Return each one's head with its number behind."""
    return pl.select(pl.concat_str(heads.gather(of), pl.Series(number).cast(pl.String)).alias("text"))["text"]
