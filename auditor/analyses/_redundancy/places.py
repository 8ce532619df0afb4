"""Redundancies whose members stand in one city: nothing takes them all, yet much may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from auditor.analyses._redundancy.claims import Pool
from auditor.analyses._redundancy.sorts import WIDE
from auditor.model import places


def neighbours(pools: Sequence[Pool]) -> dict[int, str]:
    """Return the metro that holds too many members of a claim over regions or providers, by its number."""
    found = {}
    for number, pool in enumerate(pools):
        if pool.claimed not in WIDE or len(pool.regions) == 1:
            continue
        homes = [places.region(*spot.region) for spot in pool.spots if spot.region is not None]
        metros = Counter(home.metro for home in homes if home is not None)
        metro, count = min(metros.items(), key=lambda pair: (-pair[1], pair[0]), default=("", 0))
        if count > len(pool.members) - pool.needed:
            found[number] = metro
    return found


def why(metro: str) -> str:
    """Return one sentence on two places in one city."""
    city = places.metro(metro)
    return f"they stand in or near {city.name if city else metro}: one grid, one weather"
