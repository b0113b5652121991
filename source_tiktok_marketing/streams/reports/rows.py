"""Rows of reports: what tells them apart, and the records they make.

A row is either typed (`typed_rows`, the quick way) or, on pages that hold anything unforeseen, a dictionary.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from source_tiktok_marketing.api.failures import SystemFailure
from source_tiktok_marketing.api.reply import DecodedPage
from source_tiktok_marketing.streams.casting import SCALARS, Caster, Json, kind_of
from source_tiktok_marketing.streams.reports.typed_rows import TypedRows

Row = Any

_NO_VALUE = "-"
"""What TikTok writes for a metric that has no value."""


class ReportRows:
    """The rows of one report that asks for certain metrics."""

    def __init__(
        self, name: str, dimensions: tuple[str, ...], constants: tuple[str, ...], metrics: tuple[str, ...], schema: Json
    ) -> None:
        """Fix the types: `constants` are the names of what the report's questions are about, such as advertiser_id."""
        self._typed = TypedRows(dimensions, constants, metrics, schema)
        self._key = dictionary_key(dimensions, schema)
        self._record = dictionary_record(name, dimensions, schema)

    def decode(self, body: bytes) -> DecodedPage | None:
        """Return the typed page in `body`, None if only dictionaries can hold it."""
        return self._typed.decode(body)

    def keys(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """Return the key of each row of a page: the values of its dimensions."""
        return [self._key(row) for row in rows] if _are_dictionaries(rows) else self._typed.keys(rows)

    def hashes(self, rows: Sequence[Row], within: tuple[str, ...] = ()) -> list[Hashable]:
        """Return the hash of each row's key: 64 bits each, because a window may have a million rows.

        `within` is what a row doesn't tell, and isn't unique without.
        """
        keys = self.keys(rows)
        return [hash((within, key)) for key in keys] if within else list(map(hash, keys))

    def metric(self, rows: Sequence[Row], name: str) -> list[Any]:
        """Return a metric of each row of a page, None where it has none."""
        if _are_dictionaries(rows):
            return [row["metrics"].get(name) for row in rows]
        return self._typed.metric(rows, name)

    def drop_metrics(self, rows: Sequence[Row], names: Sequence[str]) -> None:
        """Take metrics out of the rows of a page."""
        if _are_dictionaries(rows):
            for row in rows:
                for name in names:
                    row["metrics"].pop(name, None)
        else:
            self._typed.drop_metrics(rows, names)

    def records(self, rows: Sequence[Row], about: Mapping[str, str]) -> list[Any]:
        """Return the records of rows of a question that was `about` these ids. Dictionaries are changed in place."""
        if _are_dictionaries(rows):
            return [self._record(row, about) for row in rows]
        return list(map(self._typed.recorder(about), rows))


def _are_dictionaries(rows: Sequence[Row]) -> bool:
    """Whether the rows, which all come from one page, are dictionaries."""
    return bool(rows) and isinstance(rows[0], dict)


def dictionary_key(dimensions: tuple[str, ...], schema: Json) -> Callable[[Json], tuple[Any, ...]]:
    """Return a function that returns the key of a dictionary row, and refuses what is no report row."""
    kinds = schema["properties"]["dimensions"]["properties"]
    casts = [(name, SCALARS[kind_of(kinds[name]) or "string"]) for name in dimensions]

    def key(row: Json) -> tuple[Any, ...]:
        values = []
        try:
            row["metrics"].keys()
            for name, cast in casts:
                value = row["dimensions"][name]
                try:
                    values.append(None if value is None else cast(value))
                except (ValueError, ArithmeticError):
                    values.append(value)
        except (KeyError, TypeError, AttributeError):
            raise SystemFailure(
                f"A report row of TikTok lacks one of {', '.join(dimensions)} or its metrics: {row!r:.200}. Report it."
            ) from None
        return tuple(values)

    return key


def dictionary_record(
    name: str, dimensions: tuple[str, ...], schema: Json
) -> Callable[[Json, Mapping[str, str]], Json]:
    """Return a function that makes a record of a dictionary row and of what its question was about.

    The dimensions and what it was about are copied to the top level, and a metric of `-` is null.
    """
    caster = Caster(name, schema)

    def record(row: Json, about: Mapping[str, str]) -> Json:
        grouped_by = row["dimensions"]
        metrics = {metric: None if value == _NO_VALUE else value for metric, value in row["metrics"].items()}
        copied = {dimension: grouped_by[dimension] for dimension in dimensions}
        return caster(copied | dict(about) | {"metrics": metrics, "dimensions": grouped_by})

    return record
