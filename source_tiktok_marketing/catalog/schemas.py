"""The parts that JSON schemas of report records are built from."""

from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]

DATE_TIME: Json = {"format": "date-time"}
TIMESTAMP: Json = DATE_TIME | {"airbyte_type": "timestamp_without_timezone"}


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
