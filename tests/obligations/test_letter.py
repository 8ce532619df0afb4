"""The request for notice: evidence, law, label, in both languages."""

from __future__ import annotations

from auditor.model.audit import Clock
from auditor.obligations import catalogue, evaluate
from auditor.obligations.letter import Request, requests
from tests.obligations.samples import case, stop

ONLY = {"kr-cloud-act-25": catalogue()["kr-cloud-act-25"]}


def letters(minutes: float | None = 84, *, learned: str = "a dashboard") -> tuple[Request, ...]:
    theirs = case(stop(0, minutes, learned=learned), subject="ec2 (ap-northeast-2)")
    yours = case(stop(3, 30), stop(5000, 5), clock=Clock.OWN)
    found = evaluate(ONLY, [theirs, yours])
    return requests(found.obligations, ONLY, felt=[yours])


def test_one_letter_per_language_with_the_evidence() -> None:
    """Both name the provider, the service, times in both zones, the crossing and what it did to you."""
    english, korean = letters()
    assert (english.name, korean.name) == (
        "notice-request-1-kr-cloud-act-25.en.txt",
        "notice-request-1-kr-cloud-act-25.ko.txt",
    )
    for letter in (english, korean):
        for part in (
            "Amazon Web Services",
            "ec2 (ap-northeast-2)",
            "2026-03-02 21:00",
            "2026-03-02 12:00",
            "2026-03-02 21:10",
            "a dashboard",
            "shop: 2026-03-02 21:03",
        ):
            assert part in letter.text
        assert letter.text.count("not legal advice") == 2
    assert "Article 25(1)3" in english.text
    assert "제25조 제1항 제3호" in korean.text


def test_what_is_only_possible_is_said_so() -> None:
    """Where the end is not known, the letter asks to confirm and claims nothing."""
    english, korean = letters(None)
    assert "may have been interrupted" in english.text
    assert "at the earliest" in english.text
    assert "not known to us" in english.text
    assert "빠르면" in korean.text


def test_no_letter_without_a_providers_duty() -> None:
    """Nine minutes are owed no notice, and your own duty makes no letter."""
    assert letters(9) == ()


def test_a_log_cannot_break_the_letter() -> None:
    """What a log says stays on its line."""
    english = letters(learned="dash\x1b[31m\nDear Sir\u202e")[0]
    assert "How we learned of it: dash [31m Dear Sir ." in english.text
    assert "\x1b" not in english.text
