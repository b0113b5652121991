"""Casts TikTok's values to the types that the schema declares, and leaves everything else as TikTok sent it."""

import logging
from collections.abc import Callable, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any

import orjson

logger = logging.getLogger("airbyte")

Json = dict[str, Any]
Cast = Callable[[Any], Any]

_WORDS = {"true": True, "yes": True, "1": True, "on": True, "false": False, "no": False, "0": False, "off": False}


def is_figure(value: object) -> bool:
    """Whether a metric is anything but zero or none."""
    return value is not None and str(value).strip("-0.") != ""


def _integer(value: Any) -> Any:
    if type(value) is int or _is_null(value):
        return None if isinstance(value, str) else value
    exact = Decimal(value.strip()) if isinstance(value, str) else value  # 19 digits don't fit into a float
    if not -(2**63) <= exact < 2**64 or int(exact) != exact:
        raise ValueError("not an integer that JSON tools can hold")
    return int(exact)


def _number(value: Any) -> Any:
    if type(value) is float or _is_null(value):
        return None if isinstance(value, str) else value
    number = float(value)
    if not isfinite(number):
        raise ValueError("not a JSON number")
    return number


def _is_null(value: Any) -> bool:
    return isinstance(value, str) and value.lower() == "null"


def _string(value: Any) -> Any:
    if isinstance(value, str):
        return value
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else str(value)


def _boolean(value: Any) -> Any:
    if isinstance(value, str):
        return _WORDS[value.strip().lower()]
    return bool(value)


SCALARS: Mapping[str, Cast] = {"integer": _integer, "number": _number, "string": _string, "boolean": _boolean}


def kind_of(schema: Json) -> str | None:
    """Return the one type beside null that `schema` declares, None if it leaves a choice."""
    kinds = schema.get("type", [])
    kinds = [kind for kind in ([kinds] if isinstance(kinds, str) else kinds) if kind != "null"]
    return kinds[0] if len(kinds) == 1 else None


class Caster:
    """Casts the rows of one stream in place. A value that doesn't fit its type stays as it is, with one warning."""

    def __init__(self, stream: str, schema: Json) -> None:
        self._stream = stream
        self._cast = self._object(schema, "")
        self._warned: set[str] = set()

    def __call__(self, row: Json) -> Json:
        """Return the same `row`, with its values in the declared types."""
        self._cast(row)
        return row

    def misfit(self, field: str, value: object) -> None:
        """Warn, once a field, that TikTok sent what the schema doesn't foresee."""
        if field not in self._warned:
            self._warned.add(field)
            logger.warning("Stream %s: %s holds %.60r, which is kept as it is.", self._stream, field, value)

    def _of(self, schema: Json, where: str) -> Cast | None:
        """Return how a value of `schema` is cast, None if it can stay as it is."""
        kind = kind_of(schema)
        if kind == "object" and schema.get("properties"):
            return self._object(schema, where)
        if kind == "array" and (item := self._of(schema.get("items", {}), where)):
            return lambda value: [None if x is None else item(x) for x in value] if isinstance(value, list) else value
        return SCALARS.get(kind or "")

    def _object(self, schema: Json, where: str) -> Cast:
        prefix = f"{where}." if where else ""
        casts = {
            key: cast
            for key, inner in schema.get("properties", {}).items()
            if (cast := self._of(inner, prefix + key)) is not None
        }

        def cast_object(row: Any) -> Any:
            if not isinstance(row, dict):
                return row
            for key, cast in casts.items():
                if (value := row.get(key)) is not None:
                    try:
                        row[key] = cast(value)
                    except (ValueError, TypeError, KeyError, ArithmeticError):
                        self.misfit(prefix + key, value)
            return row

        return cast_object
