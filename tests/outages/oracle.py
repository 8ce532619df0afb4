"""A slow, plain reading of conditions over one resource at a time, to compare the columns with.

It shares no code with the product but the values that conditions and resources are made of.
"""

from __future__ import annotations

import fnmatch
import re

from auditor.model.evidence import FactValue
from auditor.model.facts import FACTS
from auditor.model.resource import Resource
from auditor.outages.predicate import AllOf, AnyOf, Ask, Column, FactAtom, Not, PlaceAtom, Predicate

ZONE_PREFIXES = {"apne2": "ap-northeast-2", "use1": "us-east-1", "centralus": "centralus"}


def holds(predicate: Predicate, resource: Resource) -> bool | None:
    """Return Kleene's truth of a condition for one resource."""
    if isinstance(predicate, Not):
        inner = holds(predicate.part, resource)
        return None if inner is None else not inner
    if isinstance(predicate, AllOf):
        found = [holds(part, resource) for part in predicate.parts]
        return False if False in found else None if None in found else True
    if isinstance(predicate, AnyOf):
        found = [holds(part, resource) for part in predicate.parts]
        return True if True in found else None if None in found else False
    return _fact(predicate, resource) if isinstance(predicate, FactAtom) else _place(predicate, resource)


def _place(atom: PlaceAtom, resource: Resource) -> bool | None:
    found = [_place_one(atom.column, value, resource) for value in atom.values]
    return True if True in found else None if None in found else False


def _place_one(column: Column, value: str, resource: Resource) -> bool | None:
    place = resource.placement
    if column is Column.PROVIDER:
        return place.provider == value
    if column is Column.KIND:
        return fnmatch.fnmatchcase(resource.kind, value)
    if column is Column.SERVICE:
        words = resource.kind.split(".")
        spelled = {"aws": words[1], "azure": "microsoft." + words[1], "gcp": words[1]}
        return spelled.get(words[0]) == value
    return _located(column, value, resource)


def _located(column: Column, value: str, resource: Resource) -> bool | None:
    place = resource.placement
    provider, code = value.split("/")
    if provider != place.provider:
        return False
    if column is Column.REGION:
        return None if place.region is None else place.region == code
    if place.zones is not None:
        return list(place.zones) == [code]
    home = ZONE_PREFIXES[code.split("-az")[0]]
    return False if place.region is not None and place.region != home else None


def _fact(atom: FactAtom, resource: Resource) -> bool | None:
    values = {fact.name: fact.value for fact in resource.facts}
    if atom.fact not in values:
        return _absent(atom) if atom.fact in FACTS and FACTS[atom.fact].closed else None
    value = values[atom.fact]
    if atom.fact.startswith("agent.") and value in ("none", False):
        return _absent(atom)
    return _known(atom, value)


def _known(atom: FactAtom, value: FactValue) -> bool | None:
    if atom.ask is Ask.PRESENT:
        return atom.values[0] is True
    if atom.ask is Ask.VERSION:
        numbers = _numbers(str(value)) if not isinstance(value, bool) else []
        if not numbers:
            return True if atom.fact.startswith("agent.") else None
        return _at_least(numbers, _numbers(str(atom.values[0])))
    each = list(value) if isinstance(value, tuple) and atom.ask.value.startswith("any") else [value]
    listed = [any(_equal(item, wanted) for wanted in atom.values) for item in each]
    return False in listed if atom.ask.value.endswith("not_in") else True in listed


def _absent(atom: FactAtom) -> bool:
    if atom.ask is Ask.PRESENT:
        return atom.values[0] is False
    if atom.ask in {Ask.ANY_IN, Ask.ANY_NOT_IN, Ask.VERSION}:
        return False
    agent = atom.fact.startswith("agent.")
    named = any(value is False or (agent and value == "none") for value in atom.values)
    return named if atom.ask in {Ask.IS, Ask.IN} else not named


def _equal(value: FactValue, wanted: FactValue) -> bool:
    if type(value) is not type(wanted):
        return False
    return (
        value.lower() == wanted.lower()
        if isinstance(value, str) and isinstance(wanted, str)
        else value == wanted
    )


def _numbers(text: str) -> list[int]:
    return [int(each) for each in re.findall(r"\d+", text)]


def _at_least(mine: list[int], bound: list[int]) -> bool:
    width = max(len(mine), len(bound))
    return mine + [0] * (width - len(mine)) >= bound + [0] * (width - len(bound))
