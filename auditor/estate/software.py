"""Implied needs of machines: the operating system and the agents they run, known or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.estate.alike import alike
from auditor.estate.draft import Draft, evidence_codes
from auditor.estate.graph import NodeKind
from auditor.inventory import Inventory
from auditor.inventory.tables import encode_value
from auditor.model.evidence import Evidence
from auditor.model.facts import AGENT_PREFIX

_ABSENT = [encode_value("none"), encode_value(False)]
_FAMILIES = ("linux", "windows")
"""What a machine of unknown system may run when no system is known at all."""

_ORIGIN = "an agent on the machine"

Mask = NDArray[np.bool_]


def add_software(draft: Draft, inventory: Inventory) -> None:
    """Give every machine its system and agents.

    What is not known of a machine ranges over what is seen or declared in this inventory: an agent nobody
    looked for may be there, so it is needed in the worst case.
    """
    hosts = _hosts(inventory)
    agents = _agents(inventory, hosts)
    _add_systems(draft, hosts)
    scheduled = np.zeros(len(inventory), np.bool_)
    scheduled[inventory.fact_frame("offline_utc")["resource"].to_numpy()] = True
    draft.assume(
        "machines are taken to be online at all hours",
        int((~scheduled[hosts.owner]).sum()),
        "declare offline_utc where they are not",
    )
    runs_on = _runs_on(hosts, agents)
    nodes = _agent_nodes(draft, hosts, agents, runs_on)
    _add_present(draft, hosts, agents, runs_on, nodes)
    for product in np.flatnonzero(runs_on.any(axis=1)).tolist():
        asked = agents.host[agents.product == product]
        _add_unknown(draft, hosts, asked, agents.products[product], runs_on[product], nodes[product])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hosts:
    """Machines.

    Attributes:
        owner: int32 [h], their nodes, ascending.
        row: int32 per resource, which machine it is, -1 none.
        families: systems seen, in order; those there are if none was.
        family: int32 [h], of each one's system, -1 unknown.
        evidence: uint8 [h], code of what tells the system.
    """

    owner: NDArray[np.int32]
    row: NDArray[np.int32]
    families: tuple[str, ...]
    family: NDArray[np.int32]
    evidence: NDArray[np.uint8]

    @property
    def may_be(self) -> Mask:
        """Which machines [h] may run which systems [families]: one that is known runs no other."""
        family = self.family[:, None]
        return np.asarray((family == np.arange(len(self.families))) | (family < 0), np.bool_)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Agents:
    """What is known of agents on machines, in order of machines and products.

    Attributes:
        products: in order.
        host: int32 [a], which machine.
        product: int32 [a].
        present: bool [a], false where an agent is known not to be there.
        evidence: uint8 [a], code.
    """

    products: tuple[str, ...]
    host: NDArray[np.int32]
    product: NDArray[np.int32]
    present: Mask
    evidence: NDArray[np.uint8]


def _hosts(inventory: Inventory) -> _Hosts:
    machines = inventory.fact_frame("host").filter(pl.col("value") == "true")
    owner = machines["resource"].cast(pl.Int32).to_numpy()
    row = np.full(len(inventory), -1, np.int32)
    row[owner] = np.arange(owner.size, dtype=np.int32)
    systems = inventory.fact_frame("os")
    systems = systems.filter(pl.Series(row[systems["resource"].to_numpy()] >= 0))
    families, number = _numbered(systems["value"], lambda text: text.strip('"').lower())
    family, evidence = np.full(owner.size, -1, np.int32), np.zeros(owner.size, np.uint8)
    at = row[systems["resource"].to_numpy()]
    family[at], evidence[at] = number, evidence_codes(systems["evidence"])
    return _Hosts(owner=owner, row=row, families=families or _FAMILIES, family=family, evidence=evidence)


def _agents(inventory: Inventory, hosts: _Hosts) -> _Agents:
    stated = inventory.facts.filter(pl.col("name").str.starts_with(AGENT_PREFIX))
    stated = stated.filter(pl.Series(hosts.row[stated["resource"].to_numpy()] >= 0))
    products, number = _numbered(stated["name"], lambda text: text.removeprefix(AGENT_PREFIX))
    return _Agents(
        products=products,
        host=hosts.row[stated["resource"].to_numpy()],
        product=number,
        present=(~stated["value"].is_in(_ABSENT)).to_numpy(),
        evidence=evidence_codes(stated["evidence"]),
    )


def _numbered(texts: pl.Series, put: Callable[[str], str]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the distinct texts in order, each put another way, and which one is in each place."""
    groups = alike(texts)
    shown = [put(text) for text in texts.gather(groups.first)]
    values = tuple(sorted(set(shown)))
    place = np.array([values.index(each) for each in shown], np.int32)
    return values, place[groups.group]


