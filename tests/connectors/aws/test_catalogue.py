"""The catalogue against botocore's bundled models: names that do not exist are found here, offline."""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import botocore.session
import pytest
from botocore.model import OperationModel

from auditor.connectors.aws.permissions import permissions, policy
from auditor.connectors.aws.places import BASE_CALLS
from auditor.connectors.aws.spec import PARENT, SHORT, SIBLINGS, VALUE, AwsSpec, Call, by_service, specs
from auditor.model.domain import service_of
from auditor.model.facts import fact_spec
from tests.connectors.aws.lint import ANY, SCALAR, Kind, found, kind_of, listed, merged, struct

KINDS = (
    "aws.apigateway.restapi",
    "aws.apigatewayv2.api",
    "aws.autoscaling.group",
    "aws.cloudfront.distribution",
    "aws.dynamodb.table",
    "aws.ec2.dhcpoptions",
    "aws.ec2.instance",
    "aws.ec2.subnet",
    "aws.ec2.volume",
    "aws.ec2.vpc",
    "aws.ecs.cluster",
    "aws.ecs.service",
    "aws.ecs.taskdefinition",
    "aws.eks.cluster",
    "aws.eks.nodegroup",
    "aws.elasticache.replicationgroup",
    "aws.elbv2.listener",
    "aws.elbv2.loadbalancer",
    "aws.elbv2.targetgroup",
    "aws.lambda.function",
    "aws.rds.cluster",
    "aws.rds.globalcluster",
    "aws.rds.instance",
    "aws.route53.healthcheck",
    "aws.route53.record",
    "aws.route53.zone",
    "aws.s3.bucket",
    "aws.sns.topic",
    "aws.sqs.queue",
)
SPECS = [pytest.param(spec, id=kind) for kind, spec in specs().items()]
CALLS = [
    pytest.param(spec.service, call, id=f"{kind}-{call.operation}")
    for kind, spec in specs().items()
    for call in spec.calls
] + [pytest.param("ec2", call, id=call.operation) for call in BASE_CALLS]


@cache
def session() -> botocore.session.Session:
    return botocore.session.Session()


def operation(service: str, name: str) -> OperationModel:
    return session().get_service_model(service).operation_model(name)


def paginator(service: str, name: str) -> dict[str, Any] | None:
    try:
        return dict(session().get_paginator_model(service).get_paginator(name))
    except ValueError:
        return None


def answer(spec: AwsSpec, call: Call) -> Kind:
    """Return the type of one thing that a call finds."""
    kind = found(call.items, kind_of(operation(spec.service, call.operation).output_shape))
    return kind.inner() if kind.what == "list" else kind


def item(spec: AwsSpec, *, details: int | None = None) -> Kind:
    """Return the type of a spec's item with the answers of its first ``details`` details put in."""
    listed_ = answer(spec, spec.call)
    made = struct({VALUE: SCALAR}) if listed_.what == "scalar" else listed_
    made = merged(made, struct({SHORT: SCALAR}))
    if spec.within:
        made = merged(made, struct({PARENT: item(specs()[spec.within.kind])}))
    for detail in spec.details[:details]:
        row = answer(spec, detail.call)
        whole = row if detail.batch else found(detail.call.items, _output(spec, detail.call))
        made = merged(made, struct({detail.into: whole}) if detail.into else row)
    for lookup in spec.lookups:
        made = merged(made, struct({lookup.into: listed(answer(spec, lookup.call))}))
    return merged(made, struct({SIBLINGS: listed(made)})) if spec.group else made


def _output(spec: AwsSpec, call: Call) -> Kind:
    return kind_of(operation(spec.service, call.operation).output_shape)


def test_the_catalogue_holds_every_kind_that_is_promised() -> None:
    """The kinds are these, each under the service name that domain ids use."""
    assert tuple(specs()) == KINDS
    assert all(service_of(kind) == spec.service for kind, spec in specs().items())


@pytest.mark.parametrize(("service", "call"), CALLS)
def test_operations_exist_and_are_paged_as_they_can_be(service: str, call: Call) -> None:
    """The operation exists with its fixed parameters, and a paginator is used exactly where there is one."""
    model = operation(service, call.operation)
    paging = paginator(service, call.operation)
    assert model.name == call.operation
    assert call.paged == (paging is not None)
    assert not call.page_size or "limit_key" in (paging or {})
    assert {name for name, _ in call.args} <= set(model.input_shape.members if model.input_shape else ())
    assert all(re.fullmatch(r"[A-Za-z0-9.]+", code) for code in call.ignore)


@pytest.mark.parametrize("spec", SPECS)
def test_every_path_finds_members_that_the_models_have(spec: AwsSpec) -> None:
    """Items, ids, tags, facts, aliases, needs and matches name members of the answers' shapes."""
    whole = item(spec)
    paths = [spec.id, spec.arn, spec.name, spec.region, spec.zones, spec.tags, spec.group, *spec.aliases]
    paths += [fact.path for fact in spec.facts] + [need.path for need in spec.needs]
    paths += [serves.to for serves in spec.serves] + [serves.minimum for serves in spec.serves]
    checked = [found(path, whole) for path in paths if path]
    assert checked
    assert found(spec.id, whole).what == "scalar"
    assert not spec.arn or found(spec.arn, whole).what == "scalar"


