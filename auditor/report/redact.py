"""Replace accounts, names and ids in an audit by pseudonyms, the same ones throughout.

Every string of the audit is looked through, those for people too. What is public stays: providers, regions,
zones, services, operating systems, agents, outages.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from pathlib import PurePath
from typing import Any

import polars as pl

from auditor.inventory import Inventory
from auditor.model.audit import VERDICT_ORDER, Audit
from auditor.model.cuts import WorkloadCuts
from auditor.model.domain import Axis
from auditor.model.survey import Survey

LONGEST = 10
"""Words in the longest name that is found inside a text."""
SHORTEST = 2
SHORTEST_NUMBER = 6
"""Letters of the shortest name worth hiding, and digits of the shortest one that is a number."""

_PUBLIC_AXES = "|".join(re.escape(axis.value) for axis in Axis if axis not in {Axis.ACCOUNT, Axis.VENDOR})
_NAMED = frozenset({"workload", Axis.VENDOR.value})
_PUBLIC = re.compile(rf"\b(?:{_PUBLIC_AXES}):[^\s,;)\]\"']+")
_SECRET = re.compile(
    r"""arn:[\w-]+:[^\s,;)\]"']+            # ARN
      | /subscriptions/[^\s,;)\]"']+        # ARM id
      | \b[\w.+-]+@[\w-]+\.[\w.-]+\b        # mail address
      | \b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b
      | \b\d{12}\b                          # AWS account
      | \b(?:\d{1,3}\.){3}\d{1,3}\b
      | \b[a-z]+-[0-9a-f]{8}(?:[0-9a-f]{9})?\b  # short EC2 id
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WORD = re.compile(r"[^\W_]+")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def redact(audit: Audit, inventory: Inventory) -> Audit:
    """Return the audit with pseudonyms in place of accounts, workloads, vendors and resources."""
    names = _names(audit, inventory)
    swap = _Swap(names)
    inputs = audit.inputs
    config = None if inputs.config is None else PurePath(inputs.config).name
    made = dataclasses.replace(audit, inputs=dataclasses.replace(inputs, config=config))
    kept = {name: getattr(audit, name) for name in ("schema", "tool", "taken_at")}
    swapped = _mapped(made, swap)
    assert isinstance(swapped, Audit)  # noqa: S101 - a dataclass maps to its own kind
    # Whoever guesses what a workload stands on could check the guess against its digest.
    cuts = None if swapped.cut_sets is None else tuple(map(_undigested, swapped.cut_sets))
    whole = dataclasses.replace(
        swapped.inputs, snapshot_sha256=inputs.snapshot_sha256, outages=inputs.outages, regions=inputs.regions
    )
    return dataclasses.replace(swapped, inputs=whole, cut_sets=cuts, **kept)


def _undigested(cuts: WorkloadCuts) -> WorkloadCuts:
    return dataclasses.replace(cuts, digest="")


def _names(audit: Audit, inventory: Inventory) -> dict[str, str]:
    """Return every name in the audit that is not public, with its pseudonym."""
    workloads = {each.name for each in inventory.workloads} | {
        each.workload for each in audit.workloads or ()
    }
    workloads |= {row.workload for replay in audit.replays or () for row in replay.workloads}
    surveys = [each for each in audit.extensions.values() if isinstance(each, Survey)]
    workloads |= {name for survey in surveys for name in survey.named()}
    accounts = {*audit.inputs.accounts, *(gap.account for gap in audit.gaps)}
    found = _resources(audit, inventory)
    found |= _numbered("vendor", (vendor.name for vendor in inventory.vendors))
    found |= _numbered("workload", workloads)
    found |= _numbered("account", accounts)
    public = {*audit.inputs.providers, *audit.inputs.regions, *audit.inputs.outages}
    public |= {verdict.value for verdict in VERDICT_ORDER} | {axis.value for axis in Axis}
    return {name: new for name, new in found.items() if _telling(name) and name not in public}


def _telling(name: str) -> bool:
    """Tell whether a name says anything; a short number would be found in every figure."""
    return len(name) >= (SHORTEST_NUMBER if name.isdecimal() else SHORTEST)


