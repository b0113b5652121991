"""Values in the types that a schema declares."""

from typing import Any

Json = dict[str, Any]


def cast(value: Any, schema: Json) -> Any:
    """A value in the type that `schema` declares."""
    declared = schema.get("type", [])
    kinds = {declared} if isinstance(declared, str) else set(declared)
    match (value, *(kinds - {"null"})):
        case (None, *_):
            return None
        case (dict(), "object"):
            return {name: cast(inner, schema.get("properties", {}).get(name, {})) for name, inner in value.items()}
        case (list(), "array"):
            return [cast(item, schema.get("items", {})) for item in value]
        case (_, "integer" | "number" | "string" as kind):
            return {"integer": int, "number": float, "string": str}[kind](value)
        case _:
            return value


def nulled(row: Json) -> Json:
    """Return a report row with null for each metric that TikTok shows as `-`."""
    return row | {"metrics": {name: None if value == "-" else value for name, value in row["metrics"].items()}}
