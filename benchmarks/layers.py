"""The layers of the generated company in one cloud: networks, ways in, fleets, databases, stores."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.model.domain import control_plane_id
from auditor.model.evidence import Evidence
from benchmarks.columns import Columns, Known, Rows, Standby
from benchmarks.naming import GLOBAL, KINDS, SHORT, STORES, Side, glued, hosts
from benchmarks.workloads import SHARED, ZONES, Ints, Workloads, numbered

FLEET = 50
VENDORS = 60
AGENTS = ("crowdstrike-falcon", "sentinelone", "trend-deep-security", "datadog-agent", "splunk-forwarder")


class Layers(Side):
    """One cloud of the company, put into columns layer by layer."""

    def __init__(self, columns: Columns, whole: Workloads, cloud: str, rng: np.random.Generator) -> None:
        super().__init__(whole, cloud)
        self.columns, self.rng = columns, rng

    def add(self) -> None:
        """Add everything."""
        size, chance = self.size, self.rng.random((4, self.size.size))
        machines = np.maximum(size * 24 // 100, 1)
        parts = {
            "record": (size >= 10) * 1,
            "cdn": ((size >= 60) & (chance[0] < 0.4)) * 1,
            "lb": np.ones_like(size),
            "fleet": 1 + machines // FLEET,
            "machine": machines,
            "disk": machines + machines // 5,
            "db": np.where(size >= 6, 1 + size // 250, 0),
            "copy": ((size >= 40) & (chance[1] < 0.3)) * 1,
            "function": size * 15 // 100,
        }
        self.stores = size - sum(parts.values())
        self.parts = parts
        self._networks()
        self._doors()
        self._databases(several_zones=chance[2] < 0.6)
        self._fleets()
        self._machines(hidden=chance[3] < 0.02)
        self._functions()
        self._stores()

    def _networks(self) -> None:
        """Add a network with a subnet per zone for every account and region in use; they carry no tag."""
        options = pl.Series(['["AmazonProvidedDNS"]', '["10.0.0.2"]', '["192.0.2.53"]'])
        options = options.gather(np.minimum(self.networks % 10, 2))
        serves = Known(value=True, evidence=Evidence.ASSUMED)
        seats, numbers = self.first_seats, self.networks
        facts = {"support": serves, "dns.servers": Known(value=options)}
        self._put("dhcp", seats, numbers, facts=facts, tagged=False)
        vpcs = self._put("vpc", seats, numbers, facts={"support": serves}, tagged=False)
        self.columns.need(vpcs, "dhcp", self._ref("dhcp", seats, numbers))
        zone = np.tile(np.arange(ZONES), seats.size)
        of, number = np.repeat(seats, ZONES), np.repeat(numbers, ZONES) * ZONES + zone
        subnets = self._put("subnet", of, number, zone=zone, facts={"support": serves}, tagged=False)
        self.columns.need(subnets, "vpc", self._ref("vpc", of, number // ZONES))

    def _doors(self) -> None:
        """Add the way in: delivery network, record, load balancer, one after the other."""
        ranks = pl.Series(['"critical"', '"high"', '"medium"', '"low"', None, None])
        rank = ranks.gather(self.rng.integers(0, 6, self.size.size))
        open_ = {"entry_point": Known(value=True), "internet_facing": Known(value=True)}
        lbs, of = self._all(
            "lb", facts={**open_, "criticality": Known(value=rank, evidence=Evidence.DECLARED)}
        )
        self.columns.alias(lbs, hosts("lb", self.mine))
        zones = pl.concat([self._zone_domains(of, zone) for zone in range(ZONES)])
        self.columns.group(lbs, "zone", np.tile(of, ZONES), zones, np.ones((of.size, 2), np.int32))
        fleet_of, fleet = numbered(self.parts["fleet"])
        self.columns.need(lbs[fleet_of], "forwards", self._ref("fleet", fleet_of, fleet))
        records, of = self._all("record", facts=open_)
        self.columns.alias(records, hosts("www", self.mine[of]))
        self.columns.need(records, "answers", hosts("lb", self.mine[of]))
        cdns, of = self._all("cdn", facts=open_)
        self.columns.need(cdns, "origin", hosts("www", self.mine[of]))

    def _databases(self, *, several_zones: NDArray[np.bool_]) -> None:
        """Add databases over two zones or in one, and copies in another region, half told as facts."""
        of, number = numbered(self.parts["db"])
        several = several_zones[of]
        zone = number % ZONES
        for chosen, flag in ((several, True), (~several, False)):
            facts = {"multi_az": Known(value=flag), "engine": Known(value="postgres")}
            own, place = of[chosen], zone[chosen]
            rows = self._put("db", own, number[chosen], zone=None if flag else place, facts=facts)
            self.columns.alias(rows, hosts("db", self.mine[own], number[chosen]))
            if flag:
                second = Standby(refs=self._zone_domains(own, (place + 1) % ZONES), delay=(1.0, 2.0))
                self.columns.need(rows, "zone", self._zone_domains(own, place), standby=second)
        of, number = numbered(self.parts["copy"])
        told = where(self._told(of), '"' + self._ids("db", of, number * 0) + '"')
        self._put(
            "copy", of, number, facts={"engine": Known(value="postgres"), "replica_of": Known(value=told)}
        )

    def _told(self, of: Ints) -> NDArray[np.bool_]:
        """Return whether the copy says itself what it is a copy of; else those who need it name it."""
        return np.asarray(self.mine[of] % 2 == 0, np.bool_)

    def _fleets(self) -> None:
        """Add target groups or scale sets: one machine is enough, half of them in the worst case."""
        rows, _ = self._all("fleet")
        of, number = numbered(self.parts["machine"])
        fleets = self.parts["fleet"]
        fleet = (np.cumsum(fleets) - fleets)[of] + number % fleets[of]
        sizes = np.bincount(fleet, minlength=rows.size)
        k = np.stack([np.ones_like(sizes), (sizes + 1) // 2], axis=1).astype(np.int32)
        self.columns.group(rows, "targets", fleet, self._ref("machine", of, number), k)

    def _machines(self, *, hidden: NDArray[np.bool_]) -> None:
        """Add machines over the zones, their disks, and what they need."""
        of, number = numbered(self.parts["machine"])
        zone = number // self.parts["fleet"][of] % ZONES
        seen = np.where(hidden[of], -1, zone)
        rows = self._put("machine", of, number, zone=seen, facts=self._software(of))
        self._disks(seen)
        seat = self.seats[of]
        network = self.network[of]
        self.columns.need(rows, "disk", self._ref("disk", of, number))
        self.columns.need(rows, "vpc", self._ref("vpc", seat, network))
        self.columns.need(rows, "subnet", self._ref("subnet", seat, network * ZONES + zone))
        self._data_of(rows, of, number)
        self._calls_of(rows, of, number)

    def _disks(self, seen: Ints) -> None:
        """Add a disk for every machine and a second one for every fifth; ``seen``: zones of the machines."""
        of, number = numbered(self.parts["disk"])
        machines = self.parts["machine"]
        machine = np.where(number < machines[of], number, (number - machines[of]) * 5)
        zone = seen[(np.cumsum(machines) - machines)[of] + machine]
        self._put("disk", of, number, zone=zone, facts={"disk.sku": Known(value="Premium_LRS")})

    def _software(self, of: Ints) -> dict[str, Known]:
        chance = self.rng.random((2, of.size))
        family = np.where(self.mine[of] % 5 == 0, 1, 0)
        systems = pl.Series(['"linux"', '"windows"', None])
        facts = {
            "host": Known(value=True, evidence=Evidence.ASSUMED),
            "os": Known(value=systems.gather(np.where(chance[0] < 0.12, 2, family))),
            "state": Known(value="running"),
        }
        if self.cloud == "aws":
            facts["resolver"] = Known(value="vpc", evidence=Evidence.ASSUMED)
        product = (self.mine[of] * 7 // 3) % len(AGENTS)
        versions = pl.Series(['"7.11"', '"none"', None])
        for place, name in enumerate(AGENTS):
            known = np.where(chance[1] < 0.7, 0, np.where(chance[1] < 0.85, 1, 2))
            facts[f"agent.{name}"] = Known(
                value=versions.gather(np.where(product == place, known, 1 + place % 2))
            )
        return facts

    def _data_of(self, rows: Rows, of: Ints, number: Ints) -> None:
        """Let machines need a database of their own, else a shared one, and every third a store."""
        own = self.parts["db"][of] > 0
        mine, which = of[own], number[own] % np.maximum(self.parts["db"][of[own]], 1)
        named = (which == 0) & (self.parts["copy"][mine] > 0) & ~self._told(mine)
        planes = [control_plane_id(self.cloud, code, _service(self.cloud)) for code in self.codes]
        roads = pl.Series(planes).gather(self.other[mine])
        copies = where(named, self._ids("copy", mine, which * 0))
        standby = Standby(refs=copies, delay=(60.0, 240.0), manual=True, via=roads)
        self.columns.need(rows[own], "database", hosts("db", self.mine[mine], which), standby=standby)
        shared = hosts("db", self._hub(of[~own], SHARED.index("shared-database")), 0)
        self.columns.need(rows[~own], "database", shared)
        third = (number % 3 == 0) & (self.stores[of] > 0)
        mine = of[third]
        self.columns.need(rows[third], "store", self._store_ids(mine, number[third] // 3 % self.stores[mine]))

    def _calls_of(self, rows: Rows, of: Ints, number: Ints) -> None:
        """Let machines call the identity service, functions, workloads before theirs and sometimes after."""
        self.columns.need(rows, "identity", hosts("lb", self._hub(of, SHARED.index("identity"))))
        some = (number % 4 == 0) & (self.parts["function"][of] > 0)
        mine = of[some]
        self.columns.need(
            rows[some], "calls", self._ids("function", mine, number[some] // 4 % self.parts["function"][mine])
        )
        chance = self.rng.random((2, of.size))
        down = (chance[0] < 0.1) & (self.mine[of] > 0)
        target = (self.mine[of[down]] * chance[1][down] ** 2).astype(np.int64)
        self.columns.need(rows[down], "calls", hosts("lb", target))
        up = (self.mine[of] % 50 == 25) & (self.mine[of] + 1 < self.count)
        self.columns.need(rows[up], "calls", hosts("lb", self.mine[of[up]] + 1))

    def _functions(self) -> None:
        """Add functions; they need a store, some log to the shared service, some call a vendor."""
        rows, of = self._all("function")
        _, number = numbered(self.parts["function"])
        chance = self.rng.random((2, of.size))
        stored = self.stores[of] > 0
        mine = of[stored]
        self.columns.need(rows[stored], "store", self._store_ids(mine, number[stored] % self.stores[mine]))
        logged = chance[0] < 0.3
        self.columns.need(
            rows[logged], "logging", hosts("lb", self._hub(of[logged], SHARED.index("logging")))
        )
        sold = chance[1] < 0.2
        vendor = (VENDORS * (self.mine[of[sold]] * 0.618 % 1) ** 2).astype(np.int64)
        names = pl.Series([f"api.vendor-{each:02d}.example" for each in range(VENDORS)]).gather(vendor)
        self.columns.need(rows[sold], "vendor", names, evidence=Evidence.INFERRED)

    def _stores(self) -> None:
        for place, part in enumerate(STORES):
            of, number = numbered((self.stores - place + len(STORES) - 1) // len(STORES))
            self._put(part, of, number * len(STORES) + place)

    def _all(self, part: str, *, facts: dict[str, Known] | None = None) -> tuple[Rows, Ints]:
        """Add all of a part; return their rows and the workload of each."""
        of, number = numbered(self.parts[part])
        return self._put(part, of, number, facts=facts), of

    def _put(
        self,
        part: str,
        of: Ints,
        number: Ints,
        *,
        zone: Ints | None = None,
        facts: dict[str, Known] | None = None,
        tagged: bool = True,
    ) -> Rows:
        """Add parts of workloads; ``zone`` numbers the zones of the region, -1 is nobody knows."""
        where = (self.other if part == "copy" else self.home)[of]
        frame = pl.DataFrame({"id": self._ids(part, of, number)}).with_columns(
            name=glued(self.names + f"-{part}-", of, number),
            kind=pl.lit(f"{self.cloud}.{KINDS[part][self.side]}"),
            provider=pl.lit(self.cloud),
            account=self.accounts.gather(of),
            region=pl.lit("global") if part in GLOBAL else self.codes.gather(where),
            zones=pl.lit([], pl.List(pl.String)) if zone is None else self._zones(where, zone),
        )
        rows = self.columns.add(frame, facts or {}, self.names.gather(of) if tagged else None)
        if self.cloud == "aws" and part in SHORT:
            self.columns.alias(rows, self._ref(part, of, number))
        return rows


def _service(cloud: str) -> str:
    return {"aws": "rds", "azure": "microsoft.sql"}[cloud]


def where(mask: NDArray[np.bool_], values: pl.Series) -> pl.Series:
    """Return the values where the mask holds, null elsewhere."""
    return pl.select(pl.when(pl.Series(mask)).then(values).alias("value"))["value"]
