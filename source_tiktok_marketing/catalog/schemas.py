"""The parts that JSON schemas of report records are built from."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

DATE_TIME: Json = {"format": "date-time"}
TIMESTAMP: Json = DATE_TIME | {"airbyte_type": "timestamp_without_timezone"}


def with_times_as_text(schema: Any) -> Any:
    """A copy of a schema in which times are mere texts, for a platform that takes every time for one in UTC."""
    if isinstance(schema, Mapping):
        return {name: with_times_as_text(part) for name, part in schema.items() if {name: part} != DATE_TIME}
    return [with_times_as_text(part) for part in schema] if isinstance(schema, list) else schema


def nullable(kind: str) -> Json:
    """The schema of a value of type `kind` that may be null."""
    return {"type": ["null", kind]}


def record_schema(top: Mapping[str, Json], metrics: Mapping[str, Json], dimensions: Mapping[str, Json]) -> Json:
    """The schema of a report record: `top` fields beside the nested metrics and dimensions."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "additionalProperties": True,
        "properties": {
            **top,
            "metrics": {"type": ["null", "object"], "properties": dict(metrics)},
            "dimensions": {"type": ["null", "object"], "properties": dict(dimensions)},
        },
    }
