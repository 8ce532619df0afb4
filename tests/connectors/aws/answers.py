"""A stand-in for the session: answers given in the tests, held to the shapes of botocore's models."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore.validate import ParamValidator

from auditor.connectors.aws.harvest import Clock, Harvest
from auditor.connectors.aws.link import linked
from auditor.connectors.aws.pool import DaemonExecutor
from auditor.connectors.aws.scan import Scan
from auditor.connectors.aws.spec import Call, by_service
from auditor.connectors.aws.unread import UnreadError
from auditor.connectors.aws.where import Where
from auditor.connectors.extract import read
from auditor.model.gap import Gap, GapReason
from auditor.model.resource import Resource

Answer = Mapping[str, Any] | Callable[[Mapping[str, Any]], Mapping[str, Any]] | str
"""A response, a response by the arguments, or an error code."""

SEOUL = Where(
    partition="aws",
    account="123456789012",
    region="ap-northeast-2",
    zones={f"ap-northeast-2{letter}": f"apne2-az{at}" for at, letter in enumerate("abcd", start=1)},
)


@cache
def _session() -> botocore.session.Session:
    return botocore.session.Session()


def modelled(service: str, operation: str, answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the answer; raise ``AssertionError`` where the service's model has no such member."""
    shape = _session().get_service_model(service).operation_model(operation).output_shape
    assert shape is not None
    report = ParamValidator().validate(dict(answer), shape)
    problems = [line for line in report.generate_report().splitlines() if "Missing required" not in line]
    assert not problems, f"{service}:{operation}: {problems}"
    return answer


class Answers:
    """Reads from answers by (service, operation); what has none is denied."""

    home = "us-east-1"

    def __init__(self, answers: Mapping[tuple[str, str], Answer], *, check: bool = True) -> None:
        self._answers = answers
        self._check = check
        self.asked: list[tuple[str, str, Mapping[str, Any]]] = []

    def pages(
        self, service: str, region: str, call: Call, *, permission: str, args: Mapping[str, Any] | None = None
    ) -> Iterator[Any]:
        """Yield one page."""
        self.asked.append((region, call.operation, dict(args or {})))
        answer = self._answers.get((service, call.operation), "AccessDenied")
        if callable(answer):
            answer = answer(args or {})
        if isinstance(answer, str):
            gap = Gap(
                provider="aws",
                region=region,
                service=service,
                operation=f"{service}:{call.operation}",
                reason=GapReason.DENIED,
                detail=answer,
                remedy=f"allow {permission}",
            )
            raise UnreadError(gap, code=answer)
        yield read(call.items, modelled(service, call.operation, answer) if self._check else answer)


def harvested(
    service: str,
    answers: Mapping[str, Any],
    *,
    where: Where = SEOUL,
    clock: Clock | None = None,
    check: bool = True,
) -> Harvest:
    """Return what a scan of one service makes of the answers."""
    harvest = Harvest()
    pool = DaemonExecutor(4, "test")
    reader = Answers({(service, operation): answer for operation, answer in answers.items()}, check=check)
    scan = Scan(reader=reader, pool=pool, where=where, clock=clock or Clock(60), harvest=harvest)
    scan.run(by_service()[service])
    pool.shutdown(wait=True)
    return harvest


def resources(service: str, answers: Mapping[str, Any], *, where: Where = SEOUL) -> tuple[Resource, ...]:
    """Return the resources of one service, linked among each other."""
    harvest = harvested(service, answers, where=where)
    return linked(harvest.resources, harvest.served)


def only(service: str, answers: Mapping[str, Any], kind: str, *, where: Where = SEOUL) -> Resource:
    """Return the one resource of a kind."""
    (found,) = (one for one in resources(service, answers, where=where) if one.kind == kind)
    return found


def facts(resource: Resource) -> dict[str, Any]:
    return {fact.name: fact.value for fact in resource.facts}


def roles(resource: Resource) -> dict[str, list[tuple[str, ...]]]:
    """Return the members' references of each need by role."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for need in resource.needs:
        found.setdefault(need.role, []).append(tuple(member.ref for member in need.members))
    return found
