"""Placement shares on each axis by three weights, with the Herfindahl-Hirschman index.

HHI = 10,000 x sum of squared shares (Hirschman 1945; Herfindahl 1950); its reciprocal form 10,000 / HHI is
the effective number of equal domains. With an unplaced share u the index is a range: u spread thin adds
nothing, u all in the largest domain adds most.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from auditor.analyses._text import span
from auditor.analyses.base import Analysis, Context, Finding
from auditor.estate import closure, in_use
from auditor.estate.graph import Estate
from auditor.inventory import Inventory
from auditor.inventory.tables import encode_value
from auditor.model.audit import Concentration, DomainShare
from auditor.model.domain import Axis, agent_id, axis_of, os_id
from auditor.model.facts import AGENT_PREFIX
from auditor.model.places import region
from auditor.model.section import Bars, Block, Cell, Map, Marker, Note, Section, Table, Tone

_ABSENT = [encode_value("none"), encode_value(False)]
"""What an agent's fact says of a machine without it."""
WEIGHTS = ("count", "criticality", "cost")
TOP = 5
LARGE = 0.5
"""Share from which one place is marked as a concentration."""
DIVERSITY = (
    "Diversity is not redundancy: half in one cloud and half in another, both needed, has the best index and "
    "the worst exposure. Read survival of single losses first."
)
HIGH, MODERATE = (
    2_500.0,
    1_500.0,
)  # the limits of the US merger guidelines of 2010, by which HHI is usually read


def hhi_range(shares: NDArray[np.float64], unplaced: float) -> tuple[float, float]:
    """Return (low, high) of the index, 0 to 10,000, for shares in [0, 1] and an unplaced share."""
    if shares.size == 0:
        return 0.0, 10_000.0 * unplaced**2
    squares = float((shares**2).sum())
    largest = float(shares.max())
    return 10_000 * squares, 10_000 * (squares - largest**2 + (largest + unplaced) ** 2)


def resource_weights(estate: Estate) -> dict[str, NDArray[np.float64] | None]:
    """Return a weight per resource: 1 where in use; the workload's spread over it; cost, None if unknown.

    What only serves others and serves nobody counts nothing: a default network stands in every region.
    """
    member = estate.resource_workload
    joined = member >= 0
    size = np.bincount(member[joined], minlength=len(estate.workloads))
    each = np.array([w.weight for w in estate.workloads], np.float64) / np.maximum(size, 1)
    criticality = np.where(joined, each[member] if each.size else 0.0, 0.0)
    costs = estate.inventory.fact_frame("monthly_cost")
    cost: NDArray[np.float64] | None = None
    if costs.height:
        cost = np.zeros(len(estate.inventory))
        cost[costs["resource"].to_numpy()] = costs["value"].cast(pl.Float64).to_numpy()
    return {"count": in_use(estate).astype(np.float64), "criticality": criticality, "cost": cost}


def placements(inventory: Inventory, axis: Axis) -> pl.DataFrame:
    """Return resource, domain (null: unplaced) of all resources on the axis; several rows where spread.

    Things that are not on an axis (a regional service on the zone axis, a global one on the region axis) have
    no row.
    """
    rows = inventory.resources.with_row_index("resource")
    provider = pl.col("provider")
    if axis is Axis.PROVIDER:
        return rows.select("resource", domain=pl.concat_str(pl.lit("provider:"), provider))
    if axis is Axis.ACCOUNT:
        return rows.filter(pl.col("account").is_not_null()).select(
            "resource", domain=pl.concat_str(pl.lit("account:"), provider, pl.lit("/"), pl.col("account"))
        )
    if axis is Axis.REGION:
        return rows.filter(pl.col("region").fill_null("") != "global").select(
            "resource", domain=pl.concat_str(pl.lit("region:"), provider, pl.lit("/"), pl.col("region"))
        )
    return (
        rows.filter(pl.col("zones").is_null() | (pl.col("zones").list.len() > 0))
        .explode("zones")
        .select("resource", domain=pl.concat_str(pl.lit("zone:"), provider, pl.lit("/"), pl.col("zones")))
    )


def _measure(frame: pl.DataFrame, axis: Axis, name: str, weight: NDArray[np.float64] | None) -> Concentration:
    if weight is None or not frame.height:
        return Concentration(axis=axis.value, weight=name, hhi=None, effective=None, unplaced=0.0, top=())
    spread = frame.with_columns(
        part=pl.Series(weight[frame["resource"].to_numpy()]) / pl.len().over("resource")
    )
    total = float(spread["part"].sum())
    if total <= 0:
        return Concentration(axis=axis.value, weight=name, hhi=None, effective=None, unplaced=0.0, top=())
    shares = (
        spread.filter(pl.col("domain").is_not_null())
        .group_by("domain")
        .agg(share=pl.col("part").sum() / total)
        .filter(pl.col("share") > 0)
        .sort(["share", "domain"], descending=[True, False])
    )
    unplaced = max(0.0, 1.0 - float(shares["share"].sum()))
    unplaced = 0.0 if unplaced < 1e-12 else unplaced  # noqa: PLR2004 - rounding of the sum, not a share
    low, high = hhi_range(shares["share"].to_numpy(), unplaced)
    return Concentration(
        axis=axis.value,
        weight=name,
        hhi=(low, high),
        effective=(10_000 / high, 10_000 / low) if low > 0 else None,
        unplaced=unplaced,
        top=tuple(DomainShare(domain=d, share=s) for d, s in shares.head(TOP).iter_rows()),
    )


