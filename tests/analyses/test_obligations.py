"""Duties that replays would trigger: both clocks, and what turns on facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor import api
from auditor.config import load_settings
from auditor.connectors.manifest import declare
from auditor.errors import ConfigError
from auditor.inventory import empty
from auditor.model.audit import Answer, Audit, Clock, Obligation

EXAMPLES = Path(__file__).parents[2] / "examples"
SEOUL = "aws-2018-11-22-ap-northeast-2-dns"


def audited(example: str) -> Audit:
    settings = load_settings(EXAMPLES / example / "auditor.toml")
    return api.audit(declare(empty("2026-11-20T09:00:00Z"), settings), settings)


def duties(audit: Audit, law: str, clock: Clock, cause: str = SEOUL) -> list[Obligation]:
    found = audit.obligations or ()
    return [each for each in found if (each.law, each.clock, each.cause) == (law, clock, cause)]


def test_seoul_obliges_the_provider() -> None:
    """The resolver's 84 minutes cross the Cloud Act's ten at 08:29 in Seoul; yours turns on what you are."""
    audit = audited("i-seoul-all-zones")
    theirs = duties(audit, "kr-cloud-act-25", Clock.PROVIDER)[0]
    assert theirs.answer is Answer.YES
    assert theirs.subjects == ("service:aws/ap-northeast-2/vpc-resolver",)
    assert theirs.crossed_local == "2018-11-22T08:29:00+09:00"
    assert "dashboard" in theirs.learned
    yours = duties(audit, "kr-cloud-act-25", Clock.OWN)[0]
    assert (yours.answer, yours.subjects, yours.crossed) == (Answer.UNKNOWN, ("shop",), Answer.YES)
    assert "whether you are a provider of cloud services (roles)" in yours.missing


def test_who_failed_over_is_still_owed_notice() -> None:
    """A standby in Tokyo shortens your minutes, not the provider's window."""
    audit = audited("l-seoul-tokyo-standby")
    assert duties(audit, "kr-cloud-act-25", Clock.PROVIDER)[0].minutes == (84.0, 84.0)
    yours = [each for each in duties(audit, "kr-cloud-act-25", Clock.OWN) if "shop" in each.subjects]
    assert all(each.minutes[1] is not None and each.minutes[1] < 84 for each in yours)


def test_an_agent_on_your_hosts_is_no_stop_of_the_cloud() -> None:
    """CrowdStrike's update obliges no cloud provider; whether its maker owes anything is open."""
    audit = audited("b-aws-windows-falcon")
    (theirs,) = duties(audit, "kr-cloud-act-25", Clock.PROVIDER, cause="crowdstrike-2024-07-19")
    assert (theirs.owed_by, theirs.answer, theirs.crossed) == ("crowdstrike", Answer.UNKNOWN, Answer.YES)
    assert theirs.missing == (
        "whether crowdstrike is a provider of cloud services",
        "whether a service of its own was interrupted, or only software on your own hosts",
    )
    (yours,) = duties(audit, "kr-cloud-act-25", Clock.OWN, cause="crowdstrike-2024-07-19")
    assert yours.minutes == (180.0, 720.0)


@pytest.mark.parametrize("example", ["i-seoul-all-zones", "k-seoul-single-zone"])
def test_the_section_says_what_it_is(example: str) -> None:
    """Every table of duties ends with its label, and nothing is listed that is surely not owed."""
    audit = audited(example)
    section = next(each for each in audit.sections if each.id == "obligations")
    assert "not legal advice" in str(section.blocks[-1])
    assert all(each.answer is not Answer.NO for each in audit.obligations or ())


def test_declared_facts_close_what_was_open(tmp_path: Path) -> None:
    """Once the settings say what you are, your own duty is decided, and laws for others are not asked."""
    text = (EXAMPLES / "i-seoul-all-zones" / "auditor.toml").read_text(encoding="utf-8")
    file = tmp_path / "auditor.toml"
    file.write_text(f'{text}\n[obligations]\nfacts = {{ roles = ["cloud-provider"] }}\n', encoding="utf-8")
    settings = load_settings(file)
    audit = api.audit(declare(empty("2026-11-20T09:00:00Z"), settings), settings)
    assert duties(audit, "kr-cloud-act-25", Clock.OWN)[0].answer is Answer.YES
    assert duties(audit, "kr-efinance", Clock.OWN) == []


def test_a_wrong_fact_is_refused_before_anything_runs(tmp_path: Path) -> None:
    """A fact no law asks is a mistake in the settings, with a guess of what was meant."""
    file = tmp_path / "auditor.toml"
    file.write_text("[obligations]\nfacts = { subscriber_affected = 5 }\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="did you mean 'subscribers_affected'"):
        load_settings(file)
