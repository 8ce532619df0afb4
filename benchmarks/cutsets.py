"""Time minimal cut sets: ``python -m benchmarks.cutsets [RESOURCES] [WORKLOADS] [--order N]``.

First the company of ``benchmarks.company``, of which everything is coupled: all cut sets over domains as the
audit finds them, probabilities included, to order 2 and 3 or to the one asked for. Then a system of needs for
the kernels alone, of two clouds: workloads of load balancers before machines over three zones, databases with
a standby zone, quorums of two in three, shared platform services that need each other in circles; a part of
the workloads stands in a second region, a part in a second cloud. Then, where ``AUDITOR_TEST_DATA`` holds
them, the Aralia fault trees beside the times of SCRAM given there. Seconds are of processor time, all threads
together. Figures are printed, never asserted.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import numpy as np
from numpy.typing import NDArray

from auditor.analyses.cut_sets import measure
from auditor.estate import build
from auditor.kernels import Plan
from auditor.kernels.cutsets import cut_sets, system
from auditor.kernels.decision import exact
from auditor.outages import catalogue
from benchmarks.company import inventory

CLOUDS, REGIONS, ZONES, SERVICES = 2, 10, 3, 20
ACCOUNTS, AGENTS, VENDORS, SHARED = 40, 4, 30, 5
LATE = 0.15  # share of workloads with a second cloud, and as many again three times with a second region


@dataclass(slots=True)
class Company:
    """A system of needs that grows; ``domains`` are the nodes that may fail."""

    rng: np.random.Generator
    needs: list[tuple[int, int, list[int]]] = field(default_factory=list)
    domains: list[int] = field(default_factory=list)
    nodes: int = 0

    def node(self, *all_of: int) -> int:
        """Return a new node that needs all of some."""
        self.nodes += 1
        if all_of:
            self.needs.append((self.nodes - 1, len(all_of), list(all_of)))
        return self.nodes - 1

    def domain(self, *all_of: int) -> int:
        """Return a new node that may fail by itself."""
        self.domains.append(self.node(*all_of))
        return self.domains[-1]

    def some(self, owner: int, k: int, members: Iterable[int]) -> None:
        """Let a node need k of some members."""
        self.needs.append((owner, k, list(members)))

    def pick(self, nodes: list[int]) -> int:
        """Return one of the nodes."""
        return nodes[int(self.rng.integers(len(nodes)))]

    def plan(self) -> Plan:
        """Return the arrays."""
        sizes = [len(members) for _, _, members in self.needs]
        return Plan(
            nodes=self.nodes,
            owner=np.array([owner for owner, _, _ in self.needs], np.int32),
            k=np.array([k for _, k, _ in self.needs], np.int32),
            start=np.cumsum([0, *sizes], dtype=np.int64),
            member=np.array([node for _, _, members in self.needs for node in members], np.int32),
            delay=np.zeros(sum(sizes)),
        )


@dataclass(frozen=True, slots=True)
class Region:
    """The domains of one region, and the shared platform services that run there."""

    zones: list[int]
    services: list[int]
    shared: list[int]


def company(resources: int, workloads: int, seed: int) -> tuple[Plan, NDArray[np.intp], list[int]]:
    """Return a plan, its failure domains, and the nodes of its workloads."""
    made = Company(np.random.default_rng(seed))
    accounts = [made.domain() for _ in range(ACCOUNTS)]
    agents = [made.domain() for _ in range(AGENTS)]
    clouds = [_cloud(made) for _ in range(CLOUDS)]
    vendors = [made.domain(made.pick(_region(made, clouds).services)) for _ in range(VENDORS)]
    tops = []
    for number in range(workloads):
        home, other = number % CLOUDS, made.rng.permutation(REGIONS)[:2].tolist()
        places = [clouds[home][other[0]]]
        draw = made.rng.random()
        if draw < LATE:
            places.append(clouds[1 - home][other[1]])
        elif draw < 4 * LATE:
            places.append(clouds[home][other[1]])
        size = resources // workloads // len(places)
        sites = [_site(made, place, size, made.pick(accounts), made.pick(agents)) for place in places]
        tops.append(made.node(made.pick(vendors)) if made.rng.random() < LATE else made.node())
        made.some(tops[-1], 1, sites)
    return made.plan(), np.array(made.domains), tops


def _cloud(made: Company) -> list[Region]:
    cloud = made.domain()
    world = [made.domain(cloud) for _ in range(SERVICES // 4)]
    found = []
    for _ in range(REGIONS):
        region = made.domain(cloud)
        zones = [made.domain(region) for _ in range(ZONES)]
        services = [made.domain(region, made.pick(world)) for _ in range(SERVICES)]
        shared = [made.node(made.pick(services)) for _ in range(SHARED)]
        for at, each in enumerate(shared):  # each in two zones, and in a circle with the next
            made.some(each, 1, made.rng.permutation(zones)[:2].tolist())
            made.some(each, 1, [shared[at - 1], made.pick(services)])
        found.append(Region(zones, services, shared))
    return found


def _site(made: Company, place: Region, size: int, account: int, agent: int) -> int:
    """Return a load balancer before machines that need a database, a quorum and shared services."""
    front = made.node(account, place.services[0], place.services[1])
    database = made.node(account, place.services[2])
    made.some(database, 1, made.rng.permutation(place.zones)[:2].tolist())
    quorum = made.node(account, place.services[3])
    made.some(quorum, 2, place.zones)
    base = [database, quorum, made.pick(place.shared), made.pick(place.services)]
    machines = []
    for number in range(max((size - 3) // 2, 1)):
        zone = place.zones[number % ZONES]
        disk = made.node(place.services[4], zone)
        some = [made.pick(place.shared)] if number % 7 == 0 else []
        machines.append(made.node(place.services[5], zone, account, agent, disk, *base, *some))
    made.some(front, max(len(machines) // 2, 1), machines)
    return front


def _region(made: Company, clouds: list[list[Region]]) -> Region:
    cloud = clouds[int(made.rng.integers(len(clouds)))]
    return cloud[int(made.rng.integers(len(cloud)))]


def coupled(resources: int, orders: Iterable[int]) -> None:
    """Time the cut sets of every workload of the company in which everything is coupled."""
    estate, outages = build(inventory(resources)), catalogue()
    kinds = f"{len(estate.names):,} nodes, {estate.graph.owner.size:,} needs"
    print(f"the coupled company: {kinds}, {len(estate.workloads)} workloads")
    for order in orders:
        start = time.process_time()
        found = measure(estate, outages, order=order)
        took = time.process_time() - start
        counts = np.zeros(order, np.int64)
        for each in found:
            counts[: len(each.counts)] += each.counts
        whole = sum(each.order == order for each in found)
        print(f"order {order}: {took:.1f} s, sets {counts.tolist()}, to the end for {whole} workloads")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB\n")


def generated(resources: int, workloads: int) -> None:
    """Time all workloads of a generated company to order 2 and 3."""
    plan, domains, tops = company(resources, workloads, seed=1)
    print(
        f"{plan.nodes:,} nodes, {plan.owner.size:,} needs, "
        f"{plan.member.size:,} members, {len(domains)} domains"
    )
    start = time.process_time()
    ready = system(plan, domains)
    merged = ready.condensed.plan
    took = time.process_time() - start
    print(f"made ready in {took:.2f} s: {merged.nodes:,} nodes, {merged.member.size:,} members are left")
    for order in (2, 3):
        each, counts = [], np.zeros(order, np.int64)
        for top in tops:
            start = time.process_time()
            found = cut_sets(ready.cone(top), order=order)
            each.append(time.process_time() - start)
            counts[: len(found.counts)] += found.counts
        print(
            f"order {order}: {len(tops)} workloads in {sum(each):.1f} s "
            f"(median {1000 * median(each):.0f} ms, worst {1000 * max(each):.0f} ms), sets {counts.tolist()}"
        )
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


def aralia(folder: Path) -> None:
    """Time every tree to order 3, and its exact probability, beside SCRAM."""
    print(f"\n{'tree':10} {'events':>6} {'sets':>8} {'to order 3':>11} {'SCRAM zbdd':>11} {'diagram':>9}")
    for path in sorted(folder.glob("*.json")):
        tree = json.loads(path.read_text(encoding="utf-8"))
        events, sizes = len(tree["events"]), [len(gate["of"]) for gate in tree["gates"]]
        plan = Plan(
            nodes=events + len(sizes),
            owner=np.arange(events, events + len(sizes), dtype=np.int32),
            k=np.array([n - gate["k"] + 1 for n, gate in zip(sizes, tree["gates"], strict=True)], np.int32),
            start=np.cumsum([0, *sizes], dtype=np.int64),
            member=np.array([member for gate in tree["gates"] for member in gate["of"]], np.int32),
            delay=np.zeros(sum(sizes)),
        )
        chance = np.zeros(plan.nodes)
        chance[:events] = [event["p"] for event in tree["events"]]
        start = time.process_time()
        cone = system(plan, np.arange(events)).cone(plan.nodes - 1)
        found = cut_sets(cone)
        middle = time.process_time()
        drawn = exact(cone, chance)
        end = time.process_time()
        right = found.counts == tuple(tree["minimal_cut_sets"].values())[: len(found.counts)]
        print(
            f"{tree['name']:10} {events:6} {len(found):8} {middle - start:9.3f} s "
            f"{tree['scram_seconds']['zbdd_to_order_3']:9.3f} s "
            f"{'-' if drawn is None else f'{end - middle:.3f} s':>9} {'' if right else 'WRONG COUNTS'}"
        )


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cutsets", description="Time cut sets.")
    parser.add_argument("resources", nargs="?", type=int, default=100_000)
    parser.add_argument("workloads", nargs="?", type=int, default=500, help="of the system of needs")
    parser.add_argument("--order", type=int, help="only this order, and only of the coupled company")
    asked = parser.parse_args()
    coupled(asked.resources, (2, 3) if asked.order is None else (asked.order,))
    if asked.order is not None:
        return
    generated(asked.resources, asked.workloads)
    trees = Path(os.environ.get("AUDITOR_TEST_DATA", "../shared/data")) / "fault-trees"
    if trees.is_dir():
        aralia(trees)


if __name__ == "__main__":
    main()
