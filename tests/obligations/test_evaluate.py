"""Laws on interruptions: thresholds to the minute, three-valued answers, deadlines, worked examples."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from auditor.model.audit import Answer, Clock
from auditor.obligations import Interruption, Kind, catalogue, evaluate
from tests.obligations.samples import NOON, asked, case, met, one, stop

CLOUD_ACT = "kr-cloud-act-25"
DAY = 24 * 60

# (outage, start in UTC, minutes, continuous, repeated): how the data reads five outages under the Cloud Act.
WORKED = (
    ("aws-2018-11-22-ap-northeast-2-dns", "2018-11-21T23:19:00+00:00", 84, True, False),
    ("aws-2022-02-06-ap-northeast-2-az3-network", "2022-02-06T11:32:00+00:00", 22, True, False),
    ("azure-2018-09-30-koreasouth-storage", "2018-09-30T13:50:00+00:00", 320, True, False),
    ("azure-2021-08-11-frontdoor-korea-japan", "2021-08-11T06:30:00+00:00", 180, True, False),
    ("crowdstrike-2024-07-19", "2024-07-19T04:09:00+00:00", 78, True, False),
)


def answer(yes: bool) -> Answer:  # noqa: FBT001 - one column of the table
    return Answer.YES if yes else Answer.NO


@pytest.mark.parametrize(("outage", "start", "minutes", "continuous", "repeated"), WORKED)
def test_worked_examples_of_the_data_reproduce(
    outage: str,
    start: str,
    minutes: int,
    continuous: bool,  # noqa: FBT001 - a column of the table
    repeated: bool,  # noqa: FBT001
) -> None:
    """Each example crosses the ten minutes, ten minutes after it began; none the limit on repeated stops."""
    begin = datetime.fromisoformat(start)
    end = begin + timedelta(minutes=minutes)
    found = one(CLOUD_ACT, case(Interruption(start=begin, end=end, certain_until=end), cause=outage))
    assert met(found) == {"continuous": answer(continuous), "repeated": answer(repeated)}
    assert found.crossed_at == (begin + timedelta(minutes=10)).isoformat().replace("+00:00", "Z")


def test_the_table_of_worked_examples_is_the_datas(shared_data: Path) -> None:
    """The figures above are those of the data, every example of it."""
    text = (shared_data / "obligations" / "obligations.toml").read_text(encoding="utf-8")
    given = tomllib.loads(text)["worked_examples"]
    assert {(each["outage"], each["minutes"]) for each in given} == {row[::2][:2] for row in WORKED}
    for each in given:
        row = next(row for row in WORKED if row[0] == each["outage"])
        assert row[3:] == (each["kr_cloud_continuous"], each["kr_cloud_repeated"])


def test_seoul_2018() -> None:
    """Crossed at 08:29 in Seoul, notice owed by the provider to its users, learned from a dashboard."""
    begin, end = datetime(2018, 11, 21, 23, 19, tzinfo=UTC), datetime(2018, 11, 22, 0, 43, tzinfo=UTC)
    seoul = Interruption(start=begin, end=end, certain_until=end, learned="the public dashboard only")
    found = one(CLOUD_ACT, case(seoul))
    assert (found.answer, found.owed_by) == (Answer.YES, "Amazon Web Services")
    assert found.owed_to == ("affected users",)
    assert found.crossed_at == "2018-11-21T23:29:00Z"
    assert found.crossed_local == "2018-11-22T08:29:00+09:00"
    assert found.notices[0].due_local == "2018-11-22T08:29:00+09:00"
    assert found.notices[0].wording == "without delay"
    assert found.minutes == (84.0, 84.0)
    assert found.learned == "the public dashboard only"
    assert "not legal advice" in found.label


@pytest.mark.parametrize(("minutes", "owed"), [(9.99, Answer.NO), (10, Answer.YES), (10.01, Answer.YES)])
def test_ten_minutes_are_enough(minutes: float, owed: Answer) -> None:
    """Ten minutes or longer: exactly ten are."""
    assert one(CLOUD_ACT, case(stop(0, minutes))).answer is owed


REPEATED = [
    ([(0, 8), (60, 7)], 67.0),  # 8 + 7: full at the end of the second
    ([(0, 8), (60, 6.9)], None),
    ([(0, 9), (60, 9)], 66.0),
    ([(0, 5), (60, 5), (120, 5)], 125.0),
    ([(0, 9), (DAY - 6, 9)], float(DAY)),  # only six minutes lie inside, and they just suffice
    ([(0, 9), (DAY - 5, 9)], None),  # five inside are not enough
    ([(0, 9), (DAY, 9)], None),  # begins within the 24 hours, has no minute in them
    ([(0, 9), (DAY + 1, 9)], None),
    ([(0, 2), (60, 8), (DAY + 30, 9)], DAY + 37.0),  # the second stop is a first as well
    ([(0, 8), (8, 1)], None),  # no gap: one stop of nine minutes
]


@pytest.mark.parametrize(("stops", "at"), REPEATED)
def test_two_stops_within_a_day_of_the_first(stops: list[tuple[float, float]], at: float | None) -> None:
    """Stops add up within 24 hours of any first one, and only their minutes inside them."""
    found = asked(CLOUD_ACT, case(*(stop(*each) for each in stops)))
    moments = {check.at for each in found for check in each.thresholds if check.threshold == "repeated"} - {
        None
    }
    wanted = set() if at is None else {(NOON + timedelta(minutes=at)).isoformat().replace("+00:00", "Z")}
    assert moments == wanted


def test_stops_that_touch_are_one() -> None:
    """Two rows without a gap are one stop without a break."""
    assert met(one(CLOUD_ACT, case(stop(0, 6), stop(6, 6))))["continuous"] is Answer.YES


def test_each_day_has_its_own_answer() -> None:
    """Two outages a month apart are two duties."""
    found = asked(CLOUD_ACT, case(stop(0, 20), stop(30 * DAY, 20)))
    assert [each.answer for each in found] == [Answer.YES, Answer.YES]


def test_an_open_end_is_not_known() -> None:
    """A stop nobody saw end may or may not have lasted; the answer says what must be known."""
    found = one(CLOUD_ACT, case(stop(0, None, doubt=("when ec2 came back",))))
    assert found.answer is Answer.UNKNOWN
    assert found.missing == ("when ec2 came back",)
    assert found.minutes == (0.0, None)
    assert found.windows[0].end is None


def test_slow_is_not_stopped_for_certain() -> None:
    """Errors and slowness may be a stop for some users; a planned stop is none."""
    assert one(CLOUD_ACT, case(stop(0, 60, kind=Kind.DEGRADED))).answer is Answer.UNKNOWN
    found = evaluate(catalogue(), [case(stop(0, 60, kind=Kind.PLANNED))])
    assert dict(found.not_asked)[CLOUD_ACT] == "nothing but planned stops"


def test_your_duty_turns_on_what_you_are() -> None:
    """On your own clock the answer is open until you say what you are."""
    assert one(CLOUD_ACT, case(stop(0, 20), clock=Clock.OWN)).missing == (
        "whether you are a provider of cloud services (roles)",
    )
    yours = case(stop(0, 20), clock=Clock.OWN, roles={"cloud-provider": Answer.YES}, other_roles=Answer.NO)
    assert one(CLOUD_ACT, yours).answer is Answer.YES
    other = case(stop(0, 20), clock=Clock.OWN, other_roles=Answer.NO)
    assert asked(CLOUD_ACT, other) == ()


def test_a_law_of_another_country_is_not_asked() -> None:
    """Without users in Korea its law binds nobody; where nobody said, it is open."""
    assert asked(CLOUD_ACT, case(stop(0, 20), countries=frozenset({"DE"}))) == ()
    assert one(CLOUD_ACT, case(stop(0, 20), countries=None)).answer is Answer.UNKNOWN


@pytest.mark.parametrize(
    ("day", "minutes", "subscribers", "owed"),
    [
        (date(2025, 2, 4), 10, None, Answer.YES),
        (date(2025, 2, 5), 29, 9_999.0, Answer.NO),
        (date(2025, 2, 5), 30, 1.0, Answer.YES),
        (date(2025, 2, 5), 10, 10_000.0, Answer.YES),
        (date(2025, 2, 5), 29, None, Answer.UNKNOWN),
    ],
)
def test_the_law_of_the_day(day: date, minutes: float, subscribers: float | None, owed: Answer) -> None:
    """Until 4 February 2025 ten minutes were enough for a Korean bank; since then thirty, or many hit."""
    facts = {} if subscribers is None else {"subscribers_affected": subscribers}
    bank = case(stop(0, minutes), clock=Clock.OWN, roles={"financial-entity": Answer.YES}, facts=facts)
    assert one("kr-efinance", bank, law_on=day).answer is owed


def test_the_day_is_the_laws_own() -> None:
    """At 15:00 UTC on the 4th it is already the 5th in Seoul."""
    begin = datetime(2025, 2, 4, 15, 0, tzinfo=UTC)
    end = begin + timedelta(minutes=29)
    bank = case(
        Interruption(start=begin, end=end, certain_until=end),
        clock=Clock.OWN,
        roles={"financial-entity": Answer.YES},
        facts={"subscribers_affected": 5.0},
    )
    assert one("kr-efinance", bank).answer is Answer.NO


@pytest.mark.parametrize(("minutes", "owed"), [(120, Answer.NO), (120.5, Answer.YES)])
def test_longer_than_is_not_as_long_as(minutes: float, owed: Answer) -> None:
    """Longer than two hours: exactly two are not."""
    big = {"yearly_revenue_krw": 2e10, "daily_users": 2e6}
    service = case(stop(0, minutes), clock=Clock.OWN, roles={"value-added-service": Answer.YES}, facts=big)
    assert one("kr-telecom-33", service).answer is owed


def test_small_services_are_out_of_scope() -> None:
    """A service with few users owes nothing; where nobody said how many, it is open."""
    roles = {"value-added-service": Answer.YES}
    small = {"yearly_revenue_krw": 2e10, "daily_users": 500.0}
    found = one("kr-telecom-33", case(stop(0, 300), clock=Clock.OWN, roles=roles, facts=small))
    assert (found.answer, found.applies, found.crossed) == (Answer.NO, Answer.NO, Answer.YES)
    assert one("kr-telecom-33", case(stop(0, 300), clock=Clock.OWN, roles=roles)).answer is Answer.UNKNOWN


DORA = [
    # minutes, facts, answer
    (121, {"critical_services_affected": True, "member_states_affected": 2.0}, Answer.YES),
    (120, {"critical_services_affected": True, "member_states_affected": 2.0}, Answer.UNKNOWN),
    (121, {"critical_services_affected": False, "member_states_affected": 2.0}, Answer.NO),
    (1, {"critical_services_affected": True, "malicious_access": True}, Answer.YES),
    # Two thresholds of one criterion are one criterion.
    (1, {"clients_affected": 200_000.0, "clients_affected_percent": 20.0}, None),
    (1500, {}, None),
]
OTHERS_NO = {
    "critical_services_affected": True,
    "malicious_access": False,
    "clients_affected": 0.0,
    "clients_affected_percent": 0.0,
    "counterparts_affected_percent": 0.0,
    "transactions_affected_percent": 0.0,
    "relevant_clients_affected": False,
    "reputation_hit": False,
    "member_states_affected": 1.0,
    "data_affected": False,
    "loss_eur": 100_000.0,
}


@pytest.mark.parametrize(("minutes", "facts", "owed"), DORA)
def test_dora_is_classified(minutes: float, facts: dict[str, object], owed: Answer | None) -> None:
    """Critical services, and malice or two criteria; None: with everything else known and no, it is no."""
    known = facts if owed is not None else OTHERS_NO | facts
    entity = case(
        stop(0, minutes),
        clock=Clock.OWN,
        roles={"financial-entity": Answer.YES},
        countries=frozenset({"DE"}),
        facts=known,
    )
    assert one("eu-dora", entity).answer is (owed or Answer.NO)


def test_dora_lists_what_must_be_known() -> None:
    """With nothing declared, everything the classification asks is listed, the downtime is not."""
    found = one("eu-dora", case(stop(0, 200), clock=Clock.OWN, countries=frozenset({"FR"})))
    assert found.answer is Answer.UNKNOWN
    missing = " ".join(found.missing)
    for fact in (*OTHERS_NO, "roles"):
        assert f"({fact})" in missing


def test_doras_clocks() -> None:
    """Four hours from classifying, 24 from awareness: the earlier; then 72 hours; then a month."""
    aware = NOON + timedelta(minutes=10)
    bad = stop(0, 200, aware=aware, classified=aware + timedelta(hours=22))
    entity = case(
        bad,
        clock=Clock.OWN,
        roles={"financial-entity": Answer.YES},
        countries=frozenset({"FR"}),
        facts={"critical_services_affected": True, "loss_eur": 100_000.01},
    )
    first, second, final, clients = one("eu-dora", entity).notices
    assert first.due == "2026-03-03T12:10:00Z"
    assert not first.assumed
    assert second.due == "2026-03-06T12:10:00Z"
    assert second.assumed
    assert final.due == "2026-04-06T12:10:00Z"
    assert clients.due is None


def test_a_yearly_limit_looks_back() -> None:
    """Singapore's four hours add up over a year, though the stops are told of apart."""
    facts = {"critical_system": True}
    roles = {"financial-entity": Answer.YES}
    stops = [stop(0, 100), stop(90 * DAY, 100), stop(180 * DAY, 41)]
    found = asked(
        "sg-mas-tech",
        case(*stops, clock=Clock.OWN, roles=roles, facts=facts, countries=frozenset({"SG"})),
    )
    assert sorted(each.answer.value for each in found) == ["no", "no", "yes"]
    assert found[0].crossed_at == (NOON + timedelta(days=180, minutes=40)).isoformat().replace("+00:00", "Z")


def test_subjects_with_the_same_answer_are_told_together() -> None:
    """Two services with the same stop make one entry."""
    found = one(CLOUD_ACT, case(stop(0, 20), subject="b"), case(stop(0, 20), subject="a"))
    assert found.subjects == ("a", "b")


def test_bills_and_coming_laws_are_not_asked() -> None:
    """What is no law yet triggers nothing, and says so."""
    london = case(stop(0, 600), clock=Clock.OWN, countries=frozenset({"GB"}))
    found = dict(evaluate(catalogue(), [london]).not_asked)
    assert found["uk-csr-bill"] == "a bill, not law"
    assert found["uk-fca-pra-2026"] == "in force from 2027-03-18"
    assert one("uk-fca-pra-2026", london, law_on=date(2027, 3, 18)).answer is Answer.UNKNOWN


def test_the_result_does_not_depend_on_the_order_of_cases() -> None:
    """Same cases, same answers, whatever their order."""
    cases = [case(stop(0, 20), subject=name) for name in "abc"] + [case(stop(5, 12), clock=Clock.OWN)]
    assert evaluate(catalogue(), cases) == evaluate(catalogue(), cases[::-1])