def _vendors(estate: Estate) -> list[Concentration]:
    """Return vendor shares: each workload's weight split over the vendors it needs."""
    vendors = np.array([axis_of(name) is Axis.VENDOR for name in estate.names])
    rows: list[tuple[int, str | None]] = []
    for index, node in enumerate(estate.workload_nodes):
        used = [estate.names[v] for v in closure(estate, int(node)) if vendors[v]] if vendors.any() else []
        rows.extend((index, vendor) for vendor in used)
    frame = pl.DataFrame(rows, schema={"resource": pl.UInt32, "domain": pl.String}, orient="row")
    weights = {
        "count": np.ones(len(estate.workloads)),
        "criticality": np.array([w.weight for w in estate.workloads], np.float64),
        "cost": None,
    }
    return [_measure(frame, Axis.VENDOR, name, weight) for name, weight in weights.items()]


def coverage_shares(inventory: Inventory) -> list[Concentration]:
    """Return the share of hosts per operating system and per agent; no index, as a host carries several."""
    hosts = inventory.fact_frame("host").filter(pl.col("value") == "true").select("resource")
    if not hosts.height:
        return []
    facts = inventory.facts.join(hosts, on="resource", how="semi")
    systems = facts.filter(pl.col("name") == "os").select(
        "resource", os=pl.col("value").str.json_decode(pl.String)
    )
    agents = (
        facts.filter(pl.col("name").str.starts_with(AGENT_PREFIX) & ~pl.col("value").is_in(_ABSENT))
        .join(systems, on="resource", how="left")
        .select(
            "resource",
            product=pl.col("name").str.strip_prefix(AGENT_PREFIX),
            os=pl.col("os").fill_null("unknown"),
        )
    )
    by_os = {os_id(family): count for family, count in systems.group_by("os").len().iter_rows()}
    by_agent = {
        agent_id(product, family): count
        for product, family, count in agents.group_by("product", "os").len().iter_rows()
    }
    told = facts.filter(pl.col("name").str.starts_with(AGENT_PREFIX))["resource"].n_unique()
    return [
        _hosts(Axis.OS, by_os, hosts.height, systems.height),
        _hosts(Axis.AGENT, by_agent, hosts.height, told),
    ]


def _hosts(axis: Axis, counts: dict[str, int], hosts: int, known: int) -> Concentration:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:TOP]
    return Concentration(
        axis=axis.value,
        weight="count",
        hhi=None,
        effective=None,
        unplaced=1 - known / hosts,
        top=tuple(DomainShare(domain=domain, share=count / hosts) for domain, count in ordered),
    )


def run(context: Context) -> Finding:
    """Return shares for each axis and weight."""
    estate = context.estate
    weights = resource_weights(estate)
    found = [
        _measure(placements(estate.inventory, axis), axis, name, weights[name])
        for axis in (Axis.PROVIDER, Axis.REGION, Axis.ZONE, Axis.ACCOUNT)
        for name in WEIGHTS
    ]
    found += _vendors(estate) + coverage_shares(estate.inventory)
    return Finding(value=tuple(found), sections=(_section(found),))


def _section(found: list[Concentration]) -> Section:
    rows = tuple(_row(item) for item in found if item.top)
    regions = (item for item in found if (item.axis, item.weight) == ("region", "criticality"))
    bars = next((item for item in regions if item.top), None)
    note = Note(
        lines=(DIVERSITY,),
        tone=Tone.CAUTION,
    )
    table = Table(
        columns=("Axis", "Weight", "HHI", "Effective", "Unplaced", "Largest shares"),
        rows=rows,
        numeric=("HHI", "Effective", "Unplaced"),
        caption="HHI: 10,000 = all in one place; above 2,500 is usually called highly concentrated.",
    )
    blocks: tuple[Block, ...] = (note, table)
    if bars is not None:
        blocks = (note, _map(bars), _bars(bars), table)
    return Section(id="concentration", title="Where it all stands", blocks=blocks)


def _map(item: Concentration) -> Map:
    """Return where the largest shares stand; a region of unknown place has no marker."""
    markers = []
    for top in item.top:
        provider, _, code = top.domain.partition(":")[2].partition("/")
        place = region(provider, code)
        if place is not None:
            markers.append(
                Marker(
                    label=f"{place.city} ({provider}/{code}) {top.share:.0%}",
                    latitude=place.latitude,
                    longitude=place.longitude,
                    size=top.share,
                    tone=Tone.BAD if top.share > LARGE else Tone.PLAIN,
                )
            )
    return Map(markers=tuple(markers), caption="Share of criticality weight per region")


def _bars(item: Concentration) -> Bars:
    shares = tuple(100 * top.share for top in item.top)
    return Bars(
        labels=tuple(top.domain for top in item.top),
        low=shares,
        high=shares,
        unit="%",
        caption="Share of criticality weight per region",
    )


def _row(item: Concentration) -> tuple[Cell, ...]:
    tone = Tone.PLAIN
    if item.hhi is not None:
        tone = Tone.BAD if item.hhi[0] > HIGH else Tone.CAUTION if item.hhi[1] > MODERATE else Tone.GOOD
    return (
        Cell(text=item.axis),
        Cell(text=item.weight),
        Cell(text="-" if item.hhi is None else span(item.hhi, ",.0f"), tone=tone),
        Cell(text="-" if item.effective is None else span(item.effective, ".1f")),
        Cell(text=f"{item.unplaced:.0%}", tone=Tone.UNKNOWN if item.unplaced else Tone.PLAIN),
        Cell(text=", ".join(f"{top.domain} {top.share:.0%}" for top in item.top[:3])),
    )


ANALYSIS = Analysis(name="concentration", run=run, order=55)
