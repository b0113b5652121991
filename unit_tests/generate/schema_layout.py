"""The layout of the JSON schema files: one property a line."""

import json
from typing import Any

Json = dict[str, Any]


def laid_out(schema: Json) -> str:
    """Return the schema as text in which every property begins a line, and only objects within objects nest."""
    return _laid_out(schema, "") + "\n"


def _laid_out(schema: Json, indent: str) -> str:
    parts = []
    for key, value in schema.items():
        if key == "properties" and value:
            inner = indent + "  "
            lines = [f"{inner}{json.dumps(name)}: {_laid_out(declared, inner)}" for name, declared in value.items()]
            parts.append('"properties": {\n' + ",\n".join(lines) + f"\n{indent}}}")
        elif key == "items":
            parts.append(f'"items": {_laid_out(value, indent)}')
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{" + ", ".join(parts) + "}"
