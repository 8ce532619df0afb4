"""The audit as JSON: the contract other programs read, and the schema it holds to."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from auditor.formats._interface import PLAIN, Format, Look
from auditor.model.audit import SCHEMA_ID, Audit
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


FORMAT = Format(
    name="json", suffix="json", title="the contract other programs read", render=render, for_people=False
)
