"""Reads parameters the way the API does.

In a query, scalars are plain, lists and objects are JSON text in one parameter. A body is a JSON object.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson

from integration_tests.emulator.api.errors import refuse

TEXT, INTEGER, FLAG, IDS, OBJECT, OBJECTS = "text", "integer", "flag", "list of text", "object", "list of objects"
Pairs = list[tuple[str, str]]
# The most ids that one parameter or filter takes.
MAX_IDS = 100


def decode(pairs: Pairs, kinds: Mapping[str, str], *, strict: bool) -> dict[str, Any]:
    """Return the typed parameters; a repeated or ill-typed one is refused, and an unknown one when `strict`."""
    typed: dict[str, Any] = {}
    for name, raw in pairs:
        if name not in kinds:
            if strict:
                raise refuse(f"Unknown parameter: {name}.")
            continue
        if name in typed:
            raise refuse(f"{name}: error unmarshaling parameter")
        typed[name] = _typed(name, raw, kinds[name])
    return typed


def decode_body(body: bytes, kinds: Mapping[str, str], *, strict: bool) -> dict[str, Any]:
    """Return the typed parameters of a JSON body; an ill-typed one is refused, and an unknown one when `strict`."""
    given = loosely_body(body)
    if strict and (unknown := [name for name in given if name not in kinds]):
        raise refuse(f"Unknown parameter: {unknown[0]}.")
    typed = {name: value for name, value in given.items() if name in kinds}
    for name, value in typed.items():
        if kinds[name] == IDS:
            texts(name, value)
        elif not _is_of(value, kinds[name]):
            raise refuse(f"{name}: error unmarshaling parameter")
    return typed


def loosely_body(body: bytes) -> dict[str, Any]:
    """Return the object that a body holds, or refuse it."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise refuse("The body is no JSON.") from error
    if not isinstance(given, dict):
        raise refuse("The body is no JSON object.")
    return given


def loosely(pairs: Pairs) -> dict[str, Any]:
    """Return parameters for the request log: JSON where the text is a JSON list or object, else the text."""
    seen: dict[str, Any] = {}
    for name, raw in pairs:
        try:
            seen[name] = orjson.loads(raw) if raw[:1] in "[{" and raw else raw
        except orjson.JSONDecodeError:
            seen[name] = raw
    return seen


def require(typed: Mapping[str, Any], names: tuple[str, ...]) -> None:
    """Refuse a request that lacks one of `names`."""
    missing = [name for name in names if typed.get(name) in (None, "", [])]
    if missing:
        raise refuse(f"Missing required field(s): {', '.join(missing)}.")


def one_of(name: str, value: Any, allowed: tuple[str, ...]) -> None:
    """Refuse a value outside of an enumeration."""
    if value not in allowed:
        raise refuse(f"{name}: must be one of [{', '.join(allowed)}], got {value!r}.")


def within(name: str, value: int, low: int, high: int | None) -> int:
    """Return the number, or refuse it when it is out of its limits."""
    if value < low or (high is not None and value > high):
        limit = f"at least {low}" if high is None else f"between {low} and {high}"
        raise refuse(f"{name}: must be {limit}, got {value}.")
    return value


def day(name: str, text: str) -> date:
    """Read YYYY-MM-DD."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day in the zone of the account
    except ValueError as error:
        raise refuse(f"{name}: not a date of the form YYYY-MM-DD: {text!r}.") from error


def second(name: str, text: Any) -> str:
    """Check YYYY-MM-DD HH:MM:SS and return it: rows carry the same form, which sorts as text."""
    try:
        datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 - compared as text
    except ValueError as error:
        raise refuse(f"{name}: not a time of the form YYYY-MM-DD HH:MM:SS: {text!r}.") from error
    return str(text)


def texts(name: str, value: Any) -> list[str]:
    """Return a list of strings, or refuse the value."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise refuse(f"{name}: error unmarshaling parameter")
    return value


def _typed(name: str, raw: str, kind: str) -> Any:
    if kind == TEXT:
        return raw
    if kind == INTEGER:
        if not raw.lstrip("-").isdecimal():
            raise refuse(f"{name}: not an integer: {raw!r}.")
        return int(raw)
    if kind == FLAG:
        one_of(name, raw, ("true", "false"))
        return raw == "true"
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise refuse(f"{name}: error unmarshaling parameter") from error
    if kind == IDS:
        return texts(name, value)
    if not _is_of(value, kind):
        raise refuse(f"{name}: error unmarshaling parameter")
    return value


def _is_of(value: Any, kind: str) -> bool:
    if kind == OBJECTS:
        return isinstance(value, list) and all(isinstance(item, dict) for item in value)
    if kind == INTEGER:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, {TEXT: str, FLAG: bool, OBJECT: dict}[kind])
