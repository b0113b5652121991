"""The table of the configuration, made from its form."""

from collections.abc import Iterator
from typing import Any

from unit_tests.generate.markdown import code, table
from unit_tests.generate.specification import form

Json = dict[str, Any]


def option_table() -> str:
    """Return a row for every option."""
    rows = [row for name, option in form()["properties"].items() for row in _rows(name, option)]
    return table(("option", "type", "default", "accepted", "description"), rows)


def _rows(name: str, option: Json, description: str = "", *, required: bool = False) -> Iterator[tuple[str, ...]]:
    """Return the row of an option, and those of the options within it."""
    default = "required" if required else _default(option)
    yield code(name), _type(option), default, _accepted(option), option.get("description", description)
    for kind in option.get("oneOf", ()):
        yield from _inner_rows(f"{name}.", kind)
    yield from _inner_rows(f"{name}[].", option.get("items", {}))


def _inner_rows(prefix: str, schema: Json) -> Iterator[tuple[str, ...]]:
    for name, option in schema.get("properties", {}).items():
        description = f"{schema.get('title', '')}: the options that follow belong to it."
        yield from _rows(prefix + name, option, description, required=name in schema.get("required", ()))


def _type(option: Json) -> str:
    if "items" in option:
        return f"array of {_type(option['items'])}"
    return str(option.get("format", option["type"])) + (", secret" if option.get("airbyte_secret") else "")


def _default(option: Json) -> str:
    value = option.get("default")
    return code(str(value).lower() if isinstance(value, bool) else value) if value not in (None, {}) else ""


def _accepted(option: Json) -> str:
    if "oneOf" in option:
        return " or ".join(kind["title"] for kind in option["oneOf"])
    if "minimum" in option:
        return f"{option['minimum']} to {option['maximum']}"
    values = ["true", "false"] if option["type"] == "boolean" else option.get("enum", [option.get("const")])
    if values != [None]:
        return ", ".join(map(code, values))
    return "YYYY-MM-DD" if option.get("format") == "date" else ""
