"""Losing any domains or resources together."""

from __future__ import annotations

import pytest

from auditor.analyses._whatif import whatif
from auditor.errors import ConfigError
from auditor.estate.graph import Estate
from auditor.model.audit import Verdict
from auditor.model.need import Member, Need
from tests.analyses.estates import TOKYO, estate, server, workload


def system() -> Estate:
    members = (Member(ref="a"), Member(ref="b"))
    return estate(
        server("a"),
        server("b", region=TOKYO, zone="apne1-az1"),
        workloads=(workload("shop", Need(role="site", members=members)),),
    )


def verdict(*names: str, minutes: float = 90) -> tuple[Verdict, tuple[float | None, float | None]]:
    found = whatif(system(), names, minutes=minutes).workloads[0]
    assert found.verdict[0] is found.verdict[1]
    return found.verdict[0], found.minutes


@pytest.mark.parametrize("name", ["zone:aws/apne2-az1", "a", "A", "region:aws/ap-northeast-2", "metro:seoul"])
def test_one_side_lost_weakens(name: str) -> None:
    """A domain id, a resource by id or name in any letter case, or a city may be lost."""
    assert verdict(name) == (Verdict.WEAKENED, (0, 0))


def test_both_sides_lost_together_are_down() -> None:
    """Things lost together are out at the same time, for the given minutes."""
    assert verdict("metro:seoul", "region:aws/ap-northeast-1") == (Verdict.DOWN, (90, 90))


def test_what_they_share_takes_both() -> None:
    """The provider takes both sides along."""
    assert verdict("provider:aws", minutes=5) == (Verdict.DOWN, (5, 5))


def test_a_control_plane_takes_nothing_down() -> None:
    """A control plane of the estate may be lost: nothing that runs goes down."""
    standby = Member(ref="b", delay=(5, 5), manual=True, via=("control-plane:aws/ap-northeast-1/ec2",))
    two = estate(
        server("a"),
        server("b", region=TOKYO, zone="apne1-az1"),
        workloads=(workload("shop", Need(role="site", members=(Member(ref="a"), standby))),),
    )
    found = whatif(two, ["control-plane:aws/ap-northeast-1/ec2"]).workloads[0]
    assert found.verdict == (Verdict.WEAKENED, Verdict.WEAKENED)
    assert found.control_plane == ("control-plane:aws/ap-northeast-1/ec2",)


def test_a_city_without_anything_of_yours_spares() -> None:
    """A known city where the estate has nothing spares everything, and says so by reach."""
    found = whatif(system(), ["metro:frankfurt"])
    assert found.in_reach is False
    assert found.workloads[0].verdict == (Verdict.SPARED, Verdict.SPARED)


def test_it_says_what_was_lost_and_when() -> None:
    """The replay carries what is lost, from the time the inventory was taken."""
    found = whatif(system(), ["a"], minutes=90)
    assert found.title == "loss of a for 90 min"
    assert (found.windows[0].start, found.windows[0].end) == ("2026-01-02T03:04:05Z", "2026-01-02T04:34:05Z")


@pytest.mark.parametrize(
    ("names", "minutes", "message", "hint"),
    [
        ([], 60, "nothing is named", "zone:aws/apne2-az1"),
        (["a"], 0, "0 minutes is no loss", "positive"),
        (["a"], float("inf"), "inf minutes is no loss", "positive"),
        (["a"], 1e30, "over a year", "at most 527040 minutes"),
        (
            ["zone:aws/apne2-az9"],
            60,
            "neither a failure domain nor a resource",
            "did you mean zone:aws/apne2-az",
        ),
        (["metro:seul"], 60, "no city", "metro:seoul"),
        (["%%%"], 60, "neither", "a domain id such as"),
    ],
)
def test_mistakes_have_hints(names: list[str], minutes: float, message: str, hint: str) -> None:
    """Nothing named, no time, an unknown name: one line and what to do."""
    with pytest.raises(ConfigError, match=message) as raised:
        whatif(system(), names, minutes=minutes)
    assert hint in raised.value.hint
