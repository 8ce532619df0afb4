"""Read one service in one region by its specs. No service is named here."""

from __future__ import annotations

import dataclasses
import traceback
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from auditor.connectors.aws.harvest import Clock, Harvest
from auditor.connectors.aws.shape import shape
from auditor.connectors.aws.spec import PARENT, SHORT, SIBLINGS, VALUE, AwsSpec, Call, Detail, Lookup, Scope
from auditor.connectors.aws.unread import UnreadError
from auditor.connectors.aws.where import PROVIDER, Where
from auditor.connectors.extract import parse_arn, read, text, texts
from auditor.model.gap import Gap, GapReason

Made = dict[str, Any]
"""An item being put together."""


class Reader(Protocol):
    """What a scan asks of a session."""

    @property
    def home(self) -> str:
        """The region in which global services are asked."""

    def pages(
        self, service: str, region: str, call: Call, *, permission: str, args: Mapping[str, Any] | None = None
    ) -> Iterator[Any]:
        """Yield what the call finds, page by page; raise ``UnreadError``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One call for the details of one or several items."""

    items: tuple[Made, ...]
    args: Mapping[str, Any]
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One service in one region.

    Attributes:
        reader: makes the calls.
        pool: runs calls for single items side by side.
        where: zones as the account names them.
        clock: the region's.
        harvest: where it all goes.
    """

    reader: Reader
    pool: Executor
    where: Where
    clock: Clock
    harvest: Harvest

    def run(self, specs: tuple[AwsSpec, ...]) -> None:
        """Read all kinds of one service; ``specs`` has parents first."""
        parents = {spec.within.kind for spec in specs if spec.within}
        seen: dict[str, list[Made]] = {}
        self.clock.begin()
        for spec in specs:
            known: dict[str, dict[str, list[Any]] | None] = {}
            grouped: dict[str, list[Made]] = {}
            for items in self._pages_of(spec, seen):
                self._enrich(spec, items, known)
                for item in items:
                    if spec.group:
                        grouped.setdefault(str(read(spec.group, item)), []).append(item)
                    else:
                        self._shape(spec, item)
                if spec.kind in parents:
                    seen.setdefault(spec.kind, []).extend(items)
            for group in grouped.values():
                self._shape(spec, group[0] | {SIBLINGS: group})

    def _pages_of(self, spec: AwsSpec, seen: Mapping[str, list[Made]]) -> Iterator[list[Made]]:
        if spec.within is None:
            yield from self._list(spec, {}, None)
            return
        asked = set()
        for parent in seen.get(spec.within.kind, ()):
            args = {name: text(path, parent) for name, path in spec.within.args}
            key = tuple(args.values())
            if None not in key and key not in asked:
                asked.add(key)
                yield from self._list(spec, args, parent)

    def _list(self, spec: AwsSpec, args: Mapping[str, Any], parent: Made | None) -> Iterator[list[Made]]:
        """Yield the items of each page, until the end, a failure or the deadline."""
        if self.clock.left() <= 0:
            self._late(spec, spec.call)
            return
        pages = self._read(spec, spec.call, args, self._region(spec))
        try:
            for page in pages:
                self.harvest.answered = True
                yield [_as_item(entry, spec, parent) for entry in _as_list(page)]
                if self.clock.left() <= 0:
                    self._late(spec, spec.call)
                    return
        except UnreadError as error:
            self._unread(error, spec.call)

    def _put_details(self, spec: AwsSpec, detail: Detail, items: list[Made]) -> None:
        questions = _questions(detail, items, self._region(spec))
        futures = [
            self.pool.submit(self._answers, spec, detail.call, question.args, question.region)
            for question in questions
        ]
        for question, future in zip(questions, futures, strict=True):
            try:
                answers = future.result(timeout=self.clock.left())
            except TimeoutError:
                future.cancel()
                self._late(spec, detail.call)
            except UnreadError as error:
                if error.code in detail.call.ignore:
                    _attach(detail, question, [])
                self._unread(error, detail.call)
            else:
                _attach(detail, question, answers)

    def _enrich(
        self, spec: AwsSpec, items: list[Made], known: dict[str, dict[str, list[Any]] | None]
    ) -> None:
        """Put the answers of details and lookups into the items; ``known`` keeps lookups already read."""
        for detail in spec.details:
            self._put_details(spec, detail, items)
        for lookup in spec.lookups if items else ():
            if lookup.into not in known:
                known[lookup.into] = self._looked_up(spec, lookup)
            rows = known[lookup.into]
            if rows is None:
                continue
            for item in items:
                item[lookup.into] = rows.get(text(lookup.match[0], item) or "", [])

    def _looked_up(self, spec: AwsSpec, lookup: Lookup) -> dict[str, list[Any]] | None:
        """Return the rows of a lookup by what they are matched on, None where they could not be read."""
        rows: dict[str, list[Any]] = {}
        try:
            for page in self._read(spec, lookup.call, {}, self._region(spec)):
                for row in _as_list(page):
                    for key in texts(f"[{lookup.match[1]}]", row):
                        rows.setdefault(key, []).append(row)
        except UnreadError as error:
            self._unread(error, lookup.call)
            return None
        return rows

    def _shape(self, spec: AwsSpec, item: Made) -> None:
        try:
            shaped = shape(spec, item, self.where)
        except Exception as error:  # noqa: BLE001 - the border: one odd answer must not lose the service
            self.harvest.add_gap(self._gap(spec, spec.call, GapReason.ERROR, detail=place_of(error)))
            return
        if shaped is not None:
            self.harvest.resources.append(shaped[0])
            self.harvest.served.extend(shaped[1])

    def _read(self, spec: AwsSpec, call: Call, args: Mapping[str, Any], region: str) -> Iterator[Any]:
        return self.reader.pages(spec.service, region, call, permission=spec.permission(call), args=args)

    def _answers(self, spec: AwsSpec, call: Call, args: Mapping[str, Any], region: str) -> list[Any]:
        return list(self._read(spec, call, args, region))

    def _region(self, spec: AwsSpec) -> str:
        return self.reader.home if spec.scope is Scope.GLOBAL else self.where.region

    def _unread(self, error: UnreadError, call: Call) -> None:
        if error.code not in call.ignore:
            gap = error.gap
            region = self.where.region if gap.region == self.reader.home else gap.region
            self.harvest.add_gap(dataclasses.replace(gap, account=self.where.account, region=region))

    def _late(self, spec: AwsSpec, call: Call) -> None:
        self.harvest.add_gap(
            self._gap(
                spec, call, GapReason.TIMEOUT, detail="the region's deadline passed before this was read"
            )
        )

    def _gap(self, spec: AwsSpec, call: Call, reason: GapReason, *, detail: str) -> Gap:
        return Gap(
            provider=PROVIDER,
            account=self.where.account,
            region=self.where.region,
            service=spec.service,
            operation=f"{spec.service}:{call.operation}",
            reason=reason,
            detail=detail,
            remedy="raise [aws] region_deadline" if reason is GapReason.TIMEOUT else "report this",
        )


def place_of(error: Exception) -> str:
    """Return an unexpected error's kind and place, not its text, which may quote what was read."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}:{last.lineno}"


