"""How amounts and changes are worded."""

from __future__ import annotations

import pytest

from auditor.analyses._advice_tell import against
from auditor.analyses._text import rough


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ((0.0, 0.0), "0"),
        ((343_812.0, 464_480.0), "344,000-464,000"),
        ((278_600_000.0, 480_100_000.0), "279-480 million"),
        ((827_000.0, 1_310_000.0), "0.827-1.31 million"),
        ((6_586_000_000.0, 10_540_000_000.0), "6.59-10.5 billion"),
        ((6_000_000.0, 6_000_000.0), "6 million"),
    ],
)
def test_amounts_have_three_digits_that_count(bounds: tuple[float, float], text: str) -> None:
    """More digits would be no knowledge; both bounds have one unit, that of the higher."""
    assert rough(bounds) == text


def test_a_change_names_its_loss_once() -> None:
    """The loss is added only where the change's own words leave it out."""
    ring = "keep part of shop's machines off crowdstrike-falcon/linux"
    assert against(ring, "agent:crowdstrike-falcon/linux") == ring
    assert against("stand shop by", "region:aws/x") == "stand shop by (against region:aws/x)"
