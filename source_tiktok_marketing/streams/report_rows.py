"""Rows of reports: what tells them apart, how parts of one row come together, and the records they make.

A row is either typed (`typed_rows`, the quick way) or, on pages that hold anything unforeseen, a dictionary.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import msgspec

from source_tiktok_marketing.api.failures import SystemFailure
from source_tiktok_marketing.api.typed_page import TypedPage
from source_tiktok_marketing.streams.records import SCALARS, Cast, Caster, Json, kind_of
from source_tiktok_marketing.streams.typed_rows import TypedRows

Row = Any


class ReportRows:
    """The rows of one report that asks for certain metrics."""

    def __init__(
        self, name: str, dimensions: tuple[str, ...], constants: tuple[str, ...], metrics: tuple[str, ...], schema: Json
    ) -> None:
        """Fix the types: `constants` are the names of what the report's questions are about, such as advertiser_id."""
        self.name = name
        self.arguments = {
            "name": name,
            "dimensions": dimensions,
            "constants": constants,
            "metrics": metrics,
            "schema": schema,
        }
        """What makes an equal one."""
        self._typed = TypedRows(dimensions, constants, metrics, schema)
        self._dimensions = dimensions
        self._key = dictionary_key(dimensions, schema)
        self._shape = shaper(name, dimensions, schema)

    def decode(self, body: bytes) -> TypedPage | None:
        """The typed page in `body`, None if only dictionaries can hold it."""
        return self._typed.decode(body)

    def keys(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """The identity of each row of a page."""
        return [self._key(row) for row in rows] if _are_plain(rows) else self._typed.keys(rows)

    def marks(self, rows: Sequence[Row]) -> list[Hashable]:
        """What is remembered of the identities: 64 bits each, because a window may have a million rows."""
        return list(map(hash, self.keys(rows)))

    def merge(self, wholes: Sequence[Row], parts: Sequence[Row], names: tuple[str, ...]) -> Sequence[Row]:
        """Rows with the metrics of both, which are the same rows in the same order; `parts` hold the metrics `names`.

        Uses up both.
        """
        if not _are_plain(wholes) and not _are_plain(parts):
            self._typed.merge(wholes, parts, names)
            return wholes
        wholes, parts = map(msgspec.to_builtins, (wholes, parts))
        for whole, part in zip(wholes, parts, strict=True):
            whole["metrics"].update(part["metrics"])
        return wholes

    def records(self, rows: Sequence[Row], about: Mapping[str, str]) -> list[Any]:
        """The records of rows of a question that was `about` these ids."""
        if _are_plain(rows):
            return [self._shape(row, about) for row in rows]
        return list(map(self._typed.recorder(about), rows))


def _are_plain(rows: Sequence[Row]) -> bool:
    """Whether the rows, which all come from one page, are dictionaries."""
    return bool(rows) and isinstance(rows[0], dict)


def dictionary_key(dimensions: tuple[str, ...], schema: Json) -> Callable[[Json], tuple[Any, ...]]:
    """A function that tells the identity of a dictionary row, and refuses what is no report row."""
    casts = _casts(schema["properties"]["dimensions"]["properties"])

    def value(grouped_by: Json, name: str) -> Any:
        try:
            return casts[name](grouped_by[name]) if name in casts else grouped_by[name]
        except ValueError:
            return grouped_by[name]

    def key(row: Json) -> tuple[Any, ...]:
        try:
            row["metrics"].keys()
            return tuple(value(row["dimensions"], name) for name in dimensions)
        except (KeyError, TypeError, AttributeError):
            raise SystemFailure(
                f"A report row of TikTok lacks one of {', '.join(dimensions)} or its metrics: {row!r:.200}. Report it."
            ) from None

    return key


def shaper(name: str, dimensions: tuple[str, ...], schema: Json) -> Callable[[Json, Mapping[str, str]], Json]:
    """A function that makes a record of a dictionary row and of what its question was about.

    Both and the dimensions go to the top level, a metric of `-` is null, and what the schema declares as a number or as
    text becomes that.
    """
    properties = schema["properties"]
    cast_metrics = _caster(name, properties["metrics"]["properties"], absent=("-",))
    cast_dimensions = _caster(name, properties["dimensions"]["properties"])
    cast_constants = _caster(name, properties)

    def shape(row: Json, about: Mapping[str, str]) -> Json:
        grouped_by, metrics, constants = row["dimensions"], row["metrics"], dict(about)
        for cast, values in ((cast_dimensions, grouped_by), (cast_metrics, metrics), (cast_constants, constants)):
            cast(values)
        copied = {key: grouped_by[key] for key in dimensions}
        return copied | constants | {"metrics": metrics, "dimensions": grouped_by}

    return shape


def _caster(name: str, properties: Json, absent: tuple[str, ...] = ()) -> Callable[[Json], None]:
    """A function that casts values in place and keeps those that don't fit, with one warning a field.

    Those that are written like one of the `absent` become null.
    """
    casts = _casts(properties)
    warner = Caster(name, {})

    def cast(values: Json) -> None:
        for key, value in values.items():
            convert = casts.get(key, _written)
            if value in absent or (convert is not _written and isinstance(value, str) and value.lower() == "null"):
                values[key] = None
            elif key in casts and value is not None:
                try:
                    values[key] = convert(value)
                except (ValueError, TypeError):
                    warner.misfit(key, value)

    return cast


def _written(value: Any) -> Any:
    """Text as it is, and a number as text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


_CASTS: Mapping[str | None, Cast] = {"integer": SCALARS["integer"], "number": SCALARS["number"], "string": _written}


def _casts(properties: Json) -> dict[str, Cast]:
    return {name: _CASTS[kind] for name, inner in properties.items() if (kind := kind_of(inner)) in _CASTS}
