"""What notification laws ask that no log of times tells, whom they bind, and words for what is missing."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.model.spelling import closest, one_of

FACTS: dict[str, tuple[type, str]] = {
    "subscribers_affected": (float, "how many subscribers were affected"),
    "users_affected": (float, "how many users were affected"),
    "users_affected_percent": (float, "what share of the service's users was affected, in per cent"),
    "user_hours_lost": (float, "how many user-hours were lost"),
    "daily_users": (float, "how many people use the service a day"),
    "yearly_revenue_krw": (float, "the yearly revenue of the service, in KRW"),
    "data_centre_square_metres": (float, "how large the data centre is, in square metres"),
    "capacity_lost_percent": (float, "what share of name-resolution capacity was lost, in per cent"),
    "clients_affected": (float, "how many clients were affected"),
    "clients_affected_percent": (float, "what share of the service's clients was affected, in per cent"),
    "counterparts_affected_percent": (
        float,
        "what share of the financial counterparts was affected, in per cent",
    ),
    "transactions_affected_percent": (
        float,
        "what share of the daily average of transactions, by number or by value, was affected, in per cent",
    ),
    "member_states_affected": (float, "in how many Member States it was felt"),
    "loss_eur": (float, "what it cost and lost, in EUR"),
    "loss_turnover_percent": (float, "what it cost and lost, in per cent of yearly turnover"),
    "relevant_clients_affected": (bool, "whether clients or counterparts marked as relevant were affected"),
    "reputation_hit": (
        bool,
        "whether it was in the press, drew repeated complaints, lost clients or broke a rule",
    ),
    "data_affected": (
        bool,
        "whether availability, authenticity, integrity or confidentiality of data suffered",
    ),
    "critical_services_affected": (bool, "whether critical services were affected"),
    "malicious_access": (bool, "whether somebody got into systems with malice and success"),
    "intolerable_harm": (
        bool,
        "whether consumers, safety and soundness, or market integrity were harmed beyond what is tolerable",
    ),
    "substantial_effect": (bool, "whether the effect on users was substantial, as the regulator words it"),
    "top_level_domain": (bool, "whether the service is a top-level-domain registry"),
    "data_centre_service": (bool, "whether it is a data-centre service"),
    "critical_system": (bool, "whether it is a critical system in the regulator's sense"),
}
"""Fact name to its type and what must be known."""

LISTS = {"users_in": "where your users are (ISO country codes)", "roles": "what you are in the laws' terms"}
"""Facts that are lists: they decide which laws bind."""

ROLES = {
    "cloud-provider": "a provider of cloud services",
    "value-added-service": "a telecom or value-added service",
    "data-centre-operator": "an operator of data centres",
    "large-service": "a service with 10 million daily users or 2% of traffic",
    "financial-entity": "a financial company or e-finance business",
    "essential-entity": "an essential or important entity",
    "dns-operator": "an operator of DNS or other digital infrastructure",
    "managed-service-provider": "a managed service provider",
}
"""Whom laws bind."""

EU = frozenset(
    {
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES"),
        *("FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU"),
        *("LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
UNION = "EU"


def inside(country: str, area: str) -> bool:
    """Return whether a country (or the Union itself) lies in a law's area."""
    return country == area or (area == UNION and country in EU)


def checked_facts(facts: Mapping[str, object]) -> dict[str, object]:
    """Return facts with the types they have; lists become tuples.

    Raises:
        ValueError: there is no such fact, or its value is of another type.
    """
    return {name: _fact(name, value) for name, value in facts.items()}


def _fact(name: str, value: object) -> object:
    if name in LISTS:
        return _listed(name, value)
    if name not in FACTS:
        near = closest(name, (*FACTS, *LISTS))
        raise ValueError(
            f"facts.{name}: there is no such fact" + (f"; did you mean {near!r}?" if near else "")
        )
    wanted = FACTS[name][0]
    if wanted is bool and not isinstance(value, bool):
        raise ValueError(f"facts.{name}: {value!r} must be true or false")
    if wanted is float and (isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0):
        raise ValueError(f"facts.{name}: {value!r} must be a number, 0 or more")
    return value


def _listed(name: str, value: object) -> tuple[str, ...]:
    values = tuple(value) if isinstance(value, list | tuple) else ()
    if not values or not all(isinstance(each, str) for each in values):
        raise ValueError(f"facts.{name}: {value!r} must be a list of texts")
    for each in values:
        if name == "roles" and each not in ROLES:
            raise ValueError(f"facts.roles: there is no role {each!r}; they are {one_of(ROLES)}")
        if name == "users_in" and not (len(each) == 2 and each.isalpha() and each.isupper()):  # noqa: PLR2004 - ISO 3166
            raise ValueError(f"facts.users_in: {each!r} must be a country such as KR, or EU")
    return values
