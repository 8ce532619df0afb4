"""Whether a law binds a party at all: where its users are, what it is, and the law's own scope."""

from __future__ import annotations

from auditor.model.audit import Answer, Clock
from auditor.model.duties import ROLES, inside
from auditor.obligations.interruption import Case
from auditor.obligations.judge import Bench, Judgement, at_least, both
from auditor.obligations.schema import Regime


def binding(regime: Regime, case: Case) -> Judgement | str:
    """Return whether the law binds the case's party, or in words why it cannot."""
    country = _country(regime, case)
    if country.answer is Answer.NO:
        return f"none of the places concerned lies in {regime.jurisdiction}, and users_in names none there"
    role = _role(regime, case)
    if role.answer is Answer.NO:
        return f"{case.party} is not said to be {' or '.join(ROLES[role] for role in regime.roles)}"
    if regime.scope is None:
        return both(country, role)
    return both(country, role, Bench(stops=case.stops, facts=case.facts).judge(regime.scope))


def _country(regime: Regime, case: Case) -> Judgement:
    if case.countries is None:
        return Judgement(
            answer=Answer.UNKNOWN, missing=(f"whether it has users in {regime.jurisdiction} (users_in)",)
        )
    found = any(inside(country, area) for country in case.countries for area in regime.countries)
    return Judgement(answer=Answer.YES if found else Answer.NO)


def _role(regime: Regime, case: Case) -> Judgement:
    return at_least(1, [_one(role, case) for role in regime.roles])


def _one(role: str, case: Case) -> Judgement:
    answer = case.role(role)
    if answer is not Answer.UNKNOWN:
        return Judgement(answer=answer)
    if case.clock is Clock.OWN:
        return Judgement(answer=answer, missing=(f"whether you are {ROLES[role]} (roles)",))
    doubts = [f"whether {case.party} is {ROLES[role]}", case.role_doubt]
    return Judgement(answer=answer, missing=tuple(doubt for doubt in doubts if doubt))
