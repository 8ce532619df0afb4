"""Findings that are one mistake made many times, told as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.analyses._redundancy.found import Certainty, Claimed, FalseRedundancy, Sort
from auditor.analyses._text import named
from auditor.model.section import Cell, Table

COLUMNS = ("Redundancies", "Claimed", "What ends them", "How sure", "Heaviest", "Workloads")
_NAMED = 3
_CLAIMED = {
    Claimed.COPY: "more than one copy",
    Claimed.ZONE: "over several zones",
    Claimed.REGION: "over several regions",
    Claimed.PROVIDER: "over several providers",
}
_ENDS = {
    Sort.CAPACITY: "the spare ones run nothing",
    Sort.METRO: "both stand in one city",
    Sort.AGENT: "every machine takes one agent's updates",
    Sort.CLOUD: "one cloud is beneath all vendors",
    Sort.CONTROL_PLANE: "the switch needs what goes with the primary",
}
_ONE = {
    Sort.KEY: "key",
    Sort.IDENTITY: "identity",
    Sort.NAT: "NAT gateway",
    Sort.REGISTRY: "image registry",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One kind of finding.

    Attributes:
        claimed: what the redundancies claim to survive, for people.
        ends: what ends them, for people.
        certainty: how sure all of them are.
        findings: heaviest first.
    """

    claimed: str
    ends: str
    certainty: Certainty
    findings: tuple[FalseRedundancy, ...]

    @property
    def workloads(self) -> tuple[str, ...]:
        """Workloads that lean on one of them: the heaviest of each finding, then the second of each."""
        best: dict[str, int] = {}
        for each in self.findings:
            for rank, name in enumerate(each.workloads):
                best[name] = min(rank, best.get(name, rank))
        return tuple(sorted(best, key=best.__getitem__))


def patterns(found: Sequence[FalseRedundancy]) -> tuple[Pattern, ...]:
    """Return the kinds of finding, sure ones first, then those there are most of."""
    grouped: dict[tuple[Certainty, str, str], list[FalseRedundancy]] = {}
    for each in found:
        grouped.setdefault((each.certainty, _CLAIMED[each.claim.survives], _ends(each)), []).append(each)
    kinds = [
        Pattern(certainty=certainty, claimed=claimed, ends=ends, findings=tuple(group))
        for (certainty, claimed, ends), group in grouped.items()
    ]
    order = list(Certainty)
    return tuple(sorted(kinds, key=lambda each: (order.index(each.certainty), -len(each.findings))))


def table(found: Sequence[Pattern], *, caption: str) -> Table:
    """Return a row per kind of finding."""
    return Table(
        columns=COLUMNS,
        rows=tuple(_row(each) for each in found),
        numeric=COLUMNS[:1],
        caption=caption,
    )


def line(each: Pattern) -> str:
    """Return one sentence on a kind of finding, with its heaviest one."""
    count = len(each.findings)
    first = each.findings[0]
    if count == 1:
        return f"{first.claim.text}: {first.why}."
    return f"{count:,} redundancies, {each.claimed}: {each.ends}. Heaviest: {_heaviest(first)}."


def _row(each: Pattern) -> tuple[Cell, ...]:
    first = each.findings[0]
    return (
        Cell(text=f"{len(each.findings):,}"),
        Cell(text=each.claimed),
        Cell(text=each.ends),
        Cell(text=each.certainty.value),
        Cell(text=_heaviest(first), detail=f"{first.claim.text}: {first.why}"),
        Cell(text=_workloads(each.workloads)),
    )


def _workloads(names: Sequence[str]) -> str:
    return f"{len(names):,}: {named(names, _NAMED)}" if len(names) > 1 else named(names, _NAMED) or "none"


def _heaviest(each: FalseRedundancy) -> str:
    """Return the members of a claim without how many are needed."""
    return each.claim.text.partition(": ")[2] or each.claim.text


def _ends(each: FalseRedundancy) -> str:
    if each.sort in _ENDS:
        return _ENDS[each.sort]
    hinge = _words(each.hinge)
    if each.sort in _ONE:
        place = f"a {_ONE[each.sort]} in one place"
        return f"{place}, without which they start nothing" if each.certainty is Certainty.POSSIBLE else place
    if each.sort is Sort.RESOURCE:
        return f"all need one {hinge or 'resource'}"
    what = "zone" if each.sort is Sort.ZONE else each.sort.value
    if hinge:
        return f"one {what}: all need one {hinge} in it"
    return "one zone: too many stand in it" if each.sort is Sort.ZONE else f"one {what}"


def _words(kind: str) -> str:
    """Return ``rds instance`` of ``aws.rds.instance``, ``sql database`` of Azure's longer kind."""
    parts = kind.split(".")[1:]
    if not parts:
        return kind
    last = parts[-1]
    singular = last[:-1] if last.endswith("s") and not last.endswith(("ss", "us", "is")) else last
    return " ".join(dict.fromkeys((parts[0], singular)))