def _numbered(what: str, names: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, name in enumerate(sorted(set(names) - {""}), 1):
        found |= dict.fromkeys((name, _trimmed(name) or name), f"{what}-{number}")
    return found


def _resources(audit: Audit, inventory: Inventory) -> dict[str, str]:
    """Return ids, names and aliases that occur in the audit; all those of one resource get one pseudonym."""
    spans = pl.Series(sorted({span for text in _strings(audit) for span in _spans(text)}), dtype=pl.String)
    rows = inventory.resources.with_row_index("resource")
    trimmed = pl.col("name").str.replace_all(_EDGES.pattern, "")
    called = pl.concat(
        [
            inventory.aliases.select("resource", name="alias"),
            inventory.facts.filter(pl.col("name").is_in(["resource_group", "stack"])).select(
                "resource", name=pl.col("value").str.strip_chars('"')
            ),
            rows.select("resource", "name").with_columns(trimmed),
            rows.select("resource", name="id").with_columns(trimmed),
        ]
    ).filter(pl.col("name").is_in(spans.implode()))
    firsts = called.unique("name", keep="last", maintain_order=True).sort("name")
    return {name: f"resource-{row + 1}" for row, name in firsts.select("resource", "name").iter_rows()}


class _Swap:
    """Rewrites texts; ids nobody lists are numbered as they come."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._unseen: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        done: list[str] = []
        position = 0
        for public in _PUBLIC.finditer(text):
            done += [self._private(text[position : public.start()]), public.group()]
            position = public.end()
        return "".join([*done, self._private(text[position:])])

    def _private(self, text: str) -> str:
        kind, colon, name = text.partition(":")
        if colon and kind in _NAMED and name in self._names:
            return kind + colon + self._names[name]
        for whole in (text, _trimmed(text)):
            if whole in self._names:
                return text.replace(whole, self._names[whole])
        done: list[str] = []
        position = 0
        for secret in _SECRET.finditer(text):
            done += [self._inside(text[position : secret.start()]), self._id(secret.group())]
            position = secret.end()
        return "".join([*done, self._inside(text[position:])])

    def _id(self, found: str) -> str:
        known = self._names.get(_trimmed(found)) or self._names.get(_trimmed(found).lower())
        return known or self._unseen.setdefault(found, f"id-{len(self._unseen) + 1}")

    def _inside(self, text: str) -> str:
        words = list(_WORD.finditer(text))
        done: list[str] = []
        position = at = 0
        while at < len(words):
            for last in range(min(at + LONGEST, len(words)) - 1, at - 1, -1):
                known = self._names.get(text[words[at].start() : words[last].end()])
                if known is not None:
                    done += [text[position : words[at].start()], known]
                    position, at = words[last].end(), last
                    break
            at += 1
        return "".join([*done, text[position:]])


def _trimmed(text: str) -> str:
    return _EDGES.sub("", text)


def _spans(text: str) -> Iterator[str]:
    """Yield every part of a text that could be a name: whole, an id, or some words on end."""
    yield _trimmed(text)
    for secret in _SECRET.finditer(text):
        yield _trimmed(secret.group())
        yield _trimmed(secret.group()).lower()
    words = list(_WORD.finditer(text))
    for first, word in enumerate(words):
        for last in words[first : first + LONGEST]:
            yield text[word.start() : last.end()]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif dataclasses.is_dataclass(value):
        for part in dataclasses.fields(value):
            yield from _strings(getattr(value, part.name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _strings(key)
            yield from _strings(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _strings(item)


def _mapped(value: Any, swap: Callable[[str], str]) -> Any:  # noqa: ANN401 - any part of an audit
    """Return the value with every string in it rewritten; words of the model's own stay."""
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return swap(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: _mapped(getattr(value, part.name), swap) for part in dataclasses.fields(value)}
        return dataclasses.replace(value, **parts)
    if isinstance(value, Mapping):
        return {_mapped(key, swap): _mapped(item, swap) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_mapped(item, swap) for item in value)
    return value