def _add_systems(draft: Draft, hosts: _Hosts) -> None:
    known, lost = np.flatnonzero(hosts.family >= 0), np.flatnonzero(hosts.family < 0)
    names = [f"os:{family}" for family in hosts.families] if hosts.owner.size else []
    nodes = np.array([draft.nodes.add(name, NodeKind.DOMAIN) for name in names], np.int32)
    _add(
        draft,
        {"owner": hosts.owner[known], "node": nodes[hosts.family[known]], "evidence": hosts.evidence[known]},
        "os",
        "the machine's system",
    )
    owner = np.repeat(hosts.owner[lost], nodes.size)
    spread = {"owner": owner, "node": np.tile(nodes, lost.size)}
    _add(draft, spread, "os", "any system seen here", unknown="os")
    draft.assume(
        "machines of unknown operating system may run any system seen here",
        lost.size,
        "tag auditor:os=windows|linux, or declare it on a fleet",
    )


def _runs_on(hosts: _Hosts, agents: _Agents) -> Mask:
    """Return on which systems [families] agents [products] run: where seen, else on any, if there at all."""
    found = np.zeros((len(agents.products), len(hosts.families)), np.bool_)
    family = hosts.family[agents.host]
    seen = agents.present & (family >= 0)
    found[agents.product[seen], family[seen]] = True
    there = np.zeros(len(agents.products), np.bool_)
    there[agents.product[agents.present]] = True
    found[there & ~found.any(axis=1)] = True
    return found


def _agent_nodes(draft: Draft, hosts: _Hosts, agents: _Agents, runs_on: Mask) -> NDArray[np.int32]:
    """Return the node of each agent [products] on each system [families] it runs on."""
    nodes = np.full(runs_on.shape, -1, np.int32)
    for product, family in zip(*np.nonzero(runs_on), strict=True):
        name = f"agent:{agents.products[product]}/{hosts.families[family]}"
        nodes[product, family] = draft.nodes.add(name, NodeKind.DOMAIN)
    return nodes


def _add_present(
    draft: Draft, hosts: _Hosts, agents: _Agents, runs_on: Mask, nodes: NDArray[np.int32]
) -> None:
    """Add the agents that are there; where the system is unknown, for any they run on."""
    family = hosts.family[agents.host]
    known = np.flatnonzero(agents.present & (family >= 0))
    placed: dict[str, NDArray[Any]] = {
        "owner": hosts.owner[agents.host[known]],
        "node": nodes[agents.product[known], family[known]],
        "evidence": agents.evidence[known],
    }
    _add(draft, placed, "agents", _ORIGIN)
    open_ = np.flatnonzero(agents.present & (family < 0))
    which, on = np.nonzero(runs_on[agents.product[open_]])
    at = open_[which]
    spread: dict[str, NDArray[Any]] = {
        "owner": hosts.owner[agents.host[at]],
        "node": nodes[agents.product[at], on],
        "evidence": agents.evidence[at],
    }
    _add(draft, spread, "agents", _ORIGIN, unknown="os")


def _add_unknown(
    draft: Draft,
    hosts: _Hosts,
    asked: NDArray[np.int32],
    product: str,
    runs_on: Mask,
    nodes: NDArray[np.int32],
) -> None:
    """Add an agent that runs somewhere here to the machines of which nobody knows whether it does."""
    open_ = hosts.may_be & runs_on
    open_[asked] = False
    host, family = np.nonzero(open_)
    name = f"{AGENT_PREFIX}{product}"
    pairs = {"owner": hosts.owner[host], "node": nodes[family]}
    _add(draft, pairs, "agents", _ORIGIN, unknown=name)
    draft.assume(
        f"machines of which nobody knows whether they run {product} may run it",
        int(open_.any(axis=1).sum()),
        f"tag auditor:{name}=<version>|present|none, or declare it on a fleet",
    )


def _add(
    draft: Draft, pairs: Mapping[str, NDArray[Any]], role: str, origin: str, unknown: str | None = None
) -> None:
    draft.add_each(pl.DataFrame(pairs), role, evidence=Evidence.ASSUMED, origin=origin, unknown=unknown)
