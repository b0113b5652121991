"""The patch files in the working directory, and what the adapter makes of schemas and documents."""

import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_AIRBYTE_ONLY = (
    "airbyte_hidden",
    "always_show",
    "group",
    "groups",
    "pattern_descriptor",
    "airbyte_type",
    "name",
    "xml",
)
_FLOWS_FORMATS = {"date", "date-time", "time", "email", "hostname", "idn-email", "idn-hostname", "integer", "ipv4"} | {
    *("ipv6", "iri", "iri-reference", "json-pointer", "macaddr", "macaddr8", "number", "regex", "duration"),
    *("relative-json-pointer", "uri", "uri-reference", "uri-template", "uuid", "sha256"),
}
_TYPES = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object"}


def patch(name: str) -> Any:
    """The content of a patch file, or None if the image has none of that name."""
    path = Path(name)
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def stream_patch(stream: str, suffix: str) -> Any:
    """The patch of a stream, or else the one for all streams, whose name begins with an asterisk."""
    own = patch(f"streams/{stream}{suffix}")
    return patch(f"streams/*{suffix}") if own is None else own


def merged(target: Any, change: Any) -> Any:
    """The target after a JSON merge patch (RFC 7396): null removes, lists are replaced."""
    if not isinstance(change, dict):
        return change
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def nodes(schema: Any, pointer: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Json]]:
    """The objects of a schema that the adapter looks at, with where in a document they are."""
    if isinstance(schema, dict):
        yield pointer, schema
        properties = schema.get("properties")
        if isinstance(properties, dict):
            for name, inner in properties.items():
                yield from nodes(inner, (*pointer, name))
        yield from nodes(schema.get("items"), (*pointer, "*"))


def without_airbyte_keywords(schema: Json) -> Json:
    """A copy of the schema without keywords and formats that are not Flow's."""
    result: Json = json.loads(json.dumps(schema))
    for _, node in nodes(result):
        for keyword in _AIRBYTE_ONLY:
            node.pop(keyword, None)
        if node.get("format") in ("int32", "int64"):
            node["format"] = "integer"
        elif isinstance(node.get("format"), str) and node["format"] not in _FLOWS_FORMATS:
            del node["format"]
    return result


def document_schema(schema: Json, key: list[str]) -> Json:
    """The schema of a collection: without enumerations, its key required and never null."""
    result = without_airbyte_keywords(schema)
    for _, node in nodes(result):
        values = node.pop("enum", None)
        if values is not None and "type" not in node:
            types = sorted({_TYPES.get(type(value), "null") for value in values})
            node["type"] = types[0] if len(types) == 1 else types
    for pointer in key:
        node = result
        for name in pointer.removeprefix("/").split("/"):
            if name not in node.get("properties", {}):
                raise KeyError(f"expected key {name!r} to exist in 'properties'")
            node["required"] = [*node.get("required", []), *({name} - set(node.get("required", [])))]
            node["type"] = _not_null(node["type"])
            node = node["properties"][name]
            node["type"] = _not_null(node["type"])
    return result


def _not_null(types: Any) -> Any:
    if not isinstance(types, list):
        return types
    left = [name for name in types if name != "null"]
    return left[0] if len(left) == 1 else left


def instants(schema: Json) -> list[tuple[str, ...]]:
    """Where the schema promises an instant; the adapter looks there in every document."""
    return [pointer for pointer, node in nodes(schema) if node.get("format") == "date-time"]


def as_instants(document: Any, pointers: list[tuple[str, ...]]) -> None:
    """Rewrite what should be an instant, and names no time zone, as if it were UTC."""
    for pointer in pointers:
        _as_instant(document, pointer)


def _as_instant(node: Any, pointer: tuple[str, ...]) -> None:
    head, *rest = pointer
    if head == "*" and isinstance(node, list):
        for item in node:
            _as_instant(item, tuple(rest))
    elif isinstance(node, dict) and rest:
        _as_instant(node.get(head), tuple(rest))
    elif isinstance(node, dict) and isinstance(node.get(head), str):
        with suppress(ValueError):  # what is no time stays as it is
            moment = datetime.fromisoformat(node[head])
            if moment.tzinfo is None:
                node[head] = moment.replace(tzinfo=UTC).isoformat().replace("+00:00", "Z")