def _as_list(found: object) -> list[Any]:
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def _as_item(entry: object, spec: AwsSpec, parent: Made | None) -> Made:
    item = dict(entry) if isinstance(entry, Mapping) else {VALUE: entry}
    id_ = text(spec.id, item)
    if id_:
        last = id_.rstrip("/.").rsplit("/", maxsplit=1)[-1]
        arn = parse_arn(last)
        item[SHORT] = arn.name if arn else last
    return item if parent is None else item | {PARENT: parent}


def _questions(detail: Detail, items: list[Made], home: str) -> list[Question]:
    single: list[Question] = []
    for item in items:
        args = {name: read(path, item) for name, path in detail.args}
        if None in args.values() or (detail.unless and read(detail.unless, item)):
            continue
        region = (text(detail.region, item) if detail.region else None) or home
        single.extend(Question(items=(item,), args=part, region=region) for part in _chunks(detail, args))
    return _batched(single, detail) if detail.batch else single


def _chunks(detail: Detail, args: Made) -> Iterator[Made]:
    if not detail.chunk:
        yield args
        return
    last = detail.args[-1][0]
    for at in range(0, len(args[last]), detail.chunk):
        yield args | {last: args[last][at : at + detail.chunk]}


def _batched(single: list[Question], detail: Detail) -> list[Question]:
    """Join questions that differ only in the last argument, which becomes a list."""
    last = detail.args[-1][0]
    groups: dict[tuple[Any, ...], list[Question]] = {}
    for question in single:
        rest = tuple(value for name, value in question.args.items() if name != last)
        groups.setdefault((question.region, *rest), []).append(question)
    return [
        Question(
            items=tuple(question.items[0] for question in group[at : at + detail.batch]),
            args={**group[0].args, last: [question.args[last] for question in group[at : at + detail.batch]]},
            region=group[0].region,
        )
        for group in groups.values()
        for at in range(0, len(group), detail.batch)
    ]


def _attach(detail: Detail, question: Question, answers: list[Any]) -> None:
    if not detail.batch:
        item = question.items[0]
        if any(isinstance(answer, list) for answer in answers):
            earlier = _as_list(item.get(detail.into)) if detail.chunk else []
            _put(item, detail.into, [*earlier, *(row for answer in answers for row in _as_list(answer))])
        else:
            _put(item, detail.into, next(iter(answers), None))
        return
    rows = {text(detail.match[1], row): row for answer in answers for row in _as_list(answer)}
    for item in question.items:
        _put(item, detail.into, rows.get(text(detail.match[0], item)))


def _put(item: Made, into: str, found: object) -> None:
    if into:
        item[into] = found
    elif isinstance(found, Mapping):
        item.update(found)
