"""Geometry of the drawings on a page: numbers in, coordinates out; the template writes the marks."""

from __future__ import annotations

import math
from dataclasses import dataclass

from auditor.model.section import Bars, Curve, Map, Tone

BAR_WIDTH, BAR_STEP = 400.0, 28.0
CURVE_WIDTH, CURVE_HEIGHT, MARGIN = 560.0, 240.0, 48.0
MAP_WIDTH, MAP_HEIGHT = 720.0, 300.0
NORTH, SOUTH = 80.0, -60.0
"""Latitudes between which anybody runs computers."""
TICKS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: what it says, where it stands, how far its low and its high bound reach."""

    label: str
    value: str
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A curve in its frame."""

    points: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A place on the map; its label stands left of it where the map's edge is near."""

    label: str
    x: float
    y: float
    radius: float
    tone: Tone
    left: bool


def bars(block: Bars) -> tuple[Bar, ...]:
    """Return the bars of a block on a scale to 100 %, or to the largest amount."""
    top = 100.0 if block.unit == "%" else max(block.high, default=0.0)
    scale = BAR_WIDTH / top if top > 0 else 0.0
    return tuple(
        Bar(
            label=label,
            value=f"{_amount(low, high)} {block.unit}".strip(),
            y=index * BAR_STEP,
            low=round(low * scale, 1),
            high=round(high * scale, 1),
        )
        for index, (label, low, high) in enumerate(zip(block.labels, block.low, block.high, strict=True))
    )


def _amount(low: float, high: float) -> str:
    first, last = f"{low:,.0f}", f"{high:,.0f}"
    return first if first == last else f"{first}-{last}"


def line(block: Curve) -> Line:
    """Return a curve as points of a polyline with ticks at round numbers."""
    x_ticks, y_ticks = _ticks(max(block.x, default=1.0)), _ticks(max(block.y, default=1.0))

    def across(value: float) -> float:
        return round(MARGIN + value / x_ticks[-1] * (CURVE_WIDTH - 2 * MARGIN), 1)

    def up(value: float) -> float:
        return round(CURVE_HEIGHT - MARGIN - value / y_ticks[-1] * (CURVE_HEIGHT - 1.5 * MARGIN), 1)

    return Line(
        points=" ".join(f"{across(x)},{up(y)}" for x, y in zip(block.x, block.y, strict=True)),
        x_ticks=tuple(Tick(at=across(value), text=f"{value:,g}") for value in x_ticks),
        y_ticks=tuple(Tick(at=up(value), text=f"{value:,g}") for value in y_ticks),
    )


def _ticks(top: float) -> tuple[float, ...]:
    """Return round numbers from 0 to at least ``top``."""
    if top <= 0:
        return (0.0, 1.0)
    rough = top / TICKS
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(unit * power for unit in (1, 2, 2.5, 5, 10) if unit * power >= rough * (1 - 1e-9))
    return tuple(round(step * index, 12) for index in range(math.ceil(top / step - 1e-9) + 1))


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Return a place in the map's coordinates (equirectangular)."""
    x = (longitude + 180.0) / 360.0 * MAP_WIDTH
    y = (NORTH - latitude) / (NORTH - SOUTH) * MAP_HEIGHT
    return round(x, 1), round(y, 1)


def dots(block: Map) -> tuple[Dot, ...]:
    """Return the places of a map, the largest first so that small ones lie on top."""
    made = []
    for marker in sorted(block.markers, key=lambda marker: (-marker.size, marker.label)):
        x, y = project(marker.latitude, marker.longitude)
        radius = round(3.0 + 11.0 * math.sqrt(min(max(marker.size, 0.0), 1.0)), 1)
        made.append(
            Dot(label=marker.label, x=x, y=y, radius=radius, tone=marker.tone, left=x > 0.82 * MAP_WIDTH)
        )
    return tuple(made)
