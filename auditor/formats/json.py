"""The audit as JSON: the contract other programs read, and the schema it holds to."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from auditor.errors import ConfigError
from auditor.formats._interface import PLAIN, Format, Look
from auditor.model.audit import SCHEMA_ID, Audit, Inputs, Tool
from auditor.model.cuts import WorkloadCuts
from auditor.report import Document

FOR_PEOPLE = "sections"
"""Field of ``Audit`` that is no part of the contract."""


@cache
def _adapter() -> TypeAdapter[Audit]:
    return TypeAdapter(Audit)


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the contract; the package ships it as ``audit.schema.json``."""
    made = _adapter().json_schema(mode="serialization")
    made["properties"].pop(FOR_PEOPLE)
    made["properties"]["schema"]["const"] = SCHEMA_ID
    used = _referenced(made["properties"], made["$defs"])
    made["$defs"] = {name: made["$defs"][name] for name in sorted(used)}
    for part in (made, *made["$defs"].values()):
        if "properties" in part:  # every field is always written, defaults too
            part["required"] = list(part["properties"])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:{SCHEMA_ID.replace('/', ':')}",
    } | made


def schema_text() -> str:
    """Return the schema as the package ships it."""
    return json.dumps(schema(), indent=2) + "\n"


def _referenced(node: Any, definitions: dict[str, Any]) -> set[str]:  # noqa: ANN401 - any JSON value
    """Return the names of the definitions a part of a schema reaches."""
    found: set[str] = set()
    pending = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending.extend(part)
        elif isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix("#/$defs/")
            if name in definitions and name not in found:
                found.add(name)
                pending.append(definitions[name])
            pending.extend(part.values())
    return found


def render(audit: Audit, document: Document, look: Look = PLAIN, /) -> bytes:  # noqa: ARG001 - one signature
    """Return the audit as UTF-8 JSON, keys in the contract's order, unknown bounds as null."""
    return _adapter().dump_json(audit, indent=2, exclude={FOR_PEOPLE}) + b"\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """The parts of a written audit that a later run can use; the others are not even looked at."""

    schema: str
    tool: Tool
    taken_at: str
    inputs: Inputs
    cut_sets: tuple[WorkloadCuts, ...] | None = None


def read(path: Path) -> Audit:
    """Return the audit in a file that ``render`` wrote, as far as a later run can use it: cut sets.

    Raises:
        ConfigError: the file cannot be read, or is no audit.
    """
    try:
        kept = TypeAdapter(_Kept).validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}", hint=_READABLE) from error
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in wrong["loc"])
        reason = f"{where}: {wrong['msg']}" if where else wrong["msg"]
        raise ConfigError(f"{path}: is no audit: {reason}", hint=_READABLE) from error
    return Audit(
        schema=kept.schema,
        tool=kept.tool,
        taken_at=kept.taken_at,
        inputs=kept.inputs,
        cut_sets=kept.cut_sets,
    )


_READABLE = "give a file that `auditor audit --format json` or `auditor report --format json` wrote"

FORMAT = Format(
    name="json", suffix="json", title="the contract other programs read", render=render, for_people=False
)
