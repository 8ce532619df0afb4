"""Facts that tags and fleets declare, laid over the collected ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator

import polars as pl

from auditor.inventory import Inventory
from auditor.inventory.assembly import STRENGTH
from auditor.inventory.joining import matching
from auditor.inventory.tables import empty_table, encode_value
from auditor.model.domain import service_of
from auditor.model.evidence import Evidence
from auditor.model.fact_values import FactError, from_text
from auditor.model.gap import Gap, GapReason
from auditor.model.workload import Fleet

SERVICE = "manifest"
"""Service of the gaps a declaration leaves, by which the next one finds and drops them."""

TAG = "auditor:"
TAG_ORIGIN = f"tag {TAG}"
FLEET_ORIGIN = "fleet "
ENTRY_ORIGIN = "settings: "
"""How the origin of a fact begins that was laid over a collected resource."""


def uncovered(inventory: Inventory, origins: tuple[str, ...]) -> Inventory:
    """Return the inventory without the facts laid over it from ``origins``, what they hid being back."""
    laid = (pl.col("evidence") == Evidence.DECLARED.value) & pl.any_horizontal(
        [pl.col("origin").str.starts_with(origin) for origin in origins]
    )
    gone = inventory.facts.filter(laid).select("resource", "name")
    gaps = tuple(gap for gap in inventory.gaps if gap.service != SERVICE)
    if not gone.height:
        return dataclasses.replace(inventory, gaps=gaps)
    back = inventory.overridden.join(gone, on=["resource", "name"], how="semi")
    return dataclasses.replace(
        inventory,
        facts=by_name(pl.concat([inventory.facts.filter(~laid), back])),
        overridden=by_name(inventory.overridden.join(gone, on=["resource", "name"], how="anti")),
        gaps=gaps,
    )


def by_name(facts: pl.DataFrame) -> pl.DataFrame:
    """Return facts in the order of their table: by resource, then by name."""
    if not facts.height:
        return facts
    names = facts["name"].unique().sort()
    rank = pl.col("name").replace_strict(names, range(names.len()), return_dtype=pl.UInt64)
    # One number sorts many times faster than a number and a text.
    return facts.sort(pl.col("resource").cast(pl.UInt64) * names.len() + rank, maintain_order=True)


def covered(inventory: Inventory, declared: Iterable[pl.DataFrame]) -> Inventory:
    """Return the inventory with declared facts over weaker ones; of two declared ones the first counts.

    Facts already there that are declared themselves stay.
    """
    frames = [frame.with_columns(turn=pl.lit(turn, pl.Int32)) for turn, frame in enumerate(declared, start=1)]
    stated = pl.concat(frames)
    if not stated.height:
        return inventory
    key = ["resource", "name"]
    rank = pl.col("evidence").replace_strict(STRENGTH, return_dtype=pl.UInt8)
    found = inventory.facts.join(stated, on=key, how="semi").with_columns(turn=pl.lit(0, pl.Int32))
    ranked = pl.concat([found, stated]).sort(*key, rank, "turn")
    winners = ranked.unique(key, keep="first", maintain_order=True)
    hidden = found.join(winners.filter(pl.col("turn") > 0), on=key, how="semi").drop("turn")
    rest = inventory.facts.join(stated, on=key, how="anti", maintain_order="left")
    return dataclasses.replace(
        inventory,
        facts=by_name(pl.concat([rest, winners.drop("turn")])),
        overridden=by_name(
            pl.concat([inventory.overridden, hidden]).unique(key, keep="first", maintain_order=True)
        ),
    )


def of_tags(inventory: Inventory) -> tuple[pl.DataFrame, tuple[Gap, ...]]:
    """Return the facts that ``auditor:<fact>=value`` tags declare, and a gap for each that cannot be."""
    tags = inventory.tags.filter(pl.col("key").str.to_lowercase().str.starts_with(TAG))
    rows, wrong = [], []
    for key, text in tags.select("key", "value").unique().sort("key", "value").iter_rows():
        name = key.lower().removeprefix(TAG)
        try:
            rows.append((key, text, name, encode_value(from_text(name, text))))
        except FactError as error:
            wrong.append((key, text, str(error), error.hint))
    read = pl.DataFrame(rows, schema=["key", "text", "name", "value"], orient="row", schema_overrides=_TEXTS)
    facts = (
        tags.rename({"value": "text"})
        .join(read, on=["key", "text"])
        .select(
            "resource",
            "name",
            "value",
            evidence=pl.lit(Evidence.DECLARED.value),
            origin=pl.lit(TAG_ORIGIN) + pl.col("name"),
        )
    )
    # One resource may carry a key in two letter cases; the first by value counts, on every run.
    once = facts.sort("resource", "name", "value").unique(
        ["resource", "name"], keep="first", maintain_order=True
    )
    return once, tuple(gap for each in wrong for gap in _unreadable(inventory, tags, *each))


def of_fleet(inventory: Inventory, fleet: Fleet) -> tuple[pl.DataFrame, tuple[Gap, ...]]:
    """Return the facts a fleet declares on all it matches; one that matches nothing leaves a gap."""
    matched = pl.Series("resource", matching(inventory, fleet.join)).arg_true().cast(pl.UInt32)
    if not matched.len():
        gap = Gap(
            provider="declared",
            service=SERVICE,
            operation=f"fleet {fleet.name}",
            reason=GapReason.UNSUPPORTED,
            detail="matches no resource, so its facts are on none",
            remedy="correct its match in the settings file",
        )
        return empty_table("facts"), (gap,)
    frames = [
        pl.DataFrame({"resource": matched}).with_columns(
            name=pl.lit(name),
            value=pl.lit(encode_value(value)),
            evidence=pl.lit(Evidence.DECLARED.value),
            origin=pl.lit(FLEET_ORIGIN + fleet.name),
        )
        for name, value in fleet.facts
    ]
    return pl.concat(frames) if frames else empty_table("facts"), ()


_TEXTS = {"key": pl.String, "text": pl.String, "name": pl.String, "value": pl.String}


def _unreadable(
    inventory: Inventory, tags: pl.DataFrame, key: str, text: str, why: str, hint: str
) -> Iterator[Gap]:
    """Yield one gap per place in which resources carry a tag that cannot be read."""
    carriers = inventory.resources[
        tags.filter((pl.col("key") == key) & (pl.col("value") == text))["resource"].unique().sort()
    ]
    places = carriers.group_by("provider", "account", "region", maintain_order=True).agg(
        pl.len().alias("count"), pl.col("id").first(), pl.col("kind").first()
    )
    for provider, account, region, count, first, kind in places.iter_rows():
        others = f" and {count - 1} more" if count > 1 else ""
        yield Gap(
            provider=provider,
            account=account or "",
            region=region or "",
            service=SERVICE,
            operation=f"tag {key}={text}",
            reason=GapReason.UNSUPPORTED,
            detail=f"{why}, on {first}{others} ({service_of(kind) or kind})",
            remedy=f"correct the tag{': ' + hint if hint else ''}",
        )
