"""Values in the types that a schema declares."""

from collections.abc import Callable
from typing import Any

Json = dict[str, Any]
Cast = Callable[[Any], Any]

_SCALARS: dict[str, Cast] = {"integer": int, "number": float, "string": str}


def cast(value: Any, schema: Json) -> Any:
    """Return a value in the type that `schema` declares."""
    return caster(schema)(value)


def caster(schema: Json) -> Cast:
    """Return the function that casts values to the type that `schema` declares; nulls and what it omits stay."""
    declared = schema.get("type", [])
    match sorted(({declared} if isinstance(declared, str) else set(declared)) - {"null"}):
        case ["object"]:
            fields = {name: caster(inner) for name, inner in schema.get("properties", {}).items()}
            return lambda value: _cast_object(value, fields) if isinstance(value, dict) else value
        case ["array"]:
            item = caster(schema.get("items", {}))
            return lambda value: list(map(item, value)) if isinstance(value, list) else value
        case [("integer" | "number" | "string") as kind]:
            convert = _SCALARS[kind]
            return lambda value: None if value is None else convert(value)
    return lambda value: value


def _cast_object(value: Json, fields: dict[str, Cast]) -> Json:
    return {name: fields[name](inner) if name in fields else inner for name, inner in value.items()}


def nulled(row: Json) -> Json:
    """Return a report row with null for each metric that TikTok shows as `-`."""
    return row | {"metrics": {name: None if value == "-" else value for name, value in row["metrics"].items()}}
