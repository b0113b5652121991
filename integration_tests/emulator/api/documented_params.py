"""Checks parameters against what is documented of them: enumerations, limits, nested fields."""

from typing import Any

from integration_tests.emulator.api.errors import TOO_MANY_IDS, ApiError, refuse
from integration_tests.emulator.api.params import one_of, require, second, texts, within

# Documented type of a nested field -> type of its JSON value.
_JSON = {"text": str, "second": str, "integer": int, "flag": bool, "object": dict, "list of numbers": list}


def check(typed: dict[str, Any], facts: dict[str, Any]) -> None:
    """Refuse values that the facts of the parameters exclude."""
    for name, value in typed.items():
        if name not in ("page", "page_size"):
            _check(name, value, facts[name])


def _check(name: str, value: Any, fact: dict[str, Any]) -> None:
    if fact["type"] == "list of text":
        texts(name, value)
    elif not isinstance(value, _JSON[fact["type"]]) or (fact["type"] == "integer" and isinstance(value, bool)):
        raise refuse(f"{name}: error unmarshaling parameter")
    if "most" in fact and len(value) > fact["most"]:
        code = TOO_MANY_IDS if name.endswith("_ids") else refuse("").code
        raise ApiError(code, f"{name}: at most {fact['most']} items.")
    if "values" in fact:
        for item in value if isinstance(value, list) else [value]:
            one_of(name, item, tuple(fact["values"]))
    if "low" in fact:
        within(name, value, fact["low"], fact.get("high"))
    if fact["type"] == "second":
        second(name, value)
    if "fields" in fact:
        _check_nested(name, value, fact["fields"])


def _check_nested(name: str, value: dict[str, Any], facts: dict[str, Any]) -> None:
    unknown = sorted(set(value) - set(facts))
    if unknown:
        raise refuse(f"{name}: unknown field(s) {unknown}.")
    require(value, tuple(field for field, fact in facts.items() if fact.get("required")))
    for field, item in value.items():
        _check(field, item, facts[field])
