"""Firms whose fate is known: cases are sound and run, scoring is strict, what we publish is what runs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from auditor.analyses._backtest import (
    RECORD,
    Case,
    Outcome,
    backtest,
    cases,
    judge,
    parse,
)
from auditor.analyses._backtest.trial import Tally
from auditor.config import Settings
from auditor.connectors.manifest import declare
from auditor.errors import AuditorError, CatalogueError
from auditor.inventory import Inventory, empty
from auditor.model.audit import OpenRange, Verdict, WorkloadReplay
from auditor.outages import catalogue
from tests.analyses.backtested import backtested

DOCS = Path(__file__).parents[2] / "docs"
KNOWN = cases(catalogue())
IDS = [f"{case.outage}/{case.id}" for case in KNOWN]
SPARED, WEAKENED, IMPAIRED, INTERRUPTED, DOWN = Verdict


def declared(settings: Settings) -> Inventory:
    return declare(empty("2026-01-15T00:00:00Z"), settings)


def trial(name: str) -> dict[str, Any]:
    """Return what came of one case, as programs read it."""
    (found,) = (each for each in backtested().found["cases"] if f"{each['outage']}/{each['id']}" == name)
    return dict(found)


def row(
    *verdict: Verdict, minutes: OpenRange = (0, 0), control_plane: tuple[str, ...] = ()
) -> WorkloadReplay:
    return WorkloadReplay(
        workload="service",
        verdict=(verdict[0], verdict[-1]),
        minutes=minutes,
        impaired_minutes=minutes,
        partial=False,
        share=None,
        roots_out=None,
        control_plane=control_plane,
        rto_breach=None,
        data_loss=None,
        data_loss_possible=False,
        unknown_facts=(),
        windows=(),
        because=(),
    )


def case(*verdict: Verdict, minutes: OpenRange | None = None, cannot_change: bool | None = None) -> Case:
    return Case(
        outage="o",
        id="c",
        firm="Firm",
        quote="q",
        source=RECORD,
        fate="f",
        verdict=(verdict[0], verdict[-1]),
        minutes=minutes,
        cannot_change=cannot_change,
        estate="e",
        settings=Settings(),
        assumes="a",
        why_missed=None,
    )


@pytest.mark.parametrize("name", IDS)
def test_a_case_runs_and_a_miss_has_its_reason(name: str) -> None:
    """Every archetype links and replays; a miss, and nothing else, says why."""
    known = KNOWN[IDS.index(name)]
    assert (trial(name)["outcome"] == Outcome.MISS.value) is (known.why_missed is not None)


def test_there_are_enough_cases_of_both_kinds() -> None:
    """At least 60 cases over at least 25 outages, hit and spared ones."""
    hit = [each for each in KNOWN if each.verdict[0] in {IMPAIRED, INTERRUPTED, DOWN}]
    assert len(KNOWN) >= 60
    assert len({each.outage for each in KNOWN}) >= 25
    assert min(len(hit), len(KNOWN) - len(hit)) >= 20
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize(
    ("fate", "answer", "outcome"),
    [
        ((DOWN,), (DOWN,), Outcome.PRECISE),
        ((IMPAIRED, DOWN), (IMPAIRED,), Outcome.PRECISE),
        ((SPARED,), (SPARED, WEAKENED), Outcome.BRACKETED),
        ((DOWN,), (INTERRUPTED, DOWN), Outcome.BRACKETED),
        ((SPARED, INTERRUPTED), (INTERRUPTED,), Outcome.PRECISE),
        ((DOWN,), (SPARED, DOWN), Outcome.UNDECIDED),
        ((SPARED,), (SPARED, DOWN), Outcome.UNDECIDED),
        ((IMPAIRED,), (WEAKENED, IMPAIRED), Outcome.UNDECIDED),
        ((DOWN,), (SPARED, WEAKENED), Outcome.MISS),
        ((SPARED,), (DOWN,), Outcome.MISS),
        ((IMPAIRED, INTERRUPTED), (INTERRUPTED, DOWN), Outcome.MISS),
    ],
)
def test_verdicts_are_judged(
    fate: tuple[Verdict, ...], answer: tuple[Verdict, ...], outcome: Outcome
) -> None:
    """A range on both sides of serving and not serving is no hit, however right its worst case."""
    assert judge(case(*fate), row(*answer)).outcome is outcome


@pytest.mark.parametrize(
    ("observed", "answer", "outcome"),
    [
        ((84, 84), (84, 84), Outcome.PRECISE),
        ((60, None), (84, 84), Outcome.PRECISE),
        ((180, 200), (180, 720), Outcome.BRACKETED),
        ((60, 120), (100, None), Outcome.BRACKETED),
        ((161, None), (84, 84), Outcome.MISS),
        ((10, 20), (84, None), Outcome.MISS),
    ],
)
def test_minutes_are_judged(observed: OpenRange, answer: OpenRange, outcome: Outcome) -> None:
    """Minutes that do not meet those told are a miss, though the verdict be right."""
    found = judge(case(DOWN, minutes=observed), row(DOWN, minutes=answer))
    assert (found.outcome, found.missed) == (outcome, "minutes" if outcome is Outcome.MISS else "")


def test_changes_are_judged() -> None:
    """A control plane told to be out of reach must be among what the replay took."""
    blocked = row(SPARED, control_plane=("control-plane:aws/us-east-1/ec2",))
    assert judge(case(SPARED, cannot_change=True), blocked).outcome is Outcome.PRECISE
    assert judge(case(SPARED, cannot_change=True), row(SPARED)).missed == "changes"
    assert judge(case(SPARED, cannot_change=False), blocked).missed == "changes"
    assert judge(case(SPARED), blocked).outcome is Outcome.PRECISE


def test_two_outages_that_the_news_ran_together_come_out_right() -> None:
    """The operating system and the agent decided in July 2024, not the cloud."""
    falcon = "crowdstrike-2024-07-19"
    assert trial(f"{falcon}/windows-on-aws")["verdict"] == [DOWN.value] * 2
    assert trial(f"{falcon}/firms-on-aws")["verdict"] == [SPARED.value] * 2
    storage = "azure-2024-07-18-centralus-storage/united-southwest-american"
    assert trial(storage)["verdict"] == [SPARED.value] * 2


def test_a_vendor_counts_where_it_stands() -> None:
    """A vendor on a service of every region is reached, though nothing else of the estate is there."""
    found = trial("gcp-2025-06-12-service-control/workers-kv")
    assert (found["verdict"], found["in_reach"]) == ([DOWN.value] * 2, True)


def test_undecided_ones_are_no_hits() -> None:
    """The counts add up, and the hit rate leaves the undecided out of its hits."""
    whole, trials = Tally(**backtested().found["tally"]), backtested().found["cases"]
    assert whole.hits + whole.undecided + whole.missed == whole.cases == len(trials) == len(KNOWN)
    hits = {Outcome.PRECISE.value, Outcome.BRACKETED.value}
    assert whole.hits == sum(each["outcome"] in hits for each in trials)


SOUND = """
outage = "cloudflare-2019-07-02"
[estates.proxy]
workloads = [{ name = "service", needs = ["vendor:cloudflare"] }]
vendors = [{ name = "cloudflare" }]
[[cases]]
id = "sites"
firm = "Sites"
quote = "Sites behind Cloudflare's proxy answer 502"
source = "Cloudflare's own report"
fate = "Answered 502."
verdict = ["down"]
minutes = [27, 27]
estate = "proxy"
assumes = "A site behind the proxy."
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("answer 502", "answer 503", "cases.sites.quote: the outage's record has no such words"),
        ("own report", "report", "cases.sites.source: the outage lists no such source"),
        ('estate = "proxy"', 'estate = "none"', "estates.proxy: no case uses it"),
        ('verdict = ["down"]', 'verdict = ["spared", "down"]', "a fate from spared to down says nothing"),
        ('verdict = ["down"]', 'verdict = ["down", "impaired"]', "verdict goes from the best to the worst"),
        ("[27, 27]", "[27, 2]", "minutes are [least, most]"),
        ("fate =", "fates =", "cases.0.fate: Field required"),
        ("2019-07-02", "2019-07-03", "there is no outage 'cloudflare-2019-07-03'"),
        ('needs = ["vendor', 'nees = ["vendor', "estates.proxy: workloads[0].nees: there is no such key"),
        ("outage =", "outage", "is no valid TOML"),
    ],
)
def test_a_wrong_case_gets_one_clear_line(old: str, new: str, message: str) -> None:
    """File, key and what is wrong."""
    name = "cloudflare-2019-07-02.toml"
    assert parse(SOUND, name, catalogue())[0].minutes == (27, 27)
    with pytest.raises(AuditorError, match=re.escape(message)) as caught:
        parse(SOUND.replace(old, new), name, catalogue())
    assert str(caught.value).startswith(name)
    assert "\n" not in str(caught.value).removesuffix("\n")


def test_an_archetype_that_does_not_link_is_refused() -> None:
    """A name that nothing has would make it spared for nothing."""
    broken = parse(SOUND.replace("vendor:cloudflare", "proxy-1"), "cloudflare-2019-07-02.toml", catalogue())
    with pytest.raises(CatalogueError, match=r"estates\.proxy: refers to proxy-1, which is not there"):
        backtest(broken, catalogue(), declared)


def body(text: str) -> str:
    """Return a page without its foot, which names version and time."""
    return text[: text.rindex("\n---\n")]


def test_what_is_published_is_what_runs() -> None:
    """``docs/backtest.md`` is what ``auditor outages backtest -o docs/backtest.md`` writes."""
    assert body((DOCS / "backtest.md").read_text(encoding="utf-8")) == body(backtested().page)


def test_the_example_of_the_docs_is_a_case() -> None:
    """What the page on extending shows can be written into a file."""
    blocks = re.findall(r"```toml\n(.*?)```", (DOCS / "extending.md").read_text(encoding="utf-8"), re.DOTALL)
    example = next(block for block in blocks if "[[cases]]" in block)
    assert parse(example, "aws-2017-02-28-us-east-1-s3.toml", catalogue())[0].id == "readers"
