"""Conditions in words, for people."""

from __future__ import annotations

from auditor.model.evidence import FactValue
from auditor.outages.predicate import AllOf, AnyOf, Ask, FactAtom, Not, PlaceAtom, Predicate

_ASKED = {
    Ask.IS: "is",
    Ask.IN: "is one of",
    Ask.NOT_IN: "is none of",
    Ask.ANY_IN: "has one of",
    Ask.ANY_NOT_IN: "has other than",
    Ask.VERSION: "is",
}


def in_words(predicate: Predicate, *, inner: bool = False) -> str:
    """Return ``region aws/us-east-1 and kind aws.elbv2.loadbalancer and lb_type is network``."""
    match predicate:
        case AllOf(parts=parts):
            return _joined(parts, " and ", inner=inner)
        case AnyOf(parts=parts):
            return _joined(parts, " or ", inner=inner)
        case Not(part=part):
            return f"not {in_words(part, inner=True)}"
        case PlaceAtom(column=column, values=values):
            return f"{column.value} {' or '.join(values)}"
        case FactAtom():
            return _fact(predicate)


def _joined(parts: tuple[Predicate, ...], word: str, *, inner: bool) -> str:
    text = word.join(in_words(part, inner=len(parts) > 1) for part in parts)
    return f"({text})" if inner and len(parts) > 1 else text


def _fact(atom: FactAtom) -> str:
    if atom.ask is Ask.PRESENT:
        return f"{atom.fact} is {'there' if atom.values[0] is True else 'not there'}"
    return f"{atom.fact} {_ASKED[atom.ask]} {', '.join(map(_value, atom.values))}"


def _value(value: FactValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
