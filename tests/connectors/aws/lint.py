"""What the bundled models say a JMESPath expression finds: the checker behind the catalogue's lint."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import jmespath
from botocore.model import ListShape, MapShape, Shape, StructureShape


@dataclass(frozen=True)
class Kind:
    """A type of JSON value: ``struct``, ``list`` or ``map`` of something, ``scalar`` or ``any``."""

    what: str
    members: Mapping[str, Callable[[], Kind]] = field(default_factory=dict)
    of: Callable[[], Kind] | None = None

    def inner(self) -> Kind:
        return self.of() if self.of else ANY


ANY = Kind("any")
SCALAR = Kind("scalar")


def listed(kind: Kind) -> Kind:
    return Kind("list", of=lambda: kind)


def struct(members: Mapping[str, Kind]) -> Kind:
    return Kind("struct", members={name: partial(_same_kind, kind) for name, kind in members.items()})


def _same_kind(kind: Kind) -> Kind:
    return kind


def merged(first: Kind, second: Kind) -> Kind:
    return Kind("struct", members={**first.members, **second.members})


def kind_of(shape: Shape | None) -> Kind:
    """Return the type of a botocore shape; members are looked at only when asked for (shapes recurse)."""
    if isinstance(shape, StructureShape):
        return Kind(
            "struct", members={name: partial(kind_of, member) for name, member in shape.members.items()}
        )
    if isinstance(shape, ListShape):
        return Kind("list", of=lambda: kind_of(shape.member))
    if isinstance(shape, MapShape):
        return Kind("map", of=lambda: kind_of(shape.value))
    return SCALAR if shape is not None else ANY


def found(path: str, kind: Kind) -> Kind:
    """Return the type a path finds; raise ``AssertionError`` naming any field that does not exist."""
    return _walk(dict(jmespath.compile(path).parsed), kind, path)


def _walk(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    return _RULES[node["type"]](node, kind, path)


def _field(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    name = node["value"]
    if kind.what == "struct":
        assert name in kind.members, f"{path!r}: no member {name!r} among {sorted(kind.members)}"
        return kind.members[name]()
    assert kind.what in {"map", "any"}, f"{path!r}: {name!r} is asked of a {kind.what}"
    return kind.inner()


def _chain(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    for child in node["children"]:
        kind = _walk(child, kind, path)
    return kind


def _element(kind: Kind, path: str) -> Kind:
    assert kind.what in {"list", "any"}, f"{path!r}: a {kind.what} is taken for a list"
    return kind.inner()


def _projection(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    left, right = node["children"][:2]
    element = _element(_walk(left, kind, path), path)
    if node["type"] == "filter_projection":
        _walk(node["children"][2], element, path)
    return listed(_walk(right, element, path))


def _flatten(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    element = _element(_walk(node["children"][0], kind, path), path)
    return listed(element.inner() if element.what == "list" else element)


def _values(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    left, right = node["children"]
    return listed(_walk(right, _walk(left, kind, path).inner(), path))


def _select(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    kinds = [_walk(child, kind, path) for child in node["children"]]
    return listed(kinds[0] if len({one.what for one in kinds}) == 1 else ANY)


def _select_dict(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    return struct({pair["value"]: _walk(pair["children"][0], kind, path) for pair in node["children"]})


def _either(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    kinds = [_walk(child, kind, path) for child in node["children"]]
    chosen = kinds[-1] if node["type"] == "and_expression" else kinds[0]
    return next((one for one in (chosen, *kinds) if one.what != "any"), ANY)


def _plain(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    for child in node["children"]:
        _walk(child, kind, path)
    return SCALAR


def _function(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    kinds = [_walk(child, kind, path) for child in node["children"]]
    return {"sort": kinds[0], "values": listed(kinds[0].inner())}.get(node["value"], SCALAR)


def _same(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    del node, path
    return kind


def _index(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    del node
    return _element(kind, path)


def _literal(node: dict[str, Any], kind: Kind, path: str) -> Kind:
    del kind, path
    return ANY if node["value"] in (None, [], {}) else SCALAR


_RULES: dict[str, Callable[[dict[str, Any], Kind, str], Kind]] = {
    "field": _field,
    "subexpression": _chain,
    "index_expression": _chain,
    "pipe": _chain,
    "index": _index,
    "slice": _same,
    "projection": _projection,
    "filter_projection": _projection,
    "flatten": _flatten,
    "value_projection": _values,
    "multi_select_list": _select,
    "multi_select_dict": _select_dict,
    "or_expression": _either,
    "and_expression": _either,
    "not_expression": _plain,
    "comparator": _plain,
    "function_expression": _function,
    "literal": _literal,
    "current": _same,
    "identity": _same,
}