@pytest.mark.parametrize("spec", SPECS)
def test_details_ask_with_what_the_item_has_by_then(spec: AwsSpec) -> None:
    """A detail's arguments come from the item and earlier details, and make up all that the call requires."""
    for at, detail in enumerate(spec.details):
        known = item(spec, details=at)
        for path in (*(path for _, path in detail.args), detail.unless, detail.region):
            assert path is None or found(path, known)
        _assert_asked_fully(spec, detail.call, {name for name, _ in detail.args})
        assert not detail.batch or found(detail.match[0], known).what == "scalar"
        assert not detail.batch or found(detail.match[1], answer(spec, detail.call)).what == "scalar"
    for lookup in spec.lookups:
        assert found(f"[{lookup.match[1]}][]", answer(spec, lookup.call)).inner().what == "scalar"
        assert found(lookup.match[0], item(spec)).what == "scalar"


@pytest.mark.parametrize("spec", SPECS)
def test_listings_are_asked_with_all_they_require(spec: AwsSpec) -> None:
    """A listing within a parent takes its arguments from the parent's item."""
    within = spec.within
    if within:
        parent = item(specs()[within.kind])
        assert all(found(path, parent).what == "scalar" for _, path in within.args)
    _assert_asked_fully(spec, spec.call, {name for name, _ in within.args} if within else set())


def _assert_asked_fully(spec: AwsSpec, call: Call, given: set[str]) -> None:
    shape = operation(spec.service, call.operation).input_shape
    members = set(shape.members) if shape else set()
    required = set(shape.required_members) if shape else set()
    assert given <= members
    assert required <= given | {name for name, _ in call.args}


@pytest.mark.parametrize(
    "spec", [pytest.param(spec, id=kind) for kind, spec in specs().items() if spec.refine]
)
def test_refinements_read_only_members_that_the_models_have(spec: AwsSpec) -> None:
    """Every literal path a refine function reads from its item exists, and the function is short."""
    assert spec.refine is not None
    whole = item(spec)
    source = inspect.getsource(spec.refine)
    for path in _paths_read(source, vars(sys.modules[spec.refine.__module__])):
        assert found(path, whole)
    assert len(source.splitlines()) <= 25


def _paths_read(source: str, names: dict[str, Any]) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 2):
            continue
        first, second = node.args
        if node.func.id in {"text", "texts", "read", "items"} and ast.unparse(second) == "item":
            yield str(eval(compile(ast.Expression(first), "path", "eval"), names))  # noqa: S307 - our own source


@pytest.mark.parametrize("spec", SPECS)
def test_facts_are_of_the_shared_vocabulary(spec: AwsSpec) -> None:
    """Facts read and assumed have names that the vocabulary explains."""
    names = [field.name for field in spec.facts] + [name for name, _ in spec.assumed]
    assert all(fact_spec(name) is not None for name in names)


@pytest.mark.parametrize("spec", SPECS)
def test_permissions_are_actions_of_the_service(spec: AwsSpec) -> None:
    """The IAM prefix is the one requests are signed for, and every action has an action's form."""
    assert spec.iam_prefix == session().get_service_model(spec.service).signing_name
    assert all(re.fullmatch(r"[a-z0-9-]+:[A-Z][A-Za-z0-9]+", spec.permission(call)) for call in spec.calls)


def test_the_policy_only_reads_and_names_every_action_once() -> None:
    """No action of the policy can change anything, and none stands in it twice."""
    actions = [action for statement in policy()["Statement"] for action in statement["Action"]]
    assert sorted(actions) == sorted(permissions())
    assert {
        action.partition(":")[2] for action in actions if not re.search(r":(Describe|List|Get)", action)
    } == {"GET"}


def test_the_policy_follows_the_partition() -> None:
    """In China the same policy names resources of China's partition."""
    resources = [name for statement in policy("aws-cn")["Statement"] for name in statement["Resource"]]
    assert all(name == "*" or name.startswith("arn:aws-cn:") for name in resources)


def test_parents_are_read_before_the_things_within_them() -> None:
    """In every service a kind comes after the kind it is listed within."""
    for group in by_service().values():
        order = [spec.kind for spec in group]
        assert all(order.index(spec.within.kind) < order.index(spec.kind) for spec in group if spec.within)


def test_the_lint_itself_catches_a_planted_mistake() -> None:
    """A wrong letter in a member's name does not pass."""
    whole = item(specs()["aws.lambda.function"])
    with pytest.raises(AssertionError, match="FunctionARN"):
        found("FunctionARN", whole)
    assert found("anything.at.all", ANY) is ANY
